"""The report says which figures the evaluator replaced, by what and why, on the page of the evidence and where it is checked."""

from __future__ import annotations

import re

from report_documents import make_document

from assess.reports.pdf import html
from assess.reports.view import build_view

REPLACED = {
    "indicator": "porter.rivalry",
    "before": {"value": 2.5, "n": 9, "origin": "member"},
    "after": None,
    "reason": "The answers speak of another industry.",
    "when": "2026-07-02T12:00:00",
    "by": "account/7",
}


def text(**changes: object) -> str:
    page = html(build_view(make_document(**changes)))
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_replaced_figure__stands_with_both_values_the_reason_and_the_day__and_no_account() -> None:
    shown = text(overrides=[REPLACED])
    assert "Replaced by the evaluator" in shown
    assert "2.50 members, n = 9 unknown The answers speak of another industry. 2 July 2026" in shown
    assert "account/7" not in shown
    assert "its digest is another" in shown


def test_without_overrides__the_report_says_nothing_of_them() -> None:
    shown = text()
    assert "Replaced by the evaluator" not in shown
    assert "its digest is another" not in shown
