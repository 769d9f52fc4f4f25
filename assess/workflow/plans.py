"""Keeps a cluster's action plan: recommended instruments that it accepted, and what each round's review found about them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from assess.definitions.numbers import rounded
from assess.definitions.rulebase import Rulebase
from assess.definitions.scales import problem_with
from assess.phrases import message
from assess.store.steering_tables import ActionItem, ActionReview, ActionState
from assess.store.tables import Cluster, Round, StoredDiagnosis
from assess.workflow import audit
from assess.workflow.plan_indicators import indicators_behind, recommendation, value_in
from assess.workflow.publications import PublicationState, publication_of, published_of, state_of
from assess.workflow.refusals import Unfit
from assess.workflow.rows import added, identity, locked, required

LONGEST_OWNER = 200
LONGEST_MILESTONE = 500
LONGEST_NOTE = 1000
SHORTEST_BECAUSE = 10
"""Characters of the reason for which an item is dropped."""
REVIEWED_AS = (ActionState.UNDER_WAY, ActionState.DONE, ActionState.DROPPED)
"""What a review may find."""
OPEN = (ActionState.PLANNED, ActionState.UNDER_WAY)
"""States that the next round's review has to look at."""
_OWNER = message("Say who owns the action in plain text of at most %(most)s characters.")
_MILESTONE = message("Say the milestone in plain text of at most %(most)s characters.")
_NOTE = message("Say the note in plain text of at most %(most)s characters.")


@dataclass(frozen=True, slots=True)
class Basis:
    """The diagnosis that a round's part of the plan rests on, and how far it is on its way to a report."""

    diagnosis: StoredDiagnosis
    document: Mapping[str, Any]
    state: PublicationState


@dataclass(frozen=True, slots=True)
class Planned:
    """One item of the plan with the round that recommended it, and its reviews, the oldest first."""

    item: ActionItem
    round: Round
    reviews: tuple[tuple[ActionReview, Round], ...]

    @property
    def state(self) -> ActionState:
        """Where it stands after these reviews."""
        return self.reviews[-1][0].state if self.reviews else ActionState.PLANNED

    def is_overdue(self, today: date) -> bool:
        """Whether it should have been done by now."""
        return self.state in OPEN and self.item.due < today

    def reviewed_in(self, round_: Round) -> bool:
        """Whether the review of a round has looked at it."""
        return any(review.round_id == round_.id for review, _ in self.reviews)


def basis_of(session: Session, round_: Round) -> Basis | None:
    """Return the published diagnosis of a round, else the one approved last, else the last; never one that was withdrawn."""
    newest = select(StoredDiagnosis).where(col(StoredDiagnosis.round_id) == identity(round_)).order_by(col(StoredDiagnosis.id).desc())
    found = [(state_of(publication_of(session, diagnosis)), diagnosis) for diagnosis in session.exec(newest)]
    for wanted in (PublicationState.PUBLISHED, PublicationState.APPROVED, PublicationState.DRAFT):
        for state, diagnosis in found:
            if state is wanted:
                return Basis(diagnosis, json.loads(diagnosis.document), state)
    return None


def accept(
    session: Session,
    round_: Round,
    *,
    instrument: str,
    owner: str,
    milestone: str,
    due: date,
    indicator: str | None,
    target: Decimal | None,
    account_id: int,
    now: datetime,
    rulebase: Rulebase,
    only_published: bool = False,
) -> ActionItem:
    """Put an instrument that the round's diagnosis recommends into the plan; doing just the same again returns the first item.

    The baseline is what the diagnosis measured; unknown stays unknown. Raises Unfit without a diagnosis (with `only_published`:
    a published one), for an instrument that it does not recommend, an indicator that the instrument's findings do not rest on,
    or a target, date or text that cannot be used.
    """
    locked(session, round_)
    basis = _basis(session, round_, rulebase, only_published)
    entry = recommendation(basis.document, instrument)
    if entry is None:
        raise Unfit(
            "Choose an instrument that the diagnosis of %(year)s recommends; %(instrument)s is not among them.",
            year=str(round_.year),
            instrument=repr(instrument[:80]),
        )
    if due < now.date():
        raise Unfit("Choose a due date that lies ahead.")
    baseline, aim = _aim(basis.document, entry, indicator or None, target, rulebase)
    item = ActionItem(
        cluster_id=round_.cluster_id,
        round_id=identity(round_),
        instrument=instrument,
        title=str(entry["name"]),
        owner=_line(owner, LONGEST_OWNER, _OWNER),
        milestone=_line(milestone, LONGEST_MILESTONE, _MILESTONE),
        due=due,
        indicator=indicator or None,
        baseline=baseline,
        target=aim,
        created_at=now,
        created_by=account_id,
    )
    known = _same(session, item)
    if known is not None:
        return known
    added(session, item)
    details: dict[str, str | int | None] = {"instrument": instrument, "round": round_.id, "diagnosis": basis.diagnosis.id}
    audit.record(session, actor=f"account/{account_id}", verb="accept", subject=f"action/{item.id}", now=now, details=details)
    return item


def review(
    session: Session, item: ActionItem, round_: Round, *, state: ActionState, note: str, account_id: int, now: datetime
) -> ActionReview:
    """Note what a round's review found about an item, and let it stand so; the same review sent again changes nothing.

    `note` is the reason where the item is dropped. What the indicator reached comes from the round's diagnosis; in the round that
    recommended the item there is nothing to hold against the baseline yet. Raises Unfit for a round of another cluster or of
    an earlier year, a state that no review finds, or a reason that is too short.
    """
    locked(session, item)
    if round_.cluster_id != item.cluster_id or round_.year < required(session, Round, item.round_id).year:
        raise Unfit("Review the item in the round that recommended it or in a later one of the same cluster.")
    if state not in REVIEWED_AS:
        raise Unfit("Say whether the item is under way, done or dropped.")
    said = _note(note, state)
    before = session.exec(
        select(ActionReview).where(col(ActionReview.action_item_id) == identity(item)).order_by(col(ActionReview.id).desc())
    ).first()
    if before is not None and (before.round_id, before.state, before.note) == (round_.id, state, said):
        return before
    found = ActionReview(
        action_item_id=identity(item),
        round_id=identity(round_),
        state=state,
        note=said,
        reached=_reached(session, item, round_),
        reviewed_at=now,
        reviewed_by=account_id,
    )
    item.state, item.because = state, said if state is ActionState.DROPPED else ""
    session.add(item)
    added(session, found)
    details: dict[str, str | int | None] = {"state": state.value, "round": round_.id}
    audit.record(session, actor=f"account/{account_id}", verb="review", subject=f"action/{item.id}", now=now, details=details)
    return found


def plan_of(session: Session, cluster: Cluster, *, until: int | None = None) -> tuple[Planned, ...]:
    """Return a cluster's plan, what is due first coming first; with `until`, as far as rounds and reviews up to that year go."""
    years = {identity(one): one for one in session.exec(select(Round).where(col(Round.cluster_id) == identity(cluster)))}
    seen = {number for number, one in years.items() if until is None or one.year <= until}
    items = session.exec(
        select(ActionItem).where(col(ActionItem.cluster_id) == identity(cluster)).order_by(col(ActionItem.due), col(ActionItem.id))
    ).all()
    numbers = [identity(item) for item in items]
    reviews = session.exec(select(ActionReview).where(col(ActionReview.action_item_id).in_(numbers)).order_by(col(ActionReview.id))).all()
    return tuple(
        Planned(
            item,
            years[item.round_id],
            tuple((one, years[one.round_id]) for one in reviews if one.action_item_id == item.id and one.round_id in seen),
        )
        for item in items
        if item.round_id in seen
    )


def due_for_review(session: Session, round_: Round) -> tuple[Planned, ...]:
    """Return the open items of earlier rounds that the round's review has not looked at yet."""
    cluster = required(session, Cluster, round_.cluster_id)
    return tuple(
        one
        for one in plan_of(session, cluster, until=round_.year)
        if one.round.year < round_.year and one.state in OPEN and not one.reviewed_in(round_)
    )


def _basis(session: Session, round_: Round, rulebase: Rulebase, only_published: bool) -> Basis:
    if rulebase.digest != round_.rulebase_digest:
        raise Unfit(
            "Plan with the rule base %(version)s as it was when the round was planned; this one differs.", version=round_.rulebase_version
        )
    if only_published and published_of(session, round_) is None:
        raise Unfit("Wait until the report of %(year)s is published: the plan takes up what it recommends.", year=str(round_.year))
    basis = basis_of(session, round_)
    if basis is None:
        raise Unfit("Diagnose the round of %(year)s first: the plan takes up what the diagnosis recommends.", year=str(round_.year))
    return basis


def _aim(
    document: Mapping[str, Any], entry: Mapping[str, Any], indicator: str | None, target: Decimal | None, rulebase: Rulebase
) -> tuple[str | None, str | None]:
    """Return baseline and target as they are kept; both none where no indicator is named."""
    if (indicator is None) != (target is None):
        raise Unfit("Name both the indicator that is to move and its target, or neither.")
    if indicator is None or target is None:
        return None, None
    if indicator not in indicators_behind(document, entry, rulebase):
        raise Unfit("Choose an indicator that the findings behind this instrument rest on.")
    problem = problem_with(target, rulebase.indicators[indicator].scale)
    if problem:
        raise Unfit("Correct the target: %(problem)s.", problem=problem)
    now, aim = value_in(document, indicator), rounded(target)
    if now is not None and Decimal(str(now)) == aim:
        raise Unfit("Choose a target other than the present value: otherwise nothing would have to move.")
    return None if now is None else str(now), format(aim.normalize(), "f")


def _reached(session: Session, item: ActionItem, round_: Round) -> str | None:
    basis = basis_of(session, round_) if item.indicator and round_.id != item.round_id else None
    value = value_in(basis.document, item.indicator or "") if basis is not None else None
    return None if value is None else str(value)


def _same(session: Session, item: ActionItem) -> ActionItem | None:
    """Return the open item that says just the same; a second click of the same button makes no second item."""
    like = select(ActionItem).where(
        col(ActionItem.round_id) == item.round_id, col(ActionItem.instrument) == item.instrument, col(ActionItem.state).in_(OPEN)
    )
    said = (item.owner, item.milestone, item.due, item.indicator, item.target)
    return next((one for one in session.exec(like) if (one.owner, one.milestone, one.due, one.indicator, one.target) == said), None)


def _note(note: str, state: ActionState) -> str:
    said = " ".join(note.split())
    if state is ActionState.DROPPED and len(said) < SHORTEST_BECAUSE:
        raise Unfit("Say in at least %(least)s characters why the item is dropped: readers of the plan will ask.", least=SHORTEST_BECAUSE)
    return _line(said, LONGEST_NOTE, _NOTE) if said else ""


def _line(text: str, longest: int, otherwise: str) -> str:
    said = " ".join(text.split())
    if not 0 < len(said) <= longest or not said.isprintable():
        raise Unfit(otherwise, most=longest)
    return said
