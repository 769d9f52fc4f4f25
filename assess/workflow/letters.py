"""What is written to members and staff, each in their own language, and the outbox rows it waits in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlmodel import Session

from assess.content import content_folder
from assess.definitions.words import words_of
from assess.store.tables import Cluster, Invitation, Member, Round, Submission
from assess.workflow.mail import Mail, queue
from assess.workflow.rows import identity, required


@dataclass(frozen=True, slots=True)
class Occasion:
    """What all letters of a round have in common."""

    cluster: str
    year: int
    closes_at: datetime
    base_url: str

    def link(self, token: str) -> str:
        """The personal address of a token."""
        return f"{self.base_url}/s/{token}"


def occasion(session: Session, round_: Round, base_url: str) -> Occasion:
    """Read what letters of a round say about it."""
    return Occasion(required(session, Cluster, round_.cluster_id).name, round_.year, round_.closes_at, base_url.rstrip("/"))


def invitation_letter(about: Occasion, member: Member, token: str) -> tuple[str, str]:
    """Return subject and body of the first letter."""
    return _with_link("invitation", about, member, token)


def reminder_letter(about: Occasion, member: Member, token: str) -> tuple[str, str]:
    """Return subject and body of a reminder."""
    return _with_link("reminder", about, member, token)


def delegation_letter(about: Occasion, member: Member, token: str, passed_on_by: str) -> tuple[str, str]:
    """Return subject and body of the letter to a colleague."""
    return _with_link("delegation", about, member, token, colleague=passed_on_by)


def queue_receipt(session: Session, invitation: Invitation, submission: Submission, now: datetime) -> None:
    """Queue the receipt of a submission to whoever submitted; nobody who wants no mail, or cannot get any, is written to."""
    if invitation.unsubscribed_at is not None or invitation.bounced_at is not None:
        return
    round_ = required(session, Round, invitation.round_id)
    member = required(session, Member, invitation.member_id)
    subject, body = letter(
        "receipt",
        member.language,
        cluster=required(session, Cluster, round_.cluster_id).name,
        year=round_.year,
        member=member.name,
        submitted=words_of(member.language).moment(submission.submitted_at),
        receipt=submission.receipt,
        digest=submission.digest,
    )
    queue(session, [Mail(invitation.id, "receipt", f"receipt:{identity(submission)}", invitation.email, subject, body)], due_at=now)


def letter(kind: str, language: str, /, **values: str | int) -> tuple[str, str]:
    """Return the subject, which is the first line of the letter's template, and the body, which is all below it."""
    words = words_of(language)
    text = _environment().get_template(f"{kind}.txt").render(values, gettext=words.say, ngettext=words.several)
    subject, _, body = text.partition("\n")
    return subject, f"{body.strip()}\n"


def _with_link(name: str, about: Occasion, member: Member, token: str, **more: str) -> tuple[str, str]:
    return letter(
        name,
        member.language,
        cluster=about.cluster,
        year=about.year,
        member=member.name,
        link=about.link(token),
        closing=words_of(member.language).moment(about.closes_at),
        unsubscribe=f"{about.link(token)}/unsubscribe",
        **more,
    )


@cache
def _environment() -> Environment:
    environment = Environment(  # noqa: S701 - a letter is plain text
        loader=FileSystemLoader(content_folder("templates") / "mail"), undefined=StrictUndefined, extensions=["jinja2.ext.i18n"]
    )
    environment.newstyle_gettext = True  # type: ignore[attr-defined]  # of the extension: values are handed over by name
    return environment
