"""Tells whether a diagnosis rests on the answers as they stand now: the log says which submission was the last when it was made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel import Session, col, func, select

from assess.store.tables import AuditEvent, Response, StoredDiagnosis, Submission

VERB = "diagnose"
_LAST = "last_submission"


def last_submission_of(session: Session, round_id: int) -> int:
    """Return the number of the last submission of a round; 0 before the first."""
    numbers = select(func.max(Submission.id)).join(Response, col(Response.id) == col(Submission.response_id))
    return session.exec(numbers.where(col(Response.round_id) == round_id)).one() or 0


def used(session: Session, round_id: int) -> dict[str, int]:
    """Return what the log is to say beside a diagnosis that is made now."""
    return {_LAST: last_submission_of(session, round_id)}


def has_newest_answers(session: Session, diagnosis: StoredDiagnosis) -> bool:
    """Whether nobody handed anything in since a diagnosis was made, or made again with the same outcome."""
    newest = last_submission_of(session, diagnosis.round_id)
    return any(details.get(_LAST) == newest for details in _made(session, diagnosis))


def _made(session: Session, diagnosis: StoredDiagnosis) -> Iterator[Mapping[str, Any]]:
    mine = (col(AuditEvent.verb) == VERB, col(AuditEvent.subject) == f"round/{diagnosis.round_id}")
    for text in session.exec(select(AuditEvent.details).where(*mine)):
        details = json.loads(text)
        if details.get("digest") == diagnosis.digest:
            yield details
