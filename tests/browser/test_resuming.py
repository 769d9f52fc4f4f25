"""Stopping and going on, and links that are over: no answer is lost on the way."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from browser.conftest import Opener
from browser.filling import choose, option
from browser.serving import Link, SurveySite

SAVED = re.compile(r"Saved .*\d\d:\d\d")


def at_network(page: Page, link: Link) -> Page:
    """Open the section with the first table."""
    link.save("about", {"kind": "company", "size": "large"})
    page.goto(link.page("network"))
    return page


def test_autosave__some_seconds_after_a_change__is_announced(opened: Opener, link: Link) -> None:
    page = opened().new_page()
    page.goto(link.start)
    page.get_by_role("button", name="Start").click()
    status = page.get_by_role("status")
    expect(status).to_have_attribute("aria-live", "polite")
    expect(status).to_have_text("Nothing saved yet")
    choose(page, "size", "medium")
    expect(status).to_have_text(SAVED)
    assert link.answers()["size"] == "medium"


def test_autosave__while_typing__leaves_the_focus_and_the_text_alone(opened: Opener, link: Link) -> None:
    page = opened().new_page()
    link.save("about", {"kind": "company"})
    page.goto(link.page("closing"))
    with page.expect_response("**/autosave"):
        page.locator("#f-comment").press_sequentially("First half,")
    page.keyboard.type(" second half.")
    with page.expect_response("**/autosave"):
        expect(page.locator("#f-comment")).to_be_focused()
    expect(page.locator("#f-comment")).to_have_value("First half, second half.")
    assert link.answers()["comment"] == "First half, second half."


def test_a_section__closed_half_way__goes_on_on_another_device(opened: Opener, link: Link) -> None:
    first = opened()
    page = at_network(first.new_page(), link)
    with page.expect_response("**/autosave"):
        choose(page, "network_density", "4")
        choose(page, "network_startups", "dont_know")
    page.close()
    elsewhere = opened(width=360).new_page()
    elsewhere.goto(link.start)
    elsewhere.get_by_role("link", name="Continue").click()
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Who is in the cluster")
    expect(option(elsewhere, "network_density", "4")).to_be_checked()
    expect(option(elsewhere, "network_startups", "dont_know")).to_be_checked()
    expect(option(elsewhere, "network_diversity", "4")).not_to_be_checked()


def test_a_page__left_at_once_after_a_change__has_saved_it(opened: Opener, link: Link) -> None:
    page = at_network(opened().new_page(), link)
    choose(page, "network_density", "2")
    page.goto(link.start)
    link.wait_until_served("network/autosave")
    assert link.answers()["network_density"] == "2"


def test_nothing__of_an_answer__stays_in_the_browser(opened: Opener, link: Link) -> None:
    context = opened()
    page = at_network(context.new_page(), link)
    with page.expect_response("**/autosave"):
        choose(page, "network_density", "4")
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert context.cookies() == []


def test_an_expired_link__says__what_to_do(opened: Opener, site: SurveySite) -> None:
    page = opened().new_page()
    reply = page.goto(site.expired_link().start)
    assert reply is not None
    assert reply.status == 410
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".lead")).to_have_text(re.compile(r"^(Ask|Write|Open) "))


def test_a_link__cut_short_by_a_mail_program__says_what_to_do(opened: Opener, link: Link) -> None:
    page = opened().new_page()
    reply = page.goto(link.start[:-1])
    assert reply is not None
    assert reply.status == 404
    expect(page.locator(".lead")).to_have_text(re.compile(r"^(Ask|Copy|Open) "))
