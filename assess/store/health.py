"""Tries whether the store can be written, and leaves nothing behind."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from assess.phrases import Phrase
from assess.store.failures import StoreError, told_in_a_sentence
from assess.store.session import Purpose, transactions
from assess.store.tables import Job

_TRIED = 64_000
"""Characters that are written and taken back: more than a database has room for in pages it already owns."""
_LEAST_ROOM = 16_000_000
"""Bytes beside a SQLite file below which the next answers may not find room."""
_KEY = "readiness"


def refuse_unwritable(engine: Engine, *, now: datetime) -> None:
    """Write a row and take it back. Raises StoreError when it cannot be written, or the disk of a SQLite file is all but full."""
    with told_in_a_sentence(), Session(transactions(engine, Purpose.WRITING)) as session:
        session.add(Job(kind=_KEY, key=_KEY, payload="x" * _TRIED, due_at=now))
        session.flush()
        session.rollback()
    if engine.dialect.name == "sqlite" and engine.url.database:
        room = shutil.disk_usage(Path(engine.url.database).parent).free
        if room < _LEAST_ROOM:
            raise StoreError(
                Phrase("The disk of the database has %(room)s MB left; make room before answers find none.", room=room // 1_000_000)
            )
