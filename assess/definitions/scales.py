"""The scales that values stand on: their bounds, their steps and how they are written."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from assess.phrases import Phrase


class Scale(StrEnum):
    """What kind of number a fact is."""

    LIKERT = "likert"
    SHARE = "share"
    RATE = "rate"
    RATIO = "ratio"
    COUNT = "count"
    NUMBER = "number"
    YEARS = "years"
    FLAG = "flag"
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class _Range:
    low: Decimal
    high: Decimal
    whole: bool
    says: Phrase


_RANGES = {
    Scale.LIKERT: _Range(Decimal(1), Decimal(5), False, Phrase("a number from 1 to 5")),
    Scale.SHARE: _Range(Decimal(0), Decimal(1), False, Phrase("a share from 0 to 1 (0.25 for 25 %)")),
    Scale.RATE: _Range(Decimal(-1), Decimal(10), False, Phrase("a yearly rate as a fraction, at least −1 (0.08 for 8 %)")),
    Scale.RATIO: _Range(Decimal(0), Decimal(1000), False, Phrase("a number from 0 to 1,000")),
    Scale.COUNT: _Range(Decimal(0), Decimal(10_000_000), True, Phrase("a whole number, 0 or more")),
    Scale.NUMBER: _Range(Decimal(0), Decimal(10_000_000), False, Phrase("a number, 0 or more")),
    Scale.YEARS: _Range(Decimal(0), Decimal(500), False, Phrase("a number of years from 0 to 500")),
    Scale.FLAG: _Range(Decimal(0), Decimal(1), True, Phrase("true or false")),
    Scale.DIFFERENCE: _Range(Decimal(-10_000_000), Decimal(10_000_000), False, Phrase("a number")),
}


def problem_with(value: Decimal, scale: Scale) -> Phrase | None:
    """Say why `value` cannot stand on `scale`; None when it can."""
    allowed = _RANGES[scale]
    if not value.is_finite():
        return Phrase("%(value)s is not a number; expected %(expected)s", value=value, expected=allowed.says)
    if not allowed.low <= value <= allowed.high:
        return Phrase("%(value)s is off its scale; expected %(expected)s", value=value, expected=allowed.says)
    if allowed.whole and value != value.to_integral_value():
        return Phrase("%(value)s is not whole; expected %(expected)s", value=value, expected=allowed.says)
    return None


def range_of(scale: Scale) -> tuple[Decimal, Decimal]:
    """Return the least and the greatest value on a scale."""
    return _RANGES[scale].low, _RANGES[scale].high


def written(value: Decimal, scale: Scale, *, aligned: bool = False) -> str:
    """Write a value as a reader meets it: "92 %", "4.2", "1,200", "yes"; `aligned` keeps its noughts at the end: "4.20"."""
    if scale in (Scale.SHARE, Scale.RATE):
        return f"{_short(value * 100, 1, aligned)} %"
    if scale is Scale.FLAG:
        return "yes" if value else "no"
    if scale in (Scale.COUNT, Scale.YEARS):
        return _short(value, 1, aligned)
    return _short(value, 2, aligned)


def _short(value: Decimal, places: int, aligned: bool) -> str:
    text = f"{value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) + 0:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text and not aligned else text
    return text.replace("-", "−")
