"""Files that respondents attach to their answers: the answer says which, a row what each is, and the folder keeps the bytes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from assess.definitions.questionnaire_items import ItemType
from assess.exchange.evidence_types import NotAccepted, media_type_of
from assess.phrases import Phrase
from assess.store.files import Draft, EvidenceFolder
from assess.store.tables import EvidenceFile, Invitation, Response, Submission
from assess.workflow import audit
from assess.workflow.answer_rows import Field, field_name, present, texts, texts_at, write
from assess.workflow.evidence_names import answer_of, files_in, in_megabytes, plain_name, with_ending
from assess.workflow.pinned import pinned
from assess.workflow.refusals import Unfit
from assess.workflow.responses import refuse_unless_open
from assess.workflow.rows import added, identity, locked

MOST_BYTES = 10_000_000
"""Of one file."""
MOST_FILES = 5
"""At one item."""
MOST_IN_RESPONSE = 50_000_000
"""Bytes of all files of a response."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A file that was received and may be attached."""

    draft: Draft
    name: str
    media_type: str


@contextmanager
def received(folder: EvidenceFolder, stream: IO[bytes], name: str) -> Iterator[Offered]:
    """Receive a file and judge it by its size and content; what is not attached in the block is gone after it. Raises Unfit."""
    plain = plain_name(name)
    with folder.receiving(stream, most=MOST_BYTES) as draft:
        if not draft.size:
            raise Unfit("Choose another file: %(name)s is empty.", name=plain)
        if draft.size > MOST_BYTES:
            raise Unfit("Choose a smaller file: %(name)s is larger than %(size)s.", name=plain, size=in_megabytes(MOST_BYTES))
        try:
            media_type = media_type_of(draft.path)
        except NotAccepted as refusal:
            raise Unfit("%(refusal)s This is about %(name)s.", refusal=Phrase(str(refusal)), name=plain) from refusal
        yield Offered(draft, with_ending(plain, media_type), media_type)


def attach(
    session: Session,
    response: Response,
    field: Field,
    offered: Sequence[Offered],
    *,
    folder: EvidenceFolder,
    invitation: Invitation,
    now: datetime,
) -> tuple[EvidenceFile, ...]:
    """Attach files to a file item and return their rows; one that is attached there already stays as it is.

    Hold `folder.keeping()` from before the transaction until after its commit, so that nobody drops the bytes in between.
    Raises AlreadySubmitted, RoundClosed, or Unfit when there would be too many or too much; then nothing is changed.
    """
    before = _open_answer(session, response, field, now)
    new = {one.draft.digest: one for one in offered if one.draft.digest not in before}
    if not new:
        return ()
    _refuse_too_much(session, response, len(before), new)
    for one in new.values():
        folder.keep(one.draft)
    rows = tuple(_row(session, response, field, one, now) for one in new.values())
    files = before | {digest: one.name for digest, one in new.items()}
    write(session, response, {field: answer_of(files)}, present(session, response), now)
    for row in rows:
        _record(session, "attach", response, row, invitation, now)
    return rows


def remove(session: Session, response: Response, field: Field, number: int, *, invitation: Invitation, now: datetime) -> str:
    """Take a file away from an item and return its digest; empty when it is not attached there.

    What was handed in keeps it, with its row. Drop bytes that are not needed any more after the commit: `evidence_bytes.drop_unused`.
    Raises AlreadySubmitted or RoundClosed.
    """
    before = _open_answer(session, response, field, now)
    row = next((row for row in attached(session, response, field) if row.id == number), None)
    if row is None:
        return ""
    files = {digest: name for digest, name in before.items() if digest != row.digest}
    write(session, response, {field: answer_of(files)}, present(session, response), now)
    _record(session, "detach", response, row, invitation, now)
    if row.digest not in _ever_handed_in(session, response, field):
        session.delete(row)
        session.flush()
    return row.digest


def attached(session: Session, response: Response, field: Field) -> tuple[EvidenceFile, ...]:
    """Return the files that are attached to an item now, in the order in which they came."""
    rows = {row.digest: row for row in session.exec(select(EvidenceFile).where(*_of_field(response, field)))}
    return tuple(rows[digest] for digest in _files(session, response, field) if digest in rows)


def _open_answer(session: Session, response: Response, field: Field, now: datetime) -> dict[str, str]:
    """Lock the response and return the names of an item's files by digest, if they may be changed."""
    locked(session, response)
    refuse_unless_open(session, response, now)
    items = {item.name: item for item in pinned(session, response.round_id, response.questionnaire).items}
    item = items.get(field[0])
    if item is None or item.type is not ItemType.FILE or (field[1] > 0) != (item.repeat is not None):
        raise Unfit("Load the page again: no file can be attached to “%(field)s”.", field=field_name(*field))
    return _files(session, response, field)


def _files(session: Session, response: Response, field: Field) -> dict[str, str]:
    return files_in(texts(session, response).get(field, ""))


def _refuse_too_much(session: Session, response: Response, before: int, new: Mapping[str, Offered]) -> None:
    if before + len(new) > MOST_FILES:
        raise Unfit("Remove a file first, or put several into one document: up to %(most)s files can be attached here.", most=MOST_FILES)
    size = sum(one.draft.size for one in new.values())
    if _size_beside(session, response, new) + size > MOST_IN_RESPONSE:
        most = in_megabytes(MOST_IN_RESPONSE)
        raise Unfit("Remove a file first, or attach a smaller one: a response holds up to %(most)s of files.", most=most)


def _size_beside(session: Session, response: Response, digests: Collection[str]) -> int:
    others = (col(EvidenceFile.response_id) == identity(response), col(EvidenceFile.digest).not_in(digests))
    return int(session.exec(select(func.coalesce(func.sum(EvidenceFile.size), 0)).where(*others)).one())


def _row(session: Session, response: Response, field: Field, offered: Offered, now: datetime) -> EvidenceFile:
    """Write the row of a file; one that was handed in, taken away and comes again has its row already."""
    digest = offered.draft.digest
    row = session.exec(select(EvidenceFile).where(*_of_field(response, field), col(EvidenceFile.digest) == digest)).first()
    row = row or EvidenceFile(
        response_id=identity(response),
        item=field_name(*field),
        name=offered.name,
        media_type=offered.media_type,
        size=offered.draft.size,
        digest=digest,
        created_at=now,
    )
    row.name = offered.name
    return added(session, row)


def _of_field(response: Response, field: Field) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(EvidenceFile.response_id) == identity(response), col(EvidenceFile.item) == field_name(*field)


def _ever_handed_in(session: Session, response: Response, field: Field) -> set[str]:
    revisions = session.exec(select(Submission.revision).where(col(Submission.response_id) == identity(response)))
    return {digest for revision in revisions for digest in files_in(texts_at(session, response, revision, {field[0]}).get(field, ""))}


def _record(session: Session, verb: str, response: Response, row: EvidenceFile, invitation: Invitation, now: datetime) -> None:
    details: dict[str, str | int | None] = {"item": row.item, "file": row.digest, "size": row.size}
    actor = f"invitation/{invitation.id}"
    audit.record(session, actor=actor, verb=verb, subject=f"response/{response.id}", now=now, details=details)
