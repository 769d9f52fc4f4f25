"""The action plan on the site: what is recommended is taken up, reviewed in later rounds, and exported."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from databases import new_migrated
from sqlmodel import select
from workflow.surveying import LATER, only, rulebase

from assess.store.session import writing
from assess.store.staff_tables import Role
from assess.store.steering_tables import ActionReview
from assess.workflow import plans, publications
from web.planning import BASE, TRUST, Planning, of_year, planned_site
from web.staffing import StaffBrowser
from web.visiting import Page


@pytest.fixture
def planning(tmp_path: Path) -> Iterator[Planning]:
    with new_migrated("sqlite", tmp_path) as engine:
        yield planned_site(engine, tmp_path)


def main(page: Page) -> str:
    return " ".join(page.one("main").text.split())


def test_a_manager__is_offered_what_the_published_report_recommends__and_nothing_before(planning: Planning) -> None:
    manager = planning.browser(Role.MANAGER)
    assert "Wait until the report of 2026 is published" in main(manager.get(f"{BASE}/2026/plan"))
    manager.get(f"{BASE}/2026/plan/accept?instrument={planning.instrument}", status=303)
    manager.get(f"{BASE}/2026/plan")
    manager.post(f"{BASE}/2026/plan/accept", instrument=planning.instrument, owner="x", milestone="x", due="2027-01-01")
    assert planning.items() == []
    planning.publish()
    assert "What the diagnosis recommends" in main(manager.get(f"{BASE}/2026/plan"))
    assert "Take it up" in main(manager.page)


def test_an_instrument__is_taken_up_once__however_often_the_button_is_pressed(planning: Planning) -> None:
    planning.publish()
    manager = planning.browser(Role.MANAGER)
    for _ in range(2):
        planning.accept(manager)
        assert manager.location == f"{BASE}/2026/plan?done=accepted"
    (item,) = planning.items()
    assert (item.owner, item.baseline, item.target, item.due) == ("Cluster office", "2", "3.5", date(2027, 3, 31))
    page = manager.get(f"{BASE}/2026/plan?done=accepted")
    assert "then 2.00 now 2.00 target 3.50" in main(page)
    assert "1 in the plan" in main(page)


@pytest.mark.parametrize(
    ("given", "place", "sentence"),
    [
        ({"due": "2020-01-01"}, "summary", "Choose a due date that lies ahead"),
        ({"target": ""}, "summary", "Name both the indicator"),
        ({"target": "9"}, "summary", "Correct the target"),
        ({"milestone": ""}, "error-milestone", "Fill in"),
        ({"indicator": "structure.firms"}, "error-indicator", "Choose one of the answers"),
    ],
)
def test_what_cannot_be_planned__is_refused__and_what_was_typed_stays(
    planning: Planning, given: dict[str, str], place: str, sentence: str
) -> None:
    page = planning.accept(planning.browser(Role.EVALUATOR), status=422, **given)
    assert sentence in next(e.text for e in page.elements if e.attributes.get("id") == place)
    assert page.value("owner") == "Cluster office"
    assert planning.items() == []


def test_no_indicator__is_an_answer_that_can_be_chosen(planning: Planning) -> None:
    planning.accept(planning.browser(Role.EVALUATOR), indicator="none", target="")
    assert [(one.indicator, one.target) for one in planning.items()] == [(None, None)]
    assert "none named" in main(planning.browser(Role.EVALUATOR).get(f"{BASE}/2026/plan"))


def test_an_evaluator__takes_up_from_a_draft__of_which_nobody_else_learns_before_the_report_is_published(planning: Planning) -> None:
    evaluator = planning.browser(Role.EVALUATOR)
    assert "not published" in main(evaluator.get(f"{BASE}/2026/plan"))
    planning.accept(evaluator)
    assert "then 2.00 now 2.00" in main(evaluator.get(f"{BASE}/2026/plan"))
    (item,) = planning.items()
    for role in (Role.MANAGER, Role.AGENCY):
        browser = planning.browser(role)
        seen = main(browser.get(f"{BASE}/2026/plan"))
        assert "1 item is not shown: no published report recommends it yet." in seen
        browser.get(f"{BASE}/2026/plan.csv")
        for said in (item.title, "Four workshops", "Trust"):
            assert said not in seen
            assert said not in only(browser.reply).text
    planning.browser(Role.MANAGER).get(f"{BASE}/2026/plan/{item.id}/review", status=404)
    planning.publish()
    assert "then 2.00 now 2.00" in main(planning.browser(Role.MANAGER).get(f"{BASE}/2026/plan"))


def test_an_item__that_the_published_report_does_not_recommend__stays_with_the_evaluators(planning: Planning) -> None:
    planning.accept(planning.browser(Role.EVALUATOR))
    planning.publish()
    with writing(planning.site.engine) as session:
        stored = only(plans.basis_of(session, of_year(session, planning.cluster_id, 2026))).diagnosis
        stored.document = stored.document.replace(f'"id": "{planning.instrument}"', '"id": "finance.another"')
    assert "Four workshops" not in main(planning.browser(Role.MANAGER).get(f"{BASE}/2026/plan"))
    seen = main(planning.browser(Role.EVALUATOR).get(f"{BASE}/2026/plan"))
    assert "Four workshops" in seen
    assert "the report that recommends it is not published" in seen


def test_a_withdrawn_report__leaves_the_plan_standing__without_its_figures(planning: Planning) -> None:
    planning.publish()
    planning.accept(planning.browser(Role.MANAGER))
    with writing(planning.site.engine) as session:
        (report,) = publications.publications_of(session, of_year(session, planning.cluster_id, 2026))
        because, account = "A figure was wrong.", planning.site.accounts[Role.EVALUATOR]
        publications.withdraw(session, report, because, account_id=account, now=LATER)
    seen = main(planning.browser(Role.MANAGER).get(f"{BASE}/2026/plan"))
    assert "Four workshops" in seen
    assert "recommended in 2026; the report that recommended it was withdrawn" in seen
    assert "then shown once the report is published" in seen


def test_the_next_round__reviews_the_item__with_its_progress(planning: Planning) -> None:
    planning.publish()
    planning.publish(2027)
    manager = planning.browser(Role.MANAGER)
    planning.accept(manager)
    page = manager.get(f"{BASE}/2027/plan")
    assert "Review 1 item of earlier rounds" in main(page)
    assert "then 2.00 now 4.00 target 3.50 ✓Target reached" in main(page)
    (item,) = planning.items()
    address = f"{BASE}/2027/plan/{item.id}/review"
    form = manager.get(address).value("form")
    refused = manager.post(address, form=form, status=422, state="dropped", note="no")
    assert "why the item is dropped" in refused.one("span", id="error-note").text
    for _ in range(2):
        manager.post(address, form=form, state="under_way", note="Two of four held.")
    with writing(planning.site.engine) as session:
        (found,) = session.exec(select(ActionReview)).all()
    assert (found.reached, found.note) == ("4", "Two of four held.")
    page = manager.get(f"{BASE}/2027/plan")
    assert "Review 1 item" not in main(page)
    assert "2027: Two of four held." in main(page)
    assert "Planned" in main(manager.get(f"{BASE}/2026/plan")), "the plan of 2026 is as it was then"


def test_an_overdue_item__says_so_in_a_word(planning: Planning) -> None:
    planning.publish()
    planning.accept(planning.browser(Role.MANAGER))
    assert "Overdue" not in main(planning.browser(Role.MANAGER).get(f"{BASE}/2026/plan"))
    planning.site.clock.wait(days=400)
    assert "Overdue" in main(planning.browser(Role.MANAGER).get(f"{BASE}/2026/plan"))


def test_an_agency__reads_the_plan__and_cannot_change_it(planning: Planning) -> None:
    planning.publish()
    planning.accept(planning.browser(Role.EVALUATOR))
    agency = planning.browser(Role.AGENCY)
    page = agency.get(f"{BASE}/2026/plan")
    assert not [a for a in page.all("a") if "/review" in a.attributes["href"] or "/accept" in a.attributes["href"]]
    (item,) = planning.items()
    agency.get(f"{BASE}/2026/plan/{item.id}/review", status=404)
    agency.post(f"{BASE}/2026/plan/accept", form=page.value("form"), status=404)


def test_items_of_another_cluster__are_not_found(planning: Planning) -> None:
    planning.accept(planning.browser(Role.EVALUATOR))
    (item,) = planning.items()
    for address in ("/clusters/own-valley/2026", f"{BASE}/1999"):
        planning.browser(Role.MANAGER).get(f"{address}/plan/{item.id}/review", status=404)


def test_the_table__opens_in_a_spreadsheet__and_no_text_in_it_becomes_a_formula(planning: Planning) -> None:
    planning.publish()
    manager = planning.browser(Role.MANAGER)
    planning.accept(manager, milestone="=HYPERLINK(1)")
    manager.get(f"{BASE}/2026/plan.csv")
    reply = only(manager.reply)
    assert reply.mimetype == "text/csv"
    (row,) = csv.DictReader(StringIO(reply.data.decode("utf-8-sig")))
    assert (row["milestone"], row["due"], row["state"], row["baseline"], row["target"]) == (
        "'=HYPERLINK(1)",
        "2027-03-31",
        "Planned",
        "2.00",
        "3.50",
    )


def test_the_plan__tells_of_instruments_and_indicators_in_the_language_of_the_account(planning: Planning) -> None:
    planning.publish()
    manager = planning.browser(Role.MANAGER)
    planning.accept(manager)
    english = [line.split(";") for line in _taken_away(manager)]
    manager.get("/account")
    manager.post("/account/name", name="Manuel", language="de")
    header, row = csv.reader(StringIO("\r\n".join(_taken_away(manager))), delimiter=";")
    found = dict(zip(header, row, strict=True))
    assert (found["fällig am"], found["Stand"], found["Ausgangswert"], found["Zielwert"]) == ("2027-03-31", "Geplant", "2,00", "3,50")
    told = manager.get(f"{BASE}/2026/plan").html
    for column in ("Instrument", "Indikator"):
        assert found[column] in unescape(told)
        assert not any(found[column] in cell for line in english for cell in line), column


def _taken_away(browser: StaffBrowser) -> list[str]:
    browser.get(f"{BASE}/2026/plan.csv")
    content: bytes = only(browser.reply).data
    return content.decode("utf-8-sig").splitlines()


def test_an_unknown_baseline__is_said_to_be_unknown(planning: Planning) -> None:
    with writing(planning.site.engine) as session:
        round_ = of_year(session, planning.cluster_id, 2026)
        stored = only(plans.basis_of(session, round_)).diagnosis
        stored.document = stored.document.replace('"value": 2', '"value": null')
        plans.accept(
            session,
            round_,
            instrument=planning.instrument,
            owner="Office",
            milestone="Workshops",
            due=date(2027, 1, 1),
            indicator=TRUST,
            target=Decimal(4),
            account_id=planning.site.accounts[Role.EVALUATOR],
            now=LATER,
            rulebase=rulebase(),
        )
    assert "then unknown now unknown target 4.00" in main(planning.browser(Role.EVALUATOR).get(f"{BASE}/2026/plan"))


def test_a_plan_without_items__says_what_to_do(planning: Planning) -> None:
    assert "Take up what the diagnosis recommends" in main(planning.browser(Role.EVALUATOR).get(f"{BASE}/2026/plan"))
    assert "Nothing is in the plan yet." in main(planning.browser(Role.AGENCY).get(f"{BASE}/2026/plan"))
