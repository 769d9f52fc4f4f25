"""A telephone, 360 pixels wide: nothing is cut off, nothing scrolls sideways, nothing is a barrier."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.conftest import Opener
from browser.filling import option
from browser.judging import barriers, too_wide
from browser.serving import SurveySite
from browser.walking import EVERY_SECTION, PAGES

TELEPHONE = 360


@pytest.mark.parametrize("name", PAGES | EVERY_SECTION)
def test_page__at_360_pixels__does_not_scroll_sideways(opened: Opener, site: SurveySite, name: str) -> None:
    page = opened(width=TELEPHONE).new_page()
    (PAGES | EVERY_SECTION)[name](page, site)
    assert not too_wide(page)
    page.evaluate("for (const closed of document.querySelectorAll('details')) closed.open = true")
    assert not too_wide(page)


@pytest.mark.parametrize("name", ["start", "table with answers", "section to correct", "review to correct", "conflict", "receipt"])
def test_page__at_360_pixels__has_no_barrier(opened: Opener, site: SurveySite, name: str) -> None:
    page = opened(width=TELEPHONE, dark=True).new_page()
    PAGES[name](page, site)
    found = barriers(page)
    assert not found, "\n".join(found)


def test_a_table__at_360_pixels__shows_every_answer_beside_its_words(opened: Opener, site: SurveySite) -> None:
    page = opened(width=TELEPHONE).new_page()
    PAGES["section with tables"](page, site)
    row = page.get_by_role("row", name="Most firms in the cluster are in touch")
    for words in ("Strongly disagree", "Agree", "Don’t know"):
        expect(row.get_by_text(words, exact=True)).to_be_visible()
    row.get_by_text("Strongly agree", exact=True).click()
    expect(option(page, "network_density", "5")).to_be_checked()
