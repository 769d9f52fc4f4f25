"""Staff: their accounts, and what each may look after."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from assess.phrases import message
from assess.store.staff_tables import Account, AccountSession, AccountToken, Assignment, BreakGlass, Programme, ProgrammeCluster, Role
from assess.store.tables import AuditEvent, Cluster, MailState, OutboxMail
from assess.workflow import audit, traces
from assess.workflow.account_letters import send_welcome
from assess.workflow.account_sessions import end_all
from assess.workflow.mail import address
from assess.workflow.refusals import Taken, Unfit, WorkflowError
from assess.workflow.rows import added, identity, locked, required

_LONGEST_NAME = 200
_CLUSTER_ROLES = {Role.MANAGER, Role.EVALUATOR}


class LastAdministrator(WorkflowError):
    """Without an administrator nobody could make another."""

    def __init__(self) -> None:
        super().__init__(message("Make somebody else an administrator first: this is the last one who can sign in."))


def add_account(
    session: Session, *, email: str, name: str, base_url: str, now: datetime, actor: str, language: str = "en"
) -> tuple[Account, str]:
    """Make an account without a password, queue the mail that leads to its first one, and return the account and that link's token.

    Raises Taken when the address has an account, MailRefused or Unfit when address or name cannot be used.
    """
    known = address(email).lower()
    if account_by_email(session, known) is not None:
        raise Taken("Use another address: this one has an account already.")
    account = added(session, Account(email=known, name=_plain(name), language=language, created_at=now))
    audit.record(session, actor=actor, verb="add_account", subject=reference(account), now=now)
    return account, send_welcome(session, account, base_url=base_url, now=now)


def rename(session: Session, account: Account, *, name: str, language: str = "", now: datetime, actor: str) -> Account:
    """Change the name that stands on an account, and the language that its pages speak, where one is given."""
    account.name, account.language = _plain(name), language or account.language
    session.add(account)
    audit.record(session, actor=actor, verb="rename_account", subject=reference(account), now=now)
    return account


def disable(session: Session, account: Account, *, now: datetime, actor: str) -> None:
    """Let nobody sign in to an account and end its sessions. Raises LastAdministrator."""
    _keep_an_administrator(session, account)
    account.disabled_at = account.disabled_at or now
    session.add(account)
    end_all(session, account, now=now)
    audit.record(session, actor=actor, verb="disable_account", subject=reference(account), now=now)


def enable(session: Session, account: Account, *, now: datetime, actor: str) -> None:
    """Let an account sign in again. Raises Unfit for one that was erased."""
    if account.erased_at is not None:
        raise Unfit("Make a new account: this one was erased.")
    account.disabled_at = None
    session.add(account)
    audit.record(session, actor=actor, verb="enable_account", subject=reference(account), now=now)


def grant(
    session: Session,
    account: Account,
    *,
    role: Role,
    now: datetime,
    actor: str,
    cluster: Cluster | None = None,
    programme: Programme | None = None,
) -> Assignment:
    """Give an account a role for a cluster, a programme or the site, and end its sessions. Doing it again changes nothing.

    Raises Unfit when the role needs another kind of place.
    """
    _check_place(role, cluster, programme)
    locked(session, account)  # so that the second click of two finds what the first one gave
    found = assignment_of(session, account, role=role, cluster=cluster, programme=programme)
    if found is not None:
        return found
    row = Assignment(account_id=identity(account), role=role, created_at=now)
    row.cluster_id, row.programme_id = (identity(place) if place else None for place in (cluster, programme))
    added(session, row)
    end_all(session, account, now=now)
    audit.record(session, actor=actor, verb="grant", subject=reference(account), now=now, details=_what(row))
    return row


def revoke(session: Session, assignment: Assignment, *, now: datetime, actor: str) -> None:
    """Take an assignment away and end the account's sessions. Raises LastAdministrator."""
    account = required(session, Account, assignment.account_id)
    if assignment.role is Role.ADMIN:
        _keep_an_administrator(session, account)
    session.delete(assignment)
    session.flush()
    end_all(session, account, now=now)
    audit.record(session, actor=actor, verb="revoke_assignment", subject=reference(account), now=now, details=_what(assignment))


def reset_second_factor(session: Session, account: Account, *, now: datetime, actor: str) -> None:
    """Forget the device and the recovery codes of an account, which sets up a new device at its next sign-in; end its sessions."""
    account.totp_secret = account.totp_confirmed_at = None
    account.totp_last_step, account.recovery_codes = 0, "[]"
    session.add(account)
    end_all(session, account, now=now)
    audit.record(session, actor=actor, verb="reset_second_factor", subject=reference(account), now=now)


def erase(session: Session, account: Account, *, now: datetime, actor: str) -> None:
    """Empty an account of everything personal and disable it; its row stays, because events point to it. Raises LastAdministrator."""
    disable(session, account, now=now, actor=actor)
    number, before, named = identity(account), account.email, account.name
    account.email, account.name, account.language = f"erased-{number}@invalid", "", "en"
    account.password_hash = account.password_changed_at = None
    account.totp_secret = account.totp_confirmed_at = account.locked_until = None
    account.recovery_codes, account.erased_at = "[]", account.erased_at or now
    session.add(account)
    for mine in session.exec(select(AccountSession).where(col(AccountSession.account_id) == number)):
        mine.browser = ""
        session.add(mine)
    for link in session.exec(select(AccountToken).where(col(AccountToken.account_id) == number)):
        link.used_at = link.used_at or now
        session.add(link)
    _erase_mails(session, before, account.email)
    traces.forget_in_letters(session, number)
    traces.forget_owner(session, (before, named), f"account {number}")
    audit.record(session, actor=actor, verb="erase_account", subject=reference(account), now=now)


def export_of(session: Session, account: Account) -> dict[str, Any]:
    """Return what is kept about a person, in words and plain values that JSON can hold; no secret is among it."""
    number = identity(account)
    sessions = session.exec(select(AccountSession).where(col(AccountSession.account_id) == number).order_by(col(AccountSession.id)))
    mine = (col(AuditEvent.actor) == reference(account)) | (col(AuditEvent.subject) == reference(account))
    events = session.exec(select(AuditEvent).where(mine).order_by(col(AuditEvent.sequence)))
    return {
        "account": {
            "number": number,
            "email": account.email,
            "name": account.name,
            "language": account.language,
            "created_at": _moment(account.created_at),
            "password_changed_at": _moment(account.password_changed_at),
            "second_factor_since": _moment(account.totp_confirmed_at),
            "disabled_at": _moment(account.disabled_at),
        },
        "assignments": [_what(row) for row in assignments_of(session, account)],
        "sessions": [{"begun": _moment(one.created_at), "last_used": _moment(one.seen_at), "browser": one.browser} for one in sessions],
        "events": [{"at": _moment(one.at), "actor": one.actor, "verb": one.verb, "subject": one.subject} for one in events],
    }


def reference(account: Account) -> str:
    """How the audit log names an account."""
    return f"account/{identity(account)}"


def account_by_email(session: Session, email: str) -> Account | None:
    """Return the account of an address, in whatever case it is written."""
    return session.exec(select(Account).where(col(Account.email) == email.strip().lower())).first()


def assignments_of(session: Session, account: Account) -> Sequence[Assignment]:
    """Return what an account may look after."""
    return session.exec(select(Assignment).where(col(Assignment.account_id) == identity(account)).order_by(col(Assignment.id))).all()


def assignment_of(
    session: Session, account: Account, *, role: Role, cluster: Cluster | None = None, programme: Programme | None = None
) -> Assignment | None:
    """Return the assignment of an account to a role and its place; None where it has no such assignment."""
    wanted = (role, *(identity(place) if place else None for place in (cluster, programme)))
    return next((row for row in assignments_of(session, account) if (row.role, row.cluster_id, row.programme_id) == wanted), None)


def funded_clusters(session: Session, programmes: Collection[int]) -> frozenset[int]:
    """Return the clusters of some programmes."""
    if not programmes:
        return frozenset()
    rows = select(ProgrammeCluster.cluster_id).where(col(ProgrammeCluster.programme_id).in_(programmes))
    return frozenset(session.exec(rows))


def open_glass(session: Session, account: Account, *, now: datetime) -> frozenset[int]:
    """Return the rounds whose answers an account opened as an administrator, for as long as it may read them."""
    mine = (col(BreakGlass.account_id) == identity(account), col(BreakGlass.opened_at) <= now, col(BreakGlass.expires_at) > now)
    return frozenset(session.exec(select(BreakGlass.round_id).where(*mine)))


def _plain(name: str) -> str:
    plain = name.strip()
    if not 0 < len(plain) <= _LONGEST_NAME or not plain.isprintable():
        raise Unfit("Give a name of one line and at most %(most)s characters.", most=_LONGEST_NAME)
    return plain


def _check_place(role: Role, cluster: Cluster | None, programme: Programme | None) -> None:
    if (role in _CLUSTER_ROLES) != (cluster is not None):
        raise Unfit("Name a cluster for a manager or an evaluator, and for nobody else.")
    if (role is Role.AGENCY) != (programme is not None):
        raise Unfit("Name a programme for an agency, and for nobody else.")


def _keep_an_administrator(session: Session, account: Account) -> None:
    """One has to remain who can sign in; who never chose a password cannot."""
    wanted = select(Account).join(Assignment, col(Assignment.account_id) == col(Account.id))
    wanted = wanted.where(col(Assignment.role) == Role.ADMIN, col(Account.disabled_at).is_(None)).order_by(col(Account.id))
    found = session.exec(wanted.with_for_update()).all()  # of two administrators who take each other out, the second waits and is refused
    if account in found and not any(one.password_hash is not None for one in found if one is not account):
        raise LastAdministrator


def _erase_mails(session: Session, before: str, after: str) -> None:
    about = select(OutboxMail).where(col(OutboxMail.invitation_id).is_(None), col(OutboxMail.recipient) == before)
    for mail in session.exec(about):
        mail.recipient, mail.body = after, ""
        if mail.state is MailState.QUEUED:
            mail.state, mail.error = MailState.FAILED, "cancelled: the account was erased"
        session.add(mail)
    session.flush()


def _what(row: Assignment) -> Mapping[str, str | int | None]:
    return {"role": row.role.value, "cluster": row.cluster_id, "programme": row.programme_id}


def _moment(time: datetime | None) -> str | None:
    return None if time is None else f"{time.isoformat(timespec='seconds')}Z"
