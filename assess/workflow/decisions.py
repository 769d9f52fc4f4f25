"""Records grant decisions, each frozen together with the published report that it rests on, and who looked at them since."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from assess.phrases import message
from assess.store.staff_tables import Account, Programme
from assess.store.steering_tables import Decision, Outcome, Publication, ReportFile
from assess.store.tables import AuditEvent, Round, StoredDiagnosis
from assess.workflow import audit, grant_conditions, programmes
from assess.workflow.grant_conditions import Condition
from assess.workflow.publications import PublicationState, state_of
from assess.workflow.refusals import Taken, Unfit
from assess.workflow.rows import added, identity, locked, required

LONGEST_REFERENCE = 80
LONGEST_NOTE = 3500
_REFERENCE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\Z")
_REPLACES = re.compile(r"Replaces ([A-Za-z0-9._-]*[A-Za-z0-9])\.(?:\n|\Z)")
_UNPUBLISHED = {
    PublicationState.DRAFT: message("Attach another report: this one is draft, and only a published report can carry a decision."),
    PublicationState.APPROVED: message("Attach another report: this one is approved, and only a published report can carry a decision."),
    PublicationState.WITHDRAWN: message("Attach another report: this one is withdrawn, and only a published report can carry a decision."),
}


@dataclass(frozen=True, slots=True)
class Attached:
    """A published report with the file that a decision is to be frozen with."""

    publication: Publication
    file: ReportFile


@dataclass(frozen=True, slots=True)
class Seen:
    """One entry of the access log of a decision; `name` is empty for an account that was erased."""

    at: datetime
    name: str
    verb: str


def decide(
    session: Session,
    programme: Programme,
    attached: Attached,
    *,
    reference: str,
    outcome: Outcome,
    decided_on: date,
    account_id: int,
    now: datetime,
    suggested: Sequence[str] = (),
    own_conditions: Sequence[str] = (),
    note: str = "",
    replaces: str = "",
) -> Decision:
    """Record a decision; from then on nothing about it changes. A correction is a new one that names the one it replaces.

    `suggested` names conditions that the diagnosis suggests; `own_conditions` are written freely. The same again changes nothing.
    Raises Taken for a reference that the programme used before, Unfit for a report that is not published or not of the programme,
    for a day on which the report was not there yet, and for texts that cannot be kept.
    """
    publication = attached.publication
    round_ = locked(session, required(session, Round, publication.round_id))
    locked(session, publication)
    locked(session, programme)  # so that of two decisions of one reference the second finds the first
    if state_of(publication) is not PublicationState.PUBLISHED:
        raise Unfit(_UNPUBLISHED[state_of(publication)])
    if attached.file.diagnosis_id != publication.diagnosis_id:
        raise Unfit("Choose the report again: the file is not the one of this report.")
    if not programmes.has_cluster(session, programme, round_.cluster_id):
        raise Unfit("Choose a report of a cluster of this programme.")
    _check_day(publication, decided_on, now)
    diagnosis = required(session, StoredDiagnosis, publication.diagnosis_id)
    conditions = grant_conditions.chosen(json.loads(diagnosis.document), suggested, own_conditions)
    if conditions and outcome is Outcome.REFUSED:
        raise Unfit("Leave the conditions out: nothing is granted that they could be attached to.")
    decision = Decision(
        programme_id=identity(programme),
        cluster_id=round_.cluster_id,
        publication_id=identity(publication),
        report_digest=attached.file.digest,
        diagnosis_digest=diagnosis.digest,
        reference=reference,
        outcome=outcome,
        conditions=grant_conditions.as_text(conditions),
        note=_noted(session, programme, round_.cluster_id, note, replaces),
        decided_on=decided_on,
        created_at=now,
        created_by=account_id,
    )
    before = _of_reference(session, programme, decision)
    if before is not None:
        return before
    added(session, decision)
    details: dict[str, str | int | None] = {"reference": reference, "outcome": outcome.value, "report": publication.number}
    return _recorded(session, decision, "decide", account_id, now, details)


def note_view(session: Session, decision: Decision, *, account_id: int, now: datetime) -> None:
    """Write down that somebody looked at a decision."""
    _recorded(session, decision, "view_decision", account_id, now)


def note_download(session: Session, decision: Decision, *, account_id: int, now: datetime) -> None:
    """Write down that somebody took a decision's pack away."""
    _recorded(session, decision, "download_decision", account_id, now)


def access_log(session: Session, decision: Decision) -> tuple[Seen, ...]:
    """Return who recorded, saw and took away a decision, the newest first."""
    about = select(AuditEvent).where(col(AuditEvent.subject) == _subject(decision)).order_by(col(AuditEvent.sequence).desc())
    events = session.exec(about).all()
    names = {f"account/{one.id}": one.name for one in session.exec(select(Account).where(col(Account.id).in_(_numbers(events))))}
    return tuple(Seen(event.at, names.get(event.actor, event.actor), event.verb) for event in events)


def decisions_of(session: Session, programme: Programme) -> Sequence[Decision]:
    """Return the decisions of a programme, the latest first."""
    mine = select(Decision).where(col(Decision.programme_id) == identity(programme))
    return session.exec(mine.order_by(col(Decision.decided_on).desc(), col(Decision.id).desc())).all()


def decision_by_reference(session: Session, programme: Programme, reference: str) -> Decision | None:
    """Return the decision of a reference, in whatever case it is written; None where there is none."""
    wanted = (col(Decision.programme_id) == identity(programme), func.lower(Decision.reference) == reference.lower())
    return session.exec(select(Decision).where(*wanted)).first()


def conditions_of(decision: Decision) -> tuple[Condition, ...]:
    """Return the conditions as they were written down."""
    return grant_conditions.from_text(decision.conditions)


def replaced_by(session: Session, decision: Decision) -> Decision | None:
    """Return the newest decision that names this one as replaced; None where there is none."""
    same = (col(Decision.programme_id) == decision.programme_id, col(Decision.cluster_id) == decision.cluster_id)
    later = session.exec(select(Decision).where(*same, col(Decision.id) > identity(decision)).order_by(col(Decision.id).desc()))
    return next((one for one in later if replaced_reference(one).lower() == decision.reference.lower()), None)


def replaced_reference(decision: Decision) -> str:
    """Return the reference of the decision that this one replaces; empty for none."""
    found = _REPLACES.match(decision.note)
    return found[1] if found else ""


def note_of(decision: Decision) -> str:
    """Return what was written about a decision, without the line that names the one it replaces."""
    return _REPLACES.sub("", decision.note, count=1)


def _check_day(publication: Publication, decided_on: date, now: datetime) -> None:
    if decided_on > now.date():
        raise Unfit("Write the day on which it was decided: this one has not come yet.")
    if publication.published_at is not None and decided_on < publication.published_at.date():
        day = publication.published_at.date()
        raise Unfit("Check the day, or attach another report: this one was published on %(day)s, after that day.", day=day)


def _of_reference(session: Session, programme: Programme, decision: Decision) -> Decision | None:
    """Return the decision that says all the same under the same reference. Raises Taken for one that says something else."""
    if len(decision.reference) > LONGEST_REFERENCE or not _REFERENCE.match(decision.reference):
        raise Unfit(
            "Write a reference of at most %(most)s letters, digits, dots, hyphens, underscores, such as GR-2026-014.",
            most=LONGEST_REFERENCE,
        )
    found = decision_by_reference(session, programme, decision.reference)
    if found is None or _words(found) == _words(decision):
        return found
    raise Taken(
        "Give another reference: there is a decision %(reference)s already. A correction has a reference of its own.",
        reference=found.reference,
    )


def _words(decision: Decision) -> tuple[object, ...]:
    return (
        decision.reference,
        decision.publication_id,
        decision.outcome,
        decision.conditions,
        decision.note,
        decision.decided_on,
        decision.created_by,
    )


def _noted(session: Session, programme: Programme, cluster_id: int, note: str, replaces: str) -> str:
    plain = note.replace("\r\n", "\n").strip()
    if len(plain) > LONGEST_NOTE or not plain.replace("\n", "").replace("\t", "").isprintable():
        raise Unfit("Shorten the note to %(most)s characters, without control characters.", most=LONGEST_NOTE)
    if _REPLACES.match(plain):
        raise Unfit("Name the decision that is replaced in its own field, and begin the note otherwise.")
    if not replaces:
        return plain
    before = decision_by_reference(session, programme, replaces)
    if before is None or before.cluster_id != cluster_id:
        raise Unfit("Choose a decision of the same programme and cluster as the one that is replaced.")
    return f"Replaces {before.reference}.\n{plain}".strip()


def _numbers(events: Sequence[AuditEvent]) -> list[int]:
    found = {event.actor.removeprefix("account/") for event in events if event.actor.startswith("account/")}
    return [int(number) for number in found if number.isdigit()]


def _subject(decision: Decision) -> str:
    return f"decision/{identity(decision)}"


def _recorded(
    session: Session,
    decision: Decision,
    verb: str,
    account_id: int,
    now: datetime,
    details: dict[str, str | int | None] | None = None,
) -> Decision:
    audit.record(session, actor=f"account/{account_id}", verb=verb, subject=_subject(decision), now=now, details=details)
    return decision
