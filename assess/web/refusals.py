"""The pages that say why something was refused: a sentence that starts with what to do, and the right status."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from flask import Flask, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as Reply

from assess.phrases import message
from assess.store.failures import StoreError
from assess.web import doors
from assess.web.site import site
from assess.web.staff_refusals import is_of_staff, may_be_held, staff_page
from assess.web.visits import NotBegun
from assess.web.wording import speak_to_stranger, told, words
from assess.workflow import refusals as workflow
from assess.workflow.account_letters import StaffLinkUnknown

_log = logging.getLogger(__name__)
_TITLES = {
    400: message("This page could not be read"),
    404: message("There is no such page"),
    405: message("There is no such page"),
    409: message("This cannot be done now"),
    410: message("This link leads nowhere any more"),
    413: message("This is too much at once"),
    422: message("This cannot be saved as it is"),
    429: message("Too many tries"),
    500: message("Something went wrong here"),
    503: message("Nothing was saved yet"),
}
_OUT_OF_ORDER = message("The site is out of order")
_SENTENCES = {
    400: message(
        "Open your personal link again and go on from there: what was sent comes from no page of this site. What you saved is kept."
    ),
    404: message("Open the link in your invitation again, and copy the whole of it. What you saved is kept."),
    405: message("Open the link in your invitation again, and copy the whole of it. What you saved is kept."),
    413: message("Send less text at once: a page takes up to two million characters. What you saved is kept."),
    500: message("Try again in some minutes. The fault is on our side and was written down for the operator. What you saved is kept."),
    503: message("Try again in a moment: the store of answers cannot be reached. Your answers are still in this page."),
}
_TOO_MANY = message("Wait until %(time)s and try again: there were too many tries from where you are, or for this account.")
_STATUSES: dict[type[workflow.WorkflowError], int] = {
    workflow.TokenUnknown: 404,
    StaffLinkUnknown: 404,
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
    workflow.TokenUnknown: message("This link is not known"),
    StaffLinkUnknown: message("This link leads nowhere any more"),
    workflow.RoundNotOpen: message("The survey has not begun"),
    workflow.RoundClosed: message("The survey is closed"),
    workflow.AlreadySubmitted: message("The response has been sent already"),
}


_NOT_TYPED = frozenset({"form", "seen", "key", "fields", "go"})
"""What the page itself put into its form."""


@dataclass(frozen=True, slots=True)
class RefusalPage:
    """Why something was refused. `held` is what a form sent, to be sent again."""

    status: int
    title: str
    sentence: str
    token: str
    """Of a link that works; empty where none does."""
    held: tuple[tuple[str, str], ...] = ()
    typed: tuple[str, ...] = ()
    """Texts that a form sent and that were not saved, to be copied."""


def explain(app: Flask) -> None:
    """Answer every failure of `app` with a page that says what to do."""
    app.register_error_handler(workflow.WorkflowError, _of_workflow)
    app.register_error_handler(StoreError, _of_store)
    app.register_error_handler(doors.TooMany, _too_many)
    app.register_error_handler(NotBegun, _not_begun)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _of_program)


def _of_workflow(error: workflow.WorkflowError) -> tuple[str, int] | tuple[str, int, dict[str, str]]:
    if isinstance(error, workflow.TokenUnknown):
        try:
            doors.knock(doors.UNKNOWN_LINK)  # only misses count: whoever has a link is never kept out by others at the same address
        except doors.TooMany as many:
            return _too_many(many)
        except StoreError as failure:
            return _of_store(failure)
    status = next((code for kind, code in _STATUSES.items() if isinstance(error, kind)), 422)
    title = next((title for kind, title in _TITLES_OF.items() if isinstance(error, kind)), _TITLES[status])
    lost = isinstance(error, workflow.TokenUnknown | workflow.TokenExpired | workflow.TokenRevoked)
    if not is_of_staff():
        speak_to_stranger()
    return _page(status, title, told(error), "" if lost else _token(), typed=_typed())


def _of_store(error: StoreError) -> tuple[str, int]:
    _log.error("store: %s", error)
    held = _sent() if request.method == "POST" and may_be_held() else ()
    title = _TITLES[503] if request.method == "POST" else _OUT_OF_ORDER
    if is_of_staff():
        return staff_page(503, title, "", held)
    return _page(503, title, _SENTENCES[503] if held else _SENTENCES[500], "", held)


def _too_many(error: doors.TooMany) -> tuple[str, int, dict[str, str]]:
    again = site().clock() + timedelta(seconds=error.seconds)
    if not is_of_staff():
        speak_to_stranger()
    sentence = words().say(_TOO_MANY, time=f"{again:%H:%M:%S} UTC")
    page, status = _page(429, _TITLES[429], sentence, "")
    return page, status, {"Retry-After": str(error.seconds)}


def _not_begun(_error: NotBegun) -> Reply:
    return redirect(url_for("members.start", token=_token()), HTTPStatus.SEE_OTHER)


def _of_http(error: HTTPException) -> tuple[str, int] | Reply:
    status = error.code or 500
    if status < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    title = _TITLES.get(status, _TITLES[400])
    return staff_page(status, title, "") if is_of_staff() else _page(status, title, _SENTENCES.get(status, _SENTENCES[400]), "")


def _of_program(error: Exception) -> tuple[str, int]:
    # The address is left out: it holds the personal link.
    _log.error("failure in %s %s", request.method, request.endpoint, exc_info=error)
    if is_of_staff():
        return staff_page(500, _TITLES[500], "")
    return _page(500, _TITLES[500], _SENTENCES[500], "")


def _token() -> str:
    return str((request.view_args or {}).get("token", ""))


def _typed() -> tuple[str, ...]:
    """What a member wrote into a page that is refused; choices are quickly made again, words are not."""
    if request.method != "POST" or request.blueprint != "members":
        return ()
    return tuple(value for name, value in _sent() if name not in _NOT_TYPED and len(value.split()) > 1)


def _sent() -> tuple[tuple[str, str], ...]:
    """What a form sent; nothing of one that cannot be read, because what is refused here is refused for another reason."""
    try:
        return tuple(request.form.items(multi=True))
    except HTTPException:
        return ()


def _page(
    status: int, title: str, sentence: str, token: str, held: tuple[tuple[str, str], ...] = (), typed: tuple[str, ...] = ()
) -> tuple[str, int]:
    if is_of_staff():
        return staff_page(status, title, sentence, held)
    speak_to_stranger()
    page = RefusalPage(status, words().say(title), words().say(sentence), token, held, typed)
    return render_template("refusal.html", page=page), status
