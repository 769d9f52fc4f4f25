"""Finds everything a page needs about whoever follows a personal link."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from assess.definitions.questionnaire_items import Questionnaire
from assess.store.tables import Cluster, Invitation, Member, Response, Round
from assess.workflow import invitations, responses
from assess.workflow.pinned import pinned, pinned_rules
from assess.workflow.released import is_released
from assess.workflow.rows import required
from assess.workflow.standing import Standing, judged, standing

LANGUAGE = re.compile(r"[a-z]{2,3}\Z")


class NotBegun(Exception):
    """Nobody has pressed Start on this link's response yet."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request through a personal link. `response` is None before Start."""

    token: str
    invitation: Invitation
    member: Member
    round: Round
    cluster: Cluster
    response: Response | None
    standing: Standing
    may_change: bool
    released: bool
    """Whether the round's figures may be seen."""
    language: str
    now: datetime

    @property
    def questionnaire(self) -> Questionnaire:
        """The version that the round asks."""
        return self.standing.questionnaire

    @property
    def begun(self) -> Response:
        """The response. Raises NotBegun."""
        if self.response is None:
            raise NotBegun
        return self.response

    @property
    def stored(self) -> Mapping[str, str]:
        """The text of every answer by field; the kind of organisation is offered as the list of members has it."""
        kind = {"kind": self.standing.kind.value} if self.standing.kind else {}
        return kind | dict(self.standing.given)


def find_visit(session: Session, token: str, *, language: str, now: datetime) -> Visit:
    """Look up a link and the response it leads to. Raises TokenUnknown, TokenExpired or TokenRevoked."""
    invitation = invitations.find(session, token, now=now)
    member = required(session, Member, invitation.member_id)
    round_ = required(session, Round, invitation.round_id)
    response = responses.response_of(session, invitation)
    questionnaire = pinned(session, invitation.round_id, invitation.questionnaire)
    return Visit(
        token=token,
        invitation=invitation,
        member=member,
        round=round_,
        cluster=required(session, Cluster, round_.cluster_id),
        response=response,
        standing=_standing(session, invitation, member, response, now),
        released=is_released(session, invitation.round_id),
        may_change=response is not None and responses.may_change(session, response, now),
        language=_spoken(questionnaire, language, member.language),
        now=now,
    )


def _standing(session: Session, invitation: Invitation, member: Member, response: Response | None, now: datetime) -> Standing:
    if response is not None:
        return standing(session, response, now.date())
    return judged({}, member.kind, pinned_rules(session, invitation.round_id, invitation.questionnaire, now.date()))


def _spoken(questionnaire: Questionnaire, *wanted: str) -> str:
    """Return the first language wanted that the questionnaire has, else its own."""
    return next((code for code in wanted if code in questionnaire.languages), questionnaire.default_language)
