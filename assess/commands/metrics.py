"""Serves the figures that an operator watches, on this machine only: `assess metrics`."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from ipaddress import ip_address
from types import FrameType
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

import click
from sqlalchemy import Engine

from assess.commands.speaking import say
from assess.errors import AssessError
from assess.phrases import Phrase
from assess.settings import read_settings
from assess.store.failures import StoreError
from assess.store.session import open_database, reading
from assess.web.site import utc_now
from assess.workflow import metrics

_PLACE = re.compile(r"(?:\[(?P<v6>[0-9a-fA-F:]+)\]|(?P<v4>[0-9.]+)):(?P<port>[0-9]{1,5})\Z")
_LARGEST_PORT = 65_535
_PATIENCE = 10
"""Seconds that the process may take to end."""


class _Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        """Leave it unsaid."""


@contextmanager
def beside(place: str) -> Iterator[None]:
    """Serve the figures in a process of its own during the block, so that the site never waits for them; without a place, do nothing."""
    if not place:
        yield
        return
    address_of(place)
    command = [sys.executable, "-m", "assess", "metrics", place, "--beside", str(os.getpid())]
    process = subprocess.Popen(command)  # noqa: S603 - nothing in it comes from outside
    try:
        yield
    finally:
        _stop(process)


def run(place: str, beside: int | None = None) -> None:
    """Serve the figures until interrupted, or until the process `beside` that started this one is gone."""
    host, port = address_of(place)
    settings = read_settings()
    signal.signal(signal.SIGTERM, _end)
    try:
        server = make_server(host, port, application(open_database(settings.database)), handler_class=_Quiet)
    except OSError as error:
        raise AssessError(
            Phrase("Choose another port: %(place)s cannot be used (%(reason)s).", place=place, reason=Phrase(str(error.strerror)))
        ) from error
    with server:
        if beside is None:
            click.echo(say("Figures on %(address)s; stop with Ctrl+C.", address=f"http://{place}/metrics"))
        server.timeout = 1
        while beside is None or os.getppid() == beside:
            server.handle_request()


def application(engine: Engine) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    """Return what answers /metrics, and nothing else."""

    def answer(environment: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environment.get("PATH_INFO") != "/metrics" or environment.get("REQUEST_METHOD") not in {"GET", "HEAD"}:
            return _said(start, HTTPStatus.NOT_FOUND, "Ask for /metrics.\n")
        try:
            with reading(engine) as session:
                text = metrics.figures(session, now=utc_now())
        except StoreError as error:
            return _said(start, HTTPStatus.SERVICE_UNAVAILABLE, f"{error}\n")
        return _said(start, HTTPStatus.OK, text)

    return answer


def address_of(place: str) -> tuple[str, int]:
    """Return host and port of `127.0.0.1:9100`. Raises AssessError for anything but an address of this machine."""
    found = _PLACE.match(place)
    host = (found["v6"] or found["v4"]) if found else ""
    if found is None or not _is_loopback(host) or not 0 < int(found["port"]) <= _LARGEST_PORT:
        raise AssessError(
            Phrase(
                "Write an address of this machine, such as 127.0.0.1:9100, in place of %(place)s: the figures are not for others.",
                place=place,
            )
        )
    return host, int(found["port"])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _said(start: StartResponse, status: HTTPStatus, text: str) -> Iterable[bytes]:
    start(f"{status.value} {status.phrase}", [("Content-Type", metrics.CONTENT_TYPE), ("Cache-Control", "no-store")])
    return [text.encode()]


def _end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler
    raise SystemExit(0)
