"""Reads and writes the answers of one response, keeping every earlier one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from assess.store.queries import Field, Present, present_answers
from assess.store.tables import Answer, AnswerRevision, Response
from assess.workflow.rows import identity

__all__ = ["Field", "field_name", "field_of", "present", "texts_at", "write"]


def field_name(item: str, instance: int = 0) -> str:
    """Name a field of a page: `staff`, or `projects.2` for the second repetition."""
    return f"{item}.{instance}" if instance else item


def field_of(name: str) -> Field | None:
    """Return the item and repetition that a field's name stands for; None when it is no such name."""
    item, dot, instance = name.partition(".")
    if not dot:
        return item, 0
    return (item, int(instance)) if instance.isascii() and instance.isdigit() and len(instance) < 4 and instance[0] != "0" else None


def present(session: Session, response: Response) -> dict[Field, Present]:
    """Return the present answer of every field that was ever answered; an answer that was taken back has an empty text."""
    return present_answers(session, identity(response))


def texts(session: Session, response: Response) -> dict[Field, str]:
    """Return the answers as they stand now, without those that are empty."""
    return {field: now.raw for field, now in present(session, response).items() if now.raw}


def texts_at(session: Session, response: Response, revision: int, items: Collection[str] | None = None) -> dict[Field, str]:
    """Return the answers as they stood after `revision`, without those that were empty then; of all items or of some."""
    wanted = [col(AnswerRevision.response_id) == identity(response), col(AnswerRevision.revision) <= revision]
    if items is not None:
        wanted.append(col(AnswerRevision.item).in_(items))
    rows = session.exec(select(AnswerRevision).where(*wanted).order_by(col(AnswerRevision.revision)))
    last = {(row.item, row.instance): row.raw for row in rows}
    return {field: raw for field, raw in last.items() if raw}


def write(session: Session, response: Response, changes: Mapping[Field, str], before: Mapping[Field, Present], now: datetime) -> None:
    """Write changed answers as the response's next revision."""
    response.revision += 1
    response.saved_at = now
    number = identity(response)
    session.add(response)
    session.flush()
    written = {
        field: {"response_id": number, "item": field[0], "instance": field[1], "raw": raw, "revision": response.revision, "saved_at": now}
        for field, raw in changes.items()
    }
    session.execute(insert(AnswerRevision), list(written.values()))
    if changed := [{**row, "id": before[field].row} for field, row in written.items() if field in before]:
        session.execute(update(Answer), changed)
    if new := [row for field, row in written.items() if field not in before]:
        session.execute(insert(Answer), new)
