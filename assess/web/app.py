"""Makes the survey site."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, has_request_context, url_for
from jinja2 import StrictUndefined
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from assess.content import content_folder
from assess.settings import Settings
from assess.web.access import Access, needs
from assess.web.accounts import accounts
from assess.web.admin import ADMINISTRATION
from assess.web.admission import guard
from assess.web.agencies import agencies
from assess.web.anyone import anyone
from assess.web.attachments import attachments
from assess.web.compression import compress
from assess.web.correspondence import correspondence
from assess.web.findings import findings
from assess.web.findings_publishing import publishing
from assess.web.headers import protect
from assess.web.managers import managers
from assess.web.members import members
from assess.web.own_account import own_account
from assess.web.papers import papers
from assess.web.plans import plans
from assess.web.refusals import explain
from assess.web.report_previews import report_previews
from assess.web.round_invitations import round_invitations
from assess.web.round_members import round_members
from assess.web.rounds import rounds
from assess.web.screens import keep_blind
from assess.web.sentences import counted
from assess.web.site import NAME, Site, utc_now, wanted_language
from assess.web.verification import verification
from assess.web.wording import gettext, ngettext, offered, spoken, words
from assess.web.workbench import workbench
from assess.web.workbench_sheet import workbench_sheet

_CARRYING = ("members.", "correspondence.", "attachments.", "papers.", "verification.", "accounts.")
"""How the endpoints begin whose pages take the language from the address."""
_LARGEST_NUMBER = 2**31 - 1
LARGEST_REQUEST = 2_000_000
"""Bytes of one page; the longest texts of the longest section come to under one million."""


class _Number(IntegerConverter):
    """The number of a row, or a year; what no store can hold leads nowhere."""

    def __init__(self, map_: Map) -> None:
        super().__init__(map_, max=_LARGEST_NUMBER)


def create_app(settings: Settings, engine: Engine, *, clock: Callable[[], datetime] = utc_now) -> Flask:
    """Return the site on a database; `clock` tells the time in UTC without a zone."""
    app = Flask("assess.web", template_folder=str(content_folder("templates") / "web"), static_folder="static")
    app.url_map.converters["int"] = _Number
    app.extensions[NAME] = Site(settings, engine, clock)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_REQUEST, MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST, MAX_FORM_PARTS=5_000)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies)  # type: ignore[method-assign]
    app.secret_key = None  # Flask's own session is not used
    needs(Access.NOTHING)(app.view_functions["static"])
    for blueprint in (anyone, attachments, correspondence, members, papers, accounts, own_account, workbench, workbench_sheet):
        app.register_blueprint(blueprint)
    app.register_blueprint(agencies)
    app.register_blueprint(verification)
    for blueprint in (findings, publishing, report_previews):
        app.register_blueprint(blueprint)
    for blueprint in (rounds, round_members, round_invitations, managers, plans):
        app.register_blueprint(blueprint)
    for blueprint in ADMINISTRATION:
        app.register_blueprint(blueprint)
    guard(app)
    keep_blind(app)
    app.url_defaults(_keep_language)
    protect(app, secure=settings.base_url.startswith("https://"))
    compress(app)
    explain(app)
    _prepare_templates(app)
    return app


def _keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """Carry a language that was asked for to the next page of the link, or of those that nobody has to sign in for."""
    if endpoint.startswith(_CARRYING) and has_request_context() and wanted_language():
        values.setdefault("language", wanted_language())


def _prepare_templates(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(asset=_asset, counted=counted, offered=offered, spoken=spoken)
    app.jinja_env.filters.update(moment=_moment, machine=_machine, day=_day)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.newstyle_gettext = True  # type: ignore[attr-defined]  # of the extension
    app.jinja_env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)


def _asset(name: str) -> str:
    """Return the address of a style sheet or script, which changes with its content."""
    return url_for("static", filename=name, v=_fingerprint(name))


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((Path(__file__).parent / "static" / name).read_bytes()).hexdigest()[:12]


def _moment(time: datetime) -> str:
    return words().moment(time)


def _day(day: date) -> str:
    return words().day(day)


def _machine(time: datetime) -> str:
    return f"{time.isoformat(timespec='seconds')}Z"
