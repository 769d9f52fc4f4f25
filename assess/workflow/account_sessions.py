"""Sessions of signed-in staff: begun, raised by the second factor, ended. Only the SHA-256 of a token is kept."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from assess.store.staff_tables import Account, AccountSession
from assess.workflow import audit
from assess.workflow.links import hash_of
from assess.workflow.rows import added, identity

IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
_NOTE_EVERY = timedelta(minutes=1)
"""How exactly it is noted when a session was last used."""
_TOKEN_BYTES = 32
_LONGEST_BROWSER = 200


def begin(session: Session, account: Account, *, browser: str, now: datetime) -> str:
    """Begin a session that opens nothing but the second factor, and return its token."""
    return _new(session, identity(account), browser, now, now + LONGEST, None)


def raised(session: Session, mine: AccountSession, *, now: datetime) -> str:
    """Put a session with the second factor in place of the one that waited for it, and return its token."""
    end(session, mine, now=now)
    return _new(session, mine.account_id, mine.browser, now, mine.created_at + LONGEST, now)


def lowered(session: Session, mine: AccountSession, *, now: datetime) -> str:
    """Put a session that waits for the second factor in place of one that had it, and return its token."""
    end(session, mine, now=now)
    return _new(session, mine.account_id, mine.browser, now, mine.created_at + LONGEST, None)


def find(session: Session, token: str, *, now: datetime) -> tuple[AccountSession, Account] | None:
    """Return the session of a token and its account, while both are good; None otherwise."""
    wanted = select(AccountSession, Account).join(Account, col(Account.id) == col(AccountSession.account_id))
    found = session.exec(wanted.where(col(AccountSession.token_hash) == hash_of(token))).first()
    if found is None or found[1].disabled_at is not None or not _lives(found[0], now):
        return None
    return found


def to_be_noted(mine: AccountSession, now: datetime) -> bool:
    """Say whether it is time to write down again that a session is in use."""
    return now - mine.seen_at >= _NOTE_EVERY


def note_use(session: Session, number: int, *, now: datetime) -> None:
    """Write down that a session is in use, unless it was ended meanwhile."""
    mine = session.get(AccountSession, number)
    if mine is not None and _lives(mine, now):
        mine.seen_at = now
        session.add(mine)
        session.flush()


def end(session: Session, mine: AccountSession, *, now: datetime) -> None:
    """End one session."""
    mine.ended_at = mine.ended_at or now
    session.add(mine)
    session.flush()


def end_all(session: Session, account: Account, *, now: datetime, but: int | None = None) -> int:
    """End all sessions of an account, but perhaps one, and return how many."""
    ended = [one for one in living(session, account, now=now) if one.id != but]
    for one in ended:
        end(session, one, now=now)
    return len(ended)


def end_own(session: Session, mine: AccountSession, *, now: datetime) -> None:
    """End a session by the wish of the account itself, and write that down; one that has ended already stays as it is."""
    if mine.ended_at is None:
        end(session, mine, now=now)
        _record_end(session, mine.account_id, now, session=identity(mine))


def end_others(session: Session, account: Account, *, but: int, now: datetime) -> int:
    """End all sessions of an account but one by its own wish, write that down, and return how many."""
    ended = end_all(session, account, now=now, but=but)
    if ended:
        _record_end(session, identity(account), now, sessions=ended)
    return ended


def living(session: Session, account: Account, *, now: datetime) -> Sequence[AccountSession]:
    """Return the sessions of an account that are good, the newest first."""
    mine = select(AccountSession).where(col(AccountSession.account_id) == identity(account), col(AccountSession.ended_at).is_(None))
    return [one for one in session.exec(mine.order_by(col(AccountSession.id).desc())) if _lives(one, now)]


def _new(session: Session, account_id: int, browser: str, now: datetime, expires: datetime, second_factor: datetime | None) -> str:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    row = AccountSession(
        account_id=account_id,
        token_hash=hash_of(token),
        browser="".join(filter(str.isprintable, browser))[:_LONGEST_BROWSER],
        created_at=now,
        seen_at=now,
        expires_at=expires,
        second_factor_at=second_factor,
    )
    added(session, row)
    return token


def _record_end(store: Session, account_id: int, now: datetime, **details: int) -> None:
    mine = f"account/{account_id}"
    audit.record(store, actor=mine, verb="end_session", subject=mine, now=now, details=details)


def _lives(mine: AccountSession, now: datetime) -> bool:
    return mine.ended_at is None and now < mine.expires_at and now - mine.seen_at < IDLE
