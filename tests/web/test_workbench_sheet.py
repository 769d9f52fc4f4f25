"""The evaluator's sheet at the desk: opened, saved, judged against the year before, handed in; without JavaScript and with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine
from workflow.surveying import only

from assess.store.session import writing
from assess.store.staff_tables import Role
from assess.store.steering_tables import Verdict
from assess.store.tables import ResponseState
from assess.workflow import answer_rows, sheets
from web.staffing import StaffBrowser
from web.test_workbench import links, text
from web.visiting import Page, filled_in
from web.working import FIGURES, YEAR, Bench, make_bench


@pytest.fixture
def bench(sqlite_database: Engine, tmp_path: Path) -> Bench:
    return make_bench(sqlite_database, tmp_path, year_before=FIGURES)


def opened(bench: Bench, browser: StaffBrowser | None = None) -> Page:
    """Open the sheet and its only section."""
    browser = browser or bench.browser
    browser.get(f"{bench.address}/sheet")
    browser.post(f"{bench.address}/sheet/open")
    return browser.get(f"{bench.address}/sheet/figures")


def save(bench: Bench, page: Page, answers: dict[str, str], *, go: str = "on", status: int = 303, path: str = "") -> Page:
    sent = {name: str(value) for name, value in filled_in(page).items() if isinstance(value, str)} | answers
    form = page.value("form")
    return bench.browser.post(f"{bench.address}/sheet/figures{path}", form=form, status=status, **(sent | {"go": go}))


def texts(bench: Bench) -> dict[str, str]:
    with writing(bench.site.engine) as session:
        return {item: raw for (item, _), raw in answer_rows.texts(session, bench.response("evaluator")).items()}


def verdicts(bench: Bench) -> dict[str, Verdict | None]:
    with writing(bench.site.engine) as session:
        return {row.item: row.verdict for row in sheets.carried(session, bench.response("evaluator"))}


def test_sheet__is_opened_by_a_button__because_it_ends_blind_rating(bench: Bench) -> None:
    page = bench.browser.get(f"{bench.address}/sheet")
    assert "can no longer give a blind second rating" in text(page)
    assert "open_sheet" not in bench.verbs()[-1:]
    bench.browser.get(f"{bench.address}/sheet/figures", status=303)
    assert bench.browser.location == f"{bench.address}/sheet"
    before = bench.verbs().count("open_sheet")
    bench.browser.get(f"{bench.address}/sheet")
    for _ in range(2):
        bench.browser.post(f"{bench.address}/sheet/open", form=page.value("form"))
    assert bench.verbs().count("open_sheet") == before + 1
    page = bench.browser.get(f"{bench.address}/sheet")
    assert "4 answers of an earlier year to confirm or change" in text(page)
    assert f"{bench.address}/sheet/figures" in links(page)


def test_section__is_saved__and_leads_on(bench: Bench) -> None:
    page = opened(bench)
    save(bench, page, {"firms": "130", "small": "100"})
    assert bench.browser.location == f"{bench.address}/sheet"
    assert texts(bench) == {"firms": "130", "small": "100"}
    save(bench, page, {"firms": "130", "small": "100"}, go="to.figures")
    assert bench.browser.location == f"{bench.address}/sheet/figures"
    save(bench, page, {}, go="later", status=422)  # the key came with other content: nothing of it is saved
    assert texts(bench) == {"firms": "130", "small": "100"}


def test_answer_that_does_not_fit__stays_on_the_page__with_what_to_do(bench: Bench) -> None:
    page = save(bench, opened(bench), {"firms": "many"}, status=422)
    assert "Enter a whole number in digits" in text(page)
    assert page.value("firms") == "many"


def test_carried_answer__still_so__answers_the_question(bench: Bench) -> None:
    page = opened(bench)
    assert f"{YEAR - 2}: 120" in text(page)
    save(bench, page, {"small": "90"}, go="confirm.firms")
    assert texts(bench) == {"firms": "120", "small": "90"}
    assert verdicts(bench)["firms"] is Verdict.CONFIRMED
    again = bench.browser.get(f"{bench.address}/sheet/figures")
    assert f"{YEAR - 2}: 120" not in text(again)
    save(bench, again, {}, go="confirm.firms")
    assert bench.verbs().count("judge_carried") == 1


def test_carried_answer__changed__needs_a_reason_and_a_new_answer(bench: Bench) -> None:
    page = opened(bench)
    page = save(bench, page, {"firms": "130", "because-firms": "few"}, go="change.firms", status=422)
    assert "Say in 10 to 1,000 characters why it changed" in text(page)
    assert page.value("firms") == "130"
    assert page.value("because-firms") == "few"
    save(bench, page, {"because-firms": "Ten firms joined in spring."}, go="change.firms")
    assert texts(bench)["firms"] == "130"
    assert verdicts(bench)["firms"] is Verdict.CHANGED


def test_autosave__keeps_what_was_typed__and_says_when(bench: Bench) -> None:
    page = opened(bench)
    sent = {name: str(value) for name, value in filled_in(page).items() if isinstance(value, str)}
    sent |= {"firms": "77", "form": page.value("form")}
    reply = bench.browser.client.post(f"{bench.address}/sheet/figures/autosave", data=sent, base_url=bench.site.settings.base_url)
    assert reply.status_code == 200
    assert "Saved" in reply.text
    assert texts(bench) == {"firms": "77"}


def test_two_windows__that_say_different_things__are_asked_which_holds(bench: Bench) -> None:
    page = opened(bench)
    other = bench.browser.get(f"{bench.address}/sheet/figures")
    save(bench, page, {"firms": "130"})
    merged = save(bench, other, {"firms": "140"}, status=409)
    assert "Two different answers" in text(merged)
    save(bench, merged, {"firms": "140"})
    assert texts(bench)["firms"] == "140"


def test_handing_in__twice__gives_one_receipt(bench: Bench) -> None:
    save(bench, opened(bench), {"firms": "130"})
    page = bench.browser.get(f"{bench.address}/sheet")
    for _ in range(2):
        bench.browser.post(f"{bench.address}/sheet/hand-in", form=page.value("form"), seen=page.value("seen"), key=page.value("key"))
    assert bench.response("evaluator").state is ResponseState.SUBMITTED
    assert "Handed in" in text(bench.browser.get(f"{bench.address}/sheet"))
    bench.browser.get(f"{bench.address}/sheet/figures", status=303)


def test_handing_in_over_a_colleagues_change__asks_to_look_again(bench: Bench) -> None:
    page = opened(bench)
    overview = bench.browser.get(f"{bench.address}/sheet")
    save(bench, page, {"firms": "130"})
    form, seen, key = (overview.value(name) for name in ("form", "seen", "key"))
    page = bench.browser.post(f"{bench.address}/sheet/hand-in", status=409, form=form, seen=seen, key=key)
    assert "Somebody has changed answers" in text(page)


def test_round_that_asks_no_sheet__says_so(bench: Bench) -> None:
    address = bench.address.replace(str(YEAR), "2026")
    for name in ("sheet", "ratings"):
        assert "asks no evaluator’s sheet" in text(bench.browser.get(f"{address}/{name}"))
    bench.browser.get(f"{address}/sheet/figures", status=303)


def test_second_rater_at_work__is_led_to_the_ratings(bench: Bench) -> None:
    bench.fill_sheet()
    other = bench.another_evaluator()
    page = other.get(f"{bench.address}/ratings")
    other.post(f"{bench.address}/ratings", form=page.value("form"), trust="4")
    page = other.get(f"{bench.address}/sheet")
    assert "Finish your own ratings first" in text(page)
    other.post(f"{bench.address}/sheet/open", form=page.value("form"), status=422)


def test_saving_a_sheet_that_one_has_not_opened__is_refused(bench: Bench) -> None:
    page = opened(bench)
    other = bench.another_evaluator()
    form = other.get(f"{bench.address}/sheet").value("form")
    other.post(f"{bench.address}/sheet/figures", form=form, status=422, fields="firms", seen=page.value("seen"), key="k", firms="1")
    assert texts(bench) == {}
    assert only(bench.response("evaluator").id)


def hidden(page: Page) -> dict[str, str]:
    """What the form of a page sends, without that of signing out."""
    return {e.attributes["name"]: e.attributes["value"] for e in page.all("input", type="hidden") if not e.inside("header")}


def signed_out(bench: Bench, address: str, form: str, **sent: str) -> Page:
    """Send a form without a session."""
    return bench.site.browser().post(address, form=form, status=403, **sent)


def test_autosave_of_a_session_that_has_ended__says_what_to_do_in_the_line_that_the_script_shows(bench: Bench) -> None:
    opened(bench)
    page = signed_out(bench, f"{bench.address}/sheet/figures/autosave", "old", firms="130")
    assert page.one("h1").text.startswith("Not saved: you are signed out. Sign in again in another tab")


def test_section_of_a_session_that_has_ended__is_kept__and_saved_after_signing_in_again(bench: Bench) -> None:
    page = opened(bench)
    sent = {name: page.value(name) for name in ("seen", "key", "fields")} | {"firms": "130", "go": "on"}
    kept = signed_out(bench, f"{bench.address}/sheet/figures", page.value("form"), **sent)
    assert "Sign in again in another tab" in text(kept)
    again = hidden(kept)
    assert sent.items() <= again.items()
    anew = bench.as_(Role.EVALUATOR)
    page = anew.post(f"{bench.address}/sheet/figures", status=400, form="old", **again)
    assert "it was made before you signed in" in text(page)
    again = hidden(page)
    form = again.pop("form")
    anew.post(f"{bench.address}/sheet/figures", status=303, form=form, **again)
    assert texts(bench)["firms"] == "130"
