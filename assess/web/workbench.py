"""The evaluator's workbench and every desk: what waits, the round at a glance, its evidence, responses, ratings and overrides."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR
from http import HTTPStatus

from flask import Blueprint, abort, current_app, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as Reply

from assess.phrases import message
from assess.store.files import EvidenceFolder
from assess.store.session import reading, writing
from assess.store.steering_tables import Override
from assess.store.tables import ResponseState
from assess.web.access import needs
from assess.web.desks import desk
from assess.web.finding_pages.case import rulebase_of
from assess.web.forms import filled
from assess.web.screens import screen_of, screened
from assess.web.site import site
from assess.web.wording import told
from assess.web.workbench_pages.desk import desk_page, evaluated
from assess.web.workbench_pages.evidence import evidence_page
from assess.web.workbench_pages.overrides import overrides_page, sent_override
from assess.web.workbench_pages.overview import overview_page
from assess.web.workbench_pages.place import Place, place_of
from assess.web.workbench_pages.ratings import rateable, rating_state, ratings_page
from assess.web.workbench_pages.responses import REOPEN, is_screened, response_page, responses_page
from assess.workflow import looks, overrides, ratings, responses, sheets
from assess.workflow.ratings import has_finished, ratings_of
from assess.workflow.refusals import Unfit
from assess.workflow.report_files import Kind
from assess.workflow.year_reports import request_reports

workbench = Blueprint("workbench", __name__)
_ROUND = "/clusters/<cluster>/<int:year>"


@workbench.get("/desk")
@needs("desk.read")
def at_desk() -> str:
    """Show what waits for the account, by role and year."""
    wanted = request.args.get("year", type=_year)
    with reading(site().database) as session:
        return render_template("staff/workbench_desk.html", page=desk_page(session, desk(), wanted, site().settings.base_url))


@workbench.post("/desk/reports")
@needs("desk.read")
def reports() -> Reply:
    """Have the reports of a year made in the background, of all clusters that the account evaluates."""
    year = request.form.get("year", type=_year) or desk().now.year
    with writing(site().database) as session:
        request_reports(session, year, evaluated(desk()), now=desk().now, kind=Kind(site=site().settings.base_url))
    return redirect(f"/desk?year={year}#reports", HTTPStatus.SEE_OTHER)


@workbench.get(_ROUND)
@needs("round.progress.read")
def overview(**_: object) -> str:
    """Show a round at a glance, and nothing of what was answered."""
    with reading(site().database) as session:
        return render_template("staff/workbench_overview.html", page=overview_page(session, place_of(session, desk())))


@workbench.get(f"{_ROUND}/evidence")
@needs("round.answers.read")
@screened(message("Evidence"), "evidence")
def evidence(**_: object) -> str:
    """Show how well everything is covered, and where statements are far apart."""
    with reading(site().database) as session:
        place = place_of(session, desk())
        page = evidence_page(session, place, kind=request.args.get("kind", ""), sort=request.args.get("sort", ""))
        return render_template("staff/workbench_evidence.html", page=page)


@workbench.get(f"{_ROUND}/evidence/<int:file>")
@needs("round.answers.read")
@screened(message("Evidence"), "evidence")
def evidence_file(file: int, **_: object) -> Reply:
    """Hand out a file of evidence, and record who fetched it."""
    with writing(site().database) as session:
        place = place_of(session, desk())
        found = looks.fetch_evidence(session, place.round, file, actor=place.desk.actor, now=place.desk.now) or abort(HTTPStatus.NOT_FOUND)
    path = EvidenceFolder(site().settings.files).place(found.digest).resolve()
    return send_file(path, mimetype=found.media_type, as_attachment=True, download_name=found.name, conditional=False, etag=False)


@workbench.post(f"{_ROUND}/see/<name>")
@needs("round.sheet.write")
def see_first(name: str, **_: object) -> Reply:
    """Record that an evaluator saw the first sheet, who no longer rates blind from then on, and lead to what was asked for."""
    behind = {screen.to for view in current_app.view_functions.values() if (screen := screen_of(view))}
    to = name if name in behind else abort(HTTPStatus.NOT_FOUND)
    with writing(site().database) as session:
        place = place_of(session, desk())
        sheets.open_sheet(session, place.round, account_id=place.account, now=place.desk.now)
        return _see(place, to)


@workbench.get(f"{_ROUND}/responses")
@needs("round.answers.read")
def all_responses(**_: object) -> str:
    """Show which responses there are."""
    with reading(site().database) as session:
        return render_template("staff/workbench_responses.html", page=responses_page(session, place_of(session, desk())))


@workbench.get(f"{_ROUND}/responses/<int:response>")
@needs("round.answers.read")
def one_response(response: int, **_: object) -> str | Reply:
    """Show one response, and record who looked."""
    with writing(site().database) as session:
        place = place_of(session, desk())
        if is_screened(session, place, response):
            return _see(place, "sheet")
        found = looks.look_at(session, place.round, response, actor=place.desk.actor, now=place.desk.now) or abort(HTTPStatus.NOT_FOUND)
        return render_template("staff/workbench_response.html", page=response_page(session, place, found))


@workbench.post(f"{_ROUND}/responses/<int:response>/reopen")
@needs("round.run")
def reopen(response: int, **_: object) -> Reply | tuple[str, HTTPStatus]:
    """Let a member answer again; done already, nothing more happens."""
    with writing(site().database) as session:
        place = place_of(session, desk())
        if is_screened(session, place, response):
            return _see(place, "sheet")
        found = looks.look_at(session, place.round, response, actor=place.desk.actor, now=place.desk.now) or abort(HTTPStatus.NOT_FOUND)
        form = filled(REOPEN, request.form)
        if form.problems:
            page = response_page(session, place, found, form)
            return render_template("staff/workbench_response.html", page=page), HTTPStatus.UNPROCESSABLE_ENTITY
        if found.state is not ResponseState.REOPENED:
            responses.reopen(session, found, actor=place.desk.actor, reason=str(form.values["reason"]), now=place.desk.now)
        return _see(place, f"responses/{response}?done=reopened")


@workbench.get(f"{_ROUND}/ratings")
@needs("round.rate")
def show_ratings(**_: object) -> str:
    """Show the form of a second rating, or what two evaluators agree about."""
    with reading(site().database) as session:
        return render_template("staff/workbench_ratings.html", page=ratings_page(session, place_of(session, desk())))


@workbench.post(f"{_ROUND}/ratings")
@needs("round.rate")
def rate(**_: object) -> Reply:
    """Keep the ratings that were sent; what is kept already stays as it is."""
    with writing(site().database) as session:
        place = place_of(session, desk())
        _refuse_without_sheet(rating_state(session, place))
        before = {row.item: row.raw for row in ratings_of(session, place.round, place.account)}
        for item in rateable(session, place):
            raw = request.form.get(item.name, "")
            if raw != before.get(item.name, ""):
                ratings.rate(session, place.round, account_id=place.account, item=item.name, raw=raw, now=place.desk.now)
        return _see(place, "ratings?done=saved")


@workbench.post(f"{_ROUND}/ratings/finish")
@needs("round.rate")
def finish(**_: object) -> Reply | tuple[str, HTTPStatus]:
    """End a second rating, after which the first may be seen; done already, nothing more happens."""
    with writing(site().database) as session:
        place = place_of(session, desk())
        try:
            if not has_finished(session, place.round, place.account):
                ratings.finish_rating(session, place.round, account_id=place.account, now=place.desk.now)
        except Unfit as refusal:
            page = ratings_page(session, place, told(refusal))
            return render_template("staff/workbench_ratings.html", page=page), HTTPStatus.UNPROCESSABLE_ENTITY
        return _see(place, "ratings?done=rated")


@workbench.get(f"{_ROUND}/overrides")
@needs("round.override")
@screened(message("Overrides"), "overrides")
def show_overrides(**_: object) -> str:
    """Show what was replaced, and the form for one more."""
    with reading(site().database) as session:
        place = place_of(session, desk())
        page = overrides_page(session, place, indicator=request.args.get("indicator", ""))
        return render_template("staff/workbench_overrides.html", page=page)


@workbench.post(f"{_ROUND}/overrides")
@needs("round.override")
@screened(message("Overrides"), "overrides")
def override(**_: object) -> Reply | tuple[str, HTTPStatus]:
    """Replace a figure."""
    with writing(site().database) as session:
        place = place_of(session, desk())
        rulebase = rulebase_of(place.round)
        form, value = sent_override(rulebase, request.form)
        try:
            if not form.problems:
                said = (str(form.values["indicator"]), value, str(form.values["reason"]))
                overrides.override(session, place.round, *said, account_id=place.account, rulebase=rulebase, now=place.desk.now)
                return _see(place, "overrides?done=overridden")
        except Unfit as refusal:
            form = form.refused(told(refusal))
        page = overrides_page(session, place, form=form)
        return render_template("staff/workbench_overrides.html", page=page), HTTPStatus.UNPROCESSABLE_ENTITY


@workbench.post(f"{_ROUND}/overrides/<int:number>/withdraw")
@needs("round.override")
@screened(message("Overrides"), "overrides")
def withdraw(number: int, **_: object) -> Reply:
    """Let the answers speak again; done already, nothing more happens."""
    with writing(site().database) as session:
        place = place_of(session, desk())
        row = session.get(Override, number)
        if row is None or row.round_id != place.round.id:
            abort(HTTPStatus.NOT_FOUND)
        if row.withdrawn_at is None:
            overrides.withdraw_override(session, row, account_id=place.account, now=place.desk.now)
        return _see(place, "overrides?done=override-withdrawn")


def _year(text: str) -> int:
    """Read a year. Raises ValueError for what is none."""
    year = int(text)
    if not MINYEAR <= year <= MAXYEAR:
        raise ValueError(text)
    return year


def _refuse_without_sheet(state: str) -> None:
    """Raises Unfit where there is nothing to rate."""
    if state in ("none", "planned"):
        raise Unfit(message("Wait until a round with an evaluator’s sheet is open: there is nothing to rate yet."))


def _see(place: Place, page: str) -> Reply:
    """Lead to a page of the round."""
    return redirect(f"{place.address}/{page}", HTTPStatus.SEE_OTHER)
