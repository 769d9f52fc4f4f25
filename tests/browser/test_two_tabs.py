"""One response open twice: nothing is overwritten without asking."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from browser.conftest import Opener
from browser.filling import choose
from browser.serving import Link


def two_tabs(context: BrowserContext, link: Link) -> tuple[Page, Page]:
    """Open the same section twice before anything in it is answered."""
    link.save("about", {"kind": "company"})
    tabs = context.new_page(), context.new_page()
    for tab in tabs:
        tab.goto(link.page("network"))
    return tabs


def save(tab: Page) -> None:
    tab.get_by_role("button", name="Save and continue").click()


def test_different_fields__in_two_tabs__are_both_kept(opened: Opener, link: Link) -> None:
    one, other = two_tabs(opened(javascript=False), link)
    choose(one, "network_density", "2")
    save(one)
    choose(other, "network_startups", "5")
    save(other)
    expect(other.get_by_role("heading", level=1)).to_have_text("What the region offers")
    assert {"network_density": "2", "network_startups": "5"}.items() <= link.answers().items()


@pytest.mark.parametrize(("whose", "kept"), [("Yours", "5"), ("Saved meanwhile", "2")])
def test_the_same_field__in_two_tabs__shows_both_answers_and_keeps_the_one_chosen(
    opened: Opener, link: Link, whose: str, kept: str
) -> None:
    one, other = two_tabs(opened(javascript=False), link)
    choose(one, "network_density", "2")
    save(one)
    choose(other, "network_density", "5")
    choose(other, "network_startups", "4")
    with other.expect_navigation() as navigation:
        save(other)
    assert navigation.value is not None
    assert navigation.value.status == 409
    expect(other.get_by_role("heading", level=1)).to_have_text("Two different answers: which one holds?")
    assert link.answers()["network_density"] == "2"
    question = other.get_by_role("group", name="Most firms in the cluster are in touch")
    expect(question.get_by_label("Yours Strongly agree")).to_be_visible()
    expect(question.get_by_label("Saved meanwhile Disagree")).to_be_visible()
    question.get_by_label(whose).check()
    with other.expect_navigation():
        other.get_by_role("button", name="Save these answers").click()
    assert {"network_density": kept, "network_startups": "4"}.items() <= link.answers().items()


def test_a_choice_between_two_answers__once_made__leads_on(opened: Opener, link: Link) -> None:
    one, other = two_tabs(opened(javascript=False), link)
    choose(one, "network_density", "2")
    save(one)
    choose(other, "network_density", "5")
    save(other)
    other.get_by_role("button", name="Save these answers").click()
    expect(other.locator(".notice")).not_to_be_visible()
    expect(other.get_by_role("heading", level=1)).to_have_text("What the region offers")


def test_autosave__of_an_answer_that_another_tab_changed__stops_and_says_so(opened: Opener, link: Link) -> None:
    one, other = two_tabs(opened(expected=[409]), link)
    with one.expect_response("**/autosave"):
        choose(one, "network_density", "2")
    choose(other, "network_density", "5")
    expect(other.get_by_role("status")).to_contain_text("Somebody else has changed an answer on this page.")
    save(other)
    expect(other.get_by_role("heading", level=1)).to_have_text("Two different answers: which one holds?")
    assert link.answers()["network_density"] == "2"


def test_autosave__in_two_tabs_of_different_fields__keeps_both(opened: Opener, link: Link) -> None:
    one, other = two_tabs(opened(expected=[409]), link)
    with one.expect_response("**/autosave"):
        choose(one, "network_density", "2")
    with other.expect_response("**/autosave"):
        choose(other, "network_startups", "5")
    save(one)
    save(other)
    expect(other.get_by_role("heading", level=1)).to_have_text("What the region offers")
    assert {"network_density": "2", "network_startups": "5"}.items() <= link.answers().items()
