"""Two processes with four threads each write to one SQLite file at once: nobody fails, because writers queue from their beginning."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from databases import NOW
from sqlalchemy import Engine
from sqlmodel import col, select

from assess.store.session import reading, writing
from assess.store.tables import Job
from faults.serving import TESTS

THREADS, EACH = 4, 25
COUNT = """
import sys
from concurrent.futures import ThreadPoolExecutor
from assess.store import session
from store.counting import count_up
{fault}
engine = session.open_database(sys.argv[1])
with ThreadPoolExecutor({threads}) as pool:
    print(sum(pool.map(lambda _: count_up(engine, {each}), range({threads}))))
"""
PLAIN_BEGIN = 'session._SQLITE_BEGINNINGS = {{**session._SQLITE_BEGINNINGS, session.Purpose.WRITING: ("PRAGMA query_only = OFF", "BEGIN")}}'
"""A fault: a writer asks for the lock at its first change only, when somebody else may have written since it read."""


def failures(database: Engine, fault: str = "") -> int:
    """How many transactions of two processes failed."""
    with writing(database) as session:
        session.add(Job(kind="count", key="counter", payload="{}", due_at=NOW))
    script = COUNT.format(fault=fault.format(), threads=THREADS, each=EACH)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (TESTS, TESTS.parent)))}
    command = [sys.executable, "-c", script, database.url.render_as_string()]
    processes = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    return sum(int(process.communicate(timeout=120)[0]) for process in processes)


def counted(database: Engine) -> int:
    with reading(database) as session:
        return session.exec(select(Job.attempts).where(col(Job.key) == "counter")).one()


@pytest.mark.parametrize("fault", ["", PLAIN_BEGIN])
def test_eight_writers_in_two_processes__none_fails_unless_it_begins_plainly(sqlite_database: Engine, fault: str) -> None:
    failed = failures(sqlite_database, fault)
    assert counted(sqlite_database) == 2 * THREADS * EACH - failed, "a write was lost without being refused"
    assert bool(failed) == bool(fault)
