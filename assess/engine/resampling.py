"""How stable a diagnosis is: the same rules on many resamples of the members who answered.

A resample draws, within every kind, as many organisations as answered, with replacement (Efron 1979, the bootstrap; by strata, because
weightings go by kind). What management and evaluator stated stays as it is. Means and medians are reckoned in double precision, and
numbers within a billionth of a rounding limit count as on it; tests hold them to the exact ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from assess.definitions.indicators import Aggregate, Indicator, Origin, Weighting
from assess.definitions.numbers import ONE, thousandths
from assess.definitions.questionnaire_items import Item, MemberKind
from assess.definitions.rulebase import Rulebase
from assess.definitions.rules import FACTORS, SCREENS, STAGES, TYPES
from assess.engine.answers import AnswerSheet, ResponseSet
from assess.engine.columns import Column, Marks, Numbers
from assess.engine.measures import Measure
from assess.engine.tallies import KindOfMembers, Silence, by_kind, items_by_indicator, outcome_of, rows
from assess.engine.vectorised import Many, infer_many

HYBRID, UNDETERMINED = "hybrid", "undetermined"
_NEAR = 1e-9

Reals = NDArray[np.float64]
Draws = Mapping[MemberKind | None, NDArray[np.int64]]
"""By kind: how often each organisation was drawn, a row for every resample."""


@dataclass(frozen=True, slots=True)
class Stability:
    """In how many of `times` resamples each conclusion came out, by what it is about and then by what it says.

    Keys are `type`, `stage`, `factor.<name>` (none, moderate, severe, unknown) and `<screen>.<criterion>` (pass, fail, unknown).
    """

    times: int
    seed: int
    counts: Mapping[str, Mapping[str, int]]

    def share(self, about: str, says: str) -> Decimal:
        """Return the share of resamples in which `about` came out as `says`, 0–1."""
        return Decimal(self.counts[about].get(says, 0)) / self.times


def resample(
    sets: Sequence[ResponseSet], measures: Mapping[str, Measure], rulebase: Rulebase, year: int, *, times: int = 1000, seed: int = 1
) -> Stability:
    """Infer on `times` resamples of the members' answers; `measures` are those of the diagnosis, overrides included.

    Only measures that rest on members' answers vary. The same seed gives the same counts on every machine.
    """
    members = [found for found in sets if found.questionnaire.respondent is Origin.MEMBER]
    varying = resampled(members, measures, rulebase, times=times, seed=seed) if members else {}
    everywhere = np.ones(times, dtype=bool)
    fixed = {
        name: Column(np.full(times, thousandths(measure.value), dtype=np.int64), everywhere)
        for name, measure in measures.items()
        if measure.value is not None and name in rulebase.indicators and name not in varying
    }
    many = infer_many(rulebase, fixed | varying, times, year)
    return Stability(times, seed, outcomes_of(many))


def outcomes_of(many: Many) -> dict[str, dict[str, int]]:
    """Count what type, stage, gaps and screens came out as."""
    counts = {
        "type": _counted(many, {name: f"type.{name}" for name in (*TYPES, HYBRID)}, UNDETERMINED),
        "stage": _counted(many, {name: f"stage.{name}" for name in STAGES}, UNDETERMINED),
    }
    for factor in FACTORS:
        counts[f"factor.{factor}"] = _gaps(many, factor)
    for screen, criteria in SCREENS.items():
        for name in (f"{screen}.{criterion}" for criterion in criteria):
            counts[name] = _counted(many, {result: f"screen.{name}.{result}" for result in ("pass", "fail")}, "unknown")
    return counts


def resampled(
    members: Sequence[ResponseSet], measures: Mapping[str, Measure], rulebase: Rulebase, *, times: int, seed: int
) -> dict[str, Column]:
    """Return the indicators that rest on members' answers, as they come out in every resample."""
    random = np.random.Generator(np.random.PCG64(seed))
    found: dict[str, Column] = {}
    for response_set in members:
        items, kinds = items_by_indicator(response_set.questionnaire), by_kind(response_set.sheets)
        draws = {one.kind: _drawn(random, one.organisations, times) for one in kinds}
        for name, indicator in rulebase.indicators.items():
            if name in items and measures[name].origin is Origin.MEMBER and Origin.MEMBER in indicator.origins:
                voices = {one.kind: _voices(items[name], one) for one in kinds}
                found[name] = _measured(indicator, rulebase.weightings[indicator.weighting], voices, draws, times)
    return found


def _drawn(random: np.random.Generator, organisations: int, times: int) -> NDArray[np.int64]:
    chosen = random.integers(0, organisations, size=(times, organisations))
    return np.stack([np.bincount(row, minlength=organisations) for row in chosen])


@dataclass(frozen=True, slots=True)
class _Voices:
    """What the organisations of one kind said about an indicator: whether each was asked, and where its one voice lies."""

    asked: Numbers
    shares: tuple[Mapping[Fraction, Fraction], ...]
    """By organisation: the part of its voice on each figure; nothing where it has none."""


def _voices(items: Sequence[Item], members: KindOfMembers) -> _Voices:
    """The organisations in the order that `draws` counts them in: those that stand alone, then those with several sheets."""
    groups: list[Sequence[AnswerSheet]] = [*((sheet,) for sheet in members.alone), *members.shared]
    asked, shares = [], []
    for group in groups:
        applying = [found for row in rows(items, group) if (found := outcome_of(items, row)) is not Silence.NOT_ASKED]
        figures = [found for found in applying if isinstance(found, Fraction)]
        asked.append(bool(applying))
        shares.append({figure: Fraction(figures.count(figure), len(figures)) for figure in figures})
    return _Voices(np.array(asked, dtype=np.int64), tuple(shares))


def _measured(indicator: Indicator, weighting: Weighting, voices: Mapping[MemberKind | None, _Voices], draws: Draws, times: int) -> Column:
    figures = sorted({figure for one in voices.values() for voice in one.shares for figure in voice})
    n, asked = np.zeros(times, dtype=np.int64), np.zeros(times, dtype=np.int64)
    weights = np.zeros((times, len(figures)))
    for kind, one in voices.items():
        speaking = draws[kind] @ np.array([bool(voice) for voice in one.shares], dtype=np.int64)
        masses = np.array([[float(voice.get(figure, 0)) for figure in figures] for voice in one.shares]).reshape(
            len(one.shares), len(figures)
        )
        each = float(weighting.shares.get(kind or "", Decimal(0))) / np.maximum(speaking, 1) if weighting.shares else np.ones(times)
        weights += each[:, None] * (draws[kind] @ masses)
        n += speaking
        asked += draws[kind] @ one.asked
    enough = (n >= indicator.min_n) & (asked > 0) & (n >= float(indicator.min_coverage) * asked - _NEAR)
    return _aggregated(indicator.aggregate, np.array([float(figure) for figure in figures]), weights, enough)


def _aggregated(how: Aggregate, figures: Reals, weights: Reals, enough: Marks) -> Column:
    total = weights.sum(axis=1)
    known = enough & (total > 0)
    if not known.any():
        return Column(np.zeros(len(known), dtype=np.int64), known)
    of: Callable[[Reals, Reals], Reals] = _medians if how is Aggregate.MEDIAN else _means
    values = of(figures, weights / np.where(total > 0, total, 1)[:, None])
    return Column(np.where(known, _rounded(values), 0).astype(np.int64), known)


def _means(figures: Reals, shares: Reals) -> Reals:
    return np.asarray(shares @ figures, dtype=np.float64)


def _medians(figures: Reals, shares: Reals) -> Reals:
    """The least figure up to which more than half stands; where exactly half stands, the mean of that figure and the next one."""
    reached = np.cumsum(shares, axis=1)
    over = reached > 0.5 + _NEAR
    first = np.argmax(over, axis=1)
    least_half = np.argmax(reached >= 0.5 - _NEAR, axis=1)
    medians: Reals = (figures[first] + figures[np.minimum(least_half, first)]) / 2
    return medians


def _rounded(values: Reals) -> Numbers:
    return (np.sign(values) * np.floor(np.abs(values) * ONE + 0.5 + _NEAR)).astype(np.int64)


def _counted(many: Many, conclusions: Mapping[str, str], otherwise: str) -> dict[str, int]:
    marks = {name: many.holds(conclusion) for name, conclusion in conclusions.items()}
    counts = {name: int(found.sum()) for name, found in marks.items()}
    return counts | {otherwise: many.count - int(np.logical_or.reduce(list(marks.values())).sum())}


def severities(many: Many, factor: str) -> dict[str, Marks]:
    """Where a factor's gap came out as severe, moderate or none; none only where both grades are known not to apply."""
    severe = many.holds(f"gap.{factor}.severe")
    moderate = many.holds(f"gap.{factor}.moderate") & ~severe
    grades = [many.conclusions[name] for name in (f"gap.{factor}.severe", f"gap.{factor}.moderate") if name in many.conclusions]
    gap = many.facts.get(f"factor.{factor}.gap")
    nothing = np.zeros(many.count, dtype=bool)
    denied = np.logical_and.reduce([grade.denied for grade in grades]) & (gap.known if gap else nothing) if grades else nothing
    return {"severe": severe, "moderate": moderate, "none": denied}


def _gaps(many: Many, factor: str) -> dict[str, int]:
    counts = {name: int(found.sum()) for name, found in severities(many, factor).items()}
    return counts | {"unknown": many.count - sum(counts.values())}
