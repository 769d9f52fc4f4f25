"""What the pages of an account show, and what their forms ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import segno

from assess.definitions.words import languages
from assess.phrases import message
from assess.store.staff_tables import Account, AccountSession
from assess.web.forms import Asked, Filled
from assess.web.frames import Frame, frame
from assess.web.sentences import LANGUAGES
from assess.web.wording import told, words
from assess.workflow import second_factors, signing_in
from assess.workflow.passwords import LONGEST, SHORTEST
from assess.workflow.refusals import Unfit
from assess.workflow.rows import identity

_EMAIL = Asked("email", message("Mail address"), "email", longest=254, autocomplete="username")
_PRESENT = Asked("password", message("Present password"), "password", longest=LONGEST, autocomplete="current-password")
_DIGITS = message("Six digits, shown by your app.")
_DIGITS_OR_RECOVERY = message("Six digits, shown by your app. Or one of your recovery codes.")

SIGN_IN = (_EMAIL, Asked("password", message("Password"), "password", longest=LONGEST, autocomplete="current-password"))
CODE = (Asked("code", message("Code"), "code", hint=_DIGITS_OR_RECOVERY, longest=40, autocomplete="one-time-code"),)
FIRST_CODE = (Asked("code", message("Code"), "code", hint=_DIGITS, longest=10, autocomplete="one-time-code"),)
FORGOTTEN = (_EMAIL,)
CONFIRM = (_PRESENT,)
_LANGUAGES = [(code, LANGUAGES[code]) for code in languages()]
NAME = (
    Asked("name", message("Name"), "text", autocomplete="name"),
    Asked("language", message("Language of your pages"), "choice", required=False, choices=_LANGUAGES),
)


@dataclass(frozen=True, slots=True)
class FormPage:
    """A page that is one form. `to` is the page to be led to afterwards."""

    frame: Frame
    form: Filled
    to: str = ""


@dataclass(frozen=True, slots=True)
class NewPasswordPage:
    """The page of a mailed link."""

    frame: Frame
    form: Filled
    name: str
    email: str
    token: str
    first: bool
    """Whether the account has had no password yet."""


@dataclass(frozen=True, slots=True)
class DevicePage:
    """Setting up a device: its secret as a picture (a data: address) and as text."""

    frame: Frame
    form: Filled
    picture: str
    secret: str
    email: str


@dataclass(frozen=True, slots=True)
class CodesPage:
    """Recovery codes, shown once."""

    frame: Frame
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session of the account."""

    number: int
    browser: str
    begun: datetime
    seen: datetime
    present: bool


@dataclass(frozen=True, slots=True)
class AccountPage:
    """The account's own page."""

    frame: Frame
    email: str
    name_form: Filled
    password_changed: datetime | None
    device_since: datetime | None
    codes_left: int
    sessions: tuple[SessionLine, ...]
    roles: tuple[str, ...]


def new_password_asked() -> tuple[Asked, ...]:
    """Return what is asked where a password is chosen."""
    hint = words().say(
        "At least %(shortest)s characters of any kind; several words are easy to remember. You may paste it.", shortest=SHORTEST
    )
    return (
        Asked("new", message("New password"), "password", hint=hint, longest=LONGEST, autocomplete="new-password"),
        Asked("again", message("New password, once more"), "password", longest=LONGEST, autocomplete="new-password"),
    )


def change_password_asked() -> tuple[Asked, ...]:
    """Return what is asked where the present password is changed for another."""
    return (_PRESENT, *new_password_asked())


def form_page(title: str, form: Filled, *, to: str = "") -> FormPage:
    """Return a page that is one form."""
    return FormPage(frame(title), form, to)


def device_page(account: Account, secret: str, form: Filled) -> DevicePage:
    """Return the page that sets up a device; `secret` is the site's."""
    picture = segno.make(second_factors.device_address(account, secret), error="m").svg_data_uri(scale=4, border=2, light="white")
    text = second_factors.device_secret(account, secret)
    return DevicePage(frame(words().say("Set up your second factor")), form, picture, _in_groups(text), account.email)


def session_line(one: AccountSession, present: int) -> SessionLine:
    """Return the line of a session; `present` is the number of the one that asks."""
    return SessionLine(identity(one), browser_name(one.browser), one.created_at, one.seen_at, one.id == present)


def browser_name(text: str) -> str:
    """Return browser and system as people call them."""
    browser = next((name for mark, name in _BROWSERS if mark in text), words().say("Unknown browser"))
    system = next((name for mark, name in _SYSTEMS if mark in text), "")
    return words().say("%(browser)s on %(system)s", browser=browser, system=system) if system else browser


def judged(form: Filled, account: Account) -> Filled:
    """Return a form with what is wrong with its new password."""
    if "new" in form.problems:
        return form
    try:
        signing_in.judge_password(account, form.values["new"])
    except Unfit as refusal:
        return form.refused(told(refusal), "new")
    same = form.values["new"] == form.values["again"] or "again" in form.problems
    return form if same else form.refused(words().say("Enter the same password twice."), "again")


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))


def _in_groups(text: str) -> str:
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))
