"""Serves the survey site with gunicorn, on a real or a demo database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from assess.commands import demo_site
from assess.errors import AssessError
from assess.settings import Settings, read_settings
from assess.store.session import open_database
from assess.store.upgrade import current, newest
from assess.web.app import create_app

_DEMO = "http://{}:{}"


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    """gunicorn with the site: two workers, each with its own connections."""

    def __init__(self, settings: Settings, bind: str) -> None:
        self.settings = settings
        self.bind = bind
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {"bind": self.bind, "workers": 2, "accesslog": None, "errorlog": "-", "loglevel": "warning"}
        for name, value in options.items():
            self.cfg.set(name, value)
        self.cfg.set("when_ready", self._announce)

    def _announce(self, server: object) -> None:  # noqa: ARG002 — gunicorn hands itself over
        click.echo(f"Serving on http://{self.bind}; stop with Ctrl+C.")

    def load(self) -> Flask:
        return create_app(self.settings, open_database(self.settings.database))


def run(host: str, port: int, demo: bool, folder: Path) -> None:
    """Serve until interrupted. The demo begins with an empty database, fills it with synthetic members, and prints their links."""
    if demo:
        settings = demo_site.settings(folder, _DEMO.format(host, port))
        for line in demo_site.fill(settings):
            click.echo(line)
    else:
        settings = read_settings()
        _refuse_old_tables(settings)
    _Server(settings, f"{host}:{port}").run()


def _refuse_old_tables(settings: Settings) -> None:
    found = current(open_database(settings.database))
    if found != newest():
        raise AssessError(f"The database is at {found or 'nothing'}, this program needs {newest()}; run `assess db upgrade` first.")
