"""What was found: the diagnosis of a round, what is behind each conclusion, what would be otherwise, and how it compares."""

from __future__ import annotations

from http import HTTPStatus
from io import BytesIO

from flask import Blueprint, abort, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as Reply

from assess.phrases import message
from assess.store.session import reading, writing
from assess.web.access import needs
from assess.web.desks import desk
from assess.web.finding_pages.case import NotDiagnosed, diagnosed_case, engine, find_case, rulebase_of
from assess.web.finding_pages.comparison import comparison_page
from assess.web.finding_pages.diagnosis import diagnosis_page
from assess.web.finding_pages.what_if import what_if_page
from assess.web.finding_pages.why import why_page
from assess.web.notices import NOTICES
from assess.web.screens import screened
from assess.web.site import site
from assess.workflow import diagnoses, taken_away
from assess.workflow.rows import identity

findings = Blueprint("findings", __name__, url_prefix="/clusters/<cluster>/<int:year>")
NOTICES["diagnosed"] = message("The round is diagnosed.")


@findings.app_errorhandler(NotDiagnosed)
def lead_to_the_diagnosis(_error: NotDiagnosed) -> Reply:
    """Lead to where the round can be diagnosed."""
    given = request.view_args or {}
    return redirect(f"/clusters/{given['cluster']}/{given['year']}/diagnosis", HTTPStatus.SEE_OTHER)


@findings.get("/diagnosis")
@needs("round.diagnosis.read")
@screened(message("Diagnosis"), "diagnosis")
def diagnosis(cluster: str, year: int) -> str:  # noqa: ARG001
    """Show everything that was found."""
    with reading(site().database) as session:
        page = diagnosis_page(session, desk().now)
    return render_template("staff/finding_diagnosis.html", page=page)


@findings.post("/diagnosis")
@needs("round.run")
@screened(message("Diagnosis"), "diagnosis")
def diagnose(cluster: str, year: int) -> Reply:
    """Diagnose the round; the same answers and overrides give the diagnosis that is there."""
    with reading(site().database) as session:
        rulebase = rulebase_of(find_case(session).round)
    with writing(site().database) as session:
        round_ = find_case(session).round
        made_up = site().settings.demo
        diagnoses.run(session, round_, rulebase=rulebase, engine=engine(), now=desk().now, actor=desk().actor, synthetic=made_up)
    return redirect(f"/clusters/{cluster}/{year}/diagnosis?done=diagnosed", HTTPStatus.SEE_OTHER)


@findings.get("/diagnosis.json")
@needs("round.diagnosis.read")
@screened(message("Diagnosis"), "diagnosis")
def document(cluster: str, year: int) -> Reply:
    """Send the diagnosis as it is stored, and write that down."""
    with writing(site().database) as session:
        found = diagnosed_case(session).found
        subject, content = f"diagnosis/{identity(found)}", found.document
        taken_away.note(session, taken_away.File.DIAGNOSIS, subject, actor=desk().actor, now=desk().now, digest=found.digest)
    name = f"{cluster}-{year}-diagnosis.json"
    return send_file(BytesIO(content.encode()), mimetype="application/json", as_attachment=True, download_name=name)


@findings.get("/diagnosis/why/<path:conclusion>")
@needs("round.diagnosis.read")
@screened(message("Diagnosis"), "diagnosis")
def why(cluster: str, year: int, conclusion: str) -> str:  # noqa: ARG001
    """Show what is behind a conclusion."""
    with reading(site().database) as session:
        page = why_page(session, conclusion, everything="all" in request.args)
    if page is None:
        abort(HTTPStatus.NOT_FOUND)
    return render_template("staff/finding_why.html", page=page)


@findings.get("/what-if")
@needs("round.whatif")
@screened(message("What if"), "what-if")
def what_if(cluster: str, year: int) -> str | tuple[str, HTTPStatus]:  # noqa: ARG001
    """Show what would come out if some figures were others."""
    with reading(site().database) as session:
        page = what_if_page(session, request.args)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if page.form.problems or page.refusal else HTTPStatus.OK
    return render_template("staff/finding_what_if.html", page=page), status


@findings.get("/comparison")
@needs("round.diagnosis.read")
@screened(message("Comparison"), "comparison")
def comparison(cluster: str, year: int) -> str:  # noqa: ARG001
    """Show the cluster beside its earlier rounds and beside others."""
    with reading(site().database) as session:
        page = comparison_page(session)
    return render_template("staff/finding_comparison.html", page=page)
