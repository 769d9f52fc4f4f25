"""How far a response is, section by section: what the respondent meets there, what is answered, wanting or at odds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assess.definitions.questionnaire_items import Group, Item, ItemType
from assess.workflow.answer_rows import field_name, field_of
from assess.workflow.standing import Standing

MOST_ENTRIES = 50
"""Entries of a repeat that a page offers."""


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

    @property
    def asked(self) -> tuple[str, ...]:
        """The fields that take an answer; the empty entry at the end of a repeat is none that is missing."""
        return tuple(name for name, item in self.fields.items() if item.type.answerable and item.repeat is None)

    @property
    def open(self) -> int:
        """How many of its questions have no answer."""
        return len(self.asked) - self.answered

    @property
    def state(self) -> str:
        """One of "attention", "done", "begun" and "new"."""
        if self.at_odds:
            return "attention"
        if not self.open:
            return "done"
        return "begun" if self.answered else "new"


def sections(standing: Standing) -> tuple[Section, ...]:
    """Return the sections in which the respondent meets anything."""
    met = [(group, fields) for group in standing.questionnaire.sections if (fields := dict(_fields(group, standing)))]
    return tuple(_section(group, number, fields, standing) for number, (group, fields) in enumerate(met, 1))


def entries_of(repeat: str, standing: Standing) -> range:
    """Return the numbers of a repeat's entries: those with an answer, and an empty one."""
    items = {item.name for item in standing.questionnaire.items if item.repeat == repeat}
    known = [field for field in map(field_of, standing.given) if field is not None and field[0] in items]
    return range(1, min(max((instance for _, instance in known), default=0) + 1, MOST_ENTRIES) + 1)


def _fields(group: Group, standing: Standing) -> Iterator[tuple[str, Item]]:
    for item in group.items:
        if standing.counts(item) and (item.type.answerable or item.type is ItemType.NOTE):
            for instance in entries_of(item.repeat, standing) if item.repeat else (0,):
                yield field_name(item.name, instance), item


def _section(group: Group, number: int, fields: Mapping[str, Item], standing: Standing) -> Section:
    missing = {item.name for item in standing.missing}
    return Section(
        group=group,
        number=number,
        fields=fields,
        answered=sum(bool(standing.given.get(name)) for name, item in fields.items() if item.type.answerable and item.repeat is None),
        wanting=tuple(name for name in fields if name in missing),
        at_odds=tuple(name for name in fields if name in standing.problems),
    )
