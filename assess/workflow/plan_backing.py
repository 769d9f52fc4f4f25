"""Says of an action item whether a report that was published recommends it: only then may it be told outside the evaluators' room."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from assess.store.steering_tables import Publication
from assess.store.tables import Round, StoredDiagnosis
from assess.workflow.plan_indicators import recommendation, value_in
from assess.workflow.plans import Planned
from assess.workflow.publications import PublicationState, publications_of, state_of
from assess.workflow.rows import identity, required


@dataclass(frozen=True, slots=True)
class Backing:
    """What stands behind an item. `state` is published, withdrawn (it was published once), or draft: nothing that ever left the room."""

    state: PublicationState
    baseline: bool = False
    """Whether the report that stands gives the item's baseline as its own figure."""

    @property
    def told(self) -> bool:
        """Whether everybody who reads the plan may know of the item."""
        return self.state is not PublicationState.DRAFT


def backings(session: Session, plan: Iterable[Planned]) -> dict[int, Backing]:
    """Return what stands behind each item of a plan, by its number."""
    items = tuple(plan)
    known = {identity(one.round): _published(session, one.round) for one in items}
    return {identity(one.item): _backing(one, known[identity(one.round)]) for one in items}


def _published(session: Session, round_: Round) -> tuple[tuple[PublicationState, Mapping[str, Any]], ...]:
    """The documents of a round that were ever published, that which stands first."""
    rows = [row for row in publications_of(session, round_) if row.published_at is not None]
    found = [(state_of(row), _document(session, row)) for row in rows]
    return tuple(sorted(found, key=lambda one: one[0] is not PublicationState.PUBLISHED))


def _document(session: Session, row: Publication) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(required(session, StoredDiagnosis, row.diagnosis_id).document)
    return found


def _backing(one: Planned, published: Iterable[tuple[PublicationState, Mapping[str, Any]]]) -> Backing:
    for state, document in published:
        if recommendation(document, one.item.instrument) is not None:
            value = value_in(document, one.item.indicator or "")
            same = one.item.baseline == (None if value is None else str(value))
            return Backing(state, state is PublicationState.PUBLISHED and same)
    return Backing(PublicationState.DRAFT)
