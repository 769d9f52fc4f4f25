"""Finds and locks rows of the store."""

from __future__ import annotations

from typing import Protocol, TypeVar

from sqlmodel import Session, SQLModel


class _Numbered(Protocol):
    id: int | None


_Row = TypeVar("_Row", bound=SQLModel)


def identity(row: _Numbered) -> int:
    """Return the number of a row that was written. Raises ValueError for one that was not."""
    if row.id is None:
        raise ValueError(f"{type(row).__name__} has no number before it is flushed")
    return row.id


def added(session: Session, row: _Row) -> _Row:
    """Write a new row at once, so that it has its number and clashes show here."""
    session.add(row)
    session.flush()
    return row


def locked(session: Session, row: _Row) -> _Row:
    """Read a row afresh and keep it from everybody else until the transaction ends (SQLite locks the whole file anyway)."""
    session.flush()
    session.refresh(row, with_for_update=True)
    return row


def required(session: Session, table: type[_Row], number: int) -> _Row:
    """Return the row that another row points to. Raises LookupError when the store is damaged."""
    row = session.get(table, number)
    if row is None:
        raise LookupError(f"{table.__name__} {number} is gone, though rows point to it")
    return row
