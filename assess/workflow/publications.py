"""Brings a diagnosis to its published report: approved, where four eyes are asked for seconded, published, perhaps withdrawn."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from unicodedata import normalize

from sqlmodel import Session, col, select

from assess.phrases import message
from assess.store.queries import answer_sheets
from assess.store.staff_tables import Programme, ProgrammeCluster
from assess.store.steering_tables import Override, Publication, ReportAnnex
from assess.store.tables import Cluster, Round, RoundState, StoredDiagnosis
from assess.workflow import audit
from assess.workflow.answers_used import has_newest_answers
from assess.workflow.refusals import Taken, Unfit
from assess.workflow.released import is_released
from assess.workflow.rows import added, identity, locked, required

SHORTEST_BECAUSE = 10
LONGEST_BECAUSE = 2000
_SHORTEST_DIGEST, _LONGEST_DIGEST = 6, 30


class PublicationState(StrEnum):
    """Where a diagnosis stands on its way to a report."""

    DRAFT = "draft"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


_NOT_APPROVED = {
    PublicationState.DRAFT: message("Only an approved diagnosis can be published; this one is draft."),
    PublicationState.PUBLISHED: message("Only an approved diagnosis can be published; this one is published."),
    PublicationState.WITHDRAWN: message("Only an approved diagnosis can be published; this one is withdrawn."),
}
"""Why a diagnosis cannot be published that is not approved, by where it stands."""


@dataclass(frozen=True, slots=True)
class Published:
    """A report that was published, with what it is about; `state` is published or withdrawn."""

    publication: Publication
    round: Round
    cluster: Cluster
    state: PublicationState


def approve(session: Session, diagnosis: StoredDiagnosis, *, account_id: int, now: datetime) -> Publication:
    """Approve a diagnosis for publication and give its report a number; an evaluator answers for it from now on.

    Raises Taken when it was approved before, Unfit when it does not hold the overrides that hold now, or a newer one does.
    """
    round_ = locked(session, required(session, Round, diagnosis.round_id))
    before = publication_of(session, diagnosis)
    if before is not None:
        raise Taken(
            "Go on with the report %(report)s: this diagnosis was approved before. After a withdrawal, diagnose again.",
            report=before.number,
        )
    if round_.state is not RoundState.CLOSED:
        raise Unfit("Close the round before its diagnosis is approved.")
    _refuse_outdated(session, round_, diagnosis)
    publication = added(
        session,
        Publication(
            round_id=identity(round_),
            diagnosis_id=identity(diagnosis),
            number=_number(session, round_, diagnosis),
            approved_at=now,
            approved_by=account_id,
        ),
    )
    return _recorded(session, publication, "approve", account_id, now)


def second(session: Session, publication: Publication, *, account_id: int, now: datetime) -> Publication:
    """Confirm an approval as a second person. Raises Unfit for the same person, or when it is past that."""
    locked(session, publication)
    if state_of(publication) is not PublicationState.APPROVED or publication.seconded_at is not None:
        raise Unfit("Look at the report again: only an approved diagnosis can be seconded, and only once.")
    if account_id == publication.approved_by:
        raise Unfit("Ask another evaluator to second the diagnosis: four eyes means two people.")
    publication.seconded_at, publication.seconded_by = now, account_id
    return _recorded(session, publication, "second", account_id, now)


def publish(
    session: Session, publication: Publication, *, account_id: int, now: datetime, annex: Mapping[str, Any] | None = None
) -> Publication:
    """Publish an approved diagnosis: its agencies and the cluster may read the report from now on.

    `annex` is what the report shows beside the diagnosis from now on (`report_files.annex_to_publish`, made before the transaction).

    Raises Unfit when a programme of the cluster asks for four eyes and nobody has seconded it, when the members' figures are
    not released yet (a late answer would show as the difference of two reports), or when an earlier report of the round still stands.
    """
    round_ = locked(session, required(session, Round, publication.round_id))
    locked(session, publication)
    if state_of(publication) is not PublicationState.APPROVED:
        raise Unfit(_NOT_APPROVED[state_of(publication)])
    standing = published_of(session, round_)
    if standing is not None:
        raise Unfit("Withdraw the report %(report)s first: a round has one published report at a time.", report=standing.number)
    if publication.seconded_at is None and needs_four_eyes(session, round_):
        raise Unfit("Ask a second evaluator to second the diagnosis: a programme of this cluster wants four eyes.")
    _refuse_outdated(session, round_, required(session, StoredDiagnosis, publication.diagnosis_id))
    if not is_released(session, identity(round_)) and answer_sheets(session, identity(round_), "member"):
        raise Unfit("Release the members' figures of the round first: then no late answer can show as the difference of two reports.")
    publication.published_at, publication.published_by = now, account_id
    if annex is not None:
        _keep_annex(session, publication, annex, now)
    return _recorded(session, publication, "publish", account_id, now)


def withdraw(session: Session, publication: Publication, because: str, *, account_id: int, now: datetime) -> Publication:
    """Take an approval or a published report back; it stays on record with the reason. Raises Unfit without one, or done twice."""
    locked(session, required(session, Round, publication.round_id))
    locked(session, publication)
    if state_of(publication) is PublicationState.WITHDRAWN:
        raise Unfit("Nothing has to be done: this report was withdrawn before.")
    said = " ".join(because.split())
    if not SHORTEST_BECAUSE <= len(said) <= LONGEST_BECAUSE or not said.isprintable():
        raise Unfit(
            "Say in %(least)s to %(most)s characters why: whoever has the report will read it.",
            least=SHORTEST_BECAUSE,
            most=LONGEST_BECAUSE,
        )
    publication.withdrawn_at, publication.withdrawn_by, publication.withdrawn_because = now, account_id, said
    return _recorded(session, publication, "withdraw", account_id, now)


def state_of(publication: Publication | None) -> PublicationState:
    """Where a diagnosis stands; without a publication it is a draft."""
    if publication is None:
        return PublicationState.DRAFT
    if publication.withdrawn_at is not None:
        return PublicationState.WITHDRAWN
    return PublicationState.APPROVED if publication.published_at is None else PublicationState.PUBLISHED


def publication_of(session: Session, diagnosis: StoredDiagnosis) -> Publication | None:
    """The publication of a diagnosis, in whatever state; None for a draft."""
    return session.exec(select(Publication).where(col(Publication.diagnosis_id) == identity(diagnosis))).first()


def publications_of(session: Session, round_: Round) -> tuple[Publication, ...]:
    """Every publication of a round, the oldest first."""
    mine = select(Publication).where(col(Publication.round_id) == identity(round_))
    return tuple(session.exec(mine.order_by(col(Publication.id))))


def published_of(session: Session, round_: Round) -> Publication | None:
    """The published report of a round that stands; None before the first and after a withdrawal."""
    return next((one for one in publications_of(session, round_) if state_of(one) is PublicationState.PUBLISHED), None)


def published_for_programme(session: Session, programme: Programme) -> tuple[Published, ...]:
    """Every report of the programme's clusters that was published, also the withdrawn ones, by cluster and the newest year first."""
    rows = session.exec(
        select(Publication, Round, Cluster)
        .join(Round, col(Round.id) == col(Publication.round_id))
        .join(Cluster, col(Cluster.id) == col(Round.cluster_id))
        .join(ProgrammeCluster, col(ProgrammeCluster.cluster_id) == col(Cluster.id))
        .where(col(ProgrammeCluster.programme_id) == identity(programme), col(Publication.published_at).is_not(None))
        .order_by(col(Cluster.name), col(Cluster.id), col(Round.year).desc(), col(Publication.id).desc())
    )
    return tuple(Published(publication, round_, cluster, state_of(publication)) for publication, round_, cluster in rows)


def needs_four_eyes(session: Session, round_: Round) -> bool:
    """Whether any programme of the round's cluster asks for a second evaluator."""
    asking = (
        select(Programme.id)
        .join(ProgrammeCluster, col(ProgrammeCluster.programme_id) == col(Programme.id))
        .where(col(ProgrammeCluster.cluster_id) == round_.cluster_id, col(Programme.four_eyes).is_(True))
    )
    return session.exec(asking).first() is not None


def is_up_to_date(session: Session, diagnosis: StoredDiagnosis) -> bool:
    """Whether a diagnosis holds just the overrides of its round that hold now."""
    held = {(one["indicator"], one["when"], one["by"], one["reason"]) for one in json.loads(diagnosis.document).get("overrides", ())}
    rows = session.exec(select(Override).where(col(Override.round_id) == diagnosis.round_id, col(Override.withdrawn_at).is_(None)))
    newest = {row.indicator: row for row in sorted(rows, key=identity)}
    return held == {(row.indicator, row.made_at.isoformat(), f"account/{row.account_id}", row.reason) for row in newest.values()}


def annex_of(session: Session, publication: Publication) -> dict[str, Any] | None:
    """What a report shows beside its diagnosis since it was published; None before, and for one that was published without."""
    row = session.exec(select(ReportAnnex).where(col(ReportAnnex.publication_id) == identity(publication))).first()
    found: dict[str, Any] | None = json.loads(row.document) if row else None
    return found


def _keep_annex(session: Session, publication: Publication, annex: Mapping[str, Any], now: datetime) -> None:
    diagnosis = required(session, StoredDiagnosis, publication.diagnosis_id)
    if annex["diagnosis"] != diagnosis.digest:
        raise Unfit("Look at the report again: it was put together for another diagnosis.")
    text = json.dumps(annex, ensure_ascii=False, allow_nan=False)
    added(session, ReportAnnex(publication_id=identity(publication), digest=annex["digest"], document=text, created_at=now))


def _refuse_outdated(session: Session, round_: Round, diagnosis: StoredDiagnosis) -> None:
    if not is_up_to_date(session, diagnosis):
        raise Unfit("Diagnose again: overrides were made or withdrawn since, and this diagnosis does not hold them.")
    if not has_newest_answers(session, diagnosis):
        raise Unfit("Diagnose again: answers were handed in since, and this diagnosis does not rest on them.")
    later = select(StoredDiagnosis).where(col(StoredDiagnosis.round_id) == identity(round_), col(StoredDiagnosis.id) > identity(diagnosis))
    if any(is_up_to_date(session, one) for one in session.exec(later)):
        raise Unfit("Choose the newest diagnosis of the round: this one was overtaken.")


def _number(session: Session, round_: Round, diagnosis: StoredDiagnosis) -> str:
    """Year, letters of the cluster and the beginning of the diagnosis's digest, longer where another report has just this one."""
    cluster = required(session, Cluster, round_.cluster_id)
    for length in range(_SHORTEST_DIGEST, _LONGEST_DIGEST):
        number = f"{round_.year}-{letters_of(cluster.key)}-{diagnosis.digest[:length]}"
        if session.exec(select(Publication.id).where(col(Publication.number) == number)).first() is None:
            return number
    raise Taken("Ask an administrator: every number that this report could have is taken.")


def letters_of(key: str) -> str:
    """Three letters or digits for a cluster: `EXV` for example-valley, `ORE` for oregon."""
    plain = normalize("NFKD", key).encode("ascii", "ignore").decode().upper()
    words: Sequence[str] = re.findall(r"[A-Z0-9]+", plain)
    wanted = words[0][:2] + words[1][:1] if len(words) > 1 else "".join(words)[:3]
    return wanted.ljust(3, "X")


def _recorded(session: Session, publication: Publication, verb: str, account_id: int, now: datetime) -> Publication:
    session.add(publication)
    session.flush()
    details: dict[str, str | int | None] = {"number": publication.number, "diagnosis": publication.diagnosis_id}
    audit.record(session, actor=f"account/{account_id}", verb=verb, subject=f"round/{publication.round_id}", now=now, details=details)
    return publication
