"""The list of members of a cluster: seen, added to by hand or from a file, changed."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort, redirect, render_template, request
from sqlmodel import Session
from werkzeug.wrappers import Response as Reply

from assess.phrases import message
from assess.store.session import reading, writing
from assess.store.tables import Member
from assess.web.access import needs
from assess.web.desks import desk
from assess.web.forms import filled
from assess.web.round_pages.members import (
    carried_rows,
    fault_sentence,
    member_form,
    member_page,
    members_page,
    preview_page,
    read_upload,
    stored,
    upload_form,
)
from assess.web.site import site
from assess.web.wording import told, words
from assess.web.workbench_pages.place import place_of
from assess.workflow import clusters
from assess.workflow.clusters import Change
from assess.workflow.refusals import WorkflowError

round_members = Blueprint("round_members", __name__, url_prefix="/clusters/<cluster>/<int:year>/members")

_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
_ENGLISH = {"language": "en"}
_LISTED = message("Change the entry that is in the list already: there is an organisation of this name.")


@round_members.get("")
@needs("round.invite")
def members(**_: str | int) -> str:
    """Show the list."""
    with reading(site().database) as session:
        page = members_page(session, place_of(session, desk()), filled(member_form(), stored=_ENGLISH), filled(upload_form()))
        return render_template("staff/round_members.html", page=page)


@round_members.post("")
@needs("round.invite")
def add(**_: str | int) -> Reply | tuple[str, HTTPStatus]:
    """Add one member; the same one again is found and left as it is."""
    asked = member_form()
    form = filled(asked, request.form)
    with writing(site().database) as session:
        place = place_of(session, desk())
        if not form.problems:
            (row,) = clusters.judge_members(session, place.cluster, [[form.values[one.name] for one in asked]]).rows
            form = form.refused(words().say(_LISTED), "name") if row.change is Change.CHANGED else form
            form = form.refused(fault_sentence(row.faults[0])) if row.faults else form
            if row.change is Change.NEW:
                clusters.add_member(session, place.cluster, **form.values, now=desk().now, actor=desk().actor)
        if form.problems:
            return render_template("staff/round_members.html", page=members_page(session, place, form, filled(upload_form()))), _WRONG
        return redirect(f"{place.address}/members?done=added", HTTPStatus.SEE_OTHER)


@round_members.get("/<int:member>")
@needs("round.invite")
def member(member: int, **_: str | int) -> str:
    """Show the form of a member."""
    with reading(site().database) as session:
        found = _member(session, member)
        page = member_page(place_of(session, desk()), found, filled(member_form(), stored=stored(found)))
        return render_template("staff/round_member.html", page=page)


@round_members.post("/<int:member>")
@needs("round.invite")
def change(member: int, **_: str | int) -> Reply | tuple[str, HTTPStatus]:
    """Change a member."""
    form = filled(member_form(), request.form)
    with writing(site().database) as session:
        place, found = place_of(session, desk()), _member(session, member)
        if not form.problems:
            try:
                clusters.change_member(session, found, **form.values, now=desk().now, actor=desk().actor)
            except WorkflowError as refusal:
                form = form.refused(told(refusal), "name")
        if form.problems:
            return render_template("staff/round_member.html", page=member_page(place, found, form)), _WRONG
        return redirect(f"{place.address}/members?done=saved", HTTPStatus.SEE_OTHER)


@round_members.post("/<int:member>/active")
@needs("round.invite")
def activate(member: int, **_: str | int) -> Reply:
    """Take a member out of use, or into use again."""
    with writing(site().database) as session:
        clusters.set_active(session, _member(session, member), request.form.get("active") == "yes", now=desk().now, actor=desk().actor)
        return redirect(f"{place_of(session, desk()).address}/members?done=saved", HTTPStatus.SEE_OTHER)


@round_members.post("/preview")
@needs("round.invite")
def preview(**_: str | int) -> str | tuple[str, HTTPStatus]:
    """Say what importing a list would do; nothing is written, and the file is kept nowhere."""
    form = filled(upload_form(), request.form, request.files)
    with reading(site().database) as session:
        place = place_of(session, desk())
        if not form.problems:
            try:
                listed = read_upload(session, place.cluster, form.values["file"])
                return render_template("staff/round_preview.html", page=preview_page(place, listed))
            except WorkflowError as refusal:
                form = form.refused(told(refusal), "file")
        page = members_page(session, place, filled(member_form(), stored=_ENGLISH), form)
        return render_template("staff/round_members.html", page=page), _WRONG


@round_members.post("/import")
@needs("round.invite")
def take_over(**_: str | int) -> Reply:
    """Write what a preview showed; its rows are judged again as the list stands now."""
    rows = carried_rows(request.form.get("rows", ""))
    with writing(site().database) as session:
        place = place_of(session, desk())
        listed = clusters.judge_members(session, place.cluster, rows)
        clusters.import_members(session, place.cluster, listed, now=desk().now, actor=desk().actor)
        return redirect(f"{place.address}/members?done=imported", HTTPStatus.SEE_OTHER)


def _member(session: Session, number: int) -> Member:
    """Find a member of the cluster that the address names; anybody else's is not found."""
    found = session.get(Member, number)
    if found is None or found.cluster_id != desk().cluster_id:
        abort(HTTPStatus.NOT_FOUND)
    return found
