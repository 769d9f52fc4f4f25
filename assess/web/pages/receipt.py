"""The page that says that the response was handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assess.store.tables import ResponseState, Submission
from assess.web.pages.frames import Frame, frame
from assess.web.pages.review import ReviewedSection, reviewed_section
from assess.web.progress import sections
from assess.web.visits import Visit
from assess.workflow.answer_rows import field_of


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """That the response was handed in, and what stood in it."""

    frame: Frame
    member: str
    receipt: str
    digest: str
    submitted_at: datetime
    email: str
    sections: tuple[ReviewedSection, ...]
    answered: int
    reopened: bool
    closes_at: datetime
    released: bool


def receipt_page(visit: Visit, submission: Submission, answers: Mapping[str, str]) -> ReceiptPage:
    """Return the receipt, with the answers as they were handed in."""
    sent = [field for field in map(field_of, answers) if field is not None]
    found = tuple(reviewed_section(section, visit, answers) for section in sections(visit.standing, sent) if section.asks)
    return ReceiptPage(
        frame=frame(visit),
        member=visit.member.name,
        receipt=submission.receipt,
        digest=submission.digest,
        submitted_at=submission.submitted_at,
        email="" if visit.invitation.unsubscribed_at or visit.invitation.bounced_at else visit.invitation.email,
        sections=found,
        answered=sum(row.given for section in found for row in section.rows),
        reopened=visit.begun.state is ResponseState.REOPENED,
        closes_at=visit.round.closes_at,
        released=visit.released,
    )
