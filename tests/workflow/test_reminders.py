"""Reminders by schedule: each moment once, to whoever has not submitted, and to nobody who was written to just before."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from assess.store.session import writing
from assess.store.tables import AuditEvent, Invitation, OutboxMail, Response, Round
from assess.workflow import invitations, reminders, rounds
from assess.workflow.reminders import SCHEDULE
from assess.workflow.rows import identity
from workflow.surveying import BASE_URL, CLOSING, NOON, make_round, only

DAY = timedelta(days=1)


@pytest.fixture
def round_id(engine: Engine) -> int:
    """An open round of thirty days with three invited members."""
    with writing(engine) as session:
        round_, _ = make_round(session, members=3)
        invitations.invite_all(session, round_, base_url=BASE_URL, now=NOON)
        return identity(round_)


def remind(engine: Engine, number: int, now: datetime) -> list[str]:
    """Remind on schedule; return the addresses that were newly written to."""
    with writing(engine) as session:
        before = set(session.exec(select(OutboxMail.id)))
        count = reminders.remind_on_schedule(session, only(session.get(Round, number)), base_url=BASE_URL, now=now)
        found = session.exec(select(OutboxMail).where(col(OutboxMail.id).not_in(before)).order_by(col(OutboxMail.recipient))).all()
        assert len(found) == count
        return [mail.recipient.partition("@")[0] for mail in found]


def link_of(session: Session, name: str) -> Invitation:
    return session.exec(select(Invitation).where(col(Invitation.email) == f"{name}@example.org").order_by(col(Invitation.id))).all()[0]


def open_link(engine: Engine, name: str) -> None:
    with writing(engine) as session:
        link_of(session, name).opened_at = NOON


def submit(engine: Engine, name: str) -> None:
    with writing(engine) as session:
        link = link_of(session, name)
        member, round_ = link.member_id, link.round_id
        session.add(Response(round_id=round_, member_id=member, questionnaire="member", version="1", created_at=NOON, submitted_at=NOON))


def test_a_round__is_reminded_of_three_times__and_never_twice_for_the_same_moment(engine: Engine, round_id: int) -> None:
    open_link(engine, "office1")
    submit(engine, "office2")
    written = {}
    for hours in range(0, 30 * 24 + 48, 6):
        now = NOON + timedelta(hours=hours)
        if found := remind(engine, round_id, now):
            written[now] = found
    assert written == {
        NOON + 7 * DAY: ["office0"],
        CLOSING - 7 * DAY: ["office0", "office1"],
        CLOSING - 2 * DAY: ["office0", "office1"],
    }


def test_a_reminder__is_audited_by_its_name(engine: Engine, round_id: int) -> None:
    remind(engine, round_id, NOON + 7 * DAY)
    with writing(engine) as session:
        event = session.exec(select(AuditEvent).where(col(AuditEvent.verb) == "remind")).one()
        assert event.details == '{"members":3,"reminder":"unopened"}'


def test_a_link_that_was_sent_again_and_opened__counts_as_opened(engine: Engine, round_id: int) -> None:
    with writing(engine) as session:
        further = invitations.resend(session, link_of(session, "office0"), base_url=BASE_URL, now=NOON).invitation
        further.opened_at = NOON
    assert remind(engine, round_id, NOON + 7 * DAY) == ["office1", "office2"]


def test_what_was_missed_while_nothing_ran__is_not_made_up_for(engine: Engine, round_id: int) -> None:
    assert len(remind(engine, round_id, CLOSING - DAY)) == 3
    assert remind(engine, round_id, CLOSING - DAY / 2) == []


def test_whoever_was_written_to_lately__is_left_in_peace_for_two_days(engine: Engine, round_id: int) -> None:
    moment = CLOSING - 7 * DAY
    with writing(engine) as session:
        invitations.remind_due(session, only(session.get(Round, round_id)), base_url=BASE_URL, now=moment - DAY)
    assert remind(engine, round_id, moment) == []
    assert remind(engine, round_id, moment + DAY - timedelta(minutes=1)) == []
    assert len(remind(engine, round_id, moment + DAY)) == 3


def test_a_round_that_is_planned_closed_or_over__reminds_nobody(engine: Engine, round_id: int) -> None:
    assert remind(engine, round_id, CLOSING) == []
    with writing(engine) as session:
        rounds.close_round(session, only(session.get(Round, round_id)), now=CLOSING - 3 * DAY)
    assert remind(engine, round_id, CLOSING - 2 * DAY) == []


def test_moments_before_the_opening__never_come(engine: Engine) -> None:
    with writing(engine) as session:
        round_, _ = make_round(session)
        round_.opens_at = CLOSING - 3 * DAY
        assert reminders.latest(round_, CLOSING - 2 * DAY - timedelta(seconds=1)) is None
        assert only(reminders.latest(round_, CLOSING - 2 * DAY)).key == "two-days-left"


def test_every_reminder__says_in_words_when_it_comes_and_to_whom() -> None:
    assert len({reminder.key for reminder in SCHEDULE}) == len(SCHEDULE)
    for reminder in SCHEDULE:
        assert reminder.anchor.value in reminder.words
        assert ("opened" if reminder.only_unopened else "submitted") in reminder.words
