"""The server's clock in UTC decides when a survey ends: no page, no header and no summer time moves the deadline."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from answering import MEMBER
from sqlalchemy import Engine
from sqlmodel import col, select
from web.visiting import Page, Survey, filled_in, make_survey
from werkzeug.test import TestResponse
from workflow.surveying import BASE_URL, CLOSING, NOON, only

from assess.store.session import reading, writing
from assess.store.tables import AnswerRevision, AuditEvent, Invitation, Round
from assess.web.site import utc_now
from assess.workflow import invitations

CLOCKS_GO_BACK = datetime(2026, 10, 25, 1)  # noqa: DTZ001 - UTC without a zone, as in the store
"""In Berlin 02:59:59 summer time is followed by 02:00 winter time."""
TICK = timedelta(microseconds=1)


@pytest.fixture
def survey(sqlite_database: Engine, tmp_path: Path) -> Survey:
    """A member whose page is open."""
    made = make_survey(sqlite_database, tmp_path, source=MEMBER)
    made.browser.start()
    return made


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that is set to a zone with summer time."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def send(survey: Survey, text: str, now: datetime, page: Page | None = None, more: Mapping[str, str] | None = None) -> TestResponse:
    """Send a page that stands open at a moment of the server, as somebody would whose own clock says something else."""
    survey.clock.now = now
    sent = {**filled_in(page or survey.browser.get("/about")), "comment": text, "go": "later", **(more or {})}
    headers = {"Date": format_datetime(NOON.replace(tzinfo=UTC))}
    return survey.browser.client.post(f"/s/{survey.browser.token}/about", data=sent, headers=headers)


def test_deadline__one_microsecond_before__saves__at_it__does_not(survey: Survey) -> None:
    assert send(survey, "In time.", CLOSING - TICK).status_code == 303
    open_page = survey.browser.get("/about")
    late = send(survey, "Too late.", CLOSING, open_page)
    assert late.status_code == 410
    assert "Too late." in late.text, "what was written is lost with the page"
    assert survey.answers()["comment"] == "In time."


def test_deadline__what_a_page_claims__does_not_move_it(survey: Survey) -> None:
    page = survey.browser.page
    claims = {"now": NOON.isoformat(), "closes_at": "2099-01-01T00:00:00", "saved_at": NOON.isoformat()}
    assert send(survey, "Too late.", CLOSING, page, claims).status_code == 410
    assert survey.answers() == {}


def test_deadline__submission_of_an_open_review__does_not_pass_it(survey: Survey) -> None:
    send(survey, "In time.", NOON, more={"kind": "company"})
    review = survey.browser.get("/review")
    survey.clock.now = CLOSING
    survey.browser.post("/submit", {name: review.value(name) for name in ("form", "seen", "key")}, status=410)
    assert survey.response().submitted_at is None


def test_deadline__repeat_of_what_was_saved_in_time__gets_its_reply_again(survey: Survey) -> None:
    page = survey.browser.page
    first = send(survey, "In time.", CLOSING - TICK, page)
    again = send(survey, "In time.", CLOSING + timedelta(hours=1), page)
    assert (again.status_code, again.location) == (first.status_code, first.location)
    assert survey.answers()["comment"] == "In time."


@pytest.mark.usefixtures("berlin")
def test_deadline__in_the_hour_that_comes_twice__comes_once(survey: Survey) -> None:
    with writing(survey.engine) as session:
        only(session.get(Round, survey.round_id)).closes_at = CLOCKS_GO_BACK - timedelta(minutes=30)
    pages = [survey.browser.get("/about") for _ in range(3)]
    moments = [CLOCKS_GO_BACK + timedelta(minutes=minutes) for minutes in (-31, -30, 29)]  # 02:29, 02:30, and 02:29 again in Berlin
    assert [send(survey, f"At {at}.", at, page).status_code for at, page in zip(moments, pages, strict=True)] == [303, 410, 410]
    assert survey.answers()["comment"] == f"At {moments[0]}."


@pytest.mark.usefixtures("berlin")
def test_clock_of_the_site__on_a_machine_with_summer_time__is_utc() -> None:
    before, now, after = time.time(), utc_now().replace(tzinfo=UTC).timestamp(), time.time()
    assert before - 0.001 <= now <= after + 0.001


def test_clock_set_back__between_two_saves__loses_nothing_and_keeps_their_order(survey: Survey) -> None:
    for text, now in (("First.", NOON + timedelta(hours=2)), ("Second.", NOON)):
        assert send(survey, text, now).status_code == 303
    assert survey.answers()["comment"] == "Second."
    assert survey.response().revision == 2
    with reading(survey.engine) as session:
        written = session.exec(
            select(AnswerRevision.raw).where(col(AnswerRevision.item) == "comment").order_by(col(AnswerRevision.revision))
        ).all()
    assert written == ["First.", "Second."]


def test_clock_set_back__between_two_acts__audit_keeps_their_order(survey: Survey) -> None:
    with writing(survey.engine) as session:
        link = only(session.get(Invitation, survey.invitation_id))
        for number, now in enumerate((NOON + timedelta(hours=2), NOON)):
            invitations.delegate(session, link, email=f"colleague{number}@example.org", base_url=BASE_URL, now=now)
    with reading(survey.engine) as session:
        delegated = select(AuditEvent).where(col(AuditEvent.verb) == "delegate").order_by(col(AuditEvent.id))
        events = [(event.subject, event.at) for event in session.exec(delegated)]
    assert [at for _, at in events] == [NOON + timedelta(hours=2), NOON]
    assert events == sorted(events), "the second link was written down first"
