"""Counts tries in a moving window, in the store, so that all processes of a site count together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from assess.store.staff_tables import DoorTries
from assess.workflow.rows import locked


@dataclass(frozen=True, slots=True)
class Limit:
    """How many tries are let through within a time."""

    amount: int
    within: timedelta


def wait(session: Session, key: str, limits: Sequence[Limit], *, now: datetime) -> timedelta | None:
    """Return how long the next try of a key has to wait; None where it may be made now. Nothing is written."""
    row = session.exec(select(DoorTries).where(col(DoorTries.key) == key)).first()
    return _wait(_times(row), limits, now) if row is not None else None


def count(session: Session, key: str, limits: Sequence[Limit], *, now: datetime) -> timedelta | None:
    """Count a try of a key and return None; or return how long it has to wait: then it is not counted.

    Two tries at once are counted one after the other: the row is locked until the transaction ends.
    """
    longest = max(limit.within for limit in limits)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(DoorTries).values(key=key, tries="[]", until=now + longest).on_conflict_do_nothing(index_elements=["key"]))
    row = locked(session, session.exec(select(DoorTries).where(col(DoorTries.key) == key)).one())
    times = [time for time in _times(row) if time > now - longest]
    delay = _wait(times, limits, now)
    if delay is None:
        times.append(now)
    row.tries, row.until = json.dumps([time.isoformat() for time in times]), max((*times, now)) + longest
    session.add(row)
    session.flush()
    return delay


def forget_old(session: Session, *, now: datetime) -> int:
    """Delete counts whose time is over, and return how many."""
    return len(session.execute(delete(DoorTries).where(col(DoorTries.until) < now).returning(col(DoorTries.id))).all())


def _times(row: DoorTries) -> list[datetime]:
    return [datetime.fromisoformat(text) for text in json.loads(row.tries)]


def _wait(times: Sequence[datetime], limits: Sequence[Limit], now: datetime) -> timedelta | None:
    """The longest wait that any limit asks for; a try stops counting once it lies a whole window back."""
    waits = []
    for limit in limits:
        counted = [time for time in times if time > now - limit.within]
        if len(counted) >= limit.amount:
            waits.append(counted[-limit.amount] + limit.within - now)
    return max(waits, default=None)
