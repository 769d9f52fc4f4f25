"""What a cluster is held against: the middle of other clusters in the same stage, never a single one of them.

Protected: a figure rests on at least five clusters that know it, the cluster itself is not among them, and it is rounded to quarters
of a point, so that the value of no cluster can be read off to the thousandth that its own report gives. The set is fixed by
the moment the diagnosis was made: asking again, or a later publication or withdrawal, never moves a figure.
Not protected: a median of five is near one cluster's level, though nobody is told whose; two clusters that put their figures side by
side see sets that differ by themselves, whose levels they know anyway; and who holds the figures of two years, between which
exactly one cluster joined, learns on which side of the median it stands. Which clusters are peers is never told. All
of them are published levels of whole clusters, which their programmes read in full; single answers of members play no part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

from assess.definitions.rules import FACTORS, STAGES

FEWEST_PEERS = 5
"""No figure is given from fewer clusters than this, the one that is compared not counted."""

_QUARTER = Decimal("0.25")


@dataclass(frozen=True, slots=True)
class PeerFigure:
    """Median and middle half of the peers' levels of one factor, rounded to quarters; `n` is how many peers know theirs."""

    n: int
    median: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Peers:
    """The peers of one cluster. Without figures `reason` says why; a factor that too few of them know is left out."""

    stage: str | None
    n: int | None
    """How many peers there are; None where they are too few to be counted openly."""
    factors: Mapping[str, PeerFigure]
    reason: str = ""


def peers_of(document: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> Peers:
    """Hold a diagnosis against others, one for each other cluster; those of another stage or rule base are left out."""
    stage = document["stage"]["label"]
    if stage not in STAGES:
        return Peers(None, None, {}, "No peers are given: the stage of this cluster is undetermined.")
    peers = [other for other in others if _is_peer(document, other)]
    if len(peers) < FEWEST_PEERS:
        why = (
            f"No peers are given: fewer than {FEWEST_PEERS} other clusters in the same stage have a published diagnosis by this rule base."
        )
        return Peers(stage, None, {}, why)
    levels = {name: _known(peers, name) for name in FACTORS}
    return Peers(stage, len(peers), {name: _figure(known) for name, known in levels.items() if len(known) >= FEWEST_PEERS})


def _is_peer(document: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    alike = (other["rulebase"]["digest"], other["stage"]["label"]) == (document["rulebase"]["digest"], document["stage"]["label"])
    return alike and bool(other["cluster"]["id"] != document["cluster"]["id"])


def _known(peers: Sequence[Mapping[str, Any]], factor: str) -> list[Decimal]:
    levels = (peer["factors"][factor]["level"] for peer in peers)
    return sorted(Decimal(str(level)) for level in levels if level is not None)


def _figure(levels: Sequence[Decimal]) -> PeerFigure:
    """The middle half lies between the medians of the lower and the upper half; a middle value belongs to both (Tukey's hinges)."""
    half = (len(levels) + 1) // 2
    found = (median(levels), median(levels[:half]), median(levels[-half:]))
    return PeerFigure(len(levels), *(_rounded(value) for value in found))


def _rounded(value: Decimal) -> Decimal:
    return (value / _QUARTER).quantize(Decimal(1), rounding=ROUND_HALF_UP) * _QUARTER
