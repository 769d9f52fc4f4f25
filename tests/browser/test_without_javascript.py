"""Everything works where scripts do not run."""

from __future__ import annotations

from playwright.sync_api import expect

from browser.conftest import Opener
from browser.filling import choose
from browser.serving import Link


def test_a_company__without_javascript__answers_a_section_and_sends_the_response(opened: Opener, link: Link) -> None:
    page = opened(javascript=False).new_page()
    page.goto(link.start)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("group", name="How many people work for your organisation").get_by_label("10 to 49").check()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who is in the cluster")
    page.get_by_role("navigation", name="Sections").get_by_role("button", name="Check and send").click()
    page.locator("summary", has_text="Your organisation").click()
    expect(page.get_by_text("10 to 49")).to_be_visible()
    page.get_by_role("button", name="Send the response").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your response has been sent.")
    assert link.answers() == {"kind": "company", "size": "small"}


def test_an_answer_that_cannot_be__without_javascript__is_kept_and_explained(opened: Opener, link: Link) -> None:
    page = opened(javascript=False).new_page()
    link.save("about", {"kind": "company"})
    page.goto(link.page("closing"))
    share = page.get_by_label("what percentage comes from the region?")
    share.first.fill("135")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".summary")).to_contain_text("Enter a whole percentage from 0 to 100.")
    expect(page.locator("#f-linkage_local_sourcing_share")).to_have_value("135")


def test_stopping__without_javascript__says_that_the_answers_are_saved(opened: Opener, link: Link) -> None:
    page = opened(javascript=False).new_page()
    link.save("about", {"kind": "company"})
    page.goto(link.page("network"))
    choose(page, "network_density", "4")
    page.get_by_role("button", name="Save and stop for now").click()
    expect(page.locator(".notice")).to_contain_text("Your answers are saved.")
    assert link.answers()["network_density"] == "4"
