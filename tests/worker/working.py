"""Jobs and workers for tests: quick ones, on a site of their own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from assess.settings import Settings, read_settings
from assess.store.session import reading, writing
from assess.store.tables import Job, JobState
from assess.worker.handling import Handler, database, now
from assess.worker.limits import Limits
from assess.worker.periodic import Periodic
from assess.worker.supervisor import Supervisor
from assess.workflow import jobs

QUICK = Limits(lease=timedelta(seconds=1), first_wait=timedelta(seconds=0.1), timeout=30, poll=0.1, grace=10)
PATIENCE = 120
"""Seconds until a test gives up waiting."""
ENDED = {JobState.DONE, JobState.DEAD}


def settings_for(engine: Engine, folder: Path) -> Settings:
    """The settings of a site on this database whose files are below a folder."""
    url = engine.url.render_as_string(hide_password=False)
    return read_settings(
        {"ASSESS_DEMO": "1", "ASSESS_DATABASE": url, "ASSESS_FOLDER": str(folder), "ASSESS_MAIL_FROM": "survey@example.org"}
    )


def enqueued(settings: Settings, kind: str, key: str = "k", payload: Mapping[str, Any] | None = None) -> str:
    """Write down a job and return its key."""
    with database(settings) as engine, writing(engine) as session:
        return jobs.enqueue(session, kind=kind, key=key, payload=payload or {}, now=now()).key


def job(settings: Settings, key: str = "k") -> Job:
    """The row of a job as it is now."""
    with database(settings) as engine, reading(engine) as session:
        found = jobs.job_of(session, key)
    assert found is not None, key
    return found


def wait_until(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait until something is so; fail when it is not in time."""
    until = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < until, f"waited {patience} seconds in vain: {what}"
        time.sleep(0.02)


def work(
    settings: Settings,
    handlers: Mapping[str, Handler],
    *,
    until: Callable[[Supervisor], bool],
    limits: Limits = QUICK,
    periodic: Sequence[Periodic] = (),
    **changed: Any,
) -> Supervisor:
    """Let a worker work in this process until something is so."""
    supervisor = Supervisor(settings, handlers, periodic=periodic, limits=replace(limits, **changed))
    end = time.monotonic() + PATIENCE
    supervisor.run(ended=lambda: until(supervisor) or time.monotonic() > end)
    assert time.monotonic() < end, "the worker had not done its work in time"
    return supervisor


def ended(settings: Settings, *keys: str) -> bool:
    """Whether all these jobs have ended."""
    return all(job(settings, key).state in ENDED for key in keys)
