"""Lets an administrator read the single answers of a round: for a stated reason, for an hour, and seen by everybody concerned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from assess.definitions.words import words_of
from assess.store.staff_tables import Account, BreakGlass
from assess.store.tables import Cluster, Round
from assess.workflow import audit, people
from assess.workflow.letters import letter
from assess.workflow.mail import Mail, queue
from assess.workflow.refusals import Taken, Unfit
from assess.workflow.retention import responsible
from assess.workflow.rows import added, identity, locked, required
from assess.workflow.traces import LETTER, named_in_letters

LIFETIME = timedelta(hours=1)
SHORTEST_REASON = 20
LONGEST_REASON = 1000


def open_glass(session: Session, account: Account, round_: Round, *, reason: str, now: datetime) -> BreakGlass:
    """Open the single answers of a round to an administrator, and tell the other administrators and the cluster's evaluators.

    Raises Unfit without a proper reason or when nothing is left to be read, Taken while the account's access to it is open.
    """
    said = " ".join(reason.split())
    if not SHORTEST_REASON <= len(said) <= LONGEST_REASON or not said.isprintable():
        raise Unfit("Say in %(least)s to %(most)s characters why: the others are told.", least=SHORTEST_REASON, most=LONGEST_REASON)
    if round_.erased_at is not None:
        raise Unfit("Choose another round: the single answers of this one were erased.")
    locked(session, account)  # so that the second click of two finds the access of the first
    if identity(round_) in people.open_glass(session, account, now=now):
        raise Taken("Use the access that you have: it is still open.")
    row = BreakGlass(account_id=identity(account), round_id=identity(round_), reason=said, opened_at=now, expires_at=now + LIFETIME)
    added(session, row)
    told = [other for other in responsible(session, round_) if other.id != account.id]
    queue(session, [_letter(session, row, account, other) for other in told], due_at=now)
    details: dict[str, str | int | None] = {"access": identity(row), "told": len(told), "minutes": int(LIFETIME.total_seconds() // 60)}
    audit.record(session, actor=people.reference(account), verb="break_glass", subject=f"round/{row.round_id}", now=now, details=details)
    return row


def close_glass(session: Session, row: BreakGlass, *, now: datetime) -> None:
    """End an access before its time. Raises Unfit when it has ended."""
    if row.expires_at <= now:
        raise Unfit("Nothing has to be ended: this access is over.")
    row.expires_at = now
    session.add(row)
    session.flush()
    details: dict[str, str | int | None] = {"access": identity(row)}
    audit.record(session, actor=f"account/{row.account_id}", verb="end_glass", subject=f"round/{row.round_id}", now=now, details=details)


def note_reading(session: Session, *, account_id: int, round_id: int, page: str, now: datetime) -> None:
    """Write down that a page with answers was read through broken glass; `page` is its address."""
    actor, subject = f"account/{account_id}", f"round/{round_id}"
    audit.record(session, actor=actor, verb="read_answers", subject=subject, now=now, details={"page": page})


def accesses(session: Session, *, most: int = 100) -> Sequence[BreakGlass]:
    """Return the accesses of all administrators, the newest first."""
    return session.exec(select(BreakGlass).order_by(col(BreakGlass.id).desc()).limit(most)).all()


def _letter(session: Session, row: BreakGlass, account: Account, other: Account) -> Mail:
    round_ = required(session, Round, row.round_id)
    words = words_of(other.language)
    subject, body = letter(
        LETTER,
        other.language,
        name=other.name,
        cluster=required(session, Cluster, round_.cluster_id).name,
        year=round_.year,
        who=named_in_letters(account),
        reason=row.reason,
        opened=words.moment(row.opened_at),
        expires=words.moment(row.expires_at),
    )
    return Mail(None, LETTER, f"{LETTER}:{identity(row)}:{identity(other)}", other.email, subject[:300], body)
