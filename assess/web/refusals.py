"""The pages that say why something was refused: a sentence that starts with what to do, and the right status."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Reply

from assess.store.failures import StoreError
from assess.web.visits import NotBegun
from assess.workflow import refusals as workflow

_log = logging.getLogger(__name__)
_TITLES = {
    400: "This page could not be read",
    404: "There is no such page",
    405: "There is no such page",
    409: "This cannot be done now",
    410: "This link leads nowhere any more",
    413: "This is too much at once",
    422: "This cannot be saved as it is",
    500: "Something went wrong here",
    503: "Nothing was saved yet",
}
_SENTENCES = {
    400: "Open your personal link again and go on from there: what was sent comes from no page of this site. What you saved is kept.",
    404: "Open the link in your invitation again, and copy the whole of it. What you saved is kept.",
    405: "Open the link in your invitation again, and copy the whole of it. What you saved is kept.",
    413: "Send less text at once: a page takes up to two million characters. What you saved is kept.",
    500: "Try again in some minutes. The fault is on our side and was written down for the operator. What you saved is kept.",
    503: "Try again in a moment: the store of answers cannot be reached. Your answers are still in this page.",
}
_STATUSES: dict[type[workflow.WorkflowError], int] = {
    workflow.TokenUnknown: 404,
    workflow.TokenExpired: 410,
    workflow.TokenRevoked: 410,
    workflow.RoundNotOpen: 409,
    workflow.RoundClosed: 410,
    workflow.AlreadySubmitted: 409,
    workflow.ChangedSince: 409,
    workflow.Taken: 409,
}
"""Everything else that a verb refuses is 422."""
_TITLES_OF: dict[type[workflow.WorkflowError], str] = {
    workflow.TokenUnknown: "This link is not known",
    workflow.RoundNotOpen: "The survey has not begun",
    workflow.RoundClosed: "The survey is closed",
    workflow.AlreadySubmitted: "The response has been sent already",
}


@dataclass(frozen=True, slots=True)
class RefusalPage:
    """Why something was refused. `held` is what a form sent, to be sent again."""

    status: int
    title: str
    sentence: str
    token: str
    """Of a link that works; empty where none does."""
    held: tuple[tuple[str, str], ...] = ()


def explain(app: Flask) -> None:
    """Answer every failure of `app` with a page that says what to do."""
    app.register_error_handler(workflow.WorkflowError, _of_workflow)
    app.register_error_handler(StoreError, _of_store)
    app.register_error_handler(NotBegun, _not_begun)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _of_program)


def _of_workflow(error: workflow.WorkflowError) -> tuple[str, int]:
    status = next((code for kind, code in _STATUSES.items() if isinstance(error, kind)), 422)
    title = next((title for kind, title in _TITLES_OF.items() if isinstance(error, kind)), _TITLES[status])
    lost = isinstance(error, workflow.TokenUnknown | workflow.TokenExpired | workflow.TokenRevoked)
    return _page(status, title, str(error), "" if lost else _token())


def _of_store(error: StoreError) -> tuple[str, int]:
    _log.error("store: %s", error)
    held = tuple(request.form.items(multi=True)) if request.method == "POST" else ()
    return _page(503, _TITLES[503] if held else "The site is out of order", _SENTENCES[503] if held else _SENTENCES[500], "", held)


def _not_begun(_error: NotBegun) -> Reply:
    return redirect(url_for("members.start", token=_token()), HTTPStatus.SEE_OTHER)


def _of_http(error: HTTPException) -> tuple[str, int] | Reply:
    status = error.code or 500
    if status < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    return _page(status, _TITLES.get(status, _TITLES[400]), _SENTENCES.get(status, _SENTENCES[400]), "")


def _of_program(error: Exception) -> tuple[str, int]:
    # The address is left out: it holds the personal link.
    _log.error("failure in %s %s", request.method, request.endpoint, exc_info=error)
    return _page(500, _TITLES[500], _SENTENCES[500], "")


def _token() -> str:
    return str((request.view_args or {}).get("token", ""))


def _page(status: int, title: str, sentence: str, token: str, held: tuple[tuple[str, str], ...] = ()) -> tuple[str, int]:
    return render_template("refusal.html", page=RefusalPage(status, title, sentence, token, held)), status
