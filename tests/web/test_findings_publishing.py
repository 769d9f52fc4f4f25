"""The way to a published report on the web: who may take which step when, and what a repeated step does."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from werkzeug.test import TestResponse
from workflow.evaluating import diagnosed, verbs
from workflow.surveying import only

from assess.definitions.rulebase_words import report_languages
from assess.store.session import writing
from assess.store.steering_tables import Publication, ReportAnnex
from assess.store.tables import AuditEvent, Job, JobState, ReleasedCell, Round
from assess.worker.handlers import HANDLERS
from assess.workflow import publications, report_files
from web.found import Found, small
from web.staffing import StaffBrowser
from web.visiting import Page


@pytest.fixture
def found(sqlite_database: Engine, tmp_path: Path) -> Found:
    """A diagnosed round of a cluster whose programme wants four eyes."""
    return ready(small(sqlite_database, tmp_path))


def ready(made: Found) -> Found:
    with writing(made.site.engine) as session:
        diagnosed(session, only(session.get(Round, made.site.own.round_id)))
    return made


def step(browser: StaffBrowser, found: Found, name: str, *, status: int = 303, **more: str) -> Page:
    """Take a step from the page as it stands."""
    page = browser.get(f"{found.address}/publication")
    number = next((e.attributes["value"] for e in page.all("input", name="number")), "")
    sent = {"diagnosis": found.diagnosis().digest, "number": number} | more
    return browser.post(f"{found.address}/publication/{name}", status=status, **sent)


def text_of(page: Page) -> str:
    return " ".join(page.one("main").text.split())


def here(browser: StaffBrowser, found: Found) -> str:
    return text_of(browser.get(f"{found.address}/publication"))


def done(found: Found) -> list[str]:
    with writing(found.site.engine) as session:
        steps = ("approve", "second", "publish", "withdraw", "release")
        return [verb for verb in verbs(session) if verb in steps]


def test_whole_way__with_every_step_twice__takes_each_once(found: Found) -> None:
    first, second = found.browser(), found.browser(found.second)
    way = [(first, "approve"), (second, "second"), (first, "release"), (second, "publish")]
    for browser, name in way:
        for _ in range(2):
            step(browser, found, name, final="yes")
    number = next(e.attributes["value"] for e in first.get(f"{found.address}/publication").all("input", name="number"))
    for _ in range(2):
        step(first, found, "withdraw", number=number, because="A figure was wrong.")
    assert done(found) == ["approve", "second", "release", "publish", "withdraw"]
    text = here(first, found)
    assert "Person edith@example.org" in text
    assert "Person edgar@example.org" in text
    assert "“A figure was wrong.”" in text


def test_whoever_approved__cannot_second(found: Found) -> None:
    browser = found.browser()
    step(browser, found, "approve")
    assert "Ask another evaluator: whoever approved it cannot second it." in here(browser, found)
    page = browser.page
    assert not page.all("form", action=f"{found.address}/publication/second")
    assert "four eyes means two people" in text_of(step(browser, found, "second", status=422, number=number_of(found)))


def number_of(found: Found) -> str:
    with writing(found.site.engine) as session:
        return only(session.exec(select(Publication)).first()).number


def test_publishing__waits_for_the_second_evaluator_and_for_the_members_figures(found: Found) -> None:
    browser = found.browser()
    step(browser, found, "approve")
    assert "Have it seconded first" in here(browser, found)
    step(browser, found, "publish", status=422, number=number_of(found))
    step(found.browser(found.second), found, "second", number=number_of(found))
    assert "Release the members’ figures first, below." in here(browser, found)
    step(browser, found, "publish", status=422, number=number_of(found))
    assert done(found) == ["approve", "second"]


def test_one_pair_of_eyes__is_enough_where_no_programme_asks_for_more(sqlite_database: Engine, tmp_path: Path) -> None:
    found = ready(small(sqlite_database, tmp_path, four_eyes=False))
    browser = found.browser()
    for name in ("release", "approve", "publish"):
        step(browser, found, name, final="yes")
    assert done(found) == ["release", "approve", "publish"]


def test_publishing__has_the_report_made_in_the_background(found: Found) -> None:
    for browser, name in ((found.browser(), "approve"), (found.browser(found.second), "second"), (found.browser(), "release")):
        step(browser, found, name, final="yes")
    step(found.browser(), found, "publish")
    with writing(found.site.engine) as session:
        assert [job.kind for job in session.exec(select(Job))] == ["report.make"]


def test_releasing__asks_for_a_tick__and_says_what_it_means(found: Found) -> None:
    browser = found.browser()
    assert "no answer of this round can be handed in late or corrected" in here(browser, found)
    page = step(browser, found, "release", status=422)
    assert "Tick this to go on" in text_of(page)
    with writing(found.site.engine) as session:
        assert not session.exec(select(ReleasedCell)).all()
    step(browser, found, "release", final="yes")
    assert "no answer of this round can be changed any more" in here(browser, found)


@pytest.mark.parametrize("because", ["", "too short"])
def test_withdrawing__asks_for_a_reason(found: Found, because: str) -> None:
    browser = found.browser()
    step(browser, found, "approve")
    page = step(browser, found, "withdraw", status=422, because=because)
    assert page.one("textarea", id="because").attributes["aria-invalid"] == "true"
    assert done(found) == ["approve"]


def test_withdrawn_diagnosis__is_not_approved_again__and_the_page_says_what_to_do(found: Found) -> None:
    browser = found.browser()
    step(browser, found, "approve")
    step(browser, found, "withdraw", because="Approved by mistake.")
    text = here(browser, found)
    assert "is not approved again" in text
    assert "Approved by mistake." in text
    step(browser, found, "approve", status=409)


def test_what_another_page_showed__cannot_be_approved(found: Found) -> None:
    step(found.browser(), found, "approve", status=404, diagnosis="0" * 64)
    assert done(found) == []


def test_unknown_report__is_not_found(found: Found) -> None:
    step(found.browser(), found, "approve")
    for name in ("second", "publish", "withdraw"):
        step(found.browser(), found, name, status=404, number="2026-XXX-000000", because="A figure was wrong.")


def test_manager_and_stranger__take_no_step(found: Found) -> None:
    for account in (found.manager, found.stranger):
        browser = found.browser(account)
        form = browser.get("/account").value("form")
        for name in ("release", "approve", "second", "publish", "withdraw"):
            browser.post(f"{found.address}/publication/{name}", status=404, form=form)


def pdf(browser: StaffBrowser, address: str) -> bytes:
    reply = browser.client.get(address, base_url=browser.settings.base_url)
    assert (reply.status_code, reply.mimetype) == (200, "application/pdf")
    return bytes(reply.data)


def publish(found: Found) -> None:
    for browser, name in ((found.browser(), "approve"), (found.browser(found.second), "second"), (found.browser(), "release")):
        step(browser, found, name, final="yes")
    step(found.browser(), found, "publish")


def test_report__is_out_for_the_manager_only_while_it_is_published(found: Found) -> None:
    manager = found.browser(found.manager)
    manager.get(f"{found.address}/report.pdf", status=404)
    publish(found)
    assert pdf(manager, f"{found.address}/report.pdf").startswith(b"%PDF-")
    with writing(found.site.engine) as session:
        row = only(session.exec(select(Publication)).first())
        publications.withdraw(session, row, "A figure was wrong.", account_id=found.first, now=found.site.clock.now)
    manager.get(f"{found.address}/report.pdf", status=404)


def test_report__that_is_taken_away__is_on_record(found: Found) -> None:
    publish(found)
    number = number_of(found)
    pdf(found.browser(found.manager), f"{found.address}/report.pdf")
    with writing(found.site.engine) as session:
        (event,) = session.exec(select(AuditEvent).where(col(AuditEvent.verb) == "download_report"))
        assert event.actor == f"account/{found.manager}"
        assert number in event.details


def test_draft__is_for_evaluators__and_made_once(found: Found) -> None:
    found.browser(found.manager).get(f"{found.address}/draft.pdf", status=404)
    first, again = (pdf(found.browser(), f"{found.address}/draft.pdf") for _ in range(2))
    assert first == again
    assert first.startswith(b"%PDF-")
    with writing(found.site.engine) as session:
        assert verbs(session).count("make report") == 1


def raw(browser: StaffBrowser, address: str) -> TestResponse:
    """What the site answers, whatever it is."""
    return browser.client.get(address, base_url=browser.settings.base_url)


def lines(page: Page) -> list[str]:
    """The lines of the table of report files."""
    texts = (" ".join(row.text.split()) for row in page.all("tr"))
    return [text for text in texts if "Look at it" in text]


def test_report_files__are_offered_for_every_reader__asked_for_in_the_background_and_handed_out_once_made(found: Found) -> None:
    browser = found.browser()
    page = browser.get(f"{found.address}/publication")
    assert len(lines(page)) == 3 * len(report_languages("2026.1"))
    assert all("Not made yet" in line for line in lines(page))
    form = page.value("form")
    for _ in range(2):
        browser.post(f"{found.address}/publication/reports", form=form, audience="executives", language="en")
    assert sum("Being made" in line for line in lines(browser.get(f"{found.address}/publication"))) == 1
    with writing(found.site.engine) as session:
        (job,) = session.exec(select(Job).where(col(Job.kind) == report_files.KIND)).all()
        payload = json.loads(job.payload)
        job.state = JobState.DONE
        session.add(job)
    address = found.site.engine.url.render_as_string(hide_password=False)
    HANDLERS[report_files.KIND](replace(found.site.settings, database=address), payload, lambda *_: None)
    page = browser.get(f"{found.address}/publication")
    assert sum("Ready" in line for line in lines(page)) == 1
    (link,) = (a.attributes["href"] for a in page.all("a") if "Download" in a.text)
    reply = raw(browser, link)
    assert reply.data.startswith(b"%PDF-")
    assert "draft-executives-en.pdf" in reply.headers["Content-Disposition"]


@pytest.mark.parametrize("asked", ["audience=everybody", "language=xx", "audience=agency&language=../en"])
def test_report__of_a_kind_that_there_is_none_of__is_not_found(found: Found, asked: str) -> None:
    assert raw(found.browser(), f"{found.address}/draft.pdf?{asked}").status_code == 404
    assert raw(found.browser(), f"{found.address}/report-preview?{asked}").status_code == 404


def test_publishing__freezes_what_the_report_shows_beside_its_diagnosis(found: Found) -> None:
    first, second = found.browser(), found.browser(found.second)
    for browser, name in [(first, "approve"), (second, "second"), (first, "release"), (second, "publish")]:
        step(browser, found, name, final="yes")
    digest = found.diagnosis().digest
    with writing(found.site.engine) as session:
        (row,) = session.exec(select(ReportAnnex)).all()
        annex = json.loads(row.document)
    assert (annex["diagnosis"], annex["stability"]["times"]) == (digest, 1000)


def test_report__is_shown_in_the_browser__with_its_own_style_sheets__as_a_draft(found: Found) -> None:
    browser = found.browser()
    page = raw(browser, f"{found.address}/report-preview?audience=agency&language=en")
    assert page.status_code == 200
    text = page.text
    assert "Draft – not approved" in text
    assert "asset:" not in text
    assert "<main" in text
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)
    assert "/report-parts/report.css" in sheets
    assert any("report-preview.css" in sheet for sheet in sheets)
    for sheet in sheets:
        reply = raw(browser, sheet.replace("&amp;", "&"))
        assert (reply.status_code, reply.mimetype) == (200, "text/css")
        assert b"asset:" not in reply.data
        reply.close()
    assert raw(browser, "/report-parts/fonts/NotoSans-Regular.ttf").status_code == 200


@pytest.mark.parametrize("name", ["report.html", "../../assess/cli.py", "fonts/README.md", "fonts/none.ttf", "%2e%2e/report.css"])
def test_parts_of_the_report__are_its_style_sheets_and_fonts_and_nothing_else(found: Found, name: str) -> None:
    assert raw(found.browser(), f"/report-parts/{name}").status_code == 404


def test_reports_of_a_year__are_asked_for_together__each_once__and_counted(found: Found) -> None:
    browser, year = found.browser(), int(found.address.rsplit("/", 1)[1])
    assert "0 of 1 made" in text_of(browser.get(f"/desk?year={year}"))
    for _ in range(2):
        browser.get(f"/desk?year={year}")
        browser.post("/desk/reports", year=str(year))
    page = browser.get(f"/desk?year={year}")
    assert "1 being made" in text_of(page)
    assert not page.all("form", action="/desk/reports")
    assert len(report_jobs(found)) == 1


def test_reports_of_a_year__are_those_of_ones_own_clusters(found: Found) -> None:
    stranger, year = found.browser(found.stranger), int(found.address.rsplit("/", 1)[1])
    assert "Reports of" not in text_of(stranger.get(f"/desk?year={year}"))
    stranger.post("/desk/reports", year=str(year))
    assert report_jobs(found) == []
    manager = found.browser(found.manager)
    manager.get("/desk")
    manager.post("/desk/reports", year=str(year))
    assert report_jobs(found) == []


def report_jobs(found: Found) -> list[Job]:
    with writing(found.site.engine) as session:
        return list(session.exec(select(Job).where(col(Job.kind) == report_files.KIND)))
