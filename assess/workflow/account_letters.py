"""Links mailed to staff, each to be used once: to a first password, or to a new one."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from assess.phrases import message
from assess.store.staff_tables import Account, AccountToken, TokenPurpose
from assess.workflow.letters import letter
from assess.workflow.links import hash_of
from assess.workflow.mail import Mail, queue
from assess.workflow.refusals import WorkflowError
from assess.workflow.rows import added, identity, locked, required

LIFETIMES = {TokenPurpose.WELCOME: timedelta(days=7), TokenPurpose.RESET: timedelta(hours=1)}
_TOKEN_BYTES = 32


class StaffLinkUnknown(WorkflowError):
    """No account was sent this link, or it was used, or it is too old."""

    def __init__(self) -> None:
        super().__init__(message("Ask for a new link: this one is not known here, was used already, or has expired."))


def send_welcome(session: Session, account: Account, *, base_url: str, now: datetime) -> str:
    """Queue the mail that leads to the first password, and return the link's token."""
    return _send(session, account, TokenPurpose.WELCOME, base_url, now)


def send_reset(session: Session, account: Account, *, base_url: str, now: datetime) -> None:
    """Queue the mail that leads to a new password."""
    _send(session, account, TokenPurpose.RESET, base_url, now)


def address_of(base_url: str, purpose: TokenPurpose, token: str) -> str:
    """Return the address of a link."""
    return f"{base_url.rstrip('/')}/{purpose.value}/{token}"


def holder(session: Session, token: str, purpose: TokenPurpose, *, now: datetime) -> Account:
    """Return the account that a link was sent to. Raises StaffLinkUnknown when it is good for nothing any more."""
    return required(session, Account, _good(session, token, purpose, now).account_id)


def use(session: Session, token: str, purpose: TokenPurpose, *, now: datetime) -> Account:
    """Use a link up, with all others of the same account, and return the account. Raises StaffLinkUnknown."""
    account_id = _good(session, token, purpose, now, for_use=True).account_id
    for link in session.exec(select(AccountToken).where(col(AccountToken.account_id) == account_id, col(AccountToken.used_at).is_(None))):
        link.used_at = now
        session.add(link)
    session.flush()
    return required(session, Account, account_id)


def _good(session: Session, token: str, purpose: TokenPurpose, now: datetime, *, for_use: bool = False) -> AccountToken:
    wanted = (col(AccountToken.token_hash) == hash_of(token), col(AccountToken.purpose) == purpose)
    found = session.exec(select(AccountToken).where(*wanted)).first()
    if found is not None and for_use:
        locked(session, found)
    if found is None or found.used_at is not None or now >= found.expires_at:
        raise StaffLinkUnknown
    if required(session, Account, found.account_id).disabled_at is not None:
        raise StaffLinkUnknown
    return found


def _send(session: Session, account: Account, purpose: TokenPurpose, base_url: str, now: datetime) -> str:
    number, token = _new(session, account, purpose, now)
    subject, body = letter(purpose.value, account.language, name=account.name, link=address_of(base_url, purpose, token))
    queue(session, [Mail(None, purpose.value, f"{purpose.value}:{number}", account.email, subject, body)], due_at=now)
    return token


def _new(session: Session, account: Account, purpose: TokenPurpose, now: datetime) -> tuple[int, str]:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    row = AccountToken(
        account_id=identity(account), purpose=purpose, token_hash=hash_of(token), created_at=now, expires_at=now + LIFETIMES[purpose]
    )
    return identity(added(session, row)), token
