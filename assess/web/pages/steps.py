"""The list of sections beside a page, and how far each is."""

from __future__ import annotations

from dataclasses import dataclass

from assess.definitions.words import Words
from assess.web.progress import Section
from assess.web.visits import Visit


@dataclass(frozen=True, slots=True)
class Step:
    """One section in the list of sections."""

    name: str
    label: str
    number: int
    state: str
    says: str
    current: bool


def steps_of(found: tuple[Section, ...], visit: Visit, current: str) -> tuple[Step, ...]:
    """Return the list of sections; `current` is the name of the one that is shown."""
    return tuple(Step(s.group.name, title_of(s, visit), s.number, s.state, says(s, visit.words), s.group.name == current) for s in found)


def title_of(section: Section, visit: Visit) -> str:
    """Return the heading of a section."""
    return section.group.label.in_language(visit.language) if section.group.label else section.group.name


def says(section: Section, words: Words) -> str:
    """Say how far a section is."""
    if section.at_odds:
        return words.several(len(section.at_odds), "%(num)s answer to correct", "%(num)s answers to correct")
    told = [words.say("%(answered)s of %(asked)s answered", answered=section.answered, asked=len(section.asked))] if section.asked else []
    told += [words.several(section.entries, "%(num)s entry", "%(num)s entries")] if section.entries else []
    return ", ".join(told) or (words.say("to read") if section.state == "done" else words.say("no entry yet"))
