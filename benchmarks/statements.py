"""Counts what is asked of a database: statements apart from what begins and ends transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, event

_BEGINNINGS = ("PRAGMA", "BEGIN")


@dataclass
class Counted:
    """A statement that is executed for many rows at once counts as one, as it does for the driver."""

    statements: int = 0
    around: int = 0
    """BEGIN, COMMIT, ROLLBACK and the PRAGMAs before a transaction."""


@contextmanager
def counted(engine: Engine) -> Iterator[Counted]:
    """Count everything that the engine executes within the block."""
    found = Counted()

    def executed(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(_BEGINNINGS):
            found.around += 1
        else:
            found.statements += 1

    def ended(_connection: object) -> None:
        found.around += 1

    listeners = (("before_cursor_execute", executed), ("commit", ended), ("rollback", ended))
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield found
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)
