"""Fits what was read to a model, and turns every misfit into a fault with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from assess.definitions.words import Phrase
from assess.definitions.yamlfile import Document, Route
from assess.errors import Fault

Model = TypeVar("Model", bound=BaseModel)

_IN_WORDS = {
    "missing": ("is missing", "add it"),
    "string_type": ("must be a text", "put it in quotes"),
    "list_type": ("must be a list", "write it with a dash before each entry, or in square brackets"),
    "tuple_type": ("must be a list", "write it with a dash before each entry, or in square brackets"),
    "dict_type": ("must be a map of keys and values", "write it as key: value"),
    "model_type": ("must be a map of keys and values", "write it as key: value"),
    "decimal_type": ("must be a number", ""),
    "decimal_parsing": ("must be a number", ""),
    "int_type": ("must be a whole number", ""),
    "int_parsing": ("must be a whole number", ""),
    "int_from_float": ("must be a whole number", ""),
    "bool_type": ("must be true or false", ""),
    "finite_number": ("must be a number that is not without end", ""),
}

SubjectAt = Callable[[Route], str]


def fit(
    model: type[Model], document: Document, route: Route, data: Any, faults: list[Fault], subject: str | SubjectAt = ""
) -> Model | None:
    """Return `data` as a `model`, or None after adding one fault per misfit.

    `subject` names what the faults are about, or tells it from the place of each.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for detail in error.errors():
            place = tuple(part for part in detail["loc"] if isinstance(part, (str, int)))
            about = subject if isinstance(subject, str) else subject(place)
            faults.append(document.fault((*route, *place), about, *_in_words(model, place, detail)))
        return None


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return the phrase "did you mean …?" for the nearest known word, or an empty string."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return Phrase("did you mean %(word)s?", word=close[0]) if close else ""


def _in_words(model: type[BaseModel], place: Route, detail: Any) -> tuple[str, str]:
    name = ".".join(str(part) for part in place) or "the entry"
    if detail["type"] == "extra_forbidden":
        return f"unknown key {place[-1]!r}", suggestion(str(place[-1]), _keys(model, place)) or "leave it out"
    if detail["type"] in _IN_WORDS:
        problem, remedy = _IN_WORDS[detail["type"]]
        return f"{name} {problem}", remedy
    problem, _, remedy = detail["msg"].removeprefix("Value error, ").partition("; ")
    return f"{name}: {problem}", remedy


def _keys(model: type[BaseModel], place: Route) -> list[str]:
    """The keys that may stand where `place` does: of the model that holds it, found along the way."""
    for part in place[:-1]:
        if isinstance(part, str):
            model = next((inner for name, inner in _inner_models(model) if name == part), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def _inner_models(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in model.model_fields.items():
        for inner in _models_in(field.annotation):
            yield field.alias or name, inner


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
