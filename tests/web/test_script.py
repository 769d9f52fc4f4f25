"""With JavaScript a section saves itself, opens questions as they apply, and never fights with its own form."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, Route, expect

from web.served import Served

SOON = 20_000
"""Milliseconds to wait at most for what happens by itself; the script needs under five seconds."""


def test_change__is_saved_by_itself__and_said(served: Served, page: Page) -> None:
    page.goto(served.address("/about"))
    page.fill("#f-sites", "4")
    expect(page.locator("#status")).to_contain_text("Saved", timeout=SOON)
    assert served.survey.answers()["sites"] == "4"
    assert page.locator("#status").get_attribute("aria-live") == "polite"


def test_question__opens_and_closes_with_the_answer__and_the_focus_stays(served: Served, page: Page) -> None:
    page.goto(served.address("/about"))
    page.focus("#f-exports-yes")
    page.keyboard.press("Space")
    expect(page.locator("#f-export_share")).to_be_visible(timeout=SOON)
    assert page.evaluate("document.activeElement.id") == "f-exports-yes"
    order = page.eval_on_selector_all("#parts > [data-part]", "parts => parts.map(p => p.dataset.part)")
    assert order[:4] == ["hello", "exports", "export_share", "works_in"]
    page.fill("#f-export_share", "40")
    page.check("#f-exports-no")
    expect(page.locator("#f-export_share")).to_have_count(0, timeout=SOON)
    page.check("#f-exports-yes")
    expect(page.locator("#f-export_share")).to_have_value("40", timeout=SOON)


def test_choices__follow_other_answers(served: Served, page: Page) -> None:
    page.goto(served.address("/about"))
    page.check("#f-works_in-drives")
    expect(page.locator("#f-main_field-optics")).to_have_count(0, timeout=SOON)
    expect(page.locator("#f-main_field-drives")).to_have_count(1)


def test_button__after_a_change_that_saved_itself__meets_no_conflict(served: Served, page: Page) -> None:
    page.goto(served.address("/about"))
    page.fill("#f-sites", "4")
    expect(page.locator("#status")).to_contain_text("Saved", timeout=SOON)
    page.fill("#f-sites", "5")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/talks")
    assert served.survey.answers()["sites"] == "5"


def test_button__while_a_save_is_under_way__waits_for_it(served: Served, page: Page) -> None:
    held: list[Route] = []
    page.route("**/autosave", lambda route: held.append(route))
    page.goto(served.address("/about"))
    with page.expect_request("**/autosave"):
        page.fill("#f-sites", "4")
    page.fill("#f-sites", "5")
    page.get_by_role("button", name="Save and continue").click(no_wait_after=True)
    held[0].continue_()
    page.wait_for_url("**/talks")
    assert served.survey.answers()["sites"] == "5"


def test_lost_connection__is_told__and_the_same_answers_are_sent_again(served: Served, page: Page) -> None:
    page.route("**/autosave", lambda route: route.abort())
    page.goto(served.address("/about"))
    page.fill("#f-sites", "4")
    expect(page.locator("#status")).to_contain_text("cannot be reached", timeout=SOON)
    page.fill("#f-remark", "written meanwhile")
    page.unroute("**/autosave")
    expect(page.locator("#status")).to_contain_text("Saved", timeout=SOON)
    expect(page.locator("#status.pending")).to_have_count(0)
    with page.expect_response("**/autosave"):
        page.fill("#f-sites", "6")
    assert served.survey.answers() == {"sites": "6", "remark": "written meanwhile"}


def test_answer_that_somebody_else_changed__is_told_and_compared(served: Served, page: Page) -> None:
    page.goto(served.address("/about"))
    other = served.survey.another_browser()
    other.get("/about")
    other.save("about", {"sites": "9"})
    page.fill("#f-sites", "4")
    expect(page.locator("#status")).to_contain_text("Somebody else has changed", timeout=SOON)
    assert served.survey.answers()["sites"] == "9"
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator("h1")).to_contain_text("Two different answers")


def test_browser__keeps_nothing(served: Served, page: Page) -> None:
    page.goto(served.address("/about"))
    page.fill("#f-sites", "4")
    expect(page.locator("#status")).to_contain_text("Saved", timeout=SOON)
    kept = page.evaluate("async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, document.cookie]")
    assert kept == [0, 0, 0, ""]


def test_error_summary__takes_the_focus__and_leads_to_the_field(served: Served, page: Page) -> None:
    page.goto(served.address("/about"))
    page.fill("#f-sites", "many")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_selector("#summary")
    assert page.evaluate("document.activeElement.id") == "summary"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "f-sites"


def test_enter_in_a_box__saves_and_continues(served: Served, page: Page) -> None:
    page.goto(served.address("/about"))
    page.fill("#f-sites", "4")
    page.press("#f-sites", "Enter")
    page.wait_for_url("**/talks")
    assert served.survey.answers()["sites"] == "4"


def test_everything_to_press__is_at_least_44_pixels_high__on_a_phone(served: Served, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    page = context.new_page()
    small = {}
    for path in ("", "/about", "/talks", "/review"):
        page.goto(served.address(path))
        small[path] = page.evaluate(
            """() => [...document.querySelectorAll("button, summary, .option, .cell, .form-control, nav a, a.btn")]
                .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.classList.contains("visually-hidden"))
                .filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 100))"""
        )
    context.close()
    assert small == {path: [] for path in small}
