"""The column type of times: UTC without a zone; a time with a zone is a mistake of the program and refused."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """A naive time, in and out; databases would otherwise each convert or drop a zone in their own way."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy calls it so
        if value is not None and value.tzinfo is not None:
            raise ValueError(f"{value.isoformat()} has a time zone; the store keeps UTC without one")
        return value
