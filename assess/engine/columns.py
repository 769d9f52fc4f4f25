"""Many cases side by side: a fact is a column of whole thousandths, with a mark where it is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.int64]
Marks: TypeAlias = NDArray[np.bool_]

LARGEST = 2**50
"""Beyond it products of thousandths would not fit into 64 bits."""


class Column(NamedTuple):
    """One fact in every case; where it is not known, its value is 0 and means nothing."""

    values: Numbers
    known: Marks


class Three(NamedTuple):
    """One outcome in every case: fired, denied (known not to fire), or neither: undetermined."""

    fired: Marks
    denied: Marks

    @property
    def decided(self) -> Marks:
        """Where it is either."""
        return self.fired | self.denied


Columns: TypeAlias = Mapping[str, Column]


def columns(cases: Sequence[Mapping[str, int]]) -> dict[str, Column]:
    """Return the facts of many cases as columns. Raises OverflowError for numbers beyond 2^50 thousandths."""
    names = sorted({name for case in cases for name in case})
    return {name: column([case.get(name) for case in cases]) for name in names}


def column(values: Sequence[int | None]) -> Column:
    """Return one fact of many cases; None where it is unknown. Raises OverflowError for numbers beyond 2^50 thousandths."""
    if any(value is not None and abs(value) > LARGEST for value in values):
        raise OverflowError(f"a fact is larger than {LARGEST} thousandths; take its cases one by one")
    return Column(np.array([value or 0 for value in values], dtype=np.int64), np.array([value is not None for value in values]))


def constant(value: int, known: Marks) -> Column:
    """Return a fact that has one value wherever it is known."""
    return Column(np.where(known, value, 0).astype(np.int64), known)


def divided(numerators: Numbers, denominators: Numbers) -> Numbers:
    """Divide by positive numbers and round half away from zero, as single cases are."""
    away = (2 * np.abs(numerators) + denominators) // (2 * denominators)
    return np.where(numerators >= 0, away, -away).astype(np.int64)


def stacked(found: Sequence[Column]) -> tuple[Numbers, Marks]:
    """Return columns as one table: a row for each of them."""
    return np.stack([one.values for one in found]), np.stack([one.known for one in found])
