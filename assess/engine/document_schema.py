"""JSON Schemas of what programs read and write: the diagnosis and the indicator file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assess.definitions.rules import FACTORS, FLAGS, PROFILES, SCREENS, STAGES, TYPES, Audience
from assess.engine.document import SCHEMA

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_NUMBER = {"type": ["number", "null"]}
_SHARE = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
_LEVEL = {"type": ["number", "null"], "minimum": 1, "maximum": 5}
_MEASURE = {"type": "object", "required": ["value"]}
_CITATIONS = {"type": "array", "items": {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2}}


def diagnosis_schema() -> dict[str, Any]:
    """Return the schema of what `assess diagnose --format json` prints."""
    parts = {
        "schema": {"const": SCHEMA},
        "rulebase": _object({"version": _TEXT, "status": {"enum": ["draft", "published"]}, "digest": _DIGEST}),
        "questionnaires": _list(_object({"id": _TEXT, "version": _TEXT, "status": _TEXT, "digest": _DIGEST})),
        "cluster": _object({"id": _TEXT, "name": _TEXT}, sector=_TEXT, region=_TEXT, country=_TEXT),
        "round": _object({"year": {"type": "integer"}}),
        "synthetic": {"type": "boolean"},
        "type": _classification((*TYPES, "hybrid", "undetermined"), TYPES, {"mixed_of": _TEXTS}),
        "stage": _classification((*STAGES, "undetermined"), STAGES, _stage_parts()),
        "factors": _object(dict.fromkeys(FACTORS, _factor())),
        "screens": _object({screen: _object(dict.fromkeys(names, _criterion())) for screen, names in SCREENS.items()}),
        "profiles": _object(dict.fromkeys(PROFILES, _object({"findings": _list(_finding()), "undetermined": _TEXTS}))),
        "instruments": _list(_instrument()),
        "excluded": _list(_object({"id": _TEXT, "name": _TEXT, "because": _list(_reason())})),
        "portfolio": _object({"size": {"type": "integer"}, "limited_by": _list(_reason())}),
        "advice": _object({audience.value: _list(_advice()) for audience in Audience}),
        "conditions": _list(_object({"id": _TEXT, "text": _TEXT, "because": _TEXTS, "cite": _CITATIONS})),
        "measures": {"type": "object", "additionalProperties": _MEASURE},
        "derived": {"type": "object", "additionalProperties": {"type": "number"}},
        "trace": _list(_trace()),
        "unknown": _TEXTS,
        "derived_labels": {"type": "object", "additionalProperties": _object({"label": _TEXT, "scale": _TEXT})},
        "labels": {"type": "object", "additionalProperties": _object({"label": _TEXT, "scale": _TEXT})},
        "sources": {"type": "object", "additionalProperties": {"type": "object", "required": ["title"]}},
        "certificate": _object({"digest": _DIGEST, "rules_checked": {"type": "integer"}, "strata": _TEXTS}),
        "digest": _DIGEST,
    }
    return {"$schema": _DIALECT, "title": "Cluster diagnosis", **_object(parts, overrides=_overrides())}


def indicator_file_schema() -> dict[str, Any]:
    """Return the schema of an indicator file; scales are checked by the program, which knows each indicator's."""
    value = {"type": ["number", "boolean", "null"]}
    detailed = _object(
        {},
        value=value,
        n={"type": "integer", "minimum": 0},
        spread={"type": "number", "minimum": 0},
        coverage={"type": "number", "minimum": 0, "maximum": 1},
        origin={"enum": ["member", "management", "evaluator"]},
        note=_TEXT,
        source={"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2},
    )
    indicators = {"type": "object", "additionalProperties": {"oneOf": [value, detailed]}}
    cluster = _object({"id": _TEXT, "name": _TEXT}, sector=_TEXT, region=_TEXT, country=_TEXT)
    year = {"type": "integer", "minimum": 1990, "maximum": 2100}
    return {
        "$schema": _DIALECT,
        "title": "Indicator file",
        **_object({"cluster": cluster, "round": _object({"year": year}), "indicators": indicators}),
    }


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {"type": "object", "properties": required | optional, "required": list(required), "additionalProperties": False}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _classification(labels: Iterable[str], options: Iterable[str], more: dict[str, Any]) -> dict[str, Any]:
    shares = _object(dict.fromkeys(options, _SHARE))
    return _object({"label": {"enum": list(labels)}, "supports": shares, "coverage": shares, "because": _TEXTS, "missing": _TEXTS, **more})


def _stage_parts() -> dict[str, Any]:
    flags = {"type": "array", "items": {"enum": list(FLAGS)}}
    return {"flags": flags, "undetermined_flags": flags, "findings": _list(_finding())}


def _factor() -> dict[str, Any]:
    return _object(
        {
            "label": _TEXT,
            "level": _LEVEL,
            "target": _LEVEL,
            "gap": _NUMBER,
            "severity": {"enum": ["none", "moderate", "severe", None]},
            "strength": {"type": ["boolean", "null"]},
            "confidence": {"enum": ["high", "medium", "low", None]},
            "confidence_limits": _TEXTS,
            "target_rests_on": {"enum": ["stage", "stage and type", None]},
            "known": _TEXTS,
            "unknown": _TEXTS,
            "findings": _list(_finding()),
        }
    )


def _overrides() -> dict[str, Any]:
    """What an evaluator replaced; the part is left out where nothing was."""
    reference = {"type": "string", "pattern": "^account/[0-9]+$"}
    entry = {"indicator": _TEXT, "before": _MEASURE, "after": _NUMBER, "reason": _TEXT, "when": _TEXT, "by": reference}
    return {**_list(_object(entry)), "minItems": 1}


def _finding() -> dict[str, Any]:
    return _object({"id": _TEXT, "finding": _TEXT, "tone": {"enum": ["strength", "weakness", "neutral"]}, "because": _TEXTS})


def _criterion() -> dict[str, Any]:
    return _object({"result": {"enum": ["pass", "fail", "unknown"]}, "findings": _TEXTS, "because": _TEXTS, "missing": _TEXTS})


def _reason() -> dict[str, Any]:
    return _object({"rule": _TEXT, "because": _TEXT})


def _instrument() -> dict[str, Any]:
    return _object(
        {
            "id": _TEXT,
            "name": _TEXT,
            "field": _TEXT,
            "rank": {"type": "integer", "minimum": 1},
            "score": {"type": "integer", "minimum": 1},
            "portfolio": {"type": "boolean"},
            "suited": {"type": "boolean"},
            "closes": _TEXTS,
            "horizon": {"enum": ["short", "long"]},
            "effort": {"enum": ["low", "medium", "high"]},
            "who_acts": _TEXT,
            "does": _TEXT,
            "presupposes": _TEXTS,
            "risks": _TEXTS,
            "case": {"type": ["string", "null"]},
            "because": _TEXTS,
            "against": _list(_reason()),
            "not_checked": _list(_object({"rule": _TEXT, "missing": _TEXTS})),
            "cite": _CITATIONS,
        }
    )


def _advice() -> dict[str, Any]:
    return _object({"insight": {"type": ["integer", "null"]}, "text": _TEXT, "because": _TEXTS, "cite": _CITATIONS})


def _trace() -> dict[str, Any]:
    condition = {
        "condition": _TEXT,
        "fact": _TEXT,
        "operator": {"enum": [">=", ">", "<=", "<", "="]},
        "holds": {"type": ["boolean", "null"]},
        "value": _NUMBER,
        "threshold": {"type": "number"},
        "margin": _NUMBER,
    }
    return _object(
        {
            "rule": _TEXT,
            "stratum": _TEXT,
            "outcome": {"enum": ["fired", "not_fired", "undetermined"]},
            "then": {"type": "object"},
            "because": {"type": ["string", "null"]},
            "conditions": _list(_object(condition)),
            "cite": _CITATIONS,
        }
    )
