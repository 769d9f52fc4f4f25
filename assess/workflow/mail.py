"""Queues mails in the transaction that calls for them, and delivers them later, each at least once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum

from sqlalchemy import insert
from sqlmodel import Session

from assess.store.queries import due_mails
from assess.store.tables import Invitation, MailState, OutboxMail
from assess.workflow.refusals import Unfit
from assess.workflow.transports import Refused, Transport, Undelivered

MOST_ATTEMPTS = 8
LEASE = timedelta(minutes=10)
"""How long a claimed mail is left to whoever claimed it."""

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])?\Z")
_LONGEST_ADDRESS, _LONGEST_SUBJECT = 254, 300
_LINK = re.compile(r"/(s|welcome|reset)/[A-Za-z0-9_-]{43}")


class MailRefused(Unfit):
    """A mail whose address or subject could be read as something else."""


class Outcome(StrEnum):
    """What became of one attempt to send."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to be queued; `key` says what it is about, so that it is never queued twice."""

    invitation_id: int | None
    kind: str
    key: str
    recipient: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A queued mail that is ours to send."""

    id: int
    key: str
    recipient: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One claimed mail and what became of it."""

    id: int
    outcome: Outcome
    error: str = ""


def address(text: str) -> str:
    """Return a mail address without spaces around it.

    Raises MailRefused for anything but one plain address: line breaks, several recipients or names would change the mail's header.
    """
    found = text.strip(" ")
    if len(found) > _LONGEST_ADDRESS or not _ADDRESS.match(found) or ".." in found:
        raise MailRefused("Write one mail address, such as office@example.org, without a name, spaces or line breaks.")
    return found


def queue(session: Session, mails: Sequence[Mail], *, due_at: datetime) -> None:
    """Queue mails in the present transaction. Raises MailRefused when one of them carries more in its header than it should."""
    rows = [
        {
            "invitation_id": mail.invitation_id,
            "kind": mail.kind,
            "key": mail.key,
            "recipient": address(mail.recipient),
            "subject": _one_line(mail.subject),
            "body": mail.body,
            "state": MailState.QUEUED,
            "due_at": due_at,
            "attempts": 0,
        }
        for mail in mails
    ]
    if rows:
        session.execute(insert(OutboxMail), rows)


def claim_due(session: Session, *, now: datetime, limit: int = 50) -> tuple[Claimed, ...]:
    """Take the oldest mails that are due, for `LEASE`; commit, then `send` them, so that nobody waits for a mail server."""
    rows = due_mails(session, now, limit)
    for row in rows:
        row.attempts += 1
        row.due_at = now + LEASE
        session.add(row)
    session.flush()
    return tuple(Claimed(row.id, row.key, row.recipient, row.subject, row.body) for row in rows if row.id is not None)


def send(mails: Iterable[Claimed], transport: Transport, *, sender: str, now: datetime) -> tuple[Attempt, ...]:
    """Try every mail once; the store is not needed for it."""
    return tuple(_attempt(mail, transport, sender, now) for mail in mails)


def settle(session: Session, attempts: Iterable[Attempt], *, now: datetime) -> int:
    """Write down what became of claimed mails and return how many were sent.

    The links in a mail that was sent are taken out of its row, so that no token stays in the store. One that could not be sent is
    tried again, later each time; an address that refuses mail is marked and not written to again.
    """
    sent = 0
    for attempt in attempts:
        row = session.get(OutboxMail, attempt.id)
        if row is None or row.state is not MailState.QUEUED:
            continue
        _settle(session, row, attempt, now)
        sent += attempt.outcome is Outcome.SENT
    session.flush()
    return sent


def deliver_due(session: Session, transport: Transport, *, sender: str, now: datetime, limit: int = 50) -> int:
    """Claim, send and settle in one transaction, and return how many were sent: for transports that take no time."""
    return settle(session, send(claim_due(session, now=now, limit=limit), transport, sender=sender, now=now), now=now)


def message(mail: Claimed, *, sender: str, now: datetime) -> EmailMessage:
    """Make the mail; its Message-ID follows from its key, so that a mail sent twice is seen to be the same. Raises MailRefused."""
    made = EmailMessage()
    made["From"] = address(sender)
    made["To"] = address(mail.recipient)
    made["Subject"] = _one_line(mail.subject)
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{hashlib.sha256(mail.key.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(mail.body)
    return made


def without_links(text: str) -> str:
    """Take the tokens out of a text."""
    return _LINK.sub(r"/\1/[taken out after sending]", text)


def _attempt(mail: Claimed, transport: Transport, sender: str, now: datetime) -> Attempt:
    try:
        transport.send(message(mail, sender=sender, now=now))
    except (Refused, MailRefused) as error:
        return Attempt(mail.id, Outcome.REFUSED, str(error))
    except Undelivered as error:
        return Attempt(mail.id, Outcome.LATER, str(error))
    return Attempt(mail.id, Outcome.SENT)


def _settle(session: Session, row: OutboxMail, attempt: Attempt, now: datetime) -> None:
    row.error = without_links(attempt.error)[:500] or None
    if attempt.outcome is Outcome.SENT:
        row.state, row.sent_at, row.body = MailState.SENT, now, without_links(row.body)
    elif attempt.outcome is Outcome.REFUSED:
        row.state, row.body = MailState.BOUNCED, without_links(row.body)
        _mark_bounced(session, row, now)
    elif row.attempts >= MOST_ATTEMPTS:
        row.state, row.body = MailState.FAILED, without_links(row.body)
    else:
        row.due_at = now + timedelta(minutes=2**row.attempts)
    session.add(row)


def _mark_bounced(session: Session, row: OutboxMail, now: datetime) -> None:
    invitation = session.get(Invitation, row.invitation_id) if row.invitation_id is not None else None
    if invitation is not None and invitation.bounced_at is None and invitation.email == row.recipient:
        invitation.bounced_at = now
        session.add(invitation)


def _one_line(subject: str) -> str:
    if not subject.isprintable() or len(subject) > _LONGEST_SUBJECT:
        raise MailRefused(
            "Write the subject on one line of at most %(most)s characters; it names the cluster and the year.", most=_LONGEST_SUBJECT
        )
    return subject
