"""A worker beside the site, in a process of its own: begun with it, ended with it, and begun anew when it dies."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields
from threading import Event, Lock, Thread

from assess.settings import Settings, read_settings

_PAUSE = 2.0
"""Seconds between the end of a worker and the beginning of the next."""
_PATIENCE = 30.0
"""Seconds that a worker has to end in order; longer than its grace."""


class Embedded:
    """Keeps one worker process alive. It notices by itself when this process dies without a word, and ends."""

    def __init__(self, settings: Settings, pause: float = _PAUSE) -> None:
        self.environment = {**os.environ, **environment(settings)}
        self.pause = pause
        self.process: subprocess.Popen[bytes] | None = None
        self._stopping = Event()
        self._beginning = Lock()
        self._keeper = Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Begin the worker, and see to it that there is one from now on."""
        self._keeper.start()

    def stop(self) -> None:
        """End the worker: it may finish what it does, or gives it back."""
        self._stopping.set()
        with self._beginning:
            process = self.process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _keep(self) -> None:
        while (process := self._begun()) is not None:
            process.wait()
            self._stopping.wait(self.pause)

    def _begun(self) -> subprocess.Popen[bytes] | None:
        with self._beginning:
            if self._stopping.is_set():
                return None
            command = [sys.executable, "-m", "assess", "worker", "--beside", str(os.getpid())]
            self.process = subprocess.Popen(command, env=self.environment)  # noqa: S603 - nothing in it comes from outside
            return self.process


def environment(settings: Settings) -> dict[str, str]:
    """The environment in which `read_settings` gives these settings."""
    given = {f"ASSESS_{field.name.upper()}": _written(getattr(settings, field.name)) for field in fields(settings)}
    if settings.demo and settings.secret == read_settings({"ASSESS_DEMO": "1"}).secret:
        given["ASSESS_SECRET"] = ""  # the demo's own secret is known to everybody, so it is refused as a setting
    if settings.audit_key == read_settings({**given, "ASSESS_AUDIT_KEY": ""}).audit_key:
        given["ASSESS_AUDIT_KEY"] = ""  # it follows from the secret, and is no text
    return given


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
