"""The first page of a link: who asks, why, who sees what, how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assess.store.tables import ResponseState, RoundState
from assess.web.pages.frames import Frame, frame
from assess.web.progress import sections
from assess.web.sentences import KINDS, in_words
from assess.web.visits import Visit


@dataclass(frozen=True, slots=True)
class StartPage:
    """Who asks, why, who sees what, how long; and the button."""

    frame: Frame
    member: str
    kind: str
    minutes: int
    questions: int
    sections: int
    closes_at: datetime
    state: str
    """One of "planned", "new", "begun", "submitted", "closed"."""
    answered: int
    asked: int
    saved_at: datetime | None
    section: str
    """Where to go on."""
    form: str
    saved: bool
    k: str
    """No figure comes from fewer organisations; in words."""


def start_page(visit: Visit, *, form: str, saved: bool, k: int) -> StartPage:
    """Return the first page of a link."""
    kind = visit.standing.kind
    found = sections(visit.standing)
    begun = next((section for section in found if section.open or section.at_odds), None)
    return StartPage(
        frame=frame(visit),
        member=visit.member.name,
        kind=visit.words.say(KINDS[kind]) if kind else "",
        minutes=visit.questionnaire.minutes(kind),
        questions=visit.questionnaire.count(kind),
        sections=len(found),
        closes_at=visit.round.closes_at,
        state=_state(visit),
        answered=sum(section.answered for section in found),
        asked=sum(len(section.asked) for section in found),
        saved_at=visit.response.saved_at if visit.response else None,
        section=begun.group.name if begun else "",
        form=form,
        saved=saved,
        k=in_words(k, visit.words),
    )


def _state(visit: Visit) -> str:
    if visit.response is not None and visit.response.state is ResponseState.SUBMITTED:
        return "submitted"
    if visit.may_change:
        return "begun"
    if visit.round.state is RoundState.PLANNED:
        return "planned"
    return "new" if visit.response is None and visit.round.state is RoundState.OPEN and visit.now < visit.round.closes_at else "closed"
