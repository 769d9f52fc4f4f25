"""What stands in the entries of a repeat is exported, one table a repeat."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from databases import sqlite_database
from sqlalchemy import Engine
from sqlmodel import Session
from web.questionnaires import EVERYTHING

from assess.commands import rounds as commands
from assess.store.session import writing
from assess.store.tables import Round
from assess.workflow import handed_in, invitations, responses
from workflow.surveying import BASE_URL, NOON, make_round

__all__ = ["sqlite_database"]

DATED = (
    EVERYTHING
    + """          - {type: date, name: on_day, label: {en: "When?", de: "Wann?"}, special: []}
"""
)
ENTRIES = {"with_whom.1": "", "with_whom.2": "=A customer", "on_day.2": "2026-05-04", "on_day.4": "2026-05-05"}


def handed_in_round(session: Session, source: str = DATED) -> Round:
    """A round with one response, whose first and third talk were taken out."""
    round_, (member,) = make_round(session, sources=(source,))
    invitation = invitations.invite(session, round_, member, base_url=BASE_URL, now=NOON).invitation
    response = responses.begin(session, invitation, now=NOON)
    for number, (section, answers) in enumerate({"about": {"founded": "2001-01-01"}, "talks": {"with_whom.1": "x"}}.items()):
        responses.save(session, response, section=section, answers=answers, seen_revision=number, key=str(number), now=NOON)
    responses.save(session, response, section="talks", answers=ENTRIES, seen_revision=2, key="2", now=NOON)
    responses.submit(session, response, key="s", now=NOON)
    return round_


def test_entries__that_hold_an_answer__are_numbered_without_gaps(engine: Engine) -> None:
    with writing(engine) as session:
        tables = handed_in.repeat_tables(session, handed_in_round(session), "member", NOON.date())
    assert list(tables) == ["talk"]
    assert tables["talk"].header == ("organisation", "entry", "with_whom", "on_day")
    assert tables["talk"].rows == (
        ("Organisation 0", "1", "'=A customer", "2026-05-04"),
        ("Organisation 0", "2", "", "2026-05-05"),
    )


def test_entries__whose_condition_does_not_hold__are_left_out(engine: Engine) -> None:
    source = DATED.replace("        name: talk\n", "        name: talk\n        relevant: \"${exports} = 'yes'\"\n")
    with writing(engine) as session:
        tables = handed_in.repeat_tables(session, handed_in_round(session, source), "member", NOON.date())
    assert tables["talk"].rows == ()


def test_export__writes_each_repeat_to_a_file_of_its_own(sqlite_database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing(sqlite_database) as session:
        handed_in_round(session)
    monkeypatch.setenv("ASSESS_DATABASE", str(sqlite_database.url))
    monkeypatch.setenv("ASSESS_DEMO", "1")
    commands.round_export("example-valley", 2026, tmp_path / "responses")
    assert {path.name for path in (tmp_path / "responses").iterdir()} == {"member.csv", "member-talk.csv"}
    with (tmp_path / "responses" / "member-talk.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["entry"] for row in csv.DictReader(stream)] == ["1", "2"]
