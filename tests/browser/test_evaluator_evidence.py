"""An evaluator's way through desk, sheet, evidence, responses, ratings and overrides in Chromium: no barrier, nothing too wide."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import new_migrated
from playwright.sync_api import Browser, BrowserContext, Page
from web.working import FIGURES, Bench, make_bench

from browser.staffed import follow, judge_shown, served
from browser.watching import window

REASON = "The annual accounts of the management say otherwise."


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A round that five companies answered; the year before has an evaluator's sheet."""
    with new_migrated("sqlite", tmp_path) as engine:
        made = make_bench(engine, tmp_path, year_before=FIGURES)
        made.answer(("1", "1", "5", "5", "5"))
        yield made


def sign_in(context: BrowserContext, origin: str, token: str) -> Page:
    """Open the desk in a session that has begun."""
    context.add_cookies([{"name": "assess", "value": token, "url": origin}])
    page = context.new_page()
    page.goto(f"{origin}/desk")
    return page


def test_evaluator__fills_in_the_sheet__and_looks_at_the_evidence(bench: Bench, chromium: Browser) -> None:
    with served(bench.site) as origin, window(chromium, origin, javascript=True) as context:
        page = sign_in(context, origin, bench.browser.cookie)
        judge_shown(page, "desk")
        follow(page.get_by_role("link", name="own valley"))
        judge_shown(page, "overview")
        follow(page.get_by_role("link", name="Sheet", exact=True))
        judge_shown(page, "sheet-unopened")
        follow(page.get_by_role("button", name="Begin the sheet"))
        judge_shown(page, "sheet")
        follow(page.get_by_role("link", name="Figures 0 of 5"))
        page.locator("button[value='confirm.firms']").wait_for()
        judge_shown(page, "section")
        follow(page.locator("button[value='confirm.firms']"))
        page.get_by_text("is judged and saved").wait_for()
        page.get_by_role("group", name="Idea").get_by_label("E", exact=True).check()
        page.locator("#status").get_by_text("Saved").wait_for()
        follow(page.get_by_role("button", name="Save and continue"))
        follow(page.get_by_role("button", name="Hand the sheet in"))
        page.get_by_text("receipt").wait_for()
        judge_shown(page, "sheet-handed-in")
        follow(page.get_by_role("link", name="Evidence", exact=True))
        judge_shown(page, "evidence")
        follow(page.get_by_role("link", name="Spread", exact=True))
        page.locator("th[aria-sort]").get_by_text("Spread").wait_for()
        follow(page.get_by_role("link", name="Responses", exact=True))
        judge_shown(page, "responses")
        follow(page.get_by_role("link", name="Organisation 1"))
        judge_shown(page, "response")
        page.get_by_label("Why it is reopened").fill("A figure was wrong.")
        follow(page.get_by_role("button", name="Reopen the response"))
        page.get_by_text("The response is open again").wait_for()


def test_without_javascript__a_second_evaluator_rates__and_the_first_replaces_a_figure(bench: Bench, chromium: Browser) -> None:
    bench.fill_sheet()
    second = bench.another_evaluator()
    with served(bench.site) as origin, window(chromium, origin, javascript=False) as context:
        page = sign_in(context, origin, second.cookie)
        page.goto(f"{origin}{bench.address}/evidence")
        page.get_by_role("heading", name="Evidence").wait_for()
        follow(page.get_by_role("link", name="Rate first"))
        page.get_by_role("group", name="Trust").get_by_label("B", exact=True).check()
        page.get_by_role("group", name="Idea").get_by_label("D", exact=True).check()
        follow(page.get_by_role("button", name="Save the ratings"))
        page.get_by_text("2 of 2 items rated").wait_for()
        follow(page.get_by_role("button", name="Finish my rating"))
        page.get_by_text("two steps or more apart").wait_for()
    bench.close()
    with served(bench.site) as origin, window(chromium, origin, javascript=False) as context:
        page = sign_in(context, origin, bench.browser.cookie)
        page.goto(f"{origin}{bench.address}/overrides")
        page.get_by_label("Indicator", exact=True).select_option("collaboration.trust")
        page.get_by_label("Value that holds instead").fill("9")
        page.get_by_label("Reason").fill(REASON)
        follow(page.get_by_role("button", name="Replace the figure"))
        page.get_by_text("off its scale").wait_for()
        page.get_by_label("Value that holds instead").fill("4")
        follow(page.get_by_role("button", name="Replace the figure"))
        page.get_by_text("The figure is replaced").wait_for()
        follow(page.get_by_role("button", name="Withdraw the override"))
        page.get_by_text("The override is withdrawn").wait_for()


def test_ratings_and_overrides__have_no_barrier(bench: Bench, chromium: Browser) -> None:
    bench.fill_sheet()
    second = bench.another_evaluator()
    with served(bench.site) as origin, window(chromium, origin, javascript=True) as context:
        page = sign_in(context, origin, second.cookie)
        page.goto(f"{origin}{bench.address}/overrides")
        judge_shown(page, "screened")
        page.goto(f"{origin}{bench.address}/ratings")
        judge_shown(page, "ratings")
        page.get_by_role("group", name="Trust").get_by_label("B", exact=True).check()
        follow(page.get_by_role("button", name="Save the ratings"))
        follow(page.get_by_role("button", name="Finish my rating"))
        page.get_by_text("Your rating is finished").wait_for()
        judge_shown(page, "agreement")
    bench.close()
    with served(bench.site) as origin, window(chromium, origin, javascript=True) as context:
        page = sign_in(context, origin, bench.browser.cookie)
        page.goto(f"{origin}{bench.address}/overrides")
        page.get_by_label("Indicator", exact=True).select_option("collaboration.trust")
        page.get_by_label("Value that holds instead").fill("4.5")
        page.get_by_label("Reason").fill(REASON)
        follow(page.get_by_role("button", name="Replace the figure"))
        page.get_by_text("The figure is replaced").wait_for()
        judge_shown(page, "overrides")
