"""How far a response is, section by section: what the respondent meets there, what is answered, wanting or at odds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from assess.definitions.questionnaire_items import Group, Item, ItemType
from assess.workflow.answer_rows import Field, field_name, field_of
from assess.workflow.standing import Standing

MOST_ENTRIES = 50
"""Entries of a repeat that a page offers."""
_LAST_ENTRY = 999
"""The highest number that an entry can have."""


@dataclass(frozen=True, slots=True)
class Section:
    """How far one section is."""

    group: Group
    number: int
    """From 1, among the sections that the respondent meets."""
    fields: Mapping[str, Item]
    """What is met there, under the names of the form's fields: a repeat's items once for each entry."""
    answered: int
    wanting: tuple[str, ...]
    """Fields that are required and not answered."""
    at_odds: tuple[str, ...]
    """Fields whose answer cannot be taken."""
    entries: int = 0
    """Entries of repeats that hold an answer."""

    @property
    def asked(self) -> tuple[str, ...]:
        """The fields that take an answer; what an entry of a repeat leaves open is not missing."""
        return tuple(name for name, item in self.fields.items() if item.type.answerable and item.repeat is None)

    @property
    def asks(self) -> bool:
        """Whether it takes answers at all."""
        return any(item.type.answerable for item in self.fields.values())

    def numbers(self, repeat: str) -> tuple[int, ...]:
        """Return the numbers of a repeat's entries that are shown, in order."""
        fields = [field_of(name) for name, item in self.fields.items() if item.repeat == repeat]
        return tuple(sorted({field[1] for field in fields if field is not None}))

    @property
    def open(self) -> int:
        """How many of its questions have no answer."""
        return len(self.asked) - self.answered

    @property
    def state(self) -> str:
        """One of "attention", "done", "begun" and "new"."""
        if self.at_odds:
            return "attention"
        if self.asks and not self.asked and not self.entries:
            return "new"
        if not self.open:
            return "done"
        return "begun" if self.answered else "new"


def sections(standing: Standing, opened: Collection[Field] = ()) -> tuple[Section, ...]:
    """Return the sections in which the respondent meets anything; `opened` are fields of entries that are shown though empty."""
    met = [(group, fields) for group in standing.questionnaire.sections if (fields := dict(_fields(group, standing, opened)))]
    return tuple(_section(group, number, fields, standing) for number, (group, fields) in enumerate(met, 1))


def entries_of(repeat: str, standing: Standing, opened: Collection[Field] = ()) -> tuple[int, ...]:
    """Return the numbers of a repeat's entries: those with an answer and those that were opened; an empty one where there is none."""
    items = {item.name for item in standing.questionnaire.items if item.repeat == repeat}
    fields = (*filter(None, map(field_of, standing.given)), *opened)
    return tuple(sorted({instance for item, instance in fields if item in items and instance})[:MOST_ENTRIES]) or (1,)


def next_entry(repeat: str, standing: Standing) -> Field | None:
    """Return the first field of a new entry of a repeat; None where there is no such repeat or no room in it."""
    first = next((item.name for item in standing.questionnaire.items if item.repeat == repeat), None)
    if first is None:
        return None
    numbers = entries_of(repeat, standing)
    return (first, numbers[-1] + 1) if len(numbers) < MOST_ENTRIES and numbers[-1] < _LAST_ENTRY else None


def _fields(group: Group, standing: Standing, opened: Collection[Field]) -> Iterator[tuple[str, Item]]:
    for item in group.items:
        if standing.counts(item) and (item.type.answerable or item.type is ItemType.NOTE):
            for instance in entries_of(item.repeat, standing, opened) if item.repeat else (0,):
                yield field_name(item.name, instance), item


def _section(group: Group, number: int, fields: Mapping[str, Item], standing: Standing) -> Section:
    missing = {item.name for item in standing.missing}
    entries = {(item.repeat, name.partition(".")[2]) for name, item in fields.items() if item.repeat and standing.given.get(name)}
    return Section(
        group=group,
        number=number,
        fields=fields,
        answered=sum(bool(standing.given.get(name)) for name, item in fields.items() if item.type.answerable and item.repeat is None),
        wanting=tuple(name for name in fields if name in missing),
        at_odds=tuple(name for name in fields if name in standing.problems),
        entries=len(entries),
    )
