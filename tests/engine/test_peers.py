"""Peers: only from five other clusters of the same stage and rule base on, rounded, and never one cluster's own value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from report_documents import make_document

from assess.engine.peers import FEWEST_PEERS, PeerFigure, peers_of


def cluster(number: int, level: float | None = 3.0, **changes: Any) -> dict[str, Any]:
    found = make_document(cluster={"id": f"c{number}", "name": f"Cluster {number}"}, **changes)
    found["factors"]["funding"]["level"] = level
    return found


def test_five_peers__give_median_and_middle_half__by_hand() -> None:
    """Of 1, 2, 3, 4.1 and 5 the median is 3, the lower half 1 2 3 has 2, the upper half 3 4.1 5 has 4.1, which is rounded to 4."""
    found = peers_of(cluster(0), [cluster(n, level) for n, level in enumerate((5, 1, 4.1, 2, 3), start=1)])
    assert found.factors == {"funding": PeerFigure(5, Decimal(3), Decimal(2), Decimal(4))}
    assert (found.stage, found.n, found.reason) == ("growing", 5, "")


def test_an_even_number_of_peers__is_halved_in_the_middle() -> None:
    found = peers_of(cluster(0), [cluster(n, level) for n, level in enumerate((1, 2, 3, 4, 5, 5), start=1)])
    assert found.factors["funding"] == PeerFigure(6, Decimal("3.5"), Decimal(2), Decimal(5))


def test_four_peers__give_nothing__not_even_their_number() -> None:
    found = peers_of(cluster(0), [cluster(n) for n in range(1, FEWEST_PEERS)])
    assert (found.n, found.factors) == (None, {})
    assert found.reason.startswith("No peers are given: fewer than 5 other clusters in the same stage")


def test_the_cluster_itself__other_stages_and_other_rule_bases__are_no_peers() -> None:
    mature = make_document()["stage"] | {"label": "mature"}
    other_rules = {"version": "2025.1", "status": "draft", "digest": "f" * 64}
    four = [cluster(n) for n in range(1, 5)]
    for fifth in (cluster(0), cluster(5, stage=mature), cluster(5, rulebase=other_rules)):
        assert peers_of(cluster(0), [*four, fifth]).factors == {}
    assert peers_of(cluster(0), [*four, cluster(5)]).factors != {}


def test_a_factor_that_too_few_peers_know__is_left_out() -> None:
    known = [cluster(n) for n in range(1, 5)]
    found = peers_of(cluster(0), [*known, cluster(5, None)])
    assert (found.n, dict(found.factors)) == (5, {})


def test_an_undetermined_stage__has_no_peers() -> None:
    undetermined = make_document()["stage"] | {"label": "undetermined"}
    found = peers_of(cluster(0, stage=undetermined), [cluster(n, stage=undetermined) for n in range(1, 9)])
    assert (found.stage, found.factors) == (None, {})
    assert "stage of this cluster is undetermined" in found.reason
