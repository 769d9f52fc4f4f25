"""Brings the tables of a database to this version of the program, or back to an earlier one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

from assess.phrases import Phrase
from assess.store.failures import StoreError, told_in_a_sentence
from assess.store.session import Purpose, transactions

EMPTY = "base"
"""The revision of a database without tables."""
_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_225_377_053
"""Any number, the same in every process that upgrades: only one upgrades a PostgreSQL database at a time."""


def upgrade(engine: Engine) -> None:
    """Apply every migration that is missing, all or none; doing it again changes nothing. Raises StoreError."""
    _migrate(engine, lambda config: command.upgrade(config, "head"))


def downgrade(engine: Engine, revision: str) -> None:
    """Take migrations back until `revision` (or EMPTY) is reached, all or none; what only later tables held is lost."""
    _migrate(engine, lambda config: command.downgrade(config, revision))


def current(engine: Engine) -> str | None:
    """The revision that the database is at; None before the first upgrade."""
    with told_in_a_sentence(), transactions(engine, Purpose.READING).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The revision that this version of the program works with."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None  # noqa: S101 - there is a first migration
    return revision


def _migrate(engine: Engine, step: Callable[[Config], None]) -> None:
    config = _config()
    with told_in_a_sentence(), transactions(engine, Purpose.RESHAPING).begin() as connection:
        config.attributes["connection"] = connection
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        try:
            step(config)
        except CommandError as error:
            raise StoreError(
                Phrase("The database is of a revision this version does not know (%(error)s); install the newer version.", error=str(error))
            ) from error
        _check_references(connection)


def _check_references(connection: Connection) -> None:
    """SQLite does not look at references while tables are rebuilt, so they are looked at afterwards."""
    if connection.dialect.name == "sqlite":
        astray = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if astray is not None:
            raise StoreError(
                Phrase(
                    "The migration was undone: row %(row)s of %(table)s would point to a %(target)s that is not there.",
                    row=str(astray[1]),
                    table=str(astray[0]),
                    target=str(astray[2]),
                )
            )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
