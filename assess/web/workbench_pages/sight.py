"""Keeps a second rater blind: whoever has not opened the first sheet is told before its figures are shown."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from assess.store.tables import Round
from assess.web.desks import may
from assess.web.frames import Entry, Frame
from assess.web.wording import words
from assess.web.workbench_pages.place import Place
from assess.workflow import responses
from assess.workflow.evaluator_sheet import has_opened, sheet_of
from assess.workflow.ratings import has_finished, may_see_first


@dataclass(frozen=True, slots=True)
class ScreenedPage:
    """In the place of a page that shows what the first evaluator stated."""

    frame: Frame
    ways: tuple[Entry, ...]
    place: str
    address: str
    title: str
    rating: bool
    """Whether the account has begun to rate, so that it must finish first."""
    to: str
    """The name of the page that was asked for."""


def is_rating(session: Session, round_: Round, account_id: int) -> bool:
    """Whether an account has begun a second rating and not finished it."""
    return not may_see_first(session, round_, account_id)


def is_blind(session: Session, round_: Round, account_id: int) -> bool:
    """Whether there is a first sheet that an evaluator has not seen yet, so that seeing it would end the chance to rate blind."""
    if not may("round.rate") or has_opened(session, round_, account_id) or has_finished(session, round_, account_id):
        return False
    sheet = sheet_of(session, round_)
    return is_rating(session, round_, account_id) or (sheet is not None and responses.last_submission(session, sheet) is not None)


def screened_page(session: Session, place: Place, title: str, to: str) -> ScreenedPage | None:
    """Return what is shown in the place of a page; None where the page itself may be shown."""
    if not is_blind(session, place.round, place.account):
        return None
    rating = is_rating(session, place.round, place.account)
    said = words().say(title)
    return ScreenedPage(place.frame(said), place.ways(), place.name, place.address, said, rating, to)
