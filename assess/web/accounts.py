"""The door of staff: signing in with password and code, first and new passwords."""

from __future__ import annotations

import re
from http import HTTPStatus

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from assess.phrases import message
from assess.store.session import reading, writing
from assess.store.staff_tables import Account, TokenPurpose
from assess.web import doors
from assess.web.access import Access, needs
from assess.web.account_pages import (
    CODE,
    FIRST_CODE,
    FORGOTTEN,
    SIGN_IN,
    CodesPage,
    NewPasswordPage,
    device_page,
    form_page,
    judged,
    new_password_asked,
)
from assess.web.cookies import give, take_away
from assess.web.desks import desk
from assess.web.forms import Filled, filled
from assess.web.frames import frame
from assess.web.site import site
from assess.web.wording import told, words
from assess.workflow import account_letters, passwords, second_factors, signing_in
from assess.workflow.rows import required

accounts = Blueprint("accounts", __name__)

_PAGE = re.compile(r"/(?![/\\])[A-Za-z0-9/._~%-]*\Z")
"""A page of this site, to be led to after signing in."""
_REFUSED = message("Check address and password and try again. After five failures an account waits for some minutes, longer each time.")
_CODE_REFUSED = message(
    "Enter the code that your app shows now, or a recovery code. Each is good once; after five failures, wait some minutes."
)
_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


@accounts.get("/sign-in")
@needs(Access.DOOR)
def sign_in() -> str:
    """Ask for address and password."""
    return render_template(
        "staff/sign_in.html", page=form_page(words().say("Sign in"), filled(SIGN_IN), to=_wanted(request.args.get("to", "")))
    )


@accounts.post("/sign-in")
@needs(Access.DOOR)
def give_password() -> Reply | tuple[str, HTTPStatus]:
    """Try a password; the browser then waits for the second factor."""
    form = filled(SIGN_IN, request.form)
    wanted = _wanted(request.form.get("to", ""))
    token = None if form.problems else _session_for(form)
    if token is None:
        form = form if form.problems else form.refused(_REFUSED)
        return render_template("staff/sign_in.html", page=form_page(words().say("Sign in"), form, to=wanted)), _WRONG
    return give(redirect(url_for("accounts.code", to=wanted or None), HTTPStatus.SEE_OTHER), token)


@accounts.get("/sign-in/code")
@needs(Access.CODE)
def code() -> str | Reply:
    """Ask for a code of the device, or lead to setting one up."""
    with reading(site().database) as session:
        known = required(session, Account, desk().account_id).totp_confirmed_at is not None
    if not known:
        return redirect(url_for("accounts.enrol"), HTTPStatus.SEE_OTHER)
    return render_template(
        "staff/code.html", page=form_page(words().say("Enter your code"), filled(CODE), to=_wanted(request.args.get("to", "")))
    )


@accounts.post("/sign-in/code")
@needs(Access.CODE)
def give_code() -> Reply | tuple[str, HTTPStatus]:
    """Try a code; the browser then gets a session with a new token."""
    mine = desk()
    doors.knock(doors.CODE, str(mine.account_id))
    form, token = filled(CODE, request.form), None
    wanted = _wanted(request.form.get("to", ""))
    if not form.problems:
        with writing(site().database) as session:
            secret = site().settings.secret
            token = signing_in.give_code(session, mine.session_id, form.values["code"], secret=secret, now=mine.now)
    if token is None:
        form = form if form.problems else form.refused(_CODE_REFUSED, "code")
        return render_template("staff/code.html", page=form_page(words().say("Enter your code"), form, to=wanted)), _WRONG
    return give(redirect(wanted or "/desk", HTTPStatus.SEE_OTHER), token)


@accounts.get("/sign-in/device")
@needs(Access.CODE)
def enrol() -> str | Reply:
    """Show a new device its secret."""
    with writing(site().database) as session:
        account = required(session, Account, desk().account_id)
        if account.totp_confirmed_at is not None:
            return redirect(url_for("accounts.code"), HTTPStatus.SEE_OTHER)
        second_factors.begin(session, account)
        return render_template("staff/device.html", page=device_page(account, site().settings.secret, filled(FIRST_CODE)))


@accounts.post("/sign-in/device")
@needs(Access.CODE)
def confirm_device() -> Reply | tuple[str, HTTPStatus] | str:
    """Take the first code of a new device and show the recovery codes, once."""
    mine, secret = desk(), site().settings.secret
    doors.knock(doors.CODE, str(mine.account_id))
    form = filled(FIRST_CODE, request.form)
    with writing(site().database) as session:
        account = required(session, Account, mine.account_id)
        try:
            token, codes = signing_in.confirm_device(session, mine.session_id, form.values["code"], secret=secret, now=mine.now)
        except second_factors.CodeWrong as refusal:
            form = form if form.problems else form.refused(told(refusal), "code")
            return render_template("staff/device.html", page=device_page(account, secret, form)), _WRONG
    return give(
        make_response(render_template("staff/recovery_codes.html", page=CodesPage(frame(words().say("Recovery codes")), codes))), token
    )


@accounts.post("/sign-out")
@needs("account.own")
def sign_out() -> Reply:
    """End the session."""
    with writing(site().database) as session:
        signing_in.sign_out(session, desk().session_id, now=desk().now)
    return take_away(redirect(url_for("accounts.sign_in", done="signed-out"), HTTPStatus.SEE_OTHER))


@accounts.get("/forgotten")
@needs(Access.DOOR)
def forgotten() -> str:
    """Ask whose password is forgotten."""
    return render_template("staff/forgotten.html", page=form_page(words().say("Forgotten password"), filled(FORGOTTEN)))


@accounts.post("/forgotten")
@needs(Access.DOOR)
def ask_for_reset() -> Reply | tuple[str, HTTPStatus]:
    """Mail a link to a new password; what is said is the same for every address."""
    form = filled(FORGOTTEN, request.form)
    if form.problems:
        return render_template("staff/forgotten.html", page=form_page(words().say("Forgotten password"), form)), _WRONG
    doors.knock(doors.FORGOTTEN, form.values["email"])
    with writing(site().database) as session:
        signing_in.ask_for_reset(session, form.values["email"], base_url=site().settings.base_url, now=site().clock())
    return redirect(url_for("accounts.sign_in", done="sent"), HTTPStatus.SEE_OTHER)


@accounts.get("/welcome/<token>", endpoint="welcome", defaults={"purpose": TokenPurpose.WELCOME})
@accounts.get("/reset/<token>", endpoint="reset", defaults={"purpose": TokenPurpose.RESET})
@needs(Access.DOOR)
def new_password(token: str, purpose: TokenPurpose) -> str:
    """Ask for the password that a mailed link leads to."""
    doors.knock(doors.STAFF_LINK)
    with reading(site().database) as session:
        account = account_letters.holder(session, token, purpose, now=site().clock())
    return render_template("staff/new_password.html", page=_new_password_page(token, purpose, account, filled(new_password_asked())))


@accounts.post("/welcome/<token>", endpoint="choose", defaults={"purpose": TokenPurpose.WELCOME})
@accounts.post("/reset/<token>", endpoint="choose_anew", defaults={"purpose": TokenPurpose.RESET})
@needs(Access.DOOR)
def choose_password(token: str, purpose: TokenPurpose) -> Reply | tuple[str, HTTPStatus]:
    """Set the password that a mailed link leads to; the link is used up and all sessions end."""
    doors.knock(doors.STAFF_LINK)
    form, now = filled(new_password_asked(), request.form), site().clock()
    with reading(site().database) as session:
        account = account_letters.holder(session, token, purpose, now=now)
    form = judged(form, account)
    if form.problems:
        return render_template("staff/new_password.html", page=_new_password_page(token, purpose, account, form)), _WRONG
    kept = passwords.keep(form.values["new"])
    with writing(site().database) as session:
        signing_in.choose_password(session, token, purpose, kept, now=now)
    return redirect(url_for("accounts.sign_in", done="password"), HTTPStatus.SEE_OTHER)


def _session_for(form: Filled) -> str | None:
    """Try the password outside any transaction: that takes long on purpose, and writers would wait for it."""
    email, now = form.values["email"], site().clock()
    doors.knock(doors.SIGN_IN, email)
    with reading(site().database) as session:
        kept = signing_in.kept_password(session, email)
    tried = signing_in.try_password(email, form.values["password"], kept)
    with writing(site().database) as session:
        return signing_in.sign_in(session, tried, browser=request.user_agent.string, now=now)


def _wanted(page: str) -> str:
    return page if _PAGE.match(page) else ""


def _new_password_page(token: str, purpose: TokenPurpose, account: Account, form: Filled) -> NewPasswordPage:
    title = words().say("Welcome") if purpose is TokenPurpose.WELCOME else words().say("Choose a new password")
    return NewPasswordPage(frame(title), form, account.name, account.email, token, purpose is TokenPurpose.WELCOME)
