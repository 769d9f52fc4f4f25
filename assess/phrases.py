"""Texts that keep what they were put together from, so that they can be said in the reader's language where they are shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, TypeAlias


class Multilingual(Protocol):
    """What an author wrote in several languages; as a string it is English."""

    def in_language(self, language: str) -> str:
        """Return it in a language, or in one that there is."""


Value: TypeAlias = str | int | Decimal | date | Multilingual
"""What is filled into a text: a number, a day, a phrase, an author's text, or what stays as it is."""


def message(text: str) -> str:
    """Mark a text that is said elsewhere, so that catalogues must hold it."""
    return text


_QUOTED = message("“%(quoted)s”")
_PHRASE, _VALUES = "phrase", "values"
"""The keys of a phrase that is kept."""


class Phrase(str):
    """An English text that knows its parts: `text` names its `values`, which every language fills in as it writes them."""

    text: str
    values: Mapping[str, Value]

    def __new__(cls, text: str, /, **values: Value) -> Phrase:
        """Fill the values in as English writes them."""
        english = text % {name: in_english(value) for name, value in values.items()} if values else text
        return cls._of(english, text, values)

    @classmethod
    def quoted(cls, text: str) -> Phrase:
        """Put a text in quotes: those of a program in English, those of the language in others."""
        return cls._of(repr(text), _QUOTED, {"quoted": text})

    @classmethod
    def joined(cls, *parts: str, between: str = "") -> Phrase:
        """Put parts one after the other, each said by itself."""
        values = {f"part{number}": part for number, part in enumerate(parts)}
        return cls(between.join(f"%({name})s" for name in values), **values)

    @classmethod
    def _of(cls, english: str, text: str, values: Mapping[str, Value]) -> Phrase:
        made = super().__new__(cls, english)
        made.text, made.values = text, values
        return made


def in_english(value: Value) -> str:
    """Write a value as English does: 1,200 or 21 November 2026."""
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def packed(text: str) -> str:
    """Return a phrase as JSON, to be kept; any other text as it is. Whatever is no text and no whole number is kept in English."""
    return json.dumps(_parts(text), ensure_ascii=False) if isinstance(text, Phrase) else text


def unpacked(text: str) -> str:
    """Return the phrase that was packed; any other text as it is."""
    try:
        found = _put_together(json.loads(text))
    except (ValueError, TypeError, LookupError):
        return text
    return found if isinstance(found, Phrase) else text


def _parts(value: Value) -> object:
    if isinstance(value, Phrase):
        return {_PHRASE: value.text, _VALUES: {name: _parts(inner) for name, inner in value.values.items()}}
    return value if isinstance(value, str | int) else in_english(value)


def _put_together(kept: Any) -> Any:
    if not isinstance(kept, dict):
        return kept
    return Phrase(kept[_PHRASE], **{name: _put_together(inner) for name, inner in kept[_VALUES].items()})
