"""The door of staff and their own page in Chromium: no barrier, nothing too wide, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from databases import new_migrated
from playwright.sync_api import Browser
from web.staffing import PASSWORD, Staffed, staffed_site
from workflow.surveying import only

from assess.store.session import writing
from assess.store.staff_tables import Account, Role
from assess.workflow import people
from browser.staffed import follow, judge, served
from browser.watching import window


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    """Accounts of every role, of which the evaluator's has no device yet."""
    folder = tmp_path_factory.mktemp("staff")
    with new_migrated("sqlite", folder) as engine:
        made = staffed_site(engine, folder)
        with writing(engine) as session:
            account = only(session.get(Account, made.accounts[Role.EVALUATOR]))
            people.reset_second_factor(session, account, now=made.clock.now, actor="command line")
        yield made


def test_way_through_the_door__has_no_barrier(site: Staffed, chromium: Browser) -> None:
    with served(site) as origin, window(chromium, origin, javascript=True) as context:
        page = context.new_page()
        page.goto(f"{origin}/sign-in")
        judge(page, "sign-in", "Sign in")
        page.get_by_label("Mail address").fill("evaluator@example.org")
        page.get_by_label("Password", exact=True).fill("not the password")
        follow(page.get_by_role("button", name="Go on"))
        page.get_by_text("Check address and password").wait_for()
        judge(page, "sign-in-refused", "Sign in")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        follow(page.get_by_role("button", name="Go on"))
        judge(page, "device", "Set up your second factor")
        page.get_by_label("Code").fill(site.code(site.accounts[Role.EVALUATOR]))
        follow(page.get_by_role("button", name="Go on"))
        judge(page, "recovery-codes", "Keep these recovery codes")
        page.goto(f"{origin}/account")
        judge(page, "account", "Your account")
        follow(page.get_by_role("link", name="Change the password"))
        judge(page, "change-password", "Change your password")
        page.goto(f"{origin}/account/device")
        judge(page, "confirm", "Set up another device")
        page.goto(f"{origin}/account/nothing")
        judge(page, "refusal", "There is no such page")
        page.goto(f"{origin}/account")
        follow(page.get_by_role("button", name="Sign out"))
        judge(page, "signed-out", "Sign in")
        site.clock.wait(minutes=1)
        page.get_by_label("Mail address").fill("evaluator@example.org")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        follow(page.get_by_role("button", name="Go on"))
        judge(page, "code", "Enter your code")
        page.goto(f"{origin}/forgotten")
        judge(page, "forgotten", "Forgotten password")


def test_first_password__is_chosen_on_a_page_without_barrier(site: Staffed, chromium: Browser) -> None:
    with writing(site.engine) as session:
        given = {"email": "first@example.org", "name": "Fiona First", "base_url": site.settings.base_url}
        _, token = people.add_account(session, **given, now=site.clock.now, actor="command line")
    with served(site) as origin, window(chromium, origin, javascript=False) as context:
        page = context.new_page()
        page.goto(f"{origin}/welcome/{token}")
        page.get_by_label("New password", exact=True).fill("short")
        follow(page.get_by_role("button", name="Keep this password"))
        page.get_by_role("link", name="Choose at least 12 characters").wait_for()
        page.goto(f"{origin}/welcome/{token}")
        page.get_by_label("New password", exact=True).fill("nine slow tortoises")
        page.get_by_label("New password, once more").fill("nine slow tortoises")
        follow(page.get_by_role("button", name="Keep this password"))
        page.get_by_role("heading", name="Sign in").wait_for()
