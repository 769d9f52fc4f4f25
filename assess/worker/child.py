"""What happens in a child process: one job after another, under a limit of memory, and never longer than its parent lives."""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from types import TracebackType

from sqlalchemy import Engine

from assess.definitions.digests import canonical_json
from assess.errors import AssessError
from assess.phrases import Phrase
from assess.settings import Settings
from assess.store.session import writing
from assess.worker.handling import Handler, Overtaken, database
from assess.workflow import jobs
from assess.workflow.jobs import Claim
from assess.workflow.refusals import WorkflowError

_BETWEEN_REPORTS = 0.5
"""Seconds; the row of a job is not written more often than that."""
_ORPHANED = 70


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job went: a result, as JSON, or what went wrong; `for_good` when trying again is of no use."""

    result: str = "{}"
    error: str = ""
    for_good: bool = False


def prepare(memory: int) -> None:
    """Limit the memory of this process to so many bytes, and end it when its parent ends."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold answers
    Thread(target=_end_with_parent, daemon=True).start()


def run(handler: Handler, settings: Settings, claimed: Claim) -> Outcome:
    """Do one job, and say how it went; only words leave this process, for an exception may hold anything."""
    try:
        with database(settings) as engine:
            result = handler(settings, claimed.payload, _Reporter(engine, claimed))
        return Outcome(canonical_json(result))
    except Overtaken:
        return Outcome(error=Phrase("Another worker has taken it over."))
    except AssessError as error:
        return Outcome(error=error.args[0] if error.args else "", for_good=isinstance(error, WorkflowError))
    except Exception as error:
        return Outcome(error=_place(error))


class _Reporter:
    """Writes into the job's row how far it is."""

    def __init__(self, engine: Engine, claimed: Claim) -> None:
        self.engine = engine
        self.claimed = claimed
        self.last = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Say how much is done, and of how much."""
        if time.monotonic() - self.last < _BETWEEN_REPORTS and done != total:
            return
        with writing(self.engine) as session:
            if not jobs.report(session, self.claimed, done=done, total=total):
                raise Overtaken(self.claimed.key)
        self.last = time.monotonic()


def _place(error: Exception) -> Phrase:
    """Name a mistake of the program by kind and place; its message may hold an answer."""
    last: TracebackType | None = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    place = f" ({Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno})" if last is not None else ""
    return Phrase("The program made a mistake: %(mistake)s.", mistake=f"{type(error).__name__}{place}")


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(_ORPHANED)
