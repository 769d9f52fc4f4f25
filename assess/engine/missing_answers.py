"""What missing answers could change: levels moved to the worst and to the best end, and conclusions under random fillings.

Manski's bounds (1989) for a share c that answered: value · c + end of the scale · (1 − c). They are exact for means; a median is moved
in the same way, which measures what is missing but bounds nothing, because a diagnosis does not hold the answers. An indicator that
is unknown may lie anywhere on its scale; where the scale has no end, up to twice the largest number that a rule compares it with, and
where no rule does, it stays unknown. Random fillings take raw 64-bit numbers of PCG64, whose stream never changes, so that the same
seed gives the same counts on every machine and whoever verifies a report can count again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from assess.definitions.indicators import Indicator, Origin
from assess.definitions.numbers import ONE, from_thousandths, thousandths
from assess.definitions.rulebase import Rulebase
from assess.definitions.rules import FACTORS
from assess.definitions.scales import Scale
from assess.engine.annex import SEED
from assess.engine.columns import Column, Numbers
from assess.engine.measures import Measure
from assess.engine.resampling import outcomes_of
from assess.engine.smallest_change import occurring, thresholds_of
from assess.engine.vectorised import Many, infer_many

TIMES = 1000
_ENDLESS = (Scale.COUNT, Scale.YEARS, Scale.RATIO, Scale.NUMBER, Scale.DIFFERENCE)
_WHOLE = (Scale.COUNT, Scale.FLAG)


@dataclass(frozen=True, slots=True)
class Limits:
    """Between which values an indicator would lie if everybody asked had answered, in thousandths and `step` apart."""

    low: int
    high: int
    step: int = 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """The level of every factor at worst and at best, None where it cannot be reckoned; and what came out in `times` random fillings.

    Keys of `counts` are those of `resampling.Stability`.
    """

    times: int
    seed: int
    factors: Mapping[str, tuple[Decimal | None, Decimal | None]]
    counts: Mapping[str, Mapping[str, int]]


def bounds_of(measures: Mapping[str, Measure], rulebase: Rulebase, year: int, *, times: int = TIMES, seed: int = SEED) -> Bounds:
    """Reckon the bounds of a diagnosis from its measures, overrides in their places."""
    limits = limits_of(measures, rulebase, year)
    ends = infer_many(rulebase, {name: _known([one.low, one.high]) for name, one in limits.items()}, 2, year)
    filled = infer_many(rulebase, _fillings(limits, times, seed), times, year)
    return Bounds(times, seed, {name: _level(ends, name) for name in FACTORS}, outcomes_of(filled))


def limits_of(measures: Mapping[str, Measure], rulebase: Rulebase, year: int) -> dict[str, Limits]:
    """Return the limits of every indicator that has any; those of a figure that nobody was asked for twice are the figure itself."""
    compared = thresholds_of(rulebase, year)
    found = {
        name: _limits(indicator, measures.get(name, Measure(name)), max(compared.get(name, {0})))
        for name, indicator in rulebase.indicators.items()
    }
    return {name: one for name, one in found.items() if one is not None}


def _limits(indicator: Indicator, measure: Measure, compared: int) -> Limits | None:
    low, high = occurring(indicator.scale)
    step = ONE if indicator.scale in _WHOLE else 1
    if measure.value is not None:
        return _of_known(measure.value, measure, low, high, endless=indicator.scale in _ENDLESS)
    if indicator.scale not in _ENDLESS:
        return Limits(low, high, step)
    return Limits(max(low, 0), 2 * compared, step) if compared > 0 else None


def _of_known(value: Decimal, measure: Measure, low: int, high: int, *, endless: bool) -> Limits:
    """Only members are a group of whom some may be missing."""
    if measure.origin is not Origin.MEMBER or measure.coverage is None or measure.coverage >= 1 or endless:
        return Limits(thousandths(value), thousandths(value))
    ends = (from_thousandths(end) for end in (low, high))
    at_worst, at_best = (thousandths(value * measure.coverage + end * (1 - measure.coverage)) for end in ends)
    return Limits(at_worst, at_best)


def _known(values: list[int]) -> Column:
    return Column(np.array(values, dtype=np.int64), np.ones(len(values), dtype=bool))


def _fillings(limits: Mapping[str, Limits], times: int, seed: int) -> dict[str, Column]:
    """Draw every indicator anew for each filling, each value between its limits as likely as any other."""
    bits = np.random.PCG64(seed)
    everywhere = np.ones(times, dtype=bool)
    return {name: Column(_drawn(bits, one, times), everywhere) for name, one in limits.items()}


def _drawn(bits: np.random.PCG64, limits: Limits, times: int) -> Numbers:
    choices = (limits.high - limits.low) // limits.step + 1
    drawn = np.asarray(bits.random_raw(times), dtype=np.uint64) % np.uint64(choices)
    return limits.low + limits.step * drawn.astype(np.int64)


def _level(ends: Many, factor: str) -> tuple[Decimal | None, Decimal | None]:
    found = ends.facts[f"factor.{factor}.level"]
    low, high = (from_thousandths(int(value)) if known else None for value, known in zip(found.values, found.known, strict=True))
    return low, high
