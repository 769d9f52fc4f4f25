"""Says what an evidence file is by its content; its name and what a browser says about it count for nothing."""

from __future__ import annotations

import codecs
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from assess.errors import AssessError
from assess.phrases import message

CHOOSE = message(
    "Choose a PDF, a picture (PNG or JPEG), a Word, Excel, PowerPoint or OpenDocument file without macros, "
    "or a plain text or CSV file in UTF-8."
)
"""What may be attached."""
EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    "text/plain": (".txt", ".csv"),
}
"""The endings that a name of each type may have, the usual one first."""
MOST_UNZIPPED = 200_000_000
"""Bytes that an office document may come to when it is unzipped."""
MOST_RATIO = 100
"""How many times its own size a document may come to, beyond what is small anyway."""
SMALL = 20_000_000
"""Bytes that any document may come to, however well it was packed."""
_MOST_MEMBERS = 10_000
_MOST_READ = 1_000_000
"""Bytes that are read of one part of an office document."""
_CHUNK = 1 << 16
_BEGINNINGS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_ZIP = b"PK\x03\x04"
_CONTENT_TYPES = "[Content_Types].xml"
_MAIN_PARTS = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_OPEN_DOCUMENTS = ("application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet")
_MACRO_PARTS = ("vbaproject.bin", "vbadata.xml")
_MACRO_FOLDERS = ("basic/", "scripts/", "xl/macrosheets/")
_MACRO_WORDS = (b"macroEnabled", b"vbaProject")
_UNREADABLE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
"""What Python's reader raises for archives that are damaged or odd."""
_PROGRAMS = message("Save the document without macros, or as a PDF, and attach it again: it holds programs.")
_CONTROL_SIGNS = frozenset(range(32)) - set(b"\t\n\r\f")


class NotAccepted(AssessError):
    """A file of a type that is not taken, with what to do instead."""


def media_type_of(file: Path) -> str:
    """Return the media type of a file, one of EXTENSIONS. Raises NotAccepted with a sentence that begins with what to do."""
    with file.open("rb") as stream:
        beginning = stream.read(8)
        found = next((media_type for mark, media_type in _BEGINNINGS.items() if beginning.startswith(mark)), None)
        if found is not None:
            return found
        stream.seek(0)
        if beginning.startswith(_ZIP):
            return _document(stream)
        if beginning and _is_text(stream):
            return "text/plain"
    raise NotAccepted(CHOOSE)


def _document(stream: BinaryIO) -> str:
    try:
        with zipfile.ZipFile(stream) as archive:
            _refuse_odd(archive, stream.seek(0, 2))
            return _kind_of(archive)
    except _UNREADABLE as error:
        raise NotAccepted("Save the document again and attach the new copy: this one is damaged or packed in an unusual way.") from error


def _refuse_odd(archive: zipfile.ZipFile, size: int) -> None:
    members = archive.infolist()
    names = [member.filename for member in members]
    if any(member.flag_bits & 1 for member in members):
        raise NotAccepted("Save the document without a password and attach it again: it is encrypted.")
    if len(names) > _MOST_MEMBERS or len(set(names)) < len(names) or any(map(_leads_outside, names)):
        raise zipfile.BadZipFile
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise zipfile.BadZipFile
    unzipped = sum(member.file_size for member in members)
    if unzipped > MOST_UNZIPPED or unzipped > max(SMALL, MOST_RATIO * size):
        raise NotAccepted("Split the document, or save it as a PDF: unzipped it is too large to be opened safely.")
    if any(map(_is_macro, names)):
        raise NotAccepted(_PROGRAMS)


def _kind_of(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if _CONTENT_TYPES in names:
        found = [media_type for part, media_type in _MAIN_PARTS.items() if part in names]
        types = _part(archive, _CONTENT_TYPES)
        types.decode("utf-8")  # in another encoding the words below would not be found
        if any(word in types for word in _MACRO_WORDS):
            raise NotAccepted(_PROGRAMS)
        if len(found) == 1:
            return found[0]
    elif {"mimetype", "content.xml"} <= names:
        media_type = _part(archive, "mimetype").decode("ascii").strip()
        if media_type in _OPEN_DOCUMENTS:
            return media_type
    raise NotAccepted(CHOOSE)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        content = part.read(_MOST_READ + 1)
    if len(content) > _MOST_READ:
        raise zipfile.BadZipFile
    return content


def _leads_outside(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")


def _is_macro(name: str) -> bool:
    plain = name.casefold()
    return plain.rpartition("/")[2] in _MACRO_PARTS or plain.startswith(_MACRO_FOLDERS)


def _is_text(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := stream.read(_CHUNK):
            if not _CONTROL_SIGNS.isdisjoint(chunk):
                return False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
