"""Keeps the accounts of staff from the command line: `assess account …`."""

from __future__ import annotations

import click
from sqlmodel import Session, col, select

from assess.commands.sites import ACTOR, Place, place_to_read, place_to_write
from assess.commands.speaking import reader, say
from assess.definitions.words import Words
from assess.errors import AssessError
from assess.phrases import Phrase, message
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
        say(
            "Account %(account)s is made. This link leads to its first password, once, within %(days)s days; a mail with it is queued:",
            account=account.email,
            days=days,
        )
    )
    click.echo(address_of(base_url, TokenPurpose.WELCOME, token))


def show() -> None:
    """Print every account that was not erased, with what it may look after."""
    words = reader()
    with place_to_read() as (_, session):
        for account in session.exec(select(Account).where(col(Account.erased_at).is_(None)).order_by(col(Account.email))):
            rows = ", ".join(_in_words(session, row, words) for row in people.assignments_of(session, account))
            click.echo(f"{account.email} · {account.name} · {words.say(_state(account))} · {rows or words.say('nothing assigned')}")


def disable(email: str) -> None:
    """Let nobody sign in to an account, and end its sessions."""
    with place_to_write() as (here, session):
        people.disable(session, _account(session, email), now=here.now, actor=ACTOR)
    click.echo(say("%(email)s is disabled; its sessions have ended.", email=email))


def enable(email: str) -> None:
    """Let an account sign in again."""
    with place_to_write() as (here, session):
        people.enable(session, _account(session, email), now=here.now, actor=ACTOR)
    click.echo(say("%(email)s can sign in again.", email=email))


def reset_second_factor(email: str) -> None:
    """Forget the device and recovery codes of an account, and end its sessions."""
    with place_to_write() as (here, session):
        people.reset_second_factor(session, _account(session, email), now=here.now, actor=ACTOR)
    click.echo(say("%(email)s sets up a new device at the next sign-in; its sessions have ended.", email=email))


def grant(email: str, role: str, cluster: str | None, programme: str | None) -> None:
    """Give an account one more role."""
    with place_to_write() as (here, session):
        _grant(session, here, _account(session, email), role, cluster, programme)
    click.echo(say("%(email)s is %(role)s now; its sessions have ended.", email=email, role=role))


def revoke(email: str, role: str, cluster: str | None, programme: str | None) -> None:
    """Take a role of an account away."""
    with place_to_write() as (here, session):
        account = _account(session, email)
        where = _cluster(session, cluster), _programme(session, programme)
        found = people.assignment_of(session, account, role=Role(role), cluster=where[0], programme=where[1])
        if found is None:
            raise AssessError(
                Phrase(
                    "%(email)s is no %(role)s there; `assess account list` says what each account may look after.", email=email, role=role
                )
            )
        people.revoke(session, found, now=here.now, actor=ACTOR)
    click.echo(say("%(email)s is %(role)s there no longer; its sessions have ended.", email=email, role=role))


def code(email: str) -> None:
    """Print the one-time code that an account's device would show. Raises AssessError outside the demo."""
    with place_to_read() as (here, session):
        if not here.settings.demo:
            raise AssessError(Phrase("Use the account's own device: codes are printed in the demo only (ASSESS_DEMO=1)."))
        account = _account(session, email)
        if account.totp_confirmed_at is None:
            raise AssessError(Phrase("Sign in as %(email)s first and set up its device: it has none yet.", email=email))
        click.echo(second_factors.present_code(account, here.settings.secret, now=here.now))


def _grant(session: Session, here: Place, account: Account, role: str, cluster: str | None, programme: str | None) -> None:
    where = _cluster(session, cluster), _programme(session, programme)
    people.grant(session, account, role=Role(role), cluster=where[0], programme=where[1], now=here.now, actor=ACTOR)


def _account(session: Session, email: str) -> Account:
    found = people.account_by_email(session, email)
    if found is None:
        raise AssessError(Phrase("There is no account %(email)s; `assess account list` names all.", email=email))
    return found


def _cluster(session: Session, key: str | None) -> Cluster | None:
    found = session.exec(select(Cluster).where(col(Cluster.key) == key)).first() if key else None
    if key and found is None:
        raise AssessError(Phrase("There is no cluster %(key)s; name one by its key, such as example-valley.", key=key))
    return found


def _programme(session: Session, key: str | None) -> Programme | None:
    found = session.exec(select(Programme).where(col(Programme.key) == key)).first() if key else None
    if key and found is None:
        raise AssessError(Phrase("There is no programme %(key)s; name one by its key.", key=key))
    return found


def _state(account: Account) -> str:
    if account.disabled_at is not None:
        return message("disabled")
    if account.password_hash is None:
        return message("no password yet")
    return message("no device yet") if account.totp_confirmed_at is None else message("active")


def _in_words(session: Session, row: Assignment, words: Words) -> str:
    if row.cluster_id is not None:
        return words.say("%(role)s of %(place)s", role=row.role.value, place=required(session, Cluster, row.cluster_id).key)
    if row.programme_id is not None:
        return words.say("%(role)s of %(place)s", role=row.role.value, place=required(session, Programme, row.programme_id).key)
    return row.role.value
