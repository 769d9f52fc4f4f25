"""Databases for tests of the verbs: every test runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from databases import database, database_url
from sqlalchemy import Engine

from workflow.surveying import Surveyed, make_survey

__all__ = ["database", "database_url"]


@pytest.fixture
def engine(database: Engine) -> Engine:
    """A store with all tables and no rows."""
    return database


@pytest.fixture
def survey(engine: Engine) -> Surveyed:
    """One member that has pressed Start."""
    return make_survey(engine)
