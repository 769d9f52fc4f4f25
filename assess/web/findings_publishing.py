"""Brings a diagnosis to its published report: releasing, approving, seconding, publishing, withdrawing; and the report itself."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from io import BytesIO

from flask import Blueprint, abort, redirect, render_template, request, send_file
from sqlmodel import Session, col, select
from werkzeug.wrappers import Response as Reply

from assess.phrases import message
from assess.store.session import reading, writing
from assess.store.steering_tables import Publication
from assess.store.tables import Round, StoredDiagnosis
from assess.web.access import needs
from assess.web.desks import Desk, desk
from assess.web.finding_pages.case import diagnosed_case, readable, rulebase_of
from assess.web.finding_pages.publication import RELEASING, WITHDRAWING, publication_page
from assess.web.forms import Filled, filled
from assess.web.notices import NOTICES
from assess.web.published_reports import document_of, ending, kind_of, made_for
from assess.web.screens import screened
from assess.web.site import site
from assess.web.wording import words
from assess.workflow import publications, releases, report_files, taken_away
from assess.workflow.programmes import note_report_download
from assess.workflow.publications import PublicationState, published_of, state_of
from assess.workflow.report_files import Kind
from assess.workflow.rows import identity, required

publishing = Blueprint("publishing", __name__, url_prefix="/clusters/<cluster>/<int:year>")
NOTICES |= {
    "released": message("The members’ figures are released; answers of this round can no longer be changed."),
    "approved": message("The diagnosis is approved."),
    "seconded": message("The approval is seconded."),
    "published": message("The report is published."),
    "withdrawn": message("The report is withdrawn."),
    "asked": message("The report is being made."),
}


@publishing.get("/publication")
@needs("round.diagnosis.read")
@screened(message("Publication"), "publication")
def publication(cluster: str, year: int) -> str:  # noqa: ARG001
    """Show where the report stands."""
    with reading(site().database) as session:
        page = publication_page(session, desk())
    return render_template("staff/finding_publication.html", page=page)


@publishing.post("/publication/release")
@needs("round.run")
@screened(message("Publication"), "publication")
def release(cluster: str, year: int) -> Reply | tuple[str, HTTPStatus]:  # noqa: ARG001
    """Release the members' figures; doing it again changes nothing."""
    form = filled(RELEASING, request.form)
    if form.problems:
        return _shown_again(releasing=form)
    with reading(site().database) as session:
        rulebase = rulebase_of(_round(session))
    with writing(site().database) as session:
        mine = desk()
        releases.release_cells(session, _round(session), rulebase=rulebase, k=site().settings.k, now=mine.now, actor=mine.actor)
    return _back("released")


@publishing.post("/publication/approve")
@needs("round.approve")
@screened(message("Publication"), "publication")
def approve(cluster: str, year: int) -> Reply:  # noqa: ARG001
    """Approve the diagnosis that the page showed."""
    with writing(site().database) as session:
        shown = _diagnosis(session, request.form.get("diagnosis", ""))
        if state_of(publications.publication_of(session, shown)) in (PublicationState.DRAFT, PublicationState.WITHDRAWN):
            publications.approve(session, shown, account_id=desk().account_id, now=desk().now)
    return _back("approved")


@publishing.post("/publication/second")
@needs("round.approve")
@screened(message("Publication"), "publication")
def second(cluster: str, year: int) -> Reply:  # noqa: ARG001
    """Second the approval that the page showed."""

    def act(session: Session, row: Publication, mine: Desk) -> None:
        if row.seconded_by != mine.account_id:
            publications.second(session, row, account_id=mine.account_id, now=mine.now)

    return _done(act, "seconded")


@publishing.post("/publication/publish")
@needs("round.approve")
@screened(message("Publication"), "publication")
def publish(cluster: str, year: int) -> Reply:  # noqa: ARG001
    """Publish the report that the page showed, with what it shows beside its diagnosis; its file is made in the background."""
    with reading(site().database) as session:
        row = _named(session)
        number, waiting = row.diagnosis_id, state_of(row) is PublicationState.APPROVED
    annex = report_files.annex_to_publish(site().database, number, now=desk().now) if waiting else None

    def act(session: Session, row: Publication, mine: Desk) -> None:
        if state_of(row) is not PublicationState.PUBLISHED:
            publications.publish(session, row, account_id=mine.account_id, now=mine.now, annex=annex)
            report_files.request_report(session, required(session, StoredDiagnosis, row.diagnosis_id), now=mine.now)

    return _done(act, "published")


@publishing.post("/publication/withdraw")
@needs("round.approve")
@screened(message("Publication"), "publication")
def withdraw(cluster: str, year: int) -> Reply | tuple[str, HTTPStatus]:  # noqa: ARG001
    """Withdraw the report that the page showed, for the reason that was written."""
    form = filled(WITHDRAWING, request.form)
    if not form.problems and len(form.values["because"]) < publications.SHORTEST_BECAUSE:
        least = publications.SHORTEST_BECAUSE
        form = form.refused(words().say("Say in at least %(least)s characters why.", least=least), "because")
    if form.problems:
        return _shown_again(form=form)

    def act(session: Session, row: Publication, mine: Desk) -> None:
        if state_of(row) is not PublicationState.WITHDRAWN:
            publications.withdraw(session, row, form.values["because"], account_id=mine.account_id, now=mine.now)

    return _done(act, "withdrawn")


@publishing.post("/publication/reports")
@needs("round.diagnosis.read")
@screened(message("Publication"), "publication")
def make(cluster: str, year: int) -> Reply:  # noqa: ARG001
    """Have a report of the chosen kind made in the background."""
    with writing(site().database) as session:
        case = diagnosed_case(session)
        report_files.request_report(session, case.found, now=desk().now, kind=kind_of(request.form, case.document))
    return _back("asked", "reports")


@publishing.get("/report.pdf")
@needs("report.published.read")
@screened(message("Report"), "publication")
def report(cluster: str, year: int) -> Reply:
    """Send the published report of the round, and write that down."""
    with reading(site().database) as session:
        round_ = _round(session)
        standing = published_of(session, round_)
        known = {identity(one) for one in readable(session, round_)}
        if standing is None or standing.diagnosis_id not in known:
            abort(HTTPStatus.NOT_FOUND)
        kind = kind_of(request.args, document_of(session, standing))
    reply = _sent(standing.diagnosis_id, kind, f"{cluster}-{year}-report")
    with writing(site().database) as session:
        note_report_download(session, standing, file=f"report{ending(kind)}.pdf", account_id=desk().account_id, now=desk().now)
    return reply


@publishing.get("/draft.pdf")
@needs("round.diagnosis.read")
@screened(message("Report"), "publication")
def draft(cluster: str, year: int) -> Reply:
    """Send the report of the diagnosis that is looked at; until it is published it says on every page that it is a draft."""
    with reading(site().database) as session:
        case = diagnosed_case(session)
        number, digest, kind = identity(case.found), case.found.digest, kind_of(request.args, case.document)
    reply = _sent(number, kind, f"{cluster}-{year}-draft")
    with writing(site().database) as session:
        subject = f"diagnosis/{number}"
        taken_away.note(session, taken_away.File.DRAFT, subject, actor=desk().actor, now=desk().now, digest=digest)
    return reply


def _sent(diagnosis_id: int, kind: Kind, name: str) -> Reply:
    content = made_for(diagnosis_id, kind, actor=desk().actor).content
    return send_file(BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=f"{name}{ending(kind)}.pdf")


def _done(act: Callable[[Session, Publication, Desk], None], code: str) -> Reply:
    """Do something with the report that the form names; who repeats it finds it done."""
    with writing(site().database) as session:
        act(session, _named(session), desk())
    return _back(code)


def _named(session: Session) -> Publication:
    """The report of the round that the form names."""
    mine = (col(Publication.round_id) == desk().round_id, col(Publication.number) == request.form.get("number", ""))
    return session.exec(select(Publication).where(*mine)).first() or abort(HTTPStatus.NOT_FOUND)


def _diagnosis(session: Session, digest: str) -> StoredDiagnosis:
    found = next((one for one in readable(session, _round(session)) if one.digest == digest), None)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _round(session: Session) -> Round:
    return required(session, Round, desk().round_id or 0)


def _back(code: str, place: str = "") -> Reply:
    given = request.view_args or {}
    address = f"/clusters/{given['cluster']}/{given['year']}/publication?done={code}"
    return redirect(f"{address}#{place}" if place else address, HTTPStatus.SEE_OTHER)


def _shown_again(*, form: Filled | None = None, releasing: Filled | None = None) -> tuple[str, HTTPStatus]:
    with reading(site().database) as session:
        page = publication_page(session, desk(), form=form, releasing=releasing)
    return render_template("staff/finding_publication.html", page=page), HTTPStatus.UNPROCESSABLE_ENTITY
