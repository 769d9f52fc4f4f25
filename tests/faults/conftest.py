"""Gives the fault tests every kind of database in turn."""

from __future__ import annotations

from databases import database, sqlite_database

__all__ = ["database", "sqlite_database"]
