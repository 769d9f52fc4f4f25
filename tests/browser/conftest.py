"""The site and the browser of these tests, and windows that are watched until they close."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext

from browser.serving import Link, SurveySite, survey_site
from browser.watching import window


class Opener(Protocol):
    """Opens a watched window."""

    def __call__(
        self, *, javascript: bool = True, width: int = 1280, dark: bool = False, expected: Collection[int] = ()
    ) -> BrowserContext: ...


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SurveySite]:
    """The running site, with a round open."""
    with survey_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def link(site: SurveySite) -> Link:
    """The personal link of a company that has not begun."""
    return site.link()


@pytest.fixture
def opened(site: SurveySite, chromium: Browser) -> Iterator[Opener]:
    """Opens windows, each as on another device; they are judged when the test is over."""
    with ExitStack() as windows:

        def open_window(
            *, javascript: bool = True, width: int = 1280, dark: bool = False, expected: Collection[int] = ()
        ) -> BrowserContext:
            return windows.enter_context(window(chromium, site.origin, javascript=javascript, width=width, dark=dark, expected=expected))

        yield open_window
