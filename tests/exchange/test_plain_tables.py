"""Tables for spreadsheet programs: numbers stay numbers, and no text becomes a formula."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from assess.definitions.words import words_of
from assess.exchange.plain_tables import as_csv, as_workbook, harmless

DANGEROUS = ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_would_begin_a_formula__has_an_apostrophe_before_it(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_numbers_and_nothing__stay_as_they_are() -> None:
    assert [harmless(cell) for cell in (-3, Decimal("-0.5"), None, "plain = text")] == ["-3", "-0.5", "", "plain = text"]


def test_csv__is_read_by_spreadsheet_programs_as_utf8_with_commas_and_quotes_kept() -> None:
    content = as_csv(["Näme", "Level"], [['a "quoted", one', Decimal("3.5")]], words_of("en"))
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""))) == [["Näme", "Level"], ['a "quoted", one', "3.5"]]


@pytest.mark.parametrize("language", ["de", "fr"])
def test_csv__of_a_language_with_a_decimal_comma__has_semicolons_and_leaves_points_in_texts(language: str) -> None:
    content = as_csv(["Name", "Level"], [["version 1.5; a, b", Decimal("3.5")], ["", 1200]], words_of(language)).decode("utf-8-sig")
    assert content.splitlines() == ["Name;Level", '"version 1.5; a, b";3,5', ";1200"]


def test_a_workbook__stores_texts_as_texts_and_numbers_as_numbers() -> None:
    sheet = load_workbook(BytesIO(as_workbook("Portfolio", ["Name", "Level"], [["=1+1", Decimal("3.5")], ["", None]]))).worksheets[0]
    assert (sheet["A2"].data_type, sheet["A2"].value) == ("s", "=1+1")
    assert (sheet["B2"].data_type, sheet["B2"].value) == ("n", 3.5)
    assert sheet["B3"].value is None
