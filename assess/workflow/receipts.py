"""Remembers what was answered to a request, so that the same request again gets the same answer and does nothing twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from assess.definitions.digests import canonical_json
from assess.store.tables import Receipt, Response
from assess.workflow.refusals import KeyReused, Unfit
from assess.workflow.rows import identity

_LONGEST_KEY = 64


def earlier_outcome(session: Session, response: Response, key: str, digest: str) -> dict[str, Any] | None:
    """Return what was answered to `key` before; None when it is new.

    The response must be locked. Raises KeyReused when the key came with other content, Unfit when it is no key.
    """
    if not 0 < len(key) <= _LONGEST_KEY or not key.isprintable():
        raise Unfit("Load the page again: what it sent carries no usable key.")
    found = session.exec(select(Receipt).where(col(Receipt.response_id) == identity(response), col(Receipt.key) == key)).first()
    if found is None:
        return None
    if found.digest != digest:
        raise KeyReused
    outcome: dict[str, Any] = json.loads(found.outcome)
    return outcome


def keep(session: Session, response: Response, key: str, digest: str, outcome: Mapping[str, Any], now: datetime) -> None:
    """Keep what is answered to `key`, in the transaction that does it."""
    session.add(Receipt(response_id=identity(response), key=key, digest=digest, outcome=canonical_json(dict(outcome)), created_at=now))
    session.flush()
