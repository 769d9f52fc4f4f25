"""A hundred members who save a section in the same moment, over real HTTP, on both kinds of database."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier
from urllib.parse import urlencode

from databases import new_migrated
from sqlalchemy import Engine, func, text
from sqlmodel import col, select
from web.visiting import SECRET, Page, member_questionnaire
from workflow.surveying import BASE_URL, make_round

from assess.store.session import writing
from assess.store.tables import Answer
from assess.web.site import utc_now
from assess.workflow import invitations, responses
from benchmarks.surveyed import LARGEST, answered

MEMBERS = 100
_PATIENCE = 60
"""Seconds to wait for the server to begin, and for any one reply."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One page that was sent: how it ended and after how many seconds. The status is 0 when there was no reply."""

    status: int
    seconds: float


def figures() -> list[tuple[str, float, str]]:
    """Errors, lost answers, and milliseconds until the reply, on SQLite and on PostgreSQL."""
    return [line for kind in ("sqlite", "postgresql") for line in _measured(kind)]


def _measured(kind: str) -> list[tuple[str, float, str]]:
    with TemporaryDirectory() as folder, new_migrated(kind, Path(folder)) as engine:
        tokens = _members(engine)
        title = "SQLite" if kind == "sqlite" else f"PostgreSQL, fsync {_fsync(engine)}"
        with _served(engine, Path(folder)) as port:
            forms = [_form(port, token) for token in tokens]
            sent = _at_once(port, tokens, [form for form, _ in forms])
        lost = sum(questions for _, questions in forms) - _stored(engine)
    seconds = [one.seconds for one in sent]
    return [
        (f"{MEMBERS} members save at once ({title}): errors", sum(one.status != 303 for one in sent), "0"),
        ("  answers lost", lost, "0"),
        ("  reply, median, ms", 1000 * statistics.median(seconds), ""),
        ("  reply, 95 of 100, ms", 1000 * statistics.quantiles(seconds, n=20)[-1], ""),
    ]


def _members(engine: Engine) -> list[str]:
    now = utc_now()
    with writing(engine) as session:
        round_, members = make_round(session, sources=(member_questionnaire(),), members=MEMBERS, now=now)
        invited = [invitations.invite(session, round_, member, base_url=BASE_URL, now=now) for member in members]
        for one in invited:
            responses.begin(session, one.invitation, now=now)
        return [one.token for one in invited]


@contextmanager
def _served(engine: Engine, folder: Path) -> Iterator[int]:
    """Serve the site with `assess serve`, two workers, and yield its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    given = {
        "ASSESS_DATABASE": engine.url.render_as_string(hide_password=False),
        "ASSESS_SECRET": SECRET,
        "ASSESS_BASE_URL": f"http://127.0.0.1:{port}",
        "ASSESS_FOLDER": str(folder),
    }
    command = [sys.executable, "-m", "assess", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=os.environ | given, stdout=subprocess.DEVNULL) as process:
        try:
            _wait(process, port)
            yield port
        finally:
            process.terminate()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            _ask(port, "/readyz")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The site did not begin.")


def _form(port: int, token: str) -> tuple[str, int]:
    """Return what a member sends who answers the whole section, and how many answers that are."""
    page = Page(_ask(port, f"/s/{token}/{LARGEST}"))
    sent = answered(page, 1)
    return urlencode(sent, doseq=True), len(page.value("fields").split())


def _at_once(port: int, tokens: list[str], forms: list[str]) -> list[Sent]:
    barrier = Barrier(len(tokens))

    def save(token: str, form: str) -> Sent:
        barrier.wait()
        start = time.perf_counter()
        status = _send(port, f"/s/{token}/{LARGEST}", form)
        return Sent(status, time.perf_counter() - start)

    with ThreadPoolExecutor(len(tokens)) as members:
        return list(members.map(save, tokens, forms))


def _ask(port: int, address: str) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    connection.request("GET", address)
    reply = connection.getresponse().read().decode()
    connection.close()
    return reply


def _send(port: int, address: str, form: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        connection.request("POST", address, form, {"Content-Type": "application/x-www-form-urlencoded"})
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def _stored(engine: Engine) -> int:
    with writing(engine) as session:
        return session.exec(select(func.count()).select_from(Answer).where(col(Answer.raw) != "")).one()


def _fsync(engine: Engine) -> str:
    """Say whether the server waits for the disk; SQLite always does here."""
    with engine.connect() as connection:
        return str(connection.execute(text("SHOW fsync")).scalar())
