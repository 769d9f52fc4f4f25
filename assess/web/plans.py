"""The action plan of a cluster: seen, added to, reviewed, exported."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort, make_response, redirect, render_template, request
from sqlmodel import Session
from werkzeug.wrappers import Response as Reply

from assess.exchange.plain_tables import as_csv
from assess.store.session import reading, writing
from assess.store.steering_tables import ActionState
from assess.web.access import needs
from assess.web.desks import desk
from assess.web.forms import Filled, filled
from assess.web.round_pages.plan import (
    NO_INDICATOR,
    Sight,
    accept_form,
    accept_page,
    plan_page,
    plan_table,
    review_form,
    review_page,
    shown_plan,
    sight_of,
)
from assess.web.screens import screened
from assess.web.site import site
from assess.web.wording import told, words
from assess.web.workbench_pages.place import Place, place_of
from assess.workflow import plans as verbs
from assess.workflow import taken_away
from assess.workflow.plans import Planned
from assess.workflow.refusals import WorkflowError
from assess.workflow.rows import identity

plans = Blueprint("plans", __name__, url_prefix="/clusters/<cluster>/<int:year>")

_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


@plans.get("/plan")
@needs("plan.read")
@screened("Action plan", "plan")
def plan(**_: str | int) -> str:
    """Show the plan."""
    with reading(site().database) as session:
        return render_template("staff/plan.html", page=plan_page(session, place_of(session, desk())))


@plans.get("/plan.csv")
@needs("plan.read")
@screened("Action plan", "plan")
def plan_csv(**_: str | int) -> Reply:
    """Hand out the plan as a table, and write that down."""
    with writing(site().database) as session:
        place = place_of(session, desk())
        subject = f"round/{identity(place.round)}"
        taken_away.note(session, taken_away.File.PLAN, subject, actor=desk().actor, now=desk().now, form="csv")
        reply = make_response(as_csv(*plan_table(session, place), words()))
    reply.mimetype = "text/csv"
    reply.headers["Content-Disposition"] = f'attachment; filename="plan-{place.round.year}.csv"'
    return reply


@plans.get("/plan/accept")
@needs("plan.write")
@screened("Action plan", "plan")
def ask_accept(**_: str | int) -> str | Reply:
    """Ask how an instrument is taken into the plan."""
    instrument = request.args.get("instrument", "")
    with reading(site().database) as session:
        place = place_of(session, desk())
        sight = sight_of(session, place)
        asked = accept_form(sight, instrument)
        if asked is None:
            return redirect(f"{place.address}/plan", HTTPStatus.SEE_OTHER)
        return render_template("staff/plan_accept.html", page=accept_page(place, sight, instrument, filled(asked)))


@plans.post("/plan/accept")
@needs("plan.write")
@screened("Action plan", "plan")
def accept(**_: str | int) -> Reply | tuple[str, HTTPStatus]:
    """Take an instrument into the plan; just the same once more is kept once."""
    instrument = request.form.get("instrument", "")
    with writing(site().database) as session:
        place = place_of(session, desk())
        sight = sight_of(session, place)
        asked = accept_form(sight, instrument)
        if asked is None:
            return redirect(f"{place.address}/plan", HTTPStatus.SEE_OTHER)
        form = filled(asked, request.form)
        form = form if form.problems else _accepted(session, place, sight, instrument, form)
        if form.problems:
            return render_template("staff/plan_accept.html", page=accept_page(place, sight, instrument, form)), _WRONG
        return redirect(f"{place.address}/plan?done=accepted", HTTPStatus.SEE_OTHER)


@plans.get("/plan/<int:action>/review")
@needs("plan.write")
@screened("Action plan", "plan")
def ask_review(action: int, **_: str | int) -> str:
    """Ask what the review of the round found about an item."""
    with reading(site().database) as session:
        place = place_of(session, desk())
        one = _item(session, place, action)
        return render_template("staff/plan_review.html", page=review_page(session, place, one, filled(review_form())))


@plans.post("/plan/<int:action>/review")
@needs("plan.write")
@screened("Action plan", "plan")
def review(action: int, **_: str | int) -> Reply | tuple[str, HTTPStatus]:
    """Keep what the review of the round found; just the same once more is kept once."""
    form = filled(review_form(), request.form)
    with writing(site().database) as session:
        place = place_of(session, desk())
        one = _item(session, place, action)
        if not form.problems:
            try:
                state = ActionState(form.values["state"])
                note = form.values["note"]
                verbs.review(session, one.item, place.round, state=state, note=note, account_id=desk().account_id, now=desk().now)
            except WorkflowError as refusal:
                form = form.refused(told(refusal), "note")
        if form.problems:
            return render_template("staff/plan_review.html", page=review_page(session, place, one, form)), _WRONG
        return redirect(f"{place.address}/plan?done=reviewed", HTTPStatus.SEE_OTHER)


def _accepted(session: Session, place: Place, sight: Sight, instrument: str, form: Filled) -> Filled:
    """Keep what was filled in, and return the form with what was refused."""
    given = form.values
    try:
        verbs.accept(
            session,
            place.round,
            instrument=instrument,
            owner=given["owner"],
            milestone=given["milestone"],
            due=given["due"],
            indicator=given["indicator"] if given["indicator"] not in ("", NO_INDICATOR) else None,
            target=given["target"],
            account_id=desk().account_id,
            now=desk().now,
            rulebase=sight.rulebase,
            only_published=not sight.figures,
        )
    except WorkflowError as refusal:
        return form.refused(told(refusal))
    return form


def _item(session: Session, place: Place, number: int) -> Planned:
    """Find an item that the account may see of the plan of the cluster, as far as the year goes; any other is not found."""
    found = next((one for one in shown_plan(session, place, sight_of(session, place)) if identity(one.item) == number), None)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found
