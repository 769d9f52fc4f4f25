"""What each kind of job does, and that doing it again does no more."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from workflow.surveying import BASE_URL, make_round, make_survey, only

from assess.settings import Settings
from assess.store.session import reading, writing
from assess.store.tables import AuditEvent, JobState, MailState, OutboxMail, Round, RoundState
from assess.worker.exporting import export_responses
from assess.worker.handlers import HANDLERS
from assess.worker.handling import now
from assess.worker.mailing import send_due
from assess.worker.periodic import PERIODIC
from assess.worker.ticking import tick
from assess.workflow import invitations, jobs
from assess.workflow.exports import request_export
from assess.workflow.mail import MOST_ATTEMPTS, Mail, queue
from worker.working import ended, job, settings_for, work

DAY = timedelta(days=1)


@pytest.fixture
def settings(database: Engine, tmp_path: Path) -> Settings:
    """Handlers are tried on every kind of database."""
    return settings_for(database, tmp_path)


class Told:
    """Remembers what a handler said about its progress."""

    def __init__(self) -> None:
        self.all: list[tuple[int, int]] = []

    def __call__(self, done: int, total: int) -> None:
        self.all.append((done, total))


def test_mails_that_are_due__are_sent__once(settings: Settings, database: Engine) -> None:
    with writing(database) as session:
        mails = [Mail(None, "invitation", f"k{n}", f"a{n}@example.org", "Survey", "Hello.") for n in range(12)]
        queue(session, mails, due_at=now())
        queue(session, [Mail(None, "invitation", "later", "a@example.org", "Survey", "Hello.")], due_at=now() + DAY)
    told = Told()
    assert send_due(settings, {}, told) == {"sent": 12, "tried": 12}
    assert told.all == [(10, 0), (12, 0)]
    assert send_due(settings, {}, told) == {"sent": 0, "tried": 0}
    assert len(list(Path(settings.mail).glob("*.eml"))) == 12


def test_a_mail_that_cannot_be_sent_now__does_not_hold_up_the_others_for_ever(settings: Settings, database: Engine) -> None:
    Path(settings.mail).write_text("not a folder", "utf-8")
    with writing(database) as session:
        queue(session, [Mail(None, "invitation", "k", "a@example.org", "Survey", "Hello.")], due_at=now())
    assert send_due(settings, {}, Told()) == {"sent": 0, "tried": 1}
    with reading(database) as session:
        row = session.exec(select(OutboxMail)).one()
        assert (row.state, row.attempts) == (MailState.QUEUED, 1)
        assert row.attempts < MOST_ATTEMPTS
        assert row.due_at > now()


def test_a_tick__closes_what_is_over__and_reminds_in_the_rest__once(settings: Settings, database: Engine) -> None:
    begun = now() - 8 * DAY
    with writing(database) as session:
        round_, _ = make_round(session, members=2, now=begun)
        invitations.invite_all(session, round_, base_url=BASE_URL, now=begun)
        over, _ = make_round(session, name="Elsewhere", now=now() - 31 * DAY)
    told = Told()
    assert tick(settings, {}, told) == {"closed": 1, "reminded": 2}
    assert tick(settings, {}, Told()) == {"closed": 0, "reminded": 0}
    assert told.all == [(1, 1)]
    with reading(database) as session:
        assert only(session.get(Round, over.id)).state is RoundState.CLOSED
        assert len(session.exec(select(OutboxMail).where(col(OutboxMail.kind) == "reminder")).all()) == 2


def requested(database: Engine) -> tuple[str, Mapping[str, Any]]:
    """Ask for the responses of a round in which one member has handed in; return the key of the job and its payload."""
    survey = make_survey(database)
    answers = {"kind": "company", "trust": "4", "buys": "no", "staff": "12", "trainees": "1", "comment": "=2+3"}
    survey.saved(answers, seen=0, key="1")
    survey.submit(key="s")
    with writing(database) as session:
        asked = request_export(session, survey.round(session), actor="evaluator", now=now())
        assert request_export(session, survey.round(session), actor="evaluator", now=only(asked.created_at)).id == asked.id
        return asked.key, {"round": survey.round_id, "file": asked.key.rpartition(":")[2]}


def test_an_export__holds_the_responses_as_files__and_is_made_anew_under_the_same_name(settings: Settings, database: Engine) -> None:
    _, payload = requested(database)
    for _attempt in range(2):
        told = Told()
        result = export_responses(settings, payload, told)
        assert told.all == [(1, 2), (2, 2)]
    assert result["responses"] == 1
    file = settings.files / result["file"]
    assert [found.name for found in file.parent.iterdir()] == [file.name]
    with ZipFile(file) as archive:
        assert archive.namelist() == ["member.csv"]
        rows = list(csv.DictReader(io.StringIO(archive.read("member.csv").decode("utf-8"))))
    assert [(row["organisation"], row["trust"], row["comment"]) for row in rows] == [("Organisation 0", "4", "'=2+3")]


def test_an_export__is_made_by_a_worker__and_its_asking_is_audited(settings: Settings, database: Engine) -> None:
    key, payload = requested(database)
    work(settings, HANDLERS, until=lambda _: ended(settings, key))
    found = job(settings, key)
    assert (found.state, found.result) == (JobState.DONE, f'{{"file":"exports/{payload["file"]}","responses":1}}')
    with reading(database) as session:
        event = session.exec(select(AuditEvent).where(col(AuditEvent.verb) == "export")).first()
        assert event is not None
        assert (event.actor, event.subject) == ("evaluator", f"round/{payload['round']}")


def test_every_periodic_job__has_a_handler_that_needs_no_payload(settings: Settings) -> None:
    for periodic in PERIODIC:
        assert HANDLERS[periodic.kind](settings, {}, Told()) is not None


def test_a_worker__sends_what_a_verb_has_queued__by_itself(settings: Settings, database: Engine) -> None:
    make_survey(database, now=now())
    work(settings, HANDLERS, until=lambda _: any(Path(settings.mail).glob("*.eml")), periodic=PERIODIC)
    with reading(database) as session:
        assert jobs.dead_jobs(session) == []
