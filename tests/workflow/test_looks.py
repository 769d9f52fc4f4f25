"""Reading single answers and files of evidence: found only in their own round, and every look on record."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlmodel import select

from assess.store.session import writing
from assess.store.tables import Response
from assess.workflow import looks, responses
from workflow.evaluating import closed_round, make_account, open_round, verbs
from workflow.surveying import LATER, make_cluster, only


def test_look__is_recorded__with_who_looked(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = closed_round(session), make_account(session)
        response = session.exec(select(Response)).all()[0]
        found = looks.look_at(session, round_, only(response.id), actor=f"account/{account}", now=LATER)
        assert only(found).id == response.id
        assert verbs(session)[-1] == "read_answers"


def test_response_of_another_round__is_not_found__and_nothing_is_recorded(engine: Engine) -> None:
    with writing(engine) as session:
        closed_round(session)
        other = open_round(session, make_cluster(session, name="Another Valley"))
        response = session.exec(select(Response)).all()[0]
        assert looks.look_at(session, other, only(response.id), actor="account/1", now=LATER) is None
        assert "read_answers" not in verbs(session)


def test_file_that_the_round_does_not_have__is_not_found(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = closed_round(session)
        assert looks.fetch_evidence(session, round_, 999, actor="account/1", now=LATER) is None
        assert "read_evidence" not in verbs(session)


def test_steps__tell_saving_handing_in_and_reopening_apart__the_newest_first(engine: Engine) -> None:
    with writing(engine) as session:
        closed_round(session)
        response = session.exec(select(Response)).all()[0]
        responses.reopen(session, response, actor="account/1", reason="A figure was wrong.", now=LATER)
        responses.save(session, response, section="about", answers={"trust": "5"}, seen_revision=response.revision, key="k", now=LATER)
        steps = looks.steps_of(session, response)
        assert [(one.revision, bool(one.saved), bool(one.receipt), one.reopened) for one in steps] == [
            (4, True, False, False),
            (3, False, False, True),
            (2, False, True, False),
            (1, True, False, False),
        ]
        assert steps[0].saved == {("trust", 0): "5"}
        assert looks.reopenings(session, response) == {3: looks.Reopened(LATER, "A figure was wrong.")}
