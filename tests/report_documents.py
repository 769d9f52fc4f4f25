"""Diagnosis documents for the report's tests: a small one by hand, and real ones from cluster files."""

from __future__ import annotations

import random
from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from functools import cache
from typing import Any

from assess.content import content_folder
from assess.definitions.indicators import Indicator
from assess.definitions.library import load_rulebase_version
from assess.definitions.rules import FACTORS, PROFILES, SCREENS, STAGES, TYPES
from assess.definitions.scales import Scale
from assess.engine.diagnosis import Cluster, diagnose
from assess.engine.document import document
from assess.engine.inference import Engine
from assess.engine.measures import Measure
from assess.exchange.indicator_files import read_indicator_file

LABELS = {
    "structure.firms": {"label": "Firms in the cluster", "scale": "count"},
    "funding.seed": {"label": "Availability of seed funding", "scale": "likert"},
    "porter.rivalry": {"label": "Local rivalry", "scale": "likert"},
    "role.marketer": {"label": "Marketer is named", "scale": "share"},
}
MEASURES = {
    "structure.firms": {"value": 64, "origin": "evaluator", "others": [{"origin": "management", "value": 80}]},
    "funding.seed": {"value": 2.5, "n": 18, "asked": 30, "spread": 0.7, "coverage": 0.6, "dont_know": 2, "origin": "member"},
    "porter.rivalry": {"value": None, "reason": "only 3 members answered"},
    "role.marketer": {"value": 0.07, "n": 18, "asked": 30, "origin": "member"},
}
SOURCES = {
    "adl": {"title": "Article on clusters", "authors": "Arthur D. Little", "year": 2006},
    "expert": {"title": "Expert judgement of the authors of this rule base"},
}


def trace(rule: str, outcome: str, *tests: Mapping[str, Any], stratum: str = "gaps", because: str = "", cite: Any = ()) -> dict[str, Any]:
    """One rule's trace."""
    said = because if outcome == "fired" else None
    return {
        "rule": rule,
        "stratum": stratum,
        "then": {},
        "outcome": outcome,
        "because": said,
        "conditions": list(tests),
        "cite": [list(c) for c in cite],
    }


def comparison(fact: str, operator: str, value: Any, threshold: Any, holds: bool | None, margin: Any) -> dict[str, Any]:
    """One condition's trace."""
    written = {"condition": f"{fact} {operator} {threshold}", "fact": fact, "operator": operator, "holds": holds}
    return written | {"value": value, "threshold": threshold, "margin": margin}


TRACE = [
    trace(
        "gap.funding.severe",
        "fired",
        comparison("factor.funding.gap", ">=", 1.25, 1, True, 0.25),
        because="The level lies 1.25 below the target.",
        cite=[("adl", "Exhibit 10"), ("adl", "Exhibit 2"), ("expert", "limit of a severe gap")],
    ),
    trace("gap.funding.seed", "not_fired", comparison("funding.seed", "<=", 2.5, 2, False, -0.5), cite=[("adl", "Never fired")]),
    trace("porter.rivalry.weak", "undetermined", comparison("porter.rivalry", "<=", None, 2.5, None, None), stratum="profiles"),
    trace("stage.is.growing", "fired", because="The evidence points to growth.", stratum="classification", cite=[("adl", "Exhibit 2")]),
]


def make_document(**changes: Any) -> dict[str, Any]:
    """A small diagnosis of a cluster with one severe gap; `changes` replace whole entries."""
    content: dict[str, Any] = {
        "schema": "cluster-diagnosis/1",
        "rulebase": {"version": "2026.1", "status": "draft", "digest": "b" * 64},
        "questionnaires": [],
        "cluster": {"id": "x", "name": "Example Valley", "sector": "Photonics", "region": "Example", "country": "Nowhere"},
        "round": {"year": 2026},
        "synthetic": False,
        "type": _classified("undetermined", TYPES, None) | {"mixed_of": [], "because": [], "missing": ["structure.firms"]},
        "stage": _classified("growing", STAGES, 0.818) | {"because": ["stage.is.growing"], "missing": []},
        "factors": {name: _factor(name) for name in FACTORS},
        "screens": {name: {c: _unknown_criterion() for c in criteria} for name, criteria in SCREENS.items()},
        "profiles": {name: {"findings": [], "undetermined": []} for name in PROFILES},
        "instruments": [],
        "excluded": [],
        "portfolio": {"size": 5, "limited_by": []},
        "advice": {"agency": [], "management": [], "executives": []},
        "conditions": [],
        "measures": MEASURES,
        "derived": {},
        "trace": TRACE,
        "unknown": ["porter.rivalry"],
        "labels": LABELS,
        "derived_labels": {},
        "certificate": {"digest": "c" * 64, "rules_checked": 4, "strata": ["gaps", "profiles"]},
        "sources": SOURCES,
        "digest": "0123456789abcdef" * 4,
    }
    content["stage"] |= {"flags": [], "undetermined_flags": ["lock_in"], "findings": []}
    content["profiles"]["porter"]["undetermined"] = ["porter.rivalry.weak"]
    return deepcopy(content | changes)


def _classified(label: str, options: tuple[str, ...], support: float | None) -> dict[str, Any]:
    supports: dict[str, float | None] = dict.fromkeys(options, None if support is None else 0.1)
    if support is not None:
        supports[label] = support
    return {"label": label, "supports": supports, "coverage": dict.fromkeys(options, 0 if support is None else 0.9)}


def _factor(name: str) -> dict[str, Any]:
    funding = name == "funding"
    return {
        "label": name.replace("_", " ").capitalize(),
        "level": 2.25 if funding else None,
        "target": 3.5,
        "gap": 1.25 if funding else None,
        "severity": "severe" if funding else None,
        "strength": False if funding else None,
        "confidence": "medium" if funding else None,
        "confidence_limits": ["only 1 of 3 indicators are known"] if funding else [],
        "target_rests_on": "stage",
        "known": ["funding.seed"] if funding else [],
        "unknown": [],
        "findings": [_severe_gap()] if funding else [],
    }


def _severe_gap() -> dict[str, Any]:
    return {"id": "gap.funding.severe", "finding": "Funding falls far short.", "tone": "weakness", "because": ["gap.funding.severe"]}


def _unknown_criterion() -> dict[str, Any]:
    return {"result": "unknown", "findings": [], "because": [], "missing": ["porter.rivalry"]}


def instrument(**changes: Any) -> dict[str, Any]:
    """A recommended instrument as a document holds it."""
    entry: dict[str, Any] = {
        "id": "seed-capital-fund",
        "name": "Seed-capital fund",
        "field": "finance",
        "rank": 1,
        "score": 5,
        "portfolio": True,
    }
    entry |= {
        "suited": True,
        "closes": ["gap.funding.severe"],
        "horizon": "long",
        "effort": "high",
        "who_acts": "Ministry",
        "does": "Takes stakes.",
    }
    entry |= {"presupposes": [], "risks": [], "case": None, "because": ["gap.funding.severe"], "against": [], "not_checked": []}
    return entry | {"cite": [["adl", "Exhibit 10"]]} | changes


@cache
def of_case(name: str) -> dict[str, Any]:
    """The diagnosis of a published or textbook cluster of tests/cases/clusters."""
    rulebase = load_rulebase_version(None)
    found = read_indicator_file(content_folder("cases") / "clusters" / f"{name}.yaml", rulebase.indicators)
    return document(diagnose(found.cluster, found.year, found.measures, rulebase, Engine()))


@cache
def invented(name: str = "Invented Valley", unknown: int = 0, seed: int = 3) -> dict[str, Any]:
    """A synthetic cluster with random figures; `unknown` of its indicators are left out."""
    rulebase, rng = load_rulebase_version(None), random.Random(seed)
    left_out = set(rng.sample(sorted(rulebase.indicators), unknown))
    measures = {n: _invented(n, rulebase.indicators[n], rng) for n in rulebase.indicators if n not in left_out}
    cluster = Cluster("invented", name, "Photonics", "Example", "Nowhere")
    return document(diagnose(cluster, 2026, measures, rulebase, Engine(), synthetic=True))


def _invented(name: str, indicator: Indicator, rng: random.Random) -> Measure:
    picks = {Scale.LIKERT: lambda: rng.choice([4, 5, 6, 7, 8, 9]) / 2, Scale.FLAG: lambda: rng.randint(0, 1), Scale.SHARE: rng.random}
    value = Decimal(str(round(picks.get(indicator.scale, lambda: rng.randint(0, 30))(), 2)))
    value = value / 100 if indicator.scale is Scale.RATE else value
    origin = indicator.origins[0]
    if origin.value != "member":
        return Measure(name, value, origin=origin)
    spread = Decimal(rng.randint(4, 15)) / 10
    return Measure(name, value, n=rng.randint(12, 60), asked=64, spread=spread, coverage=Decimal("0.7"), dont_know=2, origin=origin)
