"""How long single answers are kept: until when, who is warned before they are erased, and which rounds wait for that."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from assess.definitions.words import words_of
from assess.store.staff_tables import Account, Assignment, Role
from assess.store.steering_tables import RetentionNotice
from assess.store.tables import Cluster, MailState, OutboxMail, Round, RoundState
from assess.workflow import audit
from assess.workflow.letters import letter
from assess.workflow.mail import Mail, queue
from assess.workflow.refusals import Unfit
from assess.workflow.rows import added, identity, locked, required

YEARS_KEPT = 5
"""After closing, unless something else is set: long enough to check a report against its answers for as long as grants usually run."""
MONTHS_BEFORE = (6, 2, 1)
"""When whoever answers for a round is warned."""
LEAST_WARNING = timedelta(days=27)
"""What must lie between the sending of the last warning and the erasure: a month, less what a mail may take."""

_MONTHS_A_YEAR = 12
_KIND = "retention"


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning that was given: how many of its mails were sent, of how many, and when the last of them was."""

    months_before: int
    given_at: datetime
    sent: int
    mails: int
    sent_at: datetime | None

    @property
    def delivered(self) -> bool:
        """Whether everybody was reached."""
        return 0 < self.mails == self.sent


def kept_until(round_: Round) -> datetime | None:
    """Return when the single answers of a round are to be erased; None while it is not closed and nothing was set."""
    if round_.retain_until is not None or round_.closed_at is None:
        return round_.retain_until
    return months_after(round_.closed_at, YEARS_KEPT * _MONTHS_A_YEAR)


def months_after(time: datetime, months: int) -> datetime:
    """Return the same day so many months later (or earlier), or the last day of a month that is shorter."""
    years, month = divmod(time.year * _MONTHS_A_YEAR + time.month - 1 + months, _MONTHS_A_YEAR)
    last = calendar.monthrange(years, month + 1)[1]
    return time.replace(year=years, month=month + 1, day=min(time.day, last))


def set_retention(session: Session, round_: Round, until: datetime | None, *, now: datetime, actor: str) -> Round:
    """Keep the single answers of a round until a time, or for as long as usual; the warnings begin anew.

    Raises Unfit for a time that has passed or lies before the closing, or when the answers were erased.
    """
    locked(session, round_)
    if round_.erased_at is not None:
        raise Unfit("Nothing can be set any more: the single answers of this round were erased.")
    if until is not None and until <= max(now, round_.closes_at):
        raise Unfit("Choose a day that lies ahead, and after the closing of the round.")
    round_.retain_until = until
    session.add(round_)
    _forget_warnings(session, round_)
    kept = kept_until(round_)
    details: dict[str, str | int | None] = {"until": kept.date().isoformat() if kept else None}
    audit.record(session, actor=actor, verb="set_retention", subject=f"round/{identity(round_)}", now=now, details=details)
    return round_


def warn_again(session: Session, round_: Round, *, base_url: str, now: datetime, actor: str) -> int:
    """Give the warning that is due once more, to those who answer for the round now; return how many mails were queued.

    Raises Unfit when none is due.
    """
    months = _months_due(round_, now)
    if months is None:
        raise Unfit("Wait: no warning is due for this round yet.")
    locked(session, round_)
    _forget_warnings(session, round_)
    mails = _warn(session, round_, months, base_url, now)
    audit.record(session, actor=actor, verb="warn_again", subject=f"round/{identity(round_)}", now=now, details={"mails": mails})
    return mails


def warn_due(session: Session, *, base_url: str, now: datetime) -> int:
    """Queue the warnings that are due, each once, to the evaluators of the cluster and the administrators; return how many mails."""
    queued = 0
    for round_ in _with_answers(session):
        months = _months_due(round_, now)
        if months is None:
            continue
        locked(session, round_)
        if months not in {notice.months_before for notice in _notices(session, round_)}:
            queued += _warn(session, round_, months, base_url, now)
    return queued


def warnings_of(session: Session, round_: Round) -> tuple[Warned, ...]:
    """Return the warnings that were given for a round, the first one first."""
    return tuple(_warned(session, notice) for notice in _notices(session, round_))


def due_rounds(session: Session, *, now: datetime) -> tuple[Round, ...]:
    """Return the closed rounds whose time is over and whose single answers are still there."""
    return tuple(round_ for round_ in _with_answers(session) if now >= (kept_until(round_) or now + LEAST_WARNING))


def refuse_unless_due(session: Session, round_: Round, *, now: datetime) -> None:
    """Refuse the erasure of what must still be kept, and of what nobody was warned about in time. Raises Unfit with the reason."""
    until = kept_until(round_)
    if round_.erased_at is not None:
        raise Unfit("Nothing has to be done: the single answers of this round were erased.")
    if round_.state is not RoundState.CLOSED or until is None:
        raise Unfit("Close the round first: answers are erased only after it.")
    if now < until:
        raise Unfit("Wait until %(day)s: the single answers are kept until then.", day=until.date())
    last = next((one for one in warnings_of(session, round_) if one.months_before == MONTHS_BEFORE[-1]), None)
    if last is None:
        raise Unfit("Wait for the last warning: nobody was warned that the answers will be erased.")
    if not last.delivered or last.sent_at is None:
        raise Unfit(
            "See to it that everybody is warned, then warn again: %(missing)s of the %(mails)s mails of the last warning did not go out.",
            missing=last.mails - last.sent,
            mails=last.mails,
        )
    if now < last.sent_at + LEAST_WARNING:
        raise Unfit("Wait until %(day)s: the last warning went out too late.", day=(last.sent_at + LEAST_WARNING).date())


def _with_answers(session: Session) -> Sequence[Round]:
    kept = select(Round).where(col(Round.state) == RoundState.CLOSED, col(Round.erased_at).is_(None))
    return session.exec(kept.order_by(col(Round.id))).all()


def _months_due(round_: Round, now: datetime) -> int | None:
    """Which warning is due: the last one whose time has come, for those before it would say something wrong now."""
    until = kept_until(round_)
    if until is None or round_.erased_at is not None:
        return None
    return min((months for months in MONTHS_BEFORE if now >= months_after(until, -months)), default=None)


def _notices(session: Session, round_: Round) -> Sequence[RetentionNotice]:
    mine = select(RetentionNotice).where(col(RetentionNotice.round_id) == identity(round_))
    return session.exec(mine.order_by(col(RetentionNotice.months_before).desc())).all()


def _forget_warnings(session: Session, round_: Round) -> None:
    for notice in _notices(session, round_):
        session.delete(notice)
    session.flush()


def _warn(session: Session, round_: Round, months: int, base_url: str, now: datetime) -> int:
    """Queue one mail for each who answers for the round; with nobody to warn there is no warning, and nothing is erased."""
    accounts = responsible(session, round_)
    if not accounts:
        return 0
    prefix = f"{_KIND}:{identity(round_)}:{months}:{now:%Y%m%dT%H%M%S%f}:"
    cluster = required(session, Cluster, round_.cluster_id)
    queue(session, list(_letters(cluster, round_, accounts, prefix, base_url, now)), due_at=now)
    first = session.exec(select(OutboxMail.id).where(col(OutboxMail.key) == f"{prefix}{identity(accounts[0])}")).one()
    added(session, RetentionNotice(round_id=identity(round_), months_before=months, mail_id=first, created_at=now))
    audit.record(session, actor=audit.SYSTEM, verb="warn", subject=f"round/{identity(round_)}", now=now, details={"months": months})
    return len(accounts)


def responsible(session: Session, round_: Round) -> Sequence[Account]:
    """Return the evaluators of the round's cluster and the administrators who can sign in, each once."""
    here = (col(Assignment.role) == Role.EVALUATOR) & (col(Assignment.cluster_id) == round_.cluster_id)
    wanted = select(Assignment.account_id).where(here | (col(Assignment.role) == Role.ADMIN))
    able = (col(Account.disabled_at).is_(None), col(Account.id).in_(wanted))
    return session.exec(select(Account).where(*able).order_by(col(Account.id))).all()


def _letters(cluster: Cluster, round_: Round, accounts: Iterable[Account], prefix: str, base_url: str, now: datetime) -> Iterable[Mail]:
    earliest = max(kept_until(round_) or now, now + LEAST_WARNING)
    for account in accounts:
        subject, body = letter(
            _KIND,
            account.language,
            name=account.name,
            cluster=cluster.name,
            year=round_.year,
            day=words_of(account.language).day(earliest),
            address=f"{base_url.rstrip('/')}/admin/retention",
        )
        yield Mail(None, _KIND, f"{prefix}{identity(account)}", account.email, subject[:300], body)


def _warned(session: Session, notice: RetentionNotice) -> Warned:
    first = required(session, OutboxMail, notice.mail_id) if notice.mail_id is not None else None
    prefix = first.key.rpartition(":")[0] if first is not None else ""
    mails = session.exec(select(OutboxMail).where(col(OutboxMail.key).startswith(f"{prefix}:"))).all() if prefix else []
    sent = [mail.sent_at for mail in mails if mail.state is MailState.SENT and mail.sent_at is not None]
    return Warned(notice.months_before, notice.created_at, len(sent), len(mails), max(sent, default=None))
