"""Links that lead nowhere, other people's texts, languages, and what surrounds a response."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import col, select
from workflow.surveying import only

from assess.store.session import writing
from assess.store.tables import Cluster, Invitation, OutboxMail
from assess.workflow import invitations
from web.questionnaires import EVERYTHING
from web.visiting import Survey, make_survey

PAYLOADS = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "</textarea><h1>two</h1>", "javascript:alert(1)")


@pytest.mark.parametrize("path", ["", "/about", "/review", "/receipt", "/results", "/delegate", "/unsubscribe", "/blank"])
def test_unknown_link__on_any_page__says_what_to_do(survey: Survey, path: str) -> None:
    for token in ("x", "A" * 43, "%00", "A" * 5000):
        page = survey.browser.fetch(f"/s/{token}{path}", status=404)
        assert "Copy the whole link" in page.html


def test_expired_link__is_gone__and_says_that_answers_are_kept(survey: Survey) -> None:
    survey.browser.start()
    survey.clock.wait(days=1000)
    page = survey.browser.get("/about", status=410)
    assert "expired" in page.html
    assert "What you saved is kept" in page.html


def test_revoked_link__is_gone(survey: Survey) -> None:
    with writing(survey.engine) as session:
        invitation = only(session.get(Invitation, survey.invitation_id))
        invitations.revoke(session, invitation, actor="manager", now=survey.clock.now)
    assert "withdrawn" in survey.browser.get(status=410).html


def test_planned_round__cannot_be_started(survey: Survey) -> None:
    with survey.engine.begin() as connection:
        connection.execute(text("UPDATE round SET state = 'planned'"))
    page = survey.browser.get()
    assert "has not begun" in page.html
    assert not page.all("button")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_text__that_looks_like_a_page__is_printed_as_text(sqlite_database: Engine, tmp_path: Path, payload: str) -> None:
    survey = make_survey(sqlite_database, tmp_path, source=EVERYTHING)
    browser = survey.browser
    with writing(survey.engine) as session:
        only(session.get(Cluster, 1)).name = f"Valley {payload}"
    browser.start()
    browser.save("about", {"remark": payload, "sites": payload, "founded": "2001-01-01"}, status=422)
    assert browser.page.value("remark") == payload
    browser.save("about", {"sites": "1"})
    review = browser.get("/review")
    assert payload in review.one("main").text
    assert [e.text for e in review.all("h1")] == ["Check and send"]
    browser.submit()
    assert payload in browser.page.one("main").text
    browser.get()


def test_error_page__never_repeats_what_was_asked_for(survey: Survey) -> None:
    page = survey.browser.fetch("/s/%3Cscript%3Ealert(1)%3C%2Fscript%3E/x", status=404)
    assert "alert(1)" not in page.html


def test_language__is_chosen_on_every_page__and_carried_along(sqlite_database: Engine, tmp_path: Path) -> None:
    browser = make_survey(sqlite_database, tmp_path, source=EVERYTHING).browser
    browser.start()
    german = next(e.attributes["href"] for e in browser.page.all("a", hreflang="de"))
    page = browser.fetch(german)
    assert german.endswith("/about?language=de")
    assert "Exportieren Sie?" in page.html
    assert page.one("div", id="parts").attributes["lang"] == "de"
    assert page.one("form").attributes["action"].endswith("language=de")


def test_language__that_the_questionnaire_has_not__is_its_own(sqlite_database: Engine, tmp_path: Path) -> None:
    browser = make_survey(sqlite_database, tmp_path, source=EVERYTHING).browser
    browser.start()
    assert "Do you export?" in browser.get("/about?language=fr").html
    assert "Do you export?" in browser.get("/about?language=%3Cscript%3E").html


@pytest.mark.parametrize("address", ["klingon?to=/s/x", "de", "de?to=https://example.org", "de?to=//x.org", "de?to=/s/x/../.."])
def test_language_switch__to_nowhere__is_no_page(survey: Survey, address: str) -> None:
    survey.browser.fetch(f"/language/{address}", status=404)


def test_languages_of_the_site__are_offered__whatever_the_questionnaire_has(survey: Survey) -> None:
    page = survey.browser.get()
    assert {"en", "de", "fr"} <= {link.attributes["hreflang"] for link in page.all("a") if "hreflang" in link.attributes}
    assert [link.attributes["hreflang"] for link in page.all("a", **{"aria-current": "true"})] == ["en"]


def test_delegate__mails_a_link_to_the_same_response(survey: Survey) -> None:
    browser = survey.browser
    browser.start()
    browser.save("about", {"size": "small"})
    form = browser.get("/delegate").value("form")
    assert "colleague@example.org" in browser.post("/delegate", {"form": form, "email": "colleague@example.org"}).html
    with writing(survey.engine) as session:
        mail = session.exec(select(OutboxMail).where(col(OutboxMail.recipient) == "colleague@example.org")).one()
    browser.token = mail.body.split("/s/")[1][:43]
    assert browser.get("/about").chosen("size") == ["small"]


@pytest.mark.parametrize("email", ["", "nobody", "a@b\r\nBcc: c@example.org", "x" * 300 + "@example.org"])
def test_delegate__to_no_address__says_what_to_do(survey: Survey, email: str) -> None:
    survey.browser.start()
    form = survey.browser.get("/delegate").value("form")
    page = survey.browser.post("/delegate", {"form": form, "email": email}, status=422)
    assert page.one("a", href="#email").text
    with writing(survey.engine) as session:
        assert not session.exec(select(OutboxMail).where(col(OutboxMail.kind) == "delegation")).all()


def test_unsubscribe__asks_first__because_scanners_follow_links(survey: Survey) -> None:
    page = survey.browser.get("/unsubscribe")
    with writing(survey.engine) as session:
        assert only(session.get(Invitation, survey.invitation_id)).unsubscribed_at is None
    assert "Nothing more" in survey.browser.post("/unsubscribe", {"form": page.value("form")}).html
    with writing(survey.engine) as session:
        assert only(session.get(Invitation, survey.invitation_id)).unsubscribed_at == survey.clock.now


@pytest.mark.parametrize("path", ["/start", "/submit", "/delegate", "/unsubscribe"])
def test_forged_form__is_refused(survey: Survey, path: str) -> None:
    survey.browser.start()
    survey.browser.post(path, {"form": "0" * 64, "email": "a@example.org", "key": "k", "seen": "0"}, status=400)
