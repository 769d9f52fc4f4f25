"""Administration of accounts: who has one, what each may look after, and how it comes to its end."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, abort, jsonify, redirect, request, url_for
from sqlmodel import Session, col, select
from werkzeug.wrappers import Response as Reply

from assess.phrases import message
from assess.store.session import reading, writing
from assess.store.staff_tables import Account, Assignment, Programme, Role
from assess.store.tables import Cluster
from assess.web.access import needs
from assess.web.admin_parts import Act, AdminPage, Card, Cell, Table, cluster_choices, day, moment, printed, programme_choices, tried
from assess.web.desks import desk
from assess.web.forms import Asked, Filled, filled
from assess.web.frames import frame
from assess.web.places import ROLE_NAMES, roles_in_words
from assess.web.site import site
from assess.web.wording import words
from assess.workflow import audit, people
from assess.workflow.account_letters import send_welcome
from assess.workflow.refusals import Unfit
from assess.workflow.rows import identity, required

admin_accounts = Blueprint("admin_accounts", __name__, url_prefix="/admin")

_LISTED = 5
"""From so many choices on, a form shows a list."""
_RENAME = (Asked("name", message("Name"), "text"),)
_ERASE = (Asked("sure", message("Erase name and address for good"), "tick"),)


@admin_accounts.get("/accounts")
@needs("admin.accounts")
def listing() -> str | tuple[str, HTTPStatus]:
    """Show all accounts."""
    with reading(site().database) as session:
        return printed(_listing(session, filled(_new_account(session))))


@admin_accounts.post("/accounts")
@needs("admin.accounts")
def add() -> Reply | str | tuple[str, HTTPStatus]:
    """Make an account and mail the link to its first password."""
    with reading(site().database) as session:
        form = filled(_new_account(session), request.form)
    form = tried(form, lambda session: _add(session, form))
    if not form.problems:
        return redirect(url_for("admin_accounts.listing", done="added"), HTTPStatus.SEE_OTHER)
    with reading(site().database) as session:
        return printed(_listing(session, form))


@admin_accounts.get("/accounts/<int:account>")
@needs("admin.accounts")
def one(account: int) -> str | tuple[str, HTTPStatus]:
    """Show one account."""
    with reading(site().database) as session:
        return printed(_page(session, _found(session, account)))


@admin_accounts.post("/accounts/<int:account>/name")
@needs("admin.accounts")
def rename(account: int) -> Reply | str | tuple[str, HTTPStatus]:
    """Change the name of an account."""
    form = filled(_RENAME, request.form)
    now, actor = desk().now, desk().actor
    form = tried(form, lambda session: people.rename(session, _found(session, account), name=form.values["name"], now=now, actor=actor))
    return _after(account, form, name_form=form)


@admin_accounts.post("/accounts/<int:account>/roles")
@needs("admin.accounts")
def grant(account: int) -> Reply | str | tuple[str, HTTPStatus]:
    """Give an account a role."""
    with reading(site().database) as session:
        form = filled(_role(session), request.form)
    form = tried(form, lambda session: _grant(session, _found(session, account), form))
    return _after(account, form, role_form=form)


@admin_accounts.post("/accounts/<int:account>/erase")
@needs("admin.accounts")
def erase(account: int) -> Reply | str | tuple[str, HTTPStatus]:
    """Erase what is personal about an account."""
    form = filled(_ERASE, request.form)
    form = tried(form, lambda session: people.erase(session, _found(session, account), now=desk().now, actor=desk().actor))
    return _after(account, form, erase_form=form)


_VERBS = {"disable": people.disable, "enable": people.enable, "second-factor": people.reset_second_factor}


@admin_accounts.post("/accounts/<int:account>/disable", endpoint="disable", defaults={"what": "disable"})
@admin_accounts.post("/accounts/<int:account>/enable", endpoint="enable", defaults={"what": "enable"})
@admin_accounts.post("/accounts/<int:account>/second-factor", endpoint="second_factor", defaults={"what": "second-factor"})
@needs("admin.accounts")
def change(account: int, what: str) -> Reply:
    """Disable an account, enable it, or forget its device."""
    with writing(site().database) as session:
        _VERBS[what](session, _found(session, account), now=desk().now, actor=desk().actor)
    return _back(account)


@admin_accounts.post("/accounts/<int:account>/welcome")
@needs("admin.accounts")
def welcome(account: int) -> Reply:
    """Mail a new link to the first password."""
    with writing(site().database) as session:
        found = _found(session, account)
        if found.password_hash is not None or found.disabled_at is not None:
            raise Unfit(message("Let them ask for a new password on the sign-in page: this account has one, or is disabled."))
        send_welcome(session, found, base_url=site().settings.base_url, now=desk().now)
        audit.record(session, actor=desk().actor, verb="welcome_again", subject=people.reference(found), now=desk().now)
    return _back(account)


@admin_accounts.get("/accounts/<int:account>/data.json")
@needs("admin.accounts")
def data(account: int) -> Reply:
    """Hand out what is kept about an account, for the person it belongs to."""
    with writing(site().database) as session:
        found = _found(session, account)
        reply = jsonify(people.export_of(session, found))
        audit.record(session, actor=desk().actor, verb="export_account", subject=people.reference(found), now=desk().now)
    reply.headers["Content-Disposition"] = f'attachment; filename="account-{account}.json"'
    return reply


@admin_accounts.get("/assignments")
@needs("admin.accounts")
def assignments() -> str | tuple[str, HTTPStatus]:
    """Show who looks after what."""
    with reading(site().database) as session:
        rows = session.exec(select(Assignment, Account).join(Account).order_by(col(Account.name), col(Assignment.id))).all()
        lines = tuple(_assignment_line(session, assignment, account) for assignment, account in rows)
    say = words().say
    columns = (say("Name"), say("Role"), say("Place"), (say("Since"), "when"), say("Take away"))
    table = Table(say("Assignments"), columns, lines)
    lead = say("Who looks after what. Roles are given on the page of an account.")
    return printed(AdminPage(frame(say("Assignments"), _crumbs()), lead, tables=(table,)))


@admin_accounts.post("/assignments/<int:assignment>/revoke")
@needs("admin.accounts")
def revoke(assignment: int) -> Reply:
    """Take an assignment away."""
    with writing(site().database) as session:
        found = session.get(Assignment, assignment)
        if found is None:
            abort(HTTPStatus.NOT_FOUND)
        account = found.account_id
        people.revoke(session, found, now=desk().now, actor=desk().actor)
    return _back(account)


def _crumbs() -> tuple[tuple[str, str], ...]:
    return ((words().say("Accounts"), "/admin/accounts"),)


def _found(session: Session, account: int) -> Account:
    found = session.get(Account, account)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _back(account: int) -> Reply:
    return redirect(url_for("admin_accounts.one", account=account, done="saved"), HTTPStatus.SEE_OTHER)


def _after(account: int, form: Filled, **forms: Filled) -> Reply | str | tuple[str, HTTPStatus]:
    """Lead back to the account, or show its page with what is wrong."""
    if not form.problems:
        return _back(account)
    with reading(site().database) as session:
        return printed(_page(session, _found(session, account), **forms))


def _add(session: Session, form: Filled) -> None:
    mine, given = desk(), form.values
    account, _ = people.add_account(
        session, email=given["email"], name=given["name"], base_url=site().settings.base_url, now=mine.now, actor=mine.actor
    )
    _grant(session, account, form)


def _grant(session: Session, account: Account, form: Filled) -> None:
    given = form.values
    cluster = session.exec(select(Cluster).where(col(Cluster.key) == given["cluster"])).first()
    programme = session.exec(select(Programme).where(col(Programme.key) == given["programme"])).first()
    people.grant(session, account, role=Role(given["role"]), cluster=cluster, programme=programme, now=desk().now, actor=desk().actor)


def _or_none(choices: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """Let a choice among few, which are shown as round buttons, be taken back; a list has its own way."""
    return [("", words().say("None")), *choices] if len(choices) < _LISTED else choices


def _role(session: Session) -> tuple[Asked, ...]:
    say = words().say
    return (
        Asked("role", message("Role"), "choice", choices=tuple((role.value, say(name)) for role, name in ROLE_NAMES.items())),
        Asked("cluster", message("Cluster"), "choice", False, say("For managers and evaluators."), _or_none(cluster_choices(session))),
        Asked("programme", message("Programme"), "choice", False, say("For funding agencies."), _or_none(programme_choices(session))),
    )


def _new_account(session: Session) -> tuple[Asked, ...]:
    who = (Asked("email", message("Mail address"), "email", longest=254), Asked("name", message("Name"), "text"))
    return (*who, *_role(session))


def _state(account: Account) -> Cell:
    if account.erased_at is not None:
        return {"text": words().say("erased"), "tone": "bad"}
    if account.disabled_at is not None:
        return {"text": words().say("disabled"), "tone": "warn"}
    if account.password_hash is None or account.totp_confirmed_at is None:
        return {"text": words().say("not set up yet"), "tone": "open"}
    return {"text": words().say("active"), "tone": "good"}


def _shown_name(account: Account) -> str:
    return account.name or words().say("Account %(number)s (erased)", number=identity(account))


def _listing(session: Session, form: Filled) -> AdminPage:
    say = words().say
    rows = tuple(
        (
            {"text": _shown_name(account), "address": url_for("admin_accounts.one", account=account.id)},
            account.email,
            say("; ").join(roles_in_words(session, account)) or say("nothing assigned"),
            _state(account),
        )
        for account in session.exec(select(Account).order_by(col(Account.name), col(Account.id)))
    )
    return AdminPage(
        frame(say("Accounts")),
        say("Who works here. Members of clusters need no account."),
        links=((say("All assignments"), url_for("admin_accounts.assignments")),),
        tables=(Table(say("All accounts"), (say("Name"), say("Mail address"), say("Looks after"), say("State")), rows),),
        cards=(
            Card(
                say("Add an account"),
                form,
                url_for("admin_accounts.add"),
                say("Add and send the link"),
                say("A link to the first password goes to this address. It is good for seven days."),
            ),
        ),
    )


def _assignment_line(session: Session, row: Assignment, account: Account) -> tuple[Cell, ...]:
    say = words().say
    place = say("the site")
    if row.cluster_id is not None:
        place = required(session, Cluster, row.cluster_id).name
    elif row.programme_id is not None:
        place = required(session, Programme, row.programme_id).name
    role, name = say(ROLE_NAMES[row.role]), _shown_name(account)
    link = {"text": name, "address": url_for("admin_accounts.one", account=account.id)}
    what = say("%(role)s of %(place)s from %(name)s", role=role, place=place, name=name)
    return link, role, place, day(row.created_at), Act(url_for("admin_accounts.revoke", assignment=row.id), say("Take away"), what)


def _acts(account: Account) -> tuple[Act, ...]:
    def act(endpoint: str, label: str) -> Act:
        return Act(url_for(f"admin_accounts.{endpoint}", account=account.id), label)

    say = words().say
    if account.erased_at is not None:
        return ()
    if account.disabled_at is not None:
        return (act("enable", say("Enable")),)
    first = (act("welcome", say("Send the welcome link again")),) if account.password_hash is None else ()
    return (*first, act("second_factor", say("Reset the second factor")), act("disable", say("Disable")))


def _page(
    session: Session,
    account: Account,
    *,
    name_form: Filled | None = None,
    role_form: Filled | None = None,
    erase_form: Filled | None = None,
) -> AdminPage:
    say, state = words().say, _state(account)
    lines = tuple(_assignment_line(session, row, account)[1:] for row in people.assignments_of(session, account))
    address = {name: url_for(f"admin_accounts.{name}", account=account.id) for name in ("rename", "grant", "erase")}
    cards = (
        Card(say("Name"), name_form or filled(_RENAME, stored={"name": account.name}), address["rename"], say("Change the name")),
        Card(
            say("Give a role"),
            role_form or filled(_role(session)),
            address["grant"],
            say("Give the role"),
            say("All sessions of the account end."),
        ),
        Card(say("Erase"), erase_form or filled(_ERASE), address["erase"], say("Erase this account"), say(_ERASING), "danger"),
    )
    return AdminPage(
        frame(_shown_name(account), _crumbs()),
        facts=(
            (say("Mail address"), account.email),
            (say("State"), state["text"] if isinstance(state, dict) else ""),
            (say("Since"), moment(account.created_at)),
            (say("Password"), say("none yet") if account.password_hash is None else moment(account.password_changed_at, since=True)),
            (say("Device"), say("none yet") if account.totp_confirmed_at is None else moment(account.totp_confirmed_at, since=True)),
        ),
        links=((say("What is kept about this account (JSON)"), url_for("admin_accounts.data", account=account.id)),),
        acts=_acts(account),
        tables=(
            Table(
                say("Looks after"),
                (say("Role"), say("Place"), (say("Since"), "when"), say("Take away")),
                lines,
                say("Nothing is assigned to this account."),
            ),
        ),
        cards=() if account.erased_at is not None else cards,
    )


_ERASING = message(
    "Name, address, password and device are emptied, and all sessions end. What the account did stays in the log, under its number."
)
