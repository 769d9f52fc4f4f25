"""An administrator's day in a browser: accounts, clusters, definitions, jobs, the log, retention and break-glass, without a barrier."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from secrets import token_hex

import pytest
from databases import new_migrated
from playwright.sync_api import Browser, Page
from sqlmodel import select
from web.staffing import Staffed, session_token, staffed_site
from workflow.surveying import NOON, only

from assess.store.session import writing
from assess.store.staff_tables import Role
from assess.store.tables import Job, JobState, Round, RoundState
from assess.workflow import jobs, retention
from browser.staffed import follow, judge_shown, served
from browser.watching import window


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    """A site with a closed round that was warned of, a job that was given up, and one preview."""
    folder = tmp_path_factory.mktemp("admin")
    with new_migrated("sqlite", folder) as engine:
        made = staffed_site(engine, folder)
        with writing(engine) as session:
            round_ = only(session.get(Round, made.foreign.round_id))
            round_.state, round_.closed_at, round_.retain_until = RoundState.CLOSED, NOON, NOON + timedelta(days=50)
            session.flush()
            retention.warn_due(session, base_url="https://survey.example.org", now=NOON)
            dead = jobs.enqueue(session, kind="report.make", key="report:1", payload={}, now=NOON - timedelta(hours=5))
            dead.state, dead.error, dead.attempts = JobState.DEAD, "Its process ended unexpectedly (exit code -9).", 6
        yield made


@contextmanager
def signed_in(site: Staffed, chromium: Browser) -> Iterator[tuple[Page, str]]:
    """Yield an administrator's page without JavaScript's help, and the site's address."""
    with served(site) as origin, window(chromium, origin, javascript=True) as context:
        with writing(site.engine) as session:
            token = session_token(session, site.accounts[Role.ADMIN], site.clock)
        context.add_cookies([{"name": "assess", "value": token, "url": origin}])
        yield context.new_page(), origin


def test_day_of_an_administrator__has_no_barrier(site: Staffed, chromium: Browser) -> None:
    with signed_in(site, chromium) as (page, origin):
        page.goto(f"{origin}/admin/accounts")
        judge_shown(page, "accounts")
        name = f"Nadia New {token_hex(4)}"  # a second try adds another
        page.get_by_label("Mail address").fill(f"{name.replace(' ', '.')}@example.org")
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Evaluator", exact=True).check()
        follow(page.get_by_role("button", name="Add and send the link"))
        page.get_by_text("Name a cluster for a manager").wait_for()
        judge_shown(page, "account-refused")
        page.get_by_label("own valley").check()
        follow(page.get_by_role("button", name="Add and send the link"))
        follow(page.get_by_role("link", name=name))
        judge_shown(page, "account")
        follow(page.get_by_role("button", name="Disable"))
        page.get_by_text("It is saved.").wait_for()
        page.get_by_role("button", name="Enable").wait_for()


def test_pages_of_administration__have_no_barrier(site: Staffed, chromium: Browser) -> None:
    pages = {
        "assignments": "/admin/assignments",
        "clusters": "/admin/clusters",
        "cluster": "/admin/clusters/own-valley",
        "contact": f"/admin/clusters/own-valley/members/{site.own.arguments['member']}",
        "programmes": "/admin/programmes",
        "programme": "/admin/programmes/own-programme",
        "definitions": "/admin/definitions",
        "differences": "/admin/definitions/rules/2026.1/differences?against=2026.1",
        "text": "/admin/definitions/questionnaires/management/2026.1",
        "retention": "/admin/retention",
        "retention-round": "/admin/retention/foreign-valley/2026",
    }
    with signed_in(site, chromium) as (page, origin):
        for name, address in pages.items():
            page.goto(f"{origin}{address}")
            judge_shown(page, name)


def test_job_that_was_given_up__is_tried_again(site: Staffed, chromium: Browser) -> None:
    with signed_in(site, chromium) as (page, origin):
        page.goto(f"{origin}/admin/jobs")
        judge_shown(page, "jobs")
        follow(page.get_by_role("button", name="Retry"))
        page.get_by_text("Nothing was given up.").wait_for()
        page.goto(f"{origin}/admin/definitions/previews")
        page.get_by_role("radio").check()
        judge_shown(page, "previews")
        follow(page.get_by_role("button", name="Infer again"))
        page.get_by_text("Load this page again in a moment").wait_for()
        judge_shown(page, "preview")
        with writing(site.engine) as session:
            assert {job.state for job in session.exec(select(Job))} == {JobState.WAITING}


def test_log__is_checked_and_searched(site: Staffed, chromium: Browser) -> None:
    with signed_in(site, chromium) as (page, origin):
        page.goto(f"{origin}/admin/audit")
        follow(page.get_by_role("button", name="Check the whole log now"))
        page.get_by_text("holds", exact=False).first.wait_for()
        judge_shown(page, "audit")
        page.get_by_label("Did what").select_option("grant")
        follow(page.get_by_role("button", name="Search"))
        assert page.locator("tbody tr").count() >= 4
        page.get_by_label("From the day").fill("2027-01-01")
        follow(page.get_by_role("button", name="Search"))
        page.get_by_text("No event is like this.").wait_for()


def test_glass__is_broken_and_closed_again(site: Staffed, chromium: Browser) -> None:
    with signed_in(site, chromium) as (page, origin):
        page.goto(f"{origin}/admin/break-glass")
        judge_shown(page, "break-glass")
        page.get_by_label("own valley, 2026").check()
        page.get_by_label("Reason").fill("Too short.")
        follow(page.get_by_role("button", name="Open the answers"))
        judge_shown(page, "break-glass-refused")
        page.get_by_label("Reason").fill("A member asked what is held about it.")
        follow(page.get_by_role("button", name="Open the answers"))
        page.get_by_text("open to you for one hour").wait_for()
        judge_shown(page, "break-glass-open")
        follow(page.get_by_role("button", name="End it now"))
        page.get_by_role("cell", name="over").wait_for()
