"""Reckons what of an annex follows from a diagnosis and its rule base: smallest changes, and bounds for missing answers."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from assess.definitions.digests import digest
from assess.definitions.numbers import plain, thousandths
from assess.definitions.rulebase import Rulebase
from assess.engine.annex import Beside, counted, number_or_none, sealed
from assess.engine.missing_answers import bounds_of
from assess.engine.smallest_change import smallest_changes
from assess.engine.what_if import measures_of

_MOST = 64
_NOTHING = Beside()
_RECKONED: dict[tuple[str, str], dict[str, Any]] = {}
"""What was reckoned last, by digests of the measures and of the rule base."""


def annex_of(document: Mapping[str, Any], rulebase: Rulebase, beside: Beside = _NOTHING) -> dict[str, Any]:
    """Return the annex of a diagnosis document as plain data; `digest` is the SHA-256 of all the rest."""
    return sealed(document, following(document, rulebase), beside)


def following(document: Mapping[str, Any], rulebase: Rulebase) -> dict[str, Any]:
    """Reckon the parts that follow from a diagnosis and its rule base; takes up to a second, and no time when asked again."""
    key = (digest({"measures": document["measures"], "year": document["round"]["year"]}), rulebase.digest)
    if key not in _RECKONED:
        while len(_RECKONED) >= _MOST:
            _RECKONED.pop(next(iter(_RECKONED)), None)
        _RECKONED[key] = _following(document, rulebase)
    return deepcopy(_RECKONED[key])


def _following(document: Mapping[str, Any], rulebase: Rulebase) -> dict[str, Any]:
    measures, year = measures_of(document), document["round"]["year"]
    given = {name: thousandths(one.value) for name, one in measures.items() if one.value is not None}
    bounds = bounds_of(measures, rulebase, year)
    factors = {name: {"low": number_or_none(low), "high": number_or_none(high)} for name, (low, high) in bounds.factors.items()}
    return {
        "flips": [
            {
                "about": flip.about,
                "before": flip.before,
                "after": flip.after,
                "figures": [{"indicator": f.indicator, "before": plain(f.before), "after": plain(f.after)} for f in flip.figures],
            }
            for flip in smallest_changes(given, rulebase, year)
        ],
        "bounds": {"times": bounds.times, "seed": bounds.seed, "factors": factors, "counts": counted(bounds.counts)},
    }
