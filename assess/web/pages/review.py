"""The page with everything that was answered, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assess.web.pages.frames import Frame, frame
from assess.web.pages.labels import label_of
from assess.web.pages.mending import Wrong, anchor, problems_of, wrong_lines
from assess.web.pages.steps import Step, says, steps_of, title_of
from assess.web.progress import Section, sections
from assess.web.sentences import shown, wanting
from assess.web.visits import Visit


@dataclass(frozen=True, slots=True)
class Row:
    """One question and its answer, to be read."""

    field: str
    id: str
    label: str
    answer: str
    given: bool
    problem: str


@dataclass(frozen=True, slots=True)
class ReviewedSection:
    """One section on the review page."""

    name: str
    label: str
    rows: tuple[Row, ...]
    open: int
    says: str
    attention: bool
    unfolded: bool
    """Whether something in it wants attention or was left out between answers."""


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Everything that was answered, and what is missing."""

    frame: Frame
    steps: tuple[Step, ...]
    sections: tuple[ReviewedSection, ...]
    wrong: tuple[Wrong, ...]
    open: int
    asked: int
    notice: str
    form: str
    seen: int
    key: str
    previous: str


def review_page(visit: Visit, *, form: str, key: str, notice: str = "") -> ReviewPage:
    """Return everything that was answered, with what is missing."""
    found = sections(visit.standing)
    wrong = tuple(line for section in found for line in _to_mend(section, visit))
    return ReviewPage(
        frame=frame(visit),
        steps=steps_of(found, visit, ""),
        sections=tuple(reviewed_section(section, visit, visit.stored) for section in found if section.asks),
        wrong=wrong,
        open=sum(section.open for section in found),
        asked=sum(len(section.asked) for section in found),
        notice=notice,
        form=form,
        seen=visit.begun.revision,
        key=key,
        previous=found[-1].group.name,
    )


def reviewed_section(section: Section, visit: Visit, given: Mapping[str, str]) -> ReviewedSection:
    """Return a section with its answers to be read."""
    problems = {line.field: line.sentence for line in _to_mend(section, visit)}
    rows = tuple(
        Row(
            field=name,
            id=anchor(item, name),
            label=label_of(visit, section, name),
            answer=shown(item, given.get(name, ""), visit.language),
            given=bool(given.get(name)),
            problem=problems.get(name, ""),
        )
        for name, item in section.fields.items()
        if item.type.answerable and (item.repeat is None or given.get(name))
    )
    return ReviewedSection(
        name=section.group.name,
        label=title_of(section, visit),
        rows=rows,
        open=section.open,
        says=says(section, visit.words),
        attention=bool(problems),
        unfolded=bool(problems) or section.state == "begun",
    )


def _to_mend(section: Section, visit: Visit) -> Iterator[Wrong]:
    missing = {name: wanting(section.fields[name], visit.language) for name in section.wanting}
    return wrong_lines(section, problems_of(visit, section) | missing, visit)
