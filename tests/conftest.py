"""A second try for what drives browsers, and Debian's Chromium, once for each process of the run: two get in each other's way."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
os.environ["LANGUAGE"] = "en"  # of commands, also of those that tests start, whatever this machine speaks
_SECOND_TRY = ("browser", "faults")
_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # nothing ever leaves this machine
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers and processes that are killed depend on what else the machine does: a second try, which the summary counts as a rerun."""
    for item in items:
        if item.path.parent.name in _SECOND_TRY:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser. Fails where there is none: untried pages must not pass for good ones."""
    assert CHROMIUM.exists(), f"{CHROMIUM} is missing; install the package chromium, then run the browser tests again"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_ARGUMENTS))
        yield browser
        browser.close()
