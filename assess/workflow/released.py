"""Tells whether the figures of a round were released."""

from __future__ import annotations

from sqlmodel import Session, col, select

from assess.store.tables import ReleasedCell


def is_released(session: Session, round_id: int) -> bool:
    """Whether figures of a round were released, after which no late answer may change it."""
    return session.exec(select(ReleasedCell.id).where(col(ReleasedCell.round_id) == round_id)).first() is not None
