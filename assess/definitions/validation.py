"""Fits what was read to a model, and turns every misfit into a fault with its line."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from assess.definitions.yamlfile import Document, Route
from assess.errors import Fault

Model = TypeVar("Model", bound=BaseModel)

_PLAIN_WORDS = {
    "missing": "is missing",
    "string_type": "must be a text; put it in quotes",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be a map of keys and values",
    "model_type": "must be a map of keys and values",
    "decimal_type": "must be a number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
}


def fit(model: type[Model], document: Document, route: Route, data: Any, faults: list[Fault], subject: str = "") -> Model | None:
    """Return `data` as a `model`, or None after adding one fault per misfit."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for detail in error.errors():
            place = tuple(part for part in detail["loc"] if isinstance(part, (str, int)))
            faults.append(document.fault((*route, *place), subject, *_in_words(model, place, detail)))
        return None


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return "did you mean …?" for the nearest known word, or an empty string."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else ""


def _in_words(model: type[BaseModel], place: Route, detail: Any) -> tuple[str, str]:
    name = ".".join(str(part) for part in place) or "the entry"
    if detail["type"] == "extra_forbidden":
        return f"unknown key {place[-1]!r}", suggestion(str(place[-1]), _keys(model))
    if detail["type"] in _PLAIN_WORDS:
        return f"{name} {_PLAIN_WORDS[detail['type']]}", ""
    return f"{name}: {detail['msg'].removeprefix('Value error, ')}", ""


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]
