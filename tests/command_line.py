"""What tests of the command line share: what a command leaves behind, and the clusters that it is tried on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CLUSTERS = Path(__file__).resolve().parent / "cases" / "clusters"


@dataclass(frozen=True, slots=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]
