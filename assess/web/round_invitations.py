"""Invitations to a round: who was invited and how far each is; sent again, withdrawn, reminded."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, abort, redirect, render_template, request
from sqlmodel import Session
from werkzeug.wrappers import Response as Reply

from assess.phrases import message
from assess.store.session import reading, writing
from assess.store.tables import Invitation, Member
from assess.web.access import needs
from assess.web.desks import desk
from assess.web.forms import Filled, filled
from assess.web.round_pages.invitations import RESEND, InvitationPage, invitation_page, invitations_page
from assess.web.site import site
from assess.web.wording import told, words
from assess.web.workbench_pages.place import Place, place_of
from assess.workflow import invitations as verbs
from assess.workflow.invited import InvitedMember, invited_members
from assess.workflow.refusals import Taken, WorkflowError
from assess.workflow.reminders import remind_now
from assess.workflow.rows import identity, required

round_invitations = Blueprint("round_invitations", __name__, url_prefix="/clusters/<cluster>/<int:year>/invitations")

_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
_SEND_AGAIN = message("Send a link again")


@round_invitations.get("")
@needs("round.progress.read")
def invitations(**_: str | int) -> str:
    """Show who was invited and how far each is."""
    with reading(site().database) as session:
        return render_template("staff/round_invitations.html", page=invitations_page(session, place_of(session, desk())))


@round_invitations.post("/all")
@needs("round.invite")
def invite_all(**_: str | int) -> Reply:
    """Invite every active member that has no link yet; once more invites nobody twice."""
    with writing(site().database) as session:
        place = place_of(session, desk())
        verbs.invite_all(session, place.round, base_url=site().settings.base_url, now=desk().now, actor=desk().actor)
        return _back(place, "invited")


@round_invitations.post("/remind")
@needs("round.invite")
def remind(**_: str | int) -> Reply:
    """Remind whoever has not handed in and was not written to lately; once more reminds nobody twice."""
    with writing(site().database) as session:
        place = place_of(session, desk())
        count = remind_now(session, place.round, base_url=site().settings.base_url, now=desk().now, actor=desk().actor)
        return _back(place, "reminded" if count else "nobody-reminded")


@round_invitations.get("/<int:invitation>/resend")
@needs("round.invite")
def ask_resend(invitation: int, **_: str | int) -> str:
    """Ask for the address to send a link to."""
    with reading(site().database) as session:
        place = place_of(session, desk())
        return render_template("staff/round_resend.html", page=_resend_page(place, _one(session, place, invitation), filled(RESEND)))


@round_invitations.post("/<int:invitation>/resend")
@needs("round.invite")
def resend(invitation: int, **_: str | int) -> Reply | tuple[str, HTTPStatus]:
    """Send a further link; the page names how many links there were, so that a second click sends none."""
    form = filled(RESEND, request.form)
    with writing(site().database) as session:
        place = place_of(session, desk())
        one = _one(session, place, invitation)
        given, base_url = form.values["email"] or None, site().settings.base_url
        if not form.problems:
            try:
                if request.form.get("seen") == str(one.links):
                    verbs.resend(session, one.invitation, base_url=base_url, now=desk().now, actor=desk().actor, email=given)
            except WorkflowError as refusal:
                form = form.refused(told(refusal), "email")
        if form.problems:
            return render_template("staff/round_resend.html", page=_resend_page(place, one, form)), _WRONG
        return _back(place, "resent")


@round_invitations.get("/<int:invitation>/withdraw")
@needs("round.invite")
def ask_withdraw(invitation: int, **_: str | int) -> str:
    """Ask before a link is withdrawn."""
    with reading(site().database) as session:
        place = place_of(session, desk())
        page = invitation_page(place, _one(session, place, invitation), words().say("Withdraw a link"), "withdraw")
        return render_template("staff/round_withdraw.html", page=page)


@round_invitations.post("/<int:invitation>/withdraw")
@needs("round.invite")
def withdraw(invitation: int, **_: str | int) -> Reply:
    """Withdraw a link and all that were made from it."""
    with writing(site().database) as session:
        place = place_of(session, desk())
        one = _one(session, place, invitation)
        if not one.is_revoked:
            verbs.revoke(session, one.invitation, actor=desk().actor, now=desk().now)
        return _back(place, "link-withdrawn")


@round_invitations.post("/<int:invitation>/invite")
@needs("round.invite")
def invite_again(invitation: int, **_: str | int) -> Reply:
    """Give a member whose link was withdrawn a new one."""
    with writing(site().database) as session:
        place = place_of(session, desk())
        found = session.get(Invitation, invitation)
        if found is None or found.round_id != desk().round_id:
            abort(HTTPStatus.NOT_FOUND)
        member = required(session, Member, found.member_id)
        try:
            verbs.invite(session, place.round, member, base_url=site().settings.base_url, now=desk().now, actor=desk().actor)
        except Taken:  # the second click of two
            return _back(place, "invited")
        return _back(place, "invited")


@round_invitations.post("/<int:invitation>/bounced")
@needs("round.invite")
def bounced(invitation: int, **_: str | int) -> Reply:
    """Note that mail to a member comes back."""
    with writing(site().database) as session:
        place = place_of(session, desk())
        verbs.bounced(session, _one(session, place, invitation).invitation, now=desk().now, actor=desk().actor)
        return _back(place, "saved")


def _resend_page(place: Place, one: InvitedMember, form: Filled) -> InvitationPage:
    return invitation_page(place, one, words().say(_SEND_AGAIN), "resend", form)


def _one(session: Session, place: Place, number: int) -> InvitedMember:
    """Find an invitation of the round that the address names; any other is not found."""
    found = next((one for one in invited_members(session, place.round) if identity(one.invitation) == number), None)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def _back(place: Place, done: str) -> Reply:
    return redirect(f"{place.address}/invitations?done={done}", HTTPStatus.SEE_OTHER)
