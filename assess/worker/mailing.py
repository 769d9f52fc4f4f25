"""Sends the mails that are due: claimed in one transaction, sent in none, settled in another."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

from sqlalchemy import Engine

from assess.settings import Settings
from assess.store.session import writing
from assess.worker.handling import Progress, database, now
from assess.workflow import mail
from assess.workflow.transports import transport_for

_AT_A_TIME = 10
"""Mails that wait for their lease to run out when the process dies while it sends them."""
_MOST = 500


def send_due(settings: Settings, payload: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:  # noqa: ARG001 - a handler
    """Send what is due now, up to a limit; the next job of this kind goes on."""
    with database(settings) as engine:
        sent, tried = send_all(engine, settings, most=_MOST, progress=progress)
    return {"sent": sent, "tried": tried}


def send_all(engine: Engine, settings: Settings, *, most: float = inf, progress: Progress | None = None) -> tuple[int, int]:
    """Send what is due, until nothing is or `most` were tried; return how many were sent, and how many were tried."""
    transport = transport_for(settings.mail)
    sent = tried = 0
    while tried < most and (claimed := _claim(engine)):
        attempts = mail.send(claimed, transport, sender=settings.mail_from, now=now())
        with writing(engine) as session:
            sent += mail.settle(session, attempts, now=now())
        tried += len(claimed)
        if progress is not None:
            progress(tried, 0)
    return sent, tried


def _claim(engine: Engine) -> tuple[mail.Claimed, ...]:
    with writing(engine) as session:
        return mail.claim_due(session, now=now(), limit=_AT_A_TIME)
