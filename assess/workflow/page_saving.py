"""Merges a page into a response: what only the page changed is written, what two changed differently is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from assess.definitions.questionnaire_items import Questionnaire
from assess.engine.answers import MAX_TEXT
from assess.store.queries import Present
from assess.store.tables import Response
from assess.workflow.answer_rows import Field, field_name, field_of, present, texts_at, write
from assess.workflow.refusals import AnswerUnfit


@dataclass(frozen=True, slots=True)
class Saved:
    """A page was saved: `changed` names the fields whose answer is another now.

    `others` holds the fields that somebody else changed meanwhile and the page does not show yet. A page that stays open shows them
    before it claims to have seen `revision`; else its next save would undo them.
    """

    revision: int
    saved_at: datetime
    changed: tuple[str, ...]
    others: Mapping[str, str]
    repeated: bool = False
    """Whether this is the first receipt again, because the same request came twice."""


@dataclass(frozen=True, slots=True)
class Contested:
    """A field that somebody else changed while the page was open: what is stored now, and what the page sent."""

    field: str
    stored: str
    sent: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Some fields of a page are contested and wait for a choice; the rest was saved, as in `Saved`.

    A page that offers the choice has seen `revision`, and has a key of its own.
    """

    revision: int
    saved_at: datetime
    contested: tuple[Contested, ...]
    changed: tuple[str, ...]
    others: Mapping[str, str]
    repeated: bool = False


def fields_of(questionnaire: Questionnaire, section: str, answers: Mapping[str, str]) -> dict[Field, str]:
    """Read a page's field names. Raises AnswerUnfit for what the section does not ask, or for too long a text."""
    asked = {item.name: item for group in questionnaire.sections if group.name == section for item in group.items}
    fields = {}
    for name, raw in answers.items():
        field = field_of(name)
        item = asked.get(field[0]) if field else None
        if field is None or item is None or not item.type.answerable or (field[1] > 0) != (item.repeat is not None):
            raise AnswerUnfit("Load the page again: the section “%(section)s” has no field “%(field)s”.", section=section, field=name)
        if len(raw) > MAX_TEXT:
            raise AnswerUnfit("Shorten the answer to %(most)s characters; it has %(length)s.", most=MAX_TEXT, length=len(raw))
        fields[field] = raw
    return fields


def plain(raw: str) -> str:
    """Write line ends one way, and leave out what databases and tables cannot keep: control signs and half characters."""
    lines = raw.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")
    return "".join(c for c in lines if c >= " " or c in "\n\t").strip()


@dataclass(frozen=True, slots=True)
class Merged:
    """What becomes of the fields of a page: written, changed by others only, or changed by both differently."""

    changed: list[str]
    others: list[str]
    contested: list[str]


def merge(session: Session, response: Response, sent: Mapping[Field, str], seen: int, now: datetime) -> Merged:
    """Write what only the page changed. Three texts are compared: what the page showed, what is stored now, what the page sent."""
    before = present(session, response)
    differing = {field for field, raw in sent.items() if raw != _stored(before, field)}
    later = {field for field in differing if field in before and before[field].revision > seen}
    shown = texts_at(session, response, seen, {item for item, _ in later}) if later else {}
    by_others = {field for field in later if _stored(before, field) != shown.get(field, "")}
    contested = {field for field in by_others if sent[field] != shown.get(field, "")}
    changes = {field: sent[field] for field in sorted(differing - by_others)}
    if changes:
        write(session, response, changes, before, now)
    return Merged(*([field_name(*field) for field in sorted(fields)] for fields in (changes, by_others - contested, contested)))


def told(session: Session, response: Response, outcome: Mapping[str, Any], page: Mapping[str, str], repeated: bool) -> Saved | Conflict:
    """Say what became of a page; texts are read again, so that no answer is kept a second time with the receipt."""
    revision, saved_at, changed = outcome["revision"], datetime.fromisoformat(outcome["saved_at"]), tuple(outcome["changed"])
    later = outcome["others"] or outcome["contested"]
    stored = {field_name(*field): raw for field, raw in texts_at(session, response, revision).items()} if later else {}
    others = {name: stored.get(name, "") for name in outcome["others"]}
    if not outcome["contested"]:
        return Saved(revision, saved_at, changed, others, repeated)
    contested = tuple(Contested(name, stored.get(name, ""), page[name]) for name in outcome["contested"])
    return Conflict(revision, saved_at, contested, changed, others, repeated)


def _stored(before: Mapping[Field, Present], field: Field) -> str:
    return before[field].raw if field in before else ""
