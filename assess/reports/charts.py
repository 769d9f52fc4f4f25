"""The geometry of the charts: where dots, lines, bars and years stand, and how dark a cell is; the drawing itself is a template's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

LOW, HIGH = 1, 5
MARGIN = 6.0
"""Room left and right of the scale, in points, so that a dot on 1 or 5 is not cut off."""
SHADES = 6
"""Steps of the heat map, from palest to darkest; the darker half takes white figures."""
_TOP, _BOTTOM, _SIDE = 14.0, 13.0, 16.0
"""Room in a timeline for the figures above, the years beneath and the first and last figure."""

Pair = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Tick:
    """A grid line and its number."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Span:
    """From where to where something reaches, in points."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class DotRow:
    """One row of a dot chart on the scale 1–5; positions in points from the left, None where unknown.

    `fill` is solid, half or hollow (high, medium, low confidence); `low` and `high` are one standard deviation either side;
    `interval` is where the level could lie, `band` where others lie.
    """

    width: float
    ticks: tuple[Tick, ...]
    dot: float | None
    target: float | None
    fill: str
    low: float | None
    high: float | None
    says: str
    interval: Span | None = None
    band: Span | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar on the scale 0–1, in points, with a thinner one beneath it for coverage; None where unknown."""

    width: float
    length: float | None
    beneath: float | None
    says: str


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A cell of a heat map: its figure in words, a smaller line beneath it, and a shade from 0 to `SHADES` − 1.

    Without a shade it is hatched and `text` says why: withheld, unknown, nobody.
    """

    text: str
    beneath: str
    shade: int | None

    @property
    def dark(self) -> bool:
        """Whether its figure is to be white."""
        return self.shade is not None and self.shade >= SHADES // 2


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A row of a heat map; `aside` stands small beside its name."""

    name: str
    cells: tuple[HeatCell, ...]
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Heat:
    """A heat map: what it shows, what the rows are, and its columns and rows."""

    caption: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]


@dataclass(frozen=True, slots=True)
class YearPoint:
    """A level in one year, as a number and in words; `joined` says that it may be compared with the year before it."""

    year: int
    value: Any
    text: str
    joined: bool = True


@dataclass(frozen=True, slots=True)
class TimePoint:
    """Where a year stands in a timeline; `y` is None where its level is unknown."""

    x: float
    y: float | None
    year: int
    text: str


@dataclass(frozen=True, slots=True)
class TimeLine:
    """From one year's point to the next that compares with it."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """Levels over the years, in points; years that do not compare are not joined by a line."""

    width: float
    height: float
    floor: float
    """Where the level 1 lies."""
    ceiling: float
    """Where the level 5 lies."""
    points: tuple[TimePoint, ...]
    lines: tuple[TimeLine, ...]
    target: float | None
    says: str


_FILLS = {"high": "solid", "medium": "half", "low": "hollow"}


def position(value: Any, width: float) -> float:
    """Return where a level from 1 to 5 stands on a track `width` points wide."""
    return round(MARGIN + _share(value) * (width - 2 * MARGIN), 2)


def ticks(width: float) -> tuple[Tick, ...]:
    """Return the grid lines of the scale 1–5."""
    return tuple(Tick(position(level, width), str(level)) for level in range(LOW, HIGH + 1))


def dot_row(
    value: Any,
    target: Any,
    width: float,
    says: str,
    confidence: str | None = "high",
    spread: Any = None,
    *,
    interval: Pair | None = None,
    band: Pair | None = None,
) -> DotRow:
    """Lay out one row: a level, the target it is held against, its confidence and the spread of the answers behind it.

    `interval` is the level at its lowest and highest as answers are missing, `band` the middle half of comparable clusters.
    """
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
        interval=_span(interval, width),
        band=_span(band, width),
    )


def bar(value: Any, width: float, says: str, beneath: Any = None) -> Bar:
    """Lay out one bar for a share from 0 to 1."""
    return Bar(width, _length(value, width), _length(beneath, width), says)


def heat_cell(value: Any, text: str, beneath: str = "") -> HeatCell:
    """A cell for a level from 1 to 5; without a value it is hatched, and `text` is the word that says why."""
    return HeatCell(text, beneath, None if value is None else min(int(_share(value) * SHADES), SHADES - 1))


def timeline(points: Sequence[YearPoint], width: float, height: float, says: str, target: Any = None) -> Timeline:
    """Lay out levels from 1 to 5 over the years, in their order; the years stand where they fall in time."""
    placed = tuple(_placed(point, points, width, height) for point in points)
    joined = [pair for pair, point in zip(pairwise(placed), points[1:], strict=True) if point.joined]
    lines = tuple(TimeLine(a.x, a.y, b.x, b.y) for a, b in joined if a.y is not None and b.y is not None)
    level = None if target is None else _height(target, height)
    return Timeline(width, height, _height(LOW, height), _height(HIGH, height), placed, lines, level, says)


def _placed(point: YearPoint, points: Iterable[YearPoint], width: float, height: float) -> TimePoint:
    years = [each.year for each in points]
    first, span = min(years), max(years) - min(years)
    x = _SIDE + (width - 2 * _SIDE) * ((point.year - first) / span if span else 0.5)
    return TimePoint(round(x, 2), None if point.value is None else _height(point.value, height), point.year, point.text)


def _height(value: Any, height: float) -> float:
    return round(height - _BOTTOM - _share(value) * (height - _TOP - _BOTTOM), 2)


def _share(value: Any) -> float:
    """How far along the scale 1–5 a value stands, kept on it."""
    return float((min(max(Decimal(str(value)), Decimal(LOW)), Decimal(HIGH)) - LOW) / (HIGH - LOW))


def _span(pair: Pair | None, width: float) -> Span | None:
    if pair is None or pair[0] is None or pair[1] is None:
        return None
    return Span(position(pair[0], width), position(pair[1], width))


def _plus(value: Any, distance: float) -> Decimal:
    return Decimal(str(value)) + Decimal(str(distance))


def _length(share: Any, width: float) -> float | None:
    return None if share is None else round(min(max(float(share), 0.0), 1.0) * width, 2)
