"""Writes a workbook for collecting answers inside an organisation: one sheet a section, one row a question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TypeAlias

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from assess.definitions.words import Words
from assess.phrases import message

Offered: TypeAlias = tuple[tuple[str, str], ...]
"""The codes and labels that one question offers."""

HEADER = (message("Item"), message("No."), message("Question"), message("Note"), message("Possible answers"), message("Your answer"))
ANSWER = len(HEADER)
"""The column to fill in."""
LISTS = message("Lists")
_WIDTHS = (22, 6, 58, 38, 34, 34)
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31
_FILL = PatternFill("solid", fgColor="E4F0F2")
_LINE = Border(bottom=Side("thin", color="B9C3C6"))
_SOFT = "46555B"


@dataclass(frozen=True, slots=True)
class BlankRow:
    """One question; without `name` a heading or something to read. `number` is empty where nothing is to be filled in."""

    name: str
    number: str
    question: str
    note: str = ""
    answers: str = ""
    """What may be written, in words."""
    offered: Offered = ()


@dataclass(frozen=True, slots=True)
class BlankSheet:
    """One section."""

    title: str
    rows: tuple[BlankRow, ...]


def blank_workbook(title: str, about: Sequence[str], sheets: Sequence[BlankSheet], words: Words) -> bytes:
    """Return the workbook: what it is for, then the sections, then the lists that the answers are chosen from."""
    book = Workbook()
    _write_about(book.worksheets[0], title, about, words)
    lists = _Lists(book.create_sheet(words.say(LISTS)))
    for number, sheet in enumerate(sheets, 1):
        page = book.create_sheet(_NO_SHEET_NAME.sub(" ", f"{number} {sheet.title}")[:_LONGEST_NAME].strip(), number)
        _write_section(page, sheet.rows, lists, words)
    lists.sheet.sheet_state = "hidden"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


class _Lists:
    """The hidden sheet with two columns for each list: codes, and the labels that are chosen from."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self._places: dict[Offered, str] = {}

    def place(self, offered: Offered) -> str:
        """Return where the labels of a list stand, such as `Lists!$B$1:$B$5`."""
        if offered not in self._places:
            column = 2 * len(self._places) + 1
            for row, pair in enumerate(offered, 1):
                for at, text in enumerate(pair, column):
                    _write(self.sheet.cell(row, at), text)
            letter = get_column_letter(column + 1)
            self._places[offered] = f"{self.sheet.title}!${letter}$1:${letter}${len(offered)}"
        return self._places[offered]


def _write_about(sheet: Worksheet, title: str, about: Iterable[str], words: Words) -> None:
    sheet.title = words.say("About")
    sheet.column_dimensions["A"].width = 100
    _write(sheet.cell(1, 1), title, Font(size=16))
    for row, text in enumerate(about, 3):
        _write(sheet.cell(row, 1), text)


def _write_section(sheet: Worksheet, rows: Sequence[BlankRow], lists: _Lists, words: Words) -> None:
    for column, (text, width) in enumerate(zip(HEADER, _WIDTHS, strict=True), 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        _write(sheet.cell(1, column), words.say(text), Font(bold=True))
    sheet.freeze_panes = "A2"
    for at, row in enumerate(rows, 2):
        _write_row(sheet, at, row)
    by_place: dict[str, list[str]] = {}
    for at, row in enumerate(rows, 2):
        if row.offered:
            by_place.setdefault(lists.place(row.offered), []).append(sheet.cell(at, ANSWER).coordinate)
    for place, cells in by_place.items():
        error_title, error = words.say("Choose from the list"), words.say(HEADER[4])
        choice = DataValidation(type="list", formula1=place, allow_blank=True, errorTitle=error_title, error=error)
        for cell in cells:
            choice.add(cell)
        sheet.add_data_validation(choice)


def _write_row(sheet: Worksheet, at: int, row: BlankRow) -> None:
    heading = Font(bold=True) if not row.name else None
    texts = (row.name, row.number, row.question, row.note, row.answers, "")
    for column, text in enumerate(texts, 1):
        cell = sheet.cell(at, column)
        _write(cell, text, heading or Font(color=_SOFT) if column != 3 else heading)
        if row.number or "/" in row.name:
            cell.border = _LINE
    if row.offered or row.answers:
        sheet.cell(at, ANSWER).fill = _FILL


def _write(cell: Cell | MergedCell, text: str, font: Font | None = None) -> None:
    """Write a text that stays one, whatever sign it begins with."""
    cell.value = text or None
    if text:
        cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if font is not None:
        cell.font = font
