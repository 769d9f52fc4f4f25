"""The whole questionnaire, from the start page to the receipt, without a mouse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page, expect

from browser.conftest import Opener
from browser.serving import SECTIONS, Link

_FOCUSED = """() => {
    const at = document.activeElement;
    const box = at.getBoundingClientRect();
    return {tag: at.localName, type: at.type || "", name: at.name || "", value: at.value || "", text: at.innerText || "",
        checked: at.checked === true, shown: at.checkVisibility() && box.width > 0,
        within: box.bottom > 0 && box.top < innerHeight, ring: getComputedStyle(at).outlineStyle !== "none"
            || getComputedStyle(at).boxShadow !== "none"};
}"""
_MOST_STOPS = 120
_WRITTEN = {"linkage_local_sourcing_share": "35", "linkage_local_customers_share": "60", "comment": "Nothing else."}


def focused(page: Page) -> dict[str, Any]:
    """Return what has the focus."""
    found: dict[str, Any] = page.evaluate(_FOCUSED)
    return found


def stops(page: Page, *, until: str) -> Iterator[dict[str, Any]]:
    """Press Tab until a button or link called `until` has the focus, and yield every stop before it."""
    for _ in range(_MOST_STOPS):
        page.keyboard.press("Tab")
        stop = focused(page)
        assert stop["shown"], f"the focus went to something invisible: {stop}"
        assert stop["within"], f"the focus went out of sight: {stop}"
        if stop["text"].strip() == until:
            return
        yield stop
    raise AssertionError(f"{until} is not reached with {_MOST_STOPS} times Tab")


def press(page: Page, name: str) -> None:
    """Go to a button or link by Tab, and press Enter."""
    for _ in stops(page, until=name):
        pass
    page.keyboard.press("Enter")


def answer(page: Page, stop: dict[str, Any], number: int) -> str | None:
    """Answer the question that has the focus, and return the answer; None where nothing is to be answered."""
    if stop["type"] == "radio":
        if not stop["checked"]:
            page.keyboard.press("Space")
        for _ in range(number % 3):
            page.keyboard.press("ArrowDown")
        chosen = focused(page)
        assert (chosen["name"], chosen["checked"]) == (stop["name"], True)
        return str(chosen["value"])
    if stop["name"] in _WRITTEN:
        page.keyboard.type(_WRITTEN[stop["name"]])
        return _WRITTEN[stop["name"]]
    return None


def test_a_company__by_keyboard_alone__answers_everything_and_gets_a_receipt(opened: Opener, link: Link) -> None:
    page = opened().new_page()
    page.goto(link.start)
    press(page, "Start")
    given: dict[str, str] = {}
    for section in SECTIONS:
        page.wait_for_url(f"**/{section}*")
        for number, stop in enumerate(stops(page, until="Save and continue")):
            if (answered := answer(page, stop, number)) is not None:
                given[stop["name"]] = answered
        page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    expect(page.get_by_text("Every question is answered.")).to_be_visible()
    press(page, "Send the response")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your response has been sent.")
    assert link.answers() == given
    assert len(given) > 70


def test_the_focus__at_every_stop__can_be_seen(opened: Opener, link: Link) -> None:
    page = opened().new_page()
    link.save("about", {"kind": "company"})
    for address, last in ((link.page("closing"), "Back"), (link.page("review"), "Send the response"), (link.start, "Continue")):
        page.goto(address)
        assert not [stop for stop in stops(page, until=last) if not stop["ring"]]


def test_enter__in_a_number_field__saves_and_goes_on(opened: Opener, link: Link) -> None:
    page = opened().new_page()
    link.save("about", {"kind": "company"})
    page.goto(link.page("closing"))
    page.locator("#f-linkage_local_sourcing_share").fill("35")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: not address.endswith("/closing"))
    assert page.url == link.page("review")
    assert link.answers()["linkage_local_sourcing_share"] == "35"


def test_the_first_tab__on_every_page__leads_past_the_head_of_the_page(opened: Opener, link: Link) -> None:
    page = opened().new_page()
    link.save("about", {"kind": "company"})
    for address in (link.start, link.page("network"), link.page("review")):
        page.goto(address)
        page.keyboard.press("Tab")
        assert focused(page)["text"] == "Skip to the content"
        page.keyboard.press("Enter")
        assert focused(page)["tag"] == "main"


def test_the_focus__after_an_answer_that_cannot_be__is_on_the_summary_and_leads_to_the_question(opened: Opener, link: Link) -> None:
    page = opened().new_page()
    link.save("about", {"kind": "company"})
    page.goto(link.page("closing"))
    page.locator("#f-linkage_local_sourcing_share").fill("135")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator(".summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#f-linkage_local_sourcing_share")).to_be_focused()
    expect(page.locator("#f-linkage_local_sourcing_share")).to_have_value("135")
