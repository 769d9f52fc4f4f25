"""A cluster manager's and an evaluator's way through running a round and the action plan, in Chromium: no barrier, nothing too wide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from databases import new_migrated
from playwright.sync_api import Browser, BrowserContext, Page
from web.planning import BASE, TRUST, Planning, planned_site
from web.staffing import session_token

from assess.store.session import writing
from assess.store.staff_tables import Role
from browser.staffed import follow, judge, served
from browser.watching import window

_LIST = "name,kind,email\nHuber Antriebe,company,huber@example.org\nMeier,firm,meier@example.org\n"
_OWN = "/clusters/own-valley/2026"


@pytest.fixture(scope="module")
def planning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planning]:
    """A site with an open round in one cluster and a published report in another."""
    folder = tmp_path_factory.mktemp("managed")
    with new_migrated("sqlite", folder) as engine:
        made = planned_site(engine, folder)
        made.publish()
        made.publish(2027)
        yield made


@contextmanager
def signed_in(planning: Planning, chromium: Browser, role: Role, *, javascript: bool = True) -> Iterator[tuple[str, Page]]:
    """Serve the site over http, and yield its address with a page of somebody who is signed in."""
    with served(planning.site) as origin, window(chromium, origin, javascript=javascript) as context:
        _carry(context, planning, role, origin)
        yield origin, context.new_page()


def _carry(context: BrowserContext, planning: Planning, role: Role, origin: str) -> None:
    with writing(planning.site.engine) as session:
        token = session_token(session, planning.site.accounts[role], planning.site.clock)
    context.add_cookies([{"name": "assess", "value": token, "url": origin}])


def test_a_manager__looks_after_members_and_invitations(planning: Planning, chromium: Browser) -> None:
    with signed_in(planning, chromium, Role.MANAGER) as (origin, page):
        page.goto(f"{origin}{_OWN}/members")
        judge(page, "members", "Members")
        page.get_by_label("List of members").set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": _LIST.encode()})
        follow(page.get_by_role("button", name="Look through it first"))
        judge(page, "preview", "Look through the list")
        follow(page.get_by_role("button", name="Import 1 member"))
        follow(page.get_by_role("link", name="Huber Antriebe", exact=True))
        judge(page, "member", "Change Huber Antriebe")
        page.goto(f"{origin}{_OWN}/invitations")
        follow(page.get_by_role("button", name="Invite 1 member"))
        judge(page, "invitations", "Invitations")
        follow(page.get_by_role("button", name="Mail came back from Huber Antriebe"))
        follow(page.get_by_role("link", name="Send again to Huber Antriebe"))
        follow(page.get_by_role("button", name="Send the link"))
        judge(page, "resend", "Send a link again")
        page.get_by_label("Another mail address").fill("right@example.org")
        follow(page.get_by_role("button", name="Send the link"))
        follow(page.get_by_role("link", name="Withdraw the link of Organisation 0"))
        judge(page, "withdraw", "Withdraw a link")


def test_a_manager__reads_released_figures__and_keeps_the_plan(planning: Planning, chromium: Browser) -> None:
    with signed_in(planning, chromium, Role.MANAGER, javascript=False) as (origin, page):
        page.goto(f"{origin}{BASE}/2026/released")
        page.get_by_role("heading", level=1, name="Released figures").wait_for()
        follow(page.get_by_role("navigation", name="Pages of the round").get_by_role("link", name="Action plan"))
        page.get_by_role("link", name="Take it up").first.wait_for()
        page.goto(f"{origin}{BASE}/2026/plan/accept?instrument={planning.instrument}")
        page.get_by_label("Who owns it").fill("Cluster office")
        page.get_by_label("Milestone").fill("Four joint workshops of members that compete with each other")
        page.get_by_label("Due").fill("2026-12-31")
        choice = page.locator(f"input[value='{TRUST}'], select[name=indicator]")
        choice.check() if choice.get_attribute("type") == "radio" else choice.select_option(TRUST)
        page.get_by_label("Its target").fill("3.5")
        follow(page.get_by_role("button", name="Put it into the plan"))
        page.get_by_role("link", name="Review").wait_for()
        page.goto(f"{origin}{BASE}/2027/plan")
        follow(page.get_by_role("link", name="Review"))
        page.get_by_label("Done").check()
        page.get_by_label("Note").fill("All four were held.")
        follow(page.get_by_role("button", name="Keep the review"))
        page.get_by_text("Target reached").wait_for()


def test_pages_of_the_plan_and_of_figures__have_no_barrier(planning: Planning, chromium: Browser) -> None:
    planning.accept(planning.browser(Role.MANAGER), milestone="A charter of trust is signed", due="2026-06-02")
    planning.site.clock.wait(days=2)
    with signed_in(planning, chromium, Role.MANAGER) as (origin, page):
        page.goto(f"{origin}{BASE}/2026/released")
        judge(page, "released", "Released figures")
        page.goto(f"{origin}{BASE}/2027/plan")
        judge(page, "plan", "Action plan")
        follow(page.get_by_role("link", name="Review").first)
        page.get_by_label("Dropped").check()
        follow(page.get_by_role("button", name="Keep the review"))
        judge(page, "plan-review", "Review:")
        page.goto(f"{origin}{BASE}/2026/plan/accept?instrument={planning.instrument}")
        follow(page.get_by_role("button", name="Put it into the plan"))
        judge(page, "plan-accept", "Take up:")


def test_an_evaluator__runs_the_round(planning: Planning, chromium: Browser) -> None:
    with signed_in(planning, chromium, Role.EVALUATOR) as (origin, page):
        page.goto(f"{origin}/clusters/own-valley/next-round")
        judge(page, "next-round", "Plan a round")
        page.goto(f"{origin}{_OWN}/run")
        page.get_by_label("New last day").fill("2026-07-20")
        follow(page.get_by_role("button", name="Put the closing off"))
        page.get_by_text("The closing is put off.").wait_for()
        follow(page.get_by_role("button", name="Make an export"))
        judge(page, "run", "Run the round")
        follow(page.get_by_role("link", name="Close it before its time"))
        judge(page, "close", "Close the round")
        follow(page.get_by_role("button", name="Close the round now"))
        page.get_by_text("The round is closed.", exact=True).wait_for()
        page.goto(f"{origin}{_OWN}/invitations")
        follow(page.get_by_role("link", name="Reopen the response of Organisation 0"))
        judge(page, "reopen", "Reopen a response")
