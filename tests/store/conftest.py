"""Gives the tests of the store every kind of database in turn."""

from __future__ import annotations

from databases import database, database_url, empty_database, sqlite_database

__all__ = ["database", "database_url", "empty_database", "sqlite_database"]
