"""Signing in: password, then code. Failures make an account wait, longer each time; what is said is the same whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from assess.store.staff_tables import Account, AccountSession, TokenPurpose
from assess.workflow import account_letters, account_sessions, audit, passwords, second_factors
from assess.workflow.mail import MailRefused, address
from assess.workflow.refusals import Unfit
from assess.workflow.rows import identity, locked, required

FREE_FAILURES = 5
LONGEST_WAIT = timedelta(minutes=30)
_UNKNOWN = "account/unknown"
"""How the audit log names an address that has no account; the address itself is nowhere in it."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A password that was tried, outside any transaction: trying takes long on purpose. `against` is what was kept then."""

    email: str
    right: bool
    against: str | None
    renewed: str | None = None
    """What is to be kept instead, because the costs of keeping were raised."""


def kept_password(session: Session, email: str) -> str | None:
    """Return what is kept of the password of an address; None where there is no account, or no password yet."""
    account = _by_email(session, email)
    return None if account is None else account.password_hash


def try_password(email: str, password: str, kept: str | None) -> Tried:
    """Try a password; takes as long for an address without an account."""
    right = passwords.fits(kept, password)
    renewed = passwords.keep(password) if right and kept is not None and passwords.is_outdated(kept) else None
    return Tried(email, right, kept, renewed)


def sign_in(session: Session, tried: Tried, *, browser: str, now: datetime) -> str | None:
    """Begin a session that waits for the second factor and return its token; None when it is refused, for whatever reason."""
    account = _by_email(session, tried.email)
    if account is not None:
        account = locked(session, account)
    if account is None or not _may_try(account, now) or not tried.right or account.password_hash != tried.against:
        _failed(session, account, "password", now)
        return None
    account.password_hash = tried.renewed or account.password_hash
    session.add(account)
    return account_sessions.begin(session, account, browser=browser, now=now)


def give_code(session: Session, session_id: int, code: str, *, secret: str, now: datetime) -> str | None:
    """Open a session with the second factor and return its new token; None when the code is refused, for whatever reason."""
    mine = required(session, AccountSession, session_id)
    account = locked(session, required(session, Account, mine.account_id))
    if locked(session, mine).ended_at is not None:
        return None
    if not _may_try(account, now) or not second_factors.take(session, account, code, secret=secret, now=now):
        _failed(session, account, "code", now)
        return None
    return _opened(session, mine, account, now)


def confirm_device(session: Session, session_id: int, code: str, *, secret: str, now: datetime) -> tuple[str, tuple[str, ...]]:
    """Set up a device by its first code; return the token of the opened session, and the recovery codes. Raises CodeWrong."""
    mine = required(session, AccountSession, session_id)
    account = locked(session, required(session, Account, mine.account_id))
    if locked(session, mine).ended_at is not None:
        raise second_factors.CodeWrong
    codes = second_factors.confirm(session, account, code, secret=secret, now=now)
    return _opened(session, mine, account, now), codes


def sign_out(session: Session, session_id: int, *, now: datetime) -> None:
    """End a session."""
    mine = required(session, AccountSession, session_id)
    account_sessions.end(session, mine, now=now)
    audit.record(session, actor=f"account/{mine.account_id}", verb="sign_out", subject=f"account/{mine.account_id}", now=now)


def ask_for_reset(session: Session, email: str, *, base_url: str, now: datetime) -> None:
    """Queue a mail with a link to a new password, where there is an account that may have one. What is said is the same anyway."""
    account = _by_email(session, email)
    able = account is not None and account.disabled_at is None
    if account is not None and able:
        account_letters.send_reset(session, account, base_url=base_url, now=now)
    audit.record(session, actor="anonymous", verb="ask_for_reset", subject=f"account/{account.id}" if account else _UNKNOWN, now=now)


def judge_password(account: Account, password: str) -> str:
    """Return a password that the account may have. Raises PasswordUnfit."""
    return passwords.judge(password, about=(account.name, account.email, second_factors.ISSUER))


def choose_password(session: Session, token: str, purpose: TokenPurpose, kept: str, *, now: datetime) -> Account:
    """Set the password to which a link leads, use the link up and end all sessions. `kept` is what `passwords.keep` made of it.

    Raises StaffLinkUnknown.
    """
    account = account_letters.use(session, token, purpose, now=now)
    _set_password(session, account, kept, now)
    return account


def change_password(session: Session, account_id: int, tried: Tried, kept: str, *, now: datetime) -> None:
    """Put a new password in place of the present one, which was tried, and end all sessions. Raises Unfit when it was not right."""
    account = locked(session, required(session, Account, account_id))
    if not tried.right or account.password_hash != tried.against:
        raise Unfit("Enter your present password again: this is not it.")
    _set_password(session, account, kept, now)


def wait_after(failures: int) -> timedelta:
    """How long an account waits after so many failures."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    return min(timedelta(minutes=2 ** min(failures - FREE_FAILURES, 10)), LONGEST_WAIT)


def _set_password(session: Session, account: Account, kept: str, now: datetime) -> None:
    account.password_hash, account.password_changed_at = kept, now
    account.failed_logins, account.locked_until = 0, None
    session.add(account)
    account_sessions.end_all(session, account, now=now)
    actor = f"account/{identity(account)}"
    audit.record(session, actor=actor, verb="change_password", subject=actor, now=now)


def _opened(session: Session, mine: AccountSession, account: Account, now: datetime) -> str:
    account.failed_logins, account.locked_until = 0, None
    session.add(account)
    actor = f"account/{identity(account)}"
    audit.record(session, actor=actor, verb="sign_in", subject=actor, now=now)
    return account_sessions.raised(session, mine, now=now)


def _may_try(account: Account, now: datetime) -> bool:
    return account.disabled_at is None and (account.locked_until is None or now >= account.locked_until)


def _failed(session: Session, account: Account | None, factor: str, now: datetime) -> None:
    """Count a failure; while an account waits, further tries do not make it wait longer."""
    if account is not None and _may_try(account, now):
        account.failed_logins += 1
        wait = wait_after(account.failed_logins)
        account.locked_until = now + wait if wait else None
        session.add(account)
    subject = _UNKNOWN if account is None else f"account/{account.id}"
    audit.record(session, actor="anonymous", verb="fail_to_sign_in", subject=subject, now=now, details={"factor": factor})


def _by_email(session: Session, email: str) -> Account | None:
    try:
        known = address(email).lower()
    except MailRefused:
        return None
    return session.exec(select(Account).where(col(Account.email) == known)).first()
