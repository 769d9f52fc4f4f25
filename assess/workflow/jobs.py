"""Keeps the work that is done in the background: a job's row is written with the act that needs it, and is the only truth about it.

Whoever claims a job holds it until its lease runs out. What is written about it later counts only if owner and attempt are still
the same: a worker that was given up for dead cannot overwrite what its successor did.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from assess.definitions.digests import canonical_json
from assess.phrases import Phrase, message, packed
from assess.store.queries import claimable_jobs
from assess.store.tables import Job, JobState
from assess.workflow import audit
from assess.workflow.refusals import Taken, Unfit
from assess.workflow.rows import identity, locked

MOST_ATTEMPTS = 6
FIRST_WAIT = timedelta(seconds=4)
"""How long a job rests after its first failure; `_LONGER` times as long after each further one."""
LONGEST_WAIT = timedelta(minutes=15)

_LONGER = 4
_LONGEST_ERROR = 500
_PENDING = (JobState.WAITING, JobState.RUNNING)
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - UTC without a zone, as in the store


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that is ours for the length of its lease; owner and attempt prove it."""

    id: int
    kind: str
    key: str
    payload: Mapping[str, Any]
    owner: str
    attempt: int


def enqueue(session: Session, *, kind: str, key: str, payload: Mapping[str, Any], now: datetime, due_at: datetime | None = None) -> Job:
    """Write a job down in the present transaction; one of the same key and content is returned as it is.

    Raises Taken when there is a job of this key with other content.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    text = canonical_json(payload)
    row = {"kind": kind, "key": key, "payload": text, "state": JobState.WAITING, "due_at": due_at or now, "created_at": now}
    blank = {"attempts": 0, "result": "", "progress": 0, "total": 0}
    session.execute(insert(Job).values(row | blank).on_conflict_do_nothing(index_elements=["key"]))
    found = job_of(session, key)
    if found is None or (found.kind, found.payload) != (kind, text):
        raise Taken("Choose another key: %(key)s is the name of a job that does something else.", key=key)
    return found


def enqueue_periodic(session: Session, *, kind: str, every: timedelta, now: datetime) -> None:
    """Write down the job of the present period, once however many ask; nothing while an earlier one of this kind is under way."""
    begun = _EPOCH + (now - _EPOCH) // every * every
    key = f"{kind}:{begun.isoformat()}"
    pending = select(Job.id).where(col(Job.kind) == kind, col(Job.state).in_(_PENDING)).limit(1)
    if session.exec(pending).first() is None:
        enqueue(session, kind=kind, key=key, payload={}, now=now)


def claim(session: Session, *, owner: str, now: datetime, lease: timedelta, number: int | None = None) -> Claim | None:
    """Take the longest due job, or the job `number` if it is due; None when there is none. `owner` is never used by another process.

    A job whose workers died again and again without a word is not begun once more, but counted among the dead.
    """
    while found := claimable_jobs(session, now, number=number):
        job = found[0]
        if job.attempts < MOST_ATTEMPTS:
            return _claimed(session, job, owner, now + lease)
        job.state, job.owner, job.lease_until, job.finished_at = JobState.DEAD, None, None, now
        silent = Phrase("The process that ran it ended without a word %(times)s times.", times=job.attempts)
        job.error = job.error or _kept(silent)
        session.add(job)
        session.flush()
    return None


def renew(session: Session, claimed: Claim, *, now: datetime, lease: timedelta) -> bool:
    """Hold a job for another lease; False when it is no longer ours."""
    return _changed(session, claimed, lease_until=now + lease)


def report(session: Session, claimed: Claim, *, done: int, total: int) -> bool:
    """Say how far a job is; False when it is no longer ours."""
    return _changed(session, claimed, progress=done, total=total)


def finish(session: Session, claimed: Claim, *, now: datetime, result: Mapping[str, Any] | None = None) -> bool:
    """Count a job as done; what went wrong before stays in its row. False when it is no longer ours: then nothing is written."""
    text = canonical_json(result or {})
    return _changed(session, claimed, state=JobState.DONE, lease_until=None, finished_at=now, result=text)


def fail(
    session: Session, claimed: Claim, *, now: datetime, error: str, first_wait: timedelta = FIRST_WAIT, for_good: bool = False
) -> bool:
    """Try a job again later, each time after a longer rest, or count it among the dead; False when it is no longer ours."""
    if for_good or claimed.attempt >= MOST_ATTEMPTS:
        outcome: dict[str, Any] = {"state": JobState.DEAD, "finished_at": now}
    else:
        outcome = {"state": JobState.WAITING, "due_at": now + wait_after(claimed.attempt, first_wait)}
    return _changed(session, claimed, owner=None, lease_until=None, error=_kept(error), **outcome)


def release(session: Session, claimed: Claim, *, now: datetime) -> bool:
    """Give a job back undone, as if it had not been begun; False when it is no longer ours."""
    untouched = claimed.attempt - 1
    return _changed(session, claimed, state=JobState.WAITING, owner=None, lease_until=None, due_at=now, attempts=untouched)


def _kept(error: str) -> str:
    """Return what is written into a job's row: the phrase, or what of its English fits."""
    found = packed(error)
    return found if len(found) <= _LONGEST_ERROR else error[:_LONGEST_ERROR]


_NOT_DEAD = {
    JobState.WAITING: message("Choose a dead job: this one is waiting."),
    JobState.RUNNING: message("Choose a dead job: this one is running."),
    JobState.DONE: message("Choose a dead job: this one is done."),
}


def retry(session: Session, job: Job, *, now: datetime, actor: str) -> None:
    """Let a dead job be tried again from the start. Raises Unfit for one that is not dead."""
    locked(session, job)
    if job.state is not JobState.DEAD:
        raise Unfit(_NOT_DEAD[job.state])
    job.state, job.attempts, job.due_at, job.finished_at = JobState.WAITING, 0, now, None
    session.add(job)
    session.flush()
    audit.record(session, actor=actor, verb="retry", subject=f"job/{identity(job)}", now=now, details={"kind": job.kind})


def dead_jobs(session: Session) -> Sequence[Job]:
    """The jobs that were given up, the newest first."""
    return session.exec(select(Job).where(col(Job.state) == JobState.DEAD).order_by(col(Job.id).desc())).all()


def job_of(session: Session, key: str) -> Job | None:
    """The job of this key, whatever has become of it."""
    return session.exec(select(Job).where(col(Job.key) == key)).first()


def forget_ended(session: Session, *, kinds: Collection[str], before: datetime) -> int:
    """Delete jobs of these kinds that ended before a time, and return how many that were."""
    ended = (col(Job.kind).in_(kinds), col(Job.state).not_in(_PENDING), col(Job.finished_at) < before)
    return len(session.execute(delete(Job).where(*ended).returning(col(Job.id))).all())


def wait_after(attempt: int, first_wait: timedelta = FIRST_WAIT) -> timedelta:
    """How long a job rests after its failure number `attempt`, counted from 1."""
    return min(first_wait * math.pow(_LONGER, attempt - 1), LONGEST_WAIT)


def _claimed(session: Session, job: Job, owner: str, until: datetime) -> Claim:
    job.state, job.owner, job.lease_until, job.attempts = JobState.RUNNING, owner, until, job.attempts + 1
    job.progress = job.total = 0
    session.add(job)
    session.flush()
    return Claim(identity(job), job.kind, job.key, json.loads(job.payload), owner, job.attempts)


def _changed(session: Session, claimed: Claim, **values: Any) -> bool:
    changed = update(Job).where(_still(claimed)).values(**values).returning(col(Job.id))
    return session.execute(changed).first() is not None


def _still(claimed: Claim) -> ColumnElement[bool]:
    same = (col(Job.id) == claimed.id, col(Job.owner) == claimed.owner, col(Job.attempts) == claimed.attempt)
    return and_(*same, col(Job.state) == JobState.RUNNING)
