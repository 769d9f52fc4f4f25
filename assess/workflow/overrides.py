"""Replaces single measures of a round by an evaluator's judgement; what the answers gave is kept beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from assess.definitions.numbers import rounded
from assess.definitions.rulebase import Rulebase
from assess.definitions.scales import problem_with
from assess.definitions.validation import suggestion
from assess.engine.answers import ResponseSet
from assess.engine.measures import Measure
from assess.engine.measures import Override as Overriding
from assess.engine.measuring import measure
from assess.store.steering_tables import Override
from assess.store.tables import Round, RoundState
from assess.workflow import audit
from assess.workflow.handed_in import response_sets
from assess.workflow.publications import published_of
from assess.workflow.refusals import Unfit
from assess.workflow.rows import added, identity, locked, required

SHORTEST_REASON = 20
"""A reason of fewer characters tells a reader of the report nothing."""
LONGEST_REASON = 2000


def override(
    session: Session,
    round_: Round,
    indicator: str,
    value: Decimal | None,
    reason: str,
    *,
    account_id: int,
    rulebase: Rulebase,
    now: datetime,
) -> Override:
    """Let `value` (None: unknown) hold for an indicator from the next diagnosis on; the measure of the answers is kept with it.

    Said again by the same account in the same words, on the same answers, it is the same override.
    Raises Unfit while the round is not closed or once a diagnosis of it is published; for an indicator that does not exist, a value
    off its scale, a reason that is too short, or a rule base that is not the round's.
    """
    locked(session, round_)
    _refuse_if_settled(session, round_)
    if round_.state is not RoundState.CLOSED:
        raise Unfit("Close the round before a figure is replaced: until then answers may still change it.")
    said = _reason(reason)
    holds = _value(rulebase, indicator, value)
    text = None if holds is None else format(holds.normalize(), "f")
    before = json.dumps(measures_of_round(session, round_, rulebase, now)[indicator].as_json(), ensure_ascii=False)
    standing = next((one for one in overrides_of(session, round_) if one.indicator == indicator), None)
    if standing is not None and (standing.value, standing.before, standing.reason, standing.account_id) == (text, before, said, account_id):
        return standing
    row = Override(
        round_id=identity(round_),
        indicator=indicator,
        value=text,
        before=before,
        reason=said,
        account_id=account_id,
        made_at=now,
    )
    added(session, row)
    _record(session, row, "override", account_id, now)
    return row


def withdraw_override(session: Session, override_: Override, *, account_id: int, now: datetime) -> Override:
    """Let the answers speak again: this override and every earlier one of its indicator are withdrawn, so that none comes back.

    Raises Unfit when it does not hold any more, or once a diagnosis of the round is published.
    """
    round_ = locked(session, required(session, Round, override_.round_id))
    _refuse_if_settled(session, round_)
    locked(session, override_)
    if override_.withdrawn_at is not None or identity(override_) not in {one.id for one in overrides_of(session, round_)}:
        raise Unfit("Look at the overrides again: this one was withdrawn or replaced already.")
    for row in history(session, round_):
        if row.indicator == override_.indicator and row.withdrawn_at is None:
            row.withdrawn_at, row.withdrawn_by = now, account_id
            session.add(row)
    session.flush()
    _record(session, override_, "withdraw_override", account_id, now)
    return override_


def overrides_of(session: Session, round_: Round) -> tuple[Override, ...]:
    """Return the overrides that hold, one for each indicator, by its name."""
    newest = {row.indicator: row for row in history(session, round_) if row.withdrawn_at is None}
    return tuple(newest[name] for name in sorted(newest))


def history(session: Session, round_: Round) -> tuple[Override, ...]:
    """Return every override of a round that was ever made, the oldest first."""
    mine = select(Override).where(col(Override.round_id) == identity(round_))
    return tuple(session.exec(mine.order_by(col(Override.id))))


def applied(overrides: Iterable[Override], measures: dict[str, Measure]) -> tuple[Overriding, ...]:
    """Return overrides as a diagnosis takes them: beside each stands what the answers give now, not what they gave when it was made."""
    return tuple(
        Overriding(
            measures.get(row.indicator, Measure(row.indicator)),
            None if row.value is None else Decimal(row.value),
            row.reason,
            row.made_at.isoformat(),
            f"account/{row.account_id}",
        )
        for row in overrides
    )


def made_on_other_answers(row: Override, measures: dict[str, Measure]) -> bool:
    """Whether the answers give another measure now than when the override was made, so that it should be thought over."""
    present = json.loads(json.dumps(measures.get(row.indicator, Measure(row.indicator)).as_json()))
    return bool(json.loads(row.before) != present)


def measures_of_round(session: Session, round_: Round, rulebase: Rulebase, now: datetime) -> dict[str, Measure]:
    """Return what the answers that were handed in give, without any override. Raises Unfit for another rule base than the round's."""
    if rulebase.digest != round_.rulebase_digest:
        raise Unfit(
            "Use the rule base %(version)s as it was when the round was planned; this one differs.", version=round_.rulebase_version
        )
    return measures_in(response_sets(session, round_, now.date()), rulebase)


def measures_in(sets: Iterable[ResponseSet], rulebase: Rulebase) -> dict[str, Measure]:
    """Return a measure of every indicator of the rule base."""
    return measure(sets, rulebase.indicators, rulebase.weightings)


def _refuse_if_settled(session: Session, round_: Round) -> None:
    if published_of(session, round_) is not None:
        raise Unfit("Withdraw the published report first: its figures stand until then.")


def _reason(reason: str) -> str:
    said = " ".join(reason.split())
    if not SHORTEST_REASON <= len(said) <= LONGEST_REASON:
        raise Unfit(
            "Give a reason of %(least)s to %(most)s characters: it is printed in the report beside the figure.",
            least=SHORTEST_REASON,
            most=LONGEST_REASON,
        )
    if not said.isprintable():
        raise Unfit("Write the reason in plain text: it holds signs that cannot be printed.")
    return said


def _value(rulebase: Rulebase, name: str, value: Decimal | None) -> Decimal | None:
    indicator = rulebase.indicators.get(name)
    if indicator is None:
        near = suggestion(name, rulebase.indicators)
        wrong = repr(name[:80])
        if near:
            raise Unfit("Choose an indicator of the rule base: there is no %(name)s; %(near)s", name=wrong, near=near)
        raise Unfit("Choose an indicator of the rule base: there is no %(name)s.", name=wrong)
    problem = None if value is None else problem_with(value, indicator.scale)
    if problem:
        raise Unfit("Correct the value: %(problem)s.", problem=problem)
    return None if value is None else rounded(value)


def _record(session: Session, row: Override, verb: str, account_id: int, now: datetime) -> None:
    details: dict[str, str | int | None] = {"override": row.id, "indicator": row.indicator}
    audit.record(session, actor=f"account/{account_id}", verb=verb, subject=f"round/{row.round_id}", now=now, details=details)
