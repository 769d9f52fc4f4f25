"""Nothing that was acknowledged is lost, whatever people do with old pages, second windows and buttons."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from web.questionnaires import EVERYTHING
from web.visiting import Page, Survey, check_headers, filled_in, make_survey


@pytest.fixture
def everything(sqlite_database: Engine, tmp_path: Path) -> Survey:
    """A member that is asked with every control, and has pressed Start."""
    made = make_survey(sqlite_database, tmp_path, source=EVERYTHING)
    made.browser.start()
    return made


def test_every_control__keeps_what_was_given__and_shows_it_again(everything: Survey) -> None:
    given: dict[str, str | list[str]] = {
        "exports": "yes",
        "works_in": ["optics", "software"],
        "founded": "1998-04-01",
        "sites": "2.5",
        "agreed": "yes",
        "remark": "First line\r\nsecond line",
    }
    everything.browser.save("about", given)
    assert everything.answers() == {
        "exports": "yes",
        "works_in": "optics software",
        "founded": "1998-04-01",
        "sites": "2.5",
        "agreed": "yes",
        "remark": "First line\nsecond line",
    }
    page = everything.browser.get("/about")
    assert page.chosen("works_in") == ["optics", "software"]
    assert page.chosen("agreed") == ["yes"]
    assert page.value("founded") == "1998-04-01"
    assert page.value("remark") == "First line\nsecond line"


def test_special_answers__stand_beside_a_box__and_are_kept(everything: Survey) -> None:
    everything.browser.save("about", {"sites": ["", "dont_know"], "remark": ["", "not_applicable"]})
    assert everything.answers() == {"sites": "dont_know", "remark": "not_applicable"}
    page = everything.browser.get("/about")
    assert page.chosen("sites") == ["dont_know"]
    assert page.one("input", id="f-sites").attributes["value"] == ""


def test_number_and_special_answer__together__are_refused_and_both_stay_on_the_page(everything: Survey) -> None:
    page = everything.browser.save("about", {"sites": ["3", "dont_know"], "remark": "kept"}, status=422)
    assert "Keep one of the two" in page.html
    assert page.one("input", id="f-sites").attributes["value"] == "3"
    assert page.chosen("sites") == ["dont_know"]
    assert everything.answers() == {"remark": "kept"}


def test_answer_that_cannot_be_read__is_kept_and_told(everything: Survey) -> None:
    page = everything.browser.save("about", {"sites": "two or three"}, status=422)
    assert everything.answers()["sites"] == "two or three"
    assert page.one("section", id="summary").attributes["autofocus"] == ""
    assert page.one("a", href="#f-sites").text.startswith("Enter a number in digits")
    assert page.one("title").text.startswith("Error: ")
    box = page.one("input", id="f-sites")
    assert box.attributes["aria-invalid"] == "true"
    assert "error-sites" in box.attributes["aria-describedby"]


def test_too_long_a_text__is_refused_and_stays_on_the_page(everything: Survey) -> None:
    page = everything.browser.save("about", {"remark": "x" * 10_001, "sites": "3"}, status=422)
    assert len(page.value("remark")) == 10_001
    assert everything.answers() == {"sites": "3"}


def test_missing_answer__does_not_hold_up__but_is_wanted_before_sending(everything: Survey) -> None:
    browser = everything.browser
    browser.save("about", {})
    assert browser.address.endswith("/talks")
    page = browser.submit(status=422)
    assert "Answer this question" in page.one("section", id="summary").text
    browser.get("/about")
    browser.save("about", {"founded": "2001-01-01"})
    assert browser.submit().one("h1").text.startswith("Thank you")


def test_condition__that_an_answer_fulfils__opens_the_question_on_the_same_page(everything: Survey) -> None:
    browser = everything.browser
    assert "export_share" not in browser.page.names()
    page = browser.save("about", {"exports": "yes"})
    assert browser.address.endswith("/about?opened=1")
    assert "opened one more question" in page.html
    assert "export_share" in page.names()
    browser.save("about", {"export_share": "40"})
    assert browser.address.endswith("/abroad")


def test_hidden_answer__is_kept__and_there_when_the_question_opens_again(everything: Survey) -> None:
    browser = everything.browser
    browser.save("about", {"exports": "yes"})
    browser.save("about", {"export_share": "40"})
    browser.get("/about")
    browser.save("about", {"exports": "no"})
    assert "export_share" not in browser.get("/about").names()
    browser.get("/abroad", status=404)
    browser.get("/about")
    browser.save("about", {"remark": "while it is hidden"})
    assert everything.answers()["export_share"] == "40"
    browser.get("/about")
    browser.save("about", {"exports": "yes"})
    assert browser.get("/about").value("export_share") == "40"


def test_choices__are_filtered_by_other_answers(everything: Survey) -> None:
    browser = everything.browser
    browser.save("about", {"works_in": ["optics"]})
    offered = [e.attributes["value"] for e in browser.get("/about").all("input", name="main_field")]
    assert offered == ["optics", "dont_know", "not_applicable"]


def test_answer_taken_back__is_empty(everything: Survey) -> None:
    everything.browser.save("about", {"remark": "too much said"})
    everything.browser.get("/about")
    everything.browser.save("about", {"remark": ""})
    assert everything.answers() == {}


def test_two_windows__change_different_answers__and_both_are_kept(everything: Survey) -> None:
    first, second = everything.browser, everything.another_browser()
    first.get("/about")
    second.get("/about")
    first.save("about", {"sites": "4"})
    second.save("about", {"remark": "from the second window"})
    assert everything.answers() == {"sites": "4", "remark": "from the second window"}


def test_two_windows__change_one_answer__and_are_asked_which_holds(everything: Survey) -> None:
    first, second = everything.browser, everything.another_browser()
    first.get("/about")
    second.get("/about")
    first.save("about", {"sites": "4"})
    page = second.save("about", {"sites": "7", "remark": "kept all the same"}, status=409)
    assert [e.attributes["value"] for e in page.all("input", name="sites")] == ["7", "4"]
    assert everything.answers() == {"sites": "4", "remark": "kept all the same"}
    second.save("about", {"sites": "7"})
    assert everything.answers()["sites"] == "7"
    assert everything.answers()["remark"] == "kept all the same"


def test_double_click__saves_once(everything: Survey) -> None:
    page = everything.browser.page
    everything.browser.save("about", {"sites": "4"}, page=page)
    before = everything.response().revision
    everything.browser.save("about", {"sites": "4"}, page=page)
    assert everything.response().revision == before


def test_page_sent_again_with_other_answers__is_422_and_holds_them(everything: Survey) -> None:
    old = everything.browser.page
    everything.browser.save("about", {"sites": "4"}, page=old)
    page = everything.browser.save("about", {"sites": "9"}, page=old, status=422)
    assert "sent before with other answers" in page.html
    assert page.value("sites") == "9"
    assert everything.answers()["sites"] == "4"
    assert page.value("key") != old.value("key")
    everything.browser.save("about", {})
    assert everything.answers()["sites"] == "9"


def test_page__left_open_for_a_day__still_saves(everything: Survey) -> None:
    old = everything.browser.page
    everything.clock.wait(hours=24)
    everything.browser.save("about", {"sites": "4"}, page=old)
    assert everything.answers()["sites"] == "4"


def test_forged_form__saves_nothing__and_holds_what_was_sent(everything: Survey) -> None:
    page = everything.browser.save("about", {"sites": "4", "form": "0" * 64}, status=400)
    assert everything.answers() == {}
    assert page.value("sites") == "4"
    everything.browser.save("about", {})
    assert everything.answers()["sites"] == "4"


@pytest.mark.parametrize("change", [{"seen": "x"}, {"seen": "-1"}, {"seen": "9" * 30}])
def test_page__that_this_site_never_made__is_refused(everything: Survey, change: dict[str, str]) -> None:
    everything.browser.save("about", {"sites": "4", **change}, status=400)
    assert everything.answers() == {}


def test_key__that_is_none__is_refused(everything: Survey) -> None:
    everything.browser.save("about", {"sites": "4", "key": ""}, status=422)
    assert everything.answers() == {}


def test_field_of_another_section__is_not_taken(everything: Survey) -> None:
    everything.browser.save("about", {"fields": "sites with_whom.1 known nonsense", "sites": "4", "with_whom.1": "x", "known": "5"})
    assert everything.answers() == {"sites": "4"}


def test_review__sees_that_answers_changed_meanwhile(everything: Survey) -> None:
    browser = everything.browser
    browser.save("about", {"founded": "2001-01-01"})
    page = browser.get("/review")
    other = everything.another_browser()
    other.get("/about")
    other.save("about", {"remark": "changed"})
    refused = browser.post("/submit", {name: page.value(name) for name in ("form", "seen", "key")}, status=409)
    assert "Somebody has changed answers" in refused.html
    assert browser.submit().one("h1").text.startswith("Thank you")


def autosaved(survey: Survey, changes: dict[str, str], *, page: Page | None = None, key: str = "a" * 32) -> tuple[int, Page]:
    sent = {**filled_in(page or survey.browser.page), **changes, "key": key}
    reply = survey.browser.client.post(f"/s/{survey.browser.token}/about/autosave", data=sent)
    check_headers(reply)
    return reply.status_code, Page(reply.text)


def test_autosave__says_when__and_opens_questions(everything: Survey) -> None:
    status, page = autosaved(everything, {"exports": "yes"})
    assert status == 200
    assert page.one("time").attributes["datetime"] == "2026-06-01T12:00:00Z"
    assert "export_share" in page.value("fields").split()
    assert page.value("seen") == "1"
    assert everything.answers() == {"exports": "yes"}


def test_autosave__sent_again__changes_nothing(everything: Survey) -> None:
    autosaved(everything, {"exports": "yes"})
    assert autosaved(everything, {"exports": "yes"})[1].value("seen") == "1"


def test_autosave__of_an_answer_that_somebody_changed__asks_to_compare(everything: Survey) -> None:
    old = everything.browser.page
    everything.browser.save("about", {"sites": "4"}, page=old)
    status, page = autosaved(everything, {"sites": "7"}, page=old)
    assert status == 409
    assert "Somebody else has changed" in page.one("p", id="status").text
    assert everything.answers()["sites"] == "4"


def test_autosave__beside_a_colleague__prints_the_other_answers_and_goes_on(everything: Survey) -> None:
    old = everything.browser.page
    everything.browser.save("about", {"sites": "4", "remark": "a colleague"}, page=old)
    status, page = autosaved(everything, {"founded": "2001-01-01"}, page=old)
    assert status == 200
    assert "A colleague changed 2 answers, shown here" in page.one("p", id="status").text
    assert set(page.value("others").split()) == {"sites", "remark"}
    assert page.value("seen") == "2"
    assert page.value("remark") == "a colleague"
    assert everything.answers() == {"sites": "4", "remark": "a colleague", "founded": "2001-01-01"}


def test_autosave__sent_again_after_a_colleague_saved__has_seen_no_more_than_the_first_time(everything: Survey) -> None:
    old = everything.browser.page
    autosaved(everything, {"exports": "yes"}, page=old)
    everything.browser.get("/about")
    everything.browser.save("about", {"sites": "4"})
    seen = autosaved(everything, {"exports": "yes"}, page=old)[1].value("seen")
    assert autosaved(everything, {"exports": "yes", "seen": seen}, page=old, key="b" * 32)[1].value("others") == "sites"
    assert everything.answers()["sites"] == "4"


def test_store__that_cannot_be_reached__gives_a_page_that_still_holds_the_answers(everything: Survey) -> None:
    page = everything.browser.page
    with everything.engine.connect() as connection:
        connection.execute(text("ALTER TABLE answer RENAME TO lost"))
        connection.commit()
    refused = everything.browser.save("about", {"sites": "4", "remark": '"quoted" <b>'}, page=page, status=503)
    assert refused.value("sites") == "4"
    assert refused.value("remark") == '"quoted" <b>'
    with everything.engine.connect() as connection:
        connection.execute(text("ALTER TABLE lost RENAME TO answer"))
        connection.commit()
    everything.browser.post("/about", filled_in(refused))
    assert everything.answers()["remark"] == '"quoted" <b>'
