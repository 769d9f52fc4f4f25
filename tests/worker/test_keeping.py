"""What is done once a day: warnings, erasure and clearing, each to the same effect however often it is begun."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from workflow.evaluating import closed_round, make_account
from workflow.surveying import NOON, only

from assess.settings import Settings
from assess.store.session import reading, writing
from assess.store.staff_tables import Account, Role
from assess.store.tables import Answer, MailState, OutboxMail, Round
from assess.worker.handling import now
from assess.worker.keeping import EXPORTS_KEPT, clear, erase, warn
from assess.worker.periodic import PERIODIC
from assess.workflow import people
from worker.working import settings_for

DAY = timedelta(days=1)


@pytest.fixture
def settings(database: Engine, tmp_path: Path) -> Settings:
    return settings_for(database, tmp_path)


def quiet(done: int, total: int) -> None:
    """Hear how far a handler is."""


def round_to_end(session: Session) -> Round:
    """A closed round whose time was over yesterday, and an administrator to be warned."""
    round_ = closed_round(session)
    round_.retain_until = now() - DAY
    account = only(session.get(Account, make_account(session, "Ada")))
    people.grant(session, account, role=Role.ADMIN, now=NOON, actor="command line")
    return round_


def test_round_whose_time_is_over__is_erased_only_after_a_month_with_a_warning_that_arrived(settings: Settings, database: Engine) -> None:
    with writing(database) as session:
        number = round_to_end(session).id
    assert erase(settings, {}, quiet) == {"erased": 0, "held": [f"round {number}: {_UNWARNED}"]}
    assert warn(settings, {}, quiet) == {"mails": 1}
    assert warn(settings, {}, quiet) == {"mails": 0}
    held = erase(settings, {}, quiet)["held"]
    assert "1 of the 1 mails of the last warning did not go out" in held[0]
    with writing(database) as session:
        mail = only(session.exec(select(OutboxMail).where(col(OutboxMail.kind) == "retention")).first())
        mail.state, mail.sent_at = MailState.SENT, now() - 28 * DAY
    assert erase(settings, {}, quiet) == {"erased": 1, "held": []}
    assert erase(settings, {}, quiet) == {"erased": 0, "held": []}
    with reading(database) as session:
        assert session.exec(select(Answer)).first() is None
        assert only(session.get(Round, number)).erased_at is not None


_UNWARNED = "Wait for the last warning: nobody was warned that the answers will be erased."


def test_exports__are_deleted_after_a_month__and_evidence_that_no_row_names_after_a_day(settings: Settings) -> None:
    exports = settings.files / "exports"
    exports.mkdir(parents=True)
    for name, age in (("old.zip", EXPORTS_KEPT + DAY), ("new.zip", EXPORTS_KEPT - DAY)):
        (exports / name).write_bytes(b"")
        os.utime(exports / name, ((now() - age).timestamp(),) * 2)
    evidence = settings.files / "ab" / "cd" / ("abcd" + "0" * 60)
    evidence.parent.mkdir(parents=True)
    evidence.write_bytes(b"")
    os.utime(evidence, ((now() - 2 * DAY).timestamp(),) * 2)
    assert clear(settings, {}, quiet) == {"evidence": 1, "exports": 1}
    assert clear(settings, {}, quiet) == {"evidence": 0, "exports": 0}
    assert [path.name for path in exports.iterdir()] == ["new.zip"]


def test_all_three__come_round_once_a_day() -> None:
    daily = {one.kind for one in PERIODIC if one.every == DAY}
    assert daily == {"retention.warn", "retention.erase", "files.clear"}
