"""Everything the browser tests watch for is found where it was planted, and nowhere else."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext

from browser.conftest import Opener
from browser.judging import barriers, pale, too_wide
from browser.planted import Fault
from browser.serving import Link, SurveySite
from browser.watching import window

Event = Literal["console", "weberror"]


def address(site: SurveySite, fault: Fault) -> str:
    return f"{site.origin}/planted/{fault.value}"


def visit(context: BrowserContext, address: str, told: Event) -> None:
    """Open a page and wait until the browser has told what is wrong with it, which may take longer than the page."""
    with context.expect_event(told):
        context.new_page().goto(address)


@pytest.mark.parametrize(
    ("fault", "told", "found"),
    [
        (Fault.INLINE_SCRIPT, "console", "content policy: Executing inline script"),
        (Fault.FOREIGN_IMAGE, "console", "foreign request: http://elsewhere.example/pixel.gif"),
        (Fault.MISSING_FILE, "console", "status 404: .*/static/nowhere.svg"),
        (Fault.BROKEN_SCRIPT, "weberror", "script: missing is not defined"),
    ],
)
def test_a_window__with_a_planted_fault__fails_when_it_closes(
    chromium: Browser, site: SurveySite, fault: Fault, told: Event, found: str
) -> None:
    with pytest.raises(AssertionError, match=found), window(chromium, site.origin) as context:
        visit(context, address(site, fault), told)


def test_a_window__without_scripts__still_notes_what_the_policy_stops(chromium: Browser, site: SurveySite) -> None:
    with pytest.raises(AssertionError, match="content policy"), window(chromium, site.origin, javascript=False) as context:
        visit(context, address(site, Fault.FOREIGN_IMAGE), "console")


def test_a_window__with_an_error_on_the_console__fails_when_it_closes(chromium: Browser, site: SurveySite) -> None:
    with pytest.raises(AssertionError, match="console: Not as it should be"), window(chromium, site.origin) as context:
        context.new_page().evaluate("console.error('Not as it should be')")


@pytest.mark.parametrize(("fault", "rule"), [(Fault.UNLABELLED_INPUT, "label: "), (Fault.PALE_TEXT, "color-contrast: ")])
def test_axe__on_a_planted_barrier__names_it(opened: Opener, site: SurveySite, fault: Fault, rule: str) -> None:
    page = opened().new_page()
    page.goto(address(site, fault))
    assert [barrier for barrier in barriers(page) if barrier.startswith(rule)]
    assert bool(pale(page)) is (fault is Fault.PALE_TEXT)


def test_width__of_a_planted_wide_block__is_too_much_at_360_pixels_only(opened: Opener, site: SurveySite) -> None:
    narrow, wide = opened(width=360).new_page(), opened().new_page()
    for page in (narrow, wide):
        page.goto(address(site, Fault.WIDE_BLOCK))
    assert too_wide(narrow)
    assert not too_wide(wide)


def test_a_page__without_a_fault__passes_every_judge(opened: Opener, site: SurveySite) -> None:
    page = opened(width=360).new_page()
    page.goto(address(site, Fault.NONE))
    assert barriers(page) == too_wide(page) == []


def test_a_reply_of_the_site__to_an_unknown_link__is_no_fault_of_the_page(opened: Opener, link: Link) -> None:
    page = opened().new_page()
    reply = page.goto(f"{link.start}x")
    assert reply is not None
    assert reply.status == 404
