"""In which language commands speak: the one that the environment asks for, as gettext reads it."""

from __future__ import annotations

import os

from assess.definitions.words import Words, first_spoken
from assess.phrases import Phrase, Value

_ASKED = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""The first of these that is set decides; LANGUAGE may name several languages in order."""


def reader() -> Words:
    """Return the words of whoever runs the command; English where the environment asks for no language that is spoken here."""
    asked = next((found for name in _ASKED if (found := os.environ.get(name))), "")
    return first_spoken(code.partition(".")[0].partition("_")[0] for code in asked.split(":"))


def say(text: str, /, **values: Value) -> str:
    """Say a text with its values filled in."""
    return reader().told(Phrase(text, **values))


def several(number: int, one: str, many: str, **values: str | int) -> str:
    """Say the form of a text that fits a number; `%(num)s` in it is that number."""
    return reader().several(number, one, many, **values)
