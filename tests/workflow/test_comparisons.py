"""Comparisons of stored diagnoses: with the cluster's earlier rounds, and with peers as they stood when it was made."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Engine
from sqlmodel import Session

from assess.engine.year_comparison import Comparability
from assess.store.session import writing
from assess.store.steering_tables import Publication
from assess.store.tables import Cluster, Round, StoredDiagnosis
from assess.workflow import comparisons, publications
from workflow.evaluating import closed_round, diagnosed, make_account, open_round, release
from workflow.surveying import LATER, make_cluster, only, rulebase

TRUST = "collaboration.trust"


def published(session: Session, round_: Round, account: int) -> Publication:
    release(session, round_)
    report = publications.approve(session, diagnosed(session, round_), account_id=account, now=LATER)
    return publications.publish(session, report, account_id=account, now=LATER)


def staged(session: Session, name: str, level: float, *, at: datetime = LATER, year: int = 2026) -> tuple[StoredDiagnosis, Publication]:
    """A cluster with a published diagnosis that says it is growing and its funding is at `level`, written by hand."""
    cluster = make_cluster(session, name=name)
    round_ = open_round(session, cluster, year=year)
    content = {
        "rulebase": {"digest": rulebase().digest},
        "stage": {"label": "growing"},
        "cluster": {"id": cluster.key},
        "factors": {factor: {"level": level if factor == "funding" else None} for factor in rulebase().factors},
    }
    stored = StoredDiagnosis(round_id=only(round_.id), digest=f"{name:0<64}"[:64], document=json.dumps(content), created_at=at)
    session.add(stored)
    session.flush()
    report = Publication(
        round_id=only(round_.id),
        diagnosis_id=only(stored.id),
        number=name,
        approved_at=at,
        approved_by=make_account(session, name.replace(" ", "")),
        published_at=at,
    )
    session.add(report)
    session.flush()
    return stored, report


def test_with_an_earlier_round__what_was_published_counts__and_the_same_question_has_a_difference(engine: Engine) -> None:
    with writing(engine) as session:
        account, earlier = make_account(session), closed_round(session, year=2025)
        published(session, earlier, account)
        cluster = only(session.get(Cluster, earlier.cluster_id))
        later = diagnosed(session, closed_round(session, cluster, year=2026, texts=("4", "4", "4", "5", "5")))
        (found,) = comparisons.with_earlier_rounds(session, later)
        assert (found.year, found.published, found.comparison.years) == (2025, True, (2025, 2026))
        trust = next(change for change in found.comparison.indicators if change.name == TRUST)
        assert (trust.before, trust.after, trust.difference, trust.flag) == (3, 4, 1, Comparability.SAME)
        firms = next(change for change in found.comparison.indicators if change.name == "structure.firms")
        assert (firms.before, firms.after, firms.difference) == (None, None, None)


def test_an_earlier_round_without_a_report__is_compared_by_its_last_diagnosis__marked_as_a_draft(engine: Engine) -> None:
    with writing(engine) as session:
        earlier = closed_round(session, year=2025)
        cluster = only(session.get(Cluster, earlier.cluster_id))
        open_round(session, cluster, year=2024)
        diagnosed(session, earlier)
        later = diagnosed(session, closed_round(session, cluster, year=2026))
        assert [(one.year, one.published) for one in comparisons.with_earlier_rounds(session, later)] == [(2025, False)]


def test_peers__are_five_others__and_never_the_cluster_itself(engine: Engine) -> None:
    with writing(engine) as session:
        own, _ = staged(session, "Own Valley", 5)
        for number in range(1, 5):
            staged(session, f"Valley {number}", number)
        assert comparisons.with_peers(session, own).factors == {}
        staged(session, "Valley 5", 5)
        figure = comparisons.with_peers(session, own).factors["funding"]
        assert (figure.n, figure.median) == (5, Decimal(3))


def test_peers__are_frozen_at_the_moment_of_the_diagnosis(engine: Engine) -> None:
    with writing(engine) as session:
        own, _ = staged(session, "Own Valley", 5)
        reports = [staged(session, f"Valley {number}", number)[1] for number in range(1, 6)]
        before = comparisons.with_peers(session, own)
        reports[0].withdrawn_at = LATER + timedelta(days=1)
        session.add(reports[0])
        staged(session, "Latecomer", 1, at=LATER + timedelta(days=1))
        assert before.n == 5
        assert comparisons.with_peers(session, own) == before


def test_withdrawn_and_old_diagnoses__are_no_peers(engine: Engine) -> None:
    with writing(engine) as session:
        own, _ = staged(session, "Own Valley", 5)
        reports = [staged(session, f"Valley {number}", number)[1] for number in range(1, 5)]
        staged(session, "Old Valley", 3, year=2026 - comparisons.PEER_YEARS)
        staged(session, "Future Valley", 3, year=2027)
        assert comparisons.with_peers(session, own).factors == {}
        staged(session, "Recent Valley", 3, year=2027 - comparisons.PEER_YEARS)
        assert comparisons.with_peers(session, own).n == 5
        reports[0].withdrawn_at = LATER
        session.add(reports[0])
        session.flush()
        assert comparisons.with_peers(session, own).factors == {}
