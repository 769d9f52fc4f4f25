"""Who was invited and how far each is: counted by member, never by what was answered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from assess.store.session import writing
from assess.store.tables import AuditEvent, Cluster, Invitation, MailState, Member, OutboxMail, Round
from assess.workflow import clusters, invitations, reminders, responses, rounds
from assess.workflow.clusters import Change
from assess.workflow.invited import InvitedMember, invited_members, not_invited
from assess.workflow.refusals import Taken, Unfit
from workflow.surveying import BASE_URL, CLOSING, LATER, NOON, make_round, only


def found(session: Session, round_: Round) -> list[InvitedMember]:
    return list(invited_members(session, round_))


def two_invited(session: Session) -> tuple[Round, list[Member], list[Invitation]]:
    round_, members = make_round(session, members=2)
    links = [invitations.invite(session, round_, member, base_url=BASE_URL, now=NOON).invitation for member in members]
    return round_, members, links


def verbs(session: Session) -> list[str]:
    return list(session.exec(select(AuditEvent.verb).order_by(col(AuditEvent.sequence))))


def test_a_member__counts_once__whatever_further_links_it_has(engine: Engine) -> None:
    with writing(engine) as session:
        round_, _, (first, second) = two_invited(session)
        further = invitations.resend(session, first, base_url=BASE_URL, now=NOON).invitation
        invitations.delegate(session, first, email="colleague@example.org", base_url=BASE_URL, now=NOON)
        response = responses.begin(session, further, now=NOON)
        one, other = found(session, round_)
        assert (one.invitation.id, one.links, one.delegated, one.opened) == (first.id, 3, 1, True)
        assert only(one.response).id == response.id
        assert not one.has_submitted
        assert (other.invitation.id, other.links, other.delegated, other.opened, other.response) == (second.id, 1, 0, False, None)
        responses.submit(session, response, key="k", now=NOON)
        assert found(session, round_)[0].has_submitted


def test_after_a_withdrawal__the_newest_invitation_counts(engine: Engine) -> None:
    with writing(engine) as session:
        round_, members, (first, _) = two_invited(session)
        assert not_invited(session, round_, found(session, round_)) == ()
        invitations.revoke(session, first, actor="account/1", now=NOON)
        assert found(session, round_)[0].is_revoked
        assert [one.id for one in not_invited(session, round_, found(session, round_))] == [members[0].id]
        again = invitations.invite(session, round_, members[0], base_url=BASE_URL, now=NOON).invitation
        assert (found(session, round_)[0].invitation.id, found(session, round_)[0].is_revoked) == (again.id, False)


def test_members_that_no_questionnaire_asks__or_that_are_not_active__are_not_missed(engine: Engine) -> None:
    with writing(engine) as session:
        round_, members = make_round(session, members=2)
        clusters.set_active(session, members[0], False, now=NOON)
        assert [one.id for one in clusters.members_of(session, _cluster(session, round_))] == [members[1].id, members[0].id]
        clusters.add_member(session, _cluster(session, round_), name="The evaluator", kind="evaluator", email="e@example.org", now=NOON)
        assert [one.id for one in not_invited(session, round_, ())] == [members[1].id]


def _cluster(session: Session, round_: Round) -> Cluster:
    return only(session.get(Cluster, round_.cluster_id))


def test_a_mail_that_was_given_up__is_told__but_not_of_a_withdrawn_link(engine: Engine) -> None:
    with writing(engine) as session:
        round_, _, (first, _) = two_invited(session)
        mail = session.exec(select(OutboxMail).where(col(OutboxMail.invitation_id) == first.id)).one()
        mail.state = MailState.FAILED
        session.add(mail)
        session.flush()
        assert [one.undelivered for one in found(session, round_)] == [True, False]
        invitations.revoke(session, first, actor="account/1", now=NOON)
        assert [one.undelivered for one in found(session, round_)] == [False, False]


def test_a_closing__is_put_off_only__and_links_live_longer_by_as_much(engine: Engine) -> None:
    with writing(engine) as session:
        round_, _, (first, _) = two_invited(session)
        before = first.expires_at
        for _ in range(2):
            rounds.postpone_closing(session, round_, CLOSING + timedelta(days=5), now=NOON, actor="account/1")
        session.refresh(first)
        assert (round_.closes_at, first.expires_at) == (CLOSING + timedelta(days=5), before + timedelta(days=5))
        assert verbs(session).count("postpone") == 1
        with pytest.raises(Unfit, match="Choose a later day"):
            rounds.postpone_closing(session, round_, CLOSING, now=NOON)
        with pytest.raises(Unfit, match="at most 366 days"):
            rounds.postpone_closing(session, round_, CLOSING + timedelta(days=400), now=NOON)
        with pytest.raises(Unfit, match="this round is over"):
            rounds.postpone_closing(session, round_, CLOSING + timedelta(days=9), now=CLOSING + timedelta(days=6))
        rounds.close_round(session, round_, now=LATER)
        with pytest.raises(Unfit, match="this round is over"):
            rounds.postpone_closing(session, round_, CLOSING + timedelta(days=9), now=NOON)


def test_reminding_by_hand__leaves_alone_whoever_was_written_to_lately(engine: Engine) -> None:
    with writing(engine) as session:
        round_, _, _ = two_invited(session)
        given = {"base_url": BASE_URL, "actor": "account/1"}
        assert reminders.remind_now(session, round_, now=NOON + timedelta(days=1), **given) == 0
        assert reminders.remind_now(session, round_, now=NOON + timedelta(days=3), **given) == 2
        assert reminders.remind_now(session, round_, now=NOON + timedelta(days=4), **given) == 0
        assert verbs(session).count("remind") == 1


def test_a_changed_member__keeps_its_links__and_cannot_take_anothers_name(engine: Engine) -> None:
    with writing(engine) as session:
        round_, (first, second), _ = two_invited(session)
        new = {"name": "Müller", "kind": "research", "email": "m@example.org", "language": "de"}
        for _ in range(2):
            clusters.change_member(session, first, **new, now=NOON)
        assert (first.name_key, first.kind, verbs(session).count("change")) == ("müller", "research", 1)
        assert found(session, round_)[0].invitation.email == "office0@example.org"
        with pytest.raises(Taken, match="Choose another name"):
            clusters.change_member(session, second, **new, now=NOON)
        with pytest.raises(Unfit, match="mail address"):
            clusters.change_member(session, second, **new | {"name": "Other", "email": "nobody"}, now=NOON)


def test_rows_without_a_file__are_judged_like_those_of_one(engine: Engine) -> None:
    with writing(engine) as session:
        round_, _, _ = two_invited(session)
        rows = [
            ("Organisation 0", "company", "office0@example.org", "en"),
            ("ORGANISATION 1", "company", "new@example.org", "en"),
            ("Meier", "company", "meier@example.org", "en"),
            ("meier", "company", "meier@example.org", "en"),
        ]
        listed = clusters.judge_members(session, _cluster(session, round_), rows)
        assert [row.change for row in listed.rows] == [Change.UNCHANGED, Change.CHANGED, Change.NEW, Change.FAULTY]
