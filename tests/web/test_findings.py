"""What was found, as evaluators see it: the diagnosis, what is behind it, what would be otherwise, how it compares."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import new_migrated
from sqlalchemy import Engine
from sqlmodel import select
from workflow.evaluating import diagnosed, verbs
from workflow.surveying import LATER, only, rulebase

from assess.engine.document import SCHEMA
from assess.store.session import writing
from assess.store.tables import Cluster, Response, Round, RoundState, StoredDiagnosis
from assess.workflow import overrides, responses
from web.found import Found, large, small
from web.visiting import Page

_WHY = re.compile(r'href="([^"#?]*/diagnosis/why/[^"]*)"')


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """A diagnosed round with an earlier one; nothing in this module changes it."""
    folder = tmp_path_factory.mktemp("known")
    with new_migrated("sqlite", folder) as engine:
        yield large(engine, folder)


@pytest.fixture
def found(sqlite_database: Engine, tmp_path: Path) -> Found:
    """A closed round that is not diagnosed."""
    return small(sqlite_database, tmp_path)


def diagnose(found: Found) -> None:
    browser = found.browser()
    browser.get(f"{found.address}/diagnosis")
    browser.post(f"{found.address}/diagnosis")


def replace_trust(found: Found) -> None:
    with writing(found.site.engine) as session:
        round_ = only(session.get(Round, found.site.own.round_id))
        reason = "Interviews say otherwise than the answers."
        overrides.override(session, round_, "collaboration.trust", None, reason, account_id=found.first, rulebase=rulebase(), now=LATER)


def text_of(page: Page) -> str:
    return " ".join(page.one("main").text.split())


def test_round_without_a_diagnosis__says_what_to_do_and_offers_it(found: Found) -> None:
    page = found.browser().get(f"{found.address}/diagnosis")
    assert "Diagnose the round: it is closed" in text_of(page)
    assert page.one("form", action=f"{found.address}/diagnosis")


@pytest.mark.parametrize("path", ["/what-if", "/comparison", "/publication", "/diagnosis.json", "/diagnosis/why/stage", "/draft.pdf"])
def test_page_about_a_diagnosis__leads_to_where_one_can_be_made(found: Found, path: str) -> None:
    browser = found.browser()
    browser.get(f"{found.address}{path}", status=303)
    assert browser.location == f"{found.address}/diagnosis"


def test_open_round__cannot_be_diagnosed__and_says_why(found: Found) -> None:
    with writing(found.site.engine) as session:
        only(session.get(Round, found.site.own.round_id)).state = RoundState.OPEN
    browser = found.browser()
    page = browser.get(f"{found.address}/diagnosis")
    assert "Close the round first" in text_of(page)
    assert not page.all("form", action=f"{found.address}/diagnosis")
    browser.post(f"{found.address}/diagnosis", status=422)


def test_diagnosing_twice__gives_one_diagnosis__and_one_event_by_the_account(found: Found) -> None:
    browser = found.browser()
    browser.get(f"{found.address}/diagnosis")
    for _ in range(2):
        browser.post(f"{found.address}/diagnosis", form=browser.page.value("form"))
        page = browser.get(browser.location)
    assert "The round is diagnosed." in text_of(page)
    with writing(found.site.engine) as session:
        assert len(session.exec(select(StoredDiagnosis)).all()) == 1
        assert verbs(session).count("diagnose") == 1


def test_page__shows_the_sentence_every_support_and_every_digest_of_the_report(known: Found) -> None:
    page, document = known.browser().get(f"{known.address}/diagnosis"), json.loads(known.diagnosis().document)
    text = text_of(page)
    assert "is a potential cluster of the state-anchored type" in text
    for share in (*document["type"]["supports"].values(), *document["stage"]["supports"].values()):
        assert f"{share * 100:.1f}".removesuffix(".0") + " %" in text
    for digest in (document["digest"], document["rulebase"]["digest"], document["certificate"]["digest"]):
        assert digest in text
    for entry in (*document["factors"].values(), *document["instruments"]):
        assert entry.get("label", entry.get("name")) in text


def test_every_link_of_the_page__leads_to_what_is_behind_a_conclusion(known: Found) -> None:
    browser = known.browser()
    links = sorted(set(_WHY.findall(browser.get(f"{known.address}/diagnosis").html)))
    assert len(links) > 100
    for link in links[::9]:
        page = browser.get(link)
        assert page.all("article") or "No rule about this fired." in text_of(page)


def test_firmness__counts_the_same_resamples_on_every_visit__and_names_the_smallest_change(known: Found) -> None:
    first, again = (text_of(known.browser().get(f"{known.address}/diagnosis")) for _ in range(2))
    assert first == again
    assert "drawn again, kind by kind, 1,000 times (seed 1)" in first
    assert "1,000 of 1,000" in first
    assert "Hybrid, if employment in a public or non-profit anchor were 9 % instead of" in first


def test_why__gives_figures_with_n_and_spread__why_not_nearest_first__and_sources(known: Found) -> None:
    page = known.browser().get(f"{known.address}/diagnosis/why/stage")
    text = text_of(page)
    assert "members, n = " in text
    assert "spread 0." in text
    assert "Arthur D. Little (2006), Singapore" in text
    assert "stages.yaml, line " in text
    tables = [e.text for e in page.all("article") if "does not hold" in e.text]
    assert [one.count("does not hold") for one in tables] == sorted(one.count("does not hold") for one in tables)
    assert len(page.all("article")) < len(known.browser().get(f"{known.address}/diagnosis/why/stage?all=1").all("article"))


def test_why__names_what_is_unknown_and_would_decide(found: Found) -> None:
    diagnose(found)
    text = text_of(found.browser().get(f"{found.address}/diagnosis/why/type"))
    assert "Unknown, and would help to decide:" in text
    assert "Firms under 250 staff" in text or "SME" in text or "small" in text.lower()


def test_why__leads_on_to_what_rests_on_the_conclusion(known: Found) -> None:
    page = known.browser().get(f"{known.address}/diagnosis/why/stage.potential")
    assert "What rests on it" in text_of(page)
    assert page.all("a", href=f"{known.address}/diagnosis/why/funding")


def test_why_of_nothing_that_is_concluded__is_not_found(known: Found) -> None:
    known.browser().get(f"{known.address}/diagnosis/why/human_resorces", status=404)


def test_document__is_sent_as_it_is_stored(known: Found) -> None:
    browser = known.browser()
    browser.get(f"{known.address}/diagnosis.json")
    assert browser.reply is not None
    assert browser.reply.json == json.loads(known.diagnosis().document)
    assert browser.reply.headers["Content-Disposition"].startswith("attachment")


def test_document__is_sent_whatever_the_cluster_is_called(found: Found) -> None:
    with writing(found.site.engine) as session:
        only(session.get(Cluster, found.site.own.cluster_id)).key = "łódź"
        diagnosed(session, only(session.get(Round, found.site.own.round_id)))
    browser = found.browser()
    browser.get(f"/clusters/łódź/{found.site.own.arguments['year']}/diagnosis.json")
    assert browser.reply is not None
    assert browser.reply.headers["Content-Disposition"].isascii()  # else no server can send it


def test_override__makes_the_diagnosis_stale__until_it_is_diagnosed_again(found: Found) -> None:
    diagnose(found)
    replace_trust(found)
    page = found.browser().get(f"{found.address}/diagnosis")
    assert "Diagnose again: figures were replaced" in text_of(page)
    assert "the answers are no longer those of this diagnosis" in text_of(page)
    diagnose(found)
    assert "Out of date" not in text_of(found.browser().get(f"{found.address}/diagnosis"))


def test_withdrawn_override__brings_the_earlier_diagnosis_back(found: Found) -> None:
    diagnose(found)
    first = found.diagnosis().digest
    replace_trust(found)
    diagnose(found)
    with writing(found.site.engine) as session:
        (row,) = overrides.overrides_of(session, only(session.get(Round, found.site.own.round_id)))
        overrides.withdraw_override(session, row, account_id=found.first, now=LATER)
    diagnose(found)
    text = text_of(found.browser().get(f"{found.address}/diagnosis"))
    assert first in text
    assert "Out of date" not in text


def test_corrected_answer__makes_the_diagnosis_stale(found: Found) -> None:
    diagnose(found)
    with writing(found.site.engine) as session:
        response = only(session.exec(select(Response)).first())
        responses.reopen(session, response, actor="evaluator", reason="A figure was wrong.", now=LATER)
        seen = response.revision
        responses.save(session, response, section="about", answers={"trust": "5"}, seen_revision=seen, key="late", now=LATER)
        responses.submit(session, response, key="late submit", now=LATER)
    assert "answers were corrected or handed in since" in text_of(found.browser().get(f"{found.address}/diagnosis"))


def test_diagnosis_of_another_format__is_not_shown(found: Found) -> None:
    diagnose(found)
    with writing(found.site.engine) as session:
        row = only(session.get(StoredDiagnosis, found.diagnosis().id))
        row.document = row.document.replace(SCHEMA, "cluster-diagnosis/0")
        session.add(row)
    assert "nothing was found out" in text_of(found.browser().get(f"{found.address}/diagnosis"))


def test_stranger_and_manager__find_no_diagnosis(known: Found) -> None:
    for account in (known.stranger, known.manager):
        for path in ("/diagnosis", "/diagnosis.json", "/diagnosis/why/stage", "/what-if", "/comparison", "/publication", "/draft.pdf"):
            known.browser(account).get(f"{known.address}{path}", status=404)


def supposing(known: Found, status: int = 200, **pairs: str) -> Page:
    query = "&".join(f"{name.replace('_', '-')}={value}" for name, value in pairs.items())
    return known.browser().get(f"{known.address}/what-if?{query}", status=status)


def test_what_if__shows_what_flips__before_and_after(known: Found) -> None:
    text = text_of(supposing(known, figure_1="structure.public_anchor_employment_share", value_1="9%25"))
    assert "Employment in a public or non-profit anchor: 9 % instead of 59.6 %" in text
    assert "State-anchored→ Hybrid" in text


def test_what_if__of_an_unknown_figure__and_of_nothing_new(known: Found) -> None:
    assert "unknown instead of" in text_of(supposing(known, figure_1="structure.firms", value_1="unknown"))
    same = text_of(supposing(known, figure_1="structure.firms", value_1="22"))
    assert "Firms in the cluster: 22 instead of 22" in same
    assert "Nothing: every conclusion, level and instrument would stay as it is." in same


@pytest.mark.parametrize(
    ("pairs", "field", "sentence"),
    [
        ({"figure_1": "structure.firms", "value_1": "many"}, "value-1", "Write a number"),
        ({"figure_1": "structure.firms", "value_1": "-4"}, "value-1", "off its scale"),
        ({"figure_1": "structure.sme_share", "value_1": "25"}, "value-1", "off its scale"),
        ({"figure_1": "structure.firms"}, "value-1", "Write what the figure would be"),
        ({"value_2": "4"}, "figure-2", "Choose the figure"),
        ({"figure_1": "no.such", "value_1": "4"}, "figure-1", "Choose one of the answers"),
        (
            {"figure_1": "structure.firms", "value_1": "4", "figure_2": "structure.firms", "value_2": "5"},
            "figure-2",
            "stands above already",
        ),
        ({"figure_1": "structure.firms", "value_1": "nan"}, "value-1", "not a number"),
    ],
)
def test_what_if__names_beside_the_field_what_cannot_be(known: Found, pairs: dict[str, str], field: str, sentence: str) -> None:
    page = supposing(known, status=422, **pairs)
    assert sentence in page.one("span", id=f"error-{field}").text
    assert "What would come out otherwise" not in text_of(page)


def test_what_if__keeps_nothing(known: Found) -> None:
    def rows() -> tuple[int, list[str]]:
        with writing(known.site.engine) as session:
            return len(session.exec(select(StoredDiagnosis)).all()), verbs(session)

    before = rows()
    supposing(known, figure_1="structure.firms", value_1="400")
    assert rows() == before


def test_what_if__offers_eight_rows_at_most(known: Found) -> None:
    names = list(json.loads(known.diagnosis().document)["labels"])[:8]
    pairs = {f"figure_{n}": name for n, name in enumerate(names, 1)} | {f"value_{n}": "unknown" for n in range(1, 9)}
    page = supposing(known, **pairs)
    assert len(page.all("select")) == 8
    assert len(supposing(known).all("select")) == 3


def test_comparison__shows_the_year_before_with_differences_only_where_figures_compare(known: Found) -> None:
    page = known.browser().get(f"{known.address}/comparison")
    text = text_of(page)
    assert "Diagnosis of 2025: draft, not published; the same rule base." in text
    assert "Industrial network" in text
    assert "same" in text


def test_comparison__writes_every_level_with_two_decimals__as_the_report_does(known: Found) -> None:
    page = known.browser().get(f"{known.address}/comparison")
    table = next(one for one in page.all("table") if "Industrial network" in one.text)
    cells = [one.text for one in page.all("td", class_="number") if table in one.parents]
    levels = [text for text in cells if text not in ("unknown", "–", "±0")]
    assert levels
    assert all(re.fullmatch(r"[+−]?\d\.\d\d", text) for text in levels), levels


def test_comparison__shows_no_peers_where_there_are_fewer_than_five(known: Found) -> None:
    assert "No peers are given: fewer than 5 other clusters" in text_of(known.browser().get(f"{known.address}/comparison"))


def test_comparison__without_an_earlier_round__says_so(found: Found) -> None:
    with writing(found.site.engine) as session:
        diagnosed(session, only(session.get(Round, found.site.own.round_id)))
    assert "There is no earlier round of this cluster" in text_of(found.browser().get(f"{found.address}/comparison"))
