"""Handlers that tests of the supervisor let a worker run in its child processes."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assess.errors import AssessError
from assess.settings import Settings
from assess.worker.handling import Progress
from assess.workflow.refusals import Unfit

SECRET = "what a member answered"  # noqa: S105 - no password


def count(settings: Settings, payload: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:  # noqa: ARG001 - a handler
    """Count to a number, and say in which process."""
    for done in range(1, int(payload.get("to", 3)) + 1):
        progress(done, int(payload.get("to", 3)))
    return {"counted": payload.get("to", 3), "process": os.getpid()}


def refuse(settings: Settings, payload: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:  # noqa: ARG001 - a handler
    """Refuse as a verb does."""
    raise Unfit("Choose a closed round.")


def lack(settings: Settings, payload: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:  # noqa: ARG001 - a handler
    """Lack something that an operator can bring."""
    raise AssessError("Make room on the disk.")


def err(settings: Settings, payload: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:  # noqa: ARG001 - a handler
    """Make a mistake whose message holds an answer."""
    raise KeyError(SECRET)


def linger(settings: Settings, payload: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:  # noqa: ARG001 - a handler
    """Say that it began, and go on until a file appears."""
    begun, go = settings.files / "begun", settings.files / "go"
    begun.parent.mkdir(parents=True, exist_ok=True)
    begun.write_text(str(os.getpid()), "utf-8")
    while not go.exists():
        time.sleep(0.02)
    return {}


def begun(settings: Settings) -> Path:
    """The file that `linger` writes when it begins; it holds its process."""
    return settings.files / "begun"
