"""Serves the survey site with gunicorn."""

from __future__ import annotations

import logging
import os
import socket
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger

from assess.commands.metrics import beside
from assess.commands.sites import refuse_old_tables
from assess.commands.speaking import say
from assess.errors import AssessError
from assess.phrases import Phrase
from assess.settings import Settings, read_settings
from assess.store.session import open_database
from assess.web.app import create_app
from assess.worker.embedded import Embedded
from assess.workflow.mail import without_links

_SECONDS_TO_END = 30
"""What a worker may still take when the site ends; requests take milliseconds."""
_SECONDS_OF_A_REPORT = 120
"""After so long a worker counts as hung; the longest request sets a report that no job has made yet."""


class WithoutLinks(logging.Filter):
    """Takes personal links out of everything that is logged, and does not take the end of the site for an error."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass with its message made plain, unless it tells of a request that Ctrl+C has cut off."""
        record.msg, record.args = without_links(record.getMessage()), ()
        return not (record.exc_info and isinstance(record.exc_info[1], SystemExit))


class _Log(Logger):  # type: ignore[misc]  # gunicorn carries no types
    """gunicorn's log of errors; there is none of accesses, because addresses open confidential answers."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.addFilter(WithoutLinks())


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    """gunicorn with the site: two workers, each with its own connections."""

    def __init__(self, settings: Settings, listener: socket.socket, worker: Embedded | None) -> None:
        self.settings = settings
        self.worker = worker
        self.address = address(*listener.getsockname()[:2])
        self.bind = f"fd://{listener.detach()}"  # gunicorn makes a socket of its own out of it, and closes this one
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": self.bind,
            "workers": 2,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "logger_class": _Log,
            "control_socket_disable": True,
            "graceful_timeout": _SECONDS_TO_END,
            "timeout": _SECONDS_OF_A_REPORT,
            "when_ready": self._begin,
            "on_exit": self._end,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def _begin(self, server: object) -> None:  # noqa: ARG002 — gunicorn hands itself over
        if self.worker is not None:
            self.worker.start()
        click.echo(say("Serving on %(address)s; stop with Ctrl+C.", address=self.address))

    def _end(self, server: object) -> None:  # noqa: ARG002 — as above
        if self.worker is not None:
            self.worker.stop()

    def load(self) -> Flask:
        return create_app(self.settings, open_database(self.settings.database, audit_key=self.settings.audit_key))


def run(host: str, port: int, *, worker: bool = True, metrics: str = "") -> None:
    """Serve the site that the environment sets, until interrupted; with a worker and figures beside it, if wanted."""
    settings = read_settings()
    refuse_old_tables(open_database(settings.database))
    with beside(metrics), listening(host, port) as listener:
        serve(settings, listener, worker=worker)


def serve(settings: Settings, listener: socket.socket, *, worker: bool = True) -> None:
    """Serve a site on a socket that listens already, and is taken over, until interrupted; then the program ends with exit code 0."""
    _Server(settings, listener, Embedded(settings) if worker else None).run()


def listening(host: str, port: int, *, further: int = 0) -> socket.socket:
    """Listen on `port`, or on the next free one of `further` ports after it. Raises AssessError when none can be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in range(port, min(port + further, 65_535) + 1):
        try:
            return socket.create_server((host, number), family=family)
        except OSError as error:
            reason = os.strerror(error.errno or 0)  # that of the error says once more where
    tried = Phrase("%(port)s to %(last)s", port=str(port), last=str(port + further)) if further else str(port)
    raise AssessError(
        Phrase(
            "Choose another port with --port: %(tried)s on %(host)s cannot be used (%(reason)s).",
            tried=tried,
            host=host,
            reason=Phrase(reason),
        )
    )


def address(host: str, port: int) -> str:
    """Return the address of a site that listens there."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
