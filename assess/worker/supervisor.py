"""Claims jobs, hands them to child processes, renews their leases and writes down how they went."""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import wait
from datetime import datetime
from random import uniform

from assess.phrases import Phrase
from assess.settings import Settings
from assess.store.failures import StoreError
from assess.store.queries import job_is_due
from assess.store.session import reading, writing
from assess.worker.child import Outcome
from assess.worker.handling import Handler, database
from assess.worker.handling import now as present
from assess.worker.limits import Limits
from assess.worker.periodic import Periodic, write_down
from assess.worker.slots import Running, Slot
from assess.workflow import jobs
from assess.workflow.jobs import Claim

_log = logging.getLogger("assess.worker")


class Supervisor:
    """One worker: a loop in one thread, and as many child processes as there are slots."""

    def __init__(
        self,
        settings: Settings,
        handlers: Mapping[str, Handler],
        *,
        periodic: Sequence[Periodic] = (),
        limits: Limits | None = None,
        now: Callable[[], datetime] = present,
    ) -> None:
        self.settings, self.handlers, self.periodic, self.now = settings, handlers, periodic, now
        self.limits = limits or Limits()
        self.owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(6)}"
        self.slots = [Slot(self.limits) for _ in range(self.limits.slots)]
        self.written: dict[str, datetime] = {}
        self.stopping = False

    def stop(self, *_: object) -> None:
        """Claim nothing any more; may be called from a signal handler, for it only sets a mark."""
        self.stopping = True

    def run(self, ended: Callable[[], bool] = lambda: False) -> None:
        """Work until told to stop or `ended` says so; what runs then may be finished within the grace, or is given back."""
        with database(self.settings) as self.engine:
            try:
                for slot in self.slots:
                    slot.warm_up()
                while not self.stopping and not ended():
                    self._guarded(self._step)
                    self._rest()
                self._wind_down()
            finally:
                for slot in self.slots:
                    slot.stop()

    def _step(self) -> None:
        self._tend()
        write_down(self.engine, self.periodic, self.written, self.now())
        for slot in self.slots:
            if slot.running is None and not self._begin(slot):
                break

    def _begin(self, slot: Slot) -> bool:
        claimed = self._claim()
        if claimed is None:
            return False
        handler = self.handlers.get(claimed.kind)
        if handler is None:
            unknown = Phrase("This worker does not know jobs of the kind %(kind)s; install the newer version.", kind=claimed.kind)
            self._write(claimed, Outcome(error=unknown))
        else:
            slot.begin(handler, self.settings, claimed)
        return True

    def _claim(self) -> Claim | None:
        with reading(self.engine) as session:
            if not job_is_due(session, self.now()):
                return None
        with writing(self.engine) as session:
            return jobs.claim(session, owner=self.owner, now=self.now(), lease=self.limits.lease)

    def _tend(self) -> None:
        """Write down what has ended, and hold on to what runs."""
        for slot in self.slots:
            outcome = slot.outcome()
            if outcome is not None and slot.running is not None:
                self._write(slot.running.claimed, outcome)
                slot.clear()
        for slot in self.slots:
            running = slot.running
            if running is not None and not self._held(running):
                _log.warning("Job %d (%s) was taken over by another worker.", running.claimed.id, running.claimed.kind)
                slot.stop()
                slot.clear()

    def _held(self, running: Running) -> bool:
        """Renew the lease of a job in good time; False when somebody else holds the job."""
        moment = time.monotonic()
        if moment - running.renewed_at < self.limits.lease.total_seconds() / 3:
            return True
        with writing(self.engine) as session:
            ours = jobs.renew(session, running.claimed, now=self.now(), lease=self.limits.lease)
        running.renewed_at = moment
        return ours

    def _write(self, claimed: Claim, outcome: Outcome) -> None:
        """Write down how a job went; the row stays as it is if somebody else holds the job by now."""
        with writing(self.engine) as session:
            if not outcome.error:
                ours = jobs.finish(session, claimed, now=self.now(), result=json.loads(outcome.result))
            elif self.stopping and not outcome.for_good:
                ours = jobs.release(session, claimed, now=self.now())
            else:
                rest = self.limits.first_wait
                ours = jobs.fail(session, claimed, now=self.now(), error=outcome.error, first_wait=rest, for_good=outcome.for_good)
        if outcome.error or not ours:
            fate = outcome.error or "It was done, but after its lease."
            _log.warning("Job %d (%s), attempt %d: %s", claimed.id, claimed.kind, claimed.attempt, fate)

    def _rest(self) -> None:
        """Wait for a job to end, or for a moment of random length, so that workers do not all look for work at once."""
        under_way = [slot.running.future for slot in self.slots if slot.running is not None]
        moment = uniform(0.3, 1) * min(self.limits.poll, self.limits.lease.total_seconds() / 4)  # noqa: S311 - not secret
        if under_way:
            wait(under_way, moment, return_when="FIRST_COMPLETED")
        else:
            time.sleep(moment)

    def _wind_down(self) -> None:
        """Let running jobs end within the grace; stop and give back the others."""
        self.stopping = True
        until = time.monotonic() + self.limits.grace
        while any(slot.running is not None for slot in self.slots) and time.monotonic() < until:
            self._rest()
            self._guarded(self._tend)
        self._guarded(self._give_back)

    def _give_back(self) -> None:
        for slot in self.slots:
            slot.stop()
            if slot.running is not None:
                self._write(slot.running.claimed, Outcome(error=Phrase("The worker was stopped.")))
                slot.clear()

    def _guarded(self, step: Callable[[], object]) -> None:
        """Do a step; a database that cannot be used now may be usable the next time."""
        try:
            step()
        except StoreError as error:
            _log.warning("%s", error)
