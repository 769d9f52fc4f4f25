"""A writer that others can get in the way of: it reads a number and writes it back one higher."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlmodel import col, select

from assess.store.failures import StoreError
from assess.store.session import writing
from assess.store.tables import Job


def count_up(engine: Engine, times: int) -> int:
    """Raise the attempts of the job `counter` so often, each time in a transaction; return how many of them failed."""
    failures = 0
    for _ in range(times):
        try:
            with writing(engine) as session:
                job = session.exec(select(Job).where(col(Job.key) == "counter").with_for_update()).one()
                job.attempts += 1
                session.add(job)
        except StoreError:
            failures += 1
    return failures
