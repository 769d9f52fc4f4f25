"""What single figures rest on: their notes and the works they were taken from, on the page on evidence."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from report_documents import make_document, of_case

from assess.reports.pdf import html
from assess.reports.stated import Stated
from assess.reports.view import build_view


def noted(**notes: dict[str, Any]) -> dict[str, Any]:
    """The small document with notes and sources on its figures, by the last part of their names."""
    given: dict[str, dict[str, Any]] = deepcopy(make_document()["measures"])
    measures = {name: measure | notes.get(name.rsplit(".", 1)[-1], {}) for name, measure in given.items()}
    return make_document(measures=measures)


def stated_of(document: dict[str, Any]) -> Stated:
    return build_view(document).evidence.stated


def test_figures_without_a_note__are_not_listed() -> None:
    assert stated_of(noted()).rows == ()
    assert "What single figures rest on" not in html(build_view(noted()))


def test_figure_with_a_note__stands_with_its_value_and_origin() -> None:
    (row,) = stated_of(noted(firms={"note": "Counted in the register."})).rows
    assert (row.indicator, row.value, row.origin, row.note, row.marks) == (
        "Firms in the cluster", "64", "evaluator", "Counted in the register.", (),
    )  # fmt: skip


def test_source_of_a_figure__is_marked_and_stands_in_the_bibliography() -> None:
    page = html(build_view(noted(firms={"source": ["adl", "Exhibit 3"]})))
    (number,) = re.findall(r'64</td>.*?<a href="#ref-(\w+)"', page)
    assert re.search(rf'<span id="ref-{number}" class="place"><span class="place-number">{number}</span>&nbsp;Exhibit 3', page)


def test_unknown_figure__has_no_row_though_somebody_noted_something() -> None:
    assert stated_of(noted(rivalry={"note": "Nobody knows."})).rows == ()


def test_origins__have_a_column_only_where_they_differ() -> None:
    assert not stated_of(noted(firms={"note": "a"})).is_mixed
    assert stated_of(noted(firms={"note": "a"}, seed={"note": "b"})).is_mixed


def test_long_note__is_cut_and_markup_in_it_is_text() -> None:
    page = html(build_view(noted(firms={"note": "<b>x</b> " + "y" * 300})))
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "y" * 170 not in page


def test_more_than_ten__are_counted() -> None:
    document = of_case("singapore")
    found = stated_of(document)
    noted_ones = sum(1 for one in document["measures"].values() if one.get("value") is not None and (one.get("note") or one.get("source")))
    assert noted_ones > 10
    assert len(found.rows) == 10
    assert found.more == f"{noted_ones - 10} more stand in the enclosed diagnosis.json."
