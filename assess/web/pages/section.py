"""The page of one section, with its questions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assess.definitions.words import words_of
from assess.web.forms import PageForm, is_field, page_form
from assess.web.pages.frames import Frame, frame
from assess.web.pages.mending import Wrong, problems_of, wrong_lines
from assess.web.pages.steps import Step, steps_of, title_of
from assess.web.progress import Section, sections
from assess.web.questions import Part, Printer
from assess.web.visits import Visit


@dataclass(frozen=True, slots=True)
class SectionPage:
    """One section with its questions."""

    frame: Frame
    name: str
    title: str
    hint: str
    number: int
    steps: tuple[Step, ...]
    parts: tuple[Part, ...]
    wrong: tuple[Wrong, ...]
    notice: str
    fields: str
    form: str
    seen: int
    key: str
    saved_at: datetime | None
    previous: str


def section_page(visit: Visit, section: Section, filled: PageForm | None = None, *, form: str, key: str, notice: str = "") -> SectionPage:
    """Return one section; `filled` is what was sent and could not simply be saved."""
    found = sections(visit.standing)
    unkept = {name: words_of(visit.language).say(problem) for name, problem in filled.problems.items()} if filled else {}
    problems = problems_of(visit, section) | unkept
    answers = {field.name: field for source in (page_form(section.fields, stored=visit.stored), filled or ()) for field in source}
    return SectionPage(
        frame=frame(visit),
        name=section.group.name,
        title=title_of(section, visit),
        hint=section.group.hint.in_language(visit.language) if section.group.hint else "",
        number=section.number,
        steps=steps_of(found, visit, section.group.name),
        parts=Printer(section, visit.standing, answers, problems, visit.language, visit.now.date()).parts(),
        wrong=tuple(wrong_lines(section, problems, visit)),
        notice=notice,
        fields=" ".join(name for name, item in section.fields.items() if is_field(item)),
        form=form,
        seen=visit.begun.revision,
        key=key,
        saved_at=visit.begun.saved_at,
        previous=found[section.number - 2].group.name if section.number > 1 else "",
    )
