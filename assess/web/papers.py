"""The blank form to take away: as PDF to be printed, and as a workbook to be filled in."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from io import BytesIO
from threading import Lock

from flask import Blueprint, send_file
from werkzeug.wrappers import Response as Reply

from assess.store.session import reading
from assess.web.access import Access, needs
from assess.web.members import visit_of
from assess.web.pages.blank import BlankPage, blank_page
from assess.web.pages.blank_workbook import workbook_of
from assess.web.site import site

papers = Blueprint("papers", __name__, url_prefix="/s/<token>")
_KEPT = 32
"""Papers that are kept: setting one takes a second of computing time, and everybody of a kind gets the same."""
_ENTRIES_OF_WORKBOOK = 5


@dataclass(slots=True)
class Shelf:
    """The papers that were asked for last. One is made at a time, so that many requests cannot take the whole machine."""

    most: int
    _papers: OrderedDict[Hashable, bytes] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """Return the paper of that key, made now if it is not kept."""
        with self._lock:
            if key not in self._papers:
                self._papers[key] = make()
            self._papers.move_to_end(key)
            while len(self._papers) > self.most:
                self._papers.popitem(last=False)
            return self._papers[key]


shelf = Shelf(_KEPT)


@papers.get("/blank.pdf")
@needs(Access.LINK)
def printed_form(token: str) -> Reply:
    """Send all questions as PDF; the store is not held while it is set."""
    with reading(site().database) as session:
        page = blank_page(visit_of(session, token))
    content = shelf.get(("pdf", *_same(page)), lambda: _printed(page))
    return _sent(content, "application/pdf", page, "pdf")


@papers.get("/blank.xlsx")
@needs(Access.LINK)
def workbook(token: str) -> Reply:
    """Send all questions as a workbook."""
    with reading(site().database) as session:
        page = blank_page(visit_of(session, token), entries=_ENTRIES_OF_WORKBOOK)
    content = shelf.get(("xlsx", *_same(page)), lambda: workbook_of(page))
    return _sent(content, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", page, "xlsx")


def _same(page: BlankPage) -> tuple[Hashable, ...]:
    """Return all that a paper depends on; nothing of it belongs to one member alone."""
    return page.digest, page.kind, page.frame.language, page.words.language, page.frame.cluster, page.frame.year, page.closes


def _sent(content: bytes, media_type: str, page: BlankPage, ending: str) -> Reply:
    name = f"survey-{page.frame.year}-blank.{ending}"
    return send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)


def _printed(page: BlankPage) -> bytes:
    from assess.reports.pdf import typeset  # the printer takes half a second to load, which most workers never need

    return typeset("blank.html", identifier=page.digest, page=page)
