"""The members' side in the reader's language: pages, refusals and mails, and catalogues in which nothing is missing."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from sqlalchemy import Engine
from sqlmodel import select
from workflow.surveying import BASE_URL, NOON, make_cluster, only, rulebase

from assess.definitions.words import Words, languages, words_of
from assess.definitions.words_lint import Said, faults_in_catalogue, faults_in_words, texts_of_code, texts_of_templates
from assess.engine.answers import MAX_TEXT
from assess.store.session import writing
from assess.store.tables import OutboxMail
from assess.web.sentences import TOO_LONG
from assess.workflow import clusters, invitations, rounds
from web.questionnaires import EVERYTHING
from web.visiting import Browser, Clock, Survey, make_site, make_survey, member_questionnaire

PAGES = ("", "/about", "/review", "/delegate", "/unsubscribe", "/blank", "/results")


@pytest.fixture
def everything(sqlite_database: Engine, tmp_path: Path) -> Survey:
    return make_survey(sqlite_database, tmp_path, source=EVERYTHING)


@pytest.mark.parametrize(("language", "greeting"), [("de", "Guten Tag, "), ("fr", "Bonjour"), ("en", "Dear ")])
def test_words__of_every_language__are_at_hand(language: str, greeting: str) -> None:
    assert language in languages()
    assert words_of(language).say("Dear colleague at %(member)s,", member="Οργανισμός").startswith(greeting)


def test_numbers_and_days__are_written_as_the_language_does() -> None:
    written = [(words.number("1,200.5"), words.moment(NOON)) for words in map(words_of, ("en", "de", "fr", "tlh"))]
    assert written == [
        ("1,200.5", "1 June 2026, 12:00 UTC"),
        ("1.200,5", "1. Juni 2026, 12:00 UTC"),
        ("1\u202f200,5", "1 juin 2026, 12:00 UTC"),
        ("1,200.5", "1 June 2026, 12:00 UTC"),
    ]


@pytest.mark.parametrize(("language", "forms"), [("en", "ss"), ("de", "ss"), ("fr", "os")])
def test_plural__follows_the_language(language: str, forms: str) -> None:
    words: Words = words_of(language)
    one, many = words.several(1, "%(num)s entry", "%(num)s entries"), words.several(2, "%(num)s entry", "%(num)s entries")
    none = words.several(0, "%(num)s entry", "%(num)s entries").replace("0", "")
    assert none == (one.replace("1", "") if forms == "os" else many.replace("2", ""))


@pytest.mark.parametrize(("language", "word"), [("de", "Sprache"), ("fr", "Langue")])
def test_every_page_of_a_link__speaks_the_language__and_offers_the_others(everything: Survey, language: str, word: str) -> None:
    browser = everything.browser
    browser.start()
    for path in PAGES:
        page = browser.get(f"{path}?language={language}")
        assert page.one("html").attributes["lang"] == language, path
        assert page.one("nav", class_="languages").attributes["aria-label"] == word, path
        assert [e.attributes["hreflang"] for e in page.all("a") if "aria-current" in e.attributes and "hreflang" in e.attributes] == [
            language
        ]


def test_questions__that_are_not_in_the_language__carry_their_own(everything: Survey) -> None:
    everything.browser.start()
    page = everything.browser.get("/about?language=fr")
    parts = page.one("div", id="parts")
    assert parts.attributes["lang"] == "en"
    assert "Don’t know" in parts.text
    assert "Enregistrer et continuer" in page.html
    assert "Weiß nicht" in everything.browser.get("/about?language=de").one("div", id="parts").text


def test_problem__is_said_in_the_language(everything: Survey) -> None:
    everything.browser.start()
    page = everything.browser.get("/about?language=de")
    page = everything.browser.save("about?language=de", {"sites": "two"}, status=422, page=page)
    assert "Geben Sie eine Zahl in Ziffern ein" in page.one("section", id="summary").text
    assert page.one("title").text.startswith("Fehler: ")


def test_stranger__is_answered_as_the_browser_asks(everything: Survey) -> None:
    client = everything.browser.client
    for path, said in (("/", "Ouvrez votre lien personnel"), (f"/s/{'x' * 43}", "Ce lien est inconnu")):
        reply = client.get(path, headers={"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"})
        assert said in reply.text
        assert '<html lang="fr">' in reply.text


def test_refused_address__is_told_in_the_language(everything: Survey) -> None:
    page = everything.browser.get("/delegate?language=de")
    page = everything.browser.post("/delegate?language=de", {"form": page.value("form"), "email": "nobody"}, status=422)
    assert "Schreiben Sie eine einzige E-Mail-Adresse" in page.html


@pytest.mark.parametrize(
    ("language", "subject", "greeting"),
    [
        ("de", "Befragung 2026 des Clusters Κοιλάδα", "Sehr geehrte Damen und Herren bei Завод Прогрес,"),
        ("fr", "Enquête 2026 du pôle Κοιλάδα", "Ce message s’adresse à Завод Прогрес."),
        ("en", "Survey 2026 of the cluster Κοιλάδα", "Dear members of Завод Прогрес,"),
    ],
)
def test_member__is_written_to_in_its_language__and_meets_it_behind_the_link(
    sqlite_database: Engine, tmp_path: Path, language: str, subject: str, greeting: str
) -> None:
    with writing(sqlite_database) as session:
        cluster = make_cluster(session, name="Κοιλάδα")
        member = clusters.add_member(
            session, cluster, name="Завод Прогрес", kind="company", email="office@example.org", now=NOON, language=language
        )
        closes, sources = NOON.replace(month=7), (member_questionnaire(),)
        planned = rounds.plan_round(
            session, cluster, year=2026, opens_at=NOON, closes_at=closes, sources=sources, rulebase=rulebase(), now=NOON
        )
        round_ = rounds.open_round(session, planned, now=NOON)
        token = invitations.invite(session, round_, member, base_url=BASE_URL, now=NOON).token
        mail = only(session.exec(select(OutboxMail)).first())
        assert (mail.subject, greeting in mail.body) == (subject, True)
    page = Browser(make_site(sqlite_database, tmp_path, Clock()), token).get()
    assert page.one("html").attributes["lang"] == language
    assert "Κοιλάδα" in page.one("h1").text
    assert "Завод Прогрес" in page.html


def test_catalogues__hold_what_is_said__and_nothing_else() -> None:
    assert [str(fault) for fault in faults_in_words()] == []


def catalogue(entries: str) -> Catalog:
    return read_po(BytesIO(entries.encode()), locale="de")


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ("", "is not translated"),
        ('msgid "Saved %(at)s"\nmsgstr ""\n', "in part or not at all"),
        ('#, fuzzy\nmsgid "Saved %(at)s"\nmsgstr "Gespeichert %(at)s"\n', "fuzzy"),
        ('msgid "Saved %(at)s"\nmsgstr "Gespeichert %(am)s"\n', "other values"),
        ('msgid "Saved %(at)s"\nmsgstr "Gespeichert 5 % %(at)s"\n', "other values"),
        ('msgid "Saved %(at)s"\nmsgstr "<b>Gespeichert</b> %(at)s"\n', "other markup"),
        ('msgid "Saved %(at)s"\nmsgstr "\\"Gespeichert\\" %(at)s"\n', "straight quotation mark"),
        ('msgid "Saved %(at)s"\nmsgstr "Gespeichert %(at)s"\n\nmsgid "Gone"\nmsgstr "Weg"\n', "stands nowhere any more"),
    ],
)
def test_planted_fault_of_a_catalogue__is_found(entries: str, problem: str) -> None:
    (fault,) = faults_in_catalogue("de", catalogue(entries), {Said("Saved %(at)s"): "web/section.html"})
    assert problem in fault.problem


def test_texts__of_code_and_templates__are_found(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web/page.html").write_text(
        '{{ _("Start") }}{% trans num=n %}{{ num }} day{% pluralize %}{{ num }} days{% endtrans %}', "utf-8"
    )
    (tmp_path / "page.py").write_text('words.say("Stop", at=1)\nsay(dynamic)\nwords.several(n, "%(num)s hour", "%(num)s hours")\n', "utf-8")
    assert set(texts_of_templates(tmp_path)) == {Said("Start"), Said("%(num)s day", "%(num)s days")}
    assert set(texts_of_code(tmp_path)) == {Said("Stop"), Said("%(num)s hour", "%(num)s hours")}


def test_longest_text__is_named_as_it_is() -> None:
    assert f"{MAX_TEXT:,}" in TOO_LONG
