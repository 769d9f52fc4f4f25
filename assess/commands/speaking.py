"""In which language commands speak: the one that the environment asks for, as gettext reads it."""

from __future__ import annotations

import os
import re

from assess.definitions.words import ENGLISH, Words, first_spoken, words_of
from assess.errors import AssessError
from assess.phrases import Phrase, Value

_ASKED = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""The first of these that is set decides; LANGUAGE may name several languages in order."""
_AFTER_CODE = re.compile("[._@].*")
"""Country, encoding and variant of a locale such as de_AT.UTF-8@euro."""


def reader() -> Words:
    """Return the words of whoever runs the command.

    English where the environment asks for no language that is spoken here, or there is no catalogue to be found.
    """
    asked = next((found for name in _ASKED if (found := os.environ.get(name))), "")
    try:
        return first_spoken(_AFTER_CODE.sub("", code) for code in asked.split(":"))
    except AssessError:
        return words_of(ENGLISH)


def say(text: str, /, **values: Value) -> str:
    """Say a text with its values filled in."""
    return reader().told(Phrase(text, **values))


def several(number: int, one: str, many: str, **values: str | int) -> str:
    """Say the form of a text that fits a number; `%(num)s` in it is that number."""
    return reader().several(number, one, many, **values)
