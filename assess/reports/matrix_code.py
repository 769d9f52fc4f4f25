"""Draws an address as a matrix code that a telephone reads, as one path of squares."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import segno

_QUIET = 4
"""Modules of white around the code, as the standard asks."""


@dataclass(frozen=True, slots=True)
class MatrixCode:
    """An address and its code: the modules along an edge, white border included, and the path of the dark ones."""

    address: str
    size: int
    path: str


def matrix_code(address: str) -> MatrixCode | None:
    """Return the code of an address; None for none."""
    if not address:
        return None
    rows = segno.make(address, error="m", micro=False).matrix
    path = "".join(_row(y + _QUIET, row) for y, row in enumerate(rows))
    return MatrixCode(address, len(rows) + 2 * _QUIET, path)


def _row(y: int, modules: bytearray) -> str:
    """The dark runs of one row, each as a rectangle."""
    x, drawn = _QUIET, ""
    for dark, run in groupby(modules):
        length = len(list(run))
        drawn += f"M{x} {y}h{length}v1h-{length}z" if dark else ""
        x += length
    return drawn
