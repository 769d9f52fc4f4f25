"""Fills in a section with a mouse."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


def option(page: Page, field: str, code: str) -> Locator:
    """Find the control of one answer."""
    return page.locator(f"[id='f-{field}-{code}']")


def choose(page: Page, field: str, code: str) -> None:
    """Click the words of an answer, which lie over its control in a table."""
    page.locator(f"label[for='f-{field}-{code}']").click()
    expect(option(page, field, code)).to_be_checked()
