"""What tests of the command line share: what a command leaves behind, and the clusters that it is tried on."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CLUSTERS = Path(__file__).resolve().parent / "cases" / "clusters"


@dataclass(frozen=True, slots=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def wait_for(words: str, written: Path, process: subprocess.Popen[bytes]) -> str:
    """Wait until a process has written some words to its file, and return all it wrote; a process that ended fails the test."""
    while words not in (found := written.read_text("utf-8")):
        assert process.poll() is None, found
        time.sleep(0.05)
    return found
