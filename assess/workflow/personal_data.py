"""Gathers what is kept about the person who answers for a member, to be handed out on request."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from assess.store.tables import AuditEvent, Cluster, EvidenceFile, Invitation, Member, OutboxMail, Reopening, Response, Round
from assess.workflow import audit
from assess.workflow.answer_rows import field_name, texts
from assess.workflow.rows import identity, required

LEFT_OUT = "left out: an administrator may read answers of this round only after breaking the glass"


def export_of_member(session: Session, member: Member, *, answers_of: Collection[int], now: datetime, actor: str) -> dict[str, Any]:
    """Return what is kept about a member's contact, in words and plain values that JSON can hold; no token is among it.

    Answers are in it only for the rounds `answers_of`, by number; of the others it says that they are left out.
    """
    links = session.exec(select(Invitation).where(col(Invitation.member_id) == identity(member)).order_by(col(Invitation.id))).all()
    responses = session.exec(select(Response).where(col(Response.member_id) == identity(member)).order_by(col(Response.id))).all()
    found = {
        "member": _member(session, member),
        "links": [_link(session, link) for link in links],
        "mails": _mails(session, links),
        "responses": [_response(session, response, response.round_id in answers_of) for response in responses],
        "events": _events(session, member, links, responses),
    }
    shown = sum(response.round_id in answers_of for response in responses)
    details: dict[str, str | int | None] = {"responses_with_answers": shown}
    audit.record(session, actor=actor, verb="export_member", subject=f"member/{identity(member)}", now=now, details=details)
    return found


def _member(session: Session, member: Member) -> Mapping[str, Any]:
    cluster = required(session, Cluster, member.cluster_id)
    named = {"cluster": cluster.name, "organisation": member.name, "kind": member.kind, "email": member.email}
    return named | {"language": member.language, "active": member.active}


def _link(session: Session, link: Invitation) -> Mapping[str, Any]:
    times = ("created_at", "expires_at", "opened_at", "revoked_at", "unsubscribed_at", "bounced_at")
    about = {"round": required(session, Round, link.round_id).year, "email": link.email, "reminders": link.reminders}
    return about | {name: _moment(getattr(link, name)) for name in times}


def _mails(session: Session, links: Sequence[Invitation]) -> list[Mapping[str, Any]]:
    mine = select(OutboxMail).where(col(OutboxMail.invitation_id).in_([identity(link) for link in links]))
    return [
        {"kind": mail.kind, "recipient": mail.recipient, "subject": mail.subject, "state": mail.state.value, "sent": _moment(mail.sent_at)}
        for mail in session.exec(mine.order_by(col(OutboxMail.id)))
    ]


def _response(session: Session, response: Response, with_answers: bool) -> Mapping[str, Any]:
    files = session.exec(
        select(EvidenceFile.name).where(col(EvidenceFile.response_id) == identity(response)).order_by(col(EvidenceFile.id))
    )
    reasons = select(Reopening.reason).where(col(Reopening.response_id) == identity(response)).order_by(col(Reopening.revision))
    answers = {field_name(*field): raw for field, raw in sorted(texts(session, response).items())} if with_answers else LEFT_OUT
    return {
        "round": required(session, Round, response.round_id).year,
        "questionnaire": f"{response.questionnaire} {response.version}",
        "state": response.state.value,
        "begun": _moment(response.created_at),
        "saved": _moment(response.saved_at),
        "submitted": _moment(response.submitted_at),
        "reopened_because": list(session.exec(reasons)),
        "answers": answers,
        "files": list(files) if with_answers else LEFT_OUT,
    }


def _events(session: Session, member: Member, links: Sequence[Invitation], responses: Sequence[Response]) -> list[Mapping[str, Any]]:
    subjects = [f"member/{identity(member)}", *(f"invitation/{identity(link)}" for link in links)]
    subjects += [f"response/{identity(response)}" for response in responses]
    about = col(AuditEvent.subject).in_(subjects) | col(AuditEvent.actor).in_(subjects)
    events = session.exec(select(AuditEvent).where(about).order_by(col(AuditEvent.sequence)))
    return [{"at": _moment(event.at), "actor": event.actor, "verb": event.verb, "subject": event.subject} for event in events]


def _moment(time: datetime | None) -> str | None:
    return None if time is None else f"{time.isoformat(timespec='seconds')}Z"
