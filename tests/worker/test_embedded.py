"""The worker beside a site: with the site's settings, begun anew when it dies, ended with the site however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from assess.settings import Settings, read_settings
from assess.store.session import reading
from assess.store.tables import Job, JobState
from assess.worker.embedded import Embedded, environment
from assess.worker.handling import database
from worker.working import wait_until

STRONG = "0123456789abcdefghijklmnopqrstuvwxyz"


def alive(process: int) -> bool:
    """Whether a process still runs; one that waits to be reaped does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def has_worked(settings: Settings) -> bool:
    """Whether a worker has done a periodic job."""
    with database(settings) as engine, reading(engine) as session:
        return any(job.kind == "rounds.tick" and job.state is JobState.DONE for job in session.exec(select(Job)))


@pytest.fixture
def embedded(settings: Settings) -> Iterator[Embedded]:
    found = Embedded(settings, pause=0.1)
    found.start()
    yield found
    found.stop()


def process_of(embedded: Embedded) -> int:
    wait_until(lambda: embedded.process is not None, "the worker is begun")
    assert embedded.process is not None
    return embedded.process.pid


def test_the_worker__works_by_itself__and_ends_with_the_site(settings: Settings, embedded: Embedded) -> None:
    wait_until(lambda: has_worked(settings), "the worker has done something")
    process = process_of(embedded)
    embedded.stop()
    assert not alive(process)
    assert embedded.process is not None
    assert embedded.process.returncode == 0


def test_a_worker_that_dies__is_begun_anew(settings: Settings, embedded: Embedded) -> None:
    first = process_of(embedded)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: process_of(embedded) != first, "another worker is begun")
    wait_until(lambda: has_worked(settings), "the other worker works")


def test_a_site_that_is_killed__leaves_no_worker_behind(settings: Settings) -> None:
    lines = [
        "import sys, time",
        "from assess.settings import read_settings",
        "from assess.worker.embedded import Embedded",
        "embedded = Embedded(read_settings())",
        "embedded.start()",
        "while embedded.process is None: time.sleep(0.01)",
        "print(embedded.process.pid, flush=True)",
        "time.sleep(600)",
    ]
    command = [sys.executable, "-c", "\n".join(lines)]
    with subprocess.Popen(command, env={**os.environ, **environment(settings)}, stdout=subprocess.PIPE, text=True) as site:
        assert site.stdout is not None
        worker = int(site.stdout.readline())
        wait_until(lambda: has_worked(settings), "the worker has done something")
        site.kill()
        wait_until(lambda: not alive(worker), "the worker ends, too")


def test_settings__come_out_of_the_environment_as_they_went_in(settings: Settings) -> None:
    real = {
        "ASSESS_SECRET": STRONG,
        "ASSESS_BASE_URL": "https://survey.example.org",
        "ASSESS_MAIL": "smtp://a:b@mail.example.org:587",
        "ASSESS_K": "7",
    }
    keyed = {**real, "ASSESS_AUDIT_KEY": STRONG[::-1]}
    for one in (settings, *map(read_settings, (real, keyed, {**real, "ASSESS_DEMO": "1"}))):
        assert read_settings(environment(one)) == one
