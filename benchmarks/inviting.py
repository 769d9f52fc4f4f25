"""How long inviting a very large cluster takes, beside writing as many rows with the driver alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from databases import new_migrated
from sqlalchemy import Engine, insert
from web.visiting import member_questionnaire
from workflow.surveying import BASE_URL, NOON, make_round, only

from assess.store.session import writing
from assess.store.tables import Member, Round
from assess.workflow import invitations

MEMBERS = 10_000
_TABLES = ("invitation", "outbox_mail")


def figures() -> list[tuple[str, float, str]]:
    """Milliseconds for 10,000 links with their mails, on SQLite, and as a multiple of the bare inserts."""
    with TemporaryDirectory() as folder, new_migrated("sqlite", Path(folder)) as engine:
        round_id = _round_of_many(engine)
        start = perf_counter()
        with writing(engine) as session:
            invited = invitations.invite_all(session, only(session.get(Round, round_id)), base_url=BASE_URL, now=NOON)
        seconds = perf_counter() - start
        assert invited == MEMBERS
        engine.dispose()
        bare = _bare(Path(folder) / "assess.db")
    return [
        (f"{MEMBERS:,} invitations created and queued, ms", 1000 * seconds, "≤ 10,000"),
        ("  ÷ bare executemany of the same rows", seconds / bare, ""),
    ]


def _round_of_many(engine: Engine) -> int:
    with writing(engine) as session:
        round_, _ = make_round(session, sources=(member_questionnaire(),), members=0)
        rows = [_member(round_.cluster_id, number) for number in range(MEMBERS)]
        session.execute(insert(Member), rows)
        return only(round_.id)


def _member(cluster_id: int, number: int) -> dict[str, object]:
    name = f"Organisation {number}"
    email = f"office{number}@example.org"
    return {
        "cluster_id": cluster_id,
        "name": name,
        "name_key": name.casefold(),
        "kind": "company",
        "email": email,
        "language": "en",
        "active": True,
    }


def _bare(file: Path) -> float:
    """Seconds for writing the very rows again, with the driver alone, in one transaction like the other's."""
    with closing(sqlite3.connect(file)) as connection:
        rows = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in _TABLES}  # noqa: S608 - our own names
        for table in reversed(_TABLES):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608
        connection.commit()
        connection.execute("PRAGMA synchronous = FULL")
        start = perf_counter()
        for table in _TABLES:
            marks = ", ".join("?" * len(rows[table][0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[table])  # noqa: S608
        connection.commit()
        return perf_counter() - start
