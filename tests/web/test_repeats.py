"""Entries of a repeat are added and taken out, and stand on every page that shows answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from web.questionnaires import EVERYTHING
from web.visiting import Survey, filled_in, make_survey


@pytest.fixture
def talks(sqlite_database: Engine, tmp_path: Path) -> Survey:
    """A member at the section that asks for talks."""
    made = make_survey(sqlite_database, tmp_path, source=EVERYTHING)
    made.browser.start()
    made.browser.save("about", {"founded": "2001-01-01"})
    return made


def two_talks(talks: Survey) -> None:
    talks.browser.save("talks", {"with_whom.1": "A supplier"}, go="add.talk")
    talks.browser.save("talks", {"with_whom.2": "A customer"}, go="later")
    talks.browser.get("/talks")


def test_repeat__begins_with_an_empty_entry__that_cannot_be_taken_out(talks: Survey) -> None:
    assert talks.browser.page.names() == {"with_whom.1"}
    assert not talks.browser.page.all("button", class_="remove")
    assert "no entry yet" in talks.browser.page.html


def test_entry__is_added__after_the_page_is_saved(talks: Survey) -> None:
    page = talks.browser.save("talks", {"with_whom.1": "A supplier"}, go="add.talk")
    assert talks.browser.address.endswith("/talks?entry=with_whom.2#e-talk.2")
    assert page.names() == {"with_whom.1", "with_whom.2"}
    assert page.one("section", id="e-talk.2")
    assert talks.answers()["with_whom.1"] == "A supplier"


def test_entry__that_stayed_empty__is_gone_the_next_time(talks: Survey) -> None:
    talks.browser.save("talks", {"with_whom.1": "A supplier"}, go="add.talk")
    assert talks.browser.get("/talks").names() == {"with_whom.1"}


def test_entry__is_taken_out__and_the_others_move_up(talks: Survey) -> None:
    two_talks(talks)
    page = talks.browser.save("talks", {}, go="remove.talk.1")
    assert page.names() == {"with_whom.2"}
    assert "The entry was taken out." in page.html
    assert page.one("h2", id="g-talk.2").text == "Talk 1"
    assert talks.answers() == {"founded": "2001-01-01", "with_whom.2": "A customer"}


def test_last_entry__is_taken_out__and_an_empty_one_stands_there(talks: Survey) -> None:
    talks.browser.save("talks", {"with_whom.1": "A supplier"}, go="later")
    talks.browser.get("/talks")
    assert talks.browser.save("talks", {}, go="remove.talk.1").names() == {"with_whom.1"}
    assert "with_whom.1" not in talks.answers()


def test_entries__stand_on_the_review_page_and_the_receipt__under_their_number(talks: Survey) -> None:
    two_talks(talks)
    review = talks.browser.get("/review")
    assert [e.text for e in review.all("dt") if "Talk" in e.text] == ["Talk 1: With whom?", "Talk 2: With whom?"]
    assert "2 entries" in review.html
    receipt = talks.browser.submit()
    assert [e.text for e in receipt.all("dt") if "Talk" in e.text] == ["Talk 1: With whom?", "Talk 2: With whom?"]
    assert "A customer" in receipt.html


def test_receipt__after_reopening_and_taking_out__still_shows_what_was_sent(talks: Survey) -> None:
    two_talks(talks)
    talks.browser.submit()
    talks.reopen()
    talks.browser.get("/talks")
    talks.browser.save("talks", {}, go="remove.talk.2")
    assert "A customer" in talks.browser.get("/receipt").html
    assert "A customer" not in talks.browser.get("/review").html


def test_too_long_an_answer__in_a_new_entry__stays_on_the_page(talks: Survey) -> None:
    talks.browser.save("talks", {"with_whom.1": "A supplier"}, go="add.talk")
    page = talks.browser.save("talks", {"with_whom.2": "x" * 10_001}, status=422)
    assert len(page.value("with_whom.2")) == 10_001
    assert "Talk 2: With whom?" in page.one("section", id="summary").text


def test_autosave__of_a_new_entry__keeps_the_entry_in_the_page(talks: Survey) -> None:
    talks.browser.save("talks", {"with_whom.1": "A supplier"}, go="add.talk")
    sent = {**filled_in(talks.browser.page), "key": "a" * 32}
    reply = talks.browser.client.post(f"/s/{talks.browser.token}/talks/autosave", data=sent)
    assert 'name="with_whom.2"' in reply.text


def test_entries__beyond_the_most__are_not_offered(talks: Survey) -> None:
    for number in range(1, 51):
        talks.browser.save("talks", {"fields": f"with_whom.{number}", f"with_whom.{number}": "x"}, go="later")
        talks.browser.get("/talks")
    assert len(talks.browser.page.names()) == 50
    assert not [e for e in talks.browser.page.all("button") if "Add another" in e.text]
    assert talks.browser.save("talks", {}, go="add.talk").names() == {f"with_whom.{number}" for number in range(1, 51)}


@pytest.mark.parametrize("entry", ["nonsense", "with_whom", "with_whom.0", "sites.2", "with_whom.99999"])
def test_address__that_asks_for_no_entry__shows_the_section_as_it_is(talks: Survey, entry: str) -> None:
    assert talks.browser.get(f"/talks?entry={entry}").names() == {"with_whom.1"}


def test_repeat__whose_condition_does_not_hold__is_not_asked(sqlite_database: Engine, tmp_path: Path) -> None:
    source = EVERYTHING.replace("        name: talk\n", "        name: talk\n        relevant: \"${exports} = 'yes'\"\n")
    browser = make_survey(sqlite_database, tmp_path, source=source).browser
    browser.start()
    browser.get("/talks", status=404)
    browser.get("/about")
    browser.save("about", {"exports": "yes"})
    assert browser.get("/talks").names() == {"with_whom.1"}
