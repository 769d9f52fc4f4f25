"""A PostgreSQL server for the tests: one of their own in a temporary folder, which writes to disk when it likes, or one that is named."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

AT_THE_END = ExitStack()
"""What is to be undone when the tests end. Fixtures have pytest do it; without one of them Python does, if it is given the time."""
atexit.register(AT_THE_END.close)
_OPTIONS = "-c listen_addresses='' -c fsync=off -c max_connections=60 -k"


@contextmanager
def new_database(template: str | None = None) -> Iterator[str]:
    """Yield the address of a database of one's own, empty or a copy of another, and drop it in the end."""
    name = f"assess_test_{uuid4().hex}"
    _administer(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template or "template0")),
    )
    try:
        yield server().set(database=name).render_as_string(hide_password=False)
    finally:
        _administer(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@cache
def server() -> URL:
    """The address of a server on which databases can be made: ASSESS_TEST_POSTGRESQL, or one started now."""
    named = os.environ.get("ASSESS_TEST_POSTGRESQL")
    return make_url(named) if named else start()


def start() -> URL:
    """Start a server that only a socket in its own folder leads to, and stop it when the tests end."""
    folder = Path(mkdtemp(prefix="assess-pg-"))  # not pytest's folder: that is closed to the server's user, and its name too long
    AT_THE_END.callback(shutil.rmtree, folder, ignore_errors=True)
    _give(folder)
    _as_server_user("initdb", "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    _as_server_user("pg_ctl", "-D", f"{folder}/data", "-l", f"{folder}/log", "-o", f"{_OPTIONS} {folder}", "-w", "-t", "60", "start")
    AT_THE_END.callback(_as_server_user, "pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop")
    return URL.create("postgresql", username="postgres", database="postgres", query={"host": str(folder)})


def _administer(statement: sql.Composed) -> None:
    with psycopg.connect(server().render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(statement)


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.fail("Install the package postgresql, or name a server in ASSESS_TEST_POSTGRESQL: the store is tested on it.", pytrace=False)
    return found[-1].parent


def _server_user() -> str:
    """PostgreSQL refuses to run as root."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _give(folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, _server_user())


def _as_server_user(program: str, *arguments: str) -> None:
    command = [str(_binaries() / program), *arguments]
    if os.geteuid() == 0:
        user = pwd.getpwnam(_server_user())
        command = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *command]
    # The server keeps what it inherits open, so a pipe for its output would never end.
    done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        pytest.fail(f"{program} ended with {done.returncode}, so there is no PostgreSQL server to test with.", pytrace=False)
