"""The pages that say to staff why something was refused."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import current_app, render_template, request, url_for

from assess.phrases import message
from assess.web.access import Access, declared
from assess.web.desks import somebody
from assess.web.frames import Frame, frame
from assess.web.wording import words

_PLACES = ("/desk", "/clusters/", "/programmes/", "/admin/", "/account", "/sign-in", "/sign-out", "/forgotten", "/welcome/", "/reset/")
_KEEPING_SECRETS = {"accounts", "own_account"}
"""Blueprints whose forms hold passwords and codes: what they sent is never put into a page."""
_UNSAVED = message(
    "Not saved: you are signed out. Sign in again in another tab, then press “Save” here; what you wrote stays on this page."
)
_SIGN_IN_AGAIN = message(
    "Sign in again in another tab of this browser, then come back and press “Try again”: what you wrote is kept in this page."
)
_SIGNED_OUT = message("Nothing was saved: you are signed out")
_NOTHING_YET = message("Nothing was saved yet")
_SEND_AGAIN = message(
    "Press “Try again” if you have just sent this form: it was made before you signed in. What you wrote is kept in this page. "
    "If you sent no form, go to your desk instead."
)
_SENTENCES = {
    400: message(
        "Open the page again and send the form from there: this one was made before you signed in, or your browser sent no cookie."
    ),
    404: message("Go back to where you came from: there is no such page, or it is not yours to see."),
    405: message("Go back to where you came from: there is no such page, or it is not yours to see."),
    413: message("Send less at once: this is more than a page may carry."),
    500: message("Try again in some minutes. The fault is on our side and was written down for the operator."),
    503: message("Try again in a moment: the store cannot be reached, and nothing was changed."),
}


@dataclass(frozen=True, slots=True)
class StaffRefusalPage:
    """Why something was refused. `held` is what a form sent, to be sent again."""

    frame: Frame
    status: int
    sentence: str
    back: str
    back_to: str
    held: tuple[tuple[str, str], ...] = ()


def is_of_staff() -> bool:
    """Say whether the present request asks for a page of staff."""
    access = declared(current_app.view_functions.get(request.endpoint or ""))
    if access is None:
        return request.path.startswith(_PLACES)
    return access not in (Access.NOTHING, Access.LINK)


def may_be_held() -> bool:
    """Say whether what a form sent may be put into a page, to be sent again."""
    return request.blueprint not in _KEEPING_SECRETS


def held_for_signing_in() -> tuple[str, int] | None:
    """Keep what a form sent whose session has ended, and say how to go on; None where it sent nothing, or secrets."""
    held = _typed()
    if not held:
        return None
    if request.path.endswith("/autosave"):  # the script says the title on the page that is being filled in
        return staff_page(HTTPStatus.FORBIDDEN, _UNSAVED, _SIGN_IN_AGAIN)
    return staff_page(HTTPStatus.FORBIDDEN, _SIGNED_OUT, _SIGN_IN_AGAIN, held)


def held_for_another_session(form: str) -> tuple[str, int] | None:
    """Keep what a form sent that was made before its sender signed in anew, to be sent again with the form token `form`."""
    held = _typed()
    if not held or somebody() is None or request.path.endswith("/autosave"):
        return None
    return staff_page(HTTPStatus.BAD_REQUEST, _NOTHING_YET, _SEND_AGAIN, (("form", form), *held))


def _typed() -> tuple[tuple[str, str], ...]:
    if request.method != "POST" or not may_be_held():
        return ()
    return tuple((name, value) for name, value in request.form.items(multi=True) if name != "form")


def staff_page(status: int, title: str, sentence: str, held: tuple[tuple[str, str], ...] = ()) -> tuple[str, int]:
    """Return the page, with title and sentence said; without a sentence of its own it says what the status means."""
    mine = somebody()
    inside = mine is not None and not mine.waits
    if inside:
        back, back_to = "/desk", words().say("To your desk")
    else:
        back, back_to = url_for("accounts.sign_in"), words().say("To the sign-in page")
    said = words().say(sentence or _SENTENCES.get(status, _SENTENCES[400]))
    page = StaffRefusalPage(frame(words().say(title)), status, said, back, back_to, held)
    return render_template("staff/refusal.html", page=page), status
