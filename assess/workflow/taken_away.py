"""Writes down that somebody took a file away, each time it is handed out: what left the site cannot be called back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from assess.workflow import audit


class File(StrEnum):
    """What is taken away, as the log calls it."""

    PLAN = "export_plan"
    PORTFOLIO = "export_portfolio"
    DIAGNOSIS = "download_diagnosis"
    DRAFT = "download_draft"
    OWN_DATA = "export_own_data"


def note(session: Session, file: File, subject: str, *, actor: str, now: datetime, **details: str | int) -> None:
    """Write down who took what; `subject` is the reference of what it is about."""
    audit.record(session, actor=actor, verb=file.value, subject=subject, now=now, details=details)
