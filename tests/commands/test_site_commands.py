"""`assess db upgrade`, `assess backup`, `assess restore` and `assess serve`."""

from __future__ import annotations

import logging
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from command_line import Run, free_port, wait_for

from assess.commands.serving import WithoutLinks, listening
from assess.store.files import EvidenceFolder

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"  # noqa: S105 — of a test
TOKEN = "t" * 43


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


def test_restore__into_an_empty_place__says_what_came_back_and_refuses_a_second_time(
    run: Run, own_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("db", "upgrade")
    folder = EvidenceFolder(own_folder / "files")
    with folder.receiving(BytesIO(b"minutes"), most=100) as draft:
        folder.keep(draft)
    assert "1 evidence file" in run("backup", tmp_path / "copy.db").out
    monkeypatch.setenv("ASSESS_FOLDER", str(tmp_path / "elsewhere"))
    restored = run("restore", tmp_path / "copy.db")
    assert (restored.code, "1 evidence file from" in restored.out, "digest of the database's contents" in restored.out) == (0, True, True)
    assert EvidenceFolder(tmp_path / "elsewhere" / "files").digests() == [draft.digest]
    again = run("restore", tmp_path / "copy.db")
    assert (again.code, "already has tables" in again.err) == (2, True)


@pytest.mark.usefixtures("own_folder")
def test_serving__an_empty_database__is_refused_with_what_to_do(run: Run) -> None:
    result = run("serve")
    assert (result.code, "assess db upgrade" in result.err) == (2, True)


@pytest.mark.usefixtures("own_folder")
def test_serving__with_a_weak_secret__is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSESS_SECRET", "secret")
    result = run("serve")
    assert (result.code, "ASSESS_SECRET" in result.err) == (2, True)


@dataclass(frozen=True)
class Running:
    """The site in a process of its own; what it writes goes to a file."""

    process: subprocess.Popen[bytes]
    port: int
    written: Path

    def ask(self, request: str) -> bytes:
        """Send a request as it stands, and return the first line of the reply."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall(f"{request}\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            return connection.makefile("rb").read().partition(b"\r\n")[0]

    def end(self, number: signal.Signals) -> int:
        """Send a signal, and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


@pytest.fixture
def site(run: Run, own_folder: Path) -> Iterator[Running]:
    """An empty site, served."""
    run("db", "upgrade")
    port, written = free_port(), own_folder / "written.txt"
    command = [sys.executable, "-m", "assess", "serve", "--port", str(port)]
    with written.open("wb") as target, subprocess.Popen(command, stdout=target, stderr=subprocess.STDOUT) as process:
        wait_for("Serving on", written, process)
        yield Running(process, port, written)
        process.terminate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl+C", "terminated"])
def test_serving__interrupted__ends_with_exit_code_0_and_without_a_word(site: Running, number: signal.Signals) -> None:
    assert b"200" in site.ask("GET /healthz HTTP/1.1")
    assert site.end(number) == 0
    assert site.written.read_text("utf-8") == f"Serving on http://127.0.0.1:{site.port}; stop with Ctrl+C.\n"


def test_requests__leave_no_personal_link__in_what_the_site_writes(site: Running) -> None:
    assert b"404" in site.ask(f"GET /s/{TOKEN} HTTP/1.1")
    assert b"400" in site.ask(f"POST /s/{TOKEN}/start HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5")
    assert b"400" in site.ask(f"GET /s/{TOKEN} HTTP/nonsense")
    site.end(signal.SIGTERM)
    assert TOKEN not in site.written.read_text("utf-8")


def test_log__of_a_failure__is_kept_without_the_personal_link() -> None:
    record = logging.LogRecord("gunicorn.error", logging.ERROR, "sync.py", 1, "Error handling request %s", (f"/s/{TOKEN}/about",), None)
    assert WithoutLinks().filter(record)
    assert record.getMessage() == "Error handling request /s/[taken out after sending]/about"


@pytest.mark.parametrize(("raised", "kept"), [(SystemExit(0), False), (ValueError("broken"), True)])
def test_log__of_a_request_that_the_end_cut_off__is_no_error(raised: BaseException, kept: bool) -> None:
    record = logging.LogRecord("gunicorn.error", logging.ERROR, "sync.py", 1, "Error handling request /", (), (type(raised), raised, None))
    assert WithoutLinks().filter(record) is kept


@pytest.mark.usefixtures("own_folder")
def test_serving__on_a_port_that_is_taken__is_refused_with_what_to_do(run: Run) -> None:
    run("db", "upgrade")
    with listening("127.0.0.1", 0) as taken:
        result = run("serve", "--port", str(taken.getsockname()[1]))
    assert (result.code, "--port" in result.err) == (2, True)


def test_listening__where_ports_are_taken__takes_the_next_free_one() -> None:
    with listening("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with listening("127.0.0.1", port, further=20) as second:
            assert port < second.getsockname()[1] <= port + 20
