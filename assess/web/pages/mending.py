"""What is wrong with answers, as lines that lead to their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assess.definitions.questionnaire_items import Item
from assess.web.pages.labels import label_of
from assess.web.progress import Section
from assess.web.sentences import mending
from assess.web.visits import Visit


@dataclass(frozen=True, slots=True)
class Wrong:
    """One line of the error summary."""

    field: str
    id: str
    section: str
    label: str
    sentence: str


def problems_of(visit: Visit, section: Section) -> dict[str, str]:
    """Return what is wrong with the stored answers of a section, by field."""
    given = visit.standing.given
    return {name: mending(section.fields[name], given.get(name, ""), visit.language) for name in section.at_odds}


def wrong_lines(section: Section, problems: Mapping[str, str], visit: Visit) -> Iterator[Wrong]:
    """Return a line for every field that has a problem, in order."""
    for name, item in section.fields.items():
        if name in problems:
            yield Wrong(name, anchor(item, name), section.group.name, label_of(visit, section, name), problems[name])


def anchor(item: Item, name: str) -> str:
    """Return the id of the field's control, or of the first of its options."""
    return f"f-{name}-{item.choices[0].name}" if item.choices else f"f-{name}"
