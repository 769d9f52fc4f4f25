"""Invites members by personal links, of which only the SHA-256 is kept, and looks after these links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Exists, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from assess.definitions.questionnaire_items import MemberKind
from assess.store.queries import Link, invitation_by_token_hash, link_by_token_hash
from assess.store.tables import Invitation, MailState, Member, OutboxMail, Response, Round, RoundState
from assess.workflow import audit
from assess.workflow.letters import Occasion, delegation_letter, invitation_letter, occasion, reminder_letter
from assess.workflow.links import TOKEN_LENGTH, Wanted, further_link, hash_of, links_of_member, make_links, same_address, with_descendants
from assess.workflow.mail import Mail, address, queue, without_links
from assess.workflow.pinned import asked, remember
from assess.workflow.refusals import RoundClosed, RoundNotOpen, Taken, TokenExpired, TokenRevoked, TokenUnknown, Unfit
from assess.workflow.rows import identity, locked, required

REMIND_AFTER = timedelta(days=7)
MOST_REMINDERS = 3


@dataclass(frozen=True, slots=True)
class Invited:
    """A new link. The token is known here and in the mail only; the store keeps its hash."""

    invitation: Invitation
    token: str


def find(session: Session, token: str, *, now: datetime) -> Invitation:
    """Return the invitation of a token; looking uses nothing up. Raises TokenUnknown, TokenRevoked or TokenExpired."""
    return _usable(invitation_by_token_hash(session, hash_of(token)) if len(token) == TOKEN_LENGTH else None, now)


def follow(session: Session, token: str, *, now: datetime) -> Link:
    """Return the invitation of a token with all that it leads to, in one question to the store. Raises like `find`."""
    link = link_by_token_hash(session, hash_of(token)) if len(token) == TOKEN_LENGTH else None
    if link is None:
        raise TokenUnknown
    _usable(link.invitation, now)
    if link.asked is not None:
        remember(session, link.asked)
    return link


def invite(session: Session, round_: Round, member: Member, *, base_url: str, now: datetime, actor: str = audit.SYSTEM) -> Invited:
    """Give one member a link and queue the mail with it.

    Raises Taken when the member has one (then `resend`), Unfit when the round asks this member nothing, RoundNotOpen, RoundClosed.
    """
    _open_for_invitations(session, round_, now)
    named = _questionnaire_for(session, round_, member.kind)
    if named is None or member.cluster_id != round_.cluster_id or not member.active:
        raise Unfit(
            "%(member)s cannot be invited to this round; choose an active member of its cluster whom a questionnaire asks.",
            member=member.name,
        )
    if member.id in _already_invited(session, round_, named):
        raise Taken("%(member)s has a link already; resend it, or revoke it first.", member=member.name)
    _check_single(session, round_, named, [member])
    wanted = Wanted(member, named, address(member.email))
    number, token = make_links(session, round_, [wanted], now)[0]
    _queue_invitations(session, occasion(session, round_, base_url), [(number, token, wanted)], now)
    audit.record(session, actor=actor, verb="invite", subject=f"round/{round_.id}", now=now, details={"member": member.id})
    return Invited(required(session, Invitation, number), token)


def invite_all(session: Session, round_: Round, *, base_url: str, now: datetime, actor: str = audit.SYSTEM) -> int:
    """Invite every active member that has no link yet, and return how many that were; doing it again invites only newcomers."""
    _open_for_invitations(session, round_, now)
    wanted = list(_uninvited(session, round_))
    for questionnaire in {one.questionnaire for one in wanted}:
        _check_single(session, round_, questionnaire, [one.member for one in wanted if one.questionnaire == questionnaire])
    links = make_links(session, round_, wanted, now)
    mails = ((number, token, one) for (number, token), one in zip(links, wanted, strict=True))
    _queue_invitations(session, occasion(session, round_, base_url), mails, now)
    audit.record(session, actor=actor, verb="invite", subject=f"round/{round_.id}", now=now, details={"members": len(wanted)})
    return len(wanted)


def remind_due(
    session: Session,
    round_: Round,
    *,
    base_url: str,
    now: datetime,
    after: timedelta = REMIND_AFTER,
    most: int = MOST_REMINDERS,
    only_unopened: bool = False,
) -> int:
    """Remind whoever has not submitted (or not even opened a link) and was not written to for `after`; return how many that were.

    Nobody is reminded who unsubscribed, whose mail bounced, whose link was revoked or has expired, or more than `most` times.
    The reminder carries a further link to the same response, because the first one is known to nobody but the member.
    """
    _open_for_invitations(session, round_, now)
    due = _due_for_reminder(session, round_, now, after, most, only_unopened)
    wanted = [Wanted(member, invitation.questionnaire, invitation.email, invitation.id) for invitation, member in due]
    about = occasion(session, round_, base_url)
    mails = []
    for (_, token), (invitation, member) in zip(make_links(session, round_, wanted, now), due, strict=True):
        subject, body = reminder_letter(about, member, token)
        key = f"reminder:{invitation.id}:{invitation.reminders + 1}"
        mails.append(Mail(invitation.id, "reminder", key, invitation.email, subject, body))
    queue(session, mails, due_at=now)
    for invitation, _ in due:
        invitation.reminders += 1
        session.add(invitation)
    session.flush()
    return len(due)


def resend(
    session: Session, invitation: Invitation, *, base_url: str, now: datetime, actor: str = audit.SYSTEM, email: str | None = None
) -> Invited:
    """Send a further link to the same response, to a corrected address if one is given; earlier links stay as they are.

    Raises Unfit when the member wants no mail, or the address bounced and no other is given, TokenRevoked, RoundClosed.
    """
    round_ = required(session, Round, invitation.round_id)
    _open_for_invitations(session, round_, now)
    if invitation.revoked_at is not None:
        raise TokenRevoked
    recipient = address(email) if email else invitation.email
    if recipient == invitation.email and (invitation.unsubscribed_at is not None or invitation.bounced_at is not None):
        raise Unfit("Give another address: nobody may be written to at this one, because mail bounced there or is not wanted.")
    wanted = Wanted(required(session, Member, invitation.member_id), invitation.questionnaire, recipient, invitation.id)
    number, token = further_link(session, round_, invitation, wanted, now)
    if recipient != invitation.email:  # from now on reminders go to the right address
        invitation.email, invitation.bounced_at = recipient, None
        session.add(invitation)
    _queue_invitations(session, occasion(session, round_, base_url), [(number, token, wanted)], now)
    audit.record(session, actor=actor, verb="resend", subject=f"invitation/{invitation.id}", now=now)
    return Invited(required(session, Invitation, number), token)


def delegate(session: Session, invitation: Invitation, *, email: str, base_url: str, now: datetime) -> Invited:
    """Give a colleague a link of their own to the same response, and mail it. Raises Unfit, RoundClosed."""
    round_ = required(session, Round, invitation.round_id)
    _open_for_invitations(session, round_, now)
    member = required(session, Member, invitation.member_id)
    wanted = Wanted(member, invitation.questionnaire, address(email), invitation.id)
    number, token = further_link(session, round_, invitation, wanted, now)
    subject, body = delegation_letter(occasion(session, round_, base_url), member, token, invitation.email)
    queue(session, [Mail(number, "delegation", f"delegation:{number}", wanted.email, subject, body)], due_at=now)
    actor = f"invitation/{invitation.id}"
    audit.record(session, actor=actor, verb="delegate", subject=f"invitation/{number}", now=now)
    return Invited(required(session, Invitation, number), token)


def revoke(session: Session, invitation: Invitation, *, actor: str, now: datetime) -> int:
    """Withdraw a link and all that were made from it, with their unsent mails; return how many. The response stays."""
    gone = with_descendants(links_of_member(session, invitation), invitation)
    for link in gone:
        link.revoked_at = link.revoked_at or now
        session.add(link)
    session.flush()
    _cancel_mails(session, [identity(link) for link in gone])
    audit.record(session, actor=actor, verb="revoke", subject=f"invitation/{invitation.id}", now=now, details={"links": len(gone)})
    return len(gone)


def unsubscribe(session: Session, invitation: Invitation, *, now: datetime) -> None:
    """Write no more about this round to this address; its links still work, and what is queued is not sent."""
    same = same_address(session, invitation)
    for link in same:
        link.unsubscribed_at = link.unsubscribed_at or now
        session.add(link)
    session.flush()
    _cancel_mails(session, [identity(link) for link in same])


def bounced(session: Session, invitation: Invitation, *, now: datetime, actor: str = audit.SYSTEM) -> None:
    """Note that mail to this address comes back, so that no reminder goes there."""
    if invitation.bounced_at is not None:
        return
    for link in same_address(session, invitation):
        link.bounced_at = link.bounced_at or now
        session.add(link)
    session.flush()
    audit.record(session, actor=actor, verb="bounce", subject=f"invitation/{invitation.id}", now=now)


def _usable(found: Invitation | None, now: datetime) -> Invitation:
    if found is None:
        raise TokenUnknown
    if found.revoked_at is not None:
        raise TokenRevoked
    if found.expires_at <= now:
        raise TokenExpired
    return found


def _open_for_invitations(session: Session, round_: Round, now: datetime) -> None:
    locked(session, round_)  # two invite-alls at once would each find the same members uninvited
    if round_.state is RoundState.PLANNED:
        raise RoundNotOpen
    if round_.state is RoundState.CLOSED or now >= round_.closes_at:
        raise RoundClosed


def _questionnaire_for(session: Session, round_: Round, kind: str) -> str | None:
    """Name what the round asks a member of this kind; management and evaluator are kinds of their own here."""
    wanted = "member" if kind in set(MemberKind) else kind
    return wanted if wanted in {row.questionnaire for row in asked(session, identity(round_))} else None


def _already_invited(session: Session, round_: Round, questionnaire: str) -> set[int]:
    return set(
        session.exec(
            select(Invitation.member_id).where(
                col(Invitation.round_id) == identity(round_),
                col(Invitation.questionnaire) == questionnaire,
                col(Invitation.delegated_by).is_(None),
                col(Invitation.revoked_at).is_(None),
            )
        )
    )


def _uninvited(session: Session, round_: Round) -> Iterable[Wanted]:
    members = session.exec(
        select(Member).where(col(Member.cluster_id) == round_.cluster_id, col(Member.active).is_(True)).order_by(col(Member.id))
    ).all()
    named = {kind: _questionnaire_for(session, round_, kind) for kind in {member.kind for member in members}}
    invited = {questionnaire: _already_invited(session, round_, questionnaire) for questionnaire in named.values() if questionnaire}
    for member in members:
        questionnaire = named[member.kind]
        if questionnaire and member.id not in invited[questionnaire]:
            yield Wanted(member, questionnaire, address(member.email))


def _check_single(session: Session, round_: Round, questionnaire: str, members: Sequence[Member]) -> None:
    """The management and the evaluator of a cluster answer once, so only one of each is invited."""
    if questionnaire != "member" and len({*_already_invited(session, round_, questionnaire), *(member.id for member in members)}) > 1:
        if questionnaire == "management":
            raise Unfit("Invite one management only: deactivate the other, or revoke its link first.")
        raise Unfit("Invite one evaluator only: deactivate the other, or revoke its link first.")


def _queue_invitations(session: Session, about: Occasion, links: Iterable[tuple[int, str, Wanted]], now: datetime) -> None:
    mails = []
    for number, token, one in links:
        subject, body = invitation_letter(about, one.member, token)
        mails.append(Mail(number, "invitation", f"invitation:{number}", one.email, subject, body))
    queue(session, mails, due_at=now)


def _due_for_reminder(
    session: Session, round_: Round, now: datetime, after: timedelta, most: int, only_unopened: bool
) -> Sequence[tuple[Invitation, Member]]:
    last = func.max(func.coalesce(col(OutboxMail.sent_at), col(OutboxMail.due_at)))
    written = select(last).where(col(OutboxMail.invitation_id) == col(Invitation.id)).scalar_subquery()
    submitted = (
        select(Response.id)
        .where(
            col(Response.round_id) == col(Invitation.round_id),
            col(Response.member_id) == col(Invitation.member_id),
            col(Response.questionnaire) == col(Invitation.questionnaire),
            col(Response.submitted_at).is_not(None),
        )
        .exists()
    )
    return session.exec(
        select(Invitation, Member)
        .join(Member, col(Member.id) == col(Invitation.member_id))
        .where(
            col(Invitation.round_id) == identity(round_),
            col(Invitation.delegated_by).is_(None),
            col(Invitation.revoked_at).is_(None),
            col(Invitation.unsubscribed_at).is_(None),
            col(Invitation.bounced_at).is_(None),
            col(Invitation.expires_at) > now,
            col(Invitation.reminders) < most,
            col(Invitation.created_at) <= now - after,
            col(Member.active).is_(True),
            func.coalesce(written, col(Invitation.created_at)) <= now - after,
            ~submitted,
            *([~_opened()] if only_unopened else []),
        )
        .order_by(col(Invitation.id))
    ).all()


def _opened() -> Exists:
    """Whether any link of the invited member to the same response was opened: a reminder carries a further one."""
    link = aliased(Invitation)
    same = (
        col(link.round_id) == col(Invitation.round_id),
        col(link.member_id) == col(Invitation.member_id),
        col(link.questionnaire) == col(Invitation.questionnaire),
    )
    return select(link.id).where(*same, col(link.opened_at).is_not(None)).exists()


def _cancel_mails(session: Session, invitations: Sequence[int]) -> None:
    unsent = select(OutboxMail).where(col(OutboxMail.invitation_id).in_(invitations), col(OutboxMail.state) == MailState.QUEUED)
    for mail in session.exec(unsent):
        mail.state, mail.error, mail.body = (
            MailState.FAILED,
            "cancelled: the link was withdrawn or mail is not wanted",
            without_links(mail.body),
        )
        session.add(mail)
    session.flush()
