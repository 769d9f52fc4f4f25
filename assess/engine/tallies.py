"""Counts what the organisations of one kind answered to the items of one indicator."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from assess.definitions.questionnaire_items import Item, MemberKind, Questionnaire, Special
from assess.engine.answers import AnswerSheet
from assess.engine.scoring import score


class Silence(StrEnum):
    """Why a respondent gives an indicator no figure."""

    NOT_ASKED = "not asked"
    DONT_KNOW = "does not know"
    UNANSWERED = "did not answer"


Outcome: TypeAlias = Fraction | Silence
ItemsByIndicator: TypeAlias = Mapping[str, Sequence[Item]]
_Row: TypeAlias = tuple[object, ...]
"""What stands on one sheet beside each item of an indicator: the answer, None when empty, NOT_ASKED."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What one kind of member answered: organisations asked, with a figure, and not knowing; and the organisations on each value."""

    asked: int
    n: int
    dont_know: int
    figures: Mapping[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class KindOfMembers:
    """All sheets of one kind: those that stand alone for their organisation, and those that share it."""

    kind: MemberKind | None
    alone: tuple[AnswerSheet, ...]
    shared: tuple[tuple[AnswerSheet, ...], ...]

    @property
    def organisations(self) -> int:
        """How many organisations there are."""
        return len(self.alone) + len(self.shared)


def by_kind(sheets: Iterable[AnswerSheet]) -> tuple[KindOfMembers, ...]:
    """Group sheets by organisation and these by kind, in the order of the kinds' names."""
    organisations: defaultdict[str, list[AnswerSheet]] = defaultdict(list)
    for sheet in sheets:
        organisations[sheet.organisation_key].append(sheet)
    kinds: defaultdict[MemberKind | None, list[list[AnswerSheet]]] = defaultdict(list)
    for group in organisations.values():
        kinds[group[0].kind].append(group)
    return tuple(_kind_of_members(kind, groups) for kind, groups in sorted(kinds.items(), key=lambda entry: entry[0] or ""))


def _kind_of_members(kind: MemberKind | None, groups: list[list[AnswerSheet]]) -> KindOfMembers:
    alone = tuple(group[0] for group in groups if len(group) == 1)
    return KindOfMembers(kind, alone, tuple(tuple(group) for group in groups if len(group) > 1))


def items_by_indicator(questionnaire: Questionnaire) -> ItemsByIndicator:
    """Return the items that feed each indicator."""
    items: defaultdict[str, list[Item]] = defaultdict(list)
    for item in questionnaire.items:
        if item.indicator is not None:
            items[item.indicator].append(item)
    return dict(items)


def tally(items: Sequence[Item], members: KindOfMembers) -> Tally:
    """Count what members of one kind said about one indicator.

    An organisation is asked unless the indicator applies to none of its respondents. Its respondents with a figure share its one
    voice equally; it does not know when none of them has a figure and one of them says so.
    """
    figures: defaultdict[Fraction, Fraction] = defaultdict(Fraction)
    asked = n = dont_know = 0
    for row, count in Counter(rows(items, members.alone)).items():
        outcome = outcome_of(items, row)
        asked += count * (outcome is not Silence.NOT_ASKED)
        dont_know += count * (outcome is Silence.DONT_KNOW)
        if isinstance(outcome, Fraction):
            n += count
            figures[outcome] += count
    for group in members.shared:
        applying = [o for row in rows(items, group) if (o := outcome_of(items, row)) is not Silence.NOT_ASKED]
        own = [outcome for outcome in applying if isinstance(outcome, Fraction)]
        asked += bool(applying)
        n += bool(own)
        dont_know += not own and Silence.DONT_KNOW in applying
        for figure in own:
            figures[figure] += Fraction(1, len(own))
    return Tally(asked, n, dont_know, figures)


def rows(items: Sequence[Item], sheets: Sequence[AnswerSheet]) -> Iterable[_Row]:
    """Return what stands beside `items` on each sheet, in the order of the sheets."""
    columns = [[Silence.NOT_ASKED if item.name in s.not_asked else s.answers.get(item.name) for s in sheets] for item in items]
    return zip(*columns, strict=True)


def outcome_of(items: Sequence[Item], row: _Row) -> Outcome:
    """Return one respondent's figure, the mean of the items weighted as declared; or why there is none."""
    total = weight = Fraction(0)
    silences = set()
    for item, answer in zip(items, row, strict=True):
        figure = _figure(item, answer)
        if isinstance(figure, Silence):
            silences.add(figure)
        else:
            total += figure * Fraction(item.weight)
            weight += Fraction(item.weight)
    if weight:
        return total / weight
    return next(silence for silence in (Silence.DONT_KNOW, Silence.UNANSWERED, Silence.NOT_ASKED) if silence in silences)


def _figure(item: Item, answer: object) -> Outcome:
    if answer is Silence.NOT_ASKED or answer == Special.NOT_APPLICABLE:
        return Silence.NOT_ASKED
    if answer == Special.DONT_KNOW:
        return Silence.DONT_KNOW
    value = score(item, answer) if answer is not None else None  # type: ignore[arg-type]
    return Silence.UNANSWERED if value is None else Fraction(value)
