"""An evidence file is what its bytes are; programs, disguises and archives that swell are refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from attaching import JPEG, PDF, PNG, TEXT, office, open_document, zipped

from assess.exchange import evidence_types
from assess.exchange.evidence_types import EXTENSIONS, NotAccepted, media_type_of

OFFICE = "application/vnd.openxmlformats-officedocument."
ACCEPTED = {
    "application/pdf": PDF,
    "image/png": PNG,
    "image/jpeg": JPEG,
    f"{OFFICE}wordprocessingml.document": office("word/document.xml"),
    f"{OFFICE}spreadsheetml.sheet": office("xl/workbook.xml"),
    f"{OFFICE}presentationml.presentation": office("ppt/presentation.xml"),
    "application/vnd.oasis.opendocument.text": open_document("text"),
    "application/vnd.oasis.opendocument.spreadsheet": open_document("spreadsheet"),
    "text/plain": TEXT,
}


def judged(folder: Path, content: bytes) -> str:
    (folder / "file").write_bytes(content)
    return media_type_of(folder / "file")


def marked_encrypted(content: bytes) -> bytes:
    """Set the sign of encryption in the archive's list of members."""
    place = content.index(b"PK\x01\x02") + 8
    return content[:place] + b"\x01" + content[place + 1 :]


@pytest.mark.parametrize(("media_type", "content"), ACCEPTED.items())
def test_every_accepted_type__is_told_by_its_content(tmp_path: Path, media_type: str, content: bytes) -> None:
    assert judged(tmp_path, content) == media_type


def test_every_type__has_an_ending_and_a_sample() -> None:
    assert set(ACCEPTED) == set(EXTENSIONS)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00\x03",
        b"\x7fELF\x02\x01",
        b"GIF89a\x01\x00",
        b"text with a \x00 in it",
        b"text with a bell \x07",
        "Übersicht".encode("latin-1"),
        "Übersicht".encode("utf-16"),
        "half a sign: Ü".encode()[:-1],
        zipped({"readme.txt": b"just an archive"}),
        zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"binary"}),
        zipped({"mimetype": b"application/epub+zip", "content.xml": b""}),
        open_document("presentation-template"),
    ],
)
def test_anything_else__is_refused_with_what_is_accepted(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NotAccepted, match=r"^Choose a PDF, a picture"):
        judged(tmp_path, content)


@pytest.mark.parametrize(
    "content",
    [
        office(more={"word/vbaProject.bin": b"program"}),
        office(more={"word/VBAPROJECT.BIN": b"program"}),
        office("xl/workbook.xml", more={"xl/macrosheets/sheet1.xml": b"program"}),
        office(types=b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'),
        office(types=b'<Types><Override ContentType="application/vnd.ms-office.vbaProject"/></Types>', more={"word/other.bin": b"program"}),
        open_document(more={"Basic/Standard/script-lb.xml": b"program"}),
        open_document(more={"Scripts/python/run.py": b"program"}),
    ],
)
def test_document_with_macros__is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NotAccepted, match=r"^Save the document without macros"):
        judged(tmp_path, content)


def test_encrypted_document__is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAccepted, match="without a password"):
        judged(tmp_path, marked_encrypted(office()))


def test_document_that_swells__is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_types, "SMALL", 10_000)
    assert judged(tmp_path, office(more={"word/media.bin": b"\0" * 9_000}))
    with pytest.raises(NotAccepted, match="too large to be opened"):
        judged(tmp_path, office(more={"word/media.bin": b"\0" * 1_000_000}))


def test_document_that_is_huge_unzipped__is_refused_whatever_its_ratio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_types, "MOST_UNZIPPED", 1_000)
    with pytest.raises(NotAccepted, match="too large to be opened"):
        judged(tmp_path, office(more={"word/media.bin": b"\0" * 1_001}))


@pytest.mark.parametrize(
    "content",
    [
        office()[:-10],
        office()[:40] + b"\xff" * 20 + office()[60:],
        b"PK\x03\x04 and nothing more",
        office(more={"../../outside.xml": b""}),
        office(more={"/etc/passwd": b""}),
        office(more={"word\\..\\outside.xml": b""}),
        office(types="<Types/>".encode("utf-16")),
        zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<d/>"}, compression=zipfile.ZIP_LZMA),
    ],
)
def test_damaged_or_odd_archive__is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NotAccepted, match=r"^Save the document again"):
        judged(tmp_path, content)


def test_page_with_a_script__is_plain_text(tmp_path: Path) -> None:
    assert judged(tmp_path, b"<script>alert(1)</script>") == "text/plain"
