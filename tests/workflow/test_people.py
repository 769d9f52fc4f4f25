"""Accounts of staff: made, granted, disabled, erased, and what is left of them."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from assess.store.session import reading, writing
from assess.store.staff_tables import Account, AccountSession, AccountToken, Assignment, Programme, Role, TokenPurpose
from assess.store.tables import AuditEvent, MailState, OutboxMail
from assess.workflow import account_letters, account_sessions, audit, mail, people, second_factors
from assess.workflow.account_letters import StaffLinkUnknown
from assess.workflow.mail import MailRefused
from assess.workflow.people import LastAdministrator
from assess.workflow.refusals import Taken, Unfit
from assess.workflow.rows import added
from workflow.overlapping import overlapping
from workflow.surveying import BASE_URL, NOON, make_cluster, only

ACTOR = "command line"


def add(session: Session, email: str = "ada@example.org", *, role: Role | None = None) -> Account:
    account, _ = people.add_account(session, email=email, name="Ada Example", base_url=BASE_URL, now=NOON, actor=ACTOR)
    if role is not None:
        account.password_hash = "kept"  # noqa: S105 - who has none cannot sign in, and is no administrator to rely on
        people.grant(session, account, role=role, now=NOON, actor=ACTOR)
    return account


def signed_in(session: Session, account: Account) -> str:
    return account_sessions.begin(session, account, browser="Firefox", now=NOON)


def test_address__is_one_account__in_whatever_case(engine: Engine) -> None:
    with writing(engine) as session:
        add(session, "Ada@Example.org")
        with pytest.raises(Taken, match="Use another address"):
            add(session, "ada@example.ORG")
        assert only(people.account_by_email(session, " ADA@example.org ")).email == "ada@example.org"


@pytest.mark.parametrize("email", ["ada", "ada@example.org\r\nBcc: x@example.org", "a@b@c", ""])
def test_address_that_is_none__is_refused(engine: Engine, email: str) -> None:
    with writing(engine) as session, pytest.raises(MailRefused):
        add(session, email)


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "Ada\nExample"])
def test_name_that_cannot_be_printed__is_refused(engine: Engine, name: str) -> None:
    with writing(engine) as session, pytest.raises(Unfit, match="Give a name"):
        people.add_account(session, email="ada@example.org", name=name, base_url=BASE_URL, now=NOON, actor=ACTOR)


def test_new_account__has_no_password__and_a_link_to_one_is_mailed(engine: Engine) -> None:
    with writing(engine) as session:
        account, token = people.add_account(session, email="ada@example.org", name="Ada", base_url=BASE_URL, now=NOON, actor=ACTOR)
        assert account.password_hash is None
        (letter,) = session.exec(select(OutboxMail)).all()
        assert f"{BASE_URL}/welcome/{token}" in letter.body
        assert token not in only(session.exec(select(AccountToken)).first()).token_hash
        assert token not in mail.without_links(letter.body)


def test_welcome_link__is_looked_at_without_writing(engine: Engine) -> None:
    with writing(engine) as session:
        account, token = people.add_account(session, email="ada@example.org", name="Ada", base_url=BASE_URL, now=NOON, actor=ACTOR)
    with reading(engine) as session:
        assert account_letters.holder(session, token, TokenPurpose.WELCOME, now=NOON).id == account.id


def test_welcome_link__is_good_for_seven_days_and_once(engine: Engine) -> None:
    with writing(engine) as session:
        account, token = people.add_account(session, email="ada@example.org", name="Ada", base_url=BASE_URL, now=NOON, actor=ACTOR)
        late = NOON + timedelta(days=7)
        assert account_letters.holder(session, token, TokenPurpose.WELCOME, now=late - timedelta(seconds=1)) is account
        for wrong in ((token, TokenPurpose.WELCOME, late), (token, TokenPurpose.RESET, NOON), (f"{token}x", TokenPurpose.WELCOME, NOON)):
            with pytest.raises(StaffLinkUnknown, match="Ask for a new link"):
                account_letters.holder(session, wrong[0], wrong[1], now=wrong[2])
        account_letters.use(session, token, TokenPurpose.WELCOME, now=NOON)
        with pytest.raises(StaffLinkUnknown):
            account_letters.use(session, token, TokenPurpose.WELCOME, now=NOON)


def test_using_one_link__uses_up_all_others_of_the_account(engine: Engine) -> None:
    with writing(engine) as session:
        account, token = people.add_account(session, email="ada@example.org", name="Ada", base_url=BASE_URL, now=NOON, actor=ACTOR)
        account_letters.send_reset(session, account, base_url=BASE_URL, now=NOON)
        account_letters.use(session, token, TokenPurpose.WELCOME, now=NOON)
        assert all(link.used_at for link in session.exec(select(AccountToken)))


def test_link_of_a_disabled_account__is_good_for_nothing(engine: Engine) -> None:
    with writing(engine) as session:
        account, token = people.add_account(session, email="ada@example.org", name="Ada", base_url=BASE_URL, now=NOON, actor=ACTOR)
        people.disable(session, account, now=NOON, actor=ACTOR)
        with pytest.raises(StaffLinkUnknown):
            account_letters.holder(session, token, TokenPurpose.WELCOME, now=NOON)


def test_role__needs_the_place_it_is_for(engine: Engine) -> None:
    with writing(engine) as session:
        account, cluster = add(session), make_cluster(session)
        programme = added(session, Programme(key="p", name="P", funder="F"))
        for role, one, other in (
            (Role.MANAGER, None, None),
            (Role.EVALUATOR, None, programme),
            (Role.AGENCY, cluster, None),
            (Role.AGENCY, None, None),
            (Role.ADMIN, cluster, None),
            (Role.MANAGER, cluster, programme),
        ):
            with pytest.raises(Unfit, match="and for nobody else"):
                people.grant(session, account, role=role, cluster=one, programme=other, now=NOON, actor=ACTOR)
        for role, one, other in ((Role.MANAGER, cluster, None), (Role.AGENCY, None, programme), (Role.ADMIN, None, None)):
            row = people.grant(session, account, role=role, cluster=one, programme=other, now=NOON, actor=ACTOR)
            assert people.grant(session, account, role=role, cluster=one, programme=other, now=NOON, actor=ACTOR) is row
        assert len(session.exec(select(Assignment)).all()) == 3


def test_every_change_of_what_an_account_may_do__ends_its_sessions(engine: Engine) -> None:
    with writing(engine) as session:
        add(session, "other@example.org", role=Role.ADMIN)
        account = add(session, role=Role.ADMIN)
        cluster = make_cluster(session)

        def grant() -> None:
            people.grant(session, account, role=Role.MANAGER, cluster=cluster, now=NOON, actor=ACTOR)

        def revoke() -> None:
            people.revoke(session, only(people.assignment_of(session, account, role=Role.ADMIN)), now=NOON, actor=ACTOR)

        def reset() -> None:
            people.reset_second_factor(session, account, now=NOON, actor=ACTOR)

        def disable() -> None:
            people.disable(session, account, now=NOON, actor=ACTOR)

        for change in (grant, revoke, reset, disable):
            token = signed_in(session, account)
            assert account_sessions.find(session, token, now=NOON) is not None
            change()
            assert account_sessions.find(session, token, now=NOON) is None, change.__name__
        people.enable(session, account, now=NOON, actor=ACTOR)
        assert account_sessions.find(session, token, now=NOON) is None


def test_last_administrator__stays(engine: Engine) -> None:
    with writing(engine) as session:
        first, second = add(session, "one@example.org", role=Role.ADMIN), add(session, "two@example.org", role=Role.ADMIN)
        people.disable(session, first, now=NOON, actor=ACTOR)
        row = only(people.assignment_of(session, second, role=Role.ADMIN))
        for act in (people.disable, people.erase):
            with pytest.raises(LastAdministrator, match="Make somebody else"):
                act(session, second, now=NOON, actor=ACTOR)
        with pytest.raises(LastAdministrator):
            people.revoke(session, row, now=NOON, actor=ACTOR)
        people.enable(session, first, now=NOON, actor=ACTOR)
        people.revoke(session, row, now=NOON, actor=ACTOR)


def test_two_administrators__who_disable_each_other_at_once__do_not_both_succeed(engine: Engine) -> None:
    with writing(engine) as session:
        ada, alan = (only(add(session, f"{name}@example.org", role=Role.ADMIN).id) for name in ("ada", "alan"))

    def disabling(number: int, session: Session) -> None:
        people.disable(session, only(session.get(Account, number)), now=NOON, actor=ACTOR)

    assert isinstance(overlapping(engine, partial(disabling, alan), partial(disabling, ada)), LastAdministrator)
    with writing(engine) as session:
        assert only(session.get(Account, ada)).disabled_at is None


def test_role_that_is_given_twice_at_once__is_one_assignment(engine: Engine) -> None:
    with writing(engine) as session:
        number = only(add(session).id)

    def granting(session: Session) -> None:
        people.grant(session, only(session.get(Account, number)), role=Role.ADMIN, now=NOON, actor=ACTOR)

    assert overlapping(engine, granting, granting) is None
    with writing(engine) as session:
        assert len(session.exec(select(Assignment)).all()) == 1


def test_erased_account__holds_nothing_personal__and_its_events_stay(engine: Engine) -> None:
    with writing(engine) as session:
        account = add(session)
        signed_in(session, account)
        second_factors.begin(session, account)
        number = only(account.id)
        people.erase(session, account, now=NOON, actor=ACTOR)
        assert (account.email, account.name) == (f"erased-{number}@invalid", "")
        assert account.password_hash is None
        assert account.totp_secret is None
        assert account.disabled_at is not None
        assert [one.browser for one in session.exec(select(AccountSession))] == [""]
        assert all(link.used_at for link in session.exec(select(AccountToken)))
        (letter,) = session.exec(select(OutboxMail)).all()
        assert (letter.recipient, letter.body, letter.state) == (account.email, "", MailState.FAILED)
        events = session.exec(select(AuditEvent)).all()
        assert "erase_account" in {event.verb for event in events}
        assert not [event for event in events if "ada" in f"{event.actor}{event.subject}{event.details}".lower()]
        assert audit.verify(session).holds
        with pytest.raises(Unfit, match="Make a new account"):
            people.enable(session, account, now=NOON, actor=ACTOR)
        add(session)


def test_export__says_what_is_kept__without_any_secret(engine: Engine) -> None:
    with writing(engine) as session:
        account = add(session, role=Role.ADMIN)
        token = signed_in(session, account)
        second_factors.begin(session, account)
        text = json.dumps(people.export_of(session, account))
        assert "ada@example.org" in text
        assert '"role": "admin"' in text
        for secret in (token, only(account.totp_secret), only(session.exec(select(AccountSession)).first()).token_hash):
            assert secret not in text


def test_events_about_accounts__name_them_by_number_only(engine: Engine) -> None:
    with writing(engine) as session:
        account = add(session, role=Role.ADMIN)
        people.rename(session, account, name="Ada Renamed", now=NOON, actor=people.reference(account))
        assert account.name == "Ada Renamed"
        subjects = {event.subject for event in session.exec(select(AuditEvent))}
        assert subjects == {f"account/{account.id}"}
