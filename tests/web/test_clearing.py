"""Choices can be taken back, without JavaScript by a button that saves the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from web.questionnaires import EVERYTHING
from web.visiting import Survey, make_survey


@pytest.fixture
def everything(sqlite_database: Engine, tmp_path: Path) -> Survey:
    """A member that is asked with every control, and has pressed Start."""
    made = make_survey(sqlite_database, tmp_path, source=EVERYTHING)
    made.browser.start()
    return made


def test_choice__is_taken_back__and_the_rest_of_the_page_is_saved(everything: Survey) -> None:
    browser = everything.browser
    browser.save("about", {"exports": "no", "sites": "2"})
    browser.get("/about")
    page = browser.save("about", {"exports": "no", "remark": "typed before"}, go="clear.exports")
    assert browser.address.endswith("/about#f-exports-yes")
    assert page.chosen("exports") == []
    assert everything.answers() == {"sites": "2", "remark": "typed before"}


def test_choice__that_only_the_page_has__is_taken_back_too(everything: Survey) -> None:
    page = everything.browser.save("about", {"exports": "yes"}, go="clear.exports")
    assert page.chosen("exports") == []
    assert everything.answers() == {}


def test_row_of_a_table__is_taken_back__and_its_neighbour_stays(everything: Survey) -> None:
    browser = everything.browser
    browser.save("about", {"exports": "yes"})
    browser.get("/abroad")
    page = browser.save("abroad", {"known": "5", "liked": "dont_know"}, go="clear.liked")
    assert (page.chosen("known"), page.chosen("liked")) == (["5"], [])


@pytest.mark.parametrize("target", ["with_whom.1", "nonsense", "", "sites.3"])
def test_button__for_no_field_of_the_page__takes_nothing_back(everything: Survey, target: str) -> None:
    everything.browser.save("about", {"sites": "4"}, go=f"clear.{target}")
    assert everything.answers() == {"sites": "4"}


def test_buttons__stand_beside_choices_only__and_say_which(everything: Survey) -> None:
    found = {e.attributes["value"]: e.attributes["aria-label"] for e in everything.browser.get("/about").all("button", class_="clear")}
    assert found == {"clear.exports": "Clear the answer: Do you export?", "clear.main_field": "Clear the answer: And mainly?"}


def test_kind__that_comes_back_by_itself__has_no_button(survey: Survey) -> None:
    survey.browser.start()
    assert [e.attributes["value"] for e in survey.browser.get("/about").all("button", class_="clear")] == ["clear.size"]
