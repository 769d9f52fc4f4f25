"""Proves that two databases hold the same: one digest over every row of every table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlalchemy import Connection, Engine, Row, Table, select
from sqlmodel import SQLModel

from assess.store import tables as tables  # declares them
from assess.store.failures import told_in_a_sentence
from assess.store.session import Purpose, transactions


def contents_digest(engine: Engine) -> str:
    """SHA-256 of the contents at one moment, the same on SQLite and PostgreSQL. Raises StoreError before the first upgrade."""
    found = hashlib.sha256()
    with told_in_a_sentence(), transactions(engine, Purpose.READING).connect() as connection:
        for table in sorted(SQLModel.metadata.tables.values(), key=lambda table: table.name):
            found.update(f"{table.name}({','.join(sorted(table.columns.keys()))})\n".encode())
            for row in _rows(connection, table):
                found.update(f"{tuple(row)!r}\n".encode())
    return found.hexdigest()


def _rows(connection: Connection, table: Table) -> Iterator[Row[tuple[object, ...]]]:
    columns = sorted(table.columns, key=lambda column: column.name)
    wanted = select(*columns).order_by(*table.primary_key).execution_options(yield_per=1000)
    yield from connection.execute(wanted)
