"""Writes out `each`: one rule per entry, with `<name>` and `<name.label>` filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from assess.definitions.texts import DEFAULT_LANGUAGE, Text

Filling = tuple[tuple[str, str], ...]
"""Which entry each name of an `each` stands for."""


def expanded(raw: Mapping[str, Any], each: Mapping[str, Mapping[str, Text]]) -> Iterator[tuple[dict[str, Any], Filling]]:
    """Yield `raw` without its `each` once per combination of entries, and the entries chosen."""
    rest = {key: value for key, value in raw.items() if key != "each"}
    for chosen in product(*(entries.items() for entries in each.values())):
        named = dict(zip(each, chosen, strict=True))
        yield _fill(rest, named, DEFAULT_LANGUAGE), tuple((name, key) for name, (key, _) in named.items())


def filled_in(value: Any, filling: Filling) -> Any:
    """Fill `<name>` in plain data, as `expanded` does."""
    return _fill(value, {name: (key, Text({DEFAULT_LANGUAGE: key})) for name, key in filling}, DEFAULT_LANGUAGE)


def _fill(value: Any, chosen: Mapping[str, tuple[str, Text]], language: str) -> Any:
    if isinstance(value, str):
        return _fill_text(value, chosen, language)
    if isinstance(value, list):
        return [_fill(entry, chosen, language) for entry in value]
    if isinstance(value, dict):
        return {_fill_text(key, chosen, language): _fill(entry, chosen, key if len(key) == 2 else language) for key, entry in value.items()}
    return value


def _fill_text(text: str, chosen: Mapping[str, tuple[str, Text]], language: str) -> str:
    if "<" not in text:
        return text
    for name, (key, label) in chosen.items():
        text = text.replace(f"<{name}>", key).replace(f"<{name}.label>", label.in_language(language))
    return text
