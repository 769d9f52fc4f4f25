"""Gives the tests of the site a database and a survey under way."""

from __future__ import annotations

from pathlib import Path

import pytest
from databases import sqlite_database
from setting_once import set_once
from sqlalchemy import Engine

from web.served import page, served
from web.visiting import Survey, make_survey

__all__ = ["page", "served", "set_once", "sqlite_database"]


@pytest.fixture
def survey(sqlite_database: Engine, tmp_path: Path) -> Survey:
    """One company that was invited to the members' survey."""
    return make_survey(sqlite_database, tmp_path)
