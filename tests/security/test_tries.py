"""Guessing is slowed down at every door, and what a person did before is worth nothing afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import new_migrated
from web.staffing import Staffed, staffed_site

from assess.store.staff_tables import Role
from assess.web import doors

EVALUATOR = "evaluator@example.org"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Staffed]:
    with new_migrated("sqlite", tmp_path) as engine:
        yield staffed_site(engine, tmp_path)


def test_codes_that_are_guessed__are_stopped_for_the_client(site: Staffed) -> None:
    browser = site.browser(site.accounts[Role.EVALUATOR], waits=True)
    browser.get("/sign-in/code")
    form = browser.page.value("form")
    for number in range(doors.CODE.client[0].amount):
        browser.post("/sign-in/code", status=422, form=form, code=f"{number:06}")
    browser.post("/sign-in/code", status=429, form=form, code="000000")


def test_passwords_that_are_guessed__are_stopped_for_the_account__wherever_they_come_from(site: Staffed) -> None:
    limit = doors.SIGN_IN.account[0].amount
    statuses = [_try_from(site, f"192.0.2.{number % 9}", EVALUATOR) for number in range(limit + 1)]
    assert statuses == [422] * limit + [429]
    assert _try_from(site, "192.0.2.99", "manager@example.org") == 422


def _try_from(site: Staffed, client: str, email: str) -> int:
    browser = site.browser()
    browser.get("/sign-in")
    sent = {"form": browser.page.value("form"), "email": email, "password": "wrong again and again"}
    given = {"base_url": site.settings.base_url, "environ_base": {"REMOTE_ADDR": client}}
    return browser.client.post("/sign-in", data=sent, **given).status_code


@pytest.mark.parametrize("email", [EVALUATOR, "nobody@example.org"])
def test_letters_for_a_new_password__are_few_for_each_address__known_or_not(site: Staffed, email: str) -> None:
    browser = site.browser()
    for _ in range(doors.FORGOTTEN.account[0].amount):
        browser.get("/forgotten")
        browser.post("/forgotten", email=email)
    browser.get("/forgotten")
    browser.post("/forgotten", status=429, email=email)


@pytest.mark.parametrize("path", ["/welcome/", "/reset/"])
def test_links_of_staff_that_are_guessed__are_stopped(site: Staffed, path: str) -> None:
    browser = site.browser()
    browser.get("/sign-in")
    form = browser.page.value("form")
    for _ in range(doors.STAFF_LINK.client[0].amount):
        browser.post(f"{path}{'A' * 43}", status=404, form=form, new="violet otters hum at dusk", again="violet otters hum at dusk")
    browser.post(f"{path}{'A' * 43}", status=429, form=form, new="violet otters hum at dusk", again="violet otters hum at dusk")


def test_forged_sender__is_not_believed__without_a_proxy(site: Staffed) -> None:
    browser = site.browser()
    statuses = []
    for number in range(doors.STAFF_LINK.client[0].amount + 1):
        heads = {"X-Forwarded-For": f"192.0.2.{number}"}
        statuses.append(browser.client.get(f"/reset/{'A' * 43}", base_url=site.settings.base_url, headers=heads).status_code)
    assert statuses[-1] == 429


def test_session_that_was_given_before_signing_in__is_not_the_one_afterwards(site: Staffed) -> None:
    browser = site.browser()
    browser.get("/sign-in")
    planted = browser.cookie
    browser.post("/sign-in", email=EVALUATOR, password="violet otters sing at noon")  # noqa: S106
    assert browser.cookie not in ("", planted)
    browser.carry(planted)
    browser.get("/account", status=303)
