"""The pages of a file item: attaching files, reading them again and removing them, on a page of their own."""

from __future__ import annotations

from contextlib import ExitStack
from http import HTTPStatus

from flask import Blueprint, abort, redirect, render_template, request, send_file, url_for
from sqlmodel import Session
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as Reply

from assess.definitions.questionnaire_items import ItemType
from assess.phrases import message
from assess.store.files import EvidenceFolder
from assess.store.session import reading, writing
from assess.web.access import Access, needs
from assess.web.members import checked, token_of, visit_of
from assess.web.pages.attachments import attachments_page
from assess.web.progress import Section, sections
from assess.web.site import site
from assess.web.visits import Visit
from assess.web.wording import told, words
from assess.workflow import evidence
from assess.workflow.answer_rows import Field, field_of
from assess.workflow.evidence_bytes import drop_unused
from assess.workflow.evidence_names import in_megabytes
from assess.workflow.refusals import Unfit

attachments = Blueprint("attachments", __name__, url_prefix="/s/<token>/file/<field>")

LARGEST_REQUEST = evidence.MOST_FILES * evidence.MOST_BYTES + 100_000
"""Bytes of one upload: as many files as an item takes, and what stands around them."""
_TOO_MUCH = message("Choose smaller files, or attach them one by one: %(size)s a file is the most that is taken.")
_NOTHING = message("Choose a file first, then attach it.")


@attachments.get("")
@needs(Access.LINK)
def show(token: str, field: str) -> str:
    """Show what is attached to an item, and where to attach more."""
    with reading(site().database) as session:
        visit = visit_of(session, token)
        return _printed(session, visit, field, notice=_attached())


@attachments.post("")
@needs(Access.LINK)
def attach(token: str, field: str) -> Reply | tuple[str, HTTPStatus]:
    """Attach files; the link is looked up before anything of what may be large is read."""
    with reading(site().database) as session:
        visit = visit_of(session, token)
        section_of(visit, field)
    request.max_content_length = LARGEST_REQUEST
    try:
        sent = [one for one in request.files.getlist("file") if one.filename]
        checked(visit)
        count = _stored(token, field_of_path(field), sent)
    except RequestEntityTooLarge:
        return _refused(token, field, Unfit(_TOO_MUCH, size=in_megabytes(evidence.MOST_BYTES))), HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    except Unfit as refusal:
        return _refused(token, field, refusal), HTTPStatus.UNPROCESSABLE_ENTITY
    return _see(token, field, attached=count)


@attachments.get("/<int:number>")
@needs(Access.LINK)
def download(token: str, field: str, number: int) -> Reply:
    """Hand out a file of the respondent's own."""
    with reading(site().database) as session:
        visit = visit_of(session, token)
        section_of(visit, field)
        files = evidence.attached(session, visit.begun, field_of_path(field))
    row = next((row for row in files if row.id == number), None) or abort(HTTPStatus.NOT_FOUND)
    place = _folder().place(row.digest).resolve()
    return send_file(place, mimetype=row.media_type, as_attachment=True, download_name=row.name, conditional=False, etag=False)


@attachments.post("/<int:number>/remove")
@needs(Access.LINK)
def remove(token: str, field: str, number: int) -> Reply:
    """Take a file away; done already, nothing more happens."""
    with writing(site().database) as session:
        visit = checked(visit_of(session, token))
        section_of(visit, field)
        digest = evidence.remove(session, visit.begun, field_of_path(field), number, invitation=visit.invitation, now=visit.now)
    if digest:
        with reading(site().database) as session:
            drop_unused(session, _folder(), digest)
    return _see(token, field)


def section_of(visit: Visit, field: str) -> Section:
    """Find the section in which the respondent meets a file item. Raises NotBegun; ends with 404 where there is none."""
    found = sections(visit.standing) if visit.begun else ()
    with_field = (section for section in found if field in section.fields and section.fields[field].type is ItemType.FILE)
    return next(with_field, None) or abort(HTTPStatus.NOT_FOUND)


def field_of_path(field: str) -> Field:
    """Read a field's name. Ends with 404 for what is none."""
    return field_of(field) or abort(HTTPStatus.NOT_FOUND)


def _stored(token: str, field: Field, sent: list[FileStorage]) -> int:
    """Receive files, attach them, and return how many were new. Raises Unfit."""
    if not sent:
        raise Unfit(_NOTHING)
    folder = _folder()
    with ExitStack() as held:
        offered = [held.enter_context(evidence.received(folder, one.stream, one.filename or "")) for one in sent]
        with folder.keeping(), writing(site().database) as session:
            visit = visit_of(session, token)
            rows = evidence.attach(session, visit.begun, field, offered, folder=folder, invitation=visit.invitation, now=visit.now)
    return len(rows)


def _printed(session: Session, visit: Visit, field: str, *, notice: str = "", problem: str = "") -> str:
    section = section_of(visit, field)
    files = evidence.attached(session, visit.begun, field_of_path(field))
    page = attachments_page(visit, section, field, files, form=token_of(visit), notice=notice, problem=problem)
    return render_template("attachments_page.html", page=page)


def _refused(token: str, field: str, refusal: Unfit) -> str:
    with reading(site().database) as session:
        visit = visit_of(session, token)
        return _printed(session, visit, field, problem=told(refusal))


def _see(token: str, field: str, *, attached: int | None = None) -> Reply:
    return redirect(url_for("attachments.show", token=token, field=field, attached=attached), HTTPStatus.SEE_OTHER)


def _attached() -> str:
    count = request.args.get("attached", -1, type=int)
    if count > 0:
        return words().several(count, "%(num)s file was attached.", "%(num)s files were attached.")
    return words().say("Nothing new was attached: these files are attached already.") if count == 0 else ""


def _folder() -> EvidenceFolder:
    return EvidenceFolder(site().settings.files)
