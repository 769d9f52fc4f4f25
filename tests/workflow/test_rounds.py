"""Rounds: planned once, pinned for ever, and closed by the server's clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from answering import MEMBER
from sqlalchemy import Engine
from sqlmodel import Session, select

from assess.errors import FaultsFound
from assess.store.session import writing
from assess.store.tables import AuditEvent, Cluster, Round, RoundState
from assess.workflow import rounds
from assess.workflow.pinned import pinned
from assess.workflow.refusals import RoundClosed, Taken, Unfit
from workflow.surveying import CLOSING, LATER, NOON, SINGLE, Surveyed, make_cluster, make_round, rulebase

CHANGED = MEMBER.replace("We trust each other.", "We trust one another.")


def plan(session: Session, cluster: Cluster, *sources: str, year: int = 2026) -> Round:
    return rounds.plan_round(session, cluster, year=year, opens_at=NOON, closes_at=CLOSING, sources=sources, rulebase=rulebase(), now=NOON)


def test_a_round__keeps_the_questionnaires_it_asks(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = plan(session, make_cluster(session), MEMBER, SINGLE)
        assert (round_.rulebase_version, round_.rulebase_digest) == (rulebase().version, rulebase().digest)
        assert pinned(session, round_.id or 0, "member").item("trust").label["en"] == "We trust each other."
        with pytest.raises(Unfit, match="evaluator"):
            pinned(session, round_.id or 0, "evaluator")


def test_the_same_version_with_other_content__is_refused_for_ever(engine: Engine) -> None:
    with writing(engine) as session:
        cluster = make_cluster(session)
        plan(session, cluster, MEMBER)
        with pytest.raises(Taken, match="new version"):
            plan(session, cluster, CHANGED, year=2027)


def test_a_new_version__changes_nothing_about_an_open_round(survey: Surveyed) -> None:
    with writing(survey.engine) as session:
        other = plan(session, make_cluster(session, name="Other"), CHANGED.replace('version: "2026.1"', 'version: "2026.2"'), year=2027)
        assert pinned(session, other.id or 0, "member").version == "2026.2"
        assert pinned(session, survey.round_id, "member").version == "2026.1"
        assert survey.response(session).version == "2026.1"


def test_a_second_round_of_a_year__is_refused(engine: Engine) -> None:
    with writing(engine) as session:
        cluster = make_cluster(session)
        plan(session, cluster, MEMBER)
        with pytest.raises(Taken, match="2026"):
            plan(session, cluster, MEMBER)


@pytest.mark.parametrize("sources", [(), (MEMBER, MEMBER), (MEMBER.replace("form_id: member", "form_id: other"),)])
def test_questionnaires_that_do_not_go_together__are_refused(engine: Engine, sources: tuple[str, ...]) -> None:
    with writing(engine) as session, pytest.raises(Unfit):
        plan(session, make_cluster(session), *sources)


def test_a_questionnaire_that_cannot_be_read__is_refused(engine: Engine) -> None:
    with writing(engine) as session, pytest.raises(FaultsFound):
        plan(session, make_cluster(session), "settings: {}")


def test_times_that_cannot_be__are_refused(engine: Engine) -> None:
    with writing(engine) as session:
        cluster = make_cluster(session)
        for opens_at, closes_at in ((CLOSING, NOON), (NOON - timedelta(days=2), NOON - timedelta(days=1))):
            with pytest.raises(Unfit, match="closing time"):
                rounds.plan_round(
                    session, cluster, year=2026, opens_at=opens_at, closes_at=closes_at, sources=[MEMBER], rulebase=rulebase(), now=NOON
                )


def test_rounds__are_closed_by_date__each_once(engine: Engine) -> None:
    with writing(engine) as session:
        round_, _ = make_round(session)
        make_round(session, name="Other", now=NOON + timedelta(days=5))
        assert rounds.close_due_rounds(session, now=CLOSING - timedelta(seconds=1)) == ()
        assert [found.id for found in rounds.close_due_rounds(session, now=CLOSING)] == [round_.id]
        assert (round_.state, round_.closed_at) == (RoundState.CLOSED, CLOSING)
        assert rounds.close_due_rounds(session, now=CLOSING) == ()


def test_a_round_that_is_closed__is_neither_closed_nor_opened_again(engine: Engine) -> None:
    with writing(engine) as session:
        round_, _ = make_round(session)
        with pytest.raises(Unfit):
            rounds.open_round(session, round_, now=NOON)
        rounds.close_round(session, round_, now=NOON)
        for verb in (rounds.open_round, rounds.close_round):
            with pytest.raises(Unfit, match="closed"):
                verb(session, round_, now=NOON)


def test_closing_by_hand__ends_the_survey_at_once(survey: Surveyed) -> None:
    survey.close(now=NOON)
    with pytest.raises(RoundClosed):
        survey.save({"trust": "4"}, seen=0, key="1", now=NOON)


def test_what_was_done__is_written_down__without_answers_or_addresses(survey: Surveyed) -> None:
    survey.saved({"trust": "4", "comment": "Confidential words"}, seen=0, key="1")
    survey.submit(key="s")
    survey.reopen()
    survey.close(now=LATER)
    with writing(survey.engine) as session:
        events = session.exec(select(AuditEvent)).all()
    assert [event.verb for event in events] == ["make", "add", "plan", "open", "invite", "reopen", "close"]
    assert not any("Confidential" in event.details or "@" in event.details for event in events)
