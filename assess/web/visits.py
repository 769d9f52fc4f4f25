"""Finds everything a page needs about whoever follows a personal link."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from assess.definitions.questionnaire_items import Questionnaire
from assess.definitions.words import ENGLISH, Words, first_spoken, words_of
from assess.store.queries import Link
from assess.store.tables import Cluster, Invitation, Member, Response, Round
from assess.workflow import invitations, responses
from assess.workflow.pinned import pinned_rules
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
    """In which the questions are asked."""
    now: datetime
    words: Words = field(default_factory=lambda: words_of(ENGLISH))
    """In which the site itself speaks: another language where the questionnaire does not have the reader's."""

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
    link = _followed(session, token, now)
    found = _standing(session, link, now)
    return Visit(
        token=token,
        invitation=link.invitation,
        member=link.member,
        round=link.round,
        cluster=link.cluster,
        response=link.response,
        standing=found,
        released=link.released,
        may_change=link.response is not None and responses.may_change(session, link.response, now),
        language=_spoken(found.questionnaire, language, link.member.language),
        now=now,
        words=first_spoken((language, link.member.language)),
    )


def _followed(session: Session, token: str, now: datetime) -> Link:
    """Ask the store once in a session: its rows keep up with what the session saves."""
    known: Link | None = session.info.get(token)
    if known is not None and known.response is not None:
        return known
    session.info[token] = link = invitations.follow(session, token, now=now)
    return link


def _standing(session: Session, link: Link, now: datetime) -> Standing:
    if link.response is not None:
        return standing(session, link.response, now.date())
    return judged({}, link.member.kind, pinned_rules(session, link.invitation.round_id, link.invitation.questionnaire, now.date()))


def _spoken(questionnaire: Questionnaire, *wanted: str) -> str:
    """Return the first language wanted that the questionnaire has, else its own."""
    return next((code for code in wanted if code in questionnaire.languages), questionnaire.default_language)
