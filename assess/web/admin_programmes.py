"""Administration of the agencies' programmes: names, four eyes, and which clusters belong to each."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort, redirect, request, url_for
from sqlmodel import Session, col, select
from werkzeug.wrappers import Response as Reply

from assess.phrases import message
from assess.store.session import reading, writing
from assess.store.staff_tables import Programme
from assess.store.tables import Cluster
from assess.web.access import needs
from assess.web.admin_parts import Act, AdminPage, Card, Table, cluster_choices, printed, tried
from assess.web.desks import desk
from assess.web.forms import Asked, Filled, filled
from assess.web.frames import frame
from assess.web.site import site
from assess.web.wording import words
from assess.workflow import programmes
from assess.workflow.rows import required

admin_programmes = Blueprint("admin_programmes", __name__, url_prefix="/admin/programmes")

_NAMES = (Asked("name", message("Name"), "text"), Asked("funder", message("Funder"), "text"))
_NEW = (
    *_NAMES,
    Asked("key", message("Short name for addresses"), "text", False, message("Made from the name where nothing stands here."), longest=80),
    Asked("four_eyes", message("A second evaluator must agree before a report is published"), "tick", False),
)
_FOUR_EYES = (message("needs a second evaluator"), message("needs one evaluator"))


@admin_programmes.get("")
@needs("admin.clusters")
def listing() -> str | tuple[str, HTTPStatus]:
    """Show all programmes."""
    with reading(site().database) as session:
        return printed(_listing(session, filled(_NEW)))


@admin_programmes.post("")
@needs("admin.clusters")
def make() -> Reply | str | tuple[str, HTTPStatus]:
    """Make a programme."""
    form, mine = filled(_NEW, request.form), desk()
    form = tried(form, lambda session: programmes.make_programme(session, **form.values, now=mine.now, actor=mine.actor))
    if not form.problems:
        return redirect(url_for("admin_programmes.listing", done="added"), HTTPStatus.SEE_OTHER)
    with reading(site().database) as session:
        return printed(_listing(session, form))


@admin_programmes.get("/<programme>")
@needs("admin.clusters")
def one(programme: str) -> str | tuple[str, HTTPStatus]:  # noqa: ARG001 - the desk knows which
    """Show one programme."""
    with reading(site().database) as session:
        return printed(_page(session))


@admin_programmes.post("/<programme>")
@needs("admin.clusters")
def rename(programme: str) -> Reply | str | tuple[str, HTTPStatus]:
    """Change what a programme and its funder are called."""
    form, mine = filled(_NAMES, request.form), desk()
    form = tried(form, lambda session: programmes.rename_programme(session, _mine(session), **form.values, now=mine.now, actor=mine.actor))
    return _after(programme, form, names=form)


@admin_programmes.post("/<programme>/clusters")
@needs("admin.clusters")
def add(programme: str) -> Reply | str | tuple[str, HTTPStatus]:
    """Put a cluster into a programme."""
    with reading(site().database) as session:
        form = filled(_choice(session), request.form)
    form = tried(form, lambda session: _add(session, form.values["added"]))
    return _after(programme, form, added=form)


@admin_programmes.post("/<programme>/four-eyes", endpoint="four_eyes", defaults={"eyes": "four"})
@admin_programmes.post("/<programme>/two-eyes", endpoint="two_eyes", defaults={"eyes": "two"})
@needs("admin.clusters")
def ask(programme: str, eyes: str) -> Reply:
    """Say whether a second evaluator must agree."""
    with writing(site().database) as session:
        programmes.ask_for_four_eyes(session, _mine(session), eyes == "four", now=desk().now, actor=desk().actor)
    return _back(programme)


@admin_programmes.post("/<programme>/clusters/<cluster>/remove")
@needs("admin.clusters")
def remove(programme: str, cluster: str) -> Reply:  # noqa: ARG001
    """Take a cluster out of a programme."""
    with writing(site().database) as session:
        found = required(session, Cluster, desk().cluster_id or 0)
        programmes.remove_cluster(session, _mine(session), found, now=desk().now, actor=desk().actor)
    return _back(programme)


def _crumbs() -> tuple[tuple[str, str], ...]:
    return ((words().say("Programmes"), "/admin/programmes"),)


def _mine(session: Session) -> Programme:
    return required(session, Programme, desk().programme_id or 0)


def _back(programme: str) -> Reply:
    return redirect(url_for("admin_programmes.one", programme=programme, done="saved"), HTTPStatus.SEE_OTHER)


def _after(programme: str, form: Filled, **forms: Filled) -> Reply | str | tuple[str, HTTPStatus]:
    if not form.problems:
        return _back(programme)
    with reading(site().database) as session:
        return printed(_page(session, **forms))


def _add(session: Session, key: str) -> None:
    found = session.exec(select(Cluster).where(col(Cluster.key) == key)).first()
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    programmes.add_cluster(session, _mine(session), found, now=desk().now, actor=desk().actor)


def _choice(session: Session) -> tuple[Asked, ...]:
    return (Asked("added", message("Cluster"), "choice", choices=cluster_choices(session)),)


def _listing(session: Session, form: Filled) -> AdminPage:
    say = words().say
    rows = tuple(
        (
            {"text": found.name, "address": url_for("admin_programmes.one", programme=found.key)},
            found.funder,
            say(_FOUR_EYES[0 if found.four_eyes else 1]),
            str(len(programmes.clusters_of(session, found))),
        )
        for found in programmes.programmes(session)
    )
    return AdminPage(
        frame(say("Programmes")),
        say("An agency’s funding line. Whoever is assigned to it reads the published reports of its clusters."),
        tables=(Table(say("All programmes"), (say("Name"), say("Funder"), say("Publication"), (say("Clusters"), "number")), rows),),
        cards=(Card(say("Make a programme"), form, url_for("admin_programmes.make"), say("Make the programme")),),
    )


def _page(session: Session, names: Filled | None = None, added: Filled | None = None) -> AdminPage:
    say, mine = words().say, _mine(session)

    def address(endpoint: str, cluster: str | None = None) -> str:
        return url_for(f"admin_programmes.{endpoint}", programme=mine.key, cluster=cluster)

    rows = tuple(
        (found.name, Act(address("remove", cluster=found.key), say("Take out"), found.name))
        for found in programmes.clusters_of(session, mine)
    )
    label, other = say("Ask for a second evaluator"), "four_eyes"
    if mine.four_eyes:
        label, other = say("Do without a second evaluator"), "two_eyes"
    stored = {"name": mine.name, "funder": mine.funder}
    return AdminPage(
        frame(mine.name, _crumbs()),
        facts=(
            (say("Funder"), mine.funder),
            (say("Publication"), say(_FOUR_EYES[0 if mine.four_eyes else 1])),
            (say("Short name"), mine.key),
        ),
        acts=(Act(address(other), label),),
        tables=(Table(say("Clusters"), (say("Name"), say("Take out")), rows, say("No cluster belongs to this programme yet.")),),
        cards=(
            Card(say("Add a cluster"), added or filled(_choice(session)), address("add"), say("Add the cluster")),
            Card(say("Names"), names or filled(_NAMES, stored=stored), address("rename"), say("Change")),
        ),
    )
