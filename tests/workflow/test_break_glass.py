"""Break-glass: a reason, an hour, one round, and nobody who should know is left out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from assess.store.session import writing
from assess.store.staff_tables import Account, Role
from assess.store.tables import AuditEvent, Cluster, OutboxMail, Round
from assess.workflow import break_glass, people
from assess.workflow.refusals import Taken, Unfit
from workflow.evaluating import make_account, open_round, verbs
from workflow.overlapping import overlapping
from workflow.surveying import NOON, only

REASON = "A member asked what we hold about it."


def staffed(session: Session) -> tuple[Round, Account]:
    """A round with an evaluator, and two administrators, of whom the first is returned."""
    round_ = open_round(session)
    for name, role in (("Ada", Role.ADMIN), ("Alan", Role.ADMIN), ("Edith", Role.EVALUATOR)):
        account = only(session.get(Account, make_account(session, name)))
        cluster = session.get(Cluster, round_.cluster_id) if role is Role.EVALUATOR else None
        people.grant(session, account, role=role, cluster=cluster, now=NOON, actor="command line")
    return round_, only(people.account_by_email(session, "ada@example.org"))


def test_access__lasts_an_hour__is_told_to_the_others__and_is_on_record(engine: Engine) -> None:
    with writing(engine) as session:
        round_, ada = staffed(session)
        row = break_glass.open_glass(session, ada, round_, reason=REASON, now=NOON)
        assert people.open_glass(session, ada, now=NOON + timedelta(minutes=59)) == {round_.id}
        assert people.open_glass(session, ada, now=NOON + timedelta(hours=1)) == frozenset()
        mails = session.exec(select(OutboxMail).where(col(OutboxMail.kind) == "break_glass").order_by(col(OutboxMail.recipient))).all()
        assert [mail.recipient for mail in mails] == ["alan@example.org", "edith@example.org"]
        assert REASON in mails[0].body
        event = only(session.exec(select(AuditEvent).where(col(AuditEvent.verb) == "break_glass")).first())
        assert (event.actor, event.subject) == (f"account/{ada.id}", f"round/{round_.id}")
        assert REASON not in event.details
        with pytest.raises(Taken, match="still open"):
            break_glass.open_glass(session, ada, round_, reason=REASON, now=NOON)
        break_glass.close_glass(session, row, now=NOON + timedelta(minutes=1))
        assert people.open_glass(session, ada, now=NOON + timedelta(minutes=1)) == frozenset()
        with pytest.raises(Unfit, match="this access is over"):
            break_glass.close_glass(session, row, now=NOON + timedelta(minutes=2))
        break_glass.open_glass(session, ada, round_, reason=REASON, now=NOON + timedelta(minutes=2))
        assert verbs(session)[-3:] == ["break_glass", "end_glass", "break_glass"]
        assert len(break_glass.accesses(session)) == 2


def test_access__without_a_reason_or_to_what_is_gone__is_refused(engine: Engine) -> None:
    with writing(engine) as session:
        round_, ada = staffed(session)
        for reason in ("", "Because.", " " * 30, "x" * 1001):
            with pytest.raises(Unfit, match="Say in 20 to 1,000 characters why"):
                break_glass.open_glass(session, ada, round_, reason=reason, now=NOON)
        round_.erased_at = NOON
        with pytest.raises(Unfit, match="were erased"):
            break_glass.open_glass(session, ada, round_, reason=REASON, now=NOON)
        assert break_glass.accesses(session) == []


def test_access_that_is_opened_twice_at_once__is_one(engine: Engine) -> None:
    with writing(engine) as session:
        round_, ada = staffed(session)

    def opening(session: Session) -> None:
        account, found = only(session.get(Account, ada.id)), only(session.get(Round, round_.id))
        break_glass.open_glass(session, account, found, reason=REASON, now=NOON)

    assert isinstance(overlapping(engine, opening, opening), Taken)
