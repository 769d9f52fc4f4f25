"""In Chromium nothing that people wrote runs, opens or is fetched, on the pages of everybody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from assess.web.app import create_app
from security.payloads import MARK, PAGES, poison
from security.roaming import walk
from security.siege import Siege, new_siege

_PAGES_EACH = 8
"""Pages with what was written that are opened for each role; a parser reads all of them elsewhere."""
_PATIENCE = 20_000
"""Milliseconds."""


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Leave it unsaid."""


@contextmanager
def served(siege: Siege) -> Iterator[str]:
    """Serve the same database on this machine, and yield the address."""
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True, request_handler=_Quiet)
    address = f"http://127.0.0.1:{server.server_port}"
    server.app = create_app(replace(siege.settings, base_url=address), siege.engine, clock=siege.clock)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def complaints(page: Page) -> list[str]:
    """Return a list that fills with what a page does that it should not."""
    found: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        found.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.on("pageerror", lambda error: found.append(f"error: {error}"))
    page.on("console", lambda said: found.append(f"console: {said.text}") if said.type == "error" else None)
    page.on("popup", lambda _: found.append("popup"))
    page.on("request", lambda asked: None if asked.url.startswith(("http://127.0.0.1:", "data:")) else found.append(f"fetched {asked.url}"))
    return found


@pytest.fixture
def siege(tmp_path: Path) -> Iterator[Siege]:
    with new_siege(tmp_path) as made:
        poison(made.engine, PAGES)
        yield made


def test_pages_with_harmful_texts__do_nothing_of_themselves(siege: Siege, chromium: Browser) -> None:
    seen = 0
    with served(siege) as address:
        for who in siege.people:
            context = chromium.new_context()
            if who in siege.tokens:
                context.add_cookies([{"name": "assess", "value": siege.tokens[who], "url": address}])
            page = context.new_page()
            page.set_default_timeout(_PATIENCE)
            found = complaints(page)
            marked = [one.address for one in walk(siege, who, each=1) if one.reply.status_code == 200 and MARK in one.sheet.text]
            for path in marked[:_PAGES_EACH]:
                page.goto(address + path)
                assert MARK in page.content()
                assert page.locator("zq-x, zq-y, [onmouseover], [onerror], [onload]").count() == 0, path
                seen += 1
            context.close()
            assert found == [], who
    assert seen > _PAGES_EACH


def test_browser__tells_of_a_text_that_runs(chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    found = complaints(page)
    page.set_content(f"<p>{PAGES[0]}{PAGES[2]}</p>")
    page.wait_for_function("document.images.length && document.images[0].complete")
    context.close()
    assert any(one.startswith("dialog") for one in found)
