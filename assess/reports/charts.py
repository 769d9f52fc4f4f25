"""The geometry of the charts: where dots, lines and bars stand; the drawing itself is a template's."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

LOW, HIGH = 1, 5
MARGIN = 6.0
"""Room left and right of the scale, in points, so that a dot on 1 or 5 is not cut off."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A grid line and its number."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class DotRow:
    """One row of a dot chart on the scale 1–5; positions in points from the left, None where unknown.

    `fill` is solid, half or hollow (high, medium, low confidence); `low` and `high` are one standard deviation either side.
    """

    width: float
    ticks: tuple[Tick, ...]
    dot: float | None
    target: float | None
    fill: str
    low: float | None
    high: float | None
    says: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar on the scale 0–1, in points, with a thinner one beneath it for coverage; None where unknown."""

    width: float
    length: float | None
    beneath: float | None
    says: str


_FILLS = {"high": "solid", "medium": "half", "low": "hollow"}


def position(value: Any, width: float) -> float:
    """Return where a level from 1 to 5 stands on a track `width` points wide."""
    share = (min(max(Decimal(str(value)), Decimal(LOW)), Decimal(HIGH)) - LOW) / (HIGH - LOW)
    return round(MARGIN + float(share) * (width - 2 * MARGIN), 2)


def ticks(width: float) -> tuple[Tick, ...]:
    """Return the grid lines of the scale 1–5."""
    return tuple(Tick(position(level, width), str(level)) for level in range(LOW, HIGH + 1))


def dot_row(value: Any, target: Any, width: float, says: str, confidence: str | None = "high", spread: Any = None) -> DotRow:
    """Lay out one row: a level, the target it is held against, its confidence and the spread of the answers behind it."""
    known = value is not None
    either_side = (_plus(value, -float(spread)), _plus(value, float(spread))) if known and spread is not None else None
    return DotRow(
        width=width,
        ticks=ticks(width),
        dot=position(value, width) if known else None,
        target=None if target is None else position(target, width),
        fill=_FILLS.get(confidence or "", "hollow"),
        low=position(either_side[0], width) if either_side else None,
        high=position(either_side[1], width) if either_side else None,
        says=says,
    )


def bar(value: Any, width: float, says: str, beneath: Any = None) -> Bar:
    """Lay out one bar for a share from 0 to 1."""
    return Bar(width, _length(value, width), _length(beneath, width), says)


def _plus(value: Any, distance: float) -> Decimal:
    return Decimal(str(value)) + Decimal(str(distance))


def _length(share: Any, width: float) -> float | None:
    return None if share is None else round(min(max(float(share), 0.0), 1.0) * width, 2)
