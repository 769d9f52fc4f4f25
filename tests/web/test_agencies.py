"""The agency's desk: reports, portfolio, decisions and packs of one's own programme, every look on record."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from databases import new_migrated
from openpyxl import load_workbook
from sqlmodel import col, select
from werkzeug.test import TestResponse
from workflow.granting import make_printable, real_document, withdraw
from workflow.surveying import only

from assess.store.session import reading, writing
from assess.store.staff_tables import ProgrammeCluster, Role
from assess.store.steering_tables import Decision, Publication, ReportFile
from assess.store.tables import AuditEvent, Cluster
from assess.workflow.rows import identity
from web.staffing import StaffBrowser, Staffed, staffed_site
from web.visiting import check_headers

HOME = "/programmes/own-programme"
NUMBER = "2026-own"
SENT: dict[str, Any] = {
    "report": NUMBER,
    "reference": "GR-2026-014",
    "outcome": "granted",
    "decided_on": "2026-06-01",
    "own": "",
    "note": "",
    "replaces": "",
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Staffed]:
    """The site of the staff tests, with a diagnosis that can be printed behind the own realm's report."""
    with new_migrated("sqlite", tmp_path) as engine:
        made = staffed_site(engine, tmp_path)
        with writing(engine) as session:
            make_printable(session, made.own.round_id)
        yield made


@pytest.fixture
def agency(site: Staffed) -> StaffBrowser:
    """Somebody of the agency, signed in."""
    return site.browser(site.accounts[Role.AGENCY])


def events(site: Staffed, subject: str) -> list[tuple[str, str]]:
    """Who did what to something, in order."""
    with reading(site.engine) as session:
        rows = session.exec(select(AuditEvent).where(col(AuditEvent.subject) == subject).order_by(col(AuditEvent.sequence)))
        return [(row.actor, row.verb) for row in rows]


def withdraw_report(site: Staffed) -> None:
    with writing(site.engine) as session:
        withdraw(session, only(session.exec(select(Publication).where(col(Publication.number) == NUMBER)).first()))


def rename(site: Staffed, name: str) -> None:
    with writing(site.engine) as session:
        only(session.get(Cluster, site.own.cluster_id)).name = name


def fetched(agency: StaffBrowser, path: str) -> TestResponse:
    """A file of the programme."""
    reply = agency.client.get(f"{HOME}{path}", base_url=agency.settings.base_url)
    assert reply.status_code == 200
    check_headers(reply, cookies=True)
    return reply


def record(agency: StaffBrowser, **sent: str) -> None:
    agency.get(f"{HOME}/new-decision?report={NUMBER}")
    agency.post(f"{HOME}/new-decision", **(SENT | sent))


def test_reports__are_listed_with_type_and_stage__and_can_be_taken_away__on_record(site: Staffed, agency: StaffBrowser) -> None:
    page = agency.get(HOME)
    assert NUMBER in page.one("main").text
    assert "2026-foreign" not in page.html
    assert "Hybrid" in page.one("main").text
    pdf = fetched(agency, f"/reports/{NUMBER}/report.pdf")
    assert pdf.data.startswith(b"%PDF-")
    assert "report-2026-own.pdf" in pdf.headers["Content-Disposition"]
    assert json.loads(fetched(agency, f"/reports/{NUMBER}/diagnosis.json").data) == real_document()
    me = f"account/{site.accounts[Role.AGENCY]}"
    assert events(site, "publication/1") == [(me, "download_report"), (me, "download_report")]
    assert fetched(agency, f"/reports/{NUMBER}/report.pdf").data == pdf.data
    with reading(site.engine) as session:
        assert len(session.exec(select(ReportFile)).all()) == 1


def test_a_withdrawn_report__is_listed_with_its_reason__and_no_longer_handed_out(site: Staffed, agency: StaffBrowser) -> None:
    withdraw_report(site)
    text = agency.get(HOME).one("main").text
    assert "Withdrawn" in text
    assert "A figure was copied wrongly." in text
    for file in ("report.pdf", "diagnosis.json"):
        agency.get(f"{HOME}/reports/{NUMBER}/{file}", status=404)
    agency.get(f"{HOME}/new-decision?report={NUMBER}", status=404)
    assert "Wait for a published report" in agency.get(f"{HOME}/new-decision").html


def test_a_foreign_report__is_not_found_under_ones_own_programme(agency: StaffBrowser) -> None:
    for file in ("report.pdf", "diagnosis.json"):
        agency.get(f"{HOME}/reports/2026-foreign/{file}", status=404)


def test_the_portfolio__shows_levels_and_says_what_is_unknown(site: Staffed, agency: StaffBrowser) -> None:
    with writing(site.engine) as session:
        silent = Cluster(key="silent", name="Silent Valley")
        session.add(silent)
        session.flush()
        session.add(ProgrammeCluster(programme_id=site.own.programme_id, cluster_id=identity(silent)))
    page = agency.get(f"{HOME}/portfolio?sort=funding&order=desc")
    sorted_by = [head.text for head in page.all("th") if head.attributes.get("aria-sort") == "descending"]
    assert [text.split()[0] for text in sorted_by] == ["Funding"]
    rows = [row.text for row in page.all("tr")]
    assert "Silent Valley" in rows[-1]
    assert rows[-1].count("unknown") == 12
    assert len([cell for cell in page.all("td") if "level" in cell.attributes.get("class", "").split()]) == 7
    assert "This is no league table" in page.one("main").text
    assert "no published report of 2024" in agency.get(f"{HOME}/portfolio?year=2024").one("main").text


def test_what_an_address_asks_of_the_portfolio__is_passed_over_when_it_cannot_be(agency: StaffBrowser) -> None:
    for asked in ("sort=secret", "year=abc", "year=20266", "order=up", "year=%C2%B2026"):
        assert "own valley" in agency.get(f"{HOME}/portfolio?{asked}").one("main").text


def test_the_portfolio_as_csv_and_xlsx__holds_numbers_and_no_formulas(site: Staffed, agency: StaffBrowser) -> None:
    rename(site, '=HYPERLINK("https://example.org";"Own")')
    header, row = csv.reader(StringIO(fetched(agency, "/portfolio.csv").data.decode("utf-8-sig")))
    found = dict(zip(header, row, strict=True))
    assert found["Cluster"].startswith("'=HYPERLINK")
    assert (found["Funding"], found["Report"], found["Remark"]) == ("2.833", NUMBER, "made-up figures")
    sheet = load_workbook(BytesIO(fetched(agency, "/portfolio.xlsx").data)).worksheets[0]
    cells = {sheet.cell(1, column).value: sheet.cell(2, column) for column in range(1, len(header) + 1)}
    assert cells["Cluster"].data_type == "s"
    assert cells["Funding"].data_type == "n"


def test_the_portfolio__taken_away__speaks_the_language_of_the_account(agency: StaffBrowser) -> None:
    agency.get("/account")
    agency.post("/account/name", name="Agnes", language="de")
    header, row = csv.reader(StringIO(fetched(agency, "/portfolio.csv").data.decode("utf-8-sig")), delimiter=";")
    found = dict(zip(header, row, strict=True))
    assert (found["Finanzierung"], found["Bericht"], found["Bemerkung"]) == ("2,833", NUMBER, "erfundene Werte")
    sheet = load_workbook(BytesIO(fetched(agency, "/portfolio.xlsx").data)).worksheets[0]
    assert [sheet.cell(1, column).value for column in range(1, len(header) + 1)] == header
    assert sheet.cell(2, header.index("Finanzierung") + 1).data_type == "n"


def test_conditions_that_the_diagnosis_suggests__are_told_in_the_language_of_the_account__and_kept_as_it_says_them(
    site: Staffed, agency: StaffBrowser
) -> None:
    english = "Every funded project has at least one other member"
    german = "Jedes geförderte Projekt hat mindestens ein anderes Mitglied"
    assert english in agency.get(f"{HOME}/new-decision?report={NUMBER}").html
    agency.get("/account")
    agency.post("/account/name", name="Agnes", language="de")
    page = agency.get(f"{HOME}/new-decision?report={NUMBER}")
    assert german in page.html
    assert english not in page.html
    agency.post(f"{HOME}/new-decision", **(SENT | {"suggested": "others-take-part", "own": "Publish the plan."}))
    told = agency.get(agency.location).one("main").text
    assert german in told
    assert "Publish the plan." in told
    with reading(site.engine) as session:
        kept = session.exec(select(Decision).where(col(Decision.reference) == SENT["reference"])).one()
    assert english in kept.conditions


def test_a_decision__is_recorded_with_conditions_the_diagnosis_suggests_and_own_ones(agency: StaffBrowser) -> None:
    page = agency.get(f"{HOME}/new-decision?report={NUMBER}")
    offered = [box.attributes["value"] for box in page.all("input", name="suggested")]
    assert "others-take-part" in offered
    agency.post(f"{HOME}/new-decision", **(SENT | {"suggested": "others-take-part", "own": "Publish the plan.\n\nReport yearly."}))
    assert agency.location == f"{HOME}/decisions/GR-2026-014?done=decided"
    text = agency.get(agency.location).one("main").text
    assert "The decision is recorded" in text
    assert "has at least one other member of the cluster as a working partner" in text
    assert "Publish the plan." in text
    assert "Report yearly." in text
    assert "Person agency@example.org" in text
    assert "GR-2026-014" in agency.get(f"{HOME}/decisions").one("main").text


def test_a_form_with_faults__comes_back_with_what_was_written(site: Staffed, agency: StaffBrowser) -> None:
    agency.get(f"{HOME}/new-decision?report={NUMBER}")
    page = agency.post(f"{HOME}/new-decision", status=422, **(SENT | {"reference": "", "note": "By the board."}))
    assert "Fill in: Reference." in page.html
    assert page.value("note") == "By the board."
    page = agency.post(f"{HOME}/new-decision", status=422, **(SENT | {"decided_on": "2026-05-31"}))
    assert "Check the day, or attach another report" in page.html
    page = agency.post(f"{HOME}/new-decision", status=422, **(SENT | {"suggested": "made-up"}))
    assert "Choose only answers that are offered" in page.html
    with reading(site.engine) as session:
        assert len(session.exec(select(Decision).where(col(Decision.programme_id) == site.own.programme_id)).all()) == 1


def test_a_double_click__records_one_decision(site: Staffed, agency: StaffBrowser) -> None:
    record(agency)
    record(agency)
    with reading(site.engine) as session:
        assert len(session.exec(select(Decision).where(col(Decision.reference) == "GR-2026-014")).all()) == 1


def test_a_correction__names_the_old_decision__and_both_say_so(agency: StaffBrowser) -> None:
    record(agency)
    record(agency, reference="GR-2026-014.b", outcome="deferred", replaces="GR-2026-014")
    assert "Read GR-2026-014.b instead" in agency.get(f"{HOME}/decisions/GR-2026-014").one("main").text
    assert "Replaces" in agency.get(f"{HOME}/decisions/GR-2026-014.b").one("main").text


def test_every_look_and_download__stands_on_the_page_by_name(site: Staffed, agency: StaffBrowser) -> None:
    record(agency)
    agency.get(f"{HOME}/decisions/GR-2026-014")
    fetched(agency, "/decisions/GR-2026-014/pack.zip")
    text = agency.get(f"{HOME}/decisions/GR-2026-014").one("main").text
    assert text.count("looked at it") == 2
    assert text.count("took the pack away") == 1
    verbs = [verb for _, verb in events(site, "decision/3")]
    assert verbs == ["decide", "view_decision", "download_decision", "view_decision"]


def test_a_pack__holds_the_very_file_that_the_decision_was_frozen_with__after_a_withdrawal_too(site: Staffed, agency: StaffBrowser) -> None:
    record(agency)
    first = fetched(agency, "/decisions/GR-2026-014/pack.zip").data
    assert fetched(agency, "/decisions/GR-2026-014/pack.zip").data == first
    withdraw_report(site)
    later = fetched(agency, "/decisions/GR-2026-014/pack.zip").data
    with ZipFile(BytesIO(first)) as before, ZipFile(BytesIO(later)) as after:
        report = "decision-GR-2026-014/report-2026-own.pdf"
        assert before.read(report) == after.read(report)
        assert b"WITHDRAWN" in after.read("decision-GR-2026-014/README.txt")


def test_a_report_withdrawn_after_the_decision__is_said_first_on_its_page__and_in_the_list(site: Staffed, agency: StaffBrowser) -> None:
    record(agency)
    withdraw_report(site)
    page = agency.get(f"{HOME}/decisions/GR-2026-014")
    assert page.all("h2")[0].text == "✕ The report of this decision was withdrawn"
    assert "A figure was copied wrongly." in page.one("main").text
    assert "Report withdrawn" in agency.get(f"{HOME}/decisions").one("main").text


def test_a_lost_file__is_said_and_not_made_up(site: Staffed, agency: StaffBrowser) -> None:
    record(agency)
    with reading(site.engine) as session:
        digest = only(session.exec(select(ReportFile)).first()).digest
    (site.settings.files / digest[:2] / digest[2:4] / digest).unlink()
    page = agency.get(f"{HOME}/decisions/GR-2026-014/pack.zip", status=422)
    assert "Restore the files of the site from a backup" in page.html


def test_a_programme_without_clusters_or_reports__says_what_to_do(site: Staffed, agency: StaffBrowser) -> None:
    with writing(site.engine) as session:
        for row in session.exec(select(ProgrammeCluster).where(col(ProgrammeCluster.programme_id) == site.own.programme_id)):
            session.delete(row)
    for path in ("", "/portfolio"):
        assert "Ask an administrator to add clusters" in agency.get(f"{HOME}{path}").html
    assert "Wait for a published report" in agency.get(f"{HOME}/new-decision").html


def test_a_decision_of_a_cluster_that_left_the_programme__stays(site: Staffed, agency: StaffBrowser) -> None:
    record(agency)
    with writing(site.engine) as session:
        for row in session.exec(select(ProgrammeCluster).where(col(ProgrammeCluster.programme_id) == site.own.programme_id)):
            session.delete(row)
    agency.get(f"{HOME}/decisions/GR-2026-014")
    fetched(agency, "/decisions/GR-2026-014/pack.zip")
