"""Makes the survey site."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, abort, current_app, has_request_context, request, url_for
from jinja2 import StrictUndefined
from sqlalchemy import Engine

from assess.content import content_folder
from assess.settings import Settings
from assess.web.access import Access, declared, needs
from assess.web.anyone import anyone
from assess.web.correspondence import correspondence
from assess.web.headers import protect
from assess.web.members import members
from assess.web.refusals import explain
from assess.web.sentences import counted
from assess.web.site import NAME, Site, utc_now, wanted_language

LARGEST_REQUEST = 2_000_000
"""Bytes of one page; the longest texts of the longest section come to under one million."""


def create_app(settings: Settings, engine: Engine, *, clock: Callable[[], datetime] = utc_now) -> Flask:
    """Return the site on a database; `clock` tells the time in UTC without a zone."""
    app = Flask("assess.web", template_folder=str(content_folder("templates") / "web"), static_folder="static")
    app.extensions[NAME] = Site(settings, engine, clock)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_REQUEST, MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST, MAX_FORM_PARTS=5_000)
    app.secret_key = None  # no session, no cookie
    needs(Access.NOTHING)(app.view_functions["static"])
    for blueprint in (anyone, correspondence, members):
        app.register_blueprint(blueprint)
    app.before_request(_refuse_undeclared)
    app.url_defaults(_keep_language)
    protect(app, secure=settings.base_url.startswith("https://"))
    explain(app)
    _prepare_templates(app)
    return app


def _refuse_undeclared() -> None:
    """Refuse a route that does not say who may call it."""
    if request.endpoint is not None and declared(_view(request.endpoint)) is None:
        abort(HTTPStatus.NOT_FOUND)


def _view(endpoint: str) -> Callable[..., Any] | None:
    return current_app.view_functions.get(endpoint)


def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """Carry a language that was asked for to the next page of the link."""
    if endpoint.startswith(("members.", "correspondence.")) and has_request_context() and wanted_language():
        values.setdefault("language", wanted_language())


def _prepare_templates(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(asset=_asset, counted=counted)
    app.jinja_env.filters.update(moment=_moment, machine=_machine)


def _asset(name: str) -> str:
    """Return the address of a style sheet or script, which changes with its content."""
    return url_for("static", filename=name, v=_fingerprint(name))


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((Path(__file__).parent / "static" / name).read_bytes()).hexdigest()[:12]


def _moment(time: datetime) -> str:
    return f"{time.day} {time:%B %Y, %H:%M} UTC"


def _machine(time: datetime) -> str:
    return f"{time.isoformat(timespec='seconds')}Z"
