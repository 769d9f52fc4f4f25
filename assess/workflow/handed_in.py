"""Turns what was handed in into answer sheets, as if it had been read from response files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlmodel import Session

from assess.definitions.indicators import Origin
from assess.definitions.questionnaire_items import Group, Item, ItemType, Questionnaire
from assess.engine.answers import AnswerSheet, ResponseSet
from assess.exchange.columns import About
from assess.store.queries import SubmittedAnswers, answer_sheets
from assess.store.tables import Round
from assess.workflow.answer_rows import field_name, field_of
from assess.workflow.pinned import asked, pinned, pinned_rules
from assess.workflow.rows import identity
from assess.workflow.standing import Standing, judged

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FREE_TEXT = frozenset({ItemType.TEXT, ItemType.FILE, ItemType.HIDDEN})

ENTRY = "entry"
"""The column that numbers the entries of a repeat."""


@dataclass(frozen=True, slots=True)
class ResponseTable:
    """Responses to one questionnaire as `assess diagnose` reads them from a file."""

    questionnaire: Questionnaire
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def write(self, path: Path) -> None:
        """Write the table as CSV in UTF-8."""
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(self.header)
            writer.writerows(self.rows)


def response_sets(session: Session, round_: Round, today: date, note: str = "") -> tuple[ResponseSet, ...]:
    """Return the answers of a round by questionnaire, each response as it was last handed in; questionnaires nobody handed in are left out.

    `note` stands on every sheet: answers that were made up say so there.
    """
    found = (_response_set(session, round_, pin.questionnaire, today, note) for pin in asked(session, identity(round_)))
    return tuple(one for one in found if one.sheets)


def response_table(session: Session, round_: Round, questionnaire: str, today: date) -> ResponseTable:
    """Return the answers that count, for a response file. Texts that a spreadsheet would take for a formula begin with an apostrophe."""
    definition = pinned(session, identity(round_), questionnaire)
    of_members = definition.respondent is Origin.MEMBER
    names = {item.name for item in definition.items}
    about = (About.ORGANISATION, *([About.KIND] if of_members else []), *([About.VERSION] if About.VERSION not in names else []))
    columns = [item for item in definition.items if _has_column(item, of_members)]
    rows = []
    for handed_in, found in _judged(session, round_, questionnaire, today):
        whose = {About.ORGANISATION: _harmless(handed_in.organisation), About.KIND: found.kind or "", About.VERSION: handed_in.version}
        rows.append((*(str(whose[one]) for one in about), *(_cell(item, found) for item in columns)))
    return ResponseTable(definition, (*(one.value for one in about), *(item.name for item in columns)), tuple(rows))


def repeat_tables(session: Session, round_: Round, questionnaire: str, today: date) -> dict[str, ResponseTable]:
    """Return the entries that count, one table a repeat and one row an entry; entries are numbered as they stand, without gaps."""
    definition = pinned(session, identity(round_), questionnaire)
    responses = tuple(_judged(session, round_, questionnaire, today))
    return {group.name: _repeat_table(definition, group, responses) for group in definition.groups if group.repeats}


def _repeat_table(definition: Questionnaire, group: Group, responses: Iterable[tuple[SubmittedAnswers, Standing]]) -> ResponseTable:
    items = [item for item in group.items if item.type.answerable]
    rows = []
    for handed_in, found in responses:
        answered = {field for field in map(field_of, found.given) if field is not None}
        instances = sorted({instance for item in items for name, instance in answered if name == item.name and found.counts(item)})
        for number, instance in enumerate(instances, 1):
            cells = (_cell(item, found, instance) for item in items)
            rows.append((_harmless(handed_in.organisation), str(number), *cells))
    header = (About.ORGANISATION.value, ENTRY, *(item.name for item in items))
    return ResponseTable(definition, header, tuple(rows))


def _response_set(session: Session, round_: Round, questionnaire: str, today: date, note: str) -> ResponseSet:
    sheets = tuple(
        AnswerSheet(handed_in.organisation, found.kind, found.answers, found.not_asked, f"response {handed_in.response_id}", note=note)
        for handed_in, found in _judged(session, round_, questionnaire, today)
    )
    return ResponseSet(pinned(session, identity(round_), questionnaire), sheets)


def _judged(session: Session, round_: Round, questionnaire: str, today: date) -> Iterator[tuple[SubmittedAnswers, Standing]]:
    rules = pinned_rules(session, identity(round_), questionnaire, today)
    for handed_in in answer_sheets(session, identity(round_), questionnaire):
        yield handed_in, judged(handed_in.answers, handed_in.kind, rules)


def _has_column(item: Item, of_members: bool) -> bool:
    taken = item.name == About.ORGANISATION or (of_members and item.name == About.KIND)
    return item.type.answerable and item.repeat is None and not taken


def _cell(item: Item, found: Standing, instance: int = 0) -> str:
    raw = found.given.get(field_name(item.name, instance), "") if found.counts(item) else ""
    return _harmless(raw) if item.type in _FREE_TEXT else raw


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
