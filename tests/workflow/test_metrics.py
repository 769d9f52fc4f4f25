"""Figures: every state has its line, and what waits too long is seen."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

from assess.store.session import writing
from assess.store.staff_tables import Account
from assess.workflow import account_sessions, jobs, metrics
from workflow.evaluating import make_account
from workflow.surveying import NOON, make_survey, only


def test_figures__count_by_state__and_say_how_long_the_oldest_has_waited(engine: Engine) -> None:
    make_survey(engine)
    with writing(engine) as session:
        jobs.enqueue(session, kind="k", key="1", payload={}, now=NOON)
        jobs.enqueue(session, kind="k", key="2", payload={}, now=NOON, due_at=NOON + timedelta(days=1))
        account_sessions.begin(session, only(session.get(Account, make_account(session))), browser="b", now=NOON)
        lines = metrics.figures(session, now=NOON + timedelta(seconds=90)).splitlines()
    said = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert said['assess_rounds{state="open"}'] == "1"
    assert said['assess_rounds{state="planned"}'] == "0"
    assert said['assess_jobs{state="waiting"}'] == "2"
    assert said['assess_mails{state="queued"}'] == "1"
    assert said['assess_responses{state="draft"}'] == "1"
    assert said["assess_oldest_waiting_job_seconds"] == "90"
    assert said["assess_oldest_queued_mail_seconds"] == "90"
    assert said["assess_sessions"] == "1"
    names = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert {name.partition("{")[0] for name in said} == names


def test_figures_of_an_empty_site__are_all_there(engine: Engine) -> None:
    with writing(engine) as session:
        text = metrics.figures(session, now=NOON)
    assert "assess_oldest_waiting_job_seconds 0\n" in text
    assert text.count("\n") == text.count("# HELP") * 2 + 3 + 3 + 4 + 4 + 3
