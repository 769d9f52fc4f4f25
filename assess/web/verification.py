"""Lets anybody check a report: by its file, of which nothing is kept, or by its number, to which the code on the cover leads."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from threading import Lock

from flask import Blueprint, render_template, request
from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from sqlmodel import Session, col, select
from werkzeug.exceptions import RequestEntityTooLarge

from assess.engine.inference import Engine
from assess.phrases import message
from assess.reports.seal_findings import Verdict
from assess.reports.seal_keys import fingerprint
from assess.reports.seal_signature import check_signature
from assess.reports.verification import Means, installed_rulebase, verify
from assess.store.session import reading
from assess.store.steering_tables import Publication
from assess.web import doors
from assess.web.access import Access, needs
from assess.web.site import site
from assess.web.verification_pages import VerifyPage, number_page, refused_page, start_page, verdict_page
from assess.web.wording import words
from assess.workflow import report_files

verification = Blueprint("verification", __name__)

MOST_BYTES = 10_000_000
"""The largest file that is taken; a report has less than a million bytes."""
_AROUND = 100_000
"""Bytes of what stands around a file in a form."""
FILES = doors.Door("verify", (RateLimitItemPerMinute(10), RateLimitItemPerHour(100)))
NUMBERS = doors.Door("report number", (RateLimitItemPerMinute(60),))
_TOO_LARGE = message("Choose the report itself: a file may have %(most)s million bytes, and a report has far fewer.")
_one_at_a_time = Lock()
"""So that many requests cannot take the whole machine."""


@verification.get("/verify")
@needs(Access.NOTHING)
def ask() -> str:
    """Ask for a file or a number."""
    return _printed(start_page())


@verification.post("/verify")
@needs(Access.NOTHING)
def check() -> str | tuple[str, HTTPStatus]:
    """Check a file and say what was found; the file is kept nowhere."""
    doors.knock(FILES)
    request.max_content_length = MOST_BYTES + _AROUND
    try:
        sent = request.files.get("file")
        content = sent.stream.read(MOST_BYTES + 1) if sent is not None else b""
    except RequestEntityTooLarge:
        return _too_large()
    if len(content) > MOST_BYTES:
        return _too_large()
    if not content:
        return _printed(refused_page(words().say("Choose a PDF file first."))), HTTPStatus.UNPROCESSABLE_ENTITY
    return _printed(verdict_page(_verdict(content), len(content)))


@verification.get("/verify/<report>")
@needs(Access.NOTHING)
def number(report: str) -> str:
    """Say what has become of a report of this number, and the digests by which its file is known."""
    doors.knock(NUMBERS)
    with reading(site().database) as session:
        found = session.exec(select(Publication).where(col(Publication.number) == report)).first()
        published = found if found is not None and found.published_at is not None else None
        return _printed(number_page(session, report, published))


def _too_large() -> tuple[str, HTTPStatus]:
    sentence = words().say(_TOO_LARGE, most=MOST_BYTES // 1_000_000)
    return _printed(refused_page(sentence)), HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def _verdict(content: bytes) -> Verdict:
    with _one_at_a_time, reading(site().database) as session:
        return verify(content, _means(session))


def _means(session: Session) -> Means:
    """The site's own key is known; reports that it signed with an earlier one are still its reports where the register knows them."""
    key = report_files.signing_key(site().settings)
    return Means(
        engine=_engine(),
        signature=check_signature,
        find_rulebase=installed_rulebase,
        own_signer=fingerprint(key.certificate) if key else "",
        register=report_files.register_of(session),
    )


@cache
def _engine() -> Engine:
    return Engine()


def _printed(page: VerifyPage) -> str:
    return render_template("verify.html", page=page)
