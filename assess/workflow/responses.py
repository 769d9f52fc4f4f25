"""Begins, saves, submits and reopens responses so that no acknowledged answer is ever lost or counted twice."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from assess.definitions.digests import digest
from assess.store.tables import Invitation, Reopening, Response, ResponseState, Round, RoundState, Submission
from assess.workflow import audit, letters, receipts
from assess.workflow.answer_rows import field_name, texts_at
from assess.workflow.page_saving import Conflict, Contested, Saved, fields_of, merge, plain, told
from assess.workflow.pinned import pinned
from assess.workflow.refusals import AlreadySubmitted, ChangedSince, NotComplete, RoundClosed, RoundNotOpen, Unfit
from assess.workflow.released import is_released, refuse_erased
from assess.workflow.rows import added, identity, locked, required
from assess.workflow.standing import standing

__all__ = [
    "Conflict",
    "Contested",
    "Saved",
    "begin",
    "last_submission",
    "may_change",
    "refuse_unless_open",
    "reopen",
    "response_of",
    "save",
    "submit",
    "submitted_answers",
]

_RECEIPT_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def begin(session: Session, invitation: Invitation, *, now: datetime) -> Response:
    """Return the member's response, made now if this is the first Start: all links of a member lead to the same one.

    Raises RoundNotOpen or RoundClosed when there is none yet and none may be begun.
    """
    response = response_of(session, invitation)
    if response is None:
        response = _begun(session, invitation, now)
    if invitation.opened_at is None:
        invitation.opened_at = now
        session.add(invitation)
        session.flush()
    return response


def response_of(session: Session, invitation: Invitation) -> Response | None:
    """Return the response that an invitation leads to; None before Start."""
    return session.exec(
        select(Response).where(
            col(Response.round_id) == invitation.round_id,
            col(Response.member_id) == invitation.member_id,
            col(Response.questionnaire) == invitation.questionnaire,
        )
    ).first()


def save(
    session: Session, response: Response, *, section: str, answers: Mapping[str, str], seen_revision: int, key: str, now: datetime
) -> Saved | Conflict:
    """Save one page: `answers` holds the text of every field on it by `field_name`, an empty text takes an answer back.

    Fields that only the page changed are written, fields that only others changed since `seen_revision` stay as they are, and
    fields that both changed differently are contested. Texts that cannot be read as an answer are kept too: `standing` tells what
    is wrong with them. `seen_revision` is the response's revision when the page was read; saves of one open page come one after the
    other, each with the revision that the last one returned.
    Raises KeyReused, AlreadySubmitted, RoundClosed or AnswerUnfit; then nothing is changed.
    """
    locked(session, response)
    page = {plain(name): plain(raw) for name, raw in answers.items()}
    content = digest({"verb": "save", "section": section, "answers": page})
    earlier = receipts.earlier_outcome(session, response, key, content)
    if earlier is not None:
        return told(session, response, earlier, page, repeated=True)
    refuse_unless_open(session, response, now)
    sent = fields_of(pinned(session, response.round_id, response.questionnaire), section, page)
    merged = merge(session, response, sent, seen_revision, now)
    outcome = {"revision": response.revision, "saved_at": now.isoformat()} | asdict(merged)
    receipts.keep(session, response, key, content, outcome, now)
    return told(session, response, outcome, page, repeated=False)


def submit(
    session: Session, response: Response, *, key: str, now: datetime, seen_revision: int | None = None, invitation: Invitation | None = None
) -> Submission:
    """Hand a response in, and mail the receipt to the `invitation` it came through; done already, it returns the first submission.

    Raises NotComplete with what is missing or wrong, ChangedSince when `seen_revision` is not the last, KeyReused, RoundClosed.
    """
    locked(session, response)
    content = digest({"verb": "submit"})
    earlier = receipts.earlier_outcome(session, response, key, content)
    if earlier is not None:
        return required(session, Submission, earlier["submission"])
    submission = last_submission(session, response) if response.state is ResponseState.SUBMITTED else None
    if submission is None:
        refuse_unless_open(session, response, now)
        submission = _submitted(session, response, seen_revision, now)
        if invitation is not None:
            letters.queue_receipt(session, invitation, submission, now)
    receipts.keep(session, response, key, content, {"submission": identity(submission)}, now)
    return submission


def reopen(session: Session, response: Response, *, actor: str, reason: str, now: datetime) -> Response:
    """Let a member answer again, also after the round has closed; what was submitted stays as it was.

    Raises Unfit without a reason, when the member can answer anyway, or once figures of the round were released.
    """
    locked(session, response)
    if not reason.strip():
        raise Unfit("Give a reason for reopening: it is kept beside the response.")
    round_ = required(session, Round, response.round_id)
    refuse_erased(round_)
    if is_released(session, response.round_id):
        raise Unfit("Ask for the answer in the next round: a late answer would show as a change of the figures that are released.")
    if response.state is ResponseState.REOPENED or (response.state is ResponseState.DRAFT and _is_open(round_, now)):
        raise Unfit("Nothing has to be reopened: the member can still answer.")
    response.state = ResponseState.REOPENED
    response.revision += 1
    session.add(response)
    session.flush()
    added(session, Reopening(response_id=identity(response), revision=response.revision, reason=reason.strip()))
    details: dict[str, str | int | None] = {"revision": response.revision}
    audit.record(session, actor=actor, verb="reopen", subject=f"response/{response.id}", now=now, details=details)
    return response


def last_submission(session: Session, response: Response) -> Submission | None:
    """Return what was handed in last; None when nothing was."""
    mine = select(Submission).where(col(Submission.response_id) == identity(response))
    return session.exec(mine.order_by(col(Submission.revision).desc())).first()


def submitted_answers(session: Session, submission: Submission) -> dict[str, str]:
    """Return the answers by field name exactly as they were handed in, whatever was saved later."""
    response = required(session, Response, submission.response_id)
    return {field_name(*field): raw for field, raw in sorted(texts_at(session, response, submission.revision).items())}


def may_change(session: Session, response: Response, now: datetime) -> bool:
    """Whether answers can be saved now: the round is open and nothing was submitted, or the response was reopened.

    The release of the round's figures ends both, because a later answer would show as their difference.
    """
    if response.state is ResponseState.DRAFT:
        return _is_open(required(session, Round, response.round_id), now)
    return response.state is ResponseState.REOPENED and not is_released(session, response.round_id)


def _begun(session: Session, invitation: Invitation, now: datetime) -> Response:
    round_ = required(session, Round, invitation.round_id)
    if round_.state is RoundState.PLANNED:
        raise RoundNotOpen
    if not _is_open(round_, now):
        raise RoundClosed
    version = pinned(session, invitation.round_id, invitation.questionnaire).version
    try:
        with session.begin_nested():
            return added(
                session,
                Response(
                    round_id=invitation.round_id,
                    member_id=invitation.member_id,
                    questionnaire=invitation.questionnaire,
                    version=version,
                    created_at=now,
                ),
            )
    except IntegrityError:  # a second Start won the race between our question and our row
        other = response_of(session, invitation)
        if other is None:
            raise
        return other


def _is_open(round_: Round, now: datetime) -> bool:
    """The server's clock decides, also before the sweep has closed a round that is due."""
    return round_.state is RoundState.OPEN and now < round_.closes_at


def refuse_unless_open(session: Session, response: Response, now: datetime) -> None:
    """Refuse a change where `may_change` does not hold. Raises AlreadySubmitted or RoundClosed."""
    if response.state is ResponseState.SUBMITTED:
        raise AlreadySubmitted
    if not may_change(session, response, now):
        raise RoundClosed


def _submitted(session: Session, response: Response, seen_revision: int | None, now: datetime) -> Submission:
    if seen_revision is not None and seen_revision != response.revision:
        raise ChangedSince
    found = standing(session, response, now.date())
    if not found.complete:
        raise NotComplete((item.name for item in found.missing), found.problems)
    response.revision += 1
    response.state, response.submitted_at = ResponseState.SUBMITTED, now
    session.add(response)
    return added(
        session,
        Submission(
            response_id=identity(response),
            revision=response.revision,
            submitted_at=now,
            receipt=_receipt_number(),
            digest=digest(dict(found.given)),
        ),
    )


def _receipt_number() -> str:
    """Make a number that can be read out on the telephone; 58 bits, so that nobody guesses another's."""
    code = "".join(secrets.choice(_RECEIPT_LETTERS) for _ in range(12))
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"
