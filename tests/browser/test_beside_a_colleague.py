"""Two people of one organisation fill in the same section on two devices: both see both, and nothing is lost."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from browser.conftest import Opener
from browser.filling import choose, option
from browser.serving import Link

TOLD = "A colleague changed"


def two_people(opened: Opener, link: Link, section: str, *, expected: tuple[int, ...] = ()) -> tuple[Page, Page]:
    """Open the same section on two devices before anything in it is answered."""
    link.save("about", {"kind": "company"})
    pages = opened().new_page(), opened(expected=expected).new_page()
    for page in pages:
        page.goto(link.page(section))
    return pages


def hold_the_next_save(page: Page) -> list[Route]:
    """Let the next save wait until the route that is put into the list is continued."""
    held: list[Route] = []
    page.route("**/autosave", lambda route: route.continue_() if held else held.append(route))
    return held


def choose_and_save(page: Page, field: str, code: str) -> None:
    with page.expect_response("**/autosave"):
        choose(page, field, code)


def test_other_answers__of_a_colleague__appear_in_the_open_page(opened: Opener, link: Link) -> None:
    one, other = two_people(opened, link, "network")
    choose_and_save(one, "network_density", "2")
    choose_and_save(one, "network_startups", "dont_know")
    choose_and_save(other, "network_diversity", "5")
    expect(other.get_by_role("status")).to_contain_text(f"{TOLD} 2 answers, shown here")
    expect(option(other, "network_density", "2")).to_be_checked()
    expect(option(other, "network_startups", "dont_know")).to_be_checked()
    assert {"network_density": "2", "network_startups": "dont_know", "network_diversity": "5"}.items() <= link.answers().items()


def test_autosave__after_a_colleague_was_seen__goes_on_in_both_pages(opened: Opener, link: Link) -> None:
    one, other = two_people(opened, link, "network")
    fields = ("network_density", "network_diversity", "network_startups", "network_density", "network_diversity", "network_startups")
    for number, field in enumerate(fields):
        choose_and_save((one, other)[number % 2], field, str(1 + number % 5))
    choose_and_save(one, "network_density", "5")
    expect(option(one, "network_startups", "1")).to_be_checked()
    choose_and_save(other, "network_diversity", "3")
    expect(option(other, "network_density", "5")).to_be_checked()
    for page in (one, other):
        expect(page.locator("#status.pending")).to_have_count(0)
    assert {"network_density": "5", "network_diversity": "3", "network_startups": "1"}.items() <= link.answers().items()


def test_a_text_of_a_colleague__appears__and_what_is_being_typed_stays(opened: Opener, link: Link) -> None:
    one, other = two_people(opened, link, "closing")
    with one.expect_response("**/autosave"):
        one.locator("#f-comment").fill("From one.\nSecond line.")
    held = hold_the_next_save(other)
    with other.expect_request("**/autosave"):
        other.locator("#f-linkage_local_sourcing_share").fill("3")
    other.locator("#f-linkage_local_sourcing_share").press_sequentially("5")
    with other.expect_response("**/autosave"):
        held[0].continue_()
    expect(other.locator("#f-comment")).to_have_value("From one.\nSecond line.")
    expect(other.locator("#f-linkage_local_sourcing_share")).to_have_value("35")
    with other.expect_response("**/autosave"):
        expect(other.locator("#f-linkage_local_sourcing_share")).to_be_focused()
    assert {"comment": "From one.\nSecond line.", "linkage_local_sourcing_share": "35"}.items() <= link.answers().items()


def test_the_same_answer__changed_by_both_while_a_save_is_under_way__is_compared(opened: Opener, link: Link) -> None:
    one, other = two_people(opened, link, "network", expected=(409,))
    choose_and_save(one, "network_density", "2")
    held = hold_the_next_save(other)
    with other.expect_request("**/autosave"):
        choose(other, "network_startups", "4")
    choose(other, "network_density", "5")
    held[0].continue_()
    expect(other.get_by_role("status")).to_contain_text("Somebody else has changed an answer on this page.")
    expect(option(other, "network_density", "5")).to_be_checked()
    other.get_by_role("button", name="Save and continue").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Two different answers: which one holds?")
    assert {"network_density": "2", "network_startups": "4"}.items() <= link.answers().items()


def test_an_answer_that_a_colleague_took_back__is_empty_here_too(opened: Opener, link: Link) -> None:
    link.save("network", {"network_density": "4"})
    one, other = two_people(opened, link, "network")
    with one.expect_response("**/autosave"):
        one.get_by_role("button", name="Clear the answer: Most firms in the cluster are in touch").click()
    choose_and_save(other, "network_startups", "3")
    expect(option(other, "network_density", "4")).not_to_be_checked()
    assert "network_density" not in link.answers()
