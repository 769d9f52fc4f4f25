"""What a section's page prints: questions with their options, tables, headings and notes, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from assess.definitions.expressions import offers
from assess.definitions.questionnaire_items import Group, Item, ItemType
from assess.definitions.texts import Text
from assess.web.forms import AnswerField
from assess.web.progress import Section, entries_of
from assess.web.sentences import SPECIALS, unit
from assess.workflow.answer_rows import field_name
from assess.workflow.standing import Standing

_CONTROLS = {
    ItemType.SELECT_ONE: "radios",
    ItemType.SELECT_MULTIPLE: "boxes",
    ItemType.ACKNOWLEDGE: "tick",
    ItemType.TEXT: "area",
    ItemType.DATE: "date",
    ItemType.FILE: "file",
    ItemType.INTEGER: "number",
    ItemType.DECIMAL: "number",
    ItemType.RANGE: "number",
}


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose or tick."""

    code: str
    label: str
    id: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One question as it is printed."""

    name: str
    control: str
    label: str
    hint: str
    required: bool
    written: str
    options: tuple[Option, ...]
    """What is to be chosen from, without the special answers."""
    specials: tuple[Option, ...]
    problem: str
    unit: str = ""
    whole: bool = False
    part: str = "question"

    @property
    def id(self) -> str:
        """The id of its control, or of the first of its options."""
        return self.options[0].id if self.options and self.control != "area" else f"f-{self.name}"

    @property
    def described_by(self) -> str:
        """The ids of its hint and error."""
        return " ".join(([f"hint-{self.name}"] if self.hint else []) + ([f"error-{self.name}"] if self.problem else []))

    @property
    def offered(self) -> str:
        """The codes on offer: where they change, the question is printed anew."""
        return " ".join(option.code for option in (*self.options, *self.specials))


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that share one list of choices."""

    name: str
    label: str
    hint: str
    columns: tuple[str, ...]
    """The labels of the choices."""
    specials: tuple[str, ...]
    """The labels of the special answers that some row offers."""
    rows: tuple[Question, ...]
    part: str = "table"


@dataclass(frozen=True, slots=True)
class Note:
    """Something to read."""

    name: str
    label: str
    part: str = "note"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A group inside a section, or one entry of a repeat."""

    name: str
    label: str
    hint: str
    parts: tuple[Part, ...]
    part: str = "group"


Part = Question | Table | Note | Bundle


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints the parts of one section for one respondent."""

    section: Section
    standing: Standing
    answers: Mapping[str, AnswerField]
    problems: Mapping[str, str]
    language: str
    today: date

    def parts(self) -> tuple[Part, ...]:
        """Return everything on the page."""
        return tuple(self._children(self.section.group, 0))

    def _children(self, group: Group, instance: int) -> Iterator[Part]:
        for child in group.children:
            if isinstance(child, Item):
                yield from self._item(child, instance)
            elif child.repeats:
                yield from (self._entry(child, number) for number in entries_of(child.name, self.standing))
            elif child.is_table:
                yield from self._table(child, instance)
            elif parts := tuple(self._children(child, instance)):
                yield Bundle(child.name, self._text(child.label), self._text(child.hint), parts)

    def _entry(self, group: Group, number: int) -> Bundle:
        parts = tuple(self._children(group, number))
        return Bundle(f"{group.name}.{number}", f"{self._text(group.label)} {number}", self._text(group.hint) if number == 1 else "", parts)

    def _item(self, item: Item, instance: int) -> Iterator[Part]:
        name = field_name(item.name, instance)
        if name in self.section.fields:
            yield Note(name, self._text(item.label)) if item.type is ItemType.NOTE else self._question(item, name)

    def _table(self, group: Group, instance: int) -> Iterator[Part]:
        names = [(item, field_name(item.name, instance)) for item in group.items]
        rows = tuple(self._question(item, name) for item, name in names if name in self.section.fields and item.type.answerable)
        if rows:
            columns = tuple(dict.fromkeys(option.label for row in rows for option in row.options))
            specials = tuple(dict.fromkeys(option.label for row in rows for option in row.specials))
            yield Table(group.name, self._text(group.label), self._text(group.hint), columns, specials, rows)

    def _question(self, item: Item, name: str) -> Question:
        answer = self.answers[name]
        return Question(
            name=name,
            control=_CONTROLS[item.type],
            label=self._text(item.label),
            hint=self._text(item.hint),
            required=item.required,
            written=answer.written,
            options=tuple(self._options(item, answer)),
            specials=tuple(_option(name, special, SPECIALS[special], answer) for special in item.special),
            problem=self.problems.get(name, ""),
            unit=unit(item),
            whole=item.type is ItemType.INTEGER,
        )

    def _options(self, item: Item, answer: AnswerField) -> Iterator[Option]:
        for choice in item.choices:
            if self._offered(item, choice.name) or choice.name in answer.values:
                yield _option(answer.name, choice.name, self._text(choice.label), answer)

    def _offered(self, item: Item, code: str) -> bool:
        counting = {name: value for name, value in self.standing.answers.items() if name not in self.standing.not_asked}
        return item.choice_filter is None or offers(item.choice_filter, counting, code=code, today=self.today)

    def _text(self, text: Text | None) -> str:
        return text.in_language(self.language) if text is not None else ""


def _option(name: str, code: str, label: str, answer: AnswerField) -> Option:
    return Option(code, label, f"f-{name}-{code}", code in answer.values)
