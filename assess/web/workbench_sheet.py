"""The evaluator's sheet at the desk: opened, filled in section by section, what is carried over judged, and handed in."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort, redirect, render_template, request
from sqlmodel import Session
from werkzeug.wrappers import Response as Reply

from assess.definitions.questionnaire_items import ItemType
from assess.phrases import message
from assess.store.session import reading, writing
from assess.store.steering_tables import Verdict
from assess.store.tables import Response
from assess.web.access import needs
from assess.web.desks import desk
from assess.web.form_tokens import fresh_key
from assess.web.pages.autosaved import autosaved_page
from assess.web.pages.mending import anchor
from assess.web.pages.section import section_page
from assess.web.progress import Section, next_entry, sections
from assess.web.received import REVIEW, Go, Received, page_sent
from assess.web.site import site
from assess.web.visits import Visit
from assess.web.wording import told, words
from assess.web.workbench_pages.place import Place, place_of
from assess.web.workbench_pages.sheet import sheet_conflict_page, sheet_page, sheet_section_page, sheet_state, visit_of
from assess.workflow import responses, sheets
from assess.workflow.answer_rows import Field, field_name, field_of
from assess.workflow.evaluator_sheet import sheet_of
from assess.workflow.refusals import ChangedSince, KeyReused, NotComplete, Taken, Unfit

workbench_sheet = Blueprint("workbench_sheet", __name__, url_prefix="/clusters/<cluster>/<int:year>/sheet")

_REUSED = message("This page had been sent before with other answers. Nothing of it was saved now: look through it, then save it.")
_CHANGED = message("Somebody has changed answers since you loaded this page. Look through them, then hand the sheet in.")
_VERDICTS = {"confirm": Verdict.CONFIRMED, "change": Verdict.CHANGED}
"""What the buttons beside a carried answer say: `confirm.firms`, `change.firms`."""


@workbench_sheet.get("")
@needs("round.sheet.write")
def show(**_: object) -> str:
    """Show the sheet as a whole."""
    with reading(site().database) as session:
        return render_template("staff/workbench_sheet.html", page=sheet_page(session, place_of(session, desk())))


@workbench_sheet.post("/open")
@needs("round.sheet.write")
def open_(**_: object) -> Reply:
    """Open the sheet, begun and prefilled if it is the first time."""
    with writing(site().database) as session:
        place = place_of(session, desk())
        sheets.open_sheet(session, place.round, account_id=place.account, now=place.desk.now)
        sheets.prefill(session, place.round, now=place.desk.now, actor=place.desk.actor)
        return _see(place)


@workbench_sheet.post("/hand-in")
@needs("round.sheet.write")
def hand_in(**_: object) -> Reply | tuple[str, HTTPStatus]:
    """Hand the sheet in."""
    with writing(site().database) as session:
        place, sheet = _opened(session)
        seen = request.form.get("seen", type=int)
        try:
            responses.submit(session, sheet, key=request.form.get("key", ""), now=place.desk.now, seen_revision=seen)
        except NotComplete:
            return render_template("staff/workbench_sheet.html", page=sheet_page(session, place)), HTTPStatus.UNPROCESSABLE_ENTITY
        except ChangedSince:
            page = sheet_page(session, place, words().say(_CHANGED))
            return render_template("staff/workbench_sheet.html", page=page), HTTPStatus.CONFLICT
        return _see(place, done="handed-in")


@workbench_sheet.get("/<section>")
@needs("round.sheet.write")
def section(section: str, **_: object) -> str | Reply:
    """Show one section; a sheet that cannot be written leads to the sheet as a whole."""
    with reading(site().database) as session:
        place = place_of(session, desk())
        sheet = sheet_of(session, place.round)
        if sheet is None or sheet_state(session, place) != "open":
            return _see(place)
        visit = visit_of(session, place, sheet)
        page = sheet_section_page(session, place, visit, _section(visit, section, _wanted_entry(visit)), notice=_notice())
        return render_template("staff/workbench_sheet_section.html", page=page)


@workbench_sheet.post("/<section>")
@needs("round.sheet.write")
def save(section: str, **_: object) -> Reply | tuple[str, HTTPStatus]:
    """Save one section, judge a carried answer if that button was pressed, and go where the button says."""
    with writing(site().database) as session:
        place, sheet = _opened(session)
        visit = visit_of(session, place, sheet)
        sent = page_sent(visit.questionnaire, section, genuine=True)
        asked = frozenset(name for found in sections(visit.standing) for name in found.asked)
        try:
            outcome = _stored(session, visit, sent)
        except KeyReused:
            return _held(session, place, visit, sent, words().say(_REUSED)), HTTPStatus.UNPROCESSABLE_ENTITY
        after = visit_of(session, place, sheet)
        if isinstance(outcome, responses.Conflict):
            page = sheet_conflict_page(place, after, _section(after, section), outcome)
            return render_template("staff/workbench_sheet_conflict.html", page=page), HTTPStatus.CONFLICT
        if _verdict() is not None:
            return _judged(session, place, after, sent)
        if sent.form.problems or (sent.go is Go.ON and any(name in after.standing.problems for name in sent.form.kept)):
            return _held(session, place, after, sent), HTTPStatus.UNPROCESSABLE_ENTITY
        return _onward(place, after, sent, asked)


@workbench_sheet.post("/<section>/autosave")
@needs("round.sheet.write")
def autosave(section: str, **_: object) -> tuple[str, HTTPStatus]:
    """Save one section while it is filled in; the reply says when, and prints the questions that are open now."""
    with writing(site().database) as session:
        place, sheet = _opened(session)
        visit = visit_of(session, place, sheet)
        sent = page_sent(visit.questionnaire, section, genuine=True)
        outcome = _stored(session, visit, sent)
        after = visit_of(session, place, sheet)
        shown = section_page(after, _section(after, section, sent.entries), form=place.desk.form, key=fresh_key())
        page = autosaved_page(shown, outcome)
        return render_template("autosave.html", page=page), HTTPStatus.CONFLICT if page.contested else HTTPStatus.OK


def _opened(session: Session) -> tuple[Place, Response]:
    """Find the sheet that the account has opened. Raises Unfit where it has not."""
    place = place_of(session, desk())
    sheet = sheet_of(session, place.round)
    if sheet is None or sheet_state(session, place) not in ("open", "handed-in"):
        raise Unfit(message("Open the evaluator’s sheet first; then it can be written."))
    return place, sheet


def _stored(session: Session, visit: Visit, sent: Received) -> responses.Saved | responses.Conflict:
    page = {"section": sent.group.name, "answers": sent.form.kept, "seen_revision": sent.seen, "key": sent.key}
    return responses.save(session, visit.begun, **page, now=visit.now)  # type: ignore[arg-type]


def _verdict() -> tuple[Verdict, str] | None:
    """Read which button beside a carried answer was pressed: what it says, and about which item."""
    word, _, item = request.form.get("go", "").partition(".")
    return (_VERDICTS[word], item) if word in _VERDICTS and item else None


def _judged(session: Session, place: Place, visit: Visit, sent: Received) -> Reply | tuple[str, HTTPStatus]:
    """Judge a carried answer; the new answer is the one that was given on the page. Judged already, nothing more happens."""
    verdict, item = _verdict() or (Verdict.CONFIRMED, "")
    because, raw = request.form.get(f"because-{item}", ""), sent.form.kept.get(item, "")
    given = {"because": because, "raw": raw, "actor": place.desk.actor, "now": place.desk.now}
    try:
        sheets.judge_carried(session, visit.begun, item, verdict, **given)  # type: ignore[arg-type]
    except Taken:
        return _see(place, sent.group.name, at="carried")
    except Unfit as refusal:
        found = _section(visit, sent.group.name, sent.entries)
        page = sheet_section_page(session, place, visit, found, sent.form, notice=told(refusal), because=because)
        return render_template("staff/workbench_sheet_section.html", page=page), HTTPStatus.UNPROCESSABLE_ENTITY
    return _see(place, sent.group.name, at="carried", done="judged")


def _held(session: Session, place: Place, visit: Visit, sent: Received, notice: str = "") -> str:
    """Print the section again with everything that was sent, so that nothing has to be written twice."""
    found = _section(visit, sent.group.name, sent.entries)
    page = sheet_section_page(session, place, visit, found, sent.form, notice=notice)
    return render_template("staff/workbench_sheet_section.html", page=page)


def _section(visit: Visit, name: str, opened: tuple[Field, ...] = ()) -> Section:
    """Find a section that is met; ends with 404 where there is none."""
    return next((found for found in sections(visit.standing, opened) if found.group.name == name), None) or abort(HTTPStatus.NOT_FOUND)


def _onward(place: Place, visit: Visit, sent: Received, asked: frozenset[str]) -> Reply:
    """Lead to where the button says; questions that the answers of this page opened come first."""
    found = sections(visit.standing)
    here = next((one for one in found if one.group.name == sent.group.name), None)
    if sent.go is Go.LATER:
        return _see(place, done="saved")
    if sent.go is Go.TO:
        return _see(place, "" if sent.target == REVIEW else sent.target)
    if here and sent.go in (Go.CLEAR, Go.ADD, Go.REMOVE, Go.FILE):
        return _same(place, visit, sent)
    opened = [name for name in here.asked if name not in sent.form and name not in asked] if here else []
    if here and opened and sent.go is Go.ON:
        return _see(place, here.group.name, opened=str(len(opened)))
    number = (found.index(here) if here else len(found)) + (-1 if sent.go is Go.BACK else 1)
    return _see(place, found[number].group.name if 0 <= number < len(found) else "")


def _same(place: Place, visit: Visit, sent: Received) -> Reply:
    """Lead back to the page, to the question or entry that the button stands for."""
    name = sent.group.name
    if sent.go is Go.CLEAR and sent.target in sent.form:
        return _see(place, name, at=anchor(sent.form[sent.target].item, sent.target))
    if sent.go is Go.ADD and (entry := next_entry(sent.target, visit.standing)):
        return _see(place, name, at=f"e-{sent.target}.{entry[1]}", entry=field_name(*entry))
    return _see(place, name, removed="1") if sent.go is Go.REMOVE else _see(place, name)


def _see(place: Place, name: str = "", *, at: str = "", **values: str) -> Reply:
    """Lead to the sheet, or to a section of it."""
    query = "&".join(f"{key}={value}" for key, value in values.items())
    address = f"{place.address}/sheet{f'/{name}' if name else ''}{f'?{query}' if query else ''}{f'#{at}' if at else ''}"
    return redirect(address, HTTPStatus.SEE_OTHER)


def _wanted_entry(visit: Visit) -> tuple[Field, ...]:
    """Return the first field of the empty entry that the address asks for."""
    field = field_of(request.args.get("entry", ""))
    repeats = {item.name for item in visit.questionnaire.items if item.repeat and item.type is not ItemType.NOTE}
    return (field,) if field is not None and field[0] in repeats and field[1] else ()


def _notice() -> str:
    if "removed" in request.args:
        return words().say("The entry was taken out.")
    opened = request.args.get("opened", 0, type=int)
    if opened < 1:
        return ""
    return words().several(
        opened, "Your answers opened one more question on this page.", "Your answers opened %(num)s more questions on this page."
    )
