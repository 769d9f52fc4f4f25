"""The page that asks which of two answers holds."""

from __future__ import annotations

from dataclasses import dataclass

from assess.web.pages.frames import Frame, frame
from assess.web.pages.labels import label_of
from assess.web.pages.steps import title_of
from assess.web.progress import Section
from assess.web.sentences import shown
from assess.web.visits import Visit
from assess.workflow.answer_rows import field_of
from assess.workflow.responses import Conflict, Contested


@dataclass(frozen=True, slots=True)
class Choice:
    """A field that two people changed: what is stored, and what this page sent."""

    field: str
    label: str
    stored: str
    stored_says: str
    sent: str
    sent_says: str


@dataclass(frozen=True, slots=True)
class ConflictPage:
    """Fields that somebody else changed meanwhile; one of the two answers is to be chosen for each."""

    frame: Frame
    name: str
    title: str
    choices: tuple[Choice, ...]
    fields: str
    form: str
    seen: int
    key: str


def conflict_page(visit: Visit, section: Section, conflict: Conflict, *, form: str, key: str) -> ConflictPage:
    """Return both answers to every contested field."""
    return ConflictPage(
        frame=frame(visit),
        name=section.group.name,
        title=title_of(section, visit),
        choices=tuple(_choice(contested, visit, section) for contested in conflict.contested),
        fields=" ".join(contested.field for contested in conflict.contested),
        form=form,
        seen=conflict.revision,
        key=key,
    )


def _choice(contested: Contested, visit: Visit, section: Section) -> Choice:
    item = visit.questionnaire.item((field_of(contested.field) or ("", 0))[0])
    return Choice(
        field=contested.field,
        label=label_of(visit, section, contested.field),
        stored=contested.stored,
        stored_says=shown(item, contested.stored, visit.language),
        sent=contested.sent,
        sent_says=shown(item, contested.sent, visit.language),
    )
