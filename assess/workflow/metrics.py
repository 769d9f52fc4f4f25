"""Counts what an operator watches, in the text format that Prometheus reads; nothing in it is about anybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute
from sqlmodel import Session, SQLModel, col, func, select

from assess.store.staff_tables import AccountSession
from assess.store.tables import Job, JobState, MailState, OutboxMail, Response, ResponseState, Round, RoundState

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def figures(session: Session, *, now: datetime) -> str:
    """Return all figures; a state that nothing is in counts 0, so that its line is always there."""
    return "".join(f"{line}\n" for line in _lines(session, now))


def _lines(session: Session, now: datetime) -> Iterator[str]:
    yield from _by_state(session, "assess_rounds", "Rounds by state.", Round, col(Round.state), RoundState)
    yield from _by_state(session, "assess_responses", "Responses by state.", Response, col(Response.state), ResponseState)
    yield from _by_state(session, "assess_jobs", "Background jobs by state.", Job, col(Job.state), JobState)
    yield from _by_state(session, "assess_mails", "Mails by state.", OutboxMail, col(OutboxMail.state), MailState)
    waiting = (col(Job.state) == JobState.WAITING, col(Job.due_at) <= now)
    oldest_job = session.exec(select(func.min(Job.due_at)).where(*waiting)).one()
    yield from _gauge("assess_oldest_waiting_job_seconds", "How long the oldest due job has waited; 0: none does.", _age(oldest_job, now))
    queued = (col(OutboxMail.state) == MailState.QUEUED, col(OutboxMail.due_at) <= now)
    oldest_mail = session.exec(select(func.min(OutboxMail.due_at)).where(*queued)).one()
    yield from _gauge("assess_oldest_queued_mail_seconds", "How long the oldest due mail has waited; 0: none does.", _age(oldest_mail, now))
    living = (col(AccountSession.ended_at).is_(None), col(AccountSession.expires_at) > now)
    sessions = session.exec(select(func.count()).select_from(AccountSession).where(*living)).one()
    yield from _gauge("assess_sessions", "Sessions of staff that have not ended.", sessions)


def _by_state(
    session: Session, name: str, text: str, table: type[SQLModel], column: InstrumentedAttribute[Any] | Any, states: Iterable[StrEnum]
) -> Iterator[str]:
    found = dict(session.exec(select(column, func.count()).select_from(table).group_by(column)).all())
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} gauge"
    for state in states:
        yield f'{name}{{state="{state.value}"}} {found.get(state, 0)}'


def _gauge(name: str, text: str, value: float) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} gauge"
    yield f"{name} {value:g}"


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max((now - since).total_seconds(), 0.0)
