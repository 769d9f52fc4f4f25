"""Editions: which parts each reader gets, and that the contents say the same."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from report_documents import invented, make_document, of_case
from reports.full_annex import full_annex

from assess.reports.editions import PARTS
from assess.reports.pdf import html
from assess.reports.view import ReportView, build_view

AUDIENCES = ("agency", "management", "executives")


class Page(HTMLParser):
    """Collects anchors, inner links and the text of headings."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.anchors: list[str] = []
        self.links: set[str] = set()
        self.headings: list[str] = []
        self.inside = False
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.inside = tag == "h1"
        self.anchors += [found["id"] or ""] if "id" in found else []
        self.links |= {(found["href"] or "")[1:]} if (found.get("href") or "").startswith("#") else set()

    def handle_data(self, data: str) -> None:
        self.headings += [data.strip()] if self.inside and data.strip() else []
        self.inside = False


def view(audience: str, *, annex: bool = True) -> ReportView:
    return build_view(invented(), annex=full_annex(invented()) if annex else None, audience=audience)


def test_agency__gets_every_part_and_grant_conditions() -> None:
    built = view("agency")
    assert [part.name for part in built.edition] == [part.name for part in PARTS]
    assert built.conditions is not None
    assert "Grant conditions and advice" in [entry.title for entry in built.contents]


def test_management__gets_every_part_but_grant_conditions() -> None:
    built = view("management")
    assert [part.name for part in built.edition] == [part.name for part in PARTS]
    assert built.conditions is None
    assert "Grant conditions" not in html(built)


def test_executives__get_summary_factors_change_instruments_advice_and_proof() -> None:
    assert [part.name for part in view("executives").edition] == [
        "summary", "contents", "factors", "change", "instruments", "advice", "verification",
    ]  # fmt: skip


def test_change__without_an_earlier_year__is_neither_a_part_nor_in_the_contents() -> None:
    built = view("agency", annex=False)
    assert "change" not in [part.name for part in built.edition]
    assert "change" not in [entry.anchor for entry in built.contents]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_contents__name_the_headings_that_follow__in_their_order(audience: str) -> None:
    built = view(audience)
    headings = [heading for heading in Page(html(built)).headings if heading != "Contents and legend"]
    assert [entry.title for entry in built.contents] == headings


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("case", ["invented", "small", "berlin-brandenburg", "textbook-nothing-known"])
def test_links__of_an_edition__all_lead_somewhere_in_it(audience: str, case: str) -> None:
    document = {"invented": invented(), "small": make_document()}.get(case) or of_case(case)
    page = Page(html(build_view(document, annex=full_annex(document), audience=audience)))
    assert len(page.anchors) == len(set(page.anchors))
    assert page.links <= set(page.anchors)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_bibliography__lists_what_the_edition_cites_and_nothing_else(audience: str) -> None:
    page = Page(html(view(audience)))
    listed = [anchor for anchor in page.anchors if anchor.startswith("ref-")]
    assert {link for link in page.links if link.startswith("ref-")} == set(listed)
    places = [anchor for anchor in listed if anchor[4] != "E"]
    assert places == [f"ref-{number}" for number in range(1, len(places) + 1)]


def test_bibliography__of_the_whole_view__leaves_nothing_out() -> None:
    built = view("executives")
    anchors = {place.anchor for work in built.bibliography for place in work.places}
    printed = {anchor for anchor in Page(html(built)).anchors if anchor.startswith("ref-")}
    assert len(printed) < len(anchors)
