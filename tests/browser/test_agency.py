"""The agency's way in Chromium: report, portfolio, decision, pack, verification; no barrier, nothing too wide, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import new_migrated
from playwright.sync_api import Browser, Page
from sqlmodel import col, select
from web.staffing import PASSWORD, Staffed, staffed_site
from workflow.granting import make_printable, real_document, reported, withdraw
from workflow.surveying import NOON, only

from assess.store.files import EvidenceFolder
from assess.store.session import writing
from assess.store.staff_tables import ProgrammeCluster, Role
from assess.store.steering_tables import Publication
from assess.workflow import report_files
from assess.workflow.rows import identity
from browser.staffed import follow, judge, served
from browser.watching import window

HOME = "/programmes/own-programme"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    """A programme with three clusters: two have reports, of one nothing is published."""
    folder = tmp_path_factory.mktemp("agency")
    with new_migrated("sqlite", folder) as engine:
        made = staffed_site(engine, folder)
        with writing(engine) as session:
            diagnosis = make_printable(session, made.own.round_id)
            for name, case in (("Harbour Valley", "singapore"), ("Silent Valley", "oregon")):
                other = reported(session, name, document=real_document(case), published_at=NOON)
                if name == "Silent Valley":
                    withdraw(session, other.publication)
                session.add(ProgrammeCluster(programme_id=made.own.programme_id, cluster_id=identity(other.cluster)))
        report_files.make_report(engine, EvidenceFolder(made.settings.files), identity(diagnosis), now=made.clock.now)
        yield made


def signed_in(page: Page, site: Staffed, origin: str) -> None:
    page.goto(f"{origin}/sign-in?to={HOME}")
    page.get_by_label("Mail address").fill("agency@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    follow(page.get_by_role("button", name="Go on"))
    page.get_by_label("Code").fill(site.code(site.accounts[Role.AGENCY]))
    follow(page.get_by_role("button", name="Sign in"))


def test_way_from_the_report_to_the_decision__has_no_barrier(site: Staffed, chromium: Browser, tmp_path: Path) -> None:
    with served(site) as origin, window(chromium, origin, javascript=True) as context:
        page = context.new_page()
        signed_in(page, site, origin)
        judge(page, "agency-reports", "own programme")
        with page.expect_download() as download:
            page.get_by_role("link", name="Report (PDF) 2026-own").click()
        download.value.save_as(tmp_path / "report.pdf")
        follow(page.get_by_role("link", name="Portfolio"))
        follow(page.get_by_role("link", name="Funding"))
        judge(page, "agency-portfolio", "Portfolio")
        follow(page.get_by_role("link", name="Decisions"))
        judge(page, "agency-no-decisions", "Decisions")
        follow(page.get_by_role("link", name="Record a decision"))
        judge(page, "agency-choose-report", "Choose the report")
        follow(page.get_by_role("link", name="Decide on this report 2026-own"))
        follow(page.get_by_role("button", name="Record the decision"))
        page.get_by_text("Please look at this again").wait_for()
        judge(page, "agency-new-decision", "Record a decision")
        page.get_by_label("Reference").fill("GR-2026-014")
        page.get_by_label("Granted", exact=True).check()
        page.get_by_label("Decided on").fill("2026-06-01")
        page.locator("input[name=suggested]").first.check()
        page.get_by_label("Conditions of your own").fill("Publish the plan.")
        follow(page.get_by_role("button", name="Record the decision"))
        page.get_by_role("heading", name="Decision GR-2026-014").wait_for()
        with writing(site.engine) as session:
            withdraw(session, only(session.exec(select(Publication).where(col(Publication.number) == "2026-own")).first()))
        page.goto(f"{origin}{HOME}/decisions/GR-2026-014")
        judge(page, "agency-decision-withdrawn", "Decision GR-2026-014")
        with page.expect_download() as download:
            page.get_by_role("link", name="Everything in one file (ZIP)").click()
        assert download.value.suggested_filename == "decision-GR-2026-014.zip"
        page.goto(f"{origin}{HOME}/decisions")
        judge(page, "agency-decisions", "Decisions")
    with served(site) as origin, window(chromium, origin, javascript=True) as context:
        page = context.new_page()
        page.goto(f"{origin}/verify")
        judge(page, "verify", "Verify a report")
        page.get_by_label("Report as PDF file").set_input_files(tmp_path / "report.pdf")
        follow(page.get_by_role("button", name="Check the file"))
        judge(page, "verify-found", "What was found")
        page.goto(f"{origin}/verify/2026-own")
        judge(page, "verify-number", "Report number")
