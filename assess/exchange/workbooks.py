"""Reads the first sheet of an XLSX workbook as rows of text; formulas are never worked out, only their stored values read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol
from zipfile import BadZipFile, ZipFile, ZipInfo

from openpyxl import load_workbook

from assess.errors import Fault, FaultsFound
from assess.phrases import Phrase

MAX_UNZIPPED = 400_000_000
MAX_PARTS = 2_000
_ENTITIES = re.compile(rb"<!(DOCTYPE|ENTITY)")
_FORMULA = re.compile(rb"<f[ >/]")


class _Cell(Protocol):
    value: Any
    number_format: str
    data_type: str


def workbook_rows(path: Path, file: str) -> Iterator[tuple[int, list[str]]]:
    """Yield row number and cells of the first sheet, every row as wide as the first that is not empty.

    Raises FaultsFound for what is no workbook, unpacks to more than 400 MB, holds XML entities, or has a formula without a stored value.
    """
    try:
        has_formulas = _inspected(path, file)
        yield from _rows(path, file, _formula_places(path) if has_formulas else frozenset())
    except FaultsFound:
        raise
    except (BadZipFile, KeyError, ValueError, SyntaxError, OSError, EOFError, AttributeError, IndexError, TypeError) as error:
        # openpyxl lets whatever its parser meets in a broken workbook through.
        problem = Phrase("is not a workbook that can be read")
        raise FaultsFound([Fault(file, None, "", problem, Phrase("open it, save it as XLSX and try again"))]) from error


def _inspected(path: Path, file: str) -> bool:
    """Refuse a workbook that is made to exhaust its reader; return whether it has formulas."""
    with ZipFile(path) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNZIPPED:
            problem = Phrase("unpacks to more than %(most)s MB or %(parts)s parts", most=MAX_UNZIPPED // 1_000_000, parts=MAX_PARTS)
            raise FaultsFound([Fault(file, None, "", problem, Phrase("save only the sheet with the answers, as CSV"))])
        formulas = False
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                entities, found = _searched(_chunks(archive, part))
                if entities:
                    problem, remedy = Phrase("declares XML entities"), Phrase("save it anew with a spreadsheet program")
                    raise FaultsFound([Fault(file, None, "", problem, remedy)])
                formulas = formulas or found
    return formulas


def _chunks(archive: ZipFile, part: ZipInfo) -> Iterator[bytes]:
    with archive.open(part) as stream:
        while chunk := stream.read(1 << 20):
            yield chunk


def _searched(chunks: Iterable[bytes]) -> tuple[bool, bool]:
    """Say whether XML entities and formulas occur, also across the border of two chunks."""
    entities = formulas = False
    tail = b""
    for chunk in chunks:
        text = tail + chunk
        entities = entities or bool(_ENTITIES.search(text))
        formulas = formulas or bool(_FORMULA.search(text))
        tail = text[-16:]
    return entities, formulas


def _rows(path: Path, file: str, formulas: frozenset[tuple[int, int]]) -> Iterator[tuple[int, list[str]]]:
    width = 0
    for number, cells in _cells(path, values=True):
        missing = next((column for column, cell in enumerate(cells) if cell.value is None and (number, column) in formulas), None)
        if missing is not None:
            problem = Phrase("column %(column)s has a formula without a stored value", column=str(missing + 1))
            remedy = Phrase("replace the formula by its value, or save with a spreadsheet program")
            raise FaultsFound([Fault(file, number, "", problem, remedy)])
        texts = [_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        width = width or len(texts)
        yield number, texts + [""] * (width - len(texts))


def _formula_places(path: Path) -> frozenset[tuple[int, int]]:
    cells = ((number, column, cell) for number, row in _cells(path, values=False) for column, cell in enumerate(row))
    return frozenset((number, column) for number, column, cell in cells if cell.data_type == "f")


def _cells(path: Path, *, values: bool) -> Iterator[tuple[int, tuple[_Cell, ...]]]:
    with path.open("rb") as stream:
        workbook = load_workbook(stream, read_only=True, data_only=values, keep_links=False)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()  # a workbook may state dimensions that are not its own
        yield from enumerate(sheet.iter_rows(), start=1)


def _text(cell: _Cell) -> str:
    """Write a cell's value as it would stand in a CSV file; a number shown in per cent keeps its sign, so that 0.45 is not taken for 45."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(Decimal(repr(value)), cell.number_format)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return str(value)


def _number(value: Decimal, number_format: str) -> str:
    if "%" in number_format:
        return f"{(value * 100).normalize():f} %"
    return f"{int(value)}" if value == value.to_integral_value() else f"{value:f}"
