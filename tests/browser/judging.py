"""Judges a page by what can be measured: accessibility (WCAG 2.2 AA) and width."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

_AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
_RUN = """only => axe.run(document, {runOnly: only, resultTypes: ["violations"]})
    .then(found => ({tried: found.passes.length, violations: found.violations}))"""
_TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth;
    const scrolls = element => element && element !== document.documentElement
        && (["auto", "scroll"].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
    const tiny = box => box.width <= 1 && box.height <= 1;  // for screen readers only
    const hidden = element => element && (tiny(element.getBoundingClientRect()) || hidden(element.parentElement));
    const seen = element => element.checkVisibility() && !element.closest("svg") && !hidden(element);
    const wide = [...document.body.querySelectorAll("*")]
        .filter(element => seen(element) && element.getBoundingClientRect().right > width + 1 && !scrolls(element))
        .map(element => element.outerHTML.slice(0, 120));
    const page = document.documentElement.scrollWidth;
    return page > width ? [`the page is ${page} pixels wide`, ...wide] : wide;
}"""


def barriers(page: Page) -> list[str]:
    """Return what axe-core finds on the page: rule, and the element that breaks it."""
    return _found(page, {"type": "tag", "values": _TAGS})


def pale(page: Page) -> list[str]:
    """Return only what has too little contrast: nothing else depends on the colour scheme."""
    return _found(page, {"type": "rule", "values": ["color-contrast"]})


def _found(page: Page, only: dict[str, str | list[str]]) -> list[str]:
    page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate(_RUN, only)
    assert found["tried"], "axe-core tried no rule"
    return [f"{broken['id']}: {node['html'][:200]} {node['failureSummary']}" for broken in found["violations"] for node in broken["nodes"]]


def too_wide(page: Page) -> list[str]:
    """Return what reaches beyond the right edge of the window, even if it is cut off there."""
    found: list[str] = page.evaluate(_TOO_WIDE)
    return found


@cache
def _axe() -> str:
    return _AXE.read_text(encoding="utf-8")
