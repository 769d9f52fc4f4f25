"""Every question for one kind of member, to be read, printed or filled in elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from assess.definitions.questionnaire_items import Group, Item, ItemType
from assess.definitions.words import Words
from assess.web.conditions import Wording
from assess.web.forms import page_form
from assess.web.pages.frames import Frame, frame
from assess.web.pages.steps import title_of
from assess.web.progress import Section
from assess.web.questions import Part, Printer
from assess.web.visits import Visit
from assess.workflow.answer_rows import field_name

_UNSEEN = frozenset({ItemType.CALCULATE, ItemType.HIDDEN})


@dataclass(frozen=True, slots=True)
class BlankSection:
    """One section with all its questions."""

    number: int
    name: str
    label: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class BlankPage:
    """Every question for this kind of member, whatever was answered."""

    frame: Frame
    title: str
    version: str
    digest: str
    kind: str
    minutes: int
    """How long answering takes, estimated from the questions."""
    closes_at: datetime
    closes: str
    """The same in words."""
    words: Words
    """In which the form speaks that is taken away."""
    sections: tuple[BlankSection, ...]
    numbers: Mapping[str, int]
    """The number of each question, by field."""
    conditions: Mapping[str, str]
    """When a question, group or section is asked at all, in words, by its name; only where there is a condition."""


def blank_page(visit: Visit, *, entries: int = 1) -> BlankPage:
    """Return every question that this kind of member may meet, with `entries` entries of each repeat."""
    found = [(group, fields) for group in visit.questionnaire.sections if (fields := dict(_fields(visit, group, entries)))]
    numbered = (name for _, fields in found for name, item in fields.items() if item.type.answerable)
    numbers = {name: number for number, name in enumerate(numbered, 1)}
    return BlankPage(
        frame=frame(visit),
        title=visit.questionnaire.title.in_language(visit.language),
        version=visit.questionnaire.version,
        digest=visit.questionnaire.digest,
        kind=visit.standing.kind or "",
        minutes=visit.questionnaire.minutes(visit.standing.kind),
        closes_at=visit.round.closes_at,
        closes=visit.words.moment(visit.round.closes_at),
        words=visit.words,
        sections=tuple(_section(visit, group, number, fields) for number, (group, fields) in enumerate(found, 1)),
        numbers=numbers,
        conditions=dict(_conditions(visit, numbers, found)),
    )


def _fields(visit: Visit, group: Group, entries: int) -> Iterator[tuple[str, Item]]:
    for item in group.items:
        if item.asks(visit.standing.kind) and item.type not in _UNSEEN:
            for instance in range(1, entries + 1) if item.repeat else (0,):
                yield field_name(item.name, instance), item


def _section(visit: Visit, group: Group, number: int, fields: Mapping[str, Item]) -> BlankSection:
    section = Section(group, number, fields, 0, (), ())
    answers = {field.name: field for field in page_form(fields)}
    printer = Printer(section, visit.standing, answers, {}, visit.language, visit.now.date(), everything=True)
    return BlankSection(number, group.name, title_of(section, visit), printer.parts())


def _conditions(visit: Visit, numbers: Mapping[str, int], found: list[tuple[Group, dict[str, Item]]]) -> Iterator[tuple[str, str]]:
    wording = Wording(visit.questionnaire, numbers, visit.language)
    for section, fields in found:
        stated = {group.name: group.relevant for group in section.groups} | {name: item.relevant for name, item in fields.items()}
        for name, relevant in stated.items():
            if relevant is not None:
                yield name, wording.only_if(relevant)
