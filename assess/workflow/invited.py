"""Tells who was invited to a round and how far each member is, never what anybody answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from assess.definitions.questionnaire_items import MemberKind
from assess.store.tables import Invitation, MailState, Member, OutboxMail, Response, ResponseState, Round
from assess.workflow.pinned import asked
from assess.workflow.rows import identity

_DELEGATION = "delegation"


@dataclass(frozen=True, slots=True)
class InvitedMember:
    """A member with its first link to one questionnaire; what became of further links to the same response counts as well."""

    member: Member
    invitation: Invitation
    response: Response | None
    opened: bool
    delegated: int
    """How often the questionnaire was passed on to a colleague."""
    undelivered: bool
    """Whether a mail to it was given up."""
    links: int
    """How many links it has had."""

    @property
    def has_submitted(self) -> bool:
        """Whether the response is handed in and was not reopened since."""
        return self.response is not None and self.response.state is ResponseState.SUBMITTED

    @property
    def is_revoked(self) -> bool:
        """Whether the link was withdrawn."""
        return self.invitation.revoked_at is not None


def invited_members(session: Session, round_: Round) -> tuple[InvitedMember, ...]:
    """Return everybody who was invited, by questionnaire and name; of a member invited again after a withdrawal, the last time counts."""
    links = session.exec(select(Invitation).where(col(Invitation.round_id) == identity(round_)).order_by(col(Invitation.id))).all()
    mails = session.exec(select(OutboxMail).where(col(OutboxMail.invitation_id).in_([one.id for one in links]))).all()
    passed_on = {mail.invitation_id for mail in mails if mail.kind == _DELEGATION}
    given_up = {mail.invitation_id for mail in mails if mail.state is MailState.FAILED}
    answers = session.exec(select(Response).where(col(Response.round_id) == identity(round_)))
    responses = {(one.member_id, one.questionnaire): one for one in answers}
    members = {member.id: member for member in session.exec(select(Member).where(col(Member.cluster_id) == round_.cluster_id))}
    found = []
    for root in {(one.member_id, one.questionnaire): one for one in links if one.delegated_by is None}.values():
        mine = [one for one in links if (one.member_id, one.questionnaire) == (root.member_id, root.questionnaire)]
        found.append(
            InvitedMember(
                member=members[root.member_id],
                invitation=root,
                response=responses.get((root.member_id, root.questionnaire)),
                opened=any(one.opened_at is not None for one in mine),
                delegated=sum(one.id in passed_on for one in mine),
                links=len(mine),
                undelivered=root.revoked_at is None and any(one.id in given_up and one.revoked_at is None for one in mine),
            )
        )
    order = {pin.questionnaire: place for place, pin in enumerate(asked(session, identity(round_)))}
    return tuple(sorted(found, key=lambda one: (order.get(one.invitation.questionnaire, 9), one.member.name_key, identity(one.member))))


def not_invited(session: Session, round_: Round, invited: Iterable[InvitedMember]) -> tuple[Member, ...]:
    """Return the active members whom a questionnaire of the round asks and who have no link that works, by name."""
    questionnaires = {pin.questionnaire for pin in asked(session, identity(round_))}
    linked = {one.member.id for one in invited if not one.is_revoked}
    members = session.exec(
        select(Member).where(col(Member.cluster_id) == round_.cluster_id, col(Member.active).is_(True)).order_by(col(Member.name_key))
    )
    return tuple(one for one in members if one.id not in linked and _questionnaire_of(one.kind) in questionnaires)


def _questionnaire_of(kind: str) -> str:
    return "member" if kind in set(MemberKind) else kind
