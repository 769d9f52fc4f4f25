"""Which bytes of evidence are needed: what evaluators read, what may be dropped, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from assess.definitions.questionnaire_items import ItemType
from assess.store.files import EvidenceFolder
from assess.store.queries import answer_sheets
from assess.store.steering_tables import ReportFile
from assess.store.tables import EvidenceFile, Response, Round
from assess.workflow.answer_rows import field_name
from assess.workflow.evidence_names import files_in
from assess.workflow.pinned import asked, pinned
from assess.workflow.rows import identity

_REST = timedelta(days=1)
"""How long bytes that no row names are left alone."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that was handed in with a response; its bytes are in the folder under `digest`."""

    response_id: int
    organisation: str
    questionnaire: str
    field: str
    name: str
    media_type: str
    size: int
    digest: str
    number: int
    """Of its row."""


def evidence_of(session: Session, round_: Round) -> tuple[Evidence, ...]:
    """Return the files of a round as they were last handed in, for evaluators only: managers never read them."""
    return tuple(one for pin in asked(session, identity(round_)) for one in _evidence(session, identity(round_), pin.questionnaire))


def drop_unused(session: Session, folder: EvidenceFolder, digest: str) -> bool:
    """Delete bytes unless a row names them, after the commit that took one away; use a session that has not read yet.

    While somebody attaches files nothing is deleted: the sweep does it later.
    """
    with folder.clearing() as alone:
        unused = alone and digest not in _named(session)
        if unused:
            folder.drop(digest)
    return unused


def sweep(session: Session, folder: EvidenceFolder, *, now: datetime) -> int:
    """Delete what no row names and nobody touched for a day, and return how many files; use a session that has not read yet."""
    with folder.clearing() as alone:
        if not alone:
            return 0
        named = _named(session)
        unused = [digest for digest in folder.digests() if digest not in named and folder.kept_at(digest) < now - _REST]
        for digest in unused:
            folder.drop(digest)
        folder.forget_drafts(now - _REST)
    return len(unused)


def missing(session: Session, folder: EvidenceFolder) -> tuple[str, ...]:
    """Return the digests that rows name and whose bytes are not in the folder."""
    return tuple(digest for digest in sorted(_named(session)) if not folder.has(digest))


def _named(session: Session) -> set[str]:
    return {*session.exec(select(EvidenceFile.digest).distinct()), *session.exec(select(ReportFile.digest).distinct())}


def _evidence(session: Session, round_id: int, questionnaire: str) -> Iterator[Evidence]:
    items = {item.name for item in pinned(session, round_id, questionnaire).items if item.type is ItemType.FILE}
    rows = _rows(session, round_id) if items else {}
    for sheet in answer_sheets(session, round_id, questionnaire) if items else ():
        for field, raw in sorted(sheet.answers.items()):
            for digest, name in files_in(raw).items() if field[0] in items else ():
                row = rows[sheet.response_id, field_name(*field), digest]
                whose = (sheet.response_id, sheet.organisation, questionnaire, row.item)
                yield Evidence(*whose, name, row.media_type, row.size, digest, identity(row))


def _rows(session: Session, round_id: int) -> dict[tuple[int, str, str], EvidenceFile]:
    mine = select(EvidenceFile).join(Response, col(Response.id) == col(EvidenceFile.response_id)).where(col(Response.round_id) == round_id)
    return {(row.response_id, row.item, row.digest): row for row in session.exec(mine)}
