"""Ranks the recommended instruments and picks a portfolio the cluster management can carry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING

from assess.definitions.rulebase import Rule, Rulebase
from assess.definitions.rules import Cautions, Excludes, Horizon, Instrument, Limits, Recommends, StratumName
from assess.engine.evaluation import Outcome
from assess.engine.inferring import Inferred

_EFFORT = {"low": 0, "medium": 1, "high": 2}


@dataclass(frozen=True, slots=True)
class Recommendation:
    """An instrument called for here: why, what it closes, what speaks against it, and whether it is in the portfolio.

    `score` is the sum of the weights of the rules that recommend it; `suited` says whether the catalogue names the present
    stage and type (unknown ones do not count against it).
    """

    instrument: Instrument
    rank: int
    score: int
    suited: bool
    closes: tuple[str, ...]
    because: tuple[Rule, ...]
    cautions: tuple[Rule, ...]
    unchecked: tuple[Rule, ...]
    in_portfolio: bool = False


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The recommended instruments by rank, those ruled out although a finding calls for them, and how many fit."""

    recommendations: tuple[Recommendation, ...]
    excluded: tuple[tuple[Instrument, tuple[Rule, ...]], ...]
    size: int
    limited_by: tuple[Rule, ...]


def build_portfolio(rulebase: Rulebase, inferred: Inferred, stage: str | None, types: Iterable[str]) -> Portfolio:
    """Rank what is recommended and not excluded; of what suits, take as many as fit, short against long horizons balanced."""
    fired = inferred.fired(rulebase.in_stratum(StratumName.RECOMMENDATIONS))
    conflicts = inferred.fired(rulebase.in_stratum(StratumName.CONFLICTS))
    excluded = {rule.then.excludes for rule in conflicts if isinstance(rule.then, Excludes)}
    wanted: dict[str, list[Rule]] = {}
    for rule in fired:
        if isinstance(rule.then, Recommends):
            wanted.setdefault(rule.then.recommends, []).append(rule)
    known_types = tuple(types)
    candidates = [
        _recommendation(rulebase, inferred, rulebase.instruments[name], rules, stage, known_types)
        for name, rules in wanted.items()
        if name not in excluded
    ]
    size, limited_by = _size(inferred, conflicts)
    ranked = _ranked(candidates)
    chosen = _balanced([entry for entry in ranked if entry.suited], size, _least_per_horizon(inferred, size))
    return Portfolio(
        tuple(replace(entry, in_portfolio=entry.instrument.id in chosen) for entry in ranked),
        tuple((rulebase.instruments[name], _excluding(name, conflicts)) for name in wanted if name in excluded),
        size,
        limited_by,
    )


def _recommendation(
    rulebase: Rulebase, inferred: Inferred, instrument: Instrument, rules: list[Rule], stage: str | None, types: tuple[str, ...]
) -> Recommendation:
    conflicts = rulebase.in_stratum(StratumName.CONFLICTS)
    closes = [name for rule in rules if isinstance(rule.then, Recommends) for name in rule.then.closes if inferred.holds(name)]
    return Recommendation(
        instrument=instrument,
        rank=0,
        score=sum(rule.then.weight for rule in rules if isinstance(rule.then, Recommends)),
        suited=_suits(instrument, stage, types),
        closes=tuple(dict.fromkeys(closes)),
        because=tuple(rules),
        cautions=tuple(r for r in inferred.fired(conflicts) if isinstance(r.then, Cautions) and r.then.cautions == instrument.id),
        unchecked=tuple(r for r in conflicts if _is_open_exclusion(r, instrument, inferred)),
    )


def _suits(instrument: Instrument, stage: str | None, types: tuple[str, ...]) -> bool:
    stage_fits = stage is None or stage in instrument.suits.stages
    return stage_fits and (not types or any(name in instrument.suits.types for name in types))


def _is_open_exclusion(rule: Rule, instrument: Instrument, inferred: Inferred) -> bool:
    excludes = isinstance(rule.then, Excludes) and rule.then.excludes == instrument.id
    return excludes and inferred.outcome(rule) is Outcome.UNDETERMINED


def _excluding(name: str, conflicts: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(rule for rule in conflicts if isinstance(rule.then, Excludes) and rule.then.excludes == name)


def _size(inferred: Inferred, conflicts: Iterable[Rule]) -> tuple[int, tuple[Rule, ...]]:
    limits = [(int(inferred.parameters[rule.then.to.removeprefix("$")]), rule) for rule in conflicts if isinstance(rule.then, Limits)]
    if not limits:
        return int(inferred.parameters["portfolio_size_default"]), ()
    size = min(limit for limit, _ in limits)
    return size, tuple(rule for limit, rule in limits if limit == size)


def _ranked(candidates: Iterable[Recommendation]) -> list[Recommendation]:
    """Suited ones first, then by score, by number of gaps closed, by effort; the id settles what is left."""
    ordered = sorted(candidates, key=lambda c: (not c.suited, -c.score, -len(c.closes), _EFFORT[c.instrument.effort], c.instrument.id))
    return [replace(entry, rank=number) for number, entry in enumerate(ordered, start=1)]


def _least_per_horizon(inferred: Inferred, size: int) -> int:
    return int((inferred.parameters["portfolio_min_share"] * size).to_integral_value(rounding=ROUND_CEILING))


def _balanced(ranked: list[Recommendation], size: int, least: int) -> set[str]:
    """Take the first `size`; where one horizon has fewer than `least`, its next best replace the last of the other."""
    chosen = ranked[:size]
    for horizon in Horizon:
        waiting = [entry for entry in ranked[size:] if entry.instrument.horizon is horizon]
        while waiting and sum(e.instrument.horizon is horizon for e in chosen) < least:
            others = [entry for entry in chosen if entry.instrument.horizon is not horizon]
            if len(others) <= least:
                break
            chosen.remove(others[-1])
            chosen.append(waiting.pop(0))
    return {entry.instrument.id for entry in chosen}
