"""The desk, the round at a glance, its evidence and single responses: who sees what, and every look on record."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from workflow.surveying import NOON

from assess.store.session import writing
from assess.store.staff_tables import Account, BreakGlass, Role
from assess.workflow.rows import added
from web.staffing import make_account
from web.visiting import Page
from web.working import YEAR, Bench, make_bench


@pytest.fixture
def bench(sqlite_database: Engine, tmp_path: Path) -> Bench:
    return make_bench(sqlite_database, tmp_path)


def text(page: Page) -> str:
    """What the page says, with a space wherever an element begins or ends."""
    main = page.html.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", "<main" + main)).split())


def links(page: Page) -> set[str]:
    return {element.attributes["href"] for element in page.all("a") if "href" in element.attributes}


def rows(page: Page, table: int = -1) -> list[str]:
    """The first cell of every row of a table, by default of the last one."""
    last = page.all("table")[table]
    return [" ".join(e.text.split()) for e in page.all("th", scope="row") if last in e.parents]


def open_eyes(bench: Bench) -> None:
    """The evaluator looks behind the screen."""
    bench.browser.get(f"{bench.address}/sheet")
    bench.browser.post(f"{bench.address}/sheet/open")


def test_desk__tells_every_role_what_waits_for_it(bench: Bench) -> None:
    bench.answer()
    evaluator = text(bench.browser.get("/desk"))
    assert f"Clusters in {YEAR}" in evaluator
    assert "100 % of 5 members handed in" in evaluator
    assert "The evaluator’s sheet is not begun" in evaluator
    manager = text(bench.as_(Role.MANAGER).get("/desk"))
    assert "You are its manager" in manager
    assert "sheet" not in manager
    assert "own programme" in text(bench.as_(Role.AGENCY).get("/desk"))
    assert "No job has failed for good" in text(bench.as_(Role.ADMIN).get("/desk"))


def test_desk__of_somebody_without_assignment__says_whom_to_ask(bench: Bench) -> None:
    with writing(bench.site.engine) as session:
        account = make_account(session, "nobody@example.org")
    assert "Ask an administrator to assign" in text(bench.site.browser(account).get("/desk"))


def test_desk__leads_to_other_years(bench: Bench) -> None:
    page = bench.browser.get("/desk?year=2026")
    assert "Clusters in 2026" in text(page)
    assert {"/desk?year=2026", f"/desk?year={YEAR}"} <= links(page)
    without = bench.browser.get("/desk?year=1999")
    assert "There is no round in 1999" in text(without)
    assert any(address.endswith("/next-round") for address in links(without))
    theirs = bench.as_(Role.MANAGER).get("/desk?year=1999")
    assert "An evaluator plans it" in text(theirs)
    assert not any(address.endswith("/next-round") for address in links(theirs))


def test_overview__shows_counts_and_versions__and_leads_only_where_one_may_go(bench: Bench) -> None:
    bench.answer()
    page = bench.browser.get(bench.address)
    assert "30 days left" in text(page)
    assert "company" in rows(page, 0)
    assert len([e for e in page.all("td") if e.attributes.get("class") == "digest" and len(e.text) == 64]) == 4
    assert f"{bench.address}/evidence" in links(page)
    theirs = links(bench.as_(Role.MANAGER).get(bench.address))
    assert not {f"{bench.address}/{name}" for name in ("evidence", "responses", "sheet", "ratings", "overrides")} & theirs


def test_evidence__puts_n_beside_every_figure__the_weakest_first(bench: Bench) -> None:
    bench.answer()
    page = bench.browser.get(f"{bench.address}/evidence")
    listed = rows(page)
    assert listed[0].startswith(("Benefits", "Facilitator", "Cluster", "Structure", "Growth"))
    assert "Unknown:" in listed[0]
    trust = next(e for e in page.all("tr") if "Collaboration" in e.text and "5 of 5" in e.text)
    assert "100 %" in trust.text


@pytest.mark.parametrize("order", ["indicator", "n", "spread", "dont-know", "weakest"])
def test_evidence__is_sorted_by_plain_links(bench: Bench, order: str) -> None:
    bench.answer()
    page = bench.browser.get(f"{bench.address}/evidence?sort={order}")
    assert len([e for e in page.all("th") if "aria-sort" in e.attributes]) == 1
    first = rows(page)[0]
    assert ("Trust" in first or "trust" in first) if order == "spread" else True
    assert rows(page) != rows(bench.browser.get(f"{bench.address}/evidence?sort=weakest")) or order == "weakest"


def test_evidence_of_one_kind__hides_figures_of_few(bench: Bench) -> None:
    bench.answer(("2", "3"))
    page = bench.browser.get(f"{bench.address}/evidence?kind=company")
    assert "fewer than 5 organisations answered" in text(page)
    assert rows(page)


def test_evidence__writes_levels_and_their_spread_with_two_decimals(bench: Bench) -> None:
    bench.answer(("3", "3", "3", "3", "3"))
    page = bench.browser.get(f"{bench.address}/evidence")
    trust = next(e for e in page.all("tr") if "Collaboration" in e.text and "5 of 5" in e.text)
    value, _, spread, *_ = [cell.text for cell in page.all("td", class_="number") if trust in cell.parents]
    assert (value, spread) == ("3.00", "0.00")


def test_evidence_of_one_kind__says_in_german_why_figures_are_hidden(bench: Bench) -> None:
    bench.answer(("2", "3"))
    with writing(bench.site.engine) as session:
        for account in session.exec(select(Account)):
            account.language = "de"
    shown = text(bench.browser.get(f"{bench.address}/evidence?kind=company"))
    assert "weniger als 5 Organisationen haben geantwortet" in shown
    assert "organisations answered" not in shown


def test_evidence__tells_a_self_rating_from_a_checked_figure(bench: Bench) -> None:
    bench.answer(("1", "1", "2", "2", "2"))
    bench.fill_sheet()
    page = text(bench.browser.get(f"{bench.address}/evidence"))
    assert "Self-rating against checked figures (1)" in page
    assert "2.00 5 5.00 evaluator −3.00" in page


def test_evidence__is_behind_a_screen__until_an_evaluator_gives_up_rating_blind(bench: Bench) -> None:
    bench.answer()
    bench.fill_sheet()
    other = bench.another_evaluator()
    assert "can no longer give a blind second rating" in text(other.get(f"{bench.address}/evidence"))
    other.post(f"{bench.address}/see/evidence")
    assert other.location == f"{bench.address}/evidence"
    assert "All indicators" in text(other.get(f"{bench.address}/evidence"))
    assert "would not be blind" in text(other.get(f"{bench.address}/ratings"))
    other.post(f"{bench.address}/see/elsewhere", status=404, form=other.get("/account").value("form"))


def test_looking_at_a_response__is_on_record__and_the_list_alone_is_not(bench: Bench) -> None:
    bench.answer()
    page = bench.browser.get(f"{bench.address}/responses")
    assert "Organisation 0" in text(page)
    assert "read_answers" not in bench.verbs()
    number = bench.response().id
    shown = text(bench.browser.get(f"{bench.address}/responses/{number}"))
    assert bench.verbs()[-1] == "read_answers"
    assert "We trust each other. Disagree" in shown
    assert "Handed in, receipt" in shown
    assert "1 answer saved" in shown


def test_response_of_another_round__is_not_found(bench: Bench) -> None:
    other = bench.site.own.arguments["response"]
    bench.browser.get(f"{bench.address}/responses/{other}", status=404)


def test_reopening__needs_a_reason__and_a_double_click_reopens_once(bench: Bench) -> None:
    bench.answer()
    address = f"{bench.address}/responses/{bench.response().id}"
    bench.browser.get(address)
    page = bench.browser.post(f"{address}/reopen", status=422, reason="")
    assert "Fill in: Why it is reopened" in text(page)
    form = page.value("form")
    for _ in range(2):
        bench.browser.post(f"{address}/reopen", form=form, reason="A figure was wrong.")
    assert bench.verbs().count("reopen") == 1
    shown = text(bench.browser.get(address))
    assert "Reopened: A figure was wrong." in shown
    assert "what was changed since counts once it is handed in again" in shown


def test_administrator_with_broken_glass__reads_a_response__and_cannot_reopen_it(bench: Bench) -> None:
    bench.answer()
    with writing(bench.site.engine) as session:
        admin, until = bench.site.accounts[Role.ADMIN], NOON + timedelta(hours=1)
        glass = BreakGlass(account_id=admin, round_id=bench.round_id, reason="A member asked.", opened_at=NOON, expires_at=until)
        added(session, glass)
    page = bench.as_(Role.ADMIN).get(f"{bench.address}/responses/{bench.response().id}")
    assert "We trust each other." in text(page)
    assert "Reopen the response" not in text(page)
    assert bench.verbs()[-1] == "read_answers"


def test_first_sheet_among_the_responses__is_not_shown_to_a_second_rater(bench: Bench) -> None:
    bench.fill_sheet()
    number = bench.response("evaluator").id
    other = bench.another_evaluator()
    assert f"{bench.address}/responses/{number}" not in links(other.get(f"{bench.address}/responses"))
    other.get(f"{bench.address}/responses/{number}", status=303)
    assert other.location == f"{bench.address}/sheet"
    assert "read_answers" not in bench.verbs()
    assert "Figures" in text(bench.browser.get(f"{bench.address}/responses/{number}"))


def test_round_without_answers__says_what_to_do(bench: Bench) -> None:
    assert "Nobody has begun a response yet" in text(bench.browser.get(f"{bench.address}/responses"))
    assert "Nobody has handed in a file" in text(bench.browser.get(f"{bench.address}/evidence"))
    bench.browser.get(f"{bench.address}/evidence/1", status=404)
