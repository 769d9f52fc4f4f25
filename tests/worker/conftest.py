"""A site with a database, for tests of the worker."""

from __future__ import annotations

from pathlib import Path

import pytest
from databases import database, database_url, sqlite_database
from sqlalchemy import Engine

from assess.settings import Settings
from worker.working import settings_for

__all__ = ["database", "database_url", "sqlite_database"]


@pytest.fixture
def settings(sqlite_database: Engine, tmp_path: Path) -> Settings:
    """The settings of a site on SQLite, with all tables and no rows."""
    return settings_for(sqlite_database, tmp_path)
