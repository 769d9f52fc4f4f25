"""Finds events of the audit log, and the names that stand behind their references while there are any."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, select

from assess.store.staff_tables import Account
from assess.store.tables import AuditEvent
from assess.workflow import audit
from assess.workflow.audit import Chain

MOST_EXPORTED = 100_000
"""Events of one export; whoever needs more exports by days."""
CHECK = "check_log"
"""The verb under which a check of the whole log stands in it."""

_ACCOUNT = re.compile(r"account/([0-9]{1,12})\Z")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = ("sequence", "at", "actor", "name", "verb", "subject", "details", "seal")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are wanted; empty: all. Actor and subject are references or their beginnings, such as `account/7` or `round/`."""

    actor: str = ""
    verb: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None
    """The last day."""


def events(session: Session, wanted: Wanted, *, before: int | None = None, most: int) -> Sequence[AuditEvent]:
    """Return the newest events that are wanted, the newest first; `before`: only those whose number is lower."""
    found = select(AuditEvent).order_by(col(AuditEvent.sequence).desc()).limit(most)
    for column, text in ((col(AuditEvent.actor), wanted.actor), (col(AuditEvent.subject), wanted.subject)):
        if text:
            found = found.where(column.startswith(text, autoescape=True) if text.endswith("/") else column == text)
    if wanted.verb:
        found = found.where(col(AuditEvent.verb) == wanted.verb)
    if wanted.since is not None:
        found = found.where(col(AuditEvent.at) >= _begin(wanted.since))
    if wanted.until is not None:
        found = found.where(col(AuditEvent.at) < _begin(wanted.until) + timedelta(days=1))
    if before is not None:
        found = found.where(col(AuditEvent.sequence) < before)
    return session.exec(found).all()


def verbs(session: Session) -> Sequence[str]:
    """Return every verb that stands in the log."""
    return session.exec(select(AuditEvent.verb).distinct().order_by(col(AuditEvent.verb))).all()


def names(session: Session, found: Iterable[AuditEvent]) -> dict[str, str]:
    """Return the names of the accounts that events refer to, by reference; erased accounts have none."""
    references = {text: match for event in found for text in (event.actor, event.subject) if (match := _ACCOUNT.match(text))}
    numbers = {int(match[1]) for match in references.values()}
    known = session.exec(select(Account).where(col(Account.id).in_(numbers)))
    return {f"account/{account.id}": account.name for account in known if account.name}


def check(session: Session, *, now: datetime, actor: str) -> Chain:
    """Check the whole log, and write down that it was checked and what was found."""
    found = audit.verify(session)
    details: dict[str, str | int | None] = {"events": found.events, "breaks": len(found.breaks)}
    audit.record(session, actor=actor, verb=CHECK, subject="log", now=now, details=details)
    return found


def last_check(session: Session) -> AuditEvent | None:
    """Return the event of the last check; None when the log was never checked here."""
    return session.exec(select(AuditEvent).where(col(AuditEvent.verb) == CHECK).order_by(col(AuditEvent.sequence).desc())).first()


def as_csv(found: Iterable[AuditEvent], named: Mapping[str, str]) -> str:
    """Return events as a table; what a spreadsheet would take for a formula begins with an apostrophe."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for event in found:
        words = (event.actor, named.get(event.actor, ""), event.verb, event.subject, event.details, event.seal)
        writer.writerow((event.sequence, f"{event.at.isoformat()}Z", *map(_harmless, words)))
    return stream.getvalue()


def _begin(day: date) -> datetime:
    return datetime.combine(day, time())


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
