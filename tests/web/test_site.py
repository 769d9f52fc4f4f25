"""What holds for every route and every reply of the site."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from assess.definitions.library import load_questionnaires
from assess.store.session import open_database
from assess.web.access import Access, declared, needs
from assess.web.app import create_app
from web.visiting import ROOT, Clock, Page, Survey, check_headers, settings


def undeclared(app: Flask) -> list[str]:
    return [rule.rule for rule in app.url_map.iter_rules() if declared(app.view_functions[rule.endpoint]) is None]


def test_every_route__declares_who_may_call_it(survey: Survey) -> None:
    assert undeclared(survey.browser.client.application) == []


def test_route__that_declares_nothing__is_found_and_refused(sqlite_database: Engine, tmp_path: Path) -> None:
    app = create_app(settings(tmp_path), sqlite_database, clock=Clock())
    app.add_url_rule("/planted", view_func=lambda: "secret", endpoint="planted")
    assert undeclared(app) == ["/planted"]
    reply = app.test_client().get("/planted")
    assert reply.status_code == 404
    assert "secret" not in reply.text


def test_every_route_that_shows_a_response__needs_a_link(survey: Survey) -> None:
    app = survey.browser.client.application
    for rule in app.url_map.iter_rules():
        needs_link = declared(app.view_functions[rule.endpoint]) is Access.LINK
        assert needs_link is rule.rule.startswith("/s/"), rule.rule


def test_failure_of_the_program__is_told_without_its_reason(
    sqlite_database: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(settings(tmp_path), sqlite_database, clock=Clock())
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @needs(Access.NOTHING)
    def broken() -> str:
        raise RuntimeError("the secret reason")

    app.add_url_rule("/broken", view_func=broken)
    reply = app.test_client().get("/broken")
    check_headers(reply)
    assert reply.status_code == 500
    assert "secret reason" not in reply.text
    assert "Try again in some minutes" in reply.text
    assert "broken" in caplog.text


def test_too_large_a_page__is_refused_with_a_sentence(survey: Survey) -> None:
    survey.browser.start()
    survey.browser.post("/about", {"remark": "x" * 2_100_000}, status=413)
    assert "two million" in survey.browser.page.html


def test_style_sheets__may_be_kept__and_their_address_changes_with_them(survey: Survey) -> None:
    page = survey.browser.get()
    for link in (*page.all("link", rel="stylesheet"), *page.all("script")):
        address = link.attributes.get("href") or link.attributes["src"]
        assert "?v=" in address
        reply = survey.browser.client.get(address)
        assert reply.status_code == 200
        assert "max-age" in reply.headers["Cache-Control"]
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        reply.close()


def test_health__says_ok__and_readiness_asks_the_store(survey: Survey, tmp_path: Path) -> None:
    assert survey.browser.client.get("/healthz").text == "ok\n"
    assert survey.browser.client.get("/readyz").text == "ready\n"
    empty = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    client = create_app(settings(tmp_path), empty, clock=Clock()).test_client()
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
    empty.dispose()


def test_front_door__asks_for_the_personal_link(survey: Survey) -> None:
    assert "personal link" in survey.browser.fetch("/").one("h1").text


def test_https_site__tells_browsers_to_stay_on_https(survey: Survey) -> None:
    assert "max-age" in survey.browser.client.get("/").headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    "fault",
    [
        "<h1>second</h1>",
        "<input type='text' id='loose' name='loose'>",
        "<p style='color: red'>loud</p>",
        "<img src='https://example.org/x.png' alt=''>",
        "<script>alert(1)</script>",
        "<p id='main'>twice</p>",
        "<fieldset></fieldset>",
        "<p aria-describedby='nowhere'>x</p>",
    ],
)
def test_check_of_pages__finds_a_planted_fault(survey: Survey, fault: str) -> None:
    html = survey.browser.get().html
    with pytest.raises(AssertionError):
        Page(html.replace("</main>", f"{fault}</main>")).check()


def test_no_section_of_ours__has_the_name_of_another_page(survey: Survey) -> None:
    rules = survey.browser.client.application.url_map.iter_rules()
    taken = {rule.rule.removeprefix("/s/<token>/") for rule in rules if rule.rule.startswith("/s/<token>/")}
    names = {section.name for questionnaire in load_questionnaires().values() for section in questionnaire.sections}
    assert not names & taken
    assert {"review", "receipt", "results"} <= taken


def test_wtforms__is_imported_by_one_module() -> None:
    files = (ROOT / "assess").rglob("*.py")
    found = [path.name for path in files if re.search(r"^\s*(?:from|import) wtforms", path.read_text("utf-8"), re.MULTILINE)]
    assert found == ["forms.py"]
