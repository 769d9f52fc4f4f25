"""Who was invited to a round and how far each is, never what anybody answered; the rate of answers; when reminders go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from assess.phrases import message
from assess.store.tables import Response, ResponseState, Round, RoundState
from assess.web.desks import may
from assess.web.forms import Asked, Filled
from assess.web.frames import Entry, Frame
from assess.web.wording import words
from assess.web.workbench_pages.overview import QUESTIONNAIRES, ProgressTable, kind_name, progress_table
from assess.web.workbench_pages.place import Place
from assess.workflow.invitations import MOST_REMINDERS
from assess.workflow.invited import InvitedMember, invited_members, not_invited
from assess.workflow.pinned import asked
from assess.workflow.released import is_released
from assess.workflow.reminders import QUIET, SCHEDULE, Reminder
from assess.workflow.rows import identity

_EMPTY = message("Leave it empty to use the present one.")
_KEPT = message("Kept in the audit log. The member can answer again, also after the closing.")
RESEND = (Asked("email", message("Another mail address"), "email", required=False, hint=_EMPTY, longest=254),)
REOPEN = (Asked("reason", message("Why"), "area", hint=_KEPT, longest=1000),)
_SCHEDULED = {
    "unopened": message("seven days after the opening, whoever has not opened a link"),
    "week-left": message("seven days before the closing, whoever has not submitted"),
    "two-days-left": message("two days before the closing, whoever has not submitted"),
}
"""Whom a reminder of the schedule goes to, and when."""


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """One member that was invited; `state` is word and tone of its badge, `notes` what else is known of its links."""

    number: int
    member: str
    kind: str
    questionnaire: str
    email: str
    state: tuple[str, str]
    notes: tuple[str, ...]
    reminders: str
    works: bool
    """Whether the link was not withdrawn."""
    bounced: bool
    reopenable: int | None
    """The number of the response, for who may reopen it; None where there is nothing to reopen."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A reminder of the schedule: when, to whom; `state` is word and tone of its badge."""

    at: datetime
    words: str
    state: tuple[str, str]


@dataclass(frozen=True, slots=True)
class InvitationsPage:
    """All invitations of a round."""

    frame: Frame
    ways: tuple[Entry, ...]
    place: str
    address: str
    round_address: str
    progress: tuple[ProgressTable, ...]
    lines: tuple[InvitationLine, ...]
    missing: tuple[str, ...]
    """Members who have no link yet."""
    invite: str
    """What the button says that invites them."""
    schedule: tuple[Moment, ...]
    limits: str
    """How often somebody is written to."""
    may_invite: bool
    may_mail: bool
    """Whether mails can go out: the round is open."""
    planned: bool


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """A question about one invitation or response: send it again, withdraw it, reopen it."""

    frame: Frame
    ways: tuple[Entry, ...]
    address: str
    back: str
    member: str
    email: str
    questionnaire: str
    form: Filled | None
    seen: int = 0
    """How many links the member had when the page was made, so that a second click sends none."""


def invitations_page(session: Session, place: Place) -> InvitationsPage:
    """Return everybody who was invited, with the rate of answers by kind and the schedule of reminders."""
    round_, now = place.round, place.desk.now
    invited = invited_members(session, round_)
    reopens = may("round.run") and not is_released(session, identity(round_))
    missing = tuple(one.name for one in not_invited(session, round_, invited))
    return InvitationsPage(
        frame=place.frame(words().say("Invitations")),
        ways=place.ways(),
        place=place.name,
        address=f"{place.address}/invitations",
        round_address=place.address,
        progress=tuple(progress_table(session, round_, pin.questionnaire) for pin in asked(session, identity(round_))),
        lines=tuple(_line(one, round_, now, reopens) for one in invited),
        missing=missing,
        invite=words().several(len(missing), "Invite %(num)s member", "Invite %(num)s members"),
        schedule=tuple(_moment(one, round_, now) for one in SCHEDULE),
        limits=words().several(
            QUIET.days,
            "Nobody is written to twice within %(num)s day, or reminded more than %(times)s times.",
            "Nobody is written to twice within %(num)s days, or reminded more than %(times)s times.",
            times=MOST_REMINDERS,
        ),
        may_invite=may("round.invite"),
        may_mail=round_.state is RoundState.OPEN and now < round_.closes_at,
        planned=round_.state is RoundState.PLANNED,
    )


def invitation_page(place: Place, one: InvitedMember, title: str, act: str, form: Filled | None = None) -> InvitationPage:
    """Return the page that asks before `act` is done with one invitation."""
    back = f"{place.address}/invitations"
    named = place.frame(title, (words().say("Invitations"), "invitations"))
    questionnaire = _questionnaire(one.invitation.questionnaire)
    address = f"{back}/{identity(one.invitation)}/{act}"
    return InvitationPage(named, place.ways(), address, back, one.member.name, one.invitation.email, questionnaire, form, one.links)


def reopen_page(place: Place, response: Response, member: str, form: Filled) -> InvitationPage:
    """Return the page that asks why a response is reopened."""
    named = place.frame(words().say("Reopen a response"), (words().say("Invitations"), "invitations"))
    address, back = f"{place.address}/reopen/{identity(response)}", f"{place.address}/invitations"
    return InvitationPage(named, place.ways(), address, back, member, "", _questionnaire(response.questionnaire), form)


def _questionnaire(code: str) -> str:
    return words().say(QUESTIONNAIRES.get(code, code))


def _line(one: InvitedMember, round_: Round, now: datetime, reopens: bool) -> InvitationLine:
    invitation = one.invitation
    return InvitationLine(
        number=identity(invitation),
        member=one.member.name,
        kind=words().say(kind_name(one.member.kind)),
        questionnaire=_questionnaire(invitation.questionnaire),
        email=invitation.email,
        state=_state(one),
        notes=tuple(_notes(one)),
        reminders=words().say("%(number)s of %(all)s", number=invitation.reminders, all=MOST_REMINDERS),
        works=not one.is_revoked,
        bounced=invitation.bounced_at is not None,
        reopenable=one.response.id if reopens and one.response is not None and _is_shut(one.response, round_, now) else None,
    )


def _is_shut(response: Response, round_: Round, now: datetime) -> bool:
    """Whether a response could only be changed after it was reopened."""
    over = round_.state is RoundState.CLOSED or now >= round_.closes_at
    return response.state is ResponseState.SUBMITTED or (response.state is ResponseState.DRAFT and over)


def _state(one: InvitedMember) -> tuple[str, str]:
    if one.has_submitted:
        return words().say("Handed in"), "good"
    if one.is_revoked:
        return words().say("Link withdrawn"), "none"
    if one.response is not None:
        reopened = one.response.state is ResponseState.REOPENED
        return words().say("Reopened") if reopened else words().say("Begun"), "open"
    return (words().say("Opened"), "open") if one.opened else (words().say("Not opened yet"), "none")


def _notes(one: InvitedMember) -> list[str]:
    notes = []
    if one.invitation.bounced_at is not None:
        notes.append(words().say("Mail comes back: send the link to another address"))
    elif one.undelivered:
        notes.append(words().say("A mail could not be delivered"))
    if one.invitation.unsubscribed_at is not None:
        notes.append(words().say("Wants no more mail; the link still works"))
    if one.delegated:
        notes.append(words().several(one.delegated, "Passed on to %(num)s colleague", "Passed on to %(num)s colleagues"))
    if not one.member.active:
        notes.append(words().say("No longer active: is not reminded"))
    return notes


def _moment(reminder: Reminder, round_: Round, now: datetime) -> Moment:
    at = reminder.moment(round_)
    if at < round_.opens_at:
        state = words().say("left out: the round is too short"), "none"
    elif at <= now:
        state = words().say("past"), "good"
    elif round_.state is RoundState.CLOSED:
        state = words().say("left out: the round is closed"), "none"
    else:
        state = words().say("to come"), "open"
    return Moment(at, words().say(_SCHEDULED.get(reminder.key, reminder.words)), state)
