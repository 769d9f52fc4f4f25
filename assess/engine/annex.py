"""The annex of a report: what it shows beside the diagnosis, as one JSON document that is frozen when the report is published.

`flips` and `bounds` follow from the diagnosis and its rule base, and whoever verifies a report reckons them again. The rest rests on
what a diagnosis does not hold: single answers, other rounds, other clusters, the action plan; it stands as it was sealed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from assess.definitions.digests import digest
from assess.definitions.numbers import plain

if TYPE_CHECKING:  # whoever only reads an annex needs none of what makes its parts
    from assess.engine.group_levels import GroupLevels
    from assess.engine.peers import Peers
    from assess.engine.resampling import Stability
    from assess.engine.what_if import Said
    from assess.engine.year_comparison import Change, YearComparison

SCHEMA = "cluster-diagnosis-annex/1"
SEED = 1
"""Of the random fillings of missing answers."""
FOLLOWING = ("flips", "bounds")
"""The parts that follow from the diagnosis and its rule base (`reckoning.following`)."""
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


def empty_annex(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the annex of a report that shows nothing beside its diagnosis."""
    bounds = {"times": 0, "seed": SEED, "factors": {name: {"low": None, "high": None} for name in document["factors"]}, "counts": {}}
    return sealed(document, {"flips": [], "bounds": bounds}, Beside(no_stability=NoStability.DRAWN))


def is_empty(annex: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether an annex says nothing."""
    return dict(annex) == empty_annex(document)


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
        "plan": [asdict(one) | {"baseline": number_or_none(one.baseline), "target": number_or_none(one.target)} for one in beside.plan],
    }
    return content | {"digest": digest(content)}


def _stability(found: Stability) -> dict[str, Any]:
    return {"times": found.times, "seed": found.seed, "counts": counted(found.counts)}


def counted(counts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """Return how often each conclusion came out, as plain data."""
    return {about: dict(said) for about, said in counts.items()}


def _groups(found: GroupLevels) -> dict[str, Any]:
    cells = ({**asdict(one), "kind": one.kind.value, "value": number_or_none(one.value), "spread": None} for one in found.cells)
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


def number_or_none(value: Decimal | None) -> int | float | None:
    """Return a number as plain data; none where nothing is known."""
    return None if value is None else plain(value)
