"""`assess worker` works until it is told to stop, and refuses to begin where every job would fail."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import Run
from databases import new_migrated

WORKER = [sys.executable, "-m", "assess", "worker"]


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "ASSESS_DEMO": "1", "ASSESS_FOLDER": str(folder), "ASSESS_DATABASE": f"sqlite:///{folder / 'assess.db'}"}


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_worker__told_to_stop__ends_in_order(tmp_path: Path, told: signal.Signals) -> None:
    with (
        new_migrated("sqlite", tmp_path),
        subprocess.Popen(WORKER, env=environment(tmp_path), stdout=subprocess.PIPE, text=True) as worker,
    ):
        assert worker.stdout is not None
        assert "stop with Ctrl+C" in worker.stdout.readline()
        worker.send_signal(told)
        assert worker.wait(60) == 0


def workers_of(site: int) -> list[str]:
    """The command lines of the workers beside a site."""
    lines = [line_of(path) for path in Path("/proc").glob("[0-9]*/cmdline")]
    return [line for line in lines if line.rstrip().endswith(f"assess worker --beside {site}")]


def line_of(path: Path) -> str:
    try:
        return path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:  # the process has ended in the meantime
        return ""


@pytest.mark.parametrize(("options", "workers"), [((), 1), (("--no-worker",), 0)])
def test_a_site__has_one_worker_beside_it__unless_told_otherwise(tmp_path: Path, options: tuple[str, ...], workers: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "assess", "serve", "--port", port, *options]
    with (
        new_migrated("sqlite", tmp_path),
        subprocess.Popen(command, env=environment(tmp_path), stdout=subprocess.PIPE, text=True) as site,
    ):
        assert site.stdout is not None
        assert "Serving on" in site.stdout.readline()
        end = time.monotonic() + 60
        while len(workers_of(site.pid)) < workers and time.monotonic() < end:
            time.sleep(0.05)
        assert len(workers_of(site.pid)) == workers
        site.terminate()
        assert site.wait(60) == 0
        assert workers_of(site.pid) == []


def test_a_worker__without_tables__says_what_to_run(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    result = run("worker")
    assert result.code == 2
    assert "assess db upgrade" in result.err


def test_a_worker__without_a_way_to_send_mail__does_not_begin(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ASSESS_MAIL", "ftp://mail.example.org")
    result = run("worker")
    assert result.code == 2
    assert "ASSESS_MAIL" in result.err
