"""Small files of every type that may be attached, and a questionnaire that asks for some."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"
TEXT = "Übersicht der Förderungen\n\tBund\t12\n".encode()

ATTACHING = """
settings: {form_id: member, version: "1", form_title: {en: Files, de: Dateien}, default_language: en, status: draft, respondent: member}
choices:
  yes_no: [{name: "yes", label: {en: "Yes", de: "Ja"}}, {name: "no", label: {en: "No", de: "Nein"}}]
survey:
  - type: group
    name: about
    label: {en: About, de: Angaben}
    items:
      - {type: select_one yes_no, name: plan, label: {en: Is there a plan?, de: "Gibt es einen Plan?"}, special: []}
      - {type: text, name: remark, label: {en: Remark, de: Bemerkung}, special: []}
  - type: group
    name: papers
    label: {en: Papers, de: Unterlagen}
    items:
      - type: file
        name: strategy
        label: {en: The strategy, de: Die Strategie}
        hint: {en: The one in force., de: Die geltende.}
        required: true
        special: []
      - {type: file, name: minutes, label: {en: Minutes, de: Protokolle}, relevant: "${plan} = 'yes'", special: []}
"""


def zipped(members: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def office(main: str = "word/document.xml", *, types: bytes = b"<Types/>", more: Mapping[str, bytes] | None = None) -> bytes:
    """A document of Word, Excel or PowerPoint, after its main part."""
    return zipped({"[Content_Types].xml": types, main: b"<document/>"} | dict(more or {}))


def open_document(kind: str = "text", *, more: Mapping[str, bytes] | None = None) -> bytes:
    """A document of LibreOffice."""
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(), "content.xml": b"<content/>"} | dict(more or {}))
