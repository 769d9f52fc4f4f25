"""The pages behind a personal link: start, sections, review, receipt; each finds its visit, does one thing and prints one page."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as Reply

from assess.store.session import reading, writing
from assess.web.access import Access, needs
from assess.web.form_tokens import form_token, fresh_key, genuine
from assess.web.forms import PageForm
from assess.web.pages import blank_page, conflict_page, receipt_page, review_page, section_page, start_page
from assess.web.progress import Section, sections
from assess.web.received import REVIEW, Go, Received, received
from assess.web.results import results_page
from assess.web.site import site, wanted_language
from assess.web.visits import NotBegun, Visit, find_visit
from assess.workflow import responses
from assess.workflow.refusals import ChangedSince, KeyReused, NotComplete
from assess.workflow.responses import Conflict, Saved

members = Blueprint("members", __name__, url_prefix="/s/<token>")
_REUSED = "This page had been sent before with other answers. Nothing of it was saved now: look through it, then save it."
_FOREIGN = "This page could not be told from a forged one. Nothing was saved: look through it, then save it."
_CHANGED = "Somebody has changed answers since you loaded this page. Look through them, then send the response."


@members.get("")
@needs(Access.LINK)
def start(token: str) -> str:
    """Show who asks, why, and the Start button; looking uses nothing up."""
    with reading(site().database) as session:
        visit = visit_of(session, token)
        return render_template(
            "start.html", page=start_page(visit, form=token_of(visit), saved="saved" in request.args, k=site().settings.k)
        )


@members.post("/start")
@needs(Access.LINK)
def begin(token: str) -> Reply:
    """Begin the response, or go on with it."""
    with writing(site().database) as session:
        visit = checked(visit_of(session, token))
        responses.begin(session, visit.invitation, now=visit.now)
        first = next((s for s in sections(visit.standing) if s.open or s.at_odds), None)
    return see("review", token) if first is None else see("section", token, name=first.group.name)


@members.get("/<name>")
@needs(Access.LINK)
def section(token: str, name: str) -> str | Reply:
    """Show one section."""
    with reading(site().database) as session:
        visit = visit_of(session, token)
        found = shown_section(visit, name)
        if not visit.may_change:
            return see("receipt" if visit.begun.submitted_at else "start", token)
        return printed(visit, found, notice=_opened())


@members.post("/<name>")
@needs(Access.LINK)
def save(token: str, name: str) -> Reply | tuple[str, HTTPStatus]:
    """Save one section, and go where the button says."""
    with writing(site().database) as session:
        visit = visit_of(session, token)
        sent = received(visit, name)
        if not sent.genuine:
            return held(visit, sent, _FOREIGN), HTTPStatus.BAD_REQUEST
        asked = frozenset(name for found in sections(visit.standing) for name in found.asked)
        try:
            outcome = stored(session, visit, sent)
        except KeyReused:
            return held(visit, sent, _REUSED), HTTPStatus.UNPROCESSABLE_ENTITY
        after = visit_of(session, token)
        if isinstance(outcome, Conflict):
            return merged(after, name, outcome), HTTPStatus.CONFLICT
        if sent.form.problems or (sent.go is Go.ON and _wrong(after, sent)):
            return held(after, sent, ""), HTTPStatus.UNPROCESSABLE_ENTITY
        return onward(after, sent, asked)


@members.post("/<name>/autosave")
@needs(Access.LINK)
def autosave(token: str, name: str) -> tuple[str, HTTPStatus]:
    """Save one section while it is filled in; the reply says when, and prints the questions that are open now."""
    with writing(site().database) as session:
        visit = visit_of(session, token)
        sent = received(visit, name)
        if not sent.genuine:
            abort(HTTPStatus.BAD_REQUEST)
        outcome = stored(session, visit, sent)
        after = visit_of(session, token)
        page = section_page(after, shown_section(after, name), form=token_of(after), key=fresh_key())
        elsewhere = isinstance(outcome, Conflict) or bool(
            outcome.others
        )  # this page does not show them, and must not seem to have seen them
        return render_template("autosave.html", page=page, contested=elsewhere), HTTPStatus.CONFLICT if elsewhere else HTTPStatus.OK


@members.get("/review")
@needs(Access.LINK)
def review(token: str) -> str | Reply:
    """Show everything that was answered, with what is missing."""
    with reading(site().database) as session:
        visit = visit_of(session, token)
        if not visit.may_change:
            return see("receipt" if visit.begun.submitted_at else "start", token)
        return reviewed(visit)


@members.post("/submit")
@needs(Access.LINK)
def submit(token: str) -> Reply | tuple[str, HTTPStatus]:
    """Hand the response in."""
    with writing(site().database) as session:
        visit = checked(visit_of(session, token))
        seen = request.form.get("seen", type=int)
        try:
            key = request.form.get("key", "")
            responses.submit(session, visit.begun, key=key, now=visit.now, seen_revision=seen, invitation=visit.invitation)
        except NotComplete:
            return reviewed(visit), HTTPStatus.UNPROCESSABLE_ENTITY
        except ChangedSince:
            return reviewed(visit, _CHANGED), HTTPStatus.CONFLICT
    return see("receipt", token)


@members.get("/receipt")
@needs(Access.LINK)
def receipt(token: str) -> str | Reply:
    """Show that the response was handed in, and what stood in it."""
    with reading(site().database) as session:
        visit = visit_of(session, token)
        submission = responses.last_submission(session, visit.begun)
        if submission is None:
            return see("start", token)
        return render_template("receipt.html", page=receipt_page(visit, submission, responses.submitted_answers(session, submission)))


@members.get("/results")
@needs(Access.LINK)
def results(token: str) -> str:
    """Show the member's own answers beside the figures that were released for the cluster."""
    with reading(site().database) as session:
        return render_template("results.html", page=results_page(session, visit_of(session, token), k=site().settings.k))


@members.get("/blank")
@needs(Access.LINK)
def blank(token: str) -> str:
    """Show all questions on one page, to be printed."""
    with reading(site().database) as session:
        return render_template("blank.html", page=blank_page(visit_of(session, token)))


def visit_of(session: Session, token: str) -> Visit:
    """Find the visit of the present request. Raises TokenUnknown, TokenExpired or TokenRevoked."""
    return find_visit(session, token, language=wanted_language(), now=site().clock())


def token_of(visit: Visit) -> str:
    """Return the token for the forms of a page."""
    return form_token(site().settings.secret, visit.invitation)


def checked(visit: Visit) -> Visit:
    """Refuse a form that no page of this link sent."""
    if not genuine(site().settings.secret, visit.invitation, request.form.get("form", "")):
        abort(HTTPStatus.BAD_REQUEST)
    return visit


def see(page: str, token: str, *, name: str | None = None, **values: int) -> Reply:
    """Lead to another page of the link; `name` is a section's."""
    named: dict[str, Any] = dict(values) if name is None else {"name": name, **values}
    return redirect(url_for(f"members.{page}", token=token, **named), HTTPStatus.SEE_OTHER)


def shown_section(visit: Visit, name: str) -> Section:
    """Find a section that the respondent meets. Raises NotBegun; ends with 404 where there is none."""
    if visit.response is None:
        raise NotBegun
    return next((found for found in sections(visit.standing) if found.group.name == name), None) or abort(HTTPStatus.NOT_FOUND)


def stored(session: Session, visit: Visit, sent: Received) -> Saved | Conflict:
    """Save what can be kept of a page."""
    return responses.save(
        session,
        visit.begun,
        section=sent.group.name,
        answers=sent.form.kept,
        seen_revision=sent.seen,
        key=sent.key,
        now=visit.now,
    )


def printed(visit: Visit, found: Section, *, filled: PageForm | None = None, notice: str = "") -> str:
    """Print a section."""
    page = section_page(visit, found, filled, form=token_of(visit), key=fresh_key(), notice=notice)
    return render_template("section.html", page=page)


def held(visit: Visit, sent: Received, notice: str) -> str:
    """Print the section again with everything that was sent, so that nothing has to be written twice."""
    return printed(visit, shown_section(visit, sent.group.name), filled=sent.form, notice=notice)


def merged(visit: Visit, name: str, conflict: Conflict) -> str:
    """Print both answers to every contested field."""
    page = conflict_page(visit, shown_section(visit, name), conflict, form=token_of(visit), key=fresh_key())
    return render_template("conflict.html", page=page)


def reviewed(visit: Visit, notice: str = "") -> str:
    """Print the review page."""
    if visit.response is None:
        raise NotBegun
    return render_template("review.html", page=review_page(visit, form=token_of(visit), key=fresh_key(), notice=notice))


def onward(visit: Visit, sent: Received, asked: frozenset[str]) -> Reply:
    """Lead to where the button says; questions of this section that were not `asked` before its answers opened them come first."""
    found = sections(visit.standing)
    here = next((s for s in found if s.group.name == sent.group.name), None)
    opened = [name for name in here.asked if name not in sent.form and name not in asked] if here else []
    if sent.go is Go.LATER:
        return see("start", visit.token, saved=1)
    if sent.go is Go.TO:
        return see("review", visit.token) if sent.target == REVIEW else see("section", visit.token, name=sent.target)
    if here and opened and sent.go is Go.ON:
        return see("section", visit.token, name=here.group.name, opened=len(opened))
    position = found.index(here) if here else len(found)
    return at(visit, found, position - 1 if sent.go is Go.BACK else position + 1)


def at(visit: Visit, found: tuple[Section, ...], position: int) -> Reply:
    """Lead to the section at a position; before the first lies the start, after the last the review."""
    if position < 0:
        return see("start", visit.token)
    return see("section", visit.token, name=found[position].group.name) if position < len(found) else see("review", visit.token)


def _wrong(visit: Visit, sent: Received) -> bool:
    return any(name in visit.standing.problems for name in sent.form.kept)


def _opened() -> str:
    opened = request.args.get("opened", 0, type=int)
    if opened == 1:
        return "Your answers opened one more question on this page."
    return f"Your answers opened {opened} more questions on this page." if opened > 1 else ""
