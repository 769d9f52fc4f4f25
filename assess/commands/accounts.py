"""Keeps the accounts of staff from the command line: `assess account …`."""

from __future__ import annotations

import click
from sqlmodel import Session, col, select

from assess.commands.sites import ACTOR, Place, place_to_read, place_to_write
from assess.errors import AssessError
from assess.store.staff_tables import Account, Assignment, Programme, Role, TokenPurpose
from assess.store.tables import Cluster
from assess.workflow import people, second_factors
from assess.workflow.account_letters import LIFETIMES, address_of
from assess.workflow.rows import required


def add(email: str, name: str, role: str, cluster: str | None, programme: str | None) -> None:
    """Make an account with a role, queue its welcome mail, and print the link, once."""
    with place_to_write() as (here, session):
        base_url = here.settings.base_url
        account, token = people.add_account(session, email=email, name=name, base_url=base_url, now=here.now, actor=ACTOR)
        _grant(session, here, account, role, cluster, programme)
    days = LIFETIMES[TokenPurpose.WELCOME].days
    click.echo(
        f"Account {account.email} is made. This link leads to its first password, once, within {days} days; a mail with it is queued:"
    )
    click.echo(address_of(base_url, TokenPurpose.WELCOME, token))


def show() -> None:
    """Print every account that was not erased, with what it may look after."""
    with place_to_read() as (_, session):
        for account in session.exec(select(Account).where(col(Account.erased_at).is_(None)).order_by(col(Account.email))):
            rows = (_in_words(session, row) for row in people.assignments_of(session, account))
            click.echo(f"{account.email} · {account.name} · {_state(account)} · {', '.join(rows) or 'nothing assigned'}")


def disable(email: str) -> None:
    """Let nobody sign in to an account, and end its sessions."""
    with place_to_write() as (here, session):
        people.disable(session, _account(session, email), now=here.now, actor=ACTOR)
    click.echo(f"{email} is disabled; its sessions have ended.")


def enable(email: str) -> None:
    """Let an account sign in again."""
    with place_to_write() as (here, session):
        people.enable(session, _account(session, email), now=here.now, actor=ACTOR)
    click.echo(f"{email} can sign in again.")


def reset_second_factor(email: str) -> None:
    """Forget the device and recovery codes of an account, and end its sessions."""
    with place_to_write() as (here, session):
        people.reset_second_factor(session, _account(session, email), now=here.now, actor=ACTOR)
    click.echo(f"{email} sets up a new device at the next sign-in; its sessions have ended.")


def grant(email: str, role: str, cluster: str | None, programme: str | None) -> None:
    """Give an account one more role."""
    with place_to_write() as (here, session):
        _grant(session, here, _account(session, email), role, cluster, programme)
    click.echo(f"{email} is {role} now; its sessions have ended.")


def revoke(email: str, role: str, cluster: str | None, programme: str | None) -> None:
    """Take a role of an account away."""
    with place_to_write() as (here, session):
        account = _account(session, email)
        where = _cluster(session, cluster), _programme(session, programme)
        found = people.assignment_of(session, account, role=Role(role), cluster=where[0], programme=where[1])
        if found is None:
            raise AssessError(f"{email} is no {role} there; `assess account list` says what each account may look after.")
        people.revoke(session, found, now=here.now, actor=ACTOR)
    click.echo(f"{email} is {role} there no longer; its sessions have ended.")


def code(email: str) -> None:
    """Print the one-time code that an account's device would show. Raises AssessError outside the demo."""
    with place_to_read() as (here, session):
        if not here.settings.demo:
            raise AssessError("Use the account's own device: codes are printed in the demo only (ASSESS_DEMO=1).")
        account = _account(session, email)
        if account.totp_confirmed_at is None:
            raise AssessError(f"Sign in as {email} first and set up its device: it has none yet.")
        click.echo(second_factors.present_code(account, here.settings.secret, now=here.now))


def _grant(session: Session, here: Place, account: Account, role: str, cluster: str | None, programme: str | None) -> None:
    where = _cluster(session, cluster), _programme(session, programme)
    people.grant(session, account, role=Role(role), cluster=where[0], programme=where[1], now=here.now, actor=ACTOR)


def _account(session: Session, email: str) -> Account:
    found = people.account_by_email(session, email)
    if found is None:
        raise AssessError(f"There is no account {email}; `assess account list` names all.")
    return found


def _cluster(session: Session, key: str | None) -> Cluster | None:
    found = session.exec(select(Cluster).where(col(Cluster.key) == key)).first() if key else None
    if key and found is None:
        raise AssessError(f"There is no cluster {key}; name one by its key, such as example-valley.")
    return found


def _programme(session: Session, key: str | None) -> Programme | None:
    found = session.exec(select(Programme).where(col(Programme.key) == key)).first() if key else None
    if key and found is None:
        raise AssessError(f"There is no programme {key}; name one by its key.")
    return found


def _state(account: Account) -> str:
    if account.disabled_at is not None:
        return "disabled"
    if account.password_hash is None:
        return "no password yet"
    return "no device yet" if account.totp_confirmed_at is None else "active"


def _in_words(session: Session, row: Assignment) -> str:
    if row.cluster_id is not None:
        return f"{row.role.value} of {required(session, Cluster, row.cluster_id).key}"
    if row.programme_id is not None:
        return f"{row.role.value} of {required(session, Programme, row.programme_id).key}"
    return row.role.value
