"""The page of one file item: what is attached, and where to attach more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assess.definitions.questionnaire_items import Item
from assess.exchange.evidence_types import CHOOSE, EXTENSIONS
from assess.store.tables import EvidenceFile
from assess.web.pages.frames import Frame, frame
from assess.web.pages.steps import title_of
from assess.web.progress import Section
from assess.web.visits import Visit
from assess.workflow.evidence import MOST_BYTES, MOST_FILES
from assess.workflow.evidence_names import in_megabytes
from assess.workflow.rows import identity


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """One file as it is listed."""

    number: int
    name: str
    size_text: str


@dataclass(frozen=True, slots=True)
class AttachmentsPage:
    """The files of one item."""

    frame: Frame
    field: str
    section: str
    section_title: str
    label: str
    hint: str
    files: tuple[AttachedFile, ...]
    may_change: bool
    full: bool
    limits: str
    accept: str
    notice: str
    problem: str
    form: str


def attachments_page(
    visit: Visit,
    section: Section,
    field: str,
    files: Iterable[EvidenceFile],
    *,
    form: str,
    notice: str = "",
    problem: str = "",
) -> AttachmentsPage:
    """Return the files of the item behind `field` of a section."""
    item: Item = section.fields[field]
    words = visit.words
    listed = tuple(AttachedFile(identity(row), row.name, words.number(in_megabytes(row.size))) for row in files)
    return AttachmentsPage(
        frame=frame(visit),
        field=field,
        section=section.group.name,
        section_title=title_of(section, visit),
        label=item.label.in_language(visit.language),
        hint=item.hint.in_language(visit.language) if item.hint else "",
        files=listed,
        may_change=visit.may_change,
        full=len(listed) >= MOST_FILES,
        limits=words.say("Up to %(most)s files of %(size)s each.", most=MOST_FILES, size=in_megabytes(MOST_BYTES))
        + " "
        + words.say(CHOOSE),
        accept=",".join(ending for endings in EXTENSIONS.values() for ending in endings),
        notice=notice,
        problem=problem,
        form=form,
    )
