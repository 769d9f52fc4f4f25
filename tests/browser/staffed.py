"""Serves the pages of staff to a browser, and judges them as the browser shows them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread

from playwright.sync_api import Locator, Page
from web.staffing import Staffed
from werkzeug.serving import make_server

from assess.web.app import create_app
from browser.judging import barriers, pale, too_wide

_PICTURES = os.environ.get("ASSESS_PICTURES", "")
"""Folder for pictures of the pages, for somebody to look at."""


@contextmanager
def served(site: Staffed) -> Iterator[str]:
    """Serve the site on a port of its own, over http, and yield its address."""
    app = create_app(replace(site.settings, base_url="http://127.0.0.1"), site.engine, clock=site.clock)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def follow(control: Locator) -> None:
    """Press a link or button, and wait for the page it leads to: a click returns while the page before is still shown."""
    with control.page.expect_navigation():
        control.click()


def judge(page: Page, name: str, heading: str) -> None:
    """Wait for the page of this heading, and judge it."""
    page.get_by_role("heading", level=1, name=heading).wait_for()
    page.wait_for_load_state()
    judge_shown(page, name)


def judge_shown(page: Page, name: str) -> None:
    """Fail for any barrier, in light and dark, and for anything too wide."""
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert too_wide(page) == [], name
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert (barriers(page) if scheme == "light" else pale(page)) == [], name
            if _PICTURES:
                page.screenshot(path=str(Path(_PICTURES) / f"{name}-{width}-{scheme}.png"), full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
