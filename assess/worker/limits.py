"""How long and how large a job may be, and how patient a worker is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from assess.workflow.jobs import FIRST_WAIT


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker allows; times are seconds where they are no timedelta."""

    lease: timedelta = timedelta(seconds=30)
    """How long a job is left to a worker that is not heard of any more."""
    first_wait: timedelta = FIRST_WAIT
    """How long a job rests after its first failure."""
    timeout: float = 600
    """A job that takes longer is stopped, and counts as failed."""
    start: float = 60
    """A child process that has not begun its job by then is replaced."""
    grace: float = 20
    """How long running jobs may go on after the worker was told to stop; then they are given back."""
    poll: float = 1.0
    """The longest time between two looks for work."""
    slots: int = 2
    """Jobs that run at the same time."""
    jobs_per_child: int = 50
    """A child process is replaced after so many jobs, and what it leaked with it."""
    memory: int = 2 * 1024**3
    """Bytes of address space of a child process."""
