"""Opens browsers as members have them, and notes whatever a page does that no page of ours may do."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Request, Response, WebError

_BY_STATUS = "Failed to load resource: the server responded with a status"
"""The browser says this of every reply of 400 and more; `_Notes.on_response` judges those."""
_LATEST = 10_000
"""Milliseconds until something awaited counts as missing."""


@dataclass
class _Notes:
    """What went wrong in one browser window and all its tabs."""

    origin: str
    expected: Collection[int]
    """Statuses that replies to scripts may have."""
    faults: list[str] = field(default_factory=list)

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_BY_STATUS):
            kind = "content policy" if "Content Security Policy" in message.text else "console"
            self.faults.append(f"{kind}: {message.text}")

    def on_error(self, error: WebError) -> None:
        self.faults.append(f"script: {error.error.message}")

    def on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:")):
            self.faults.append(f"foreign request: {request.url}")

    def on_response(self, response: Response) -> None:
        wanted = response.request.is_navigation_request() or response.status in self.expected
        if response.status >= 500 or (response.status >= 400 and not wanted):
            self.faults.append(f"status {response.status}: {response.url}")


@contextmanager
def window(
    browser: Browser, origin: str, *, javascript: bool = True, width: int = 1280, dark: bool = False, expected: Collection[int] = ()
) -> Iterator[BrowserContext]:
    """Open a window of its own, as on another device; at its end no page in it may have broken a rule of the site.

    The rules: no error on the console, none in a script, nothing that the content policy had to stop, no request to another host.
    """
    notes = _Notes(origin, expected)
    context = browser.new_context(
        java_script_enabled=javascript,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",  # colours are judged at rest
        locale="en-GB",
        timezone_id="Europe/Vienna",
    )
    context.set_default_timeout(_LATEST)
    context.on("console", notes.on_console)
    context.on("request", notes.on_request)
    context.on("response", notes.on_response)
    context.on("weberror", notes.on_error)
    yield context
    for page in context.pages:
        page.title()  # whatever the browser has told so far has arrived with the reply
    context.close()
    assert not notes.faults, "\n".join(notes.faults)
