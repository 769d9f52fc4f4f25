"""Holds a stored diagnosis against the cluster's earlier rounds, and against published diagnoses of other clusters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select

from assess.definitions.questionnaire_items import Questionnaire
from assess.engine.peers import Peers, peers_of
from assess.engine.year_comparison import YearComparison, compare_years
from assess.store.queries import last_diagnosis
from assess.store.steering_tables import Publication
from assess.store.tables import Round, StoredDiagnosis
from assess.workflow.pinned import asked, pinned
from assess.workflow.publications import published_of
from assess.workflow.rows import identity, required

PEER_YEARS = 3
"""A diagnosis counts among peers up to this many years back: the field's own labels are renewed within two, and a round may slip."""


@dataclass(frozen=True, slots=True)
class EarlierRound:
    """The comparison with one earlier round; `number` is that of its report that stands, empty where its diagnosis is a draft."""

    year: int
    number: str
    comparison: YearComparison

    @property
    def published(self) -> bool:
        """Whether the earlier diagnosis stands as a report."""
        return bool(self.number)


def with_earlier_rounds(session: Session, diagnosis: StoredDiagnosis, *, only_published: bool = False) -> tuple[EarlierRound, ...]:
    """Compare a diagnosis with the published one of every earlier round of its cluster, the latest round first.

    Where none is published, the last draft counts, or with `only_published` nothing: a published report tells of published ones alone.
    """
    return tuple(one for one in _earlier(session, diagnosis) if one.published or not only_published)


def with_peers(session: Session, diagnosis: StoredDiagnosis) -> Peers:
    """Hold a diagnosis against the newest published one of each other cluster in the same stage, as it was when this one was made.

    What counts is what was published and not withdrawn at that moment, so that the figures never move afterwards. What this
    protects and what it does not stands in `assess.engine.peers`.
    """
    round_ = required(session, Round, diagnosis.round_id)
    newest: dict[int, dict[str, Any]] = {}
    for cluster, document in _published_at(session, round_, diagnosis.created_at):
        newest.setdefault(cluster, json.loads(document))
    return peers_of(json.loads(diagnosis.document), newest.values())


def _earlier(session: Session, diagnosis: StoredDiagnosis) -> Iterator[EarlierRound]:
    round_, later = required(session, Round, diagnosis.round_id), json.loads(diagnosis.document)
    before = (col(Round.cluster_id) == round_.cluster_id, col(Round.year) < round_.year)
    for then in session.exec(select(Round).where(*before).order_by(col(Round.year).desc())).all():
        report = published_of(session, then)
        stored = required(session, StoredDiagnosis, report.diagnosis_id) if report else last_diagnosis(session, identity(then))
        if stored is not None:
            earlier = json.loads(stored.document)
            found = compare_years(earlier, later, _asked(session, then), _asked(session, round_))
            yield EarlierRound(then.year, report.number if report else "", found)


def _asked(session: Session, round_: Round) -> dict[str, Questionnaire]:
    return {pin.questionnaire: pinned(session, identity(round_), pin.questionnaire) for pin in asked(session, identity(round_))}


def _published_at(session: Session, round_: Round, moment: datetime) -> Iterator[tuple[int, str]]:
    """Other clusters' documents that were published at a moment, the newest year and publication of each cluster first."""
    standing = or_(col(Publication.withdrawn_at).is_(None), col(Publication.withdrawn_at) > moment)
    rows = session.exec(
        select(Round.cluster_id, StoredDiagnosis.document)
        .join(Publication, col(Publication.round_id) == col(Round.id))
        .join(StoredDiagnosis, col(StoredDiagnosis.id) == col(Publication.diagnosis_id))
        .where(col(Publication.published_at) <= moment, standing, col(Round.cluster_id) != round_.cluster_id)
        .where(col(Round.year) <= round_.year, col(Round.year) > round_.year - PEER_YEARS)
        .order_by(col(Round.year).desc(), col(Publication.published_at).desc(), col(Publication.id).desc())
    )
    yield from rows
