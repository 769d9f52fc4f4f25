"""Links: only hashes are kept, looking uses nothing up, and nobody is written to who should not be."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import Engine, event, text
from sqlmodel import Session, SQLModel, col, insert, select

from assess.store.queries import round_progress
from assess.store.session import reading, writing
from assess.store.tables import Cluster, Invitation, MailState, Member, OutboxMail, Round, RoundQuestionnaire
from assess.workflow import clusters, invitations, mail, responses, rounds
from assess.workflow.links import LIFETIME, MOST_LINKS
from assess.workflow.refusals import RoundClosed, RoundNotOpen, Taken, TokenExpired, TokenRevoked, TokenUnknown, Unfit
from assess.workflow.transports import Transport
from workflow.surveying import BASE_URL, CLOSING, NOON, make_round, make_survey, only, rulebase

WEEK = timedelta(days=7)


class Sink(Transport):
    """Takes every mail and remembers it."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send(self, message: EmailMessage) -> None:
        self.bodies.append(message.get_content())


def everything_stored(session: Session) -> str:
    return "\n".join(str(tuple(row)) for table in SQLModel.metadata.sorted_tables for row in session.execute(table.select()))


def invited(engine: Engine, members: int = 1) -> list[invitations.Invited]:
    with writing(engine) as session:
        round_, listed = make_round(session, members=members)
        return [invitations.invite(session, round_, member, base_url=BASE_URL, now=NOON) for member in listed]


def again(session: Session, link: invitations.Invited) -> Invitation:
    return only(session.get(Invitation, link.invitation.id))


def the_round(session: Session) -> Round:
    return session.exec(select(Round)).one()


def remind(engine: Engine, days: int) -> int:
    with writing(engine) as session:
        return invitations.remind_due(session, the_round(session), base_url=BASE_URL, now=NOON + timedelta(days=days))


def test_a_token__is_kept_as_a_hash_only__once_its_mail_is_sent(engine: Engine) -> None:
    link = invited(engine)[0]
    sink = Sink()
    with writing(engine) as session:
        assert mail.deliver_due(session, sink, sender="survey@example.org", now=NOON) == 1
    assert f"{BASE_URL}/s/{link.token}\n" in sink.bodies[0]
    with reading(engine) as session:
        assert link.token not in everything_stored(session)
        assert again(session, link).token_hash == hashlib.sha256(link.token.encode()).hexdigest()
    assert len(link.token) == 43


def test_looking_at_a_link__uses_nothing_up__and_changes_nothing(engine: Engine) -> None:
    link = invited(engine)[0]
    with reading(engine) as session:
        before = everything_stored(session)
        for _ in range(50):
            assert invitations.find(session, link.token, now=NOON).id == link.invitation.id
        assert everything_stored(session) == before
    with writing(engine) as session:
        assert responses.begin(session, invitations.find(session, link.token, now=NOON), now=NOON).id


def test_unknown_expired_and_revoked_links__are_told_apart(engine: Engine) -> None:
    first, second = invited(engine, 2)
    with writing(engine) as session:
        invitations.revoke(session, again(session, second), actor="manager", now=NOON)
    with reading(engine) as session:
        for token in ("", "x", "x" * 43, first.token[:-1], first.token + "x", "\ud800" * 43):
            with pytest.raises(TokenUnknown):
                invitations.find(session, token, now=NOON)
        with pytest.raises(TokenExpired):
            invitations.find(session, first.token, now=CLOSING + LIFETIME)
        with pytest.raises(TokenRevoked):
            invitations.find(session, second.token, now=NOON)
        assert invitations.find(session, first.token, now=CLOSING + WEEK).id, "results are shown after the round has closed"


def test_revoking__takes_links_made_from_it__and_unsent_mails_with_it(engine: Engine) -> None:
    link = invited(engine)[0]
    with writing(engine) as session:
        colleague = invitations.delegate(session, again(session, link), email="colleague@example.org", base_url=BASE_URL, now=NOON)
        further = invitations.delegate(session, colleague.invitation, email="further@example.org", base_url=BASE_URL, now=NOON)
    with writing(engine) as session:
        assert invitations.revoke(session, again(session, colleague), actor="manager", now=NOON) == 2
    with writing(engine) as session:
        with pytest.raises(TokenRevoked):
            invitations.find(session, further.token, now=NOON)
        assert invitations.find(session, link.token, now=NOON).id == link.invitation.id
        assert mail.deliver_due(session, Sink(), sender="survey@example.org", now=NOON) == 1
        assert colleague.token not in everything_stored(session)


def test_inviting_twice__is_refused__and_after_revoking_allowed(engine: Engine) -> None:
    link = invited(engine)[0]
    with writing(engine) as session:
        member = session.exec(select(Member)).one()
        with pytest.raises(Taken, match="resend"):
            invitations.invite(session, the_round(session), member, base_url=BASE_URL, now=NOON)
        invitations.revoke(session, again(session, link), actor="manager", now=NOON)
        assert invitations.invite(session, the_round(session), member, base_url=BASE_URL, now=NOON).token != link.token


def test_inviting_all__twice__invites_only_newcomers(engine: Engine) -> None:
    with writing(engine) as session:
        round_, members = make_round(session, members=5)
        members[4].active = False
        session.add(members[4])
        assert invitations.invite_all(session, round_, base_url=BASE_URL, now=NOON) == 4
        assert invitations.invite_all(session, round_, base_url=BASE_URL, now=NOON) == 0
        cluster = only(session.get(Cluster, round_.cluster_id))
        clusters.add_member(session, cluster, name="Newcomer", kind="research", email="new@example.org", now=NOON)
        assert invitations.invite_all(session, round_, base_url=BASE_URL, now=NOON) == 1
        assert [(p.kind, p.invited) for p in round_progress(session, only(round_.id))] == [("company", 4), ("research", 1)]


def test_ten_thousand_invitations__take_no_statement_for_each_of_them(engine: Engine) -> None:
    """Counted instead of timed: what is slow is one statement for each member."""
    with writing(engine) as session:
        round_, _ = make_round(session, members=10)
        _, few = _statements(engine, session, round_)
        session.execute(insert(Member), [_member(round_.cluster_id, number) for number in range(10_000)])
        queued, many = _statements(engine, session, round_)
        assert queued == 10_000
        assert session.execute(text("SELECT count(*) FROM outbox_mail")).scalar() == 10_010
        assert many < few + 100, "bulk inserts come in batches, of some hundred rows at least"


def _statements(engine: Engine, session: Session, round_: Round) -> tuple[int, int]:
    made: list[str] = []

    def count(*arguments: object) -> None:
        made.append(str(arguments[2])[:60])

    event.listen(engine, "before_cursor_execute", count)
    try:
        queued = invitations.invite_all(session, round_, base_url=BASE_URL, now=NOON)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return queued, len(made)


def _member(cluster_id: int, number: int) -> dict[str, object]:
    name = f"Further organisation {number}"
    return {
        "cluster_id": cluster_id,
        "name": name,
        "name_key": name.casefold(),
        "kind": "company",
        "email": f"further{number}@example.org",
        "language": "en",
        "active": True,
    }


def test_reminders__go_only_to_those_who_may_and_should_be_reminded(engine: Engine) -> None:
    links = invited(engine, 6)
    with writing(engine) as session:
        response = responses.begin(session, again(session, links[0]), now=NOON)
        responses.save(session, response, section="about", answers={"trust": "4"}, seen_revision=0, key="1", now=NOON)
        responses.submit(session, response, key="s", now=NOON)
        invitations.unsubscribe(session, again(session, links[1]), now=NOON)
        invitations.bounced(session, again(session, links[2]), now=NOON)
        invitations.revoke(session, again(session, links[3]), actor="manager", now=NOON)
        responses.begin(session, again(session, links[4]), now=NOON)
    assert remind(engine, 6) == 0, "too early"
    assert remind(engine, 7) == 2
    assert remind(engine, 7) == 0, "reminded today"
    with reading(engine) as session:
        found = session.exec(select(OutboxMail).where(col(OutboxMail.kind) == "reminder").order_by(col(OutboxMail.id))).all()
        assert [one.recipient for one in found] == ["office4@example.org", "office5@example.org"]
        token = found[0].body.partition("/s/")[2][:43]
        response_id = only(responses.response_of(session, again(session, links[4]))).id
        assert only(responses.response_of(session, invitations.find(session, token, now=NOON))).id == response_id
        invited_so_far = sum(p.invited for p in round_progress(session, only(the_round(session).id)))
        assert invited_so_far == 5, "a reminder's link is no further member"


def test_reminders__come_at_most_three_times(engine: Engine) -> None:
    invited(engine)
    assert [remind(engine, days) for days in (7, 8, 14, 21, 28)] == [1, 0, 1, 1, 0]


def test_a_response_that_was_submitted_and_reopened__is_not_reminded(engine: Engine) -> None:
    survey = make_survey(engine)
    survey.saved({"trust": "4"}, seen=0, key="1")
    survey.submit(key="s")
    survey.reopen()
    assert remind(engine, 8) == 0


def test_unsubscribing__stops_queued_mail__but_the_link_still_works(engine: Engine) -> None:
    link = invited(engine)[0]
    with writing(engine) as session:
        invitations.unsubscribe(session, again(session, link), now=NOON)
    with writing(engine) as session:
        assert mail.deliver_due(session, Sink(), sender="survey@example.org", now=NOON) == 0
        assert invitations.find(session, link.token, now=NOON).unsubscribed_at == NOON
        with pytest.raises(Unfit, match="another address"):
            invitations.resend(session, again(session, link), base_url=BASE_URL, now=NOON)


def test_resending_to_a_corrected_address__sends_later_reminders_there_too(engine: Engine) -> None:
    link = invited(engine)[0]
    with writing(engine) as session:
        invitations.bounced(session, again(session, link), now=NOON)
        new = invitations.resend(session, again(session, link), base_url=BASE_URL, now=NOON, email="right@example.org")
    assert remind(engine, 8) == 1
    with writing(engine) as session:
        sink = Sink()
        mail.deliver_due(session, sink, sender="survey@example.org", now=NOON + timedelta(days=8))
        sent = session.exec(select(OutboxMail).order_by(col(OutboxMail.id))).all()
        assert [(one.kind, one.recipient) for one in sent] == [
            ("invitation", "office0@example.org"),
            ("invitation", "right@example.org"),
            ("reminder", "right@example.org"),
        ]
        assert invitations.find(session, new.token, now=NOON).id
        assert invitations.find(session, link.token, now=NOON).id


def test_links_to_colleagues__are_not_without_end(engine: Engine) -> None:
    link = invited(engine)[0]
    with writing(engine) as session:
        for number in range(MOST_LINKS - 1):
            invitations.delegate(session, again(session, link), email=f"c{number}@example.org", base_url=BASE_URL, now=NOON)
        with pytest.raises(Unfit, match="as many as"):
            invitations.delegate(session, again(session, link), email="c@example.org", base_url=BASE_URL, now=NOON)


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@b@c", "a@example.org\nBcc: x@example.org", "A <a@example.org>", "a@example.org, b@example.org", "a b@example.org"],
)
def test_a_colleague_s_address_that_is_more_than_one_address__is_refused(engine: Engine, address: str) -> None:
    link = invited(engine)[0]
    with writing(engine) as session, pytest.raises(mail.MailRefused):
        invitations.delegate(session, again(session, link), email=address, base_url=BASE_URL, now=NOON)
    with reading(engine) as session:
        assert len(session.exec(select(OutboxMail)).all()) == 1


def test_a_round_that_is_not_open__invites_nobody(engine: Engine) -> None:
    with writing(engine) as session:
        round_, _ = make_round(session)
        with pytest.raises(RoundClosed):
            invitations.invite_all(session, round_, base_url=BASE_URL, now=CLOSING)
        rounds.close_round(session, round_, now=CLOSING)
        with pytest.raises(RoundClosed):
            invitations.invite_all(session, round_, base_url=BASE_URL, now=NOON)
        cluster = only(session.get(Cluster, round_.cluster_id))
        planned = rounds.plan_round(
            session, cluster, year=2027, opens_at=NOON, closes_at=CLOSING, sources=[only(_source(session))], rulebase=rulebase(), now=NOON
        )
        with pytest.raises(RoundNotOpen):
            invitations.invite_all(session, planned, base_url=BASE_URL, now=NOON)


def _source(session: Session) -> str:
    return session.exec(select(RoundQuestionnaire.source)).first() or ""


def test_the_management__is_invited_once_only(engine: Engine) -> None:
    with writing(engine) as session:
        round_, members = make_round(session, members=2, kind="management")
        with pytest.raises(Unfit, match="one management only"):
            invitations.invite_all(session, round_, base_url=BASE_URL, now=NOON)
        link = invitations.invite(session, round_, members[0], base_url=BASE_URL, now=NOON)
        assert link.invitation.questionnaire == "management"
        with pytest.raises(Unfit, match="one management only"):
            invitations.invite(session, round_, members[1], base_url=BASE_URL, now=NOON)


def test_an_evaluator_whom_the_round_does_not_ask__is_not_invited(engine: Engine) -> None:
    with writing(engine) as session:
        round_, members = make_round(session, kind="evaluator")
        assert invitations.invite_all(session, round_, base_url=BASE_URL, now=NOON) == 0
        with pytest.raises(Unfit):
            invitations.invite(session, round_, members[0], base_url=BASE_URL, now=NOON)


def test_progress__tells_who_got_how_far__and_nothing_of_answers(engine: Engine) -> None:
    links = invited(engine, 3)
    with writing(engine) as session:
        response = responses.begin(session, again(session, links[0]), now=NOON)
        responses.begin(session, again(session, links[1]), now=NOON)
        responses.save(session, response, section="about", answers={"trust": "4"}, seen_revision=0, key="1", now=NOON)
        responses.submit(session, response, key="s", now=NOON)
        found = round_progress(session, only(the_round(session).id))
    assert [(p.kind, p.invited, p.opened, p.started, p.submitted) for p in found] == [("company", 3, 2, 2, 1)]


def test_a_queued_invitation__is_rolled_back_with_its_link(engine: Engine) -> None:
    with writing(engine) as session:
        round_, _ = make_round(session)
        session.commit()
        invitations.invite_all(session, round_, base_url=BASE_URL, now=NOON)
        session.rollback()
        assert session.exec(select(Invitation)).all() == []
        assert session.exec(select(OutboxMail).where(col(OutboxMail.state) == MailState.QUEUED)).all() == []
