"""`assess db upgrade`, `assess backup` and `assess serve`."""

from __future__ import annotations

import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import Run

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"  # noqa: S105 — of a test


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "instance"
    folder.mkdir()
    monkeypatch.setenv("ASSESS_FOLDER", str(folder))
    monkeypatch.setenv("ASSESS_SECRET", SECRET)
    return folder


def test_upgrade__makes_the_tables__and_does_nothing_the_second_time(run: Run, own_folder: Path) -> None:
    assert "from nothing" in run("db", "upgrade").out
    with sqlite3.connect(own_folder / "assess.db") as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"cluster", "response", "answer", "outbox_mail", "audit_event"} <= tables
    assert "is at" in run("db", "upgrade").out


@pytest.mark.usefixtures("own_folder")
def test_backup__is_a_database_again__and_never_overwrites(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    target = tmp_path / "copy.db"
    assert run("backup", target).code == 0
    with sqlite3.connect(target) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    again = run("backup", target)
    assert (again.code, "there already" in again.err) == (2, True)
    assert run("backup", tmp_path / "no" / "copy.db").code == 2


@pytest.mark.usefixtures("own_folder")
def test_serving__an_empty_database__is_refused_with_what_to_do(run: Run) -> None:
    result = run("serve")
    assert (result.code, "assess db upgrade" in result.err) == (2, True)


@pytest.mark.usefixtures("own_folder")
def test_serving__with_a_weak_secret__is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSESS_SECRET", "secret")
    result = run("serve")
    assert (result.code, "ASSESS_SECRET" in result.err) == (2, True)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[list[str]]:
    """The demo site in a process of its own; its links."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-u", "-m", "assess", "serve", "--demo", "--port", str(port), "--folder", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        links: list[str] = []
        for line in process.stdout:
            links += re.findall(r"http://\S+/s/\S+", line)
            if line.startswith("Serving"):
                break
        yield links
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def test_demo_site__answers__every_link_it_prints(demo: list[str]) -> None:
    assert len(demo) == 3
    for link in demo:
        with urllib.request.urlopen(link, timeout=30) as page:  # noqa: S310 — of this machine
            assert page.status == 200
            assert "Example Valley (synthetic)" in page.read().decode("utf-8")
            assert "no-store" in page.headers["Cache-Control"]
