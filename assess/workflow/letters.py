"""What is written to members, and the outbox rows it waits in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

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

    @property
    def closing(self) -> str:
        """The end of the survey, as it stands in a letter."""
        return f"{self.closes_at.day} {self.closes_at:%B %Y, %H:%M} UTC"

    def link(self, token: str) -> str:
        """The personal address of a token."""
        return f"{self.base_url}/s/{token}"


def occasion(session: Session, round_: Round, base_url: str) -> Occasion:
    """Read what letters of a round say about it."""
    return Occasion(required(session, Cluster, round_.cluster_id).name, round_.year, round_.closes_at, base_url.rstrip("/"))


def invitation_letter(about: Occasion, member: str, token: str) -> tuple[str, str]:
    """Return subject and body of the first letter."""
    body = f"""Dear members of {member},

an independent evaluator is assessing the cluster {about.cluster} and asks every member organisation the same questions.
This is your personal link:

{about.link(token)}

You can stop at any time and go on later with the same link. The survey is open until {about.closing}.
Only the evaluators read single answers. The cluster management sees whether you have answered, never what.
If a colleague knows better, open the link and choose "Pass on": your colleague then gets a link to the same response.

{_ending(about, token)}"""
    return f"Survey {about.year} of the cluster {about.cluster}", body


def reminder_letter(about: Occasion, member: str, token: str) -> tuple[str, str]:
    """Return subject and body of a reminder."""
    body = f"""Dear members of {member},

your answers to the survey of the cluster {about.cluster} have not been submitted yet. What you have saved is kept.
This link leads to your response:

{about.link(token)}

The survey is open until {about.closing}.

{_ending(about, token)}"""
    return f"Reminder: survey {about.year} of the cluster {about.cluster}", body


def delegation_letter(about: Occasion, member: str, token: str, passed_on_by: str) -> tuple[str, str]:
    """Return subject and body of the letter to a colleague."""
    body = f"""Dear colleague at {member},

{passed_on_by} asks you to help answer the survey of the cluster {about.cluster}. This is your own link to the
response of your organisation; what either of you saves, both see:

{about.link(token)}

The survey is open until {about.closing}.

{_ending(about, token)}"""
    return f"Survey {about.year} of the cluster {about.cluster}, passed on to you", body


def queue_receipt(session: Session, invitation: Invitation, submission: Submission, now: datetime) -> None:
    """Queue the receipt of a submission to whoever submitted; nobody who wants no mail, or cannot get any, is written to."""
    if invitation.unsubscribed_at is not None or invitation.bounced_at is not None:
        return
    round_ = required(session, Round, invitation.round_id)
    cluster = required(session, Cluster, round_.cluster_id).name
    member = required(session, Member, invitation.member_id).name
    body = f"""The response of {member} to the survey {round_.year} of the cluster {cluster} was submitted
on {submission.submitted_at:%Y-%m-%d at %H:%M} UTC.

Receipt: {submission.receipt}
Digest of the answers (SHA-256): {submission.digest}

Your personal link shows your answers at any time. If something has to be corrected, ask the evaluator to reopen the response.
"""
    subject = f"Receipt {submission.receipt}: survey {round_.year} of the cluster {cluster}"
    key = f"receipt:{identity(submission)}"
    queue(session, [Mail(invitation.id, "receipt", key, invitation.email, subject, body)], due_at=now)


def _ending(about: Occasion, token: str) -> str:
    return f"If you want no more mail about this survey: {about.link(token)}/unsubscribe\n"
