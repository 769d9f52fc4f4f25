"""Writes down who did what, in the transaction of the act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from assess.definitions.digests import canonical_json
from assess.store.tables import AuditEvent

SYSTEM = "system"
"""The actor of what happens by itself."""

_LONGEST = 120


def record(
    session: Session, *, actor: str, verb: str, subject: str, now: datetime, details: Mapping[str, str | int | None] | None = None
) -> AuditEvent:
    """Add an event. `details` never holds an answer, a token or a mail address: events outlive the data they are about."""
    event = AuditEvent(at=now, actor=actor[:_LONGEST], verb=verb, subject=subject[:_LONGEST], details=canonical_json(dict(details or {})))
    session.add(event)
    return event
