"""A job is written down once, held by one worker at a time, and never silently given up."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from assess.phrases import unpacked
from assess.store.session import writing
from assess.store.tables import AuditEvent, Job, JobState
from assess.workflow import jobs
from assess.workflow.jobs import MOST_ATTEMPTS, Claim
from assess.workflow.refusals import Taken, Unfit
from workflow.surveying import NOON, only

LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)


def enqueued(engine: Engine, key: str = "k", *, now: datetime = NOON, due_at: datetime | None = None) -> int:
    with writing(engine) as session:
        return only(jobs.enqueue(session, kind="report.make", key=key, payload={"round": 1}, now=now, due_at=due_at).id)


def claimed(engine: Engine, *, owner: str = "a", now: datetime = NOON, number: int | None = None) -> Claim | None:
    with writing(engine) as session:
        return jobs.claim(session, owner=owner, now=now, lease=LEASE, number=number)


def job(engine: Engine, key: str = "k") -> Job:
    with writing(engine) as session:
        return only(jobs.job_of(session, key))


def failed(engine: Engine, mine: Claim, *, now: datetime = NOON, for_good: bool = False) -> bool:
    with writing(engine) as session:
        return jobs.fail(session, mine, now=now, error="It broke.", for_good=for_good)


def finished(engine: Engine, mine: Claim, *, now: datetime = NOON) -> bool:
    with writing(engine) as session:
        return jobs.finish(session, mine, now=now, result={"file": "x.zip"})


def test_a_job_enqueued_twice__is_one_job(engine: Engine) -> None:
    assert enqueued(engine) == enqueued(engine, now=NOON + SECOND)
    assert (job(engine).created_at, job(engine).payload) == (NOON, '{"round":1}')


def test_a_key_with_other_content__is_refused(engine: Engine) -> None:
    enqueued(engine)
    with writing(engine) as session, pytest.raises(Taken):
        jobs.enqueue(session, kind="report.make", key="k", payload={"round": 2}, now=NOON)
    with writing(engine) as session, pytest.raises(Taken):
        jobs.enqueue(session, kind="mail.send", key="k", payload={"round": 1}, now=NOON)


def test_a_job_whose_act_was_rolled_back__does_not_exist(engine: Engine) -> None:
    with writing(engine) as session:
        jobs.enqueue(session, kind="report.make", key="k", payload={}, now=NOON)
        session.rollback()
    with writing(engine) as session:
        assert jobs.job_of(session, "k") is None


def test_a_claimed_job__is_nobody_else_s__until_its_lease_runs_out(engine: Engine) -> None:
    number = enqueued(engine)
    assert claimed(engine) == Claim(number, "report.make", "k", {"round": 1}, "a", 1)
    assert claimed(engine, owner="b", now=NOON + LEASE - SECOND) is None
    assert claimed(engine, owner="b", now=NOON + LEASE) == Claim(number, "report.make", "k", {"round": 1}, "b", 2)


def test_a_job_for_later__is_not_claimed_before(engine: Engine) -> None:
    enqueued(engine, due_at=NOON + SECOND)
    assert claimed(engine) is None
    assert claimed(engine, now=NOON + SECOND) is not None


def test_a_certain_job__is_claimed_by_its_number__unless_somebody_has_it(engine: Engine) -> None:
    enqueued(engine, "first")
    second = enqueued(engine, "second")
    assert only(claimed(engine, number=second)).key == "second"
    assert claimed(engine, number=second) is None


def test_a_renewed_lease__keeps_others_off(engine: Engine) -> None:
    enqueued(engine)
    mine = only(claimed(engine))
    with writing(engine) as session:
        assert jobs.renew(session, mine, now=NOON + 20 * SECOND, lease=LEASE)
    assert claimed(engine, owner="b", now=NOON + LEASE) is None


@pytest.mark.parametrize("owner", ["b", "a"])
def test_whoever_was_overtaken__writes_nothing_any_more(engine: Engine, owner: str) -> None:
    enqueued(engine)
    first = only(claimed(engine))
    second = only(claimed(engine, owner=owner, now=NOON + LEASE))
    with writing(engine) as session:
        assert not jobs.renew(session, first, now=NOON + LEASE, lease=LEASE)
        assert not jobs.report(session, first, done=1, total=2)
        assert not jobs.release(session, first, now=NOON + LEASE)
    assert not finished(engine, first)
    assert not failed(engine, first)
    assert (job(engine).state, job(engine).attempts, job(engine).progress) == (JobState.RUNNING, 2, 0)
    assert finished(engine, second, now=NOON + LEASE)
    assert not finished(engine, second)
    assert (job(engine).state, job(engine).result, job(engine).finished_at) == (JobState.DONE, '{"file":"x.zip"}', NOON + LEASE)


def test_progress__begins_anew_with_every_attempt(engine: Engine) -> None:
    enqueued(engine)
    mine = only(claimed(engine))
    with writing(engine) as session:
        assert jobs.report(session, mine, done=3, total=4)
    assert (job(engine).progress, job(engine).total) == (3, 4)
    claimed(engine, now=NOON + LEASE)
    assert (job(engine).progress, job(engine).total) == (0, 0)


def test_a_failed_job__is_tried_again__later_each_time__and_dead_in_the_end(engine: Engine) -> None:
    enqueued(engine)
    now, waits = NOON, []
    while job(engine).state is not JobState.DEAD:
        assert failed(engine, only(claimed(engine, now=now)), now=now)
        waits.append(job(engine).due_at - now)
        now += jobs.LONGEST_WAIT
    assert waits[:3] == [4 * SECOND, 16 * SECOND, 64 * SECOND]
    assert len(waits) == MOST_ATTEMPTS
    assert (job(engine).error, job(engine).finished_at) == ("It broke.", now - jobs.LONGEST_WAIT)
    assert max(jobs.wait_after(attempt) for attempt in range(1, 20)) == jobs.LONGEST_WAIT
    with writing(engine) as session:
        assert [found.key for found in jobs.dead_jobs(session)] == ["k"]


def test_a_job_that_kills_its_worker_every_time__is_not_begun_for_ever(engine: Engine) -> None:
    enqueued(engine)
    enqueued(engine, "other", due_at=NOON + MOST_ATTEMPTS * LEASE)
    for attempt in range(MOST_ATTEMPTS):
        assert only(claimed(engine, now=NOON + attempt * LEASE)).key == "k"
    assert only(claimed(engine, now=NOON + MOST_ATTEMPTS * LEASE)).key == "other"
    assert job(engine).state is JobState.DEAD
    assert "without a word 6 times" in unpacked(str(job(engine).error))


def test_a_job_that_can_never_succeed__is_dead_at_once(engine: Engine) -> None:
    enqueued(engine)
    assert failed(engine, only(claimed(engine)), for_good=True)
    assert job(engine).state is JobState.DEAD


def test_a_job_given_back__is_waiting_again__as_if_it_had_not_been_begun(engine: Engine) -> None:
    enqueued(engine)
    with writing(engine) as session:
        assert jobs.release(session, only(jobs.claim(session, owner="a", now=NOON, lease=LEASE)), now=NOON + SECOND)
    assert (job(engine).state, job(engine).attempts, job(engine).owner) == (JobState.WAITING, 0, None)
    assert only(claimed(engine, owner="b", now=NOON + SECOND)).attempt == 1


def test_a_dead_job__may_be_tried_again__and_that_is_audited(engine: Engine) -> None:
    number = enqueued(engine)
    failed(engine, only(claimed(engine)), for_good=True)
    with writing(engine) as session:
        jobs.retry(session, only(session.get(Job, number)), now=NOON + SECOND, actor="admin")
    assert only(claimed(engine, now=NOON + SECOND)).attempt == 1
    with writing(engine) as session:
        event = session.exec(select(AuditEvent).where(col(AuditEvent.verb) == "retry")).one()
        assert (event.actor, event.subject) == ("admin", f"job/{number}")
        with pytest.raises(Unfit, match="running"):
            jobs.retry(session, only(session.get(Job, number)), now=NOON, actor="admin")


def tick(engine: Engine, now: datetime) -> list[str]:
    """Write down the periodic job of a moment, and return the keys of all there are."""
    with writing(engine) as session:
        jobs.enqueue_periodic(session, kind="rounds.tick", every=timedelta(minutes=1), now=now)
        return list(session.exec(select(Job.key).order_by(col(Job.id))))


def test_a_periodic_job__is_there_once_in_a_period__and_not_while_an_earlier_one_is_under_way(engine: Engine) -> None:
    first = "rounds.tick:2026-06-01T12:00:00"
    assert tick(engine, NOON) == [first]
    assert tick(engine, NOON + 61 * SECOND) == [first]
    finished(engine, only(claimed(engine)))
    assert tick(engine, NOON + 59 * SECOND) == [first]
    assert tick(engine, NOON + 61 * SECOND) == [first, "rounds.tick:2026-06-01T12:01:00"]


def test_periodic_jobs_that_ended_long_ago__are_forgotten__and_no_others(engine: Engine) -> None:
    tick(engine, NOON)
    finished(engine, only(claimed(engine)))
    enqueued(engine)
    finished(engine, only(claimed(engine)))
    tick(engine, NOON + 61 * SECOND)
    with writing(engine) as session:
        assert jobs.forget_ended(session, kinds={"rounds.tick"}, before=NOON) == 0
        assert jobs.forget_ended(session, kinds={"rounds.tick"}, before=NOON + SECOND) == 1
        assert set(session.exec(select(Job.key))) == {"k", "rounds.tick:2026-06-01T12:01:00"}
