"""Fits what was read to a model, and turns every misfit into a fault with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from assess.definitions.misfits import Misfit
from assess.definitions.yamlfile import Document, Route
from assess.errors import Fault
from assess.phrases import Phrase, message

Model = TypeVar("Model", bound=BaseModel)

_LIST = message("%(name)s must be a list"), Phrase("write it with a dash before each entry, or in square brackets")
_MAP = message("%(name)s must be a map of keys and values"), Phrase("write it as key: value")
_NUMBER = message("%(name)s must be a number"), ""
_WHOLE = message("%(name)s must be a whole number"), ""
_IN_WORDS: Mapping[str, tuple[str, str]] = {
    "missing": (message("%(name)s is missing"), Phrase("add it")),
    "string_type": (message("%(name)s must be a text"), Phrase("put it in quotes")),
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _MAP,
    "model_type": _MAP,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_type": (message("%(name)s must be true or false"), ""),
    "finite_number": (message("%(name)s must be a number that is not without end"), ""),
}
_OF_PYDANTIC = (
    message("Input should be greater than %(gt)s"),
    message("Input should be greater than or equal to %(ge)s"),
    message("Input should be less than %(lt)s"),
    message("Input should be less than or equal to %(le)s"),
    message("String should match pattern '%(pattern)s'"),
    message("String should have at least %(min_length)s character"),
    message("String should have at most %(max_length)s characters"),
    message("Tuple should have at least %(min_length)s item after validation, not %(actual_length)s"),
    message("Tuple should have at most %(max_length)s items after validation, not %(actual_length)s"),
    message("Dictionary should have at least %(min_length)s item after validation, not %(actual_length)s"),
)
"""What pydantic says most often, word for word, with the names that it gives its values."""
_VALUES = re.compile(r"%\((\w+)\)s")

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


def either(options: Sequence[str]) -> str:
    """Name what may be chosen from: `a or b or c`."""
    named = options[-1] if options else ""
    for option in reversed(options[:-1]):
        named = Phrase("%(options)s or %(last)s", options=option, last=named)
    return named


def all_of(names: Sequence[str]) -> str:
    """Name what holds together: `a and b and c`."""
    named = names[-1] if names else ""
    for name in reversed(names[:-1]):
        named = Phrase("%(names)s and %(last)s", names=name, last=named)
    return named


def _in_words(model: type[BaseModel], place: Route, detail: Any) -> tuple[str, str]:
    name = ".".join(str(part) for part in place) or Phrase("the entry")
    if detail["type"] == "extra_forbidden":
        key = str(place[-1])
        return Phrase("unknown key %(key)s", key=Phrase.quoted(key)), suggestion(key, _keys(model, place)) or Phrase("leave it out")
    if detail["type"] in _IN_WORDS:
        text, remedy = _IN_WORDS[detail["type"]]
        return Phrase(text, name=name), remedy
    problem, remedy = _said_by_a_check(detail)
    return Phrase("%(key)s: %(problem)s", key=name, problem=problem), remedy


def _said_by_a_check(detail: Any) -> tuple[str, str]:
    """Tell what one of our checks says, or pydantic."""
    values = detail.get("ctx", {})
    misfit = values.get("error")
    if isinstance(misfit, Misfit):
        return misfit.problem, misfit.remedy
    if detail["type"] in ("enum", "literal_error"):
        return Phrase("Input should be %(options)s", options=_either_as_quoted(values["expected"])), ""
    problem, _, remedy = detail["msg"].removeprefix("Value error, ").partition("; ")
    return _phrase_of(problem, {name: str(value) for name, value in values.items()}), remedy


def _phrase_of(said: str, values: Mapping[str, str]) -> str:
    """Return what pydantic says as a phrase, where its text is known."""
    known = (text for text in _OF_PYDANTIC if _VALUES.sub(lambda found: values.get(found[1], ""), text) == said)
    return next((Phrase(text, **values) for text in known), said)


def _either_as_quoted(expected: str) -> str:
    """Read pydantic's own enumeration: 'draft' or 'published'."""
    others, _, last = expected.rpartition(" or ")
    return Phrase("%(options)s or %(last)s", options=others, last=last) if others else last


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
