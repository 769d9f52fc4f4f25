"""A handler that meets a fault half-way, and a worker in a process of its own that can be killed; `python -m worker.faulty` is one."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from assess.settings import Settings, read_settings
from assess.store.session import writing
from assess.store.tables import OutboxMail
from assess.worker.handling import Handler, Progress, database, now
from assess.worker.supervisor import Supervisor
from assess.worker.whole_files import written_whole
from assess.workflow import mail
from worker.working import QUICK

HALF = b"0123456789abcdef" * 4096
LEASE = timedelta(seconds=2)
TIMEOUT = 2.0
MEMORY = 1024**3
"""Bytes; enough for the program, and not for the fault."""


def produce(settings: Settings, payload: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Write a file in two halves and queue one mail; the first attempt meets its fault between the halves."""
    name, fault = str(payload["name"]), str(payload["fault"])
    with written_whole(settings.files / f"{name}.bin") as stream:
        stream.write(HALF)
        stream.flush()
        progress(1, 2)
        if _is_first(settings.files, name):
            _meet(fault)
        stream.write(HALF)
    with database(settings) as engine, writing(engine) as session:
        if session.exec(select(OutboxMail).where(col(OutboxMail.key) == name)).first() is None:
            mail.queue(session, [mail.Mail(None, "effect", name, "office@example.org", "Effect", "Done.")], due_at=now())
    return {"file": f"{name}.bin"}


HANDLERS: Mapping[str, Handler] = {"produce": produce}


def witness(folder: Path, name: str) -> Path:
    """The file that says that the first attempt of a job is half-way, and in which process."""
    return folder / f"{name}.begun"


def _is_first(folder: Path, name: str) -> bool:
    try:
        with witness(folder, name).open("x") as stream:
            stream.write(str(os.getpid()))
            stream.flush()
            os.fsync(stream.fileno())
    except FileExistsError:
        return False
    return True


def _meet(fault: str) -> None:
    if fault == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif fault == "memory":
        bytearray(4 * MEMORY)
    else:  # hangs, until the pool, the test or its parent's death ends it
        time.sleep(600)


def main(arguments: Mapping[str, str]) -> None:
    """Work until told to stop by SIGTERM."""
    limits = replace(QUICK, lease=LEASE, timeout=float(arguments["timeout"]), memory=MEMORY, slots=1, grace=0.2)
    supervisor = Supervisor(read_settings(arguments), HANDLERS, limits=limits)
    signal.signal(signal.SIGTERM, supervisor.stop)
    ready = Path(arguments["ready"])

    def announced() -> bool:
        if not ready.exists():
            ready.write_text(supervisor.owner, "utf-8")
        return False

    supervisor.run(ended=announced)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
