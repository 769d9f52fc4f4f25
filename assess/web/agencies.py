"""The desk of a funding agency: published reports of a programme, its portfolio, its decisions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from http import HTTPStatus
from io import BytesIO

from flask import Blueprint, abort, redirect, render_template, request, send_file, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as Reply

from assess.exchange.plain_tables import Cell, as_csv, as_workbook
from assess.store.session import reading, writing
from assess.store.staff_tables import Programme
from assess.store.steering_tables import Decision, Outcome, Publication
from assess.store.tables import Cluster, Round
from assess.web.access import needs
from assess.web.agency_pages import reports_page
from assess.web.decision_pages import (
    asked_for,
    decision_page,
    decisions_page,
    new_decision_page,
    replaceable,
    standing_reports,
    suggestions,
)
from assess.web.desks import desk, may
from assess.web.forms import Asked, Filled, filled
from assess.web.portfolio_pages import portfolio_page, table_of, wish_of
from assess.web.published_reports import document_of, filed, frozen_bytes
from assess.web.site import site
from assess.web.wording import told, words
from assess.workflow import decisions as verbs
from assess.workflow import packs, taken_away
from assess.workflow.grant_conditions import Suggested
from assess.workflow.programmes import note_report_download
from assess.workflow.publications import Published
from assess.workflow.refusals import WorkflowError
from assess.workflow.rows import identity, required

agencies = Blueprint("agencies", __name__, url_prefix="/programmes/<programme>")
_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
_PDF, _JSON, _ZIP, _CSV = "application/pdf", "application/json", "application/zip", "text/csv; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@agencies.get("")
@needs("programme.read")
def reports(programme: str) -> str:  # noqa: ARG001 - the desk knows it
    """List the published reports."""
    with reading(site().database) as session:
        return render_template("staff/agency_reports.html", page=reports_page(session, _programme(session)))


@agencies.get("/reports/<report>/report.pdf")
@needs("report.published.read")
def report_file(programme: str, report: str) -> Reply:  # noqa: ARG001
    """Hand out a published report."""
    with reading(site().database) as session:
        publication = _report(session, report).publication
    found = filed(publication, actor=desk().actor, asked=request.args)
    _note(report, f"report{found.ending}.pdf")
    return _sent(found.content, _PDF, packs.safe_name(f"report-{publication.number}{found.ending}.pdf"))


@agencies.get("/reports/<report>/diagnosis.json")
@needs("report.published.read")
def diagnosis_file(programme: str, report: str) -> Reply:  # noqa: ARG001
    """Hand out the diagnosis that a published report prints."""
    with reading(site().database) as session:
        publication = _report(session, report).publication
        content = json.dumps(document_of(session, publication), ensure_ascii=False, indent=1).encode()
    _note(report, "diagnosis.json")
    return _sent(content, _JSON, packs.safe_name(f"diagnosis-{publication.number}.json"))


@agencies.get("/portfolio")
@needs("programme.read")
def portfolio(programme: str) -> str:  # noqa: ARG001
    """Show the published diagnoses beside each other."""
    with reading(site().database) as session:
        return render_template("staff/agency_portfolio.html", page=portfolio_page(session, _programme(session), wish_of(request.args)))


@agencies.get("/portfolio.csv")
@needs("programme.read")
def portfolio_csv(programme: str) -> Reply:
    """Hand out the portfolio as CSV, and write that down."""
    header, rows = _portfolio("csv")
    return _sent(as_csv(header, rows, words()), _CSV, packs.safe_name(f"portfolio-{programme}.csv"))


@agencies.get("/portfolio.xlsx")
@needs("programme.read")
def portfolio_xlsx(programme: str) -> Reply:
    """Hand out the portfolio as a workbook, and write that down."""
    header, rows = _portfolio("xlsx")
    return _sent(as_workbook(words().say("Portfolio"), header, rows), _XLSX, packs.safe_name(f"portfolio-{programme}.xlsx"))


@agencies.get("/decisions")
@needs("decision.read")
def decisions(programme: str) -> str:  # noqa: ARG001
    """List the decisions."""
    with reading(site().database) as session:
        page = decisions_page(session, _programme(session), may_decide=may("decision.write"))
    return render_template("staff/agency_decisions.html", page=page)


@agencies.get("/new-decision")
@needs("decision.write")
def new_decision(programme: str) -> str:  # noqa: ARG001
    """Ask for a new decision; first for its report."""
    with reading(site().database) as session:
        mine = _programme(session)
        found = _report(session, request.args["report"]) if request.args.get("report") else None
        offered = suggestions(session, found.publication) if found else ()
        form = filled(_asked(session, mine, found, offered)) if found else None
        return render_template("staff/agency_new_decision.html", page=new_decision_page(session, mine, found, form, offered))


@agencies.post("/new-decision")
@needs("decision.write")
def record_decision(programme: str) -> Reply | tuple[str, HTTPStatus]:
    """Record a decision, frozen with the file of its report."""
    with reading(site().database) as session:
        mine = _programme(session)
        found = _report(session, request.form.get("report", ""))
        offered = suggestions(session, found.publication)
        form = filled(_asked(session, mine, found, offered), request.form)
    form = form if form.problems else _recorded(found, form)
    if not form.problems:
        address = url_for("agencies.decision", programme=programme, reference=form.values["reference"], done="decided")
        return redirect(address, HTTPStatus.SEE_OTHER)
    with reading(site().database) as session:
        page = new_decision_page(session, _programme(session), found, form, offered)
        return render_template("staff/agency_new_decision.html", page=page), _WRONG


@agencies.get("/decisions/<reference>")
@needs("decision.read")
def decision(programme: str, reference: str) -> str:  # noqa: ARG001
    """Show a decision, and write down that it was looked at."""
    with writing(site().database) as session:
        mine = _programme(session)
        verbs.note_view(session, _decision(session, mine, reference), account_id=desk().account_id, now=desk().now)
    with reading(site().database) as session:
        mine = _programme(session)
        return render_template("staff/agency_decision.html", page=decision_page(session, mine, _decision(session, mine, reference)))


@agencies.get("/decisions/<reference>/pack.zip")
@needs("decision.read")
def pack(programme: str, reference: str) -> Reply:  # noqa: ARG001
    """Hand out all that a decision rests on, and write that down."""
    with reading(site().database) as session:
        mine = _programme(session)
        found = _decision(session, mine, reference)
        content = packs.pack(_contents(session, mine, found))
    with writing(site().database) as session:
        verbs.note_download(session, found, account_id=desk().account_id, now=desk().now)
    return _sent(content, _ZIP, f"{packs.pack_name(found)}.zip")


def _recorded(found: Published, form: Filled) -> Filled:
    """Record the decision that the form describes; return the form with what the verb refused."""
    made = filed(found.publication, actor=desk().actor)
    values = form.values
    try:
        with writing(site().database) as session:
            verbs.decide(
                session,
                _programme(session),
                verbs.Attached(required(session, Publication, found.publication.id or 0), made.row),
                reference=values["reference"],
                outcome=Outcome(values["outcome"]),
                decided_on=values["decided_on"],
                suggested=values.get("suggested", ()),
                own_conditions=[line for line in values["own"].split("\n") if line.strip()],
                note=values["note"],
                replaces=values.get("replaces", ""),
                account_id=desk().account_id,
                now=desk().now,
            )
    except WorkflowError as refusal:
        return form.refused(told(refusal))
    return form


def _asked(session: Session, programme: Programme, found: Published, offered: Sequence[Suggested]) -> tuple[Asked, ...]:
    return asked_for(offered, replaceable(session, programme, found.cluster))


def _contents(session: Session, programme: Programme, found: Decision) -> packs.Contents:
    publication = required(session, Publication, found.publication_id)
    return packs.Contents(
        decision=found,
        programme=programme,
        cluster=required(session, Cluster, found.cluster_id),
        round=required(session, Round, publication.round_id),
        publication=publication,
        report=frozen_bytes(session, found.report_digest),
        document=document_of(session, publication),
        site=site().settings.base_url,
    )


def _portfolio(form: str) -> tuple[list[str], list[list[Cell]]]:
    """Return the portfolio as a table that is taken away."""
    with writing(site().database) as session:
        mine = _programme(session)
        subject = f"programme/{identity(mine)}"
        taken_away.note(session, taken_away.File.PORTFOLIO, subject, actor=desk().actor, now=desk().now, form=form)
        return table_of(session, mine, wish_of(request.args))


def _programme(session: Session) -> Programme:
    """Return the programme that the address names."""
    return required(session, Programme, desk().programme_id or 0)


def _report(session: Session, number: str) -> Published:
    """Return a report of the programme that stands. Ends with 404 for any other, a withdrawn one too."""
    found = (one for one in standing_reports(session, _programme(session)) if one.publication.number == number)
    return next(found, None) or abort(HTTPStatus.NOT_FOUND)


def _decision(session: Session, programme: Programme, reference: str) -> Decision:
    return verbs.decision_by_reference(session, programme, reference) or abort(HTTPStatus.NOT_FOUND)


def _note(number: str, file: str) -> None:
    with writing(site().database) as session:
        publication = _report(session, number).publication
        note_report_download(session, publication, file=file, account_id=desk().account_id, now=desk().now)


def _sent(content: bytes, media_type: str, name: str) -> Reply:
    return send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)
