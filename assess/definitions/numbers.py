"""Exact numbers: everything that is compared is a whole number of thousandths."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

THOUSANDTH = Decimal("0.001")
ONE = 1000


def rounded(value: Decimal) -> Decimal:
    """Round to thousandths, half away from zero."""
    return value.quantize(THOUSANDTH, rounding=ROUND_HALF_UP)


@lru_cache(maxsize=4096)
def thousandths(value: Decimal | int) -> int:
    """Return `value` as a whole number of thousandths, rounded half away from zero."""
    return int(rounded(Decimal(value)) * 1000)


def from_thousandths(value: int) -> Decimal:
    """Return the exact number that `value` thousandths are."""
    return Decimal(value) / 1000


def plain(value: Decimal) -> int | float:
    """Return a number as JSON writes it: whole numbers without a point."""
    return int(value) if value == value.to_integral_value() else float(value)
