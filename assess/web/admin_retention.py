"""Administration of retention: until when single answers are kept, who was warned, and what is held back."""

from __future__ import annotations

from datetime import datetime, time
from http import HTTPStatus

from flask import Blueprint, redirect, request, url_for
from sqlmodel import Session, select
from werkzeug.wrappers import Response as Reply

from assess.phrases import message
from assess.store.session import reading, writing
from assess.store.tables import Cluster, Round
from assess.web.access import needs
from assess.web.admin_parts import Act, AdminPage, Card, Cell, Table, day, moment, printed, tried
from assess.web.desks import desk
from assess.web.forms import Asked, Filled, filled
from assess.web.frames import frame
from assess.web.site import site
from assess.web.wording import told, words
from assess.workflow import retention
from assess.workflow.refusals import Unfit
from assess.workflow.retention import Warned
from assess.workflow.rows import required

admin_retention = Blueprint("admin_retention", __name__, url_prefix="/admin/retention")

_LEAD = message(
    "Single answers go %(years)s years after a round closed, unless another day is set. Evaluators and administrators "
    "are warned six, two and one months before; nothing is erased before the last warning has reached all of them."
)
_NOTES = (
    message(
        "Erased are answers with all their versions, attached files, second ratings, invited addresses and exports. Diagnoses, reports, "
        "released figures, receipts with their digests and the audit log stay."
    ),
    message(
        "Make a backup before the day if you may still need the answers, and delete older backups after it: a backup that was made before "
        "still holds them, and restoring it brings them back."
    ),
)


@admin_retention.get("")
@needs("admin.retention")
def listing() -> str | tuple[str, HTTPStatus]:
    """Show all rounds, those whose time comes first at the top."""
    with reading(site().database) as session:
        rounds = session.exec(select(Round, Cluster).join(Cluster)).all()
        ordered = sorted(rounds, key=lambda pair: _order(pair[0]))
        rows = tuple(_line(session, round_, cluster) for round_, cluster in ordered)
    say = words().say
    columns = (say("Round"), (say("Closed"), "when"), (say("Kept until"), "when"), say("Last warning"), say("State"))
    table = Table(say("Rounds"), columns, rows, say("There has been no round yet."))
    lead = say(_LEAD, years=retention.YEARS_KEPT)
    return printed(AdminPage(frame(say("Retention")), lead, tables=(table,), notes=_notes()))


@admin_retention.get("/<cluster>/<int:year>")
@needs("admin.retention")
def one(cluster: str, year: int) -> str | tuple[str, HTTPStatus]:  # noqa: ARG001 - the desk knows which
    """Show one round."""
    with reading(site().database) as session:
        return printed(_page(session))


@admin_retention.post("/<cluster>/<int:year>")
@needs("admin.retention")
def keep(cluster: str, year: int) -> Reply | str | tuple[str, HTTPStatus]:
    """Set until when the answers are kept."""
    form, mine = filled(_until(), request.form), desk()
    chosen = form.values["until"]
    until = None if chosen is None else datetime.combine(chosen, time())
    form = tried(form, lambda session: retention.set_retention(session, _mine(session), until, now=mine.now, actor=mine.actor))
    if not form.problems:
        return redirect(url_for("admin_retention.one", cluster=cluster, year=year, done="saved"), HTTPStatus.SEE_OTHER)
    with reading(site().database) as session:
        return printed(_page(session, form))


@admin_retention.post("/<cluster>/<int:year>/warn")
@needs("admin.retention")
def warn(cluster: str, year: int) -> Reply:
    """Give the warning that is due once more."""
    with writing(site().database) as session:
        retention.warn_again(session, _mine(session), base_url=site().settings.base_url, now=desk().now, actor=desk().actor)
    return redirect(url_for("admin_retention.one", cluster=cluster, year=year, done="saved"), HTTPStatus.SEE_OTHER)


def _until() -> tuple[Asked, ...]:
    hint = words().say("Leave it empty for the usual: %(years)s years after closing.", years=retention.YEARS_KEPT)
    return (Asked("until", message("Keep the single answers until"), "date", False, hint),)


def _notes() -> tuple[str, ...]:
    return tuple(words().say(note) for note in _NOTES)


def _mine(session: Session) -> Round:
    return required(session, Round, desk().round_id or 0)


def _order(round_: Round) -> tuple[bool, bool, str]:
    """Those that are erased last, those that are not closed before them."""
    until = retention.kept_until(round_)
    return round_.erased_at is not None, until is None, "" if until is None else until.isoformat()


def _line(session: Session, round_: Round, cluster: Cluster) -> tuple[Cell, ...]:
    link = {"text": f"{cluster.name}, {round_.year}", "address": url_for("admin_retention.one", cluster=cluster.key, year=round_.year)}
    warned = retention.warnings_of(session, round_)
    last = _last_warning(warned[-1]) if warned else "–"
    return link, day(round_.closed_at), day(retention.kept_until(round_)), last, _state(round_)


def _last_warning(one: Warned) -> str:
    return words().several(
        one.months_before,
        "%(num)s month before, %(sent)s of %(mails)s sent",
        "%(num)s months before, %(sent)s of %(mails)s sent",
        sent=one.sent,
        mails=one.mails,
    )


def _state(round_: Round) -> Cell:
    say, until = words().say, retention.kept_until(round_)
    if round_.erased_at is not None:
        return {"text": say("erased on %(day)s", day=words().day(round_.erased_at)), "tone": "none"}
    if until is None:
        return {"text": say("not closed yet"), "tone": "open"}
    return {"text": say("time is over"), "tone": "warn"} if desk().now >= until else {"text": say("kept"), "tone": "good"}


def _page(session: Session, form: Filled | None = None) -> AdminPage:
    say, round_ = words().say, _mine(session)
    cluster = required(session, Cluster, round_.cluster_id)
    place = {"cluster": cluster.key, "year": str(round_.year)}
    until = retention.kept_until(round_)
    again = (Act(url_for("admin_retention.warn", cluster=cluster.key, year=round_.year), say("Give the last warning again")),)
    card = Card(
        say("Keep until"),
        form or filled(_until(), stored={"until": f"{round_.retain_until:%Y-%m-%d}" if round_.retain_until else ()}),
        url_for("admin_retention.keep", cluster=place["cluster"], year=place["year"]),
        say("Set the day"),
        say("With another day the warnings begin anew."),
    )
    warned = retention.warnings_of(session, round_)
    rows = tuple(_warning(one) for one in warned)
    return AdminPage(
        frame(f"{cluster.name}, {round_.year}", ((say("Retention"), "/admin/retention"),)),
        facts=((say("Closed"), day(round_.closed_at)), (say("Kept until"), day(until)), (say("Erasure"), _erasure(session, round_))),
        acts=again if warned and not warned[-1].delivered else (),
        tables=(
            Table(
                say("Warnings"),
                (say("Before"), (say("Given"), "when"), say("Mails sent"), say("Reached all")),
                rows,
                say("No warning was given yet."),
            ),
        ),
        cards=() if round_.erased_at is not None else (card,),
        notes=_notes(),
    )


def _warning(one: Warned) -> tuple[Cell, ...]:
    say = words().say
    reached: Cell = {"text": say("yes"), "tone": "good"} if one.delivered else {"text": say("not yet"), "tone": "warn"}
    before = words().several(one.months_before, "%(num)s month", "%(num)s months")
    return before, moment(one.given_at), say("%(number)s of %(all)s", number=one.sent, all=one.mails), reached


def _erasure(session: Session, round_: Round) -> str:
    """Say what stands between now and the erasure."""
    try:
        retention.refuse_unless_due(session, round_, now=desk().now)
    except Unfit as refusal:
        return told(refusal)
    return words().say("The answers are erased by the next daily run.")
