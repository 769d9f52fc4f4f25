"""A person who is erased leaves no name in what is written about others, and the log stays whole."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from assess.store.session import writing
from assess.store.staff_tables import Account, Role
from assess.store.steering_tables import ActionItem
from assess.store.tables import AuditEvent, Cluster, MailState, Member, OutboxMail, Reopening, Response, Round
from assess.workflow import audit, break_glass, clusters, erasure, invitations, looks, people, personal_data, responses, rounds
from assess.workflow.people import LastAdministrator
from workflow.evaluating import answer_as_members, make_account, open_round, release
from workflow.surveying import BASE_URL, CLOSING, LATER, NOON, only

KEPT = "what argon2id made of it"
REASON = "Ms Example of Example Ltd asked for it."


def account(session: Session, name: str, *, invited: bool = False, role: Role | None = Role.ADMIN) -> Account:
    found = only(session.get(Account, make_account(session, name)))
    found.password_hash = None if invited else KEPT
    if role is not None:
        people.grant(session, found, role=role, now=NOON, actor="command line")
    return found


def reopened(session: Session, round_: Round) -> Response:
    answer_as_members(session, round_)
    response = only(session.exec(select(Response).order_by(col(Response.id))).first())
    return responses.reopen(session, response, actor="account/1", reason=REASON, now=NOON)


def planned(session: Session, round_: Round, owner: str) -> ActionItem:
    by = make_account(session, f"Planner{len(owner)}")
    about: dict[str, Any] = {"instrument": "x", "title": "X", "milestone": "M", "due": date(2027, 1, 1)}
    item = ActionItem(cluster_id=round_.cluster_id, round_id=only(round_.id), owner=owner, created_at=NOON, created_by=by, **about)
    session.add(item)
    session.flush()
    return item


def test_reason_of_a_reopening__is_shown__handed_out__and_not_in_the_log(engine: Engine) -> None:
    with writing(engine) as session:
        response = reopened(session, open_round(session))
        assert looks.reopenings(session, response)[response.revision].reason == REASON
        member = only(session.get(Member, response.member_id))
        handed_out = personal_data.export_of_member(session, member, answers_of=(), now=NOON, actor="account/1")
        assert handed_out["responses"][0]["reopened_because"] == [REASON]
        assert not [event for event in session.exec(select(AuditEvent)) if REASON in event.details]


@pytest.mark.parametrize("released", [False, True])
def test_reason_of_a_reopening__goes_with_the_member__also_where_the_answers_stay(engine: Engine, released: bool) -> None:
    with writing(engine) as session:
        round_ = open_round(session)
        response = reopened(session, round_)
        if released:
            rounds.close_round(session, round_, now=CLOSING)
            release(session, round_)
        member = only(session.get(Member, response.member_id))
        kept = erasure.erase_member(session, member, now=LATER, actor="account/1").kept
        assert bool(kept) is released
        assert session.exec(select(Reopening)).all() == []
        assert audit.verify(session).holds


def test_letters_about_an_access__name_an_erased_administrator_by_number__sent_or_not__in_every_language(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = open_round(session)
        ada, *others = (account(session, name) for name in ("Ada", "Alan", "Bea", "Cleo"))
        for other, language in zip(others, ("en", "de", "fr"), strict=True):
            other.language = language
        break_glass.open_glass(session, ada, round_, reason="A member asked what we hold about it.", now=NOON)
        people.rename(session, ada, name="Ada Renamed", now=NOON, actor="account/1")
        letters = session.exec(select(OutboxMail).where(col(OutboxMail.kind) == "break_glass").order_by(col(OutboxMail.id))).all()
        letters[0].state = MailState.SENT
        assert all("Ada (ada@example.org)" in letter.body.splitlines() for letter in letters)
        people.erase(session, ada, now=LATER, actor="account/1")
        greetings = ("Dear Alan,", "Guten Tag Bea,", "Bonjour Cleo,")
        for letter, greeting in zip(letters, greetings, strict=True):
            assert letter.body.splitlines().count(f"account {ada.id}") == 1
            assert "Ada" not in letter.body
            assert "ada@example.org" not in letter.body
            assert letter.body.startswith(greeting)
        assert audit.verify(session).holds


def test_letters_of_former_years__name_an_erased_administrator_by_number_as_well(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = open_round(session)
        ada, _alan = account(session, "Ada"), account(session, "Alan")
        break_glass.open_glass(session, ada, round_, reason="A member asked what we hold about it.", now=NOON)
        letter = only(session.exec(select(OutboxMail).where(col(OutboxMail.kind) == "break_glass")).first())
        letter.body = "Dear Alan,\n\ncheck that you know why: Ada (ada@example.org) opened the answers of X, 2026, as an administrator.\n"
        people.erase(session, ada, now=LATER, actor="account/1")
        assert f"check that you know why: account {ada.id} opened the answers of X, 2026, as an administrator." in letter.body


def test_owner_of_an_action_item__is_a_number_after_erasure__and_nobody_else_is_touched(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = open_round(session)
        mona = account(session, "Mona", role=None)
        items = [planned(session, round_, owner) for owner in ("Mona, cluster office", "mona@example.org", "Ramona Ltd", "Office")]
        people.erase(session, mona, now=LATER, actor="account/1")
        assert [item.owner for item in items] == [f"account {mona.id}, cluster office", f"account {mona.id}", "Ramona Ltd", "Office"]


def test_owner_of_an_action_item__is_a_number_after_the_erasure_of_a_member(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = open_round(session)
        cluster = only(session.get(Cluster, round_.cluster_id))
        member = clusters.add_member(session, cluster, name="Jo Example", kind="company", email="jo@example.com", now=NOON)
        items = [planned(session, round_, owner) for owner in ("Jo Example", "jo@example.com ")]
        invitations.invite(session, round_, member, base_url=BASE_URL, now=NOON)
        erasure.erase_member(session, member, now=LATER, actor="account/1", name_too=True)
        assert [item.owner for item in items] == [f"member {member.id}", f"member {member.id} "]


def test_administrator_who_never_set_a_password__does_not_keep_the_site_open(engine: Engine) -> None:
    with writing(engine) as session:
        ada, invited = account(session, "Ada"), account(session, "Invited", invited=True)
        with pytest.raises(LastAdministrator):
            people.disable(session, ada, now=NOON, actor="account/1")
        people.disable(session, invited, now=NOON, actor="account/1")
        invited.disabled_at, invited.password_hash = None, KEPT
        people.disable(session, ada, now=NOON, actor="account/1")
