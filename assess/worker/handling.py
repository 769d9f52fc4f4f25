"""What a handler is: a function that does one kind of job, to the same effect however often it is begun."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from assess.settings import Settings
from assess.store.session import open_database

Progress = Callable[[int, int], None]
"""Takes how much is done, and of how much (0: not known); raises Overtaken when the job is somebody else's by now."""
Handler = Callable[[Settings, Mapping[str, Any], Progress], Mapping[str, Any]]
"""Takes the settings, the job's payload and a way to say how far it is; returns what is to be kept about the work, plain data."""


class Overtaken(Exception):
    """The lease of the job ran out and somebody else holds it: whatever this process still did would be done twice."""


@contextmanager
def database(settings: Settings) -> Iterator[Engine]:
    """Yield the database, and close its connections in the end."""
    engine = open_database(settings.database, audit_key=settings.audit_key)
    try:
        yield engine
    finally:
        engine.dispose()


def now() -> datetime:
    """The present time, UTC without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)
