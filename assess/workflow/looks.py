"""Reads what single respondents gave: every look is on record, whoever it is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from assess.store.tables import AnswerRevision, AuditEvent, Reopening, Response, Round, Submission
from assess.workflow import audit
from assess.workflow.answer_rows import Field
from assess.workflow.evidence_bytes import Evidence, evidence_of
from assess.workflow.rows import identity

_REOPENED = "reopen"


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to a response with one revision: answers were saved (with their texts), it was handed in, or it was reopened."""

    revision: int
    at: datetime | None
    saved: dict[Field, str]
    receipt: str
    reopened: bool


@dataclass(frozen=True, slots=True)
class Reopened:
    """When a response was reopened, and why."""

    at: datetime
    reason: str


def look_at(session: Session, round_: Round, number: int, *, actor: str, now: datetime) -> Response | None:
    """Return a response of a round for reading, and record who looked; None where the round has no such response."""
    mine = (col(Response.id) == number, col(Response.round_id) == identity(round_))
    response = session.exec(select(Response).where(*mine)).first()
    if response is not None:
        audit.record(session, actor=actor, verb="read_answers", subject=f"response/{number}", now=now)
    return response


def fetch_evidence(session: Session, round_: Round, number: int, *, actor: str, now: datetime) -> Evidence | None:
    """Return a file that was handed in with a response of a round, and record who fetched it; None where there is no such file."""
    found = next((one for one in evidence_of(session, round_) if one.number == number), None)
    if found is not None:
        details: dict[str, str | int | None] = {"file": found.digest, "item": found.field}
        audit.record(session, actor=actor, verb="read_evidence", subject=f"response/{found.response_id}", now=now, details=details)
    return found


def steps_of(session: Session, response: Response) -> tuple[Step, ...]:
    """Return what happened to a response, the newest first."""
    mine = col(AnswerRevision.response_id) == identity(response)
    rows = session.exec(select(AnswerRevision).where(mine).order_by(col(AnswerRevision.revision), col(AnswerRevision.id))).all()
    handed_in = session.exec(select(Submission).where(col(Submission.response_id) == identity(response))).all()
    receipts = {one.revision: one for one in handed_in}
    saved: dict[int, dict[Field, str]] = {}
    times: dict[int, datetime] = {}
    for row in rows:
        saved.setdefault(row.revision, {})[row.item, row.instance] = row.raw
        times[row.revision] = row.saved_at
    steps = []
    for revision in range(response.revision, 0, -1):
        receipt = receipts.get(revision)
        at = receipt.submitted_at if receipt else times.get(revision)
        texts = saved.get(revision, {})
        steps.append(Step(revision, at, texts, receipt.receipt if receipt else "", receipt is None and not texts))
    return tuple(steps)


def reopenings(session: Session, response: Response) -> dict[int, Reopened]:
    """Return when and why a response was reopened, by the revision that this made; a reason that was erased is empty."""
    mine = (col(AuditEvent.subject) == f"response/{identity(response)}", col(AuditEvent.verb) == _REOPENED)
    said = session.exec(select(Reopening).where(col(Reopening.response_id) == identity(response)))
    reasons = {row.revision: row.reason for row in said}
    found = {}
    for event in session.exec(select(AuditEvent).where(*mine)):
        details = json.loads(event.details)  # until 2026 the reason itself stood there
        found[int(details["revision"])] = Reopened(event.at, reasons.get(details["revision"], "") or str(details.get("reason", "")))
    return found
