"""Databases for tests, on SQLite and on PostgreSQL, and builders of rows with readable defaults.

A conftest.py that imports `database` (and `database_url`, on which it rests) gives its tests every database in turn.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from postgresql_server import AT_THE_END, new_database, server
from sqlalchemy import Engine, make_url
from sqlmodel import Session, SQLModel, col, select

from assess.store.session import open_database
from assess.store.tables import (
    Answer,
    AnswerRevision,
    Cluster,
    Invitation,
    Member,
    Response,
    ResponseState,
    Round,
    RoundQuestionnaire,
    RoundState,
    Submission,
)
from assess.store.upgrade import upgrade

KINDS = ("sqlite", "postgresql")
NOW = datetime(2026, 6, 1, 12, 0)  # noqa: DTZ001 - the store keeps UTC without a zone
_Row = TypeVar("_Row", bound=SQLModel)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    request.config.add_cleanup(AT_THE_END.close)
    with address_of_new(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def empty_database(database_url: str) -> Iterator[Engine]:
    """A database without tables."""
    with opened(database_url) as engine:
        yield engine


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with all tables and no rows."""
    request.config.add_cleanup(AT_THE_END.close)
    with new_migrated(request.param, tmp_path) as engine:
        yield engine


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Engine]:
    """A SQLite database with all tables and no rows, for what has nothing to do with the kind of database."""
    with new_migrated("sqlite", tmp_path) as engine:
        yield engine


@contextmanager
def new_migrated(kind: str, folder: Path) -> Iterator[Engine]:
    """Yield a database with all tables and no rows: a copy of one that was upgraded once."""
    if kind == "sqlite":
        (folder / "assess.db").write_bytes(_migrated_file())
        address = f"sqlite:///{folder / 'assess.db'}"
        with opened(address) as engine:
            yield engine
    else:
        with new_database(template=_migrated_database()) as address, opened(address) as engine:
            yield engine


@contextmanager
def address_of_new(kind: str, folder: Path) -> Iterator[str]:
    """Yield the address of an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'assess.db'}"
    else:
        with new_database() as address:
            yield address


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """Open a database and close all its connections in the end."""
    engine = open_database(url)
    try:
        yield engine
    finally:
        engine.dispose()


def content_of(engine: Engine) -> bytes:
    """A SQLite database as it is."""
    with closing(sqlite3.connect(str(engine.url.database))) as connection:
        return connection.serialize()


def put_back(engine: Engine, content: bytes) -> None:
    """Make a SQLite database what another was."""
    with closing(sqlite3.connect(":memory:")) as old, closing(sqlite3.connect(str(engine.url.database))) as present:
        old.deserialize(content[:18] + b"\x01\x01" + content[20:])  # a database in memory has no write-ahead log
        old.backup(present)


@cache
def _migrated_file() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "assess.db"
        with opened(f"sqlite:///{file}") as engine:
            upgrade(engine)
        return file.read_bytes()


@cache
def _migrated_database() -> str:
    server()  # before the database, so that it outlives it
    url = AT_THE_END.enter_context(new_database())
    with opened(url) as engine:
        upgrade(engine)
    return str(make_url(url).database)


def make_cluster(session: Session, *, key: str = "inn-valley", name: str = "Inn Valley Mechatronics") -> Cluster:
    """Make a cluster."""
    return _added(session, Cluster(key=key, name=name, sector="Mechatronics", region="Inn Valley", country="Austria"))


def make_member(
    session: Session, cluster: Cluster | None = None, *, name: str = "Huber Antriebe", kind: str = "company", email: str | None = None
) -> Member:
    """Make a member, of the one cluster there is unless it is given."""
    cluster = cluster or _the_cluster(session)
    key = " ".join(name.casefold().split())
    email = email or f"{key.replace(' ', '.')}@example.org"
    return _added(session, Member(cluster_id=number(cluster), name=name, name_key=key, kind=kind, email=email))


def make_round(
    session: Session,
    cluster: Cluster | None = None,
    *,
    year: int = 2026,
    state: RoundState = RoundState.OPEN,
    opens_at: datetime = NOW - timedelta(days=1),
    closes_at: datetime = NOW + timedelta(days=30),
    questionnaires: Mapping[str, str] | None = None,
) -> Round:
    """Make a round that is open at NOW; `questionnaires` holds the YAML of each questionnaire it asks, by id."""
    cluster = cluster or _the_cluster(session)
    made = Round(
        cluster_id=number(cluster),
        year=year,
        state=state,
        opens_at=opens_at,
        closes_at=closes_at,
        rulebase_version="2026.1",
        rulebase_digest="0" * 64,
    )
    _added(session, made)
    for questionnaire, source in (questionnaires or {}).items():
        digest = hashlib.sha256(source.encode()).hexdigest()
        pinned = RoundQuestionnaire(round_id=number(made), questionnaire=questionnaire, version="2026.1", digest=digest, source=source)
        _added(session, pinned)
    return made


def make_invitation(
    session: Session,
    round_: Round,
    member: Member,
    *,
    token: str | None = None,
    questionnaire: str = "member",
    opened_at: datetime | None = None,
) -> Invitation:
    """Make an invitation with the link `token`, by default one that names the member."""
    token = token or f"token-{round_.id}-{member.id}-{questionnaire}"
    made = Invitation(
        round_id=number(round_),
        member_id=number(member),
        questionnaire=questionnaire,
        token_hash=hashlib.sha256(token.encode()).hexdigest(),
        email=member.email,
        created_at=round_.opens_at,
        expires_at=round_.closes_at + timedelta(days=30),
        opened_at=opened_at,
    )
    return _added(session, made)


def make_response(
    session: Session,
    round_: Round | None = None,
    member: Member | None = None,
    *,
    answers: Mapping[str, str] | None = None,
    submitted: bool = False,
    questionnaire: str = "member",
    now: datetime = NOW,
) -> Response:
    """Make a response with the given answers, saved at once as revision 1 and, if `submitted`, handed in as revision 2."""
    round_ = round_ or make_round(session)
    member = member or make_member(session, session.get(Cluster, round_.cluster_id))
    made = Response(round_id=number(round_), member_id=number(member), questionnaire=questionnaire, version="2026.1", created_at=now)
    _added(session, made)
    if answers:
        save_answers(session, made, answers, now=now)
    if submitted:
        submit_response(session, made, now=now)
    return made


def save_answers(session: Session, response: Response, answers: Mapping[str, str], *, now: datetime = NOW) -> None:
    """Save answers by item name (outside repeat groups) as the response's next revision."""
    response.revision += 1
    response.saved_at = now
    session.add(response)
    rows = {answer.item: answer for answer in session.exec(select(Answer).where(col(Answer.response_id) == response.id))}
    for item, raw in answers.items():
        row = rows.get(item) or Answer(response_id=number(response), item=item, raw=raw, revision=response.revision, saved_at=now)
        row.raw, row.revision, row.saved_at = raw, response.revision, now
        session.add(row)
        session.add(AnswerRevision(response_id=number(response), item=item, raw=raw, revision=response.revision, saved_at=now))
    session.flush()


def submit_response(session: Session, response: Response, *, now: datetime = NOW) -> Submission:
    """Hand a response in as its next revision."""
    response.revision += 1
    response.state, response.submitted_at = ResponseState.SUBMITTED, now
    session.add(response)
    made = Submission(
        response_id=number(response),
        revision=response.revision,
        submitted_at=now,
        receipt=f"R-{response.id}-{response.revision}",
        digest="0" * 64,
    )
    return _added(session, made)


def number(row: Cluster | Member | Round | Response | Invitation) -> int:
    """The id of a row that was written."""
    assert row.id is not None
    return row.id


def _the_cluster(session: Session) -> Cluster:
    return session.exec(select(Cluster)).first() or make_cluster(session)


def _added(session: Session, row: _Row) -> _Row:
    session.add(row)
    session.flush()
    return row
