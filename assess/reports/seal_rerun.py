"""Draws every conclusion of a diagnosis again from the figures in it, and names where the two differ."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from assess.definitions.rulebase import Rulebase
from assess.engine.certificate import Infers
from assess.engine.diagnosis import Cluster, QuestionnaireUsed, diagnose
from assess.engine.document import document
from assess.engine.measures import Measure, Override
from assess.errors import AssessError, sentence_of
from assess.phrases import Phrase

_LONGEST = 60
_DERIVED = frozenset({"digest", "certificate"})
"""What follows from all the rest and is compared by itself."""


class NotRepeatable(AssessError):
    """The figures are such that nothing can be concluded from them."""


def rerun(saved: Mapping[str, Any], rulebase: Rulebase, engine: Infers) -> dict[str, Any]:
    """Diagnose the measures of a saved document again. Raises NotRepeatable when that is not possible."""
    try:
        diagnosis = diagnose(
            Cluster(**saved["cluster"]),
            saved["round"]["year"],
            {name: Measure.from_json(name, entry) for name, entry in saved["measures"].items()},
            rulebase,
            engine,
            tuple(QuestionnaireUsed(**used) for used in saved["questionnaires"]),
            saved["synthetic"],
            tuple(Override.from_json(entry) for entry in saved.get("overrides", ())),
        )
        again: dict[str, Any] = json.loads(json.dumps(document(diagnosis), allow_nan=False))
    except (AssessError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise NotRepeatable(sentence_of(error) or type(error).__name__) from error
    return again


def differences(saved: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[Phrase]:
    """Say, in the order of the document, what stands in it and what comes out when it is made again."""
    for name in dict.fromkeys((*again, *saved)):
        if name not in _DERIVED:
            yield from _differences(name, saved.get(name), again.get(name))


def _differences(place: str, saved: Any, again: Any) -> Iterator[Phrase]:
    if isinstance(saved, dict) and isinstance(again, dict):
        for name in dict.fromkeys((*again, *saved)):
            yield from _differences(f"{place}.{name}", saved.get(name), again.get(name))
    elif isinstance(saved, list) and isinstance(again, list) and len(saved) == len(again):
        for number, (one, other) in enumerate(zip(saved, again, strict=True), start=1):
            yield from _differences(f"{place}[{_named(other, number)}]", one, other)
    elif saved != again or isinstance(saved, bool) != isinstance(again, bool):
        said = {"saved": _shown(saved), "again": _shown(again)}
        yield Phrase("%(place)s: the file says %(saved)s, the rules give %(again)s", place=place, **said)


def _named(entry: Any, number: int) -> str:
    """An entry of a list by the name it bears, else by its place."""
    name = (entry.get("rule") or entry.get("id")) if isinstance(entry, dict) else None
    return str(name or number)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
