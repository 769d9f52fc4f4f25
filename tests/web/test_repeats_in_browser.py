"""With JavaScript, too, entries of a repeat are added and taken out, and nothing that was typed is lost on the way."""

from __future__ import annotations

from browser.judging import barriers
from playwright.sync_api import Page, expect

from web.served import Served


def test_entry__is_added_while_a_save_is_due__and_what_was_typed_is_kept(served: Served, page: Page) -> None:
    page.goto(served.address("/talks"))
    page.fill("[id='f-with_whom.1']", "A supplier")
    page.get_by_role("button", name="Add another entry for Talk").click()
    expect(page.locator("[id='e-talk.2']")).to_be_in_viewport()
    with page.expect_response("**/autosave"):
        page.fill("[id='f-with_whom.2']", "A customer")
    expect(page.locator("[id='f-with_whom.2']")).to_have_value("A customer")
    assert served.survey.answers() == {"with_whom.1": "A supplier", "with_whom.2": "A customer"}
    assert not barriers(page)


def test_entry__is_taken_out__with_its_answers(served: Served, page: Page) -> None:
    page.goto(served.address("/talks"))
    page.fill("[id='f-with_whom.1']", "A supplier")
    page.get_by_role("button", name="Add another entry for Talk").click()
    page.fill("[id='f-with_whom.2']", "A customer")
    page.get_by_role("button", name="Take out Talk 1").click()
    expect(page.locator(".notice")).to_contain_text("The entry was taken out.")
    expect(page.get_by_role("heading", name="Talk 1")).to_be_visible()
    expect(page.locator("[id='f-with_whom.1']")).to_have_count(0)
    assert served.survey.answers() == {"with_whom.2": "A customer"}
