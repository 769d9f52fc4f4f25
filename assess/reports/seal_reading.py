"""Reads what a report file holds, from bytes that anybody may have made: sizes are capped, and nothing in it is obeyed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pikepdf import settings

from assess.errors import AssessError
from assess.phrases import Phrase
from assess.reports.seal_findings import MOST_BYTES
from assess.reports.seal_metadata import properties_in

_MOST_UNPACKED = 16_000_000
_MOST_PAGES = 400
_MOST_OBJECTS = 60_000
_END = b"%%EOF"
_UNLIMITED = re.compile(rb"/(?:L|#4[cC])(?:Z|#5[aA])(?:W|#57)")
"""A packing whose size qpdf does not limit; no report uses it."""
_CODES = re.compile(rb"/([A-Za-z0-9+_-]+) [0-9.]+ Tf|\[((?:[^\]\\]|\\.)*)\] ?TJ")
_HEXADECIMAL = re.compile(rb"<([0-9a-fA-F]+)>")
_PAIR = re.compile(r"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>")

# Of the whole process, and of no harm to files of our own: a few kilobytes must not become gigabytes.
settings.set_qpdf_limits(
    flate_max_memory=_MOST_UNPACKED, run_length_max_memory=_MOST_UNPACKED, png_max_memory=_MOST_UNPACKED,
    tiff_max_memory=_MOST_UNPACKED, dct_max_memory=_MOST_UNPACKED, max_stream_filters=2, parser_max_container_size=1_000_000,
)  # fmt: skip


class Unreadable(AssessError):
    """The file cannot be read as a report."""

    def __init__(self, sentence: Phrase) -> None:
        self.sentence = sentence
        super().__init__(str(sentence))


@dataclass(frozen=True, slots=True)
class Contents:
    """What lies in a file: attachments by name in the order they were found, properties, what every page draws."""

    attachments: tuple[tuple[str, bytes], ...]
    declared: Mapping[str, str]
    """What each attachment is to the document, such as Source; only those that are listed as that once."""
    properties: Mapping[str, str]
    pages: tuple[bytes, ...]
    signature_fields: int
    text: tuple[str, ...]
    """What every page says, without any space."""


def unsigned_part(content: bytes) -> bytes:
    """The file up to its first end: what it was before anything was appended, such as a signature."""
    end = content.find(_END + b"\n")
    return content if end < 0 else content[: end + len(_END) + 1]


def revisions(content: bytes) -> int:
    """How often something was written at the end of the file, the first time included."""
    return content.count(b"startxref")


def read(content: bytes) -> Contents:
    """Read a report file. Raises Unreadable when it is no PDF, damaged, or far larger than a report."""
    if len(content) > MOST_BYTES:
        raise Unreadable(Phrase("Choose a report: a file of %(bytes)s bytes is none, and is not looked at.", bytes=len(content)))
    if not content.startswith(b"%PDF-"):
        raise Unreadable(Phrase("Choose the report as a PDF file: this one is none."))
    if not content.rstrip().endswith(_END):
        raise Unreadable(Phrase("Ask for the file again: its end is missing."))
    if _UNLIMITED.search(content):
        raise Unreadable(Phrase("Choose a report as it was made: this file was packed by another program."))
    try:
        with pikepdf.open(BytesIO(content), attempt_recovery=False) as pdf:
            return _read(pdf)
    except (pikepdf.PdfError, pikepdf.PasswordError, zlib.error) as error:
        raise Unreadable(Phrase("Ask for the file again: it is damaged, or larger inside than any report.")) from error
    except (AttributeError, KeyError, TypeError, ValueError, IndexError, RuntimeError, RecursionError, MemoryError) as error:
        raise Unreadable(Phrase("Ask for the file again: it is not built as a report is.")) from error


def _read(pdf: pikepdf.Pdf) -> Contents:
    if len(pdf.pages) > _MOST_PAGES or len(pdf.objects) > _MOST_OBJECTS:
        raise Unreadable(Phrase("Choose a report: a file of %(pages)s pages is none.", pages=len(pdf.pages)))
    found = list(_attachments(pdf))
    pages = tuple(_drawn(page) for page in pdf.pages)
    return Contents(
        attachments=tuple((name, data) for name, _, data in found),
        declared={name: kind for name, file, _ in found if (kind := _declared(pdf, file))},
        properties=properties_in(_unpacked(pdf.Root.Metadata)) if "/Metadata" in pdf.Root else {},
        pages=pages,
        signature_fields=len(pdf.Root.get("/AcroForm", pikepdf.Dictionary()).get("/Fields", pikepdf.Array())),
        text=tuple(_text(page, drawn) for page, drawn in zip(pdf.pages, pages, strict=True)),
    )


def _drawn(page: pikepdf.Page) -> bytes:
    """What a page draws; a report has one stream for each page."""
    contents = page.obj.get("/Contents", pikepdf.Array())
    parts = contents if isinstance(contents, pikepdf.Array) else [contents]
    return b"\n".join(map(_unpacked, parts))


def _attachments(pdf: pikepdf.Pdf) -> Iterator[tuple[str, pikepdf.Object, bytes]]:
    """Every file inside, wherever it is named from."""
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and "/EF" in item:
            for stream in item["/EF"].values():
                yield str(item.get("/UF", item.get("/F", ""))), item, _unpacked(stream)


def _declared(pdf: pikepdf.Pdf, file: pikepdf.Object) -> str:
    associated = pdf.Root.get("/AF", pikepdf.Array())
    named = pdf.Root.get("/Names", pikepdf.Dictionary()).get("/EmbeddedFiles", pikepdf.Dictionary()).get("/Names", pikepdf.Array())
    once = all([one.objgen for one in places].count(file.objgen) == 1 for places in (list(associated), list(named)[1::2]))
    return str(file.get("/AFRelationship", "")).removeprefix("/") if once else ""


def _unpacked(stream: pikepdf.Object) -> bytes:
    """What a stream holds. Raises Unreadable when it holds too much, or is packed in a way that no report uses."""
    packed = stream.read_raw_bytes()
    packing = stream.get("/Filter")
    if packing is None:
        return bytes(packed)
    if str(packing) != "/FlateDecode" or "/DecodeParms" in stream:
        raise Unreadable(Phrase("Choose a report as it was made: this file was packed by another program."))
    unpacking = zlib.decompressobj()
    content = unpacking.decompress(packed, _MOST_UNPACKED)
    if unpacking.unconsumed_tail:
        raise Unreadable(Phrase("Choose a report: this file is far larger inside than one."))
    return content


def _text(page: pikepdf.Page, drawn: bytes) -> str:
    """What a page says, as the fonts' own character maps give it, without any space."""
    fonts = {str(name)[1:].encode(): font for name, font in page.Resources.get("/Font", pikepdf.Dictionary()).items()}
    maps: dict[bytes, dict[str, str]] = {}
    said, current = [], dict[str, str]()
    for font, shown in _CODES.findall(drawn):
        if font:
            if font not in maps:
                maps[font] = _character_map(_unpacked(fonts[font].ToUnicode).decode("latin-1")) if font in fonts else {}
            current = maps[font]
        else:
            codes = b"".join(_HEXADECIMAL.findall(shown)).decode().lower()
            said.append("".join(current.get(codes[n : n + 4], "") for n in range(0, len(codes), 4)))
    return "".join("".join(said).split())


def _character_map(text: str) -> dict[str, str]:
    return {code.lower(): bytes.fromhex(letters).decode("utf-16-be") for code, letters in _PAIR.findall(text)}
