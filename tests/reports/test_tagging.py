"""The structure of a report: every piece of text leads to the element that holds it, and no element says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pikepdf
import pydyf
import pytest
from report_files import unsigned

from assess.reports.tagging import fold_spans


@pytest.fixture
def report() -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(unsigned())) as pdf:
        yield pdf


def lost(pdf: pikepdf.Pdf) -> list[tuple[int, int]]:
    """Pieces of text, by page and number, that lead to an element that does not hold them."""
    numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    pages = [(page, entry) for page, entry in zip(numbers[::2], numbers[1::2], strict=True) if isinstance(entry, pikepdf.Array)]
    return [(int(page), piece) for page, entry in pages for piece, element in enumerate(entry) if piece not in kids(element)]


def kids(element: pikepdf.Object) -> list[object]:
    """The numbers of the pieces of text that an element holds."""
    return [kid for kid in element.K if isinstance(kid, int)]


def elements(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    """Every element that can be reached from the root."""
    found, waiting = [], [pdf.Root.StructTreeRoot.K[0]]
    while waiting:
        element = waiting.pop()
        found.append(element)
        waiting += [kid for kid in element.K if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/StructElem"]
    return found


def test_every_piece_of_text__leads_to_the_element_that_holds_it(report: pikepdf.Pdf) -> None:
    assert lost(report) == []


def test_piece_that_leads_elsewhere__would_be_found(report: pikepdf.Pdf) -> None:
    first = report.Root.StructTreeRoot.ParentTree.Nums[1]
    first[0], first[1] = first[1], first[0]
    assert lost(report) == [(0, 0), (0, 1)]


def test_every_element__knows_the_one_it_stands_in(report: pikepdf.Pdf) -> None:
    for element in elements(report):
        for kid in element.K:
            if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/StructElem":
                assert kid.P.objgen == element.objgen


def test_spans_that_say_nothing__stand_only_where_text_may_not(report: pikepdf.Pdf) -> None:
    plain = [one for one in elements(report) if one.S in ("/Span", "/NonStruct") and set(one.keys()) == {"/Type", "/S", "/K", "/Pg", "/P"}]
    assert len(plain) < len(elements(report)) / 50
    assert {str(one.P.S) for one in plain} <= {"/Document", "/Sect", "/Figure", "/LI"}


def structure(*elements_: dict[str, object]) -> list[pydyf.Dictionary]:
    """Elements as a PDF holds them, after the object that every PDF begins with; each is named by its place."""
    pdf = pydyf.PDF()
    pdf.objects = pdf.objects[:1]
    for element in elements_:
        pdf.add_object(pydyf.Dictionary({"Type": "/StructElem", "Pg": b"9 0 R"} | element))
    objects: list[pydyf.Dictionary] = pdf.objects
    return objects


def test_span__gives_its_text_to_where_it_stands__in_its_place() -> None:
    objects = structure(
        {"S": "/P", "K": [b"2 0 R", 7, b"4 0 R"], "P": b"0 0 R"},
        {"S": "/Span", "K": [b"3 0 R"], "P": b"1 0 R"},
        {"S": "/Span", "K": [5, 6], "P": b"2 0 R"},
        {"S": "/Span", "K": [8], "P": b"1 0 R", "Lang": "(el)"},
    )
    parents = [0, [b"3 0 R", b"3 0 R", b"1 0 R", b"4 0 R"], 1, b"2 0 R"]
    fold_spans(objects, parents)
    assert objects[1]["K"] == [5, 6, 7, b"4 0 R"]
    assert parents == [0, [b"1 0 R", b"1 0 R", b"1 0 R", b"4 0 R"], 1, b"1 0 R"]
    assert [objects[2].data, objects[3].data] == [b"null", b"null"]
    assert objects[4]["K"] == [8]


def test_span__keeps_its_text__on_another_page_than_what_it_stands_in__and_where_text_may_not_stand() -> None:
    changes: tuple[dict[str, object], ...] = ({"Pg": b"8 0 R"}, {"S": "/TR"})
    for change in changes:
        objects = structure({"S": "/P", "K": [b"2 0 R"], "P": b"0 0 R", **change}, {"S": "/Span", "K": [5], "P": b"1 0 R"})
        fold_spans(objects, [])
        assert objects[1]["K"] == [b"2 0 R"], change
