"""The pages that say nothing about anybody: the front door, the choice of a language, and whether the site is well."""

from __future__ import annotations

import logging
import re
from http import HTTPStatus

from flask import Blueprint, abort, redirect, render_template, request
from sqlalchemy import text
from werkzeug.wrappers import Response as Reply

from assess.store.failures import StoreError
from assess.store.health import refuse_unwritable
from assess.store.session import reading
from assess.web.access import Access, needs
from assess.web.site import site
from assess.web.visits import LANGUAGE
from assess.web.wording import speak_to_stranger

_log = logging.getLogger(__name__)
anyone = Blueprint("anyone", __name__)
_PAGE = re.compile(r"/s/[A-Za-z0-9_-]+(?:/[a-z0-9_]+|/file/[a-z0-9_.]+)?\Z")
"""A page of a personal link: nothing else may be led to."""


@anyone.get("/")
@needs(Access.NOTHING)
def door() -> str:
    """Say that a personal link is needed."""
    speak_to_stranger()
    return render_template("door.html")


@anyone.get("/language/<code>")
@needs(Access.NOTHING)
def language(code: str) -> Reply:
    """Lead back to a page, in another language; the address carries it on, so that no cookie is needed."""
    page = request.args.get("to", "")
    if not LANGUAGE.match(code) or not _PAGE.match(page):
        abort(HTTPStatus.NOT_FOUND)
    return redirect(f"{page}?language={code}", HTTPStatus.SEE_OTHER)


@anyone.get("/healthz")
@needs(Access.NOTHING)
def health() -> tuple[str, dict[str, str]]:
    """Say that the program runs."""
    return "ok\n", {"Content-Type": "text/plain"}


@anyone.get("/readyz")
@needs(Access.NOTHING)
def ready() -> tuple[str, HTTPStatus, dict[str, str]]:
    """Say whether answers can be read and written now."""
    plain = {"Content-Type": "text/plain"}
    try:
        with reading(site().database) as session:
            session.execute(text("SELECT 1 FROM round WHERE 1 = 0"))
        refuse_unwritable(site().database, now=site().clock())
    except StoreError as error:
        _log.error("not ready: %s", error)  # its sentence may name a file, which is not for strangers
        return "not ready\n", HTTPStatus.SERVICE_UNAVAILABLE, plain
    return "ready\n", HTTPStatus.OK, plain
