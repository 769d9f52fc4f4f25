"""Fills a demo database: one synthetic cluster whose members are at every stage of answering."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from sqlmodel import Session

from assess.content import content_folder
from assess.definitions.library import load_questionnaires, load_rulebase_version
from assess.definitions.questionnaire_items import Questionnaire
from assess.exchange.synthetic import member_answers
from assess.settings import Settings, read_settings
from assess.store.session import open_database, writing
from assess.store.tables import Member, Round
from assess.store.upgrade import upgrade
from assess.workflow import clusters, invitations, responses, rounds
from assess.workflow.invitations import Invited
from assess.workflow.responses import Saved

_MEMBERS, _SEED = 12, 7
_DAY = date(2026, 11, 1)
_HANDED_IN, _HALF_DONE = 5, 4
_STAGES = ("has handed in", "is half done", "has not begun")


def settings(folder: Path, base_url: str) -> Settings:
    """Return the settings of a demo in `folder`, which is emptied first."""
    place = folder / "site"
    if place.exists():
        shutil.rmtree(place)
    place.mkdir(parents=True)
    return read_settings({"ASSESS_DEMO": "1", "ASSESS_FOLDER": str(place), "ASSESS_BASE_URL": base_url})


def fill(given: Settings) -> Iterator[str]:
    """Make the demo's tables and rows; yield a line with a link for every stage of answering."""
    engine = open_database(given.database)
    upgrade(engine)
    now = datetime.now(UTC).replace(tzinfo=None)
    questionnaire = load_questionnaires()["member"]
    table = member_answers(questionnaire, Random(_SEED), _DAY, _MEMBERS)  # noqa: S311 — reproducible, not secret
    rows = [dict(zip(table.header, row, strict=True)) for row in table.rows][:_MEMBERS]
    with writing(engine) as session:
        round_, members = _round(session, rows, now)
        links = [invitations.invite(session, round_, member, base_url=given.base_url, now=now) for member in members]
    yield "Synthetic survey “Example Valley”; one link for every stage of answering:"
    for number, (invited, row) in enumerate(zip(links, rows, strict=True)):
        sections = _sections(questionnaire, row)
        if number < _HANDED_IN + _HALF_DONE:
            with writing(engine) as session:
                _answer(session, invited, sections, now, whole=number < _HANDED_IN)
        if number in (0, _HANDED_IN, _HANDED_IN + _HALF_DONE):
            stage = _STAGES[(number >= _HANDED_IN) + (number >= _HANDED_IN + _HALF_DONE)]
            yield f"  {row['organisation']} ({row['kind']}) {stage}: {given.base_url}/s/{invited.token}"


def _round(session: Session, rows: list[dict[str, str]], now: datetime) -> tuple[Round, list[Member]]:
    cluster = clusters.make_cluster(session, name="Example Valley (synthetic)", sector="photonics", region="Example Valley", now=now)
    members = [
        clusters.add_member(session, cluster, name=row["organisation"], kind=row["kind"], email=f"member{n}@example.org", now=now)
        for n, row in enumerate(rows)
    ]
    sources = [(content_folder("questionnaires") / "member" / "2026.1.yaml").read_text("utf-8")]
    planned = rounds.plan_round(
        session,
        cluster,
        year=now.year,
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=30),
        sources=sources,
        rulebase=load_rulebase_version(),
        now=now,
    )
    return rounds.open_round(session, planned, now=now), members


def _sections(questionnaire: Questionnaire, row: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The answers of one row by section."""
    found: dict[str, dict[str, str]] = {}
    for item in questionnaire.items:
        if item.type.answerable and row.get(item.name):
            found.setdefault(item.section, {})[item.name] = row[item.name]
    return found


def _answer(session: Session, invited: Invited, sections: Mapping[str, Mapping[str, str]], now: datetime, *, whole: bool) -> None:
    response = responses.begin(session, invited.invitation, now=now)
    revision = response.revision
    for number, (section, answers) in enumerate(sections.items()):
        if whole or number < len(sections) // 2:
            saved = responses.save(
                session, response, section=section, answers=answers, seen_revision=revision, key=f"demo-{section}", now=now
            )
            revision = saved.revision if isinstance(saved, Saved) else revision
    if whole:
        responses.submit(session, response, key="demo-submit", now=now, invitation=invited.invitation)
