"""A worker does each job, writes down how it went, and leaves nothing behind when it is told to stop."""

from __future__ import annotations

import json
import os
import signal
from datetime import timedelta

from sqlmodel import col, select

from assess.phrases import unpacked
from assess.settings import Settings
from assess.store.session import writing
from assess.store.tables import Job, JobState
from assess.worker.handling import database, now
from assess.worker.periodic import Periodic, write_down
from assess.worker.supervisor import Supervisor
from worker import trying
from worker.working import ended, enqueued, job, work

HANDLERS = {name: getattr(trying, name) for name in ("count", "refuse", "lack", "err", "linger")}


def begun(settings: Settings) -> bool:
    return trying.begun(settings).exists()


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_job__is_done__and_its_result_and_progress_are_kept(settings: Settings) -> None:
    enqueued(settings, "count", payload={"to": 4})
    work(settings, HANDLERS, until=lambda _: ended(settings, "k"))
    found = job(settings)
    assert (found.state, found.attempts, found.progress, found.total) == (JobState.DONE, 1, 4, 4)
    assert json.loads(found.result)["counted"] == 4
    assert found.finished_at is not None


def test_many_jobs__are_each_done_once__and_their_processes_are_replaced_in_time(settings: Settings) -> None:
    keys = [enqueued(settings, "count", f"k{n}") for n in range(6)]
    work(settings, HANDLERS, until=lambda _: ended(settings, *keys), slots=1, jobs_per_child=3)
    done = [job(settings, key) for key in keys]
    assert [(one.state, one.attempts) for one in done] == [(JobState.DONE, 1)] * 6
    processes = [json.loads(one.result)["process"] for one in done]
    assert len(set(processes)) == 2
    assert os.getpid() not in processes


def test_a_process_that_dies_between_two_jobs__is_replaced(settings: Settings) -> None:
    enqueued(settings, "count", "first")

    def killed(_: Supervisor) -> bool:
        if not ended(settings, "first"):
            return False
        if not second:
            os.kill(json.loads(job(settings, "first").result)["process"], signal.SIGKILL)
            second.append(enqueued(settings, "count", "second"))
        return ended(settings, *second)

    second: list[str] = []
    work(settings, HANDLERS, until=killed, slots=1)
    processes = [json.loads(job(settings, key).result)["process"] for key in ("first", "second")]
    assert processes[0] != processes[1]


def test_what_a_verb_refuses__is_dead_at_once__with_its_sentence(settings: Settings) -> None:
    enqueued(settings, "refuse")
    work(settings, HANDLERS, until=lambda _: ended(settings, "k"))
    assert (job(settings).state, job(settings).attempts) == (JobState.DEAD, 1)
    assert unpacked(job(settings).error or "") == "Choose a closed round."


def test_what_an_operator_can_mend__is_tried_again(settings: Settings) -> None:
    enqueued(settings, "lack")
    work(settings, HANDLERS, until=lambda _: job(settings).attempts == 2, first_wait=timedelta(seconds=0.01))
    assert job(settings).error == "Make room on the disk."


def test_a_mistake_of_the_program__is_named_by_its_place__without_what_it_held(settings: Settings) -> None:
    enqueued(settings, "err")
    work(settings, HANDLERS, until=lambda _: job(settings).error is not None)
    assert "KeyError (trying.py:" in str(job(settings).error)
    assert trying.SECRET not in str(job(settings).error)


def test_a_job_of_a_kind_that_is_not_known__waits_for_a_worker_that_knows_it(settings: Settings) -> None:
    enqueued(settings, "newer")
    work(settings, HANDLERS, until=lambda _: job(settings).error is not None)
    assert "newer" in str(job(settings).error)
    work(settings, {"newer": trying.count}, until=lambda _: ended(settings, "k"))
    assert job(settings).state is JobState.DONE


def test_a_worker_told_to_stop__lets_a_job_end_that_ends_in_time(settings: Settings) -> None:
    enqueued(settings, "linger")

    def stopped(supervisor: Supervisor) -> bool:
        if begun(settings):
            supervisor.stop()
            (settings.files / "go").touch()
        return False

    work(settings, HANDLERS, until=stopped)
    assert (job(settings).state, job(settings).attempts) == (JobState.DONE, 1)


def test_a_worker_told_to_stop__gives_back_a_job_that_does_not_end__and_ends_its_process(settings: Settings) -> None:
    enqueued(settings, "linger")
    work(settings, HANDLERS, until=lambda _: begun(settings), grace=0.1)
    assert (job(settings).state, job(settings).attempts, job(settings).owner) == (JobState.WAITING, 0, None)
    assert not alive(int(trying.begun(settings).read_text("utf-8")))


def test_a_job_longer_than_its_lease__stays_with_its_worker(settings: Settings) -> None:
    enqueued(settings, "linger")
    first: list[Job] = []

    def outlived(_: Supervisor) -> bool:
        found = job(settings)
        if found.lease_until is not None:
            first.append(found)
        if first and found.lease_until and first[0].lease_until and found.lease_until - first[0].lease_until > timedelta(seconds=0.6):
            (settings.files / "go").touch()
        return ended(settings, "k")

    work(settings, HANDLERS, until=outlived, lease=timedelta(seconds=0.6))
    assert (job(settings).state, job(settings).attempts) == (JobState.DONE, 1)


def test_a_job_that_was_taken_over__is_dropped__with_its_process(settings: Settings) -> None:
    enqueued(settings, "linger")

    def taken_over(supervisor: Supervisor) -> bool:
        if begun(settings) and job(settings).owner == supervisor.owner:
            with database(settings) as engine, writing(engine) as session:
                row = session.exec(select(Job)).one()
                row.owner, row.attempts, row.lease_until = "another", 2, now() + timedelta(hours=1)
                session.add(row)
        return begun(settings) and supervisor.slots[0].running is None

    work(settings, HANDLERS, until=taken_over, slots=1)
    assert (job(settings).owner, job(settings).state, job(settings).attempts) == ("another", JobState.RUNNING, 2)
    assert not alive(int(trying.begun(settings).read_text("utf-8")))


def test_two_workers__write_a_periodic_job_down_once__and_only_when_there_is_something_to_do(settings: Settings) -> None:
    minutely = Periodic("count", timedelta(minutes=1))
    idle = Periodic("linger", timedelta(minutes=1), lambda session, now: False)  # noqa: ARG005 - asked by place
    moment = now().replace(second=0, microsecond=0)
    with database(settings) as engine:
        for _worker in range(2):
            write_down(engine, [minutely, idle], {}, moment)
        with writing(engine) as session:
            assert [one.kind for one in session.exec(select(Job))] == ["count"]


def test_a_worker__writes_a_periodic_job_down_again__only_when_its_time_has_come_round(settings: Settings) -> None:
    second = Periodic("count", timedelta(seconds=0.5))

    def done(_: Supervisor) -> bool:
        with database(settings) as engine, writing(engine) as session:
            return len(session.exec(select(Job.key).where(col(Job.state) == JobState.DONE)).all()) >= 2

    work(settings, HANDLERS, until=done, periodic=[second])
    with database(settings) as engine, writing(engine) as session:
        assert len(session.exec(select(Job.key)).all()) in (2, 3)
