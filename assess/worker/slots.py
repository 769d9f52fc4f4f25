"""A place in which one job runs at a time, in a child process that may crash, hang or grow without harm to anything else."""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import dataclass
from multiprocessing import get_context

from pebble import ProcessExpired, ProcessPool

from assess.phrases import Phrase
from assess.settings import Settings
from assess.worker.child import Outcome, prepare, run
from assess.worker.handling import Handler
from assess.worker.limits import Limits
from assess.workflow.jobs import Claim

_BELATED = 15
"""Seconds after which a child that should have been stopped by the pool counts as stuck."""
# The children are forked from a server process that has loaded everything and holds neither threads nor connections.
_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["assess.worker.handlers"])


@dataclass(slots=True)
class Running:
    """A job under way."""

    claimed: Claim
    future: Future[Outcome]
    since: float
    renewed_at: float
    """By the clock that nobody sets, as `since`."""


class Slot:
    """One child process and the job in it. Each slot has a pool of its own, so that a broken one is replaced alone."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.running: Running | None = None
        self._pool: ProcessPool | None = None

    def warm_up(self) -> None:
        """Start the child process, which takes longer than some leases where nothing has been loaded yet."""
        self._ready()

    def begin(self, handler: Handler, settings: Settings, claimed: Claim) -> None:
        """Start a job; its time begins when its process takes it up."""
        future = self._ready().schedule(run, args=(handler, settings, claimed), timeout=self.limits.timeout)
        moment = time.monotonic()
        self.running = Running(claimed, future, moment, moment)

    def outcome(self) -> Outcome | None:
        """How the job went; None while it runs. A process that does not come to an end is stopped."""
        running = self.running
        if running is None:
            return None
        if running.future.done():
            return _outcome(running.future, self.limits)
        waited = time.monotonic() - running.since
        if waited > self.limits.start and not running.future.running():
            self.stop()
            return Outcome(error=Phrase("Its process did not start."))
        if waited > self.limits.start + self.limits.timeout + _BELATED:
            self.stop()
            return Outcome(error=Phrase("Its process could not be stopped in time."))
        return None

    def clear(self) -> None:
        """Make room for the next job."""
        self.running = None

    def stop(self) -> None:
        """End the child process, whatever it is doing."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]  # pebble types only some of its methods
            self._pool.join()
            self._pool = None

    def _ready(self) -> ProcessPool:
        if self._pool is not None and not self._pool.active:
            self.stop()
        if self._pool is None:
            self._pool = ProcessPool(1, self.limits.jobs_per_child, prepare, (self.limits.memory,), _CONTEXT)
            _ = self._pool.active  # asking starts it
        return self._pool


def _outcome(future: Future[Outcome], limits: Limits) -> Outcome:
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, TimeoutError):
        return Outcome(error=Phrase("It took longer than %(seconds)s seconds and was stopped.", seconds=f"{limits.timeout:g}"))
    if isinstance(error, ProcessExpired):
        return Outcome(error=Phrase("Its process ended unexpectedly (exit code %(code)s).", code=str(error.exitcode)))
    return Outcome(error=Phrase("Its process could not be used (%(reason)s).", reason=type(error).__name__))
