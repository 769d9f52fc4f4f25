"""The pages about a link itself: passing it on, and no more mail."""

from __future__ import annotations

from dataclasses import dataclass

from assess.web.pages.frames import Frame, frame
from assess.web.visits import Visit


@dataclass(frozen=True, slots=True)
class DelegatePage:
    """Passing the questionnaire on to a colleague."""

    frame: Frame
    member: str
    form: str
    email: str
    problem: str
    sent: bool


@dataclass(frozen=True, slots=True)
class UnsubscribePage:
    """No more mail about this round."""

    frame: Frame
    email: str
    done: bool
    form: str


def delegate_page(visit: Visit, *, form: str, email: str = "", problem: str = "", sent: bool = False) -> DelegatePage:
    """Return the page that passes the questionnaire on."""
    return DelegatePage(frame(visit), visit.member.name, form, email, problem, sent)


def unsubscribe_page(visit: Visit, *, form: str) -> UnsubscribePage:
    """Return the page that ends mail."""
    return UnsubscribePage(frame(visit), visit.invitation.email, visit.invitation.unsubscribed_at is not None, form)
