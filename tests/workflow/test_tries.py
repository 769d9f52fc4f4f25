"""Tries are counted in the store, in a moving window, and never twice at once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import Session, select

from assess.store.session import reading, writing
from assess.store.staff_tables import DoorTries
from assess.workflow import tries
from assess.workflow.tries import Limit
from workflow.overlapping import overlapping
from workflow.surveying import NOON

SECOND = timedelta(seconds=1)
LIMITS = (Limit(2, 60 * SECOND), Limit(3, 3600 * SECOND))


def test_window__moves__and_a_refused_try_is_not_counted(engine: Engine) -> None:
    with writing(engine) as session:
        assert tries.wait(session, "a", LIMITS, now=NOON) is None
        assert tries.count(session, "a", LIMITS, now=NOON) is None
        assert tries.count(session, "a", LIMITS, now=NOON + 30 * SECOND) is None
        for _ in range(3):
            assert tries.count(session, "a", LIMITS, now=NOON + 40 * SECOND) == 20 * SECOND
        assert tries.wait(session, "a", LIMITS, now=NOON + 40 * SECOND) == 20 * SECOND
        assert tries.count(session, "b", LIMITS, now=NOON + 40 * SECOND) is None, "another key counts for itself"
        assert tries.count(session, "a", LIMITS, now=NOON + 60 * SECOND) is None
        assert tries.count(session, "a", LIMITS, now=NOON + 90 * SECOND) == 3510 * SECOND, "the hour holds where the minute would not"
        assert tries.count(session, "a", LIMITS, now=NOON + 3600 * SECOND) is None


def test_counts__are_those_of_every_process(engine: Engine) -> None:
    for _ in range(2):
        with writing(engine) as session:
            assert tries.count(session, "a", LIMITS, now=NOON) is None
    with reading(engine) as session:
        assert tries.wait(session, "a", LIMITS, now=NOON) == 60 * SECOND


def test_two_tries_at_once__are_counted_as_two(engine: Engine) -> None:
    def one(session: Session) -> None:
        tries.count(session, "a", LIMITS, now=NOON)

    overlapping(engine, one, one)
    with writing(engine) as session:
        assert tries.count(session, "a", LIMITS, now=NOON) == 60 * SECOND


def test_counts_whose_time_is_over__are_deleted(engine: Engine) -> None:
    with writing(engine) as session:
        tries.count(session, "a", LIMITS, now=NOON)
        assert tries.forget_old(session, now=NOON + 3600 * SECOND) == 0
        assert tries.forget_old(session, now=NOON + 3601 * SECOND) == 1
        assert session.exec(select(DoorTries)).all() == []
