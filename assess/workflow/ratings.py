"""A second evaluator rates the items of the sheet without sight of the first one's answers; then the two are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from assess.definitions.questionnaire_items import Item
from assess.engine.agreement import Agreement, agreement_of
from assess.engine.answers import UNANSWERED, Problem, parse
from assess.engine.scoring import score
from assess.store.steering_tables import Rating
from assess.store.tables import AuditEvent, Round
from assess.workflow import audit, responses
from assess.workflow.answer_rows import texts_at
from assess.workflow.evaluator_sheet import has_opened, rated_items, sheet_of, sheet_questionnaire
from assess.workflow.refusals import Unfit, Unreadable
from assess.workflow.rows import added, identity, locked

FINISHED = "finish_rating"


@dataclass(frozen=True, slots=True)
class ItemPair:
    """What both evaluators gave one item, 1 to 5; None where one gave no number. `distance` is second − first."""

    item: Item
    first: int | None
    second: int | None

    @property
    def distance(self) -> int | None:
        """How many steps the second rating lies above the first."""
        return None if self.first is None or self.second is None else self.second - self.first


@dataclass(frozen=True, slots=True)
class RatersCompared:
    """The first sheet against one second rater: item by item what either rated, and over all items that both did."""

    account_id: int
    items: tuple[ItemPair, ...]
    overall: Agreement


def rate(session: Session, round_: Round, *, account_id: int, item: str, raw: str, now: datetime) -> Rating | None:
    """Keep a second evaluator's rating of one item, in the place of an earlier one; an empty text takes it back.

    Raises Unfit for an item that is not rated from 1 to 5, an answer it does not offer, a rater who has opened the first sheet, and
    once the rater has finished.
    """
    locked(session, round_)
    if has_opened(session, round_, account_id):
        raise Unfit("Ask another evaluator for a second rating: you have opened the first sheet, so yours would not be blind.")
    if has_finished(session, round_, account_id):
        raise Unfit("Leave the ratings as they are: you have finished, and may have seen the first evaluator's since.")
    rated = next((one for one in rated_items(sheet_questionnaire(session, round_)) if one.name == item), None)
    if rated is None:
        raise Unfit("Choose an item that is rated from 1 to 5: only such ratings are compared.")
    answer = parse(rated, raw)
    if isinstance(answer, Problem):
        raise Unreadable(rated, raw, answer)
    row = next((one for one in ratings_of(session, round_, account_id) if one.item == item), None)
    if answer is UNANSWERED:
        if row is not None:
            session.delete(row)
            session.flush()
        return None
    row = row or Rating(round_id=identity(round_), account_id=account_id, item=item, raw="", saved_at=now)
    row.raw, row.saved_at = raw.strip(), now
    return added(session, row)


def finish_rating(session: Session, round_: Round, *, account_id: int, now: datetime) -> None:
    """End a second evaluator's rating: it can no longer be changed, and the first sheet may be seen.

    Raises Unfit when nothing was rated or it was finished before.
    """
    locked(session, round_)
    rated = ratings_of(session, round_, account_id)
    if not rated:
        raise Unfit("Rate at least one item before you finish.")
    if has_finished(session, round_, account_id):
        raise Unfit("Nothing has to be done: you have finished before.")
    details: dict[str, str | int | None] = {"items": len(rated)}
    audit.record(session, actor=f"account/{account_id}", verb=FINISHED, subject=f"round/{round_.id}", now=now, details=details)


def ratings_of(session: Session, round_: Round, account_id: int) -> tuple[Rating, ...]:
    """What one account has rated in a round."""
    mine = (col(Rating.round_id) == identity(round_), col(Rating.account_id) == account_id)
    return tuple(session.exec(select(Rating).where(*mine).order_by(col(Rating.id))))


def has_finished(session: Session, round_: Round, account_id: int) -> bool:
    """Whether a second rater has said that the rating is done."""
    return account_id in _finished(session, round_)


def may_see_first(session: Session, round_: Round, account_id: int) -> bool:
    """Whether an account may see the first evaluator's answers: it rates nothing itself, or has finished."""
    return not ratings_of(session, round_, account_id) or has_finished(session, round_, account_id)


def agreement(session: Session, round_: Round) -> tuple[RatersCompared, ...]:
    """Compare the first sheet, as it was last handed in, with every second rater who has finished; nothing before it was handed in."""
    sheet = sheet_of(session, round_)
    handed_in = responses.last_submission(session, sheet) if sheet is not None else None
    if sheet is None or handed_in is None:
        return ()
    firsts = {item: raw for (item, instance), raw in texts_at(session, sheet, handed_in.revision).items() if not instance}
    items = rated_items(sheet_questionnaire(session, round_))
    return tuple(_compared(session, round_, account, items, firsts) for account in sorted(_finished(session, round_)))


def _compared(session: Session, round_: Round, account_id: int, items: tuple[Item, ...], firsts: Mapping[str, str]) -> RatersCompared:
    seconds = {row.item: row.raw for row in ratings_of(session, round_, account_id)}
    pairs = tuple(_pairs(items, firsts, seconds))
    both = [(pair.first, pair.second) for pair in pairs if pair.first is not None and pair.second is not None]
    return RatersCompared(account_id, pairs, agreement_of(both))


def _pairs(items: tuple[Item, ...], firsts: Mapping[str, str], seconds: Mapping[str, str]) -> Iterator[ItemPair]:
    for item in items:
        pair = ItemPair(item, _step(item, firsts.get(item.name, "")), _step(item, seconds.get(item.name, "")))
        if pair.first is not None or pair.second is not None:
            yield pair


def _step(item: Item, raw: str) -> int | None:
    """The step of an answer as it counts; reversed items are turned round for both alike."""
    answer = parse(item, raw)
    worth = None if answer is UNANSWERED or isinstance(answer, Problem) else score(item, answer)
    return None if worth is None else int(worth)


def _finished(session: Session, round_: Round) -> set[int]:
    done = (col(AuditEvent.subject) == f"round/{identity(round_)}", col(AuditEvent.verb) == FINISHED)
    actors = session.exec(select(AuditEvent.actor).where(*done))
    return {int(actor.removeprefix("account/")) for actor in actors if actor.startswith("account/")}
