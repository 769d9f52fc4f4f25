"""The survey site as gunicorn serves it, with places where a request can have its own worker killed or held. For tests only."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from assess.settings import read_settings
from assess.store.session import open_database
from assess.web.app import create_app
from assess.workflow import receipts

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KILL_AT = "X-Kill-At"
"""A request's header: the place where its worker is killed."""
HOLD = "X-Hold"
"""A request's header, of any value: it waits before its commit for the file `released`."""
LEDGER, RELEASED, FULL = "ledger", "released", "full"
"""Files in the folder of FAULTS_FOLDER: what happened, whether held requests go on, whether the disk is full."""
FOLDER = "FAULTS_FOLDER"
_MOST_PAGES = 1_073_741_823
_PATIENCE = 60
"""Seconds that a request is held at most."""


class Failpoint(StrEnum):
    """Where a worker is killed, in the order in which a request gets there."""

    BEFORE_BEGIN = "before-begin"
    AFTER_BEGIN = "after-begin"
    BEFORE_COMMIT = "before-commit"
    AFTER_COMMIT = "after-commit"
    HALF_REPLY = "half-reply"


_armed: ContextVar[str] = ContextVar("armed", default="")
_held: ContextVar[bool] = ContextVar("held", default=False)


def make() -> Flask:
    """Return the site on ASSESS_DATABASE, as `assess serve` makes it, with the places built in from outside."""
    settings = read_settings()
    engine = open_database(settings.database)
    _watch(engine)
    app = create_app(settings, engine)
    app.wsgi_app = _Arming(app.wsgi_app)  # type: ignore[method-assign]
    return app


def make_forgetful() -> Flask:
    """Return a site with a fault: it keeps no receipts, so that a repeated request is done again."""
    receipts.keep = lambda *_: None
    return make()


class _Arming:
    """Notes for every request where it is to be killed."""

    def __init__(self, site: WSGIApplication) -> None:
        self.site = site

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        _armed.set(environ.get("HTTP_X_KILL_AT", ""))
        _held.set("HTTP_X_HOLD" in environ)
        reply = self.site(environ, start_response)
        return _halved(reply) if _armed.get() == Failpoint.HALF_REPLY else reply


def _halved(reply: Iterable[bytes]) -> Iterator[bytes]:
    body = b"".join(reply)
    yield body[: len(body) // 2]
    _strike(Failpoint.HALF_REPLY)


def _watch(engine: Engine) -> None:
    event.listen(engine, "begin", lambda _: _strike(Failpoint.BEFORE_BEGIN), insert=True)
    event.listen(engine, "begin", _fill)
    event.listen(engine, "after_cursor_execute", _after_statement)
    event.listen(engine, "commit", _before_commit)
    event.listen(Session, "after_commit", _after_commit)


def _after_statement(_connection: Connection, _cursor: object, statement: str, *_more: Any) -> None:
    """The first question to the tables shows that the transaction has begun, on every database."""
    if statement.startswith("SELECT"):
        _strike(Failpoint.AFTER_BEGIN)


def _before_commit(_connection: Connection) -> None:
    _strike(Failpoint.BEFORE_COMMIT)
    if not _held.get():
        return
    _note("held")
    given_up = time.monotonic() + _PATIENCE
    while not _file(RELEASED).exists() and time.monotonic() < given_up:
        time.sleep(0.01)


def _after_commit(session: Session) -> None:
    if not session.in_nested_transaction():
        _strike(Failpoint.AFTER_COMMIT)


def _fill(connection: Connection) -> None:
    """A full disk: SQLite may not take one more page than it has."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA max_page_count = {1 if _file(FULL).exists() else _MOST_PAGES}")


def _strike(place: Failpoint) -> None:
    if _armed.get() == place:
        _note(f"killed {place}")
        os.kill(os.getpid(), signal.SIGKILL)


def _note(line: str) -> None:
    with _file(LEDGER).open("a") as ledger:
        ledger.write(f"{line}\n")


def _file(name: str) -> Path:
    return Path(os.environ[FOLDER]) / name
