"""Weighted median, mean and spread, reckoned exactly in fractions and rounded once."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import isqrt
from typing import TypeAlias

from assess.definitions.indicators import Aggregate
from assess.definitions.numbers import from_thousandths

Weights: TypeAlias = Mapping[Fraction, Fraction]
"""How much weight stands on each value; weights are positive and need not add up to one."""


def aggregate(weights: Weights, how: Aggregate) -> Fraction:
    """Return the weighted median or mean."""
    return weighted_median(weights) if how is Aggregate.MEDIAN else weighted_mean(weights)


def weighted_median(weights: Weights) -> Fraction:
    """Return the least value up to which more than half of the weight stands.

    Where exactly half of it stands up to a value, the mean of that value and the next one: with equal weights the usual median.
    """
    half = sum(weights.values(), Fraction(0)) / 2
    reached = Fraction(0)
    values = sorted(weights)
    for position, value in enumerate(values):
        reached += weights[value]
        if reached == half:
            return (value + values[position + 1]) / 2
        if reached > half:
            return value
    raise ValueError("there is nothing to take the median of")


def weighted_mean(weights: Weights) -> Fraction:
    """Return Σ(weight · value) ÷ Σ weight."""
    return sum((value * weight for value, weight in weights.items()), Fraction(0)) / sum(weights.values(), Fraction(0))


def weighted_spread(weights: Weights) -> Decimal:
    """Return the weighted standard deviation in thousandths: √(Σ weight · (value − weighted mean)² ÷ Σ weight).

    The answers are all there are, not a sample: the sum is divided by the whole weight.
    """
    mean = weighted_mean(weights)
    squares = sum((weight * (value - mean) ** 2 for value, weight in weights.items()), Fraction(0))
    variance = squares / sum(weights.values(), Fraction(0))
    # Half up without a float: ⌊1000·√v + ½⌋ = ⌊(⌊2000·√v⌋ + 1) ÷ 2⌋.
    return from_thousandths((isqrt(4_000_000 * variance.numerator // variance.denominator) + 1) // 2)


def in_thousandths(value: Fraction) -> Decimal:
    """Round a fraction to thousandths, half away from zero."""
    size = (abs(value) * 2000 + 1) // 2
    return from_thousandths(-size if value < 0 else size)
