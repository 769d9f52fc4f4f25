"""Writes a small table for spreadsheet programs, as CSV or XLSX; no text in it can be taken for a formula."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO, StringIO
from typing import TypeAlias

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from assess.definitions.words import Words

Cell: TypeAlias = str | int | Decimal | None
Row: TypeAlias = Sequence[Cell]

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NARROWEST, _WIDEST = 10, 48


def as_csv(header: Sequence[str], rows: Sequence[Row], words: Words) -> bytes:
    """Return the table as CSV in UTF-8 with a byte-order mark; an apostrophe stands before a text that would begin a formula.

    Numbers have the decimal sign of the language, and where that is a comma, semicolons stand between cells: spreadsheet programs that
    speak the language read no other.
    """
    point = words.number(".")
    stream = StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n", delimiter=";" if point == "," else ",")
    writer.writerows([_with_point(cell, point) for cell in row] for row in (header, *rows))
    return stream.getvalue().encode("utf-8-sig")


def as_workbook(title: str, header: Sequence[str], rows: Sequence[Row]) -> bytes:
    """Return the table as the one sheet of a workbook; texts are stored as texts, whatever sign they begin with."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for number, row in enumerate((header, *rows), 1):
        for column, value in enumerate(row, 1):
            _write(sheet.cell(number, column), value, bold=number == 1)
    for column, name in enumerate(header, 1):
        longest = max(len(str(row[column - 1] or "")) for row in (header, *rows))
        sheet.column_dimensions[get_column_letter(column)].width = min(max(longest + 2, len(name), _NARROWEST), _WIDEST)
    sheet.freeze_panes = "B2"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _with_point(cell: Cell, point: str) -> str:
    return harmless(cell).replace(".", point) if isinstance(cell, Decimal) else harmless(cell)


def harmless(cell: Cell) -> str:
    """Return a cell as text that no spreadsheet program works out; numbers stay as they are."""
    if cell is None:
        return ""
    text = str(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(_BEGINS_A_FORMULA) else text


def _write(cell: SheetCell | MergedCell, value: Cell, *, bold: bool) -> None:
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(bold=True)
