"""Tells whether a diagnosis still says what its round's answers and overrides give, and hands out these answers where it does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from assess.definitions.rulebase import Rulebase
from assess.engine.answers import ResponseSet
from assess.store.tables import Round, StoredDiagnosis
from assess.workflow.handed_in import response_sets
from assess.workflow.overrides import applied, measures_in, overrides_of
from assess.workflow.publications import is_up_to_date
from assess.workflow.rows import required

_SYNTHETIC = "synthetic"


class Change(StrEnum):
    """What happened to a round since its diagnosis was made."""

    NONE = ""
    OVERRIDES = "overrides"
    ANSWERS = "answers"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Behind:
    """The answers behind a diagnosis; none where they changed or were erased."""

    change: Change
    sets: tuple[ResponseSet, ...] = ()


def answers_behind(session: Session, diagnosis: StoredDiagnosis, document: Mapping[str, Any], rulebase: Rulebase, now: datetime) -> Behind:
    """Hold a diagnosis against what its round holds now."""
    round_ = required(session, Round, diagnosis.round_id)
    if not is_up_to_date(session, diagnosis):
        return Behind(Change.OVERRIDES)
    if round_.erased_at is not None:
        return Behind(Change.ERASED)
    sets = response_sets(session, round_, now.date(), _SYNTHETIC if document["synthetic"] else "")
    same = _measures_now(session, round_, sets, rulebase) == document["measures"]
    return Behind(Change.NONE, sets) if same else Behind(Change.ANSWERS)


def _measures_now(session: Session, round_: Round, sets: Sequence[ResponseSet], rulebase: Rulebase) -> Any:
    measures = measures_in(sets, rulebase)
    after = {one.before.indicator: one.after for one in applied(overrides_of(session, round_), measures)}
    return json.loads(json.dumps({name: measure.as_json() for name, measure in (measures | after).items()}))
