"""Migrations bring any database to the tables of this version and back, all of the way or none of it."""

from __future__ import annotations

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from databases import make_invitation, make_member, make_response, make_round, opened
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, String, inspect, text
from sqlmodel import SQLModel

from assess.store import upgrade as upgrading
from assess.store.digest import contents_digest
from assess.store.failures import StoreError
from assess.store.session import writing
from assess.store.upgrade import EMPTY, current, downgrade, newest, upgrade

MIGRATIONS = Path(upgrading.__file__).parent / "migrations" / "versions"


def fill(engine: Engine) -> None:
    """One row or more in the tables that others point to."""
    with writing(engine) as session:
        round_ = make_round(session, questionnaires={"member": "settings: {}"})
        response = make_response(session, round_, answers={"staff": "12", "wörter": "Übung 日本"}, submitted=True)
        member = make_member(session, name="Other Works")
        make_invitation(session, round_, member)
        assert response.revision == 2


def differences(engine: Engine, metadata: MetaData = SQLModel.metadata) -> list[object]:
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_upgrade__empty_database__has_the_tables_the_program_works_with(empty_database: Engine) -> None:
    upgrade(empty_database)
    assert differences(empty_database) == []
    assert tables(empty_database) == {*SQLModel.metadata.tables, "alembic_version"}


def test_comparison_of_tables__sees_a_forgotten_column_and_index(database: Engine) -> None:
    more = MetaData()
    for table in SQLModel.metadata.tables.values():
        table.to_metadata(more)
    more.tables["cluster"].append_column(Column("forgotten", Integer))
    more.tables["cluster"].c.sector.index = True
    more.tables["member"].c.name.type = String(999)
    assert {str(kind[0]) if isinstance(kind, tuple) else str(kind[0][0]) for kind in differences(database, more)} >= {  # type: ignore[index]
        "add_column",
        "modify_type",
    }


def test_upgrade__again__changes_nothing(database: Engine) -> None:
    fill(database)
    before = contents_digest(database)
    upgrade(database)
    assert contents_digest(database) == before


def test_upgrade__four_at_once__one_does_it_and_the_others_wait(database_url: str) -> None:
    def start(_: int) -> str | None:
        with opened(database_url) as engine:
            upgrade(engine)
            return current(engine)

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(start, range(4))) == {newest()}


def test_revision__before_and_after(empty_database: Engine) -> None:
    assert current(empty_database) is None
    upgrade(empty_database)
    assert current(empty_database) == newest()


def test_downgrade__empty_database__leaves_no_table(database: Engine) -> None:
    downgrade(database, EMPTY)
    assert tables(database) == {"alembic_version"}


def test_downgrade__filled_database__and_up_again(database: Engine) -> None:
    fill(database)
    downgrade(database, EMPTY)
    assert tables(database) == {"alembic_version"}
    upgrade(database)
    assert differences(database) == []
    fill(database)


def test_downgrade__unknown_revision__a_sentence_and_nothing_done(database: Engine) -> None:
    with pytest.raises(StoreError, match="19990101_nothing"):
        downgrade(database, "19990101_nothing")
    assert current(database) == newest()


def test_upgrade__database_of_a_newer_version__a_sentence(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '29991231_later'"))
    with pytest.raises(StoreError, match="install the newer version"):
        upgrade(database)


def test_migrations__begin_with_their_date_and_bear_their_names() -> None:
    names = [path.stem for path in sorted(MIGRATIONS.glob("*.py"))]
    assert names
    assert all(re.fullmatch(r"20[2-9]\d[01]\d[0-3]\d_[a-z_]{3,23}", name) for name in names)
    assert all(f'revision = "{path.stem}"' in path.read_text() for path in MIGRATIONS.glob("*.py"))
    assert names[-1] == newest()


def test_constraints__all_named(database: Engine) -> None:
    found = inspect(database)
    for table in SQLModel.metadata.tables:
        given = [found.get_pk_constraint(table), *found.get_foreign_keys(table), *found.get_unique_constraints(table)]
        assert all(constraint["name"] for constraint in given), table


FAILS_HALF_WAY = """
from alembic import op
import sqlalchemy as sa
revision, down_revision = "29990101_fails", "NEWEST"

def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer))
    op.execute(sa.text("UPDATE cluster SET name = 'changed'"))
    raise RuntimeError("half way")
"""


@pytest.fixture
def failing_half_way(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Migrations of which the last makes a table, changes rows and then fails."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS.parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "29990101_fails.py").write_text(FAILS_HALF_WAY.replace("NEWEST", newest()))
    monkeypatch.setattr("assess.store.upgrade._MIGRATIONS", folder)


@pytest.mark.usefixtures("failing_half_way")
def test_upgrade__fails_half_way__all_undone(database: Engine) -> None:
    fill(database)
    before = contents_digest(database)
    with pytest.raises(RuntimeError, match="half way"):
        upgrade(database)
    assert "half" not in tables(database)
    assert contents_digest(database) == before


def test_sqlite__table_that_others_point_to__can_be_rebuilt(sqlite_database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(sqlite_database)
    before = contents_digest(sqlite_database)
    monkeypatch.setattr("alembic.command.upgrade", lambda config, _: rebuild_clusters(config.attributes["connection"]))
    upgrade(sqlite_database)
    assert contents_digest(sqlite_database) == before


def test_sqlite__migration_that_leaves_rows_astray__undone(sqlite_database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(sqlite_database)
    before = contents_digest(sqlite_database)
    forget = text("DELETE FROM cluster")
    monkeypatch.setattr("alembic.command.upgrade", lambda config, _: config.attributes["connection"].execute(forget))
    with pytest.raises(StoreError, match="would point to a cluster that is not there"):
        upgrade(sqlite_database)
    assert contents_digest(sqlite_database) == before


def rebuild_clusters(connection: Connection) -> None:
    """Build the table of clusters anew, as any change of a column on SQLite does."""
    operations = Operations(MigrationContext.configure(connection))
    with operations.batch_alter_table("cluster", recreate="always") as batch:
        batch.alter_column("name", type_=String(300))
