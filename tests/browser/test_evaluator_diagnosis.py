"""An evaluator's way from a closed round to a published report and back, in Chromium: no barrier, nothing too wide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from databases import new_migrated
from playwright.sync_api import Browser, Page, expect
from web.found import Found, large
from web.staffing import session_token

from assess.store.session import writing
from browser.staffed import follow, judge, served
from browser.watching import window

_SETTING = 90_000
"""Milliseconds that setting a report may take on a busy machine."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    folder = tmp_path_factory.mktemp("found")
    with new_migrated("sqlite", folder) as engine:
        yield large(engine, folder)


class Office:
    """The running site with a window for every evaluator."""

    def __init__(self, found: Found, chromium: Browser, stack: ExitStack) -> None:
        self.found, self.chromium, self.stack = found, chromium, stack
        self.origin = stack.enter_context(served(found.site))

    def page(self, account: int, path: str) -> Page:
        """A page of the round, seen by an evaluator in a window of their own."""
        with writing(self.found.site.engine) as session:
            token = session_token(session, account, self.found.site.clock)
        context = self.stack.enter_context(window(self.chromium, self.origin, javascript=True))
        context.add_cookies([{"name": "assess", "value": token, "url": self.origin}])
        page = context.new_page()
        page.goto(f"{self.origin}{self.found.address}{path}")
        return page


@pytest.fixture
def office(found: Found, chromium: Browser) -> Iterator[Office]:
    with ExitStack() as stack:
        yield Office(found, chromium, stack)


def test_evaluator__diagnoses_asks_why_and_tries_what_if(office: Office) -> None:
    page = office.page(office.found.first, "/diagnosis")
    follow(page.get_by_role("button", name="Diagnose again"))
    expect(page.get_by_text("The round is diagnosed.")).to_be_visible()
    judge(page, "diagnosis", "Diagnosis of")
    follow(page.get_by_role("link", name="Why this stage, and why no other"))
    judge(page, "why-stage", "Why: the stage")
    follow(page.get_by_role("link", name="further away"))
    assert page.locator(".rule-card").count() > 60
    follow(page.get_by_role("link", name="What if"))
    page.get_by_label("Figure 1").select_option("structure.public_anchor_employment_share")
    page.get_by_label("Would be 1").fill("9 %")
    page.get_by_label("Figure 2").select_option("structure.firms")
    page.get_by_label("Would be 2").fill("many")
    follow(page.get_by_role("button", name="Show what follows"))
    expect(page.locator("#error-value-2")).to_contain_text("Write a number")
    judge(page, "what-if-wrong", "What if figures were others")
    page.get_by_label("Would be 2").fill("unknown")
    follow(page.get_by_role("button", name="Show what follows"))
    expect(page.get_by_role("heading", name="What would come out otherwise")).to_be_visible()
    expect(page.get_by_role("row", name="Type State-anchored")).to_be_visible()
    judge(page, "what-if", "What if figures were others")
    follow(page.get_by_role("link", name="Comparison"))
    page.locator("details").last.evaluate("element => element.open = true")
    judge(page, "comparison", "Comparison")


def test_two_evaluators__approve_second_publish_and_withdraw(office: Office) -> None:
    first, second = office.page(office.found.first, "/publication"), office.page(office.found.second, "/publication")
    judge(first, "publication-draft", "Publication")
    follow(first.get_by_role("button", name="Approve it"))
    expect(first.get_by_text("whoever approved it cannot second it")).to_be_visible()
    judge(first, "publication-approved", "Publication")
    first.get_by_label("No answer of this round will be corrected any more").check()
    follow(first.get_by_role("button", name="Release the figures"))
    second.reload()
    follow(second.get_by_role("button", name="Second it"))
    follow(second.get_by_role("button", name="Publish it"))
    expect(second.get_by_text("The report is out")).to_be_visible()
    judge(second, "publication-published", "Publication")
    with second.expect_download(timeout=_SETTING) as download:
        second.get_by_role("link", name="Published report").evaluate("link => link.click()")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    second.get_by_label("Why it is withdrawn").fill("Too short")
    follow(second.get_by_role("button", name="Withdraw"))
    expect(second.get_by_text("at least 10 characters").first).to_be_visible()
    judge(second, "publication-withdraw-wrong", "Publication")
    second.get_by_label("Why it is withdrawn").fill("A figure of the management was wrong.")
    follow(second.get_by_role("button", name="Withdraw"))
    expect(second.get_by_text("The report is withdrawn.")).to_be_visible()
    judge(second, "publication-withdrawn", "Publication")
