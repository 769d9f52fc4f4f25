"""What is refused or found at fault, on pages in German and French: nothing of it is English, numbers and days are written alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from databases import new_migrated
from openpyxl import Workbook
from workflow.surveying import NOON, only

from assess.definitions.questionnaire_items import ItemType
from assess.definitions.words import words_of
from assess.engine.answers import Problem, parse
from assess.store.session import writing
from assess.store.staff_tables import Account, Role
from assess.store.tables import Cluster, Round, RoundState
from assess.web.latest_definitions import latest_questionnaires
from assess.web.round_pages.members import fault_sentence
from assess.web.wording import speak, told
from assess.workflow import retention
from assess.workflow.clusters import judge_members
from assess.workflow.refusals import Unfit, Unreadable
from web.staffing import StaffBrowser, Staffed, staffed_site
from web.visiting import Page

MEMBERS = "/clusters/own-valley/2026/members"
_ENGLISH = re.compile(
    r"\b(?:the|is|has|not|with|write|known|already|row|rows|keep|give|did you|address|check|save|than|again)\b", re.IGNORECASE
)
_FAULTY = (
    "name,kind,email,language\n"
    "Meier,compani,meier@example.org,de\n"
    "Huber,zzz,huber at example,english please\n"
    "Meier,company,meier@example.org,de\n"
    ",company,nobody@example.org,de\n"
)
_UNREADABLE = {
    "empty": b"",
    "old workbook": b"\xd0\xcf\x11\xe0" + bytes(600),
    "no table": b"name,kind\x01",
    "quotes": b'name,kind,email\n"Meier" x,company,m@example.org\n',
    "open quotes": b'name,kind,email\n"Meier,company,m@example.org\n',
    "no columns": b"organisation,phone\nMeier,1\n",
    "too wide": b",".join(b"c%d" % n for n in range(2100)) + b"\nx\n",
    "too long": b"name,kind,email\n" + b"".join(b"F%d,company,f@example.org\n" % n for n in range(5001)),
    "no workbook": b"PK\x03\x04 and nothing else",
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Staffed]:
    with new_migrated("sqlite", tmp_path) as engine:
        yield staffed_site(engine, tmp_path)


def browser(site: Staffed, role: Role, language: str) -> StaffBrowser:
    """Somebody of a role who reads a language."""
    with writing(site.engine) as session:
        only(session.get(Account, site.accounts[role])).language = language
    return site.browser(site.accounts[role])


def upload(somebody: StaffBrowser, content: bytes, status: int = 200) -> Page:
    sent = {"form": somebody.get(MEMBERS).value("form"), "file": (BytesIO(content), "list.csv")}
    return somebody._take(somebody.client.post(f"{MEMBERS}/preview", data=sent, base_url=somebody.settings.base_url), status)


def faults(page: Page) -> list[str]:
    return [one.text for one in page.all("span", class_="row-fault")]


def test_faults_of_an_imported_list__are_said_in_the_language_of_the_page(site: Staffed) -> None:
    english = faults(upload(browser(site, Role.MANAGER, "en"), _FAULTY.encode()))
    assert english == [
        "The kind 'compani' is not known; did you mean company?; "
        "write one of company, research, education, public, investor, service, association, management, evaluator",
        "The kind 'zzz' is not known; write one of company, research, education, public, investor, service, association, management, "
        "evaluator; 'huber at example' is not a mail address; write one, without a name or spaces; "
        "'english please' is not the code of a language; write en, for example",
        "The organisation stands on line 2 already; keep one of the two rows",
        "Give a name of one line and at most 200 characters",
    ]
    for language in ("de", "fr"):
        said = faults(upload(browser(site, Role.MANAGER, language), _FAULTY.encode()))
        assert len(said) == len(english)
        assert not [one for one in said if _ENGLISH.search(one.replace("english please", "").replace("huber at", ""))], said


def test_faults_of_an_imported_list__have_the_quotes_and_spaces_of_their_language(site: Staffed) -> None:
    german = faults(upload(browser(site, Role.MANAGER, "de"), _FAULTY.encode()))
    assert german[0].startswith("Die Art „compani“ ist nicht bekannt (meinten Sie company?); möglich sind company,")
    french = faults(upload(browser(site, Role.MANAGER, "fr"), _FAULTY.encode()))
    assert "«\u00a0zzz\u00a0» n’est pas connue\u202f; valeurs possibles\u00a0: company," in french[1]
    assert "evaluator\u202f; «\u00a0huber at example\u00a0»" in french[1]


@pytest.mark.parametrize("language", ["de", "fr"])
def test_a_file_that_is_no_list__is_refused_in_the_language_of_the_page(site: Staffed, language: str) -> None:
    manager = browser(site, Role.MANAGER, language)
    for what, content in _UNREADABLE.items():
        sentence = upload(manager, content, status=422).one("span", id="error-file").text
        assert not _ENGLISH.search(sentence), f"{what}: {sentence}"
    book, stream = Workbook(), BytesIO()
    for row in (("name", "kind", "email"), ("=A1", "company", "m@example.org")):
        book.worksheets[0].append(row)
    book.save(stream)
    sentence = upload(manager, stream.getvalue(), status=422).one("span", id="error-file").text
    assert not _ENGLISH.search(sentence), sentence


def test_a_file_with_too_many_rows__is_refused_with_numbers_as_the_reader_writes_them(site: Staffed) -> None:
    for language, rows in (("en", "5,001"), ("de", "5.001"), ("fr", "5\u202f001")):
        assert rows in upload(browser(site, Role.MANAGER, language), _UNREADABLE["too long"], status=422).one("span", id="error-file").text


@pytest.mark.parametrize(("language", "begins"), [("de", "Die Art „firm“ ist nicht bekannt;"), ("fr", "La catégorie «\u00a0firm\u00a0»")])
def test_a_fault_of_one_entry__is_a_sentence_of_the_language(site: Staffed, language: str, begins: str) -> None:
    with writing(site.engine) as session:
        cluster = only(session.get(Cluster, site.own.cluster_id))
        (row,) = judge_members(session, cluster, [["Meier", "firm", "m@example.org", "de"]]).rows
    with site.client.application.test_request_context():
        speak(words_of(language))
        assert fault_sentence(row.faults[0]).startswith(begins)
        assert fault_sentence(row.faults[0]).endswith("evaluator.")


def test_a_reason_that_is_too_short__is_refused_in_french_with_french_numbers(site: Staffed) -> None:
    admin = browser(site, Role.ADMIN, "fr")
    admin.get("/admin/break-glass")
    page = admin.post("/admin/break-glass", status=422, round=str(site.own.round_id), reason="court")
    assert "20 à 1\u202f000 caractères" in page.one("main").text


def test_a_refusal__is_said_with_numbers_and_days_of_the_language(site: Staffed) -> None:
    refusal = Unfit("Shorten the answer to %(most)s characters; it has %(length)s.", most=10_000, length=12_345)
    late = Unfit("Work with the diagnoses there are: the answers of this round were erased on %(day)s.", day=date(2026, 3, 5))
    assert str(refusal) == "Shorten the answer to 10,000 characters; it has 12,345."
    assert str(late).endswith("were erased on 5 March 2026.")
    with site.client.application.test_request_context():
        speak(words_of("fr"))
        assert told(refusal) == "Raccourcissez la réponse à 10\u202f000 caractères\u202f; elle en a 12\u202f345."
        assert "5 mars 2026" in told(late)
        speak(words_of("de"))
        assert "12.345" in told(refusal)


def test_an_answer_that_cannot_be_read__is_refused_in_the_words_of_its_question(site: Staffed) -> None:
    item = next(one for found in latest_questionnaires().values() for one in found.items if one.type is ItemType.SELECT_ONE)
    problem = parse(item, "many")
    assert isinstance(problem, Problem)
    refusal = Unreadable(item, "many", problem)
    with site.client.application.test_request_context():
        speak(words_of("de"))
        assert told(refusal).startswith(f"Berichtigen Sie die Antwort auf „{item.label.in_language('de')}“. ")
        assert told(refusal).endswith("Wählen Sie eine der angebotenen Antworten.")


def test_a_warning_one_month_before__is_told_in_the_singular(site: Staffed) -> None:
    with writing(site.engine) as session:
        round_ = only(session.get(Round, site.own.round_id))
        round_.state, round_.closed_at = RoundState.CLOSED, NOON
        until = retention.kept_until(round_)
        site.clock.now = retention.months_after(only(until), -1)
        assert retention.warn_due(session, base_url="https://survey.example.org", now=site.clock.now)
    pages = [browser(site, Role.ADMIN, "en").get(f"/admin/retention{path}").one("main").text for path in ("", "/own-valley/2026")]
    assert "1 month before" in pages[0]
    assert "1 month" in pages[1]
    assert "1 months" not in "".join(pages)
