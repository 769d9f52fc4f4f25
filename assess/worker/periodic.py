"""Jobs that come round by themselves: every worker writes them down, and their keys see to it that each is done once."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from assess.store.queries import mail_is_due
from assess.store.session import reading, writing
from assess.workflow import jobs

KEPT = timedelta(days=1)
"""How long a periodic job that ended stays in the list: its successors do the same work."""


def _always(session: Session, now: datetime) -> bool:  # noqa: ARG001 - asked as every other question is
    return True


@dataclass(frozen=True, slots=True)
class Periodic:
    """A kind of job without a payload, how often it comes round, and whether there is anything for it to do."""

    kind: str
    every: timedelta
    needed: Callable[[Session, datetime], bool] = _always


PERIODIC = (
    Periodic("rounds.tick", timedelta(minutes=1)),
    Periodic("mail.send", timedelta(seconds=5), mail_is_due),
    Periodic("retention.warn", timedelta(days=1)),
    Periodic("retention.erase", timedelta(days=1)),
    Periodic("files.clear", timedelta(days=1)),
)


def write_down(engine: Engine, periodic: Sequence[Periodic], written: MutableMapping[str, datetime], now: datetime) -> None:
    """Write down the jobs whose time has come round, and delete old ones; `written` remembers when this worker last did."""
    due = [one for one in periodic if one.kind not in written or not timedelta() <= now - written[one.kind] < one.every]
    if not due:
        return
    with reading(engine) as session:
        needed = [one for one in due if one.needed(session, now)]
    if needed:
        with writing(engine) as session:
            for one in needed:
                jobs.enqueue_periodic(session, kind=one.kind, every=one.every, now=now)
            jobs.forget_ended(session, kinds={one.kind for one in periodic}, before=now - KEPT)
    written.update((one.kind, now) for one in due)
