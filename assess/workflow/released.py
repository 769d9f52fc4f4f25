"""Tells whether the figures of a round were released, and whether its answers are still there."""

from __future__ import annotations

from sqlmodel import Session, col, select

from assess.store.tables import ReleasedCell, Round
from assess.workflow.refusals import Unfit


def is_released(session: Session, round_id: int) -> bool:
    """Whether figures of a round were released, after which no late answer may change it."""
    return session.exec(select(ReleasedCell.id).where(col(ReleasedCell.round_id) == round_id)).first() is not None


def refuse_erased(round_: Round) -> None:
    """Raise Unfit once the answers of a round were erased: what is left would look as if nobody had answered."""
    if round_.erased_at is not None:
        raise Unfit("Work with the diagnoses there are: the answers of this round were erased on %(day)s.", day=round_.erased_at.date())
