"""The audit log: who did what, by whom, on what and when; whether its chain holds; and the log as a table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, make_response, render_template, request, url_for
from sqlmodel import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Reply

from assess.phrases import message
from assess.store.session import reading, writing
from assess.store.tables import AuditEvent
from assess.web.access import needs
from assess.web.admin_parts import Act, Cell, Table, moment
from assess.web.desks import desk
from assess.web.forms import Asked, Filled, filled
from assess.web.frames import Frame, frame
from assess.web.site import site
from assess.web.wording import words
from assess.workflow import audit, audit_search
from assess.workflow.audit import Chain
from assess.workflow.audit_search import Wanted

admin_audit = Blueprint("admin_audit", __name__, url_prefix="/admin/audit")

_A_PAGE = 100
_DIGITS = 18
"""Of a number that every store can hold."""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """The log. `status` and `tone` say whether the chain holds; `older` leads to the next page, empty on the last one."""

    frame: Frame
    form: Filled
    table: Table
    status: str
    tone: str
    checked: str
    breaks: tuple[str, ...]
    check: Act
    older: str
    export: str


@admin_audit.get("")
@needs("admin.audit")
def log() -> str | tuple[str, HTTPStatus]:
    """Show the events that are wanted, the newest first."""
    with reading(site().database) as session:
        page = _page(session, None)
    html = render_template("staff/admin_audit.html", page=page)
    return (html, HTTPStatus.UNPROCESSABLE_ENTITY) if page.form.problems else html


@admin_audit.post("/check")
@needs("admin.audit")
def check() -> str:
    """Check the whole log now."""
    with writing(site().database) as session:
        chain = audit_search.check(session, now=desk().now, actor=desk().actor)
        return render_template("staff/admin_audit.html", page=_page(session, chain))


@admin_audit.get("/events.csv")
@needs("admin.audit")
def export() -> Reply:
    """Hand out the events that are wanted as a table."""
    wanted = _wanted(_form(()))
    with writing(site().database) as session:
        found = audit_search.events(session, wanted, most=audit_search.MOST_EXPORTED)
        text = audit_search.as_csv(found, audit_search.names(session, found))
        audit.record(session, actor=desk().actor, verb="export_log", subject="log", now=desk().now, details={"events": len(found)})
    reply = make_response(text.encode("utf-8"))
    reply.headers["Content-Type"] = "text/csv; charset=utf-8"
    reply.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return reply


def _form(verbs: tuple[str, ...]) -> Filled:
    say = words().say
    asked = (
        Asked("actor", message("Who"), "text", False, say("A reference such as account/7, or the beginning of one, such as invitation/.")),
        Asked("verb", message("Did what"), "choice", False, choices=tuple((verb, verb) for verb in verbs)) if verbs else _VERB,
        Asked("subject", message("On what"), "text", False, say("Such as round/3, or round/ for all rounds.")),
        Asked("since", message("From the day"), "date", False),
        Asked("until", message("To the day"), "date", False),
    )
    return filled(asked, MultiDict(request.args) if request.method == "GET" else MultiDict())


_VERB = Asked("verb", message("Did what"), "text", False)


def _wanted(form: Filled) -> Wanted:
    if form.problems:
        return Wanted()
    return Wanted(**form.values)


def _page(session: Session, chain: Chain | None) -> AuditPage:
    form = _form(tuple(audit_search.verbs(session)))
    before = _number(request.args.get("before", ""))
    found = audit_search.events(session, _wanted(form), before=before, most=_A_PAGE + 1)
    shown, named = found[:_A_PAGE], audit_search.names(session, found)
    given = {name: value for name, value in request.args.items() if name != "before" and value}
    status, tone, checked = _status(session, chain)
    older = f"{url_for('admin_audit.log')}?{urlencode(given | {'before': str(shown[-1].sequence)})}" if len(found) > _A_PAGE else ""
    rows = tuple(_line(one, named) for one in shown)
    say = words().say
    columns = (say("Number"), (say("When"), "when"), say("Who"), say("Did what"), say("On what"), (say("Details"), "details"))
    return AuditPage(
        frame(say("Audit log")),
        form,
        Table(say("Events"), columns, rows, say("No event is like this.")),
        status,
        tone,
        checked,
        tuple(map(words().told, chain.breaks)) if chain is not None else (),
        Act(url_for("admin_audit.check"), say("Check the whole log now")),
        older,
        f"{url_for('admin_audit.export')}?{urlencode(given)}",
    )


def _number(text: str) -> int | None:
    """Return the number of an event; None for what is none."""
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else None


def _line(one: AuditEvent, named: dict[str, str]) -> tuple[Cell, ...]:
    return str(one.sequence), moment(one.at), _who(one.actor, named), one.verb, _who(one.subject, named), _details(one)


def _status(session: Session, chain: Chain | None) -> tuple[str, str, str]:
    say, last = words().say, audit_search.last_check(session)
    if last is None:
        return say("never checked"), "none", say("The log has not been checked here yet.")
    breaks = len(chain.breaks) if chain is not None else int(json.loads(last.details)["breaks"])
    # “holds” by itself is said of conditions.
    broken, whole = say("broken|holds").split("|")
    word, tone = (broken, "bad") if breaks else (whole, "good")
    events = json.loads(last.details)["events"]
    return word, tone, say("Last checked on %(time)s, with %(events)s events.", time=words().moment(last.at), events=events)


def _who(reference: str, named: dict[str, str]) -> str:
    name = named.get(reference)
    return f"{name} ({reference})" if name else reference


def _details(event: AuditEvent) -> str:
    said = json.loads(event.details)
    return words().say("; ").join(f"{name}{words().say(': ')}{value}" for name, value in said.items() if value is not None) or "–"
