"""Pages with one fault each, to show that every watcher of the browser tests can fail."""

from __future__ import annotations

from enum import StrEnum

from flask import Flask

from assess.web.access import Access, needs


class Fault(StrEnum):
    """What is wrong with a planted page."""

    NONE = "none"
    INLINE_SCRIPT = "inline-script"
    FOREIGN_IMAGE = "foreign-image"
    MISSING_FILE = "missing-file"
    BROKEN_SCRIPT = "broken-script"
    UNLABELLED_INPUT = "unlabelled-input"
    PALE_TEXT = "pale-text"
    WIDE_BLOCK = "wide-block"


_BODIES = {
    Fault.NONE: "",
    Fault.INLINE_SCRIPT: "<script>document.title = 'changed'</script>",
    Fault.FOREIGN_IMAGE: '<img src="http://elsewhere.example/pixel.gif" alt="">',
    Fault.MISSING_FILE: '<img src="/static/nowhere.svg" alt="">',
    Fault.BROKEN_SCRIPT: '<script src="/planted/script.js"></script>',
    Fault.UNLABELLED_INPUT: '<input name="answer">',
    Fault.PALE_TEXT: '<svg width="0" height="0"></svg><p><font color="#ddd">Hardly to be read</font></p>',
    Fault.WIDE_BLOCK: '<table width="700"><tr><td>Wider than a telephone</td></tr></table>',
}
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Planted</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head><body><main><h1>Planted</h1>{}</main></body></html>"""


def plant(app: Flask) -> None:
    """Serve the pages under /planted/, with the headers of every other page."""

    @app.get("/planted/<fault>")
    @needs(Access.NOTHING)
    def planted(fault: str) -> str:
        return _PAGE.format(_BODIES[Fault(fault)])

    @app.get("/planted/script.js")
    @needs(Access.NOTHING)
    def script() -> tuple[str, dict[str, str]]:
        return "missing.part = 1;", {"Content-Type": "text/javascript"}
