"""The nouns of a questionnaire as the rest of the program meets them: items, choices, groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from math import ceil

from assess.definitions.expressions import Expression
from assess.definitions.indicators import Citation, Origin
from assess.definitions.questionnaire_format import ItemType, MappingKind, MapsFrom, MemberKind, ScoreRule, Special, Status
from assess.definitions.texts import Text
from assess.errors import Fault

__all__ = [
    "Choice",
    "Group",
    "Item",
    "ItemType",
    "MappingKind",
    "MapsFrom",
    "MemberKind",
    "Questionnaire",
    "Score",
    "ScoreRule",
    "Special",
    "Status",
]

Lines = Mapping[str, int]
"""The line of each key an author wrote; of the whole entry under the empty key."""

SECONDS: dict[ItemType, int] = {
    ItemType.TEXT: 40,
    ItemType.INTEGER: 20,
    ItemType.DECIMAL: 20,
    ItemType.DATE: 15,
    ItemType.SELECT_ONE: 12,
    ItemType.SELECT_MULTIPLE: 18,
    ItemType.RANGE: 12,
    ItemType.NOTE: 6,
    ItemType.ACKNOWLEDGE: 5,
    ItemType.FILE: 60,
    ItemType.CALCULATE: 0,
    ItemType.HIDDEN: 0,
}
"""Seconds to answer an item of each type: an estimate, not a measurement. Figures that must be looked up need `seconds` of their own."""

SECONDS_OF_TABLE_ROW = 7
"""Seconds for one row of a table, whose choices are read once: an estimate, too."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a list; `name` is its code in response files."""

    name: str
    label: Text
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Score:
    """How an answer becomes the indicator's value; `table` only for ScoreRule.TABLE."""

    rule: ScoreRule
    table: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One question, note or calculation, with its place in the questionnaire."""

    name: str
    type: ItemType
    label: Text
    hint: Text | None
    required: bool
    required_message: Text | None
    relevant: Expression | None
    enclosing: tuple[Expression, ...]
    """The `relevant` of every group around the item, outermost first."""
    constraint: Expression | None
    constraint_message: Text | None
    calculation: Expression | None
    choice_filter: Expression | None
    default: str | bool | Decimal | None
    read_only: bool
    appearance: str
    indicator: str | None
    score: Score
    weight: Decimal
    evidence: Text | None
    kinds: tuple[MemberKind, ...]
    """Whom it asks, after the kinds of the groups around it; all kinds where nobody is left out."""
    maps_from: tuple[MapsFrom, ...] = field(hash=False)
    source: Citation | None
    special: tuple[Special, ...]
    seconds: int
    list_name: str | None
    choices: tuple[Choice, ...]
    section: str
    table: str | None
    repeat: str | None
    lines: Lines = field(default_factory=dict, compare=False, repr=False, hash=False)

    @property
    def relevants(self) -> tuple[Expression, ...]:
        """Everything that must be true for the item to be shown, outermost first."""
        return self.enclosing if self.relevant is None else (*self.enclosing, self.relevant)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its choices, in order."""
        return tuple(choice.name for choice in self.choices)

    def asks(self, kind: MemberKind | None) -> bool:
        """Say whether the item is for members of `kind`; None stands for a respondent who is no member."""
        return kind is None or kind in self.kinds

    def line(self, key: str = "") -> int:
        """Return the line of `key`, or of the item where the key was not written."""
        return self.lines.get(key) or self.lines.get("", 0)


@dataclass(frozen=True)
class Group:
    """A section (a group at the top), a table, a group inside a section or a repeat."""

    name: str
    label: Text | None
    hint: Text | None
    relevant: Expression | None
    kinds: tuple[MemberKind, ...]
    appearance: str
    repeats: bool
    children: tuple[Item | Group, ...]
    lines: Lines = field(default_factory=dict, compare=False, repr=False, hash=False)

    @property
    def is_table(self) -> bool:
        """Whether its items are rows that share one choice list."""
        return "table-list" in self.appearance.split()

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every item in the group, in order, whatever groups lie between."""
        return tuple(item for child in self.children for item in (child.items if isinstance(child, Group) else (child,)))

    @property
    def groups(self) -> Iterator[Group]:
        """Yield the group and every group in it, in order."""
        yield self
        for child in self.children:
            if isinstance(child, Group):
                yield from child.groups

    def line(self, key: str = "") -> int:
        """Return the line of `key`, or of the group where the key was not written."""
        return self.lines.get(key) or self.lines.get("", 0)


@dataclass(frozen=True)
class Questionnaire:
    """One version of a questionnaire."""

    id: str
    version: str
    title: Text
    default_language: str
    status: Status
    respondent: Origin
    languages: tuple[str, ...]
    choices: Mapping[str, tuple[Choice, ...]] = field(hash=False)
    sections: tuple[Group, ...]
    digest: str
    """SHA-256 of the content in canonical JSON, in hexadecimal. Layout, comments, key order, aliases and `status` do not change it."""
    file: str = field(default="", compare=False)
    notes: tuple[Fault, ...] = field(default=(), compare=False, repr=False)
    """Keys that were read under another name."""

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every item, in the order asked."""
        return tuple(item for section in self.sections for item in section.items)

    @property
    def groups(self) -> tuple[Group, ...]:
        """Every group, sections first to last, each before what is in it."""
        return tuple(group for section in self.sections for group in section.groups)

    def item(self, name: str) -> Item:
        """Return the item called `name`. Raises KeyError."""
        for item in self.items:
            if item.name == name:
                return item
        raise KeyError(name)

    def items_for(self, kind: MemberKind | None) -> tuple[Item, ...]:
        """Return the items that members of `kind` are asked; all of them for None."""
        return tuple(item for item in self.items if item.asks(kind))

    def count(self, kind: MemberKind | None = None) -> int:
        """Return how many questions `kind` meets at most: conditions may hide some, and a repeat counts once."""
        return sum(item.type.answerable for item in self.items_for(kind))

    def minutes(self, kind: MemberKind | None = None) -> int:
        """Estimate how many minutes `kind` needs at most, rounded up."""
        return ceil(sum(item.seconds for item in self.items_for(kind)) / 60)
