"""Levels of the success factors by kind of member, put together from released figures alone.

Protected: nothing but cells that were released goes in, and a level is a mean of them, so that whoever has all of it can work out
nothing that the released cells do not say themselves: each rests on at least k organisations, with as many others withheld as
keep the withheld ones from following by subtraction. How many of a kind answered is told under the same rule.
Not protected: that a kind was asked at all, and how many of its members were, which the cluster's own list of members says.
The spread of a kind's answers is never released, so none is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from assess.definitions.indicators import Origin
from assess.definitions.numbers import rounded
from assess.definitions.questionnaire_items import MemberKind
from assess.definitions.rulebase import Rulebase
from assess.engine.breakdown import hidden_kinds


@dataclass(frozen=True, slots=True)
class ReleasedFigure:
    """A released figure of one indicator and one kind; no value and no n where it is withheld."""

    indicator: str
    kind: MemberKind
    value: Decimal | None
    n: int | None


@dataclass(frozen=True, slots=True)
class KindAnswered:
    """How many organisations of a kind were asked and how many answered; none where that is not known or not told."""

    kind: MemberKind
    asked: int | None
    answered: int | None


@dataclass(frozen=True, slots=True)
class GroupLevel:
    """The level of one factor as one kind rates it; `n` is the fewest organisations behind any figure in it."""

    kind: MemberKind
    factor: str
    value: Decimal | None
    n: int | None
    suppressed: bool


@dataclass(frozen=True, slots=True)
class GroupLevels:
    """All kinds of member of which something was released or asked."""

    kinds: tuple[KindAnswered, ...]
    cells: tuple[GroupLevel, ...]


def group_levels(
    figures: Iterable[ReleasedFigure], rulebase: Rulebase, asked: Mapping[MemberKind, int], answered: Mapping[MemberKind, int], k: int
) -> GroupLevels | None:
    """Put released figures together; None where nothing was released. `asked` is empty where it is not known."""
    found = {(one.indicator, one.kind): one for one in figures}
    if not found:
        return None
    kinds = [kind for kind in MemberKind if any(other is kind for _, other in found)]
    cells = tuple(cell for kind in kinds for name in rulebase.factors if (cell := _level(kind, name, found, rulebase)) is not None)
    return GroupLevels(kinds_answered(kinds, asked, answered, k), cells)


def kinds_answered(
    kinds: Iterable[MemberKind], asked: Mapping[MemberKind, int], answered: Mapping[MemberKind, int], k: int
) -> tuple[KindAnswered, ...]:
    """Say how many of each kind answered, but for kinds that are too small, and for others from which these would follow."""
    hidden = hidden_kinds(answered, k)
    return tuple(KindAnswered(kind, asked.get(kind), None if kind in hidden else answered.get(kind, 0)) for kind in kinds)


def _level(kind: MemberKind, factor: str, found: Mapping[tuple[str, MemberKind], ReleasedFigure], rulebase: Rulebase) -> GroupLevel | None:
    """The mean of what was released, where that is enough for a level; nothing where the kind was not asked."""
    definition = rulebase.factors[factor]
    asked = [
        found[name, kind] for name in definition.indicators if (name, kind) in found and Origin.MEMBER in rulebase.indicators[name].origins
    ]
    shown = [(one.value, one.n) for one in asked if one.value is not None and one.n is not None]
    if not asked:
        return None
    if len(shown) < min(definition.known, len(asked)) or not shown:
        return GroupLevel(kind, factor, None, None, suppressed=True)
    mean = sum((value for value, _ in shown), Decimal(0)) / len(shown)
    return GroupLevel(kind, factor, rounded(mean), min(n for _, n in shown), suppressed=False)
