"""How many pages type and stage, success factors, profiles and screens take, in English and where words are longer."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from report_documents import invented, of_case
from report_reading import texts
from reports.full_annex import full_annex
from reports.longer_words import longer, longer_words

from assess.definitions.words import ENGLISH, words_of
from assess.reports.pdf import render
from assess.reports.view import build_view

SET = ("classification", "factors", "profiles", "screens", "verification")
TITLES = ("Type and stage", "Success factors", "Profiles", "Screens", "Verification and sources")
MOST = {"Type and stage": 1, "Success factors": 4, "Profiles": 2}


@cache
def pages(case: str, lengthened: bool) -> list[str]:
    """The pages of these parts, with the sources they cite."""
    document: dict[str, Any] = invented() if case == "all known" else of_case(case)
    view = build_view(document, annex=full_annex(document), words=longer_words() if lengthened else words_of(ENGLISH))
    return texts(render(replace(view, edition=tuple(part for part in view.edition if part.name in SET))))


def first_page(title: str, case: str, lengthened: bool) -> int:
    said = longer(title) if lengthened else title
    return next(number for number, page in enumerate(pages(case, lengthened)) if number and said in page)


@pytest.mark.parametrize("lengthened", [False, True])
@pytest.mark.parametrize("case", ["all known", "textbook-stagnating-mature"])
def test_parts__take_the_pages_they_are_given(case: str, lengthened: bool) -> None:
    starts = [first_page(title, case, lengthened) for title in TITLES]
    taken = {title: end - start for title, start, end in zip(TITLES, starts, starts[1:], strict=False)}
    assert {title: number for title, number in taken.items() if number > MOST.get(title, 2)} == {}


def test_every_finding__is_printed_with_its_rule() -> None:
    said, document = "".join(pages("all known", False)).replace(" ", ""), invented()
    blocks = [document["stage"], *document["factors"].values(), *document["profiles"].values()]
    findings = [finding for block in blocks for finding in block["findings"]]
    assert findings
    for finding in findings:
        assert finding["finding"].replace(" ", "") in said
        assert all(rule.replace(" ", "") in said for rule in finding["because"])


def test_every_indicator_of_a_factor__is_printed_with_its_value() -> None:
    said, document = " ".join(pages("all known", False)), invented()
    for factor in document["factors"].values():
        for name in factor["known"]:
            assert document["labels"][name]["label"].replace(" ", "") in said.replace(" ", "")
