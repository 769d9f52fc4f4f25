"""gunicorn with the site in processes of their own, and visitors who talk to it over a real connection."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlencode

from sqlalchemy import Engine
from web.visiting import Page, filled_in

from faults.killing import FOLDER, HOLD, KILL_AT, LEDGER, Failpoint

TESTS = Path(__file__).resolve().parents[1]
NO_WHOLE_REPLY = (ConnectionError, HTTPException)
"""What a visitor meets whose request's worker dies."""
_PATIENCE = 60
"""Seconds to wait for anything."""
_START = 180
"""Seconds to wait for a site to begin, when the machine has much else to do."""
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Reply:
    """What came back, whole."""

    status: int
    location: str
    text: str

    @property
    def page(self) -> Page:
        return Page(self.text)


@dataclass(frozen=True)
class Site:
    """The running site; `folder` holds its ledger."""

    port: int
    folder: Path

    def ledger(self) -> list[str]:
        """What happened to requests, oldest first."""
        file = self.folder / LEDGER
        return file.read_text("utf-8").splitlines() if file.exists() else []

    def get(self, path: str) -> Reply:
        return self.send("GET", path)

    def send(
        self, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None, *, patience: float = _PATIENCE
    ) -> Reply:
        """Send a request. Raises one of NO_WHOLE_REPLY when the reply does not come or breaks off."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=patience)) as connection:
            connection.request(method, path, body, headers or {})
            reply = connection.getresponse()
            return Reply(reply.status, reply.headers.get("Location", ""), reply.read().decode())


@dataclass(frozen=True)
class Visitor:
    """Somebody with a personal link and no JavaScript."""

    site: Site
    token: str

    def get(self, path: str = "") -> Reply:
        return self.site.get(f"/s/{self.token}{path}")

    def post(self, path: str, data: Mapping[str, str | Sequence[str]], *, kill_at: Failpoint | None = None, held: bool = False) -> Reply:
        """Send a form, which may have its worker killed or wait before its commit."""
        headers = _FORM | ({KILL_AT: kill_at.value} if kill_at else {}) | ({HOLD: "1"} if held else {})
        return self.site.send("POST", f"/s/{self.token}{path}", urlencode(data, doseq=True), headers)

    def filled(self, path: str, answers: Mapping[str, str]) -> dict[str, str | Sequence[str]]:
        """A page that was loaded, with some answers entered."""
        return {**filled_in(self.get(path).page), **answers, "go": "later"}


@contextmanager
def serving(database: Engine, folder: Path, *, threads: int = 1, site: str = "faults.killing:make()") -> Iterator[Site]:
    """Serve the site with two workers; a dead one is replaced, and who comes meanwhile waits in the queue of the socket."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        listener.set_inheritable(True)
        command = [sys.executable, "-m", "gunicorn", "--preload", "--workers=2", f"--threads={threads}", "--graceful-timeout=3"]
        command += ["--log-level=critical", f"--bind=fd://{listener.fileno()}", site]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, (TESTS, TESTS.parent))),
            "ASSESS_DATABASE": database.url.render_as_string(hide_password=False),
            "ASSESS_DEMO": "1",
            FOLDER: str(folder),
        }
        server = subprocess.Popen(command, env=environment, cwd=folder, pass_fds=[listener.fileno()])
        running = Site(listener.getsockname()[1], folder)
    try:
        assert running.send("GET", "/healthz", patience=_START).status == 200
        yield running
    finally:
        server.terminate()
        server.wait(_PATIENCE)


def until(true: Callable[[], bool], *, seconds: float = _PATIENCE) -> float:
    """Wait for something to become true; return how many seconds it took."""
    began = monotonic()
    while not true():
        assert monotonic() - began < seconds, f"nothing came of it within {seconds} s"
        sleep(0.01)
    return monotonic() - began
