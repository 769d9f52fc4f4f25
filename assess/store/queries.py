"""What is asked of the store in more than one place; nothing here changes anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlmodel import Session, col
from sqlmodel import select as rows_of

from assess.store.tables import (
    Answer,
    AnswerRevision,
    Cluster,
    Invitation,
    Job,
    JobState,
    MailState,
    Member,
    OutboxMail,
    ReleasedCell,
    Response,
    Round,
    RoundQuestionnaire,
    RoundState,
    StoredDiagnosis,
    Submission,
)

Field = tuple[str, int]
"""An item and the number of its repetition; 0 outside a repeat group."""


class Present(NamedTuple):
    """The present answer to one field: its row, its text, and the revision of the response in which it was last written."""

    row: int | None
    """Its number."""
    raw: str
    revision: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How many members of one kind got how far with one questionnaire; a member counts once, however many links it has."""

    kind: str
    invited: int
    opened: int
    started: int
    submitted: int


@dataclass(frozen=True, slots=True)
class Link:
    """A personal link with all that it leads to: read at once, because every page needs it."""

    invitation: Invitation
    member: Member
    round: Round
    cluster: Cluster
    response: Response | None
    """None before Start."""
    asked: RoundQuestionnaire | None
    """The definition that the round asks; None when the round does not ask what the invitation names."""
    released: bool
    """Whether figures of the round were released."""


@dataclass(frozen=True, slots=True)
class SubmittedAnswers:
    """One member's answers as they were last handed in; what was taken back is left out."""

    response_id: int
    organisation: str
    kind: str
    version: str
    answers: Mapping[Field, str]


def invitation_by_token_hash(session: Session, token_hash: str) -> Invitation | None:
    """The invitation whose token has this SHA-256, whatever has become of it."""
    return session.exec(rows_of(Invitation).where(col(Invitation.token_hash) == token_hash)).first()


def link_by_token_hash(session: Session, token_hash: str) -> Link | None:
    """The link whose token has this SHA-256, whatever has become of it."""
    found = session.execute(_link(), {"token_hash": token_hash}).first()
    return Link(*found) if found else None


def round_progress(session: Session, round_id: int, questionnaire: str = "member") -> tuple[Progress, ...]:
    """Count how far the members of a round got, by kind. Invitations that were taken back do not count; answers are not looked at."""
    return tuple(Progress(*row) for row in session.execute(_progress(round_id, questionnaire)))


def present_answers(session: Session, response_id: int) -> dict[Field, Present]:
    """Every field that was ever answered, with its present answer; one that was taken back has an empty text."""
    rows = session.execute(_present(), {"response_id": response_id})
    return {(item, instance): Present(row, raw, revision) for item, instance, row, raw, revision in rows}


def answer_sheets(session: Session, round_id: int, questionnaire: str) -> tuple[SubmittedAnswers, ...]:
    """The answers of every response that was handed in, as they were then: what a reopened one changed since is not in them.

    Ordered by the members' names, which tells nothing about who answered when.
    """
    texts = {
        response_id: {(item, instance): raw for _, item, instance, raw in rows if raw}
        for response_id, rows in groupby(session.execute(_as_handed_in(round_id, questionnaire)), key=lambda row: row[0])
    }
    return tuple(
        SubmittedAnswers(response_id, organisation, kind, version, texts.get(response_id, {}))
        for response_id, organisation, kind, version in session.execute(_handed_in(round_id, questionnaire))
    )


def due_rounds(session: Session, now: datetime) -> Sequence[Round]:
    """The open rounds whose last day is over."""
    over = (col(Round.state) == RoundState.OPEN, col(Round.closes_at) <= now)
    return session.exec(rows_of(Round).where(*over).order_by(col(Round.closes_at), col(Round.id))).all()


def open_rounds(session: Session) -> Sequence[Round]:
    """The rounds that members can answer in, or could if their last day were not over."""
    return session.exec(rows_of(Round).where(col(Round.state) == RoundState.OPEN).order_by(col(Round.id))).all()


def due_mails(session: Session, now: datetime, limit: int = 100) -> Sequence[OutboxMail]:
    """The mails to send, the longest due first. Ask inside `writing`: they are kept from other senders until its end."""
    due = (col(OutboxMail.state) == MailState.QUEUED, col(OutboxMail.due_at) <= now)
    wanted = rows_of(OutboxMail).where(*due).order_by(col(OutboxMail.due_at), col(OutboxMail.id)).limit(limit)
    return session.exec(wanted.with_for_update(skip_locked=True)).all()


def mail_is_due(session: Session, now: datetime) -> bool:
    """Whether there is a mail to send; asking keeps nobody from writing."""
    due = (col(OutboxMail.state) == MailState.QUEUED, col(OutboxMail.due_at) <= now)
    return session.exec(rows_of(OutboxMail.id).where(*due).limit(1)).first() is not None


def claimable_jobs(session: Session, now: datetime, limit: int = 1, number: int | None = None) -> Sequence[Job]:
    """The jobs to begin, or to begin again because their lease ran out; with a number, that one only. Ask as for `due_mails`."""
    wanted = rows_of(Job).where(_claimable(now)).order_by(col(Job.due_at), col(Job.id)).limit(limit)
    wanted = wanted if number is None else wanted.where(col(Job.id) == number)
    return session.exec(wanted.with_for_update(skip_locked=True)).all()


def job_is_due(session: Session, now: datetime) -> bool:
    """Whether there is a job to claim; asking keeps nobody from writing."""
    return session.exec(rows_of(Job.id).where(_claimable(now)).limit(1)).first() is not None


def released_cells(session: Session, round_id: int) -> dict[tuple[str, str], ReleasedCell]:
    """The figures of a round that may be seen, by indicator and kind of member."""
    cells = session.exec(rows_of(ReleasedCell).where(col(ReleasedCell.round_id) == round_id))
    return {(cell.indicator, cell.kind): cell for cell in cells}


def last_diagnosis(session: Session, round_id: int) -> StoredDiagnosis | None:
    """The diagnosis of a round that was stored last."""
    mine = rows_of(StoredDiagnosis).where(col(StoredDiagnosis.round_id) == round_id)
    return session.exec(mine.order_by(col(StoredDiagnosis.created_at).desc(), col(StoredDiagnosis.id).desc())).first()


def _claimable(now: datetime) -> ColumnElement[bool]:
    waiting = and_(col(Job.state) == JobState.WAITING, col(Job.due_at) <= now)
    abandoned = and_(col(Job.state) == JobState.RUNNING, col(Job.lease_until) <= now)
    return or_(waiting, abandoned)


@cache
def _present() -> Select[str, int, int | None, str, int]:
    said = (col(Answer.item), col(Answer.instance), col(Answer.id), col(Answer.raw), col(Answer.revision))
    return select(*said).where(col(Answer.response_id) == bindparam("response_id"))


@cache
def _link() -> Select[Invitation, Member, Round, Cluster, Response | None, RoundQuestionnaire | None, bool]:
    same_round = col(RoundQuestionnaire.round_id) == col(Invitation.round_id)
    mine = (col(Response.round_id) == col(Invitation.round_id), col(Response.member_id) == col(Invitation.member_id))
    released = select(col(ReleasedCell.id)).where(col(ReleasedCell.round_id) == col(Invitation.round_id)).exists()
    return (
        select(Invitation, Member, Round, Cluster, Response, RoundQuestionnaire, released)
        .join(Member, col(Member.id) == col(Invitation.member_id))
        .join(Round, col(Round.id) == col(Invitation.round_id))
        .join(Cluster, col(Cluster.id) == col(Round.cluster_id))
        .outerjoin(Response, and_(*mine, col(Response.questionnaire) == col(Invitation.questionnaire)))
        .outerjoin(RoundQuestionnaire, and_(same_round, col(RoundQuestionnaire.questionnaire) == col(Invitation.questionnaire)))
        .where(col(Invitation.token_hash) == bindparam("token_hash"))
    )


def _progress(round_id: int, questionnaire: str) -> Select[str, int, int, int, int]:
    member = col(Invitation.member_id)
    opened = func.count(col(Invitation.opened_at)) > 0
    links = (
        select(member.label("member_id"), opened.label("opened"))
        .where(col(Invitation.round_id) == round_id, col(Invitation.questionnaire) == questionnaire, col(Invitation.revoked_at).is_(None))
        .group_by(member)
        .subquery()
    )
    answered = (
        select(col(Response.member_id).label("member_id"), func.count(col(Submission.id)).label("submissions"))
        .outerjoin(Submission, col(Submission.response_id) == col(Response.id))
        .where(col(Response.round_id) == round_id, col(Response.questionnaire) == questionnaire)
        .group_by(col(Response.member_id))
        .subquery()
    )
    return (
        select(
            col(Member.kind),
            func.count(links.c.member_id),
            func.count().filter(links.c.opened),
            func.count(answered.c.member_id),
            func.count().filter(answered.c.submissions > 0),
        )
        .join(links, links.c.member_id == col(Member.id))
        .outerjoin(answered, answered.c.member_id == col(Member.id))
        .group_by(col(Member.kind))
        .order_by(col(Member.kind))
    )


def _last_submissions(round_id: int, questionnaire: str) -> Select[int | None, int]:
    return (
        select(col(Response.id).label("response_id"), func.max(col(Submission.revision)).label("revision"))
        .join(Submission, col(Submission.response_id) == col(Response.id))
        .where(col(Response.round_id) == round_id, col(Response.questionnaire) == questionnaire)
        .group_by(col(Response.id))
    )


def _handed_in(round_id: int, questionnaire: str) -> Select[int | None, str, str, str]:
    last = _last_submissions(round_id, questionnaire).subquery()
    return (
        select(col(Response.id), col(Member.name), col(Member.kind), col(Response.version))
        .join(last, last.c.response_id == col(Response.id))
        .join(Member, col(Member.id) == col(Response.member_id))
        .order_by(col(Member.name_key), col(Member.id))
    )


def _as_handed_in(round_id: int, questionnaire: str) -> Select[int, str, int, str]:
    last = _last_submissions(round_id, questionnaire).subquery()
    field = (col(AnswerRevision.response_id), col(AnswerRevision.item), col(AnswerRevision.instance))
    newest = func.row_number().over(partition_by=field, order_by=col(AnswerRevision.revision).desc()).label("age")
    numbered = (
        select(*field, col(AnswerRevision.raw), newest)
        .join(last, last.c.response_id == col(AnswerRevision.response_id))
        .where(col(AnswerRevision.revision) <= last.c.revision)
        .subquery()
    )
    order = (numbered.c.response_id, numbered.c.item, numbered.c.instance)
    return select(*order, numbered.c.raw).where(numbered.c.age == 1).order_by(*order)
