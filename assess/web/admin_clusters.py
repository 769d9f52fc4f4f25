"""Administration of clusters: their names, and the contacts of their members."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from io import BytesIO
from json import dumps
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from flask import Blueprint, abort, make_response, redirect, request, url_for
from sqlmodel import Session, col, func, select
from werkzeug.wrappers import Response as Reply

from assess.phrases import message
from assess.store.files import EvidenceFolder
from assess.store.session import reading, writing
from assess.store.staff_tables import Account
from assess.store.tables import Cluster, EvidenceFile, Member, Response, Round
from assess.web.access import needs
from assess.web.admin_parts import AdminPage, Card, Cell, Table, day, printed, tried
from assess.web.desks import desk
from assess.web.forms import Asked, Filled, filled
from assess.web.frames import frame
from assess.web.site import site
from assess.web.wording import words
from assess.web.workbench_pages.overview import STATES, kind_name
from assess.web.workbench_pages.responses import RESPONSE_STATES
from assess.workflow import clusters, erasure, people, personal_data
from assess.workflow.cluster_names import rename_cluster
from assess.workflow.clusters import key_of
from assess.workflow.refusals import Unfit
from assess.workflow.rows import identity, required

admin_clusters = Blueprint("admin_clusters", __name__, url_prefix="/admin/clusters")

_ABOUT = (
    Asked("name", message("Name"), "text"),
    Asked("sector", message("Sector"), "text", False),
    Asked("region", message("Region"), "text", False),
    Asked("country", message("Country"), "text", False),
)
_KEY_HINT = message("Made from the name where nothing stands here.")
_NEW = (*_ABOUT, Asked("key", message("Short name for addresses"), "text", False, _KEY_HINT, longest=80))
_ERASE = (
    Asked("name_too", message("The name of the organisation is a person’s: replace it as well"), "tick", False),
    Asked("sure", message("Erase this contact for good"), "tick"),
)
_ERASING = message(
    "The address is taken out of the list, the links and the mails, and the links lead nowhere. Answers of rounds whose figures are not "
    "released yet are erased and no later diagnosis counts them. Answers that released figures rest on stay until their time is over: "
    "the figures are frozen, and taking the answers out would leave reports that nobody can check. Exports and attached files that hold "
    "what was erased are deleted within 30 days; backups keep it until they are deleted."
)


@admin_clusters.get("")
@needs("admin.clusters")
def listing() -> str | tuple[str, HTTPStatus]:
    """Show all clusters."""
    with reading(site().database) as session:
        return printed(_listing(session, filled(_NEW)))


@admin_clusters.post("")
@needs("admin.clusters")
def make() -> Reply | str | tuple[str, HTTPStatus]:
    """Make a cluster."""
    form = tried(filled(_NEW, request.form), lambda session: _make(session, filled(_NEW, request.form)))
    if not form.problems:
        return redirect(url_for("admin_clusters.listing", done="added"), HTTPStatus.SEE_OTHER)
    with reading(site().database) as session:
        return printed(_listing(session, form))


@admin_clusters.get("/<cluster>")
@needs("admin.clusters")
def one(cluster: str) -> str | tuple[str, HTTPStatus]:  # noqa: ARG001 - the desk knows which
    """Show one cluster."""
    with reading(site().database) as session:
        return printed(_page(session, _mine(session)))


@admin_clusters.post("/<cluster>")
@needs("admin.clusters")
def rename(cluster: str) -> Reply | str | tuple[str, HTTPStatus]:
    """Change what is said about a cluster; its address stays."""
    form, mine = filled(_ABOUT, request.form), desk()
    form = tried(form, lambda session: rename_cluster(session, _mine(session), **form.values, now=mine.now, actor=mine.actor))
    if not form.problems:
        return redirect(url_for("admin_clusters.one", cluster=cluster, done="saved"), HTTPStatus.SEE_OTHER)
    with reading(site().database) as session:
        return printed(_page(session, _mine(session), form))


@admin_clusters.get("/<cluster>/members/<int:member>")
@needs("admin.clusters")
def contact(cluster: str, member: int) -> str | tuple[str, HTTPStatus]:  # noqa: ARG001
    """Show what is kept about a member's contact."""
    with reading(site().database) as session:
        return printed(_contact(session, _member(session, member), filled(_ERASE)))


@admin_clusters.get("/<cluster>/members/<int:member>/data.zip")
@needs("admin.clusters")
def data(cluster: str, member: int) -> Reply:  # noqa: ARG001
    """Hand out what is kept about a member's contact, with answers and files where the glass is broken for their round."""
    mine = desk()
    with writing(site().database) as session:
        found = _member(session, member)
        opened = people.open_glass(session, required(session, Account, mine.account_id), now=mine.now)
        content = personal_data.export_of_member(session, found, answers_of=opened, now=mine.now, actor=mine.actor)
        files = _files(session, member, opened)
    reply = make_response(_zipped(content, files))
    reply.headers["Content-Type"] = "application/zip"
    reply.headers["Content-Disposition"] = f'attachment; filename="member-{member}.zip"'
    return reply


@admin_clusters.post("/<cluster>/members/<int:member>/erase")
@needs("admin.clusters")
def erase(cluster: str, member: int) -> Reply | str | tuple[str, HTTPStatus]:
    """Erase a member's contact."""
    form, mine = filled(_ERASE, request.form), desk()
    name_too = bool(form.values["name_too"])
    form = tried(
        form,
        lambda session: erasure.erase_member(session, _member(session, member), now=mine.now, actor=mine.actor, name_too=name_too),
    )
    if not form.problems:
        return redirect(url_for("admin_clusters.contact", cluster=cluster, member=member, done="removed"), HTTPStatus.SEE_OTHER)
    with reading(site().database) as session:
        return printed(_contact(session, _member(session, member), form))


def _crumbs() -> tuple[tuple[str, str], ...]:
    return ((words().say("Clusters"), "/admin/clusters"),)


def _mine(session: Session) -> Cluster:
    return required(session, Cluster, desk().cluster_id or 0)


def _member(session: Session, number: int) -> Member:
    found = session.get(Member, number)
    if found is None or found.cluster_id != desk().cluster_id:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _make(session: Session, form: Filled) -> None:
    given, mine = form.values, desk()
    key = given["key"]
    if key and key != key_of(key):
        raise Unfit(message("Write the short name in small letters, digits and hyphens, such as %(key)s."), key=key_of(key))
    about = {name: given[name] or None for name in ("sector", "region", "country")}
    clusters.make_cluster(session, name=given["name"], key=key, now=mine.now, actor=mine.actor, **about)


def _listing(session: Session, form: Filled) -> AdminPage:
    members = dict(session.exec(select(Member.cluster_id, func.count()).group_by(col(Member.cluster_id))).all())
    rounds = dict(session.exec(select(Round.cluster_id, func.max(col(Round.year))).group_by(col(Round.cluster_id))).all())
    rows = tuple(
        (
            {"text": cluster.name, "address": url_for("admin_clusters.one", cluster=cluster.key)},
            cluster.key,
            words().say("; ").join(filter(None, (cluster.sector, cluster.region, cluster.country))) or "–",
            str(members.get(identity(cluster), 0)),
            str(rounds.get(identity(cluster), "–")),
        )
        for cluster in session.exec(select(Cluster).order_by(col(Cluster.name)))
    )
    say = words().say
    # “About” by itself is said of a workbook.
    short, about = say("Short name|About").split("|")
    columns = (say("Name"), short, about, (say("Members"), "number"), (say("Last round"), "number"))
    return AdminPage(
        frame(say("Clusters")),
        tables=(Table(say("All clusters"), columns, rows),),
        cards=(Card(say("Make a cluster"), form, url_for("admin_clusters.make"), say("Make the cluster")),),
    )


def _page(session: Session, cluster: Cluster, form: Filled | None = None) -> AdminPage:
    members = session.exec(select(Member).where(col(Member.cluster_id) == cluster.id).order_by(col(Member.name_key))).all()
    rounds = session.exec(select(Round).where(col(Round.cluster_id) == cluster.id).order_by(col(Round.year).desc())).all()
    stored = {name: getattr(cluster, name) or "" for name in ("name", "sector", "region", "country")}
    say, address = words().say, url_for("admin_clusters.rename", cluster=cluster.key)
    return AdminPage(
        frame(cluster.name, _crumbs()),
        facts=((say("Short name"), cluster.key),),
        tables=(
            Table(
                say("Rounds"),
                (say("Year"), say("State"), say("Closed"), say("Rule base")),
                tuple(map(_round_line, rounds)),
                say("There has been no round yet."),
            ),
            Table(
                say("Members"),
                (say("Organisation"), say("Kind"), say("Mail address"), say("Asked")),
                tuple(_member_line(cluster, one) for one in members),
                say("This cluster has no members yet: its manager or evaluator enters them."),
            ),
        ),
        cards=(Card(say("Name and place"), form or filled(_ABOUT, stored=stored), address, say("Change")),),
    )


def _round_line(round_: Round) -> tuple[Cell, ...]:
    return str(round_.year), words().say(STATES[round_.state][0]), day(round_.closed_at), round_.rulebase_version


def _member_line(cluster: Cluster, member: Member) -> tuple[Cell, ...]:
    link = {"text": member.name, "address": url_for("admin_clusters.contact", cluster=cluster.key, member=member.id)}
    say = words().say
    asked: Cell = {"text": say("yes"), "tone": "good"} if member.active else {"text": say("no longer"), "tone": "none"}
    return link, say(kind_name(member.kind)), member.email, asked


def _contact(session: Session, member: Member, form: Filled) -> AdminPage:
    say, cluster = words().say, _mine(session)
    place: dict[str, Any] = {"cluster": cluster.key, "member": member.id}
    about = select(Response, Round).join(Round, col(Round.id) == col(Response.round_id)).where(col(Response.member_id) == member.id)
    rows = tuple(
        (
            str(round_.year),
            f"{response.questionnaire} {response.version}",
            say(RESPONSE_STATES[response.state][0]),
            day(response.submitted_at),
        )
        for response, round_ in session.exec(about.order_by(col(Round.year).desc(), col(Response.id)))
    )
    return AdminPage(
        frame(member.name, (*_crumbs(), (cluster.name, url_for("admin_clusters.one", cluster=cluster.key)))),
        facts=(
            (say("Kind"), say(kind_name(member.kind))),
            (say("Mail address"), member.email),
            (say("Asked"), say("yes") if member.active else say("no longer")),
        ),
        links=((say("What is kept about this contact (ZIP)"), url_for("admin_clusters.data", **place)),),
        tables=(
            Table(
                say("Responses"),
                (say("Round"), say("Questionnaire"), say("State"), say("Handed in")),
                rows,
                say("There is no response of this member."),
            ),
        ),
        cards=(
            Card(
                say("Erase the contact"),
                form,
                url_for("admin_clusters.erase", **place),
                say("Erase this contact"),
                say(_ERASING),
                "danger",
            ),
        ),
        notes=(say("The ZIP holds answers and files only of rounds for which you have broken the glass."),),
    )


def _files(session: Session, member: int, opened: frozenset[int]) -> list[tuple[str, str]]:
    """Return digests and names of the files of a member in some rounds."""
    mine = select(EvidenceFile).join(Response, col(Response.id) == col(EvidenceFile.response_id))
    rows = session.exec(mine.where(col(Response.member_id) == member, col(Response.round_id).in_(opened)))
    return [(row.digest, f"files/{identity(row)}-{row.name.replace('/', '_')}") for row in rows]


def _zipped(content: Mapping[str, Any], files: list[tuple[str, str]]) -> bytes:
    stream, folder = BytesIO(), EvidenceFolder(site().settings.files)
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        archive.writestr("data.json", dumps(content, ensure_ascii=False, indent=2))
        for digest, name in files:
            if folder.has(digest):
                archive.write(folder.place(digest), name)
    return stream.getvalue()
