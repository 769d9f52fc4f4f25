"""The texts within the help of a command, which catalogues translate one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from inspect import cleandoc

from assess.phrases import message

_KEPT = "\b"
"""Begins a paragraph whose lines click leaves as they are."""
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_EXAMPLES = (message("Example:"), message("Examples:"))
"""What commands stand behind, which are the same in every language."""


def retold(help_text: str, say: Callable[[str], str]) -> str:
    """Say a help text paragraph by paragraph, as `say` says each; where lines are kept, line by line, but for commands."""
    return "\n\n".join(_paragraph(paragraph, say) for paragraph in _BLANK_LINE.split(cleandoc(help_text)))


def texts_in(help_text: str) -> list[str]:
    """Return the texts of a help text that are said by themselves."""
    found: list[str] = []

    def noted(text: str) -> str:
        found.append(text)
        return text

    retold(help_text, noted)
    return found


def _paragraph(paragraph: str, say: Callable[[str], str]) -> str:
    first, *lines = paragraph.split("\n")
    return "\n".join([_KEPT, *_lines(lines, say)]) if first.strip() == _KEPT else say(" ".join(paragraph.split()))


def _lines(lines: list[str], say: Callable[[str], str]) -> Iterator[str]:
    """Commands below an example stand where the first one begins."""
    indent = 0
    for line in lines:
        word = next((word for word in _EXAMPLES if line.startswith(f"{word} ")), "")
        if word:
            said = say(word)
            indent = len(said) + 1
            yield f"{said} {line.removeprefix(word).strip()}"
        elif line.startswith(" "):
            yield " " * indent + line.strip()
        else:
            yield say(line)
