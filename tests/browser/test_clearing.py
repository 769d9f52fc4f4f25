"""A choice can be taken back: by mouse, by keyboard, on a telephone and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Opener
from browser.filling import choose, option
from browser.judging import barriers, too_wide
from browser.serving import Link

ROW = "Clear the answer: Most firms in the cluster are in touch"


def clear_button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def at_network(page: Page, link: Link) -> Page:
    link.save("about", {"kind": "company", "size": "large"})
    page.goto(link.page("network"))
    return page


def test_the_button__is_seen__only_while_there_is_an_answer(opened: Opener, link: Link) -> None:
    page = at_network(opened(javascript=False).new_page(), link)
    expect(clear_button(page, ROW)).to_have_count(0)
    choose(page, "network_density", "4")
    expect(clear_button(page, ROW)).to_be_visible()


def test_an_answer__by_keyboard__is_taken_back_and_saved(opened: Opener, link: Link) -> None:
    page = at_network(opened().new_page(), link)
    with page.expect_response("**/autosave"):
        choose(page, "network_density", "4")
    option(page, "network_density", "4").focus()
    page.keyboard.press("Tab")
    expect(clear_button(page, ROW)).to_be_focused()
    with page.expect_response("**/autosave"):
        page.keyboard.press("Enter")
    expect(option(page, "network_density", "4")).not_to_be_checked()
    expect(option(page, "network_density", "4")).to_be_focused()
    assert "network_density" not in link.answers()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_single_choice__is_taken_back__and_stays_so(opened: Opener, link: Link, javascript: bool) -> None:
    page = opened(javascript=javascript).new_page()
    link.save("about", {"kind": "company", "size": "large"})
    page.goto(link.page("about"))
    clear_button(page, "Clear the answer: How many people work").click()
    expect(option(page, "size", "large")).not_to_be_checked()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who is in the cluster")
    assert link.answers() == {"kind": "company"}


def test_a_row__without_javascript__is_taken_back_with_the_rest_saved(opened: Opener, link: Link) -> None:
    page = at_network(opened(javascript=False).new_page(), link)
    choose(page, "network_density", "4")
    choose(page, "network_startups", "2")
    clear_button(page, ROW).click()
    expect(option(page, "network_density", "4")).not_to_be_checked()
    expect(option(page, "network_startups", "2")).to_be_checked()
    assert link.answers() == {"kind": "company", "size": "large", "network_startups": "2"}


def test_a_table__on_a_telephone__has_room_for_the_button(opened: Opener, link: Link) -> None:
    page = at_network(opened(width=360).new_page(), link)
    choose(page, "network_density", "4")
    box = clear_button(page, ROW).bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert not too_wide(page)
    assert not barriers(page)
