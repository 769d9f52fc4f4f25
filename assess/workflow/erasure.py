"""Erases single answers whose time is over, and what is kept about one person; what was concluded from answers stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, col, select

from assess.store.steering_tables import CarriedAnswer, Rating
from assess.store.tables import (
    Answer,
    AnswerRevision,
    Cluster,
    EvidenceFile,
    Invitation,
    MailState,
    Member,
    OutboxMail,
    Receipt,
    Reopening,
    Response,
    Round,
    Submission,
)
from assess.workflow import audit, exports, traces
from assess.workflow.clusters import name_key
from assess.workflow.released import is_released
from assess.workflow.retention import refuse_unless_due
from assess.workflow.rows import identity, locked, required

_Held: TypeAlias = Answer | AnswerRevision | EvidenceFile | Receipt | CarriedAnswer | Reopening
_ANSWERS: tuple[type[_Held], ...] = (Answer, AnswerRevision, EvidenceFile, Receipt, CarriedAnswer, Reopening)
"""Every table that holds what somebody answered, by response; a receipt's outcome tells contested answers, a reason of reopening may."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What became of a member's responses when its contact was erased, by the years of their rounds."""

    erased: tuple[int, ...]
    """Nothing was released of these yet: the answers are gone, and no later diagnosis counts them."""
    kept: tuple[int, ...]
    """Figures of these were released: the answers stay until their time is over."""


def erase_answers(session: Session, round_: Round, *, now: datetime, actor: str = audit.SYSTEM) -> None:
    """Erase the single answers of a round, all their versions, its evidence files' rows, second ratings and invited addresses.

    Diagnoses, released figures, what was handed in when and its digest, and the audit log stay.
    Raises Unfit while they must be kept, or as long as the last warning has not reached everybody.
    """
    locked(session, round_)
    refuse_unless_due(session, round_, now=now)
    number = identity(round_)
    counts = _erase_answers_of(session, _responses(session, col(Response.round_id) == number))
    session.execute(delete(Rating).where(col(Rating.round_id) == number))
    _forget_links(session, col(Invitation.round_id) == number, now)
    round_.erased_at = now
    session.add(round_)
    session.flush()
    audit.record(session, actor=actor, verb="erase_answers", subject=f"round/{number}", now=now, details=counts)


def forget_exports(session: Session, folder: Path, *, before: datetime) -> int:
    """Delete exported response files written before a time, or of rounds whose answers were erased, and return how many."""
    erased = _exports_of_erased(session)
    gone = [path for path in sorted((folder / exports.FOLDER).glob("*.zip")) if _written(path) < before or erased.fullmatch(path.name)]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def erase_member(session: Session, member: Member, *, now: datetime, actor: str, name_too: bool = False) -> Forgotten:
    """Erase the contact of a member: its address everywhere, its links and the mails to it; `name_too` where its name is a person's.

    Answers of rounds of which nothing was released go with it. Those that released figures rest on stay: taking them out could not
    change the figures any more, and would leave reports that nobody can check.
    """
    number = identity(member)
    mine = session.exec(select(Response).where(col(Response.member_id) == number)).all()
    rounds = {response.round_id: required(session, Round, response.round_id) for response in mine}
    kept = {found for found, round_ in rounds.items() if round_.erased_at is None and is_released(session, found)}
    loose = [found for found, round_ in rounds.items() if round_.erased_at is None and found not in kept]
    _erase_responses(session, _responses(session, col(Response.member_id) == number, col(Response.round_id).in_(loose)))
    _forget_links(session, col(Invitation.member_id) == number, now)
    _forget_reasons(session, [identity(response) for response in mine if response.round_id in kept])
    traces.forget_owner(session, (member.email, member.name if name_too else ""), f"member {number}", cluster_id=member.cluster_id)
    member.email, member.active = f"erased-{number}@invalid", False
    if name_too:
        member.name = f"Erased organisation {number}"
        member.name_key = name_key(member.name)
    session.add(member)
    session.flush()
    details: dict[str, str | int | None] = {"responses_erased": len(loose), "responses_kept": len(kept)}
    audit.record(session, actor=actor, verb="erase_member", subject=f"member/{number}", now=now, details=details)
    return Forgotten(_years(rounds[found] for found in loose), _years(rounds[found] for found in kept))


def _responses(session: Session, *wanted: ColumnElement[bool]) -> list[int]:
    return [identity(response) for response in session.exec(select(Response).where(*wanted))]


def _erase_answers_of(session: Session, responses: Sequence[int]) -> dict[str, str | int | None]:
    """Delete all that was answered in some responses, and return how many rows of each table that were."""
    counts: dict[str, str | int | None] = {}
    for table in _ANSWERS:
        gone = session.execute(delete(table).where(col(table.response_id).in_(responses)).returning(col(table.id)))
        counts[str(table.__tablename__)] = len(gone.all())
    return counts


def _erase_responses(session: Session, responses: Sequence[int]) -> None:
    """Delete responses with everything in them, as if they had never been begun."""
    _erase_answers_of(session, responses)
    session.execute(delete(Submission).where(col(Submission.response_id).in_(responses)))
    session.execute(delete(Response).where(col(Response.id).in_(responses)))
    session.expire_all()


def _forget_reasons(session: Session, responses: Sequence[int]) -> None:
    """Delete why responses were reopened that stay: the texts may name the person who asked for it."""
    session.execute(delete(Reopening).where(col(Reopening.response_id).in_(responses)))


def _forget_links(session: Session, wanted: ColumnElement[bool], now: datetime) -> None:
    """Take the addresses out of links and of the mails about them; the links lead nowhere from then on."""
    links = session.exec(select(Invitation).where(wanted)).all()
    for link in links:
        link.email, link.revoked_at = f"erased-{link.member_id}@invalid", link.revoked_at or now
        session.add(link)
    session.flush()
    mails = select(OutboxMail).where(col(OutboxMail.invitation_id).in_(select(Invitation.id).where(wanted)))
    for mail in session.exec(mails):
        mail.recipient, mail.body = "erased@invalid", ""
        if mail.state is MailState.QUEUED:
            mail.state, mail.error = MailState.FAILED, "cancelled: the address was erased"
        session.add(mail)
    session.flush()


def _exports_of_erased(session: Session) -> re.Pattern[str]:
    """Match the names of exports of rounds whose answers were erased."""
    rows = session.exec(select(Cluster.key, Round.year).join(Round).where(col(Round.erased_at).is_not(None)))
    names = "|".join(f"{re.escape(key)}-{year}" for key, year in rows)
    return re.compile(rf"(?:{names})-\d{{8}}T\d{{6}}\.zip" if names else r"(?!)")


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)


def _years(rounds: Iterable[Round]) -> tuple[int, ...]:
    return tuple(sorted(round_.year for round_ in rounds))
