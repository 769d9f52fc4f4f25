"""The annex of a report: what it shows beside the diagnosis, as one JSON document that is frozen when the report is published.

`flips` and `bounds` follow from the diagnosis and its rule base, and whoever verifies a report reckons them again. The rest rests on
what a diagnosis does not hold: single answers, other rounds, other clusters, the action plan; it stands as it was sealed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from assess.definitions.digests import digest
from assess.definitions.numbers import plain, thousandths
from assess.definitions.rulebase import Rulebase
from assess.engine.group_levels import GroupLevels
from assess.engine.missing_answers import SEED, bounds_of
from assess.engine.peers import Peers
from assess.engine.resampling import Stability
from assess.engine.smallest_change import smallest_changes
from assess.engine.what_if import Said, measures_of
from assess.engine.year_comparison import Change, YearComparison

SCHEMA = "cluster-diagnosis-annex/1"
_MOST = 64
_RECKONED: dict[tuple[str, str], dict[str, Any]] = {}
"""What was reckoned last, by digests of the measures and of the rule base."""
FOLLOWING = ("flips", "bounds")
"""The parts that follow from the diagnosis and its rule base."""
SEALED = ("stability", "groups", "earlier", "peers", "plan")
"""The parts that nobody can reckon again from the report alone."""


class NoStability(StrEnum):
    """Why members were not drawn again; empty where they were."""

    DRAWN = ""
    INDICATOR_FILE = "indicator_file"
    ERASED = "erased"
    STALE = "stale"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class EarlierYear:
    """A comparison with an earlier round; `number` is that of its report, empty where none is published."""

    number: str
    comparison: YearComparison


@dataclass(frozen=True, slots=True)
class Action:
    """An item of the action plan as it stood; `instrument` is none for one that no diagnosis recommended. `due` is a day in ISO 8601."""

    instrument: str | None
    title: str
    owner: str
    milestone: str
    due: str | None
    indicator: str | None
    baseline: Decimal | None
    target: Decimal | None
    state: str
    because: str
    year: int


@dataclass(frozen=True, slots=True)
class Beside:
    """What an annex holds that does not follow from its diagnosis. `stability` is none where `no_stability` says why."""

    stability: Stability | None = None
    no_stability: NoStability = NoStability.INDICATOR_FILE
    groups: GroupLevels | None = None
    earlier: Sequence[EarlierYear] = ()
    peers: Peers | None = None
    plan: Sequence[Action] = ()


def annex_of(document: Mapping[str, Any], rulebase: Rulebase, beside: Beside = Beside()) -> dict[str, Any]:
    """Return the annex of a diagnosis document as plain data; `digest` is the SHA-256 of all the rest."""
    return sealed(document, following(document, rulebase), beside)


def empty_annex(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the annex of a report that shows nothing beside its diagnosis."""
    bounds = {"times": 0, "seed": SEED, "factors": {name: {"low": None, "high": None} for name in document["factors"]}, "counts": {}}
    return sealed(document, {"flips": [], "bounds": bounds}, Beside(no_stability=NoStability.DRAWN))


def is_empty(annex: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether an annex says nothing."""
    return dict(annex) == empty_annex(document)


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
    factors = {name: {"low": _number(low), "high": _number(high)} for name, (low, high) in bounds.factors.items()}
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
        "bounds": {"times": bounds.times, "seed": bounds.seed, "factors": factors, "counts": _counts(bounds.counts)},
    }


def digest_of(annex: Mapping[str, Any]) -> str:
    """Return the digest that an annex should state."""
    return digest({key: value for key, value in annex.items() if key != "digest"})


def sealed(document: Mapping[str, Any], parts: Mapping[str, Any], beside: Beside) -> dict[str, Any]:
    """Put an annex together from what follows from its diagnosis (`following`) and the rest."""
    content = {
        "schema": SCHEMA,
        "diagnosis": document["digest"],
        "stability": _stability(beside.stability) if beside.stability else None,
        "no_stability": beside.no_stability.value,
        "flips": parts["flips"],
        "bounds": parts["bounds"],
        "groups": _groups(beside.groups) if beside.groups else None,
        "earlier": [_earlier(one) for one in beside.earlier],
        "peers": _peers(beside.peers) if beside.peers else None,
        "plan": [asdict(one) | {"baseline": _number(one.baseline), "target": _number(one.target)} for one in beside.plan],
    }
    return content | {"digest": digest(content)}


def _stability(found: Stability) -> dict[str, Any]:
    return {"times": found.times, "seed": found.seed, "counts": _counts(found.counts)}


def _counts(counts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    return {about: dict(said) for about, said in counts.items()}


def _groups(found: GroupLevels) -> dict[str, Any]:
    cells = ({**asdict(one), "kind": one.kind.value, "value": _number(one.value), "spread": None} for one in found.cells)
    return {"kinds": [{**asdict(one), "kind": one.kind.value} for one in found.kinds], "cells": list(cells)}


def _earlier(one: EarlierYear) -> dict[str, Any]:
    found = one.comparison
    return {
        "year": found.years[0],
        "number": one.number,
        "published": bool(one.number),
        "same_rulebase": found.same_rulebase,
        "type": list(found.type),
        "stage": list(found.stage),
        "factors": [_change(change) for change in found.factors],
        "indicators": [_change(change) for change in found.indicators],
    }


def _change(change: Change) -> dict[str, Said]:
    return asdict(change) | {"flag": change.flag.value}


def _peers(found: Peers) -> dict[str, Any]:
    factors = {
        name: {"n": one.n, "median": plain(one.median), "low": plain(one.low), "high": plain(one.high)}
        for name, one in found.factors.items()
    }
    return {"stage": found.stage, "n": found.n, "reason": found.reason, "factors": factors}


def _number(value: Decimal | None) -> int | float | None:
    return None if value is None else plain(value)
