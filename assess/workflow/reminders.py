"""Reminds members on a schedule that is the same for every round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session

from assess.store.tables import Round, RoundState
from assess.workflow import audit
from assess.workflow.invitations import remind_due
from assess.workflow.rows import locked

QUIET = timedelta(days=2)
"""Nobody is written to twice within so long."""


class Anchor(StrEnum):
    """What the time of a reminder is counted from."""

    OPENING = "opening"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Reminder:
    """A moment at which members are reminded who have not submitted."""

    key: str
    words: str
    anchor: Anchor
    offset: timedelta
    only_unopened: bool = False

    def moment(self, round_: Round) -> datetime:
        """When the reminder is due in a round."""
        return (round_.opens_at if self.anchor is Anchor.OPENING else round_.closes_at) + self.offset


SCHEDULE = (
    Reminder("unopened", "seven days after the opening, whoever has not opened a link", Anchor.OPENING, timedelta(days=7), True),
    Reminder("week-left", "seven days before the closing, whoever has not submitted", Anchor.CLOSING, timedelta(days=-7)),
    Reminder("two-days-left", "two days before the closing, whoever has not submitted", Anchor.CLOSING, timedelta(days=-2)),
)


def remind_on_schedule(session: Session, round_: Round, *, base_url: str, now: datetime) -> int:
    """Queue the reminders that are due in an open round, and return how many that were; doing it again reminds nobody twice.

    Only the latest moment that has come counts: what was missed while nothing ran is not made up for. Whoever was written to since
    that moment, or within QUIET, is left in peace.
    """
    locked(session, round_)
    reminder = latest(round_, now)
    if reminder is None or round_.state is not RoundState.OPEN or now >= round_.closes_at:
        return 0
    since = now - reminder.moment(round_) + timedelta.resolution  # whoever was written to at that very moment has had it
    after = max(since, QUIET)
    count = remind_due(session, round_, base_url=base_url, now=now, after=after, only_unopened=reminder.only_unopened)
    if count:
        details: dict[str, str | int | None] = {"reminder": reminder.key, "members": count}
        audit.record(session, actor=audit.SYSTEM, verb="remind", subject=f"round/{round_.id}", now=now, details=details)
    return count


def remind_now(session: Session, round_: Round, *, base_url: str, now: datetime, actor: str) -> int:
    """Queue a reminder to whoever has not submitted and was not written to within QUIET, and return how many that were."""
    count = remind_due(session, round_, base_url=base_url, now=now, after=QUIET)
    if count:
        details: dict[str, str | int | None] = {"reminder": "by hand", "members": count}
        audit.record(session, actor=actor, verb="remind", subject=f"round/{round_.id}", now=now, details=details)
    return count


def latest(round_: Round, now: datetime) -> Reminder | None:
    """The reminder of a round whose moment came last; None before the first. Moments before the opening never come."""
    come = [reminder for reminder in SCHEDULE if round_.opens_at <= reminder.moment(round_) <= now]
    return max(come, key=lambda reminder: reminder.moment(round_), default=None)
