"""Opens the survey's database as the environment names it, for commands that commit once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlmodel import Session

from assess.errors import AssessError
from assess.phrases import Phrase
from assess.settings import Settings, read_settings
from assess.store.session import open_database, reading, writing
from assess.store.upgrade import current, newest

ACTOR = "command line"


@dataclass(frozen=True, slots=True)
class Place:
    """The settings, the database they name, and the moment of the command."""

    settings: Settings
    engine: Engine
    now: datetime


@contextmanager
def place() -> Iterator[Place]:
    """Yield the settings and the database, and close its connections in the end."""
    settings = read_settings()
    engine = open_database(settings.database, audit_key=settings.audit_key)
    try:
        yield Place(settings, engine, datetime.now(UTC).replace(tzinfo=None))
    finally:
        engine.dispose()


@contextmanager
def place_to_write() -> Iterator[tuple[Place, Session]]:
    """Yield the place and a session that commits at the end."""
    with place() as found, writing(found.engine) as session:
        yield found, session


@contextmanager
def place_to_read() -> Iterator[tuple[Place, Session]]:
    """Yield the place and a session that changes nothing."""
    with place() as found, reading(found.engine) as session:
        yield found, session


def refuse_old_tables(engine: Engine) -> None:
    """Raise AssessError unless the database is at the revision that this program works with."""
    found, wanted = current(engine), newest()
    if found is None:
        raise AssessError(
            Phrase("The database has no tables yet, this program needs %(wanted)s; run `assess db upgrade` first.", wanted=wanted)
        )
    if found != wanted:
        raise AssessError(
            Phrase(
                "The database is at %(found)s, this program needs %(wanted)s; run `assess db upgrade` first.", found=found, wanted=wanted
            )
        )
