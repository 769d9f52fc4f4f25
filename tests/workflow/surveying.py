"""A small cluster with a survey under way, for tests of the verbs: readable defaults, one moment to count from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar

from answering import MANAGEMENT, MEMBER
from sqlalchemy import Engine
from sqlmodel import Session, select

from assess.definitions.library import load_rulebase_version
from assess.definitions.rulebase import Rulebase
from assess.store.session import writing
from assess.store.tables import Cluster, Invitation, Member, Response, Round, Submission
from assess.workflow import clusters, invitations, responses, rounds
from assess.workflow.answer_rows import field_name, texts

_Found = TypeVar("_Found")

NOON = datetime(2026, 6, 1, 12)  # noqa: DTZ001 - UTC without a zone, as in the store
CLOSING = NOON + timedelta(days=30)
LATER = CLOSING + timedelta(days=1)
BASE_URL = "https://survey.example.org"
SINGLE = MANAGEMENT.replace("RESPONDENT", "management").replace("form_id: single", "form_id: management")


@cache
def rulebase() -> Rulebase:
    return load_rulebase_version()


@dataclass(frozen=True)
class Surveyed:
    """A member with a link and a response, by number, so that every test opens its own sessions."""

    engine: Engine
    round_id: int
    invitation_id: int
    response_id: int

    def response(self, session: Session) -> Response:
        return only(session.get(Response, self.response_id))

    def invitation(self, session: Session) -> Invitation:
        return only(session.get(Invitation, self.invitation_id))

    def round(self, session: Session) -> Round:
        return only(session.get(Round, self.round_id))

    def save(
        self, answers: Mapping[str, str], *, seen: int, key: str, now: datetime = NOON, dies: bool = False
    ) -> responses.Saved | responses.Conflict:
        """Save a page; `dies` before the commit leaves everything as it was."""
        with writing(self.engine) as session:
            response = self.response(session)
            result = responses.save(session, response, section="about", answers=answers, seen_revision=seen, key=key, now=now)
            if dies:
                session.rollback()
            return result

    def saved(self, answers: Mapping[str, str], *, seen: int, key: str, now: datetime = NOON) -> responses.Saved:
        result = self.save(answers, seen=seen, key=key, now=now)
        assert isinstance(result, responses.Saved)
        return result

    def submit(self, *, key: str, now: datetime = NOON) -> Submission:
        with writing(self.engine) as session:
            return responses.submit(session, self.response(session), key=key, now=now, invitation=self.invitation(session))

    def reopen(self, *, now: datetime = NOON) -> Response:
        with writing(self.engine) as session:
            return responses.reopen(session, self.response(session), actor="evaluator", reason="A figure was wrong.", now=now)

    def close(self, *, now: datetime = CLOSING) -> None:
        with writing(self.engine) as session:
            rounds.close_round(session, self.round(session), now=now)

    def texts(self) -> dict[str, str]:
        """The present answers, without those taken back."""
        with writing(self.engine) as session:
            return {field_name(*field): raw for field, raw in texts(session, self.response(session)).items()}

    def count(self, table: type[Invitation | Response | Submission]) -> int:
        with writing(self.engine) as session:
            return len(session.exec(select(table)).all())


def make_round(
    session: Session,
    *,
    name: str = "Example Valley",
    year: int = 2026,
    members: int = 1,
    sources: tuple[str, ...] = (MEMBER, SINGLE),
    kind: str = "company",
    now: datetime = NOON,
) -> tuple[Round, list[Member]]:
    """A cluster with some members and an open round."""
    cluster = make_cluster(session, name=name, now=now)
    listed = [
        clusters.add_member(session, cluster, name=f"Organisation {n}", kind=kind, email=f"office{n}@example.org", now=now)
        for n in range(members)
    ]
    round_ = rounds.plan_round(
        session, cluster, year=year, opens_at=now, closes_at=now + timedelta(days=30), sources=sources, rulebase=rulebase(), now=now
    )
    return rounds.open_round(session, round_, now=now), listed


def make_cluster(session: Session, *, name: str = "Example Valley", now: datetime = NOON) -> Cluster:
    return clusters.make_cluster(session, name=name, now=now)


def make_survey(engine: Engine, *, now: datetime = NOON) -> Surveyed:
    """One member that has pressed Start."""
    with writing(engine) as session:
        round_, members = make_round(session, now=now)
        invited = invitations.invite(session, round_, members[0], base_url=BASE_URL, now=now)
        response = responses.begin(session, invited.invitation, now=now)
        return Surveyed(engine, only(round_.id), only(invited.invitation.id), only(response.id))


def only(found: _Found | None) -> _Found:
    """What must be there."""
    assert found is not None
    return found
