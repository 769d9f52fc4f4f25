"""Running a round: planned, opened, put off, closed by hand, single responses reopened, responses exported."""

from __future__ import annotations

from decimal import Decimal
from http import HTTPStatus

from flask import Blueprint, abort, redirect, render_template, request, send_file
from sqlmodel import Session, col, select
from werkzeug.wrappers import Response as Reply

from assess.phrases import message
from assess.store.session import reading, writing
from assess.store.tables import Cluster, Member, Response, ResponseState, Round, RoundState
from assess.web.access import needs
from assess.web.desks import desk
from assess.web.forms import Filled, filled
from assess.web.latest_definitions import latest_rulebase
from assess.web.round_pages.invitations import REOPEN, reopen_page
from assess.web.round_pages.running import (
    CLOSING,
    NEXT_ROUND,
    beginning_of,
    close_page,
    end_of,
    latest_sources,
    next_round_page,
    next_year,
    run_page,
)
from assess.web.screens import screened
from assess.web.site import site
from assess.web.wording import told, words
from assess.web.workbench_pages.place import address_of, place_of
from assess.workflow import exports, invitations, responses
from assess.workflow import rounds as verbs
from assess.workflow.refusals import WorkflowError
from assess.workflow.rows import identity, required

rounds = Blueprint("rounds", __name__, url_prefix="/clusters/<cluster>")

_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
_YEARS = (2000, 2100)
_EXPORTED = message("Responses in a file")


@rounds.get("/next-round")
@needs("round.run")
def ask_next_round(**_: str | int) -> str:
    """Ask for year and days of a new round."""
    with reading(site().database) as session:
        cluster = _cluster(session)
        form = filled(NEXT_ROUND, stored={"year": str(next_year(session, cluster, desk().now))})
        return render_template("staff/round_next.html", page=next_round_page(session, cluster, form))


@rounds.post("/next-round")
@needs("round.run")
def plan_next_round(**_: str | int) -> Reply | tuple[str, HTTPStatus]:
    """Plan a round; the same once more leads to the one that is planned."""
    form = _judged(filled(NEXT_ROUND, request.form))
    with writing(site().database) as session:
        cluster = _cluster(session)
        found = None if form.problems else _planned(session, cluster, form)
        if not form.problems and found is None:
            try:
                found = _plan(session, cluster, form)
            except WorkflowError as refusal:
                form = form.refused(told(refusal))
        if found is None:
            return render_template("staff/round_next.html", page=next_round_page(session, cluster, form)), _WRONG
        return redirect(f"{address_of(cluster, found)}/run?done=planned", HTTPStatus.SEE_OTHER)


@rounds.get("/<int:year>/run")
@needs("round.run")
def run(**_: str | int) -> str:
    """Show a round's dates and state."""
    with reading(site().database) as session:
        return render_template("staff/round_run.html", page=run_page(session, place_of(session, desk()), filled(CLOSING)))


@rounds.post("/<int:year>/run/open")
@needs("round.run")
def open_round(**_: str | int) -> Reply:
    """Open the round and invite every member that has no link yet; once more changes nothing."""
    with writing(site().database) as session:
        place = place_of(session, desk())
        if place.round.state is not RoundState.OPEN:
            verbs.open_round(session, place.round, now=desk().now, actor=desk().actor)
            invitations.invite_all(session, place.round, base_url=site().settings.base_url, now=desk().now, actor=desk().actor)
        return redirect(f"{place.address}/invitations?done=opened", HTTPStatus.SEE_OTHER)


@rounds.post("/<int:year>/run/closing")
@needs("round.run")
def postpone(**_: str | int) -> Reply | tuple[str, HTTPStatus]:
    """Give members more time."""
    form = filled(CLOSING, request.form)
    with writing(site().database) as session:
        place = place_of(session, desk())
        if not form.problems:
            try:
                verbs.postpone_closing(session, place.round, end_of(form.values["closes"]), now=desk().now, actor=desk().actor)
            except WorkflowError as refusal:
                form = form.refused(told(refusal), "closes")
        if form.problems:
            return render_template("staff/round_run.html", page=run_page(session, place, form)), _WRONG
        return redirect(f"{place.address}/run?done=postponed", HTTPStatus.SEE_OTHER)


@rounds.get("/<int:year>/run/close")
@needs("round.run")
def ask_close(**_: str | int) -> str:
    """Ask before the round is closed by hand."""
    with reading(site().database) as session:
        return render_template("staff/round_close.html", page=close_page(session, place_of(session, desk())))


@rounds.post("/<int:year>/run/close")
@needs("round.run")
def close(**_: str | int) -> Reply:
    """Close the round by hand; once more changes nothing."""
    with writing(site().database) as session:
        place = place_of(session, desk())
        if place.round.state is not RoundState.CLOSED:
            verbs.close_round(session, place.round, now=desk().now, actor=desk().actor)
        return redirect(f"{place.address}/run?done=closed", HTTPStatus.SEE_OTHER)


@rounds.get("/<int:year>/reopen/<int:response>")
@needs("round.run")
def ask_reopen(response: int, **_: str | int) -> str:
    """Ask why a response is reopened."""
    with reading(site().database) as session:
        found, member = _response(session, response)
        page = reopen_page(place_of(session, desk()), found, member.name, filled(REOPEN))
        return render_template("staff/round_reopen.html", page=page)


@rounds.post("/<int:year>/reopen/<int:response>")
@needs("round.run")
def reopen(response: int, **_: str | int) -> Reply | tuple[str, HTTPStatus]:
    """Let a member answer again; once more changes nothing."""
    form = filled(REOPEN, request.form)
    with writing(site().database) as session:
        place, (found, member) = place_of(session, desk()), _response(session, response)
        if not form.problems and found.state is not ResponseState.REOPENED:
            try:
                responses.reopen(session, found, actor=desk().actor, reason=form.values["reason"], now=desk().now)
            except WorkflowError as refusal:
                form = form.refused(told(refusal), "reason")
        if form.problems:
            return render_template("staff/round_reopen.html", page=reopen_page(place, found, member.name, form)), _WRONG
        return redirect(f"{place.address}/invitations?done=reopened", HTTPStatus.SEE_OTHER)


@rounds.post("/<int:year>/run/export")
@needs("round.answers.read")
@screened(_EXPORTED, "run")
def export(**_: str | int) -> Reply:
    """Have the responses written into a file, in the background."""
    with writing(site().database) as session:
        place = place_of(session, desk())
        exports.request_export(session, place.round, actor=desk().actor, now=desk().now)
        return redirect(f"{place.address}/run?done=export", HTTPStatus.SEE_OTHER)


@rounds.get("/<int:year>/run/export/<int:job>")
@needs("round.answers.read")
@screened(_EXPORTED, "run")
def download(job: int, **_: str | int) -> Reply:
    """Hand out an export of the round."""
    with writing(site().database) as session:
        found = next((one for one in exports.exports_of(session, place_of(session, desk()).round) if one.id == job), None)
        if found is None:
            abort(HTTPStatus.NOT_FOUND)
        path = (site().settings.files / exports.hand_out(session, found, actor=desk().actor, now=desk().now)).resolve()
    if not path.is_file():
        abort(HTTPStatus.NOT_FOUND)
    return send_file(path, mimetype="application/zip", as_attachment=True, download_name=path.name)


def _judged(form: Filled) -> Filled:
    """Return the form with what is wrong with its year."""
    year = form.values["year"]
    if "year" in form.problems or (year == int(year) and _YEARS[0] <= year <= _YEARS[1]):
        return form
    return form.refused(words().say("Write a year from %(first)s to %(last)s.", first=_YEARS[0], last=_YEARS[1]), "year")


def _planned(session: Session, cluster: Cluster, form: Filled) -> Round | None:
    """Return the round that a first click has planned."""
    year: Decimal = form.values["year"]
    found = session.exec(select(Round).where(col(Round.cluster_id) == identity(cluster), col(Round.year) == int(year))).first()
    days = beginning_of(form.values["opens"]), end_of(form.values["closes"])
    return found if found is not None and (found.opens_at, found.closes_at) == days else None


def _plan(session: Session, cluster: Cluster, form: Filled) -> Round:
    return verbs.plan_round(
        session,
        cluster,
        year=int(form.values["year"]),
        opens_at=beginning_of(form.values["opens"]),
        closes_at=end_of(form.values["closes"]),
        sources=latest_sources(),
        rulebase=latest_rulebase(),
        now=desk().now,
        actor=desk().actor,
    )


def _cluster(session: Session) -> Cluster:
    return required(session, Cluster, desk().cluster_id or 0)


def _response(session: Session, number: int) -> tuple[Response, Member]:
    """Find a response of the round that the address names, and whose it is; any other is not found."""
    found = session.get(Response, number)
    if found is None or found.round_id != desk().round_id:
        abort(HTTPStatus.NOT_FOUND)
    return found, required(session, Member, found.member_id)
