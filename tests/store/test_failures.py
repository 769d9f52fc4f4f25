"""A full disk, a file that may only be read, a damaged file or a silent server: each is told in a sentence, and nothing is half saved."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from databases import make_cluster, new_migrated, opened
from postgresql_server import new_database, server
from sqlalchemy import Engine, text
from sqlmodel import func, select

from assess.store.failures import StoreError
from assess.store.session import Purpose, reading, transactions, writing
from assess.store.tables import Cluster
from assess.store.upgrade import upgrade

FILL = """
import resource, sys
from databases import make_cluster, opened
from assess.store.session import writing
{limit}
with opened(sys.argv[1]) as engine:
    for number in range(10_000):
        with writing(engine) as session:
            for part in range(20):
                make_cluster(session, key=f"{{number}}-{{part}}", name="x" * 200)
        print(number + 1, flush=True)
"""
FILE_LIMIT = "resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))"
"""The system refuses to let any file grow beyond this, as it does under a quota."""

NOBODY = 65534
READ_ONLY = """
import os, sys
from databases import make_cluster, opened
from assess.store.failures import StoreError
from assess.store.session import writing
if os.geteuid() == 0:  # whom file modes do not stop
    os.setgid({nobody}); os.setuid({nobody})
try:
    with opened(sys.argv[1]) as engine, writing(engine) as session:
        make_cluster(session)
except StoreError as error:
    print(error)
"""


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    tests = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (tests, tests.parent)))}
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def clusters(engine: Engine) -> int:
    with reading(engine) as session:
        return session.exec(select(func.count()).select_from(Cluster)).one()


def test_sqlite__file_may_not_grow__sentence_and_only_whole_transactions(sqlite_database: Engine) -> None:
    done = run(FILL.format(limit=FILE_LIMIT), sqlite_database.url.render_as_string())
    acknowledged = len(done.stdout.split())
    assert "StoreError: The database file could not be read or written; check the disk" in done.stderr
    assert acknowledged > 2
    assert clusters(sqlite_database) == acknowledged * 20


def test_sqlite__no_page_left__sentence_and_goes_on_when_there_is_room(sqlite_database: Engine) -> None:
    limit_pages(sqlite_database, 1)  # SQLite takes the present size instead
    with pytest.raises(StoreError, match="disk or quota of the database is full, so nothing was saved"):
        add_clusters(sqlite_database, 2_000)
    assert clusters(sqlite_database) == 0
    limit_pages(sqlite_database, 1_000_000)
    add_clusters(sqlite_database, 2_000)
    assert clusters(sqlite_database) == 2_000


def add_clusters(engine: Engine, count: int) -> None:
    with writing(engine) as session:
        session.add_all(Cluster(key=str(number), name="x" * 200) for number in range(count))


def limit_pages(engine: Engine, pages: int) -> None:
    connection = engine.raw_connection()
    connection.cursor().execute(f"PRAGMA max_page_count = {pages}")
    connection.close()


def test_sqlite__file_that_may_only_be_read__sentence() -> None:
    with TemporaryDirectory() as name:  # not pytest's folder, into which only its owner may go
        folder = Path(name)
        folder.chmod(0o755)
        with new_migrated("sqlite", folder):
            pass
        (folder / "assess.db").chmod(0o444)
        folder.chmod(0o555)
        done = run(READ_ONLY.format(nobody=NOBODY), f"sqlite:///{folder}/assess.db")
        folder.chmod(0o755)
    assert done.stdout.startswith("The database "), done.stderr
    assert "write to it" in done.stdout or "cannot be opened" in done.stdout


def test_sqlite__not_a_database__sentence(tmp_path: Path) -> None:
    (tmp_path / "assess.db").write_text("a shopping list " * 1000)
    with (
        pytest.raises(StoreError, match="damaged or not a database; restore a backup"),
        opened(f"sqlite:///{tmp_path}/assess.db") as engine,
    ):
        upgrade(engine)


def test_postgresql__no_server__sentence() -> None:
    with opened("postgresql://postgres@127.0.0.1:1/assess") as engine, pytest.raises(StoreError, match="server does not answer"):
        clusters(engine)


def test_postgresql__no_such_database__sentence() -> None:
    url = server().set(database="assess_test_missing").render_as_string(hide_password=False)
    with opened(url) as engine, pytest.raises(StoreError, match="create it with `createdb`"):
        clusters(engine)


def test_postgresql__no_such_user__sentence() -> None:
    url = server().set(username="assess_test_stranger").render_as_string(hide_password=False)
    with opened(url) as engine, pytest.raises(StoreError):
        clusters(engine)


def test_postgresql__connection_cut__sentence_then_works_again(tmp_path: Path) -> None:
    with new_migrated("postgresql", tmp_path) as engine:
        with pytest.raises(StoreError, match="server does not answer"):
            cut_while_writing(engine)
        assert clusters(engine) == 0
        with writing(engine) as session:
            make_cluster(session)
        assert clusters(engine) == 1


def cut_while_writing(engine: Engine) -> None:
    with writing(engine) as session:
        make_cluster(session)
        own = session.connection().scalar(text("SELECT pg_backend_pid()"))
        with engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": own})


def test_postgresql__database_that_may_only_be_read__sentence(tmp_path: Path) -> None:
    with new_migrated("postgresql", tmp_path) as engine:
        with transactions(engine, Purpose.WRITING).begin() as connection:
            connection.execute(text(f'ALTER DATABASE "{engine.url.database}" SET default_transaction_read_only = on'))
        engine.dispose()
        with pytest.raises(StoreError, match="may only be read"), writing(engine) as session:
            make_cluster(session)


def test_postgresql__locked_for_longer_than_the_patience__sentence(tmp_path: Path) -> None:
    with new_migrated("postgresql", tmp_path) as engine, writing(engine) as session:
        cluster = make_cluster(session)
        session.commit()
        session.refresh(cluster, with_for_update=True)
        with pytest.raises(StoreError, match="busy; try again"):
            lock_impatiently(engine, cluster)


def lock_impatiently(engine: Engine, cluster: Cluster) -> None:
    with writing(engine) as session:
        session.connection().execute(text("SET LOCAL lock_timeout = '1ms'"))
        session.refresh(session.merge(cluster), with_for_update=True)


def test_postgresql__no_tables__sentence() -> None:
    with new_database() as url, opened(url) as engine, pytest.raises(StoreError, match="run `assess db upgrade`"):
        clusters(engine)
