"""Opens the database and gives out sessions: one to write with, one to read with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from assess.phrases import Phrase
from assess.store.failures import StoreError, told_in_a_sentence

_PATIENCE = 10
"""Seconds to wait for somebody else's lock, and for a server to answer."""


class Purpose(StrEnum):
    """What a transaction is for."""

    READING = "reading"
    WRITING = "writing"
    RESHAPING = "reshaping"
    """Changing tables: rows may point nowhere until its end."""


_SQLITE_BEGINNINGS = {
    Purpose.READING: ("PRAGMA foreign_keys = ON", "PRAGMA query_only = ON", "BEGIN"),
    Purpose.WRITING: ("PRAGMA foreign_keys = ON", "PRAGMA query_only = OFF", "BEGIN IMMEDIATE"),
    Purpose.RESHAPING: ("PRAGMA foreign_keys = OFF", "PRAGMA query_only = OFF", "BEGIN IMMEDIATE"),
}
"""A writer takes the lock when it begins: if it took it only at its first change, it would fail whenever another had written since."""


def open_database(url: str, *, audit_key: bytes = b"") -> Engine:
    """Open the SQLite file or PostgreSQL database at `url`; a new SQLite file is made for its owner's eyes only.

    `audit_key` is what the audit log of this database is sealed with.

    Raises StoreError when the address is of no use or the file cannot be made. The server is not asked yet.
    """
    address = _address(url)
    engine = _open_sqlite(address) if address.get_backend_name() == "sqlite" else _open_postgresql(address)
    engine.update_execution_options(audit_key=audit_key)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Yield a session whose changes are committed at the end of the block, or all rolled back on an exception.

    What was loaded or made may still be read afterwards. Raises StoreError when the database cannot be written.
    """
    with told_in_a_sentence(), Session(transactions(engine, Purpose.WRITING), expire_on_commit=False) as session:
        yield session
        session.commit()


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Yield a session that sees one moment of the database throughout and cannot change it. Raises StoreError like `writing`."""
    with told_in_a_sentence(), Session(transactions(engine, Purpose.READING), expire_on_commit=False) as session:
        yield session


def transactions(engine: Engine, purpose: Purpose) -> Engine:
    """The same database and connections, with every transaction begun for `purpose`."""
    if engine.dialect.name == "postgresql" and purpose is Purpose.READING:
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.execution_options(purpose=purpose)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise StoreError(Phrase("ASSESS_DATABASE is no address of a database; %(write)s.", write=_ADDRESSES)) from None
    if address.drivername in {"sqlite", "sqlite+pysqlite"}:
        if not address.database or address.database == ":memory:":
            raise StoreError(Phrase("ASSESS_DATABASE names no file, and a database in memory would forget the answers; name a file."))
        return address
    if address.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return address.set(drivername="postgresql+psycopg")
    raise StoreError(
        Phrase(
            "ASSESS_DATABASE begins with %(beginning)s, which is not known here; %(write)s.",
            beginning=f"{address.drivername}://",
            write=_ADDRESSES,
        )
    )


_ADDRESSES = Phrase("write sqlite:///folder/assess.db, or postgresql://user:password@host/database")


def _open_sqlite(address: URL) -> Engine:
    _make_file(Path(address.database or ""))
    engine = create_engine(address, hide_parameters=True, connect_args={"timeout": _PATIENCE})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _make_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Only a new file: opening and closing one that is in use would drop the locks this process holds on it.
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(
            Phrase(
                "%(file)s cannot be made (%(reason)s); check ASSESS_DATABASE and the rights to its folder.",
                file=str(path),
                reason=Phrase(str(error.strerror)),
            )
        ) from error


def _prepare(connection: SQLiteConnection, _record: object) -> None:
    connection.isolation_level = None  # no BEGIN of the driver's own
    connection.execute(f"PRAGMA busy_timeout = {_PATIENCE * 1000}")
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise StoreError(Phrase("The file system of the database does not allow for a write-ahead log; put the file on a local disk."))
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    purpose = connection.get_execution_options().get("purpose", Purpose.WRITING)
    for statement in _SQLITE_BEGINNINGS[purpose]:
        connection.exec_driver_sql(statement)


def _open_postgresql(address: URL) -> Engine:
    given = address.query.get("options", "")
    options = f"{given if isinstance(given, str) else ' '.join(given)} -c lock_timeout={_PATIENCE}s -c TimeZone=UTC".strip()
    # Parameters are hidden because answers would otherwise stand in logs.
    return create_engine(address, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": _PATIENCE, "options": options})
