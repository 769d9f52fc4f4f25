"""The pages of staff in the language of the account, or of the browser at the door; none of their templates holds a bare text."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from workflow.surveying import NOON

from assess.content import content_folder
from assess.phrases import Phrase
from assess.store.session import reading, writing
from assess.store.staff_tables import Account, Role
from assess.workflow import jobs
from web.staffing import StaffBrowser, Staffed, staffed_site
from web.visiting import Page

_SAME_EVERYWHERE = {"PDF", "JSON", "CSV", "XLSX", "SHA"}
_ATTRIBUTES = re.compile(r"\b(?:aria-label|title|placeholder|alt)=\"([^\"]*[A-Za-z]{3}[^\"]*)\"")


def bare(source: str) -> list[str]:
    """What a template says without saying it in a language: words between its tags, and in attributes that are read out."""
    plain = re.sub(r"{%-? *trans\b.*?endtrans *-?%}|{#.*?#}|{%.*?%}", " ", source, flags=re.DOTALL)
    plain = re.sub(r"{{.*?}}", "0", plain, flags=re.DOTALL)
    between = re.sub(r"<[^>]*>|[a-z-]+=\"[^\"]*\"|&\w+;", " ", plain)  # tags, attributes that a macro writes, entities
    return [word for word in re.findall(r"[A-Za-z’]{3,}", between) if word not in _SAME_EVERYWHERE] + _ATTRIBUTES.findall(plain)


def test_templates_of_staff__hold_no_text_that_is_not_said() -> None:
    folder = content_folder("templates") / "web/staff"
    found = {path.name: bare(path.read_text("utf-8")) for path in sorted(folder.glob("*.html"))}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>{{ _('Said') }} PDF</p>", []),
        ("<p>Not said</p>", ["Not", "said"]),
        ('<nav aria-label="Places">{{ x }}</nav>', ["Places"]),
        ("{% if a %}bare{% endif %}", ["bare"]),
        ("{% trans n=1 %}Said{% endtrans %} <b>bare</b>", ["bare"]),
    ],
)
def test_bare_text__is_found(source: str, words: list[str]) -> None:
    assert bare(source) == words


@pytest.fixture
def site(sqlite_database: Engine, tmp_path: Path) -> Staffed:
    return staffed_site(sqlite_database, tmp_path)


@pytest.fixture
def browser(site: Staffed) -> StaffBrowser:
    return site.browser(site.accounts[Role.EVALUATOR])


def choose(browser: StaffBrowser, language: str) -> None:
    browser.get("/account")
    browser.post("/account/name", name="Edith", language=language)


@pytest.mark.parametrize(("language", "leave"), [("de", "Abmelden"), ("fr", "Se déconnecter"), ("en", "Sign out")])
def test_account__chooses_the_language_of_its_pages(site: Staffed, browser: StaffBrowser, language: str, leave: str) -> None:
    choose(browser, language)
    for address in ("/desk", "/account", "/clusters/own-valley/2026"):
        page = browser.get(address)
        assert page.one("html").attributes["lang"] == language, address
        assert leave in page.html, address
    with reading(site.engine) as session:
        account = session.get(Account, site.accounts[Role.EVALUATOR])
        assert account is not None
        assert (account.language, account.name) == (language, "Edith")


def test_language_that_is_not_offered__is_refused__and_the_old_one_stays(browser: StaffBrowser) -> None:
    choose(browser, "de")
    browser.post("/account/name", status=422, form=browser.get("/account").value("form"), name="Edith", language="tlh")
    assert browser.get("/desk").one("html").attributes["lang"] == "de"


def test_door__speaks_as_the_browser_does(site: Staffed) -> None:
    client = site.browser().client
    for wanted, language in (("de-AT,de;q=0.9", "de"), ("fr", "fr"), ("el", "en"), ("", "en")):
        reply = client.get("/sign-in", base_url=site.settings.base_url, headers={"Accept-Language": wanted})
        assert f'<html lang="{language}">' in reply.text, wanted


@pytest.mark.parametrize("path", ["/", "/sign-in", "/forgotten", "/verify", "/verify/2026-none-000000"])
def test_page_that_nobody_signs_in_for__is_offered_in_every_language(site: Staffed, path: str) -> None:
    client = site.browser().client
    page = Page(client.get(f"{path}?to=/desk", base_url=site.settings.base_url).text)
    offered = {link.attributes["lang"]: link.attributes["href"] for link in page.all("a") if "hreflang" in link.attributes}
    assert offered == {language: f"?to=%2Fdesk&language={language}" for language in ("en", "de", "fr")}
    german = Page(client.get(f"{path}{offered['de']}", base_url=site.settings.base_url).text)
    assert german.one("html").attributes["lang"] == "de"
    assert german.one("a", lang="de").attributes["aria-current"] == "true"


def test_language_chosen_at_the_door__goes_with_the_forms_behind_it(site: Staffed) -> None:
    client = site.browser().client
    for path in ("/sign-in", "/forgotten", "/verify"):
        page = Page(client.get(f"{path}?language=fr", base_url=site.settings.base_url).text)
        assert page.one("form", method="post").attributes["action"].endswith("?language=fr"), path


def test_page_behind_the_door__leaves_the_language_to_the_account(browser: StaffBrowser) -> None:
    assert browser.get("/desk?language=de").one("html").attributes["lang"] == "en"
    assert "hreflang" not in browser.get("/desk").html


def test_what_went_wrong_with_a_job__is_said_in_the_language_of_who_reads_it(site: Staffed) -> None:
    with writing(site.engine) as session:
        job = jobs.enqueue(session, kind="rounds.tick", key="a", payload={}, now=NOON)
        found = jobs.claim(session, owner="me", now=NOON, lease=timedelta(minutes=1), number=job.id)
        assert found is not None
        wrong = Phrase("Its process ended unexpectedly (exit code %(code)s).", code="-9")
        assert jobs.fail(session, found, now=NOON, error=wrong, for_good=True)
    browser = site.browser(site.accounts[Role.ADMIN])
    assert "Its process ended unexpectedly (exit code -9)." in browser.get("/admin/jobs").html
    choose(browser, "de")
    assert "Sein Prozess endete unerwartet (Rückgabewert -9)." in browser.get("/admin/jobs").html
