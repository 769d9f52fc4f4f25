"""Sessions keep all of a block or none of it, let nobody read what is half done, and let writers wait for each other."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from databases import NOW, make_cluster, make_member, make_response, make_round, new_migrated, opened
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from assess.store.failures import StoreError
from assess.store.session import open_database, reading, writing
from assess.store.tables import Answer, Cluster, Job, Member, Response
from store.counting import count_up

WRITERS = 8
EACH = 25


def clusters(engine: Engine) -> int:
    with reading(engine) as session:
        return session.exec(select(func.count()).select_from(Cluster)).one()


def make_clusters(engine: Engine, *keys: str, fail: Exception | None = None) -> None:
    with writing(engine) as session:
        for key in keys:
            make_cluster(session, key=key)
        if fail is not None:
            raise fail


def test_writing__end_of_block__committed_and_still_readable(database: Engine) -> None:
    with writing(database) as session:
        cluster = make_cluster(session, name="Inn Valley")
    assert (cluster.name, clusters(database)) == ("Inn Valley", 1)


def test_writing__exception__nothing_kept(database: Engine) -> None:
    with pytest.raises(RuntimeError, match="half way"):
        make_clusters(database, "first", fail=RuntimeError("half way"))
    assert clusters(database) == 0


def test_writing__after_a_failure__goes_on(database: Engine) -> None:
    with pytest.raises(IntegrityError):
        make_clusters(database, "same", "same")
    make_clusters(database, "same")
    assert clusters(database) == 1


def test_foreign_key__to_nothing__refused(database: Engine) -> None:
    with pytest.raises(IntegrityError), writing(database) as session:
        session.add(Member(cluster_id=999, name="A", name_key="a", kind="company", email="a@example.org"))


def test_foreign_key__row_that_others_point_to__cannot_be_deleted(database: Engine) -> None:
    with writing(database) as session:
        cluster = make_cluster(session)
        make_member(session, cluster)
    with pytest.raises(IntegrityError), writing(database) as session:
        session.delete(session.merge(cluster))


def test_broken_constraint__hides_what_was_answered(database: Engine) -> None:
    with pytest.raises(IntegrityError) as caught, writing(database) as session:
        session.add(Answer(response_id=999, item="turnover", raw="very secret figure", revision=1, saved_at=NOW))
    assert "very secret figure" not in str(caught.value)


def test_times__with_a_zone__refused(database: Engine) -> None:
    with pytest.raises(Exception, match="has a time zone"), writing(database) as session:
        make_round(session, opens_at=datetime(2026, 1, 1, tzinfo=UTC))


def test_times__come_back_as_they_were(database: Engine) -> None:
    with writing(database) as session:
        made = make_response(session)
    with reading(database) as session:
        response = session.get(Response, made.id)
        assert response is not None
        assert response.created_at == NOW


def test_reading__a_change__refused(database: Engine) -> None:
    with pytest.raises(StoreError), reading(database) as session:
        make_cluster(session)
    assert clusters(database) == 0


def test_reading__while_somebody_writes__sees_one_moment(database: Engine) -> None:
    with reading(database) as session:
        before = session.exec(select(func.count()).select_from(Cluster)).one()
        with writing(database) as other:
            make_cluster(other)
        after = session.exec(select(func.count()).select_from(Cluster)).one()
    assert (before, after, clusters(database)) == (0, 0, 1)


def test_connection__that_read__may_write_again(database: Engine) -> None:
    for key in ("first", "second"):
        clusters(database)
        with writing(database) as session:
            make_cluster(session, key=key)
    assert clusters(database) == 2


def add_counter(engine: Engine) -> None:
    with writing(engine) as session:
        session.add(Job(kind="count", key="counter", payload="{}", due_at=NOW))


def counted(engine: Engine) -> int:
    with reading(engine) as session:
        return session.exec(select(Job.attempts).where(col(Job.key) == "counter")).one()


def test_eight_threads_writing_at_once__none_fails_and_none_is_lost(database: Engine) -> None:
    add_counter(database)
    with ThreadPoolExecutor(WRITERS) as pool:
        failures = sum(pool.map(lambda _: count_up(database, EACH), range(WRITERS)))
    assert (failures, counted(database)) == (0, WRITERS * EACH)


def test_eight_processes_writing_at_once__none_fails_and_none_is_lost(database: Engine) -> None:
    add_counter(database)
    url = database.url.render_as_string(hide_password=False)
    script = (
        "import sys; from assess.store.session import open_database; from store.counting import count_up\n"
        "print(count_up(open_database(sys.argv[1]), int(sys.argv[2])))"
    )
    writers = [in_a_process(script, url, str(EACH)) for _ in range(WRITERS)]
    failures = [writer.communicate(timeout=300)[0].strip() for writer in writers]
    assert failures == ["0"] * WRITERS
    assert counted(database) == WRITERS * EACH


def in_a_process(script: str, *arguments: str) -> subprocess.Popen[str]:
    """Start Python with the tests' folders on its path."""
    tests = Path(__file__).parents[1]
    path = os.pathsep.join(map(str, (tests, tests.parent)))
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.Popen([sys.executable, "-c", script, *arguments], env=environment, stdout=subprocess.PIPE, text=True)


def test_sqlite__log_and_durability_as_promised(sqlite_database: Engine) -> None:
    with sqlite_database.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "busy_timeout")}
    assert found == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 10_000}


def test_sqlite__new_file__only_for_its_owner(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/new/assess.db") as engine, writing(engine) as session:
        session.connection()
    found = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "new").iterdir()}
    assert found
    assert set(found.values()) == {0}


def test_sqlite__locked_for_longer_than_the_patience__a_sentence(tmp_path: Path) -> None:
    with new_migrated("sqlite", tmp_path) as engine, writing(engine) as session:
        session.connection()
        with opened(engine.url.render_as_string()) as other:
            with closing(other.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA busy_timeout = 0")
            with pytest.raises(StoreError, match="busy; try again"), writing(other) as waiting:
                waiting.connection()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "is no address of a database"),
        ("mysql://root@localhost/assess", "begins with mysql://, which is not known here"),
        ("postgresql+asyncpg://localhost/assess", "begins with postgresql\\+asyncpg://"),
        ("sqlite://", "would forget the answers"),
        ("sqlite:///:memory:", "would forget the answers"),
        ("sqlite:////proc/assess.db", "cannot be made"),
    ],
)
def test_open_database__address_of_no_use__a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence):
        open_database(url)


@pytest.mark.parametrize("address", ["postgres://u:p@host/x", "postgresql://u:p@host/x", "postgresql+psycopg://u:p@host/x"])
def test_open_database__every_way_to_write_postgresql__psycopg(address: str) -> None:
    assert open_database(address).url.drivername == "postgresql+psycopg"


def test_database__without_tables__says_to_upgrade(empty_database: Engine) -> None:
    with pytest.raises(StoreError, match="run `assess db upgrade`"), reading(empty_database) as session:
        session.exec(select(Cluster)).all()


def test_mistake_of_the_program__is_not_dressed_up(database: Engine) -> None:
    with pytest.raises(Exception, match="syntax error") as caught, reading(database) as session:
        session.connection().exec_driver_sql("SELEKT 1")
    assert not isinstance(caught.value, StoreError)


def test_sessions_are_plain_sqlmodel_sessions(database: Engine) -> None:
    with reading(database) as session:
        assert type(session) is Session
