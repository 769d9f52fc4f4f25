"""Texts as maps by language; a plain string is English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from assess.definitions.misfits import Misfit
from assess.phrases import Phrase

DEFAULT_LANGUAGE = "en"
_BREAKS = re.compile(r"[ \t\r\n]+")
"""What a file breaks its lines with; fixed and narrow spaces, which French needs, are left alone."""


class Text(Mapping[str, str]):
    """One text in one or more languages; never changed after it was made."""

    __slots__ = ("_by_language",)

    def __init__(self, by_language: Mapping[str, str]) -> None:
        self._by_language = dict(sorted(by_language.items()))

    def __getitem__(self, language: str) -> str:
        return self._by_language[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_language)

    def __len__(self) -> int:
        return len(self._by_language)

    def __hash__(self) -> int:
        return hash(tuple(self._by_language.items()))

    def __repr__(self) -> str:
        return f"Text({self._by_language!r})"

    def __str__(self) -> str:
        return self.in_language(DEFAULT_LANGUAGE)

    def in_language(self, language: str) -> str:
        """Return the text in `language`, else in English, else in the first language there is."""
        return self._by_language.get(language) or self._by_language.get(DEFAULT_LANGUAGE) or next(iter(self._by_language.values()), "")


def _as_text(value: Any) -> Text:
    if isinstance(value, Text):
        return value
    if isinstance(value, str):
        value = {DEFAULT_LANGUAGE: value}
    if isinstance(value, Mapping) and value and all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
        return Text({language: _BREAKS.sub(" ", text).strip(" ") for language, text in value.items()})
    raise Misfit(Phrase("must be a text, or a map of texts by language such as {en: …}"))


_JSON_SCHEMA = {"oneOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1}]}

TextField = Annotated[Text, PlainValidator(_as_text), WithJsonSchema(_JSON_SCHEMA)]
"""A pydantic field that holds a Text."""
