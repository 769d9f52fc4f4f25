"""The whole way of a member, from the link in the mail to the receipt, without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from assess.definitions.questionnaires import MemberKind, parse_questionnaire
from assess.store.session import writing
from assess.store.tables import Submission
from web.visiting import Survey, make_survey, member_questionnaire


@pytest.mark.parametrize("kind", [MemberKind.COMPANY, MemberKind.RESEARCH])
def test_member__answers_every_question__and_gets_a_receipt(kind: MemberKind, sqlite_database: Engine, tmp_path: Path) -> None:
    survey = make_survey(sqlite_database, tmp_path, kind=kind)
    browser = survey.browser
    questionnaire = parse_questionnaire(member_questionnaire(), "member")
    browser.get()
    browser.start()
    met: list[str] = []
    for section in questionnaire.sections:
        expected = {item.name for item in section.items if item.asks(kind) and item.type.answerable}
        if not expected:
            continue
        assert browser.address.endswith(f"/{section.name}")
        assert browser.page.names() == expected
        met += sorted(expected)
        browser.save(section.name, {name: an_answer(questionnaire.item(name).codes) for name in expected if name != "kind"})
    assert browser.address.endswith("/review")
    assert "Every question is answered." in browser.page.html
    assert len(met) == questionnaire.count(kind)
    browser.submit()
    assert browser.address.endswith("/receipt")
    with writing(sqlite_database) as session:
        number = session.get(Submission, 1)
    assert number is not None
    assert number.receipt in browser.page.html
    assert survey.answers() == {name: an_answer(questionnaire.item(name).codes) if name != "kind" else str(kind) for name in met}


def an_answer(codes: tuple[str, ...]) -> str:
    return codes[-1] if codes else "17"


def test_start_page__is_looked_at_by_a_scanner__and_begins_nothing(survey: Survey) -> None:
    page = survey.browser.get()
    assert "about 14 minutes" in page.html
    assert "at least five organisations" in page.html
    assert page.one("button").text == "Start"
    assert survey.responses() == []


def test_start__pressed_twice__leads_to_one_response(survey: Survey) -> None:
    form = survey.browser.get().value("form")
    survey.browser.post("/start", {"form": form})
    survey.browser.post("/start", {"form": form})
    assert survey.response().id == 1


def test_section__before_start__leads_to_the_start(survey: Survey) -> None:
    survey.browser.get("/network")
    assert survey.browser.page.one("button").text == "Start"


def test_kind__that_the_member_corrects__decides_what_is_asked(survey: Survey) -> None:
    browser = survey.browser
    browser.start()
    assert browser.page.chosen("kind") == ["company"]
    browser.save("about", {"kind": "public", "size": "small"})
    browser.get("/knowledge", status=404)
    assert "linkage_local_sourcing_share" not in browser.get("/closing").names()


def test_save_and_stop__shows_how_far__and_where_to_go_on(survey: Survey) -> None:
    survey.browser.start()
    page = survey.browser.save("about", {"size": "small"}, go="later")
    assert "2 of 90 questions answered" in page.html
    assert "Your answers are saved" in page.html
    assert page.one("a", class_="btn btn-primary").attributes["href"].endswith("/network")


def test_list_of_sections__saves_the_page__before_it_leads_elsewhere(survey: Survey) -> None:
    survey.browser.start()
    survey.browser.save("about", {"size": "large"}, go="to.direction")
    assert survey.browser.address.endswith("/direction")
    assert survey.answers()["size"] == "large"
    survey.browser.save("direction", {}, go="to.nowhere")
    assert survey.browser.address.endswith("/roles")


def test_back__saves_too(survey: Survey) -> None:
    survey.browser.start()
    survey.browser.get("/network")
    survey.browser.save("network", {"network_density": "3"}, go="back")
    assert survey.browser.address.endswith("/about")
    assert survey.answers() == {"network_density": "3"}
    survey.browser.save("about", {}, go="back")
    assert survey.browser.page.all("progress")


def test_submitted_response__is_shown_and_not_changed(survey: Survey) -> None:
    browser = survey.browser
    old = browser.start()
    browser.submit()
    assert browser.get("/about").one("h1").text.startswith("Thank you")
    assert browser.get("/review").one("h1").text.startswith("Thank you")
    assert "has been sent" in browser.get().html
    refused = browser.save("about", {"size": "small"}, page=old, status=409)
    assert "Ask the evaluator to reopen" in refused.html


def test_reopened_response__can_be_changed__and_the_first_receipt_stays(survey: Survey) -> None:
    browser = survey.browser
    browser.start()
    browser.submit()
    survey.reopen()
    assert "reopened" in browser.get("/receipt").html
    browser.get("/about")
    browser.save("about", {"size": "micro"})
    browser.submit()
    with writing(survey.engine) as session:
        assert session.get(Submission, 2) is not None
        assert session.get(Submission, 1) is not None


def test_submit__pressed_twice__gives_the_same_receipt(survey: Survey) -> None:
    browser = survey.browser
    browser.start()
    page = browser.get("/review")
    sent = {name: page.value(name) for name in ("form", "seen", "key")}
    first = browser.post("/submit", sent).html
    assert browser.post("/submit", sent).html == first


def test_closed_round__shows_that_it_is_over__and_saves_nothing(survey: Survey) -> None:
    browser = survey.browser
    old = browser.start()
    survey.close()
    assert "The survey closed on" in browser.get().html
    browser.save("about", {"size": "small"}, page=old, status=410)
    assert "the survey is closed" in browser.page.html
    assert survey.answers() == {}
    browser.get("/about")
    assert "The survey closed on" in browser.page.html


def test_results__before_the_release__show_no_figure(survey: Survey) -> None:
    survey.browser.start()
    survey.browser.submit()
    page = survey.browser.get("/results")
    assert "There is nothing to see yet" in page.html
    assert not page.all("table")


def test_blank_form__has_the_questions_of_the_kind__and_no_control(survey: Survey) -> None:
    page = survey.browser.get("/blank")
    assert "Of all your company buys" in page.html
    assert not page.all("input")
