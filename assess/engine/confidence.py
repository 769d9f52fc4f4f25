"""How sure a success factor's level is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum

from assess.definitions.rules import Factor
from assess.engine.measures import Measure


class Confidence(StrEnum):
    """Three grades; a level that is unknown has none."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


_GRADES = (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)


def factor_confidence(
    factor: Factor, measures: Mapping[str, Measure], parameters: Mapping[str, Decimal]
) -> tuple[Confidence, tuple[str, ...]]:
    """Grade the evidence behind a level that is known; say what took grades away."""
    known = [measures[name] for name in factor.indicators if name in measures and measures[name].value is not None]
    weaknesses = tuple(_weaknesses(factor, known, parameters))
    return _GRADES[min(len(weaknesses), len(_GRADES) - 1)], weaknesses


def _weaknesses(factor: Factor, known: list[Measure], parameters: Mapping[str, Decimal]) -> Iterable[str]:
    if len(known) < parameters["confidence_known_share"] * len(factor.indicators):
        yield f"only {len(known)} of {len(factor.indicators)} indicators are known"
    if known and all(measure.n is None for measure in known):
        yield "it rests on single ratings, not on members’ answers"
    elif any(measure.n is None for measure in known):
        yield "it rests in part on a single rating, not on members’ answers"
    if _mean(m.spread for m in known) > parameters["confidence_spread"]:
        yield "members disagree"
    if _mean((m.coverage for m in known), default=Decimal(1)) < parameters["confidence_coverage"]:
        yield "few of those asked answered"


def _mean(values: Iterable[Decimal | None], default: Decimal = Decimal(0)) -> Decimal:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) / len(known) if known else default
