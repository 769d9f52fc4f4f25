"""The page of one's own account: name, password, second factor, sessions, and what is kept."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort, jsonify, make_response, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as Reply

from assess.phrases import message
from assess.store.session import reading, writing
from assess.store.staff_tables import Account, AccountSession
from assess.web import doors
from assess.web.access import needs
from assess.web.account_pages import (
    CONFIRM,
    NAME,
    AccountPage,
    CodesPage,
    FormPage,
    change_password_asked,
    judged,
    session_line,
)
from assess.web.cookies import give, take_away
from assess.web.desks import desk
from assess.web.forms import Filled, filled
from assess.web.frames import frame
from assess.web.places import roles_in_words
from assess.web.site import site
from assess.web.wording import words
from assess.workflow import account_sessions, passwords, people, second_factors, signing_in, taken_away
from assess.workflow.rows import required

own_account = Blueprint("own_account", __name__, url_prefix="/account")

_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
_NOT_IT = message("Enter your present password again: this is not it.")


@own_account.get("")
@needs("account.own")
def account() -> str:
    """Show the account."""
    with reading(site().database) as session:
        return render_template(
            "staff/account.html", page=_page(session, filled(NAME, stored={"name": desk().name, "language": desk().language}))
        )


@own_account.post("/name")
@needs("account.own")
def rename() -> Reply | tuple[str, HTTPStatus]:
    """Change the name."""
    form = filled(NAME, request.form)
    with writing(site().database) as session:
        if form.problems:
            return render_template("staff/account.html", page=_page(session, form)), _WRONG
        said = form.values
        people.rename(session, _mine(session), name=said["name"], language=said["language"], now=desk().now, actor=desk().actor)
    return redirect(url_for("own_account.account", done="name"), HTTPStatus.SEE_OTHER)


@own_account.get("/password")
@needs("account.own")
def password() -> str:
    """Ask for a new password."""
    return render_template(
        "staff/change_password.html", page=_form_page(words().say("Change your password"), filled(change_password_asked()))
    )


@own_account.post("/password")
@needs("account.own")
def change_password() -> Reply | tuple[str, HTTPStatus]:
    """Change the password; all sessions end, this one too."""
    with reading(site().database) as session:
        form = judged(filled(change_password_asked(), request.form), _mine(session))
    form, tried = _tried(form)
    if form.problems:
        return render_template("staff/change_password.html", page=_form_page(words().say("Change your password"), form)), _WRONG
    kept = passwords.keep(form.values["new"])
    with writing(site().database) as session:
        signing_in.change_password(session, desk().account_id, tried, kept, now=desk().now)
    return take_away(redirect(url_for("accounts.sign_in", done="password"), HTTPStatus.SEE_OTHER))


@own_account.get("/device", endpoint="device", defaults={"what": "device"})
@own_account.get("/recovery-codes", endpoint="recovery_codes", defaults={"what": "codes"})
@needs("account.own")
def confirm(what: str) -> str:
    """Ask for the password before the second factor is changed."""
    return render_template("staff/confirm.html", page=_form_page(words().say(_TITLES[what]), filled(CONFIRM)), what=what)


@own_account.post("/device")
@needs("account.own")
def change_device() -> Reply | tuple[str, HTTPStatus]:
    """Forget the device; all sessions end, and this browser sets up a new device at once."""
    form, _ = _tried(filled(CONFIRM, request.form))
    if form.problems:
        return render_template("staff/confirm.html", page=_form_page(words().say(_TITLES["device"]), form), what="device"), _WRONG
    with writing(site().database) as session:
        mine = _mine(session)
        people.reset_second_factor(session, mine, now=desk().now, actor=desk().actor)
        token = account_sessions.begin(session, mine, browser=request.user_agent.string, now=desk().now)
    return give(redirect(url_for("accounts.enrol"), HTTPStatus.SEE_OTHER), token)


@own_account.post("/recovery-codes")
@needs("account.own")
def new_recovery_codes() -> Reply | tuple[str, HTTPStatus]:
    """Make new recovery codes and show them, once."""
    form, _ = _tried(filled(CONFIRM, request.form))
    if form.problems:
        return render_template("staff/confirm.html", page=_form_page(words().say(_TITLES["codes"]), form), what="codes"), _WRONG
    with writing(site().database) as session:
        codes = second_factors.new_recovery_codes(session, _mine(session), now=desk().now)
    return make_response(
        render_template("staff/recovery_codes.html", page=CodesPage(frame(words().say("Recovery codes"), _crumbs()), codes))
    )


@own_account.post("/sessions/<int:number>/end")
@needs("account.own")
def end_session(number: int) -> Reply:
    """End one of the account's sessions."""
    with writing(site().database) as session:
        mine = session.get(AccountSession, number)
        if mine is None or mine.account_id != desk().account_id:
            abort(HTTPStatus.NOT_FOUND)
        account_sessions.end_own(session, mine, now=desk().now)
    return redirect(url_for("own_account.account", done="session"), HTTPStatus.SEE_OTHER)


@own_account.post("/sessions/end-others")
@needs("account.own")
def end_other_sessions() -> Reply:
    """End all of the account's sessions but this one."""
    with writing(site().database) as session:
        account_sessions.end_others(session, _mine(session), but=desk().session_id, now=desk().now)
    return redirect(url_for("own_account.account", done="sessions"), HTTPStatus.SEE_OTHER)


@own_account.get("/data.json")
@needs("account.own")
def data() -> Reply:
    """Hand out what is kept about the account, and write that down."""
    with writing(site().database) as session:
        taken_away.note(session, taken_away.File.OWN_DATA, desk().actor, actor=desk().actor, now=desk().now)
        reply = jsonify(people.export_of(session, _mine(session)))
    reply.headers["Content-Disposition"] = 'attachment; filename="account.json"'
    return reply


_TITLES = {"device": message("Set up another device"), "codes": message("Make new recovery codes")}


def _tried(form: Filled) -> tuple[Filled, signing_in.Tried]:
    """Try the present password, outside any transaction, and return the form with what is wrong with it."""
    doors.knock(doors.SIGN_IN, desk().email)
    with reading(site().database) as session:
        kept = _mine(session).password_hash
    tried = signing_in.try_password(desk().email, form.values["password"], kept)
    return (form if tried.right or form.problems else form.refused(_NOT_IT, "password")), tried


def _form_page(title: str, form: Filled) -> FormPage:
    return FormPage(frame(title, _crumbs()), form)


def _crumbs() -> tuple[tuple[str, str], ...]:
    return ((words().say("Your account"), "/account"),)


def _mine(session: Session) -> Account:
    return required(session, Account, desk().account_id)


def _page(session: Session, name_form: Filled) -> AccountPage:
    mine = _mine(session)
    sessions = account_sessions.living(session, mine, now=desk().now)
    return AccountPage(
        frame=frame(words().say("Your account")),
        email=mine.email,
        name_form=name_form,
        password_changed=mine.password_changed_at,
        device_since=mine.totp_confirmed_at,
        codes_left=second_factors.recovery_codes_left(mine),
        sessions=tuple(session_line(one, desk().session_id) for one in sessions),
        roles=roles_in_words(session, mine),
    )
