"""The blank form as PDF and as a workbook: all questions of one kind of member, nobody's answers."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import page
import pikepdf
import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from report_reading import font_names, texts
from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool
from werkzeug.test import TestResponse

from assess.web.papers import Shelf, shelf
from web.questionnaires import EVERYTHING
from web.visiting import Survey, check_headers, make_survey


@pytest.fixture
def everything(sqlite_database: Engine, tmp_path: Path) -> Survey:
    """A member that is asked with every control."""
    return make_survey(sqlite_database, tmp_path, source=EVERYTHING)


def fetched(survey: Survey, name: str) -> TestResponse:
    reply = survey.browser.client.get(f"/s/{survey.browser.token}/{name}")
    check_headers(reply)
    assert reply.status_code == 200
    assert reply.headers["Content-Disposition"].startswith("attachment")
    return reply


def words_of(survey: Survey, name: str = "blank.pdf") -> str:
    return " ".join(texts(fetched(survey, name).data))


def workbook_of(survey: Survey) -> Workbook:
    return load_workbook(BytesIO(fetched(survey, "blank.xlsx").data))


def test_pdf__has_every_question__and_says_when_one_is_asked(everything: Survey) -> None:
    words = words_of(everything)
    for part in ("Do you export?", "Optics", "We are known.", "Talk 1", "With whom?", "Don’t know"):
        assert part in words, part
    assert "Only if the answer to question 1 is “Yes”." in words
    assert "Enter the answers by" in words
    assert "through your link" in words


def test_pdf__is_tagged__and_has_a_title_and_a_language(everything: Survey) -> None:
    content = fetched(everything, "blank.pdf").data
    with pikepdf.open(BytesIO(content)) as file:
        assert str(file.docinfo["/Title"]).startswith("Everything")
        assert str(file.Root.Lang) == "en"
        assert file.Root.MarkInfo.Marked
        assert [round(float(edge)) for edge in file.pages[0].mediabox] == [0, 0, 595, 842]
    assert any(name.startswith("Form-Sans") for name in font_names(content))


@pytest.mark.parametrize("language", ["en", "de"])
def test_pdf__conforms_to_pdf_ua(everything: Survey, language: str) -> None:
    content = fetched(everything, f"blank.pdf?language={language}").data
    found = page.validate_pdf_bytes(content, profile=page.ValidationProfile.PDF_UA_1)
    assert {failure.rule_id: failure.message for failure in found.failures} == {}


def test_pdf__speaks_the_language_that_is_asked_for(everything: Survey) -> None:
    assert "Exportieren Sie?" in words_of(everything, "blank.pdf?language=de")


def test_pdf__is_set_once_for_all_of_a_kind__and_names_nobody(everything: Survey) -> None:
    everything.browser.start()
    everything.browser.save("about", {"remark": "a secret of ours"})
    first = fetched(everything, "blank.pdf").data
    assert fetched(everything, "blank.pdf").data == first
    assert everything.browser.token not in words_of(everything)
    assert "a secret of ours" not in words_of(everything)


def test_pdf__while_it_is_set__holds_no_connection(everything: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    pool = everything.engine.pool
    assert isinstance(pool, QueuePool)

    def watched(_shelf: Shelf, _key: object, _make: object) -> bytes:
        held.append(pool.checkedout())
        return b""

    monkeypatch.setattr(Shelf, "get", watched)
    fetched(everything, "blank.pdf")
    fetched(everything, "blank.xlsx")
    assert held == [0, 0]


def test_shelf__keeps_the_last_ones__and_makes_each_once() -> None:
    kept, made = Shelf(2), []

    def make(name: str) -> bytes:
        return kept.get(name, lambda: made.append(name) or name.encode())  # type: ignore[func-returns-value]

    assert [make(name) for name in "abacab"] == [b"a", b"b", b"a", b"c", b"a", b"b"]
    assert made == ["a", "b", "c", "b"]
    assert shelf.most < 100


def test_workbook__has_a_sheet_a_section__and_names_every_item(everything: Survey) -> None:
    book = workbook_of(everything)
    assert book.sheetnames == ["About", "1 About you", "2 Abroad", "3 Talks", "Lists"]
    items = [cell.value for sheet in book.worksheets[1:-1] for cell in sheet["A"][1:] if cell.value]
    assert {"exports", "works_in", "works_in/optics", "founded", "known", "with_whom.1", "with_whom.5"} <= set(items)
    assert len(items) == len(set(items))
    assert "inside your organisation" in str(book["About"]["A4"].value)


def test_workbook__offers_lists__whose_codes_stand_beside_the_labels(everything: Survey) -> None:
    book = workbook_of(everything)
    sheet = book["1 About you"]
    row = next(cell.row for cell in sheet["A"] if cell.value == "exports")
    (chosen,) = [found for found in sheet.data_validations.dataValidation if f"F{row}" in found.sqref]
    column = str(chosen.formula1).split("$")[1]
    labels = [cell.value for cell in book["Lists"][column] if cell.value]
    assert labels == ["Yes", "No"]
    assert book["Lists"]["A1"].value == "yes"
    assert not sheet.cell(row, 6).value


def test_workbook__of_texts_that_look_like_formulas__holds_texts(sqlite_database: Engine, tmp_path: Path) -> None:
    survey = make_survey(sqlite_database, tmp_path, source=EVERYTHING.replace('"With whom?"', '"=1+1"'))
    cells = [cell for cell in workbook_of(survey)["3 Talks"]["C"] if cell.value == "=1+1"]
    assert {cell.data_type for cell in cells} == {"s"}


def test_page_of_all_questions__numbers_them__and_offers_both_papers(everything: Survey) -> None:
    page = everything.browser.get("/blank")
    assert "1 Do you export?" in page.html
    assert "Only if the answer to question 1 is “Yes”." in page.html
    assert {e.attributes["href"].rpartition("/")[2] for e in page.all("a", class_="btn btn-quiet")} == {"blank.pdf", "blank.xlsx"}


@pytest.mark.parametrize("name", ["blank.pdf", "blank.xlsx"])
def test_paper__of_an_unknown_link__is_no_page(survey: Survey, name: str) -> None:
    survey.browser.fetch(f"/s/{'A' * 43}/{name}", status=404)
