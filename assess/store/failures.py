"""Tells an operator in a sentence why the database cannot be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError

from assess.errors import AssessError
from assess.phrases import Phrase


class StoreError(AssessError):
    """The database cannot be used as it stands; nothing of the present transaction was kept."""


_UPGRADE = Phrase("The database does not have the tables of this version; run `assess db upgrade`.")
_FULL = Phrase("The disk or quota of the database is full, so nothing was saved; make room, then try again.")
_UNREADABLE = Phrase("The database file could not be read or written; check the disk and the room left on it, then try again.")
_READ_ONLY = Phrase("The database may only be read; give the user that runs the site the right to write to it.")
_BUSY = Phrase("The database is busy; try again in a moment.")
_DAMAGED = Phrase("The database file is damaged or not a database; restore a backup.")
_UNREACHABLE = Phrase("The database server does not answer; check that it runs and that ASSESS_DATABASE names it rightly.")
_REFUSED = Phrase("The database server refuses the login; check the user and password in ASSESS_DATABASE.")
_UNKNOWN_DATABASE = Phrase("The database named in ASSESS_DATABASE does not exist on the server; create it with `createdb`.")

_SQLITE: Mapping[str, Phrase] = {
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": _UNREADABLE,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_CANTOPEN": Phrase("The database file cannot be opened; check that its folder exists and may be written to."),
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
}
"""By the beginning of SQLite's name for the error: extended codes go on behind it."""
_POSTGRESQL: Mapping[str, Phrase] = {
    "53100": _FULL,
    "53": _BUSY,
    "25006": _READ_ONLY,
    "40": _BUSY,
    "55P03": _BUSY,
    "42P01": _UPGRADE,
    "42703": _UPGRADE,
    "28": _REFUSED,
    "3D000": _UNKNOWN_DATABASE,
    "08": _UNREACHABLE,
    "57P": _UNREACHABLE,
    "58": _UNREADABLE,
}
"""By the beginning of the SQLSTATE, the longer ones first."""


@contextmanager
def told_in_a_sentence() -> Iterator[None]:
    """Turn what the operator can mend into a StoreError; mistakes of the program and broken constraints stay as they are."""
    try:
        yield
    except DBAPIError as error:
        sentence = None if isinstance(error, IntegrityError) else _sentence(error)
        if sentence is None:
            raise
        raise StoreError(sentence) from error


def _sentence(error: DBAPIError) -> Phrase | None:
    cause = error.orig
    name = getattr(cause, "sqlite_errorname", None)
    if name == "SQLITE_ERROR" and str(cause).startswith(("no such table", "no such column")):
        return _UPGRADE
    if name is not None:
        return _beginning(_SQLITE, name)
    state = getattr(cause, "sqlstate", None)
    if state is None:
        return _unreached(str(cause)) if error.connection_invalidated or type(cause).__name__ == "OperationalError" else None
    return _beginning(_POSTGRESQL, state)


def _beginning(sentences: Mapping[str, Phrase], code: str) -> Phrase | None:
    return next((sentence for beginning, sentence in sentences.items() if code.startswith(beginning)), None)


def _unreached(message: str) -> Phrase:
    """A connection that was never made carries no SQLSTATE, only words; they may come in another language."""
    if "authentication failed" in message or "no password supplied" in message:
        return _REFUSED
    return _UNKNOWN_DATABASE if message.rstrip().endswith("does not exist") and 'database "' in message else _UNREACHABLE
