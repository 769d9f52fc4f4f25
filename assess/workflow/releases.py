"""Freezes the figures of a closed round that members and managers may see, so that no single answer follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sqlmodel import Session

from assess.definitions.indicators import Aggregate, Indicator, Origin, Weighting
from assess.definitions.questionnaire_items import MemberKind
from assess.definitions.rulebase import Rulebase
from assess.engine.answers import ResponseSet
from assess.engine.measuring import measure, value_of
from assess.engine.tallies import Tally, by_kind, items_by_indicator, tally
from assess.store.queries import released_cells
from assess.store.tables import ReleasedCell, Round, RoundState
from assess.workflow import audit
from assess.workflow.handed_in import response_sets
from assess.workflow.refusals import Unfit
from assess.workflow.released import is_released, refuse_erased
from assess.workflow.rows import identity, locked

ALL = "all"
LEAST_K = 3
TOO_FEW = "too few organisations answered"
WITHHELD = "withheld, so that no answer of a single organisation follows from this figure and others"

_DOMINANT = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class _Part:
    """What one kind said, and how much each of its organisations weighs in the figure of all."""

    tally: Tally
    each: Fraction


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure; without a value where it is withheld, and then without a count too."""

    indicator: str
    kind: str
    value: Decimal | None = None
    n: int | None = None
    reason: str | None = None


def release_cells(
    session: Session, round_: Round, *, rulebase: Rulebase, k: int, now: datetime, actor: str = audit.SYSTEM
) -> tuple[ReleasedCell, ...]:
    """Release the members' figures of a round, by indicator for all members and for each kind, and return them.

    They are frozen: doing it again returns the same ones, and from then on no answer of the round can be changed.
    Raises Unfit while the round is not closed, or when k is less than 3.
    """
    locked(session, round_)
    if is_released(session, identity(round_)):
        return tuple(sorted(released_cells(session, identity(round_)).values(), key=identity))
    if round_.state is not RoundState.CLOSED:
        raise Unfit("Close the round before its figures are released.")
    refuse_erased(round_)
    if rulebase.digest != round_.rulebase_digest:
        raise Unfit(
            "Release with the rule base %(version)s as it was when the round was planned; this one differs.",
            version=round_.rulebase_version,
        )
    members = [found for found in response_sets(session, round_, now.date()) if found.questionnaire.respondent is Origin.MEMBER]
    cells = [cell for found in members for cell in cells_of(found, rulebase.indicators, rulebase.weightings, k)]
    rows = tuple(_row(identity(round_), cell) for cell in cells)
    round_.figures_released_at = now
    session.add_all((*rows, round_))
    session.flush()
    details: dict[str, str | int | None] = {"k": k, "cells": len(rows)}
    audit.record(session, actor=actor, verb="release", subject=f"round/{round_.id}", now=now, details=details)
    return rows


def cells_of(members: ResponseSet, indicators: Mapping[str, Indicator], weightings: Mapping[str, Weighting], k: int) -> Iterator[Cell]:
    """Yield the figures of every indicator that members are asked for, withheld where they must be.

    Withheld is every figure of fewer than k organisations, every mean of answers that are all alike (it would say what each one
    answered), and the figure of all where one organisation weighs more than half of it. Then as many other kinds are withheld as
    it takes for the withheld ones together to be at least k organisations that did not all answer alike: more than that the
    figure of all less the shown kinds never tells. Raises Unfit when k is less than 3.
    """
    if k < LEAST_K:
        raise Unfit("Choose k of at least %(least)s: figures of two tell each of them what the other answered.", least=LEAST_K)
    items = items_by_indicator(members.questionnaire)
    kinds = by_kind(members.sheets)
    whole = measure([members], indicators, weightings)
    for name, indicator in indicators.items():
        if Origin.MEMBER in indicator.origins and name in items:
            tallies = {one.kind: tally(items[name], one) for one in kinds if one.kind is not None}
            yield from _cells(indicator, whole[name].value, tallies, weightings[indicator.weighting], k)


def _cells(
    indicator: Indicator, whole: Decimal | None, tallies: Mapping[MemberKind, Tally], weighting: Weighting, k: int
) -> Iterator[Cell]:
    parts = {kind: _Part(one, _weight_of_each(kind, one, weighting)) for kind, one in tallies.items() if one.n}
    n = sum(part.tally.n for part in parts.values())
    hidden = {kind for kind, part in parts.items() if part.tally.n < k or _tells_each(indicator, [part])}
    showing_all = whole is not None and _is_safe(indicator, parts.values(), k)
    if showing_all:
        hidden, showing_all = _complemented(indicator, parts, hidden, k)
    yield Cell(indicator.id, ALL, whole, n) if showing_all else Cell(indicator.id, ALL, reason=TOO_FEW if n < k else WITHHELD)
    for kind, one in tallies.items():
        if kind in hidden or not one.n:
            yield Cell(indicator.id, kind.value, reason=TOO_FEW if one.n < k else WITHHELD)
        else:
            yield Cell(indicator.id, kind.value, value_of(indicator, one.figures), one.n)


def _complemented(indicator: Indicator, parts: Mapping[MemberKind, _Part], hidden: set[MemberKind], k: int) -> tuple[set[MemberKind], bool]:
    """Withhold further kinds, the small ones first, until what all less the shown ones tell is safe; else say not to show all."""
    withheld = set(hidden)
    for kind in (None, *sorted(set(parts) - hidden, key=lambda kind: (parts[kind].tally.n, kind))):
        withheld |= {kind} if kind is not None else set()
        left = [parts[one] for one in withheld if parts[one].each]  # what weighs nothing does not hide anything
        if not left or _is_safe(indicator, left, k):
            return withheld, True
    return hidden, False


def _is_safe(indicator: Indicator, parts: Iterable[_Part], k: int) -> bool:
    """Whether a figure of these together tells no single answer: enough of them, not all alike, and none weighs more than half."""
    together = list(parts)
    total = sum((part.tally.n * part.each for part in together), Fraction(0))
    dominated = any(part.each > total * _DOMINANT for part in together)
    return sum(part.tally.n for part in together if part.each) >= k and not dominated and not _tells_each(indicator, together)


def _tells_each(indicator: Indicator, parts: Iterable[_Part]) -> bool:
    return indicator.aggregate is Aggregate.MEAN and len({figure for part in parts for figure in part.tally.figures}) == 1


def _weight_of_each(kind: MemberKind, one: Tally, weighting: Weighting) -> Fraction:
    return Fraction(weighting.shares.get(kind, Decimal(0))) / one.n if weighting.shares else Fraction(1)


def _row(round_id: int, cell: Cell) -> ReleasedCell:
    value = None if cell.value is None else format(cell.value.normalize(), "f")
    return ReleasedCell(round_id=round_id, indicator=cell.indicator, kind=cell.kind, value=value, n=cell.n, reason=cell.reason)
