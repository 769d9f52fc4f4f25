"""Break-glass: an administrator's way to single answers, for a reason, for an hour, and never unseen."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, abort, current_app, redirect, request, url_for
from sqlmodel import Session, col, select
from werkzeug.wrappers import Response as Reply

from assess.phrases import message
from assess.store.session import reading, writing
from assess.store.staff_tables import Account, BreakGlass
from assess.store.tables import Cluster, Round
from assess.web.access import declared, needs
from assess.web.admin_parts import Act, AdminPage, Card, Cell, Table, moment, printed, tried
from assess.web.desks import desk, somebody
from assess.web.forms import Asked, Filled, filled
from assess.web.frames import frame
from assess.web.matrix import allows
from assess.web.site import site
from assess.web.wording import words
from assess.workflow import break_glass
from assess.workflow.break_glass import LONGEST_REASON, SHORTEST_REASON
from assess.workflow.rows import identity, required

admin_glass = Blueprint("admin_glass", __name__)

_ANSWERS = "round.answers.read"
_LEAD = message(
    "Administrators do not read answers. Where it must be, break the glass: for one round, for one hour, for a reason that the other "
    "administrators and the cluster’s evaluators are mailed. Every page with answers that you open is written down."
)


@admin_glass.get("/admin/break-glass")
@needs("admin.break_glass")
def listing() -> str | tuple[str, HTTPStatus]:
    """Show who opened what and why, and the form."""
    with reading(site().database) as session:
        return printed(_page(session, filled(_asked(session))))


@admin_glass.post("/admin/break-glass")
@needs("admin.break_glass")
def open_glass() -> Reply | str | tuple[str, HTTPStatus]:
    """Open the answers of a round."""
    with reading(site().database) as session:
        form = filled(_asked(session), request.form)
    form = tried(form, lambda session: _open(session, form))
    if not form.problems:
        return redirect(url_for("admin_glass.listing", done="glass"), HTTPStatus.SEE_OTHER)
    with reading(site().database) as session:
        return printed(_page(session, form))


@admin_glass.post("/admin/break-glass/<int:access>/end")
@needs("admin.break_glass")
def end(access: int) -> Reply:
    """End one's own access before its time."""
    with writing(site().database) as session:
        found = session.get(BreakGlass, access)
        if found is None or found.account_id != desk().account_id:
            abort(HTTPStatus.NOT_FOUND)
        break_glass.close_glass(session, found, now=desk().now)
    return redirect(url_for("admin_glass.listing", done="saved"), HTTPStatus.SEE_OTHER)


@admin_glass.after_app_request
def note(reply: Reply) -> Reply:
    """Write down every page with answers that was read through broken glass; when that fails, the page is not shown."""
    mine = somebody()
    view = current_app.view_functions.get(request.endpoint or "")
    if mine is None or mine.round_id is None or declared(view) != _ANSWERS or reply.status_code >= HTTPStatus.BAD_REQUEST:
        return reply
    if not allows(_ANSWERS, replace(mine.holdings, glass=frozenset()), mine.place):
        with writing(site().database) as session:
            break_glass.note_reading(session, account_id=mine.account_id, round_id=mine.round_id, page=request.path, now=mine.now)
    return reply


def _asked(session: Session) -> tuple[Asked, ...]:
    rounds = session.exec(
        select(Round, Cluster).join(Cluster).where(col(Round.erased_at).is_(None)).order_by(col(Cluster.name), col(Round.year))
    )
    choices = tuple((str(round_.id), f"{cluster.name}, {round_.year}") for round_, cluster in rounds)
    hint = words().say("At least %(number)s characters; the others read it.", number=SHORTEST_REASON)
    return (
        Asked("round", message("Round"), "choice", choices=choices),
        Asked("reason", message("Reason"), "area", hint=hint, longest=LONGEST_REASON),
    )


def _open(session: Session, form: Filled) -> None:
    account = required(session, Account, desk().account_id)
    round_ = required(session, Round, int(form.values["round"]))
    break_glass.open_glass(session, account, round_, reason=form.values["reason"], now=desk().now)


def _page(session: Session, form: Filled) -> AdminPage:
    rows = tuple(_line(session, row) for row in break_glass.accesses(session))
    say = words().say
    card = Card(say("Break the glass"), form, url_for("admin_glass.open_glass"), say("Open the answers for one hour"), tone="danger")
    # “From” by itself is said of origins.
    begins, ends = say("From|Until").split("|")
    columns = (say("Who"), say("Round"), say("Reason"), (begins, "when"), (ends, "when"), say("End"))
    table = Table(say("Accesses"), columns, rows, say("Nobody has broken the glass."))
    return AdminPage(frame(say("Break-glass")), say(_LEAD), tables=(table,), cards=(card,))


def _line(session: Session, row: BreakGlass) -> tuple[Cell, ...]:
    account, round_ = required(session, Account, row.account_id), required(session, Round, row.round_id)
    cluster = required(session, Cluster, round_.cluster_id)
    who, what = account.name or f"account/{row.account_id}", f"{cluster.name}, {round_.year}"
    last: Cell = {"text": words().say("over"), "tone": "none"}
    if row.expires_at > desk().now:
        mine = row.account_id == desk().account_id
        act = Act(url_for("admin_glass.end", access=identity(row)), words().say("End it now"), what)
        last = act if mine else {"text": words().say("open"), "tone": "warn"}
    return who, what, row.reason, moment(row.opened_at), moment(row.expires_at), last
