"""Stands before every view of staff: who is it, what does the address name, does the matrix allow it, is the form ours."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from flask import Flask, Request, abort, current_app, redirect, request, url_for
from sqlmodel import Session, col, select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Reply

from assess.definitions.words import words_of
from assess.store.session import reading, writing
from assess.store.staff_tables import Account, AccountSession, Programme
from assess.store.steering_tables import Publication
from assess.store.tables import Cluster, Round
from assess.web.access import Access, declared
from assess.web.cookies import carried, door_token, form_of, is_ours, keep_door
from assess.web.desks import Desk, take_place
from assess.web.matrix import Holding, Holdings, Place, allows
from assess.web.site import site
from assess.web.staff_refusals import held_for_another_session, held_for_signing_in
from assess.web.wording import speak, speak_to_stranger
from assess.workflow import account_sessions, people
from assess.workflow.rows import identity

_SAFE = {"GET", "HEAD", "OPTIONS"}


class Plain(Request):
    """A request whose form holds nothing that PostgreSQL takes for no text."""

    def _load_form_data(self) -> None:
        super()._load_form_data()
        _refuse_zero_bytes(self.form)


def guard(app: Flask) -> None:
    """Let nobody come to a view of `app` who does not show what it declares."""
    app.request_class = Plain
    app.before_request(_admit)
    app.after_request(keep_door)


def _refuse_zero_bytes(sent: MultiDict[str, str]) -> None:
    """Refuse what no browser sends: a zero byte in a name or a value."""
    if any("\0" in name or "\0" in value for name, value in sent.items(multi=True)):
        abort(HTTPStatus.BAD_REQUEST)


def _admit() -> Reply | tuple[str, int] | None:
    """Answer in the view's place where it must not be called."""
    if request.endpoint is None:
        return None
    access = declared(current_app.view_functions.get(request.endpoint))
    if access is None:
        abort(HTTPStatus.NOT_FOUND)
    if access is Access.LINK:
        return None
    if any("\0" in str(value) for value in (request.view_args or {}).values()):
        abort(HTTPStatus.NOT_FOUND)  # PostgreSQL takes no such text, and nothing has such a name
    _refuse_zero_bytes(request.args)
    speak_to_stranger()
    if access is Access.NOTHING:
        return None
    token = door_token() if access is Access.DOOR else carried()
    if access is not Access.DOOR:
        refusal = _seat(token, access)
        if refusal is not None:
            return refusal
    if request.method not in _SAFE and not is_ours(token):
        return held_for_another_session(form_of(token)) or abort(HTTPStatus.BAD_REQUEST)
    return None


def _seat(token: str, access: str) -> Reply | tuple[str, int] | None:
    """Let the account of a session take place at its desk, or answer in the view's place."""
    now = site().clock()
    with reading(site().database) as session:
        found = account_sessions.find(session, token, now=now) if token else None
        if found is None:
            return held_for_signing_in() or _to_the_door()
        mine, account = found
        if mine.second_factor_at is None and access is not Access.CODE:
            return redirect(url_for("accounts.code"), HTTPStatus.SEE_OTHER)
        if mine.second_factor_at is not None and access is Access.CODE:
            return redirect("/desk", HTTPStatus.SEE_OTHER)
        _sit_down(session, mine, account, token, access, now)
    if account_sessions.to_be_noted(mine, now):
        with writing(site().database) as session:
            account_sessions.note_use(session, identity(mine), now=now)
    return None


def _to_the_door() -> Reply:
    """Lead to the sign-in page, and from there to the page that was asked for."""
    here = request.path if request.method == "GET" and request.path != "/desk" else None
    return redirect(url_for("accounts.sign_in", to=here), HTTPStatus.SEE_OTHER)


def _sit_down(session: Session, mine: AccountSession, account: Account, token: str, access: str, now: datetime) -> None:
    """Let an account take place where the address says; where there is no such place, or not for this account, answer 404."""
    place, holdings = _place(session), _holdings(session, account, now)
    here = place or Place()
    found = Desk(
        account_id=identity(account),
        name=account.name,
        email=account.email,
        language=account.language,
        cluster_id=here.cluster_id,
        round_id=here.round_id,
        programme_id=here.programme_id,
        now=now,
        form=form_of(token),
        session_id=identity(mine),
        holdings=holdings,
        published=here.published,
        waits=mine.second_factor_at is None,
    )
    take_place(found)
    speak(words_of(account.language))
    if place is None or not (access is Access.CODE or allows(access, holdings, place)):
        abort(HTTPStatus.NOT_FOUND)


def _place(session: Session) -> Place | None:
    """Find the cluster, round and programme that the address names; None when one of them is not there."""
    named = request.view_args or {}
    cluster = session.exec(select(Cluster.id).where(col(Cluster.key) == named.get("cluster"))).first() if "cluster" in named else None
    of_year = (col(Round.cluster_id) == cluster, col(Round.year) == named.get("year"))
    round_ = session.exec(select(Round.id).where(*of_year)).first() if cluster is not None and "year" in named else None
    known = col(Programme.key) == named.get("programme")
    programme = session.exec(select(Programme.id).where(known)).first() if "programme" in named else None
    found = {"cluster": cluster, "year": round_, "programme": programme}
    if any(name in named and number is None for name, number in found.items()):
        return None
    return Place(cluster, round_, programme, round_ is not None and _is_published(session, round_))


def _is_published(session: Session, round_id: int) -> bool:
    out = (col(Publication.published_at).is_not(None), col(Publication.withdrawn_at).is_(None))
    return session.exec(select(Publication.id).where(col(Publication.round_id) == round_id, *out)).first() is not None


def _holdings(session: Session, account: Account, now: datetime) -> Holdings:
    rows = people.assignments_of(session, account)
    assignments = tuple(Holding(row.role, row.cluster_id, row.programme_id) for row in rows)
    funded = people.funded_clusters(session, [row.programme_id for row in rows if row.programme_id is not None])
    return Holdings(assignments, funded, people.open_glass(session, account, now=now))
