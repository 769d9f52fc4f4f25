"""Retention: who is warned when, and that nothing is erased which must be kept or of which nobody was warned."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from assess.definitions.words import words_of
from assess.store.session import writing
from assess.store.staff_tables import Account, Role
from assess.store.tables import Cluster, MailState, OutboxMail, Round
from assess.workflow import people, retention
from assess.workflow.refusals import Unfit
from assess.workflow.retention import Warned, kept_until, months_after
from workflow.evaluating import closed_round, make_account, verbs
from workflow.surveying import BASE_URL, CLOSING, LATER, NOON, only

UNTIL = months_after(CLOSING, 60)
DAY = timedelta(days=1)


def round_with_staff(session: Session) -> Round:
    """A closed round, an evaluator of its cluster, one of nothing, and an administrator."""
    round_ = closed_round(session)
    grant(session, "Edith", Role.EVALUATOR, round_)
    grant(session, "Ada", Role.ADMIN, round_)
    make_account(session, "Emil")
    return round_


def grant(session: Session, name: str, role: Role, round_: Round) -> Account:
    account = only(session.get(Account, make_account(session, name)))
    cluster = session.get(Cluster, round_.cluster_id) if role is Role.EVALUATOR else None
    people.grant(session, account, role=role, cluster=cluster, now=NOON, actor="command line")
    return account


def mails(session: Session) -> list[OutboxMail]:
    return list(session.exec(select(OutboxMail).where(col(OutboxMail.kind) == "retention").order_by(col(OutboxMail.id))))


def deliver(session: Session, at: datetime, but: str = "") -> None:
    for mail in mails(session):
        if mail.state is MailState.QUEUED and mail.recipient != but:
            mail.state, mail.sent_at = MailState.SENT, at
            session.add(mail)
    session.flush()


def warn(session: Session, now: datetime) -> int:
    return retention.warn_due(session, base_url=BASE_URL, now=now)


def test_answers__are_kept_five_years_after_closing__unless_something_else_is_set(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = closed_round(session)
        assert kept_until(round_) == UNTIL == CLOSING.replace(year=CLOSING.year + 5)
        retention.set_retention(session, round_, LATER + 300 * DAY, now=LATER, actor="account/1")
        assert kept_until(round_) == LATER + 300 * DAY
        retention.set_retention(session, round_, None, now=LATER, actor="account/1")
        assert kept_until(round_) == UNTIL
        assert verbs(session)[-2:] == ["set_retention", "set_retention"]
        with pytest.raises(Unfit, match="Choose a day that lies ahead"):
            retention.set_retention(session, round_, LATER - DAY, now=LATER, actor="account/1")


def test_months__end_with_shorter_months() -> None:
    leap, august, january = (datetime.fromisoformat(day) for day in ("2028-02-29", "2026-08-31", "2026-01-15"))
    assert months_after(leap, 60) == datetime.fromisoformat("2033-02-28")
    assert months_after(august, -6) == datetime.fromisoformat("2026-02-28")
    assert months_after(january, -1) == datetime.fromisoformat("2025-12-15")


def test_warnings__go_six_two_and_one_months_before__once_each__to_evaluators_of_the_cluster_and_administrators(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = round_with_staff(session)
        assert warn(session, months_after(UNTIL, -6) - DAY) == 0
        for months in (6, 2, 1):
            assert warn(session, months_after(UNTIL, -months)) == 2
            assert warn(session, months_after(UNTIL, -months) + DAY) == 0
        assert {mail.recipient for mail in mails(session)} == {"ada@example.org", "edith@example.org"}
        assert len(mails(session)) == 6
        assert words_of("en").day(UNTIL) in mails(session)[0].body
        assert [one.months_before for one in retention.warnings_of(session, round_)] == [6, 2, 1]
        assert verbs(session).count("warn") == 3


def test_warnings_that_were_missed__are_not_given_late__only_the_one_that_is_true_now(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = round_with_staff(session)
        assert warn(session, UNTIL + 10 * DAY) == 2
        assert [one.months_before for one in retention.warnings_of(session, round_)] == [1]
        assert words_of("en").day(UNTIL + 10 * DAY + retention.LEAST_WARNING) in mails(session)[0].body


def test_another_day__begins_the_warnings_anew(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = round_with_staff(session)
        warn(session, months_after(UNTIL, -1))
        retention.set_retention(session, round_, UNTIL + 365 * DAY, now=UNTIL - DAY, actor="account/1")
        assert retention.warnings_of(session, round_) == ()
        assert warn(session, months_after(UNTIL + 365 * DAY, -1)) == 2


def test_due_is_only_what_was_warned_of_in_time_and_reached_everybody(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = round_with_staff(session)

        def refusal(now: datetime) -> str:
            with pytest.raises(Unfit) as refused:
                retention.refuse_unless_due(session, round_, now=now)
            return str(refused.value)

        assert refusal(UNTIL - DAY).startswith(f"Wait until {words_of('en').day(UNTIL)}")
        assert "nobody was warned" in refusal(UNTIL)
        warn(session, months_after(UNTIL, -1))
        assert "2 of the 2 mails" in refusal(UNTIL)
        deliver(session, months_after(UNTIL, -1), but="ada@example.org")
        assert "1 of the 2 mails" in refusal(UNTIL)
        deliver(session, UNTIL)
        assert "the last warning went out too late" in refusal(UNTIL + DAY)
        retention.refuse_unless_due(session, round_, now=UNTIL + retention.LEAST_WARNING)
        sent = months_after(UNTIL, -1)
        expected = Warned(1, sent, 2, 2, UNTIL)
        assert retention.warnings_of(session, round_) == (expected,)
        assert [one.id for one in retention.due_rounds(session, now=UNTIL)] == [round_.id]
        assert retention.due_rounds(session, now=UNTIL - DAY) == ()


def test_warning_that_failed__can_be_given_again__to_those_who_are_there_now(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = round_with_staff(session)
        with pytest.raises(Unfit, match="no warning is due"):
            retention.warn_again(session, round_, base_url=BASE_URL, now=LATER, actor="account/1")
        warn(session, months_after(UNTIL, -1))
        gone = only(session.exec(select(Account).where(col(Account.email) == "edith@example.org")).first())
        people.disable(session, gone, now=UNTIL, actor="account/1")
        assert retention.warn_again(session, round_, base_url=BASE_URL, now=UNTIL, actor="account/1") == 1
        deliver(session, UNTIL)
        retention.refuse_unless_due(session, round_, now=UNTIL + retention.LEAST_WARNING)


def test_with_nobody_to_warn__there_is_no_warning(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = closed_round(session)
        assert warn(session, UNTIL) == 0
        with pytest.raises(Unfit, match="nobody was warned"):
            retention.refuse_unless_due(session, round_, now=UNTIL + 365 * DAY)
