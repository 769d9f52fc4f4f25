"""What several tables share: kinds of columns, and the names of constraints."""

# No `from __future__ import annotations` here: SQLModel reads the annotations themselves.

from enum import StrEnum

from sqlalchemy import Column, Enum, Text
from sqlmodel import SQLModel

# Every constraint has a name that migrations can call it by, the same on every database.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


def text_column() -> Column[str]:
    """A text of any length."""
    return Column(Text, nullable=False)


def enum_column(kind: type[StrEnum], *, nullable: bool = False) -> Column[str]:
    """One of the values of `kind`, kept as its word."""
    return Column(Enum(kind, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e]), nullable=nullable)
