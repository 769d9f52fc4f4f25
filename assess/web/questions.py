"""What a section's page prints: questions with their options, tables, headings and notes, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from assess.definitions.expressions import offers
from assess.definitions.questionnaire_items import Group, Item, ItemType
from assess.definitions.texts import Text
from assess.definitions.words import words_of
from assess.web.forms import AnswerField
from assess.web.progress import MOST_ENTRIES, Section
from assess.web.sentences import SPECIALS, unit
from assess.workflow.answer_rows import field_name
from assess.workflow.evidence_names import files_in
from assess.workflow.standing import Standing

KIND = "kind"
"""The item whose answer comes back by itself: the list of members knows it."""
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
    clear: str = ""
    """The words of the button that takes its answer back; empty where it needs none. What is chosen from a list does."""
    files: tuple[str, ...] = ()
    """The names of the files that are attached."""
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
    def answered(self) -> bool:
        """Whether one of its options is chosen."""
        return any(option.chosen for option in (*self.options, *self.specials))

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

    def cells(self, row: Question) -> tuple[Option | None, ...]:
        """Return a row's options column by column; None where it offers none."""
        choices, specials = ({option.label: option for option in options} for options in (row.options, row.specials))
        return (*map(choices.get, self.columns), *map(specials.get, self.specials))


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
    entry: bool = False
    """Whether it is an entry of a repeat."""
    removable: bool = False
    """Whether it is an entry that can be taken out: one of several, or one with an answer."""
    part: str = "group"


@dataclass(frozen=True, slots=True)
class More:
    """The button that adds an entry to a repeat."""

    repeat: str
    label: str
    part: str = "more"

    @property
    def name(self) -> str:
        """Under which the page knows it."""
        return f"{self.repeat}.more"


Part = Question | Table | Note | Bundle | More


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints the parts of one section for one respondent."""

    section: Section
    standing: Standing
    answers: Mapping[str, AnswerField]
    problems: Mapping[str, str]
    language: str
    today: date
    everything: bool = False
    """Whether choices are offered that other answers would withhold."""

    def parts(self) -> tuple[Part, ...]:
        """Return everything on the page."""
        return tuple(self._children(self.section.group, 0))

    def _children(self, group: Group, instance: int) -> Iterator[Part]:
        for child in group.children:
            if isinstance(child, Item):
                yield from self._item(child, instance)
            elif child.repeats:
                yield from self._entries(child)
            elif child.is_table:
                yield from self._table(child, instance)
            elif parts := tuple(self._children(child, instance)):
                yield Bundle(child.name, self._text(child.label), self._text(child.hint), parts)

    def _entries(self, group: Group) -> Iterator[Bundle | More]:
        numbers = self.section.numbers(group.name)
        for place, number in enumerate(numbers, 1):
            parts = tuple(self._children(group, number))
            filled = any(self.answers[field_name(item.name, number)].raw for item in group.items if item.type.answerable)
            label, hint = f"{self._text(group.label)} {place}", self._text(group.hint) if place == 1 else ""
            yield Bundle(f"{group.name}.{number}", label, hint, parts, entry=True, removable=filled or len(numbers) > 1)
        if 0 < len(numbers) < MOST_ENTRIES:
            yield More(group.name, self._text(group.label))

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
        answer, words = self.answers[name], words_of(self.language)
        return Question(
            name=name,
            control=_CONTROLS[item.type],
            label=self._text(item.label),
            hint=self._text(item.hint),
            required=item.required,
            written=answer.written,
            options=tuple(self._options(item, answer)),
            specials=tuple(_option(name, special, words.say(SPECIALS[special]), answer) for special in item.special),
            problem=self.problems.get(name, ""),
            unit=unit(item),
            whole=item.type is ItemType.INTEGER,
            clear=words.say("Clear the answer") if item.type is ItemType.SELECT_ONE and item.name != KIND else "",
            files=tuple(files_in(answer.written).values()) if item.type is ItemType.FILE else (),
        )

    def _options(self, item: Item, answer: AnswerField) -> Iterator[Option]:
        for choice in item.choices:
            if self._offered(item, choice.name) or choice.name in answer.values:
                yield _option(answer.name, choice.name, self._text(choice.label), answer)

    def _offered(self, item: Item, code: str) -> bool:
        counting = {name: value for name, value in self.standing.answers.items() if name not in self.standing.not_asked}
        return self.everything or item.choice_filter is None or offers(item.choice_filter, counting, code=code, today=self.today)

    def _text(self, text: Text | None) -> str:
        return text.in_language(self.language) if text is not None else ""


def _option(name: str, code: str, label: str, answer: AnswerField) -> Option:
    return Option(code, label, f"f-{name}-{code}", code in answer.values)
