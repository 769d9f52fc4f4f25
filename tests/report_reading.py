"""Reads what a report's PDF file says: its text page by page, its fonts, its bookmarks."""

from __future__ import annotations

import re
from io import BytesIO

import pikepdf


def texts(content: bytes) -> list[str]:
    """The text of every page in drawing order, as the fonts' own character maps give it; white space as one blank."""
    with pikepdf.open(BytesIO(content)) as pdf:
        return [" ".join(_text(page).split()) for page in pdf.pages]


def font_names(content: bytes) -> set[str]:
    """The families of all fonts, without the tag of the subset; fails where a font is not embedded."""
    with pikepdf.open(BytesIO(content)) as pdf:
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        for font in fonts:
            assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor, f"{font.BaseFont} is not embedded"
        return {re.sub(r"^/[A-Z]{6}\+", "", str(font.BaseFont)) for font in fonts}


def bookmarks(content: bytes) -> list[str]:
    """The titles of the outline's first level."""
    with pikepdf.open(BytesIO(content)) as pdf, pdf.open_outline() as outline:
        return [item.title for item in outline.root]


def _text(page: pikepdf.Page) -> str:
    maps = {str(name): _character_map(font.ToUnicode.read_bytes().decode()) for name, font in page.Resources.Font.items()}
    said, current = [], {}
    for instruction in pikepdf.parse_content_stream(page):
        operands, operator = instruction.operands, instruction.operator
        if str(operator) == "Tf":
            current = maps[str(operands[0])]
        elif str(operator) == "TJ":
            codes = b"".join(bytes(part) for part in operands[0] if isinstance(part, pikepdf.String))
            said.append("".join(current.get(codes[n : n + 2].hex(), "") for n in range(0, len(codes), 2)))
        elif str(operator) == "ET":
            said.append(" ")
    return "".join(said)


def _character_map(text: str) -> dict[str, str]:
    pairs = re.findall(r"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>", text)
    return {code.lower(): bytes.fromhex(letters).decode("utf-16-be") for code, letters in pairs}
