"""The write-ahead log of SQLite is torn anywhere: what opens again is exactly the transactions before the tear, each of them whole.

ASSESS_TORN sets how many logs are torn (100 in a normal run).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from databases import opened
from sqlalchemy import Engine
from workflow.surveying import make_survey

from assess.store.session import reading

CASES = int(os.environ.get("ASSESS_TORN", "100"))
PARTS = 4
SAVES = 25
TABLES = ("response", "answer", "answer_revision", "receipt", "submission", "audit_event")
PAGE, LOG_HEADER = 4096, 32
Dump = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True)
class Recorded:
    """A database file that was never checkpointed, its log, and after each transaction the log's length and all rows."""

    file: bytes
    checkpointed: bytes
    """The file as it is once the whole log is in it."""
    log: bytes
    states: list[tuple[int, Dump]]

    def whole_before(self, tear: int) -> Dump:
        """All rows of the transactions whose last byte lies before a tear."""
        return next(rows for length, rows in reversed(self.states) if length <= tear)


@dataclass(frozen=True)
class Torn:
    """What a crash left, and what must be read from it."""

    file: bytes
    log: bytes
    expected: Dump


@pytest.fixture
def recorded(sqlite_database: Engine, tmp_path: Path) -> Recorded:
    """A member saves pages and hands them in, some transactions after the other."""
    file, log = tmp_path / "assess.db", tmp_path / "assess.db-wal"
    with unbroken_log(sqlite_database):
        survey = make_survey(sqlite_database)
        checkpoint(sqlite_database)
        before = file.read_bytes()
        states = [(0, dump(sqlite_database))]
        for number in range(SAVES):
            page = {"kind": "company", "comment": f"Text {number}. " * (1 + number * 7 % 60), "staff": str(number)}
            survey.saved(page, seen=number, key=f"page-{number}")
            states.append((log.stat().st_size, dump(sqlite_database)))
        survey.submit(key="submit")
        states.append((log.stat().st_size, dump(sqlite_database)))
        written = log.read_bytes()
        assert file.read_bytes() == before, "the log was moved into the file too early"
        checkpoint(sqlite_database)
    assert len({length for length, _ in states}) == SAVES + 2
    return Recorded(before, file.read_bytes(), written, states)


@contextmanager
def unbroken_log(engine: Engine) -> Iterator[None]:
    """Keep every connection from moving the log into the file."""
    with engine.connect() as kept_open:
        kept_open.rollback()
        connections = [engine.raw_connection() for _ in range(3)]
        for connection in connections:
            connection.cursor().execute("PRAGMA wal_autocheckpoint = 0")
        for connection in connections:
            connection.close()
        yield


def checkpoint(engine: Engine) -> None:
    connection = engine.raw_connection()
    try:
        blocked, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert not blocked
    finally:
        connection.close()


def dump(engine: Engine) -> Dump:
    """All rows of the tables that a respondent writes to."""
    with reading(engine) as session:
        connection = session.connection()
        return {table: [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY id")] for table in TABLES}  # noqa: S608


def truncated(recorded: Recorded, random: Random) -> Torn:
    """The end of the log never reached the disk."""
    tear = random.randrange(len(recorded.log))
    return Torn(recorded.file, recorded.log[:tear], recorded.whole_before(tear))


def flipped(recorded: Recorded, random: Random) -> Torn:
    """One bit of the log is wrong."""
    tear = random.randrange(len(recorded.log))
    log = bytearray(recorded.log)
    log[tear] ^= 1 << random.randrange(8)
    return Torn(recorded.file, bytes(log), recorded.whole_before(tear))


def scrambled(recorded: Recorded, random: Random) -> Torn:
    """A stretch of the log holds something else, as a disk leaves it that wrote its blocks in another order."""
    tear = random.randrange(len(recorded.log))
    length = random.randrange(1, 4 * PAGE)
    log = recorded.log[:tear] + random.randbytes(length) + recorded.log[tear + length :]
    return Torn(recorded.file, log, recorded.whole_before(tear))


def half_checkpointed(recorded: Recorded, random: Random) -> Torn:
    """The log was being moved into the file: some pages are there, some in part; the log is whole."""
    return Torn(half_moved(recorded, random), recorded.log, recorded.states[-1][1])


def half_moved(recorded: Recorded, random: Random) -> bytes:
    file = bytearray(recorded.file.ljust(len(recorded.checkpointed), b"\0"))
    for start in range(0, len(file), PAGE):
        end = start + random.choice((0, random.randrange(PAGE), PAGE))
        file[start:end] = recorded.checkpointed[start:end]
    return bytes(file)


def found(torn: Torn, folder: Path) -> Dump:
    """Open what a crash left, as the site does, and return all rows. The database must find itself in order."""
    (folder / "assess.db-shm").unlink(missing_ok=True)
    (folder / "assess.db").write_bytes(torn.file)
    (folder / "assess.db-wal").write_bytes(torn.log)
    with opened(f"sqlite:///{folder / 'assess.db'}") as engine:
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        return dump(engine)


Tear = Callable[[Recorded, Random], Torn]


@pytest.mark.parametrize("tear", [truncated, flipped, scrambled, half_checkpointed])
def test_torn_log__opens_with_exactly_the_whole_transactions_before_the_tear(recorded: Recorded, tmp_path: Path, tear: Tear) -> None:
    folder = tmp_path / "torn"
    folder.mkdir()
    reached = set()
    for seed in range(-(-CASES // PARTS)):
        torn = tear(recorded, Random(seed))
        assert found(torn, folder) == torn.expected, f"{tear.__name__}, seed {seed}"
        reached.add(len(torn.expected["answer_revision"]))
    assert len(reached) > 5 or tear is half_checkpointed, "all tears were in one place"


def test_log_missing_beside_a_half_written_file__is_found_out(recorded: Recorded, tmp_path: Path) -> None:
    """A check of the check: without its log, a file that was half written is no state that there ever was."""
    folder = tmp_path / "torn"
    folder.mkdir()
    unsound = 0
    for seed in range(20):
        torn = Torn(half_moved(recorded, Random(seed)), b"", {})
        try:
            unsound += found(torn, folder) not in [rows for _, rows in recorded.states]
        except Exception:
            unsound += 1
    assert unsound > 15
