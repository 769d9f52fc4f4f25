"""Writes down who did what, in the transaction of the act; every event is sealed together with all before it.

The seal of an event is HMAC-SHA-256 of the seal before it and the event's own words, under the key of the site. Whoever edits,
deletes, reorders or cuts off events without the key leaves a chain that does not hold.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from assess.definitions.digests import canonical_json
from assess.phrases import Phrase
from assess.store.tables import AuditEvent, AuditHead
from assess.workflow.rows import added, locked

SYSTEM = "system"
"""The actor of what happens by itself."""

_LONGEST = 120
_KEY = "audit_key"


@dataclass(frozen=True, slots=True)
class Chain:
    """What a check of the log found: how many events there are, the last seal, and where the chain does not hold."""

    events: int
    unsealed: int
    """Events from before the chain was begun."""
    head: str
    breaks: tuple[Phrase, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was edited, deleted, reordered or cut off."""
        return not self.breaks


def record(
    session: Session, *, actor: str, verb: str, subject: str, now: datetime, details: Mapping[str, str | int | None] | None = None
) -> AuditEvent:
    """Add an event. `details` never holds an answer, a token or a mail address: events outlive the data they are about."""
    head = locked(session, _head(session))
    event = AuditEvent(
        sequence=head.sequence + 1,
        at=now,
        actor=actor[:_LONGEST],
        verb=verb,
        subject=subject[:_LONGEST],
        details=canonical_json(dict(details or {})),
        seal="",
    )
    event.seal = _seal(_key(session), head.seal, event)
    head.sequence, head.seal = event.sequence, event.seal
    session.add_all((event, head))
    return event


def head(session: Session) -> tuple[int, str]:
    """Return the number of events and the last seal; 0 and nothing before the first event."""
    found = session.exec(select(AuditHead)).first()
    return (0, "") if found is None else (found.sequence, found.seal)


def verify(session: Session, *, known: tuple[int, str] | None = None) -> Chain:
    """Check the whole log. `known` is a number of events and their seal from elsewhere, such as a report: it finds a log that was cut."""
    key, before, count, unsealed = _key(session), "", 0, 0
    breaks: list[Phrase] = []
    for count, event in enumerate(session.exec(select(AuditEvent).order_by(col(AuditEvent.sequence))), start=1):
        if not event.seal and unsealed == count - 1:
            unsealed += 1
        else:
            breaks += _breaks(key, before, count, event)
        before = event.seal
        if known is not None and count == known[0] and not hmac.compare_digest(before, known[1]):
            breaks.append(Phrase("event %(number)s is not the one that the seal from elsewhere stands for", number=str(count)))
    last, seal = head(session)
    if (last, seal) != (count, before):
        other = Phrase(
            "the log ends with event %(number)s, but its last link says %(last)s: events were cut off or slipped in",
            number=str(count),
            last=str(last),
        )
        breaks.append(other)
    if known is not None and known[0] > count:
        fewer = Phrase("the log has %(found)s events, but there were %(known)s once: events were cut off", found=count, known=known[0])
        breaks.append(fewer)
    return Chain(count, unsealed, seal, tuple(breaks))


def _breaks(key: bytes, before: str, place: int, event: AuditEvent) -> Iterator[Phrase]:
    if event.sequence != place:
        other = str(event.sequence)
        yield Phrase("event %(number)s is missing or out of order: %(other)s stands in its place", number=str(place), other=other)
    elif not hmac.compare_digest(event.seal, _seal(key, before, event)):
        yield Phrase("event %(number)s is not as it was written, or what stood before it is not", number=str(place))


def _seal(key: bytes, before: str, event: AuditEvent) -> str:
    words = (before, event.sequence, event.at.isoformat(), event.actor, event.verb, event.subject, event.details)
    return hmac.new(key, canonical_json(list(words)).encode(), hashlib.sha256).hexdigest()


def _key(session: Session) -> bytes:
    key: bytes = session.get_bind().get_execution_options().get(_KEY, b"")
    return key


def _head(session: Session) -> AuditHead:
    return session.exec(select(AuditHead)).first() or added(session, AuditHead())
