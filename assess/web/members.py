"""The pages behind a personal link: start, sections, review, receipt; each finds its visit, does one thing and prints one page."""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus

from flask import Blueprint, abort, render_template, request
from sqlmodel import Session
from werkzeug.wrappers import Response as Reply

from assess.definitions.words import Words
from assess.phrases import message
from assess.store.session import reading, writing
from assess.web.access import Access, needs
from assess.web.form_tokens import form_token, fresh_key, genuine
from assess.web.forms import PageForm
from assess.web.onward import onward, see
from assess.web.pages.autosaved import autosaved_page
from assess.web.pages.blank import blank_page
from assess.web.pages.conflict import conflict_page
from assess.web.pages.receipt import receipt_page
from assess.web.pages.review import review_page
from assess.web.pages.section import section_page
from assess.web.pages.start import start_page
from assess.web.progress import Section, sections
from assess.web.received import Go, Received, received
from assess.web.results import results_page
from assess.web.site import site, wanted_language
from assess.web.visits import NotBegun, Visit, find_visit
from assess.web.wording import speak
from assess.workflow import responses
from assess.workflow.answer_rows import Field, field_of
from assess.workflow.refusals import ChangedSince, KeyReused, NotComplete
from assess.workflow.responses import Conflict, Saved

members = Blueprint("members", __name__, url_prefix="/s/<token>")
_REUSED = message("This page had been sent before with other answers. Nothing of it was saved now: look through it, then save it.")
_FOREIGN = message("This page could not be told from a forged one. Nothing was saved: look through it, then save it.")
_CHANGED = message("Somebody has changed answers since you loaded this page. Look through them, then send the response.")


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
        found = shown_section(visit, name, _wanted_entry(visit))
        if not visit.may_change:
            return see("receipt" if visit.begun.submitted_at else "start", token)
        return printed(visit, found, notice=_notice(visit.words))


@members.post("/<name>")
@needs(Access.LINK)
def save(token: str, name: str) -> Reply | tuple[str, HTTPStatus]:
    """Save one section, and go where the button says."""
    with writing(site().database) as session:
        visit = visit_of(session, token)
        sent = received(visit, name)
        if not sent.genuine:
            return held(visit, sent, visit.words.say(_FOREIGN)), HTTPStatus.BAD_REQUEST
        asked = frozenset(name for found in sections(visit.standing) for name in found.asked)
        try:
            outcome = stored(session, visit, sent)
        except KeyReused:
            return held(visit, sent, visit.words.say(_REUSED)), HTTPStatus.UNPROCESSABLE_ENTITY
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
        shown = section_page(after, shown_section(after, name, sent.entries), form=token_of(after), key=fresh_key())
        page = autosaved_page(shown, outcome)
        return render_template("autosave.html", page=page), HTTPStatus.CONFLICT if page.contested else HTTPStatus.OK


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
            return reviewed(visit, visit.words.say(_CHANGED)), HTTPStatus.CONFLICT
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
    """Find the visit of the present request, which is answered in its language. Raises TokenUnknown, TokenExpired or TokenRevoked."""
    visit = find_visit(session, token, language=wanted_language(), now=site().clock())
    speak(visit.words)
    return visit


def token_of(visit: Visit) -> str:
    """Return the token for the forms of a page."""
    return form_token(site().settings.secret, visit.invitation)


def checked(visit: Visit) -> Visit:
    """Refuse a form that no page of this link sent."""
    if not genuine(site().settings.secret, visit.invitation, request.form.get("form", "")):
        abort(HTTPStatus.BAD_REQUEST)
    return visit


def shown_section(visit: Visit, name: str, opened: Collection[Field] = ()) -> Section:
    """Find a section that the respondent meets; `opened` are fields of entries that are shown though empty.

    Raises NotBegun; ends with 404 where there is no such section.
    """
    if visit.response is None:
        raise NotBegun
    return next((found for found in sections(visit.standing, opened) if found.group.name == name), None) or abort(HTTPStatus.NOT_FOUND)


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
    return printed(visit, shown_section(visit, sent.group.name, sent.entries), filled=sent.form, notice=notice)


def merged(visit: Visit, name: str, conflict: Conflict) -> str:
    """Print both answers to every contested field."""
    page = conflict_page(visit, shown_section(visit, name), conflict, form=token_of(visit), key=fresh_key())
    return render_template("conflict.html", page=page)


def reviewed(visit: Visit, notice: str = "") -> str:
    """Print the review page."""
    if visit.response is None:
        raise NotBegun
    return render_template("review.html", page=review_page(visit, form=token_of(visit), key=fresh_key(), notice=notice))


def _wrong(visit: Visit, sent: Received) -> bool:
    return any(name in visit.standing.problems for name in sent.form.kept)


def _wanted_entry(visit: Visit) -> tuple[Field, ...]:
    """Return the first field of the empty entry that the address asks for."""
    field = field_of(request.args.get("entry", ""))
    repeats = {item.name for item in visit.questionnaire.items if item.repeat}
    return (field,) if field is not None and field[0] in repeats and field[1] else ()


def _notice(words: Words) -> str:
    if "removed" in request.args:
        return words.say("The entry was taken out.")
    opened = request.args.get("opened", 0, type=int)
    if opened < 1:
        return ""
    return words.several(
        opened, "Your answers opened one more question on this page.", "Your answers opened %(num)s more questions on this page."
    )
