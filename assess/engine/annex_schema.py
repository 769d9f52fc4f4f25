"""The JSON Schema of an annex: every part is always there, null or empty where there is nothing to say."""

from __future__ import annotations

from typing import Any

from assess.definitions.questionnaire_items import MemberKind
from assess.definitions.rules import FACTORS
from assess.engine.annex import SCHEMA, NoStability
from assess.engine.year_comparison import Comparability

_TEXT: dict[str, Any] = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_COUNTED = {"type": ["integer", "null"], "minimum": 0}
_NUMBER = {"type": ["number", "null"]}
_DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_SAID = {"type": ["string", "number", "boolean", "null"]}
_COUNTS = {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": _COUNT}}
_NAMED = {"type": ["string", "null"]}


def annex_schema() -> dict[str, Any]:
    """Return the schema of `annex.json` in a report file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Annex of a cluster diagnosis",
        **_object(
            schema={"const": SCHEMA},
            diagnosis=_DIGEST,
            stability=_or_null(_object(times=_COUNT, seed=_COUNT, counts=_COUNTS)),
            no_stability={"enum": [one.value for one in NoStability]},
            flips=_list(_object(about=_TEXT, before=_TEXT, after=_NAMED, figures=_list(_figure()))),
            bounds=_object(
                times=_COUNT, seed=_COUNT, factors=_object(**dict.fromkeys(FACTORS, _object(low=_NUMBER, high=_NUMBER))), counts=_COUNTS
            ),
            groups=_or_null(_object(kinds=_list(_kind()), cells=_list(_cell()))),
            earlier=_list(_earlier()),
            peers=_or_null(_peers()),
            plan=_list(_action()),
            digest=_DIGEST,
        ),
    }


def _ends() -> dict[str, Any]:
    return _object(low=_NUMBER, high=_NUMBER)


def _figure() -> dict[str, Any]:
    return _object(indicator=_TEXT, before={"type": "number"}, after={"type": "number"})


def _kind() -> dict[str, Any]:
    return _object(kind={"enum": [kind.value for kind in MemberKind]}, asked=_COUNTED, answered=_COUNTED)


def _cell() -> dict[str, Any]:
    kind, factor = {"enum": [kind.value for kind in MemberKind]}, {"enum": list(FACTORS)}
    return _object(kind=kind, factor=factor, value=_NUMBER, n=_COUNTED, spread=_NUMBER, suppressed={"type": "boolean"})


def _earlier() -> dict[str, Any]:
    pair = {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2}
    flags = {"enum": [flag.value for flag in Comparability]}
    change = _object(name=_TEXT, before=_SAID, after=_SAID, difference=_NUMBER, flag=flags, reason=_TEXT)
    truth = {"type": "boolean"}
    about = {"year": _COUNT, "number": _TEXT, "published": truth, "same_rulebase": truth, "type": pair, "stage": pair}
    return _object(**about, factors=_list(change), indicators=_list(change))


def _peers() -> dict[str, Any]:
    figure = _object(n=_COUNT, median={"type": "number"}, low={"type": "number"}, high={"type": "number"})
    return _object(stage=_NAMED, n=_COUNTED, reason=_TEXT, factors={"type": "object", "additionalProperties": figure})


def _action() -> dict[str, Any]:
    texts = dict.fromkeys(("title", "owner", "milestone", "state", "because"), _TEXT)
    return _object(instrument=_NAMED, **texts, due=_NAMED, indicator=_NAMED, baseline=_NUMBER, target=_NUMBER, year=_COUNT)


def _object(**parts: Any) -> dict[str, Any]:
    return {"type": "object", "properties": parts, "required": list(parts), "additionalProperties": False}


def _list(entry: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": entry}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}
