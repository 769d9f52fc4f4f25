"""Shows a report in the browser, from the same pages that are set as PDF, with the style sheets and fonts they are set with."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import cast

from flask import Blueprint, abort, current_app, request, send_file
from werkzeug.wrappers import Response as Reply

from assess.content import content_folder
from assess.phrases import message
from assess.reports.pdf import html, view_of
from assess.store.session import reading
from assess.web.access import Access, needs
from assess.web.desks import desk
from assess.web.finding_pages.case import diagnosed_case
from assess.web.published_reports import kind_of
from assess.web.screens import screened
from assess.web.site import site
from assess.web.wording import words
from assess.workflow.report_files import wanted_report
from assess.workflow.rows import identity

report_previews = Blueprint("report_previews", __name__)

_PARTS = "/report-parts/"
_SHEET = "report-preview.css"
_PART = re.compile(r"(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+\.(css|ttf)\Z")
_TYPES = {"css": "text/css", "ttf": "font/ttf"}


@report_previews.get("/clusters/<cluster>/<int:year>/report-preview")
@needs("round.diagnosis.read")
@screened(message("Report"), "publication")
def preview(cluster: str, year: int) -> str:
    """Show the report of the diagnosis that is looked at, of the kind that is asked for."""
    with reading(site().database) as session:
        case = diagnosed_case(session)
        number, kind = identity(case.found), kind_of(request.args, case.document)
    wanted = wanted_report(site().database, number, now=desk().now, kind=kind)
    page = html(view_of(wanted.document, wanted.stamp, wanted.annex))
    return _on_screen(page, f"/clusters/{cluster}/{year}/publication")


@report_previews.get(f"{_PARTS}<path:part>")
@needs(Access.NOTHING)
def part(part: str) -> Reply:
    """Send a style sheet or font of the report; nothing in them is about anybody."""
    found = _PART.match(part)
    path = content_folder("templates") / "report" / part
    if not found or not path.is_file():
        abort(HTTPStatus.NOT_FOUND)
    return send_file(BytesIO(_led_here(path)), mimetype=_TYPES[found[1]])


def _on_screen(page: str, back: str) -> str:
    """Lead the page's style sheets here, add the one for screens, a way back, and what a page of the site has around its content."""
    asset = cast("Callable[[str], str]", current_app.jinja_env.globals["asset"])
    style = f'<link rel="stylesheet" href="{escape(asset(_SHEET))}">'
    viewport = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    label, to = escape(words().say("Preview")), escape(words().say("Back to the publication"))
    way = f'<nav class="preview-bar" aria-label="{label}"><a href="{escape(back)}">{to}</a></nav>'
    begun = re.sub(r"<body[^>]*>", lambda body: f'{body[0]}{way}<main id="main">', page, count=1)
    ended = begun.replace("</body>", "</main></body>", 1).replace("</head>", f"{viewport}{style}</head>", 1)
    return ended.replace('href="asset:', f'href="{_PARTS}')


def _led_here(path: Path) -> bytes:
    content = path.read_bytes()
    return content.replace(b"asset:", _PARTS.encode()) if path.suffix == ".css" else content
