"""What another rule base would change: which stored diagnoses would come out otherwise, and through which rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from assess.phrases import message, unpacked
from assess.store.session import reading, writing
from assess.store.tables import Job, JobState
from assess.web.access import needs
from assess.web.admin_parts import AdminPage, Card, Cell, Table, moment, printed
from assess.web.admin_versions import installed_rulebases, rulebase
from assess.web.desks import desk, may
from assess.web.forms import Asked, Filled, filled
from assess.web.frames import Frame, frame
from assess.web.site import site
from assess.web.wording import words
from assess.workflow import definitions_in_use

admin_previews = Blueprint("admin_previews", __name__, url_prefix="/admin/definitions/previews")

_STATES = {
    JobState.WAITING: (message("waiting"), "open"),
    JobState.RUNNING: (message("under way"), "open"),
    JobState.DONE: (message("done"), "good"),
    JobState.DEAD: (message("given up"), "bad"),
}
_LEAD = message(
    "The newest diagnosis of every round is inferred again from its own measures, by the rule base that you choose. Nothing is changed: "
    "stored diagnoses and reports stay as they are."
)
_STATUSES = {"draft": message("draft"), "published": message("published")}
_KINDS = {
    "type": message("type"),
    "stage": message("stage"),
    "support": message("support"),
    "flag": message("flag"),
    "factor": message("factor"),
    "screen": message("screen"),
    "instrument": message("instrument"),
    "conclusion": message("conclusion"),
}
"""What is called what, of all that may come out otherwise."""
_PLACES = (
    message("unknown"),
    *(message("in the portfolio"), message("recommended"), message("ruled out"), message("not called for")),
)
"""What stored comparisons say in English; the rest of them are names and numbers."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One diagnosis that would come out otherwise; `flips` say kind, name, before and after, and only to whom it may be told."""

    title: str
    kinds: str
    """What would change, without saying how."""
    flips: tuple[tuple[str, str, str, str], ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What a preview found."""

    frame: Frame
    state: str
    tone: str
    progress: str
    error: str
    summary: str
    outcomes: tuple[Outcome, ...]
    left_out: tuple[tuple[str, str], ...]


@admin_previews.get("")
@needs("admin.definitions")
def listing() -> str | tuple[str, HTTPStatus]:
    """Show the previews that were asked for, and the form."""
    return _listing(filled(_asked()))


@admin_previews.post("")
@needs("admin.definitions")
def ask() -> Reply | str | tuple[str, HTTPStatus]:
    """Have a preview made in the background."""
    form = filled(_asked(), request.form)
    if form.problems:
        return _listing(form)
    chosen = rulebase(form.values["version"])
    with writing(site().database) as session:
        number = definitions_in_use.request_preview(session, chosen, now=desk().now, actor=desk().actor).id
    return redirect(url_for("admin_previews.one", job=number), HTTPStatus.SEE_OTHER)


@admin_previews.get("/<int:job>")
@needs("admin.definitions")
def one(job: int) -> str:
    """Show what a preview found."""
    with reading(site().database) as session:
        found = session.get(Job, job)
    if found is None or found.kind != definitions_in_use.PREVIEW:
        abort(HTTPStatus.NOT_FOUND)
    return render_template("staff/admin_preview.html", page=_page(found))


def _asked() -> tuple[Asked, ...]:
    say = words().say
    choices = tuple((one.version, f"{one.version} ({say(_STATUSES[one.status])})") for one in installed_rulebases() if one.status)
    return (Asked("version", message("Rule base"), "choice", choices=choices),)


def _definitions() -> tuple[str, str]:
    return words().say("Definitions"), "/admin/definitions"


def _version(job: Job) -> str:
    return str(json.loads(job.payload)["version"])


def _listing(form: Filled) -> str | tuple[str, HTTPStatus]:
    with reading(site().database) as session:
        rows = tuple(_line(job) for job in definitions_in_use.previews(session))
    say = words().say
    columns = (say("Rule base"), (say("Asked for"), "when"), say("State"))
    table = Table(say("Previews"), columns, rows, say("No preview was asked for yet."))
    card = Card(say("Ask for a preview"), form, url_for("admin_previews.ask"), say("Infer again"))
    above = frame(say("What another rule base would change"), (_definitions(),))
    return printed(AdminPage(above, say(_LEAD), tables=(table,), cards=(card,)))


def _line(job: Job) -> tuple[Cell, ...]:
    word, tone = _STATES[job.state]
    return (
        {"text": _version(job), "address": url_for("admin_previews.one", job=job.id)},
        moment(job.created_at),
        {"text": words().say(word), "tone": tone},
    )


def _page(job: Job) -> PreviewPage:
    word, tone = _STATES[job.state]
    result: Mapping[str, Any] = json.loads(job.result) if job.state is JobState.DONE else {}
    changed, left_out = result.get("changed", ()), result.get("left_out", ())
    told = [line for line in changed if _may_know(line)]
    hidden = len(changed) - len(told)
    say = words().say
    crumbs = (_definitions(), (say("Previews"), "/admin/definitions/previews"))
    return PreviewPage(
        frame(say("What rule base %(version)s would change", version=_version(job)), crumbs),
        say(word),
        tone,
        say("%(number)s of %(all)s", number=job.progress, all=job.total) if job.total else "",
        words().told(unpacked(job.error or "")) if job.state is JobState.DEAD else "",
        _summary(result, len(changed), hidden) if result else "",
        tuple(_outcome(line) for line in told),
        tuple((f"{line['cluster']}, {line['year']}", words().told(unpacked(str(line["because"])))) for line in left_out if _may_know(line)),
    )


def _may_know(line: Mapping[str, Any]) -> bool:
    """Administrators know all clusters, evaluators their own."""
    return may("admin.clusters") or may("round.diagnosis.read", cluster_id=line["cluster_id"])


def _outcome(line: Mapping[str, Any]) -> Outcome:
    """Say how something would change only to those who may read the diagnosis."""
    readable = may("round.diagnosis.read", cluster_id=line["cluster_id"])
    say = words().say
    flips = tuple((_kind(str(kind)), str(name), say(str(before)), say(str(after))) for kind, name, before, after in line["flips"])
    kinds = ", ".join(dict.fromkeys(f"{_kind(kind)} {name}" if kind != name else _kind(kind) for kind, name, _, _ in line["flips"]))
    return Outcome(f"{line['cluster']}, {line['year']}", kinds, flips if readable else (), tuple(line["rules"]))


def _kind(kind: str) -> str:
    return words().say(_KINDS.get(kind, kind))


def _summary(result: Mapping[str, Any], changed: int, hidden: int) -> str:
    compared = result["same"] + changed
    said = words().say("%(number)s of %(all)s diagnoses would come out otherwise.", number=changed, all=compared)
    return f"{said} {words().say('%(number)s of them belong to clusters that are not yours.', number=hidden)}" if hidden else said
