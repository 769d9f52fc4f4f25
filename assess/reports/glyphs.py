"""The characters the report's own fonts can print; all others are shown as □, never in a font of the machine."""

from __future__ import annotations

import unicodedata
from typing import Any

MISSING = "□"

# Ranges of templates/report/fonts, first and last character; a test compares them with the files.
_RANGES = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x2B9, 0x2DD), (0x300, 0x328), (0x370, 0x377), (0x37A, 0x37F), (0x384, 0x38A), (0x38C, 0x38C),
    (0x38E, 0x3A1), (0x3A3, 0x3E1), (0x3F0, 0x45F), (0x462, 0x463), (0x472, 0x475), (0x490, 0x4FF), (0x1E00, 0x1F15), (0x1F18, 0x1F1D),
    (0x1F20, 0x1F45), (0x1F48, 0x1F4D), (0x1F50, 0x1F57), (0x1F59, 0x1F59), (0x1F5B, 0x1F5B), (0x1F5D, 0x1F5D), (0x1F5F, 0x1F7D),
    (0x1F80, 0x1FB4), (0x1FB6, 0x1FC4), (0x1FC6, 0x1FD3), (0x1FD6, 0x1FDB), (0x1FDD, 0x1FEF), (0x1FF2, 0x1FF4), (0x1FF6, 0x1FFE),
    (0x2010, 0x2027), (0x202F, 0x203A), (0x2044, 0x2044), (0x2070, 0x2071), (0x2074, 0x208E), (0x20AC, 0x20AC), (0x2116, 0x2116),
    (0x2122, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212), (0x2248, 0x2248), (0x2260, 0x2260), (0x2264, 0x2265), (0x25A0, 0x25A1),
    (0x25B2, 0x25B3), (0x25BC, 0x25BC), (0x25C6, 0x25C7), (0x25CB, 0x25CB), (0x25CF, 0x25CF), (0x2713, 0x2713), (0xFFFD, 0xFFFD),
)  # fmt: skip
COVERED = frozenset(chr(code) for first, last in _RANGES for code in range(first, last + 1))
# Marks that steer the direction of text could make a name read as something else; they are dropped with the control characters.
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})

# Characters that stay as they are whatever stands beside them: no white space but the space, nothing that is composed with others.
_AS_THEY_ARE = frozenset(
    c for c in COVERED if c == " " or not (c.isspace() or c == "\u00ad" or unicodedata.combining(c) or unicodedata.normalize("NFC", c) != c)
)


def printable(text: str) -> str:
    """Return `text` on one line, composed, with what the fonts lack as □."""
    if _AS_THEY_ARE.issuperset(text) and "  " not in text and text == text.strip():
        return text
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    return "".join(_character(c) for c in composed)


def printable_throughout(node: Any) -> Any:
    """Return plain data with every text in it, keys aside, made printable."""
    if isinstance(node, str):
        return printable(node)
    if isinstance(node, list):
        return [printable_throughout(entry) for entry in node]
    if isinstance(node, dict):
        return {key: printable_throughout(value) for key, value in node.items()}
    return node


def _character(character: str) -> str:
    if character in COVERED and character != "\u00ad":
        return character
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    return "" if category in _DROPPED else MISSING
