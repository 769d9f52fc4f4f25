"""Reads a table row by row from CSV or XLSX, whatever its encoding and delimiter, and never more of it than is allowed."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from charset_normalizer import from_bytes

from assess.content import relative
from assess.errors import Fault, FaultsFound
from assess.exchange.workbooks import workbook_rows
from assess.phrases import Phrase, message

MAX_ROWS = 100_000
MAX_BYTES = 100_000_000
MAX_COLUMNS = 2_000
_SAMPLE = 65_536
_DELIMITERS = (",", ";", "\t")
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_CODE_PAGES = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257"]
_CHAOS_THAT_MEANS_NOTHING = 0.06  # French in cp1252 is judged by that much worse than in a Baltic code page
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_CONTROL = frozenset(range(32)) - {9, 10, 12, 13}
_EMPTY, _HEADER = Phrase("is empty"), Phrase("write a header and one row for each respondent")
_ODD_CSV = (
    message("unexpected end of data"),
    message("',' expected after '\"'"),
    message("';' expected after '\"'"),
    message("'\t' expected after '\"'"),
    message("field larger than field limit (131072)"),
    message("line contains NUL"),
)
"""What Python's reader of CSV says, so that catalogues hold it."""

Row: TypeAlias = tuple[int, list[str]]
"""The line in the file (the row number in a workbook) and the cells."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table that is read as it is gone through: its header with the line it stands on, and the rows below that are not empty."""

    file: str
    header_line: int
    header: tuple[str, ...]
    rows: Iterator[Row]
    encoding: str
    """How the text was read; empty for a workbook."""

    @property
    def guessed_encoding(self) -> str:
        """The encoding where nothing in the file proves it, else empty: letters with accents may have come out wrong."""
        return self.encoding if self.encoding in _CODE_PAGES else ""


def read_table(path: Path) -> Table:
    """Open a table; which format it is in shows from its content, not its name.

    Raises FaultsFound, also while the rows are gone through: for what is no table, and for more than 100,000 rows, 2,000 columns
    or 100 MB.
    """
    file = relative(path)
    start = _start_of(path, file)
    encoding = "" if start.startswith(_ZIP) else _encoding(path, start, file)
    rows = _capped(_text_rows(path, file, encoding) if encoding else workbook_rows(path, file), file)
    header_line, header = next(rows, (1, []))
    names = tuple(cell.strip() for cell in header)
    if len(names) > MAX_COLUMNS:
        problem = Phrase("has more than %(most)s columns", most=MAX_COLUMNS)
        raise FaultsFound([Fault(file, header_line, "", problem, Phrase("check that this is the right file"))])
    if not names:
        raise FaultsFound([Fault(file, None, "", _EMPTY, _HEADER)])
    return Table(file, header_line, names, rows, encoding)


def _start_of(path: Path, file: str) -> bytes:
    try:
        if path.is_dir():
            raise FaultsFound([Fault(file, None, "", Phrase("is a folder"), Phrase("name a CSV or XLSX file in it"))])
        if path.exists() and not path.is_file():
            raise FaultsFound([Fault(file, None, "", Phrase("is not a file"), Phrase("save what it gives in a file, and name that"))])
        if path.stat().st_size > MAX_BYTES:
            problem = Phrase("is larger than %(most)s MB", most=MAX_BYTES // 1_000_000)
            raise FaultsFound([Fault(file, None, "", problem, Phrase("split it; a file holds at most %(most)s rows", most=MAX_ROWS))])
        with path.open("rb") as stream:
            return stream.read(_SAMPLE)
    except OSError as error:
        problem = Phrase("cannot be read (%(error)s)", error=Phrase(str(error.strerror)))
        raise FaultsFound([Fault(file, None, "", problem, Phrase("check the name and its permissions"))]) from error


def _encoding(path: Path, start: bytes, file: str) -> str:
    """Say how a text file is encoded: by its byte-order mark, as UTF-8 if all of it is, else as charset-normalizer judges it."""
    marked = next((encoding for mark, encoding in _BYTE_ORDER_MARKS.items() if start.startswith(mark)), None)
    if marked:
        return marked
    if start.startswith(_OLD_EXCEL):
        raise FaultsFound([Fault(file, None, "", Phrase("is a workbook in the old Excel format"), Phrase("save it as XLSX or CSV"))])
    if any(byte in _CONTROL for byte in start):
        problem, remedy = Phrase("is not a table of text"), Phrase("name a CSV or XLSX file, or save it as UTF-8")
        raise FaultsFound([Fault(file, None, "", problem, remedy)])
    foreign = _beyond_utf8(path)
    return "utf-8" if foreign is None else _code_page(start, foreign, file)


def _beyond_utf8(path: Path) -> bytes | None:
    """Return the first megabyte that is not UTF-8; None when all of the file is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    last = b""
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return chunk
            last = chunk
    return None if not decoder.getstate()[0] else last


def _code_page(start: bytes, foreign: bytes, file: str) -> str:
    """Choose a code page by the lines that need one; where several read about equally well, the western European one."""
    lines = [line for line in (start + b"\n" + foreign).splitlines() if not line.isascii()]
    matches = from_bytes(b"\n".join(lines[:2_000])[:_SAMPLE], cp_isolation=_CODE_PAGES)
    best = matches.best()
    if best is None:
        problem, remedy = Phrase("is in an encoding that cannot be told"), Phrase("save it as UTF-8 and try again")
        raise FaultsFound([Fault(file, None, "", problem, remedy)])
    near = [match for match in matches if match.chaos <= best.chaos + _CHAOS_THAT_MEANS_NOTHING]
    equal = {page for match in near for page in match.could_be_from_charset}
    return next(page for page in _CODE_PAGES if page in equal)


def _text_rows(path: Path, file: str, encoding: str) -> Iterator[Row]:
    line = 0
    try:
        with path.open(encoding=encoding, newline="") as stream:
            delimiter = _delimiter([next((text for text in stream if text.strip()), "")])
            stream.seek(0)
            reader = csv.reader(stream, delimiter=delimiter, strict=True)
            for cells in reader:
                yield line + 1, cells
                line = reader.line_num
    except csv.Error as error:
        problem = Phrase("cannot be read as CSV (%(error)s)", error=Phrase(str(error)))
        raise FaultsFound([Fault(file, line + 1, "", problem, Phrase("check the quotes in this row"))]) from error
    except UnicodeError as error:
        problem = Phrase("is not in the encoding %(encoding)s throughout", encoding=encoding)
        raise FaultsFound([Fault(file, None, "", problem, Phrase("save it as UTF-8"))]) from error


def _delimiter(first: list[str]) -> str:
    def columns(delimiter: str) -> int:
        return len(next(csv.reader(first, delimiter=delimiter), []))

    return max(_DELIMITERS, key=columns)


def _capped(rows: Iterator[Row], file: str) -> Iterator[Row]:
    """Pass on the header and the rows that are not empty; refuse too many."""
    for number, row in enumerate(row for row in rows if any(map(str.strip, row[1]))):
        if number > MAX_ROWS:
            problem = Phrase("has more than %(most)s rows", most=MAX_ROWS)
            raise FaultsFound([Fault(file, row[0], "", problem, Phrase("check that this is the right file, or split it"))])
        yield row
