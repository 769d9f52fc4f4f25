"""Whatever dies, hangs or grows: every job is done once by effect, soon, and no half file is ever seen.

Each fault is shown to have hit a job in flight. ASSESS_FAULTS=100 tries a hundred faults, and holds them to the time that is promised.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from databases import KINDS, new_migrated
from postgresql_server import AT_THE_END
from sqlmodel import col, select

from assess.phrases import unpacked
from assess.settings import Settings
from assess.store.session import reading
from assess.store.tables import JobState, OutboxMail
from assess.worker.handling import database
from worker.faulty import HALF, LEASE, TIMEOUT, witness
from worker.working import PATIENCE, enqueued, job, settings_for, wait_until

ROOT = Path(__file__).resolve().parents[2]
CHILD = {
    "kill": "exit code -9",
    "segfault": "exit code -11",
    "hang": f"longer than {TIMEOUT:g} seconds",
    "memory": "MemoryError",
}
"""Faults of a job's process, and what is written about each."""
SUPERVISOR = {"supervisor killed": signal.SIGKILL, "supervisor crashed": signal.SIGSEGV, "supervisor stopped": signal.SIGSTOP}
ALL = (*CHILD, *SUPERVISOR)
MANY = int(os.environ.get("ASSESS_FAULTS", "0"))
EACH = max(1, -(-MANY // (len(ALL) * len(KINDS))))
IN_TIME = (LEASE + timedelta(seconds=5)).total_seconds() if MANY else PATIENCE
"""Seconds from a fault to the end of the job; a machine that runs all tests at once is not held to what is promised."""


@dataclass
class Worker:
    """A worker in a process of its own."""

    process: subprocess.Popen[bytes]
    owner: str


@dataclass
class Site:
    """A site with two workers, one job each at a time."""

    settings: Settings
    folder: Path
    workers: list[Worker] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Start one more worker and wait until it works."""
        ready = self.folder / f"ready{len(list(self.folder.glob('ready*')))}"
        arguments = {
            "ASSESS_DEMO": "1",
            "ASSESS_DATABASE": self.settings.database,
            "ASSESS_FOLDER": str(self.folder),
            "ready": str(ready),
            "timeout": str(TIMEOUT),
        }
        command = [sys.executable, "-m", "worker.faulty", json.dumps(arguments)]
        environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
        process = subprocess.Popen(command, env=environment, cwd=self.folder, stderr=subprocess.DEVNULL)
        wait_until(lambda: ready.exists() and ready.read_text("utf-8") != "", "the worker starts")
        self.workers.append(Worker(process, ready.read_text("utf-8")))

    def begin(self, fault: str) -> str:
        """Write down a job that meets a fault, and wait until it is half-way; there are two workers to do it."""
        self.workers = [worker for worker in self.workers if worker.process.poll() is None]
        while len(self.workers) < 2:
            self.start()
        name = f"{fault.replace(' ', '-')}-{len(self.names)}"
        self.names.append(enqueued(self.settings, "produce", name, {"name": name, "fault": fault}))
        wait_until(lambda: witness(self.settings.files, name).exists() and self.process_of(name) > 0, f"{name} is half-way")
        return name

    def process_of(self, name: str) -> int:
        return int(witness(self.settings.files, name).read_text("utf-8") or 0)

    def worker_of(self, name: str) -> Worker:
        owner = job(self.settings, name).owner
        return next(worker for worker in self.workers if worker.owner == owner)

    def in_flight(self, name: str) -> bool:
        """Whether a job is running and its file half written, but not there."""
        parts = list(self.settings.files.glob(f".{name}.bin.*.part"))
        running = job(self.settings, name).state is JobState.RUNNING and job(self.settings, name).attempts == 1
        return running and [part.stat().st_size for part in parts] == [len(HALF)] and not self.file(name).exists()

    def file(self, name: str) -> Path:
        return self.settings.files / f"{name}.bin"

    def done(self, name: str) -> bool:
        """Whether a job is done; looks on the way that nobody can see half a file."""
        for file in self.settings.files.glob("*.bin"):
            assert file.stat().st_size == 2 * len(HALF), f"half of {file.name} can be seen"
        found = job(self.settings, name)
        assert found.state is not JobState.DEAD, found.error
        return found.state is JobState.DONE

    def check(self, name: str) -> None:
        """The job was begun again, its file is whole and alone, and its mail is there once."""
        assert job(self.settings, name).attempts >= 2
        assert self.file(name).read_bytes() == HALF * 2
        assert list(self.settings.files.glob(f".{name}.*")) == []
        with database(self.settings) as engine, reading(engine) as session:
            assert len(session.exec(select(OutboxMail).where(col(OutboxMail.key) == name)).all()) == 1

    def stop(self) -> None:
        """Stop all workers."""
        for worker in self.workers:
            worker.process.send_signal(signal.SIGCONT)
            worker.process.terminate()
        for worker in self.workers:
            worker.process.wait(PATIENCE)
        self.workers.clear()


@pytest.fixture(scope="module", params=KINDS)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose workers outlive the single faults."""
    request.config.add_cleanup(AT_THE_END.close)
    folder = tmp_path_factory.mktemp("faults")
    with new_migrated(request.param, folder) as engine:
        found = Site(settings_for(engine, folder), folder)
        try:
            yield found
        finally:
            found.stop()


def gone(process: int) -> bool:
    """Whether a process has ended; one that waits to be reaped has."""
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.parametrize("number", range(EACH))
@pytest.mark.parametrize("fault", CHILD)
def test_a_job_whose_process_fails_half_way__is_done_once_by_another(site: Site, fault: str, number: int) -> None:  # noqa: ARG001
    name = site.begin(fault)
    process = site.process_of(name)
    if fault == "kill":
        assert site.in_flight(name)
        os.kill(process, signal.SIGKILL)
    wait_until(lambda: job(site.settings, name).error is not None, f"{name} fails")
    assert CHILD[fault] in unpacked(str(job(site.settings, name).error))
    wait_until(lambda: site.done(name), f"{name} is done", IN_TIME)
    site.check(name)
    assert fault == "memory" or gone(process)
    assert all(worker.process.poll() is None for worker in site.workers)


@pytest.mark.parametrize("number", range(EACH))
@pytest.mark.parametrize("fault", ["supervisor killed", "supervisor crashed"])
def test_a_job_whose_worker_dies__is_done_once_by_another_worker(site: Site, fault: str, number: int) -> None:  # noqa: ARG001
    name = site.begin(fault)
    worker, process = site.worker_of(name), site.process_of(name)
    assert site.in_flight(name)
    worker.process.send_signal(SUPERVISOR[fault])
    assert worker.process.wait(PATIENCE) == -SUPERVISOR[fault]
    wait_until(lambda: site.done(name), f"{name} is done", IN_TIME)
    site.check(name)
    assert job(site.settings, name).owner != worker.owner
    wait_until(lambda: gone(process), "the child of the dead worker ends")


@pytest.mark.parametrize("number", range(EACH))
def test_a_worker_that_wakes_up_after_its_lease__changes_nothing_any_more(site: Site, number: int) -> None:  # noqa: ARG001
    name = site.begin("supervisor stopped")
    worker, process = site.worker_of(name), site.process_of(name)
    assert site.in_flight(name)
    worker.process.send_signal(signal.SIGSTOP)
    wait_until(lambda: site.done(name), f"{name} is done", IN_TIME)
    done = job(site.settings, name).model_dump()
    worker.process.send_signal(signal.SIGCONT)
    wait_until(lambda: gone(process), "the job that was taken over is dropped")
    site.check(name)
    assert job(site.settings, name).model_dump() == done
    assert done["owner"] != worker.owner


def test_a_worker_told_to_stop__gives_its_job_back_and_ends_in_order(site: Site) -> None:
    name = site.begin("worker told to stop")
    worker = site.worker_of(name)
    assert site.in_flight(name)
    worker.process.terminate()
    assert worker.process.wait(PATIENCE) == 0
    wait_until(lambda: site.done(name), f"{name} is done")
    assert job(site.settings, name).attempts == 1
    assert site.file(name).read_bytes() == HALF * 2
