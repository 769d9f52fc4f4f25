"""Second ratings and overrides on their pages: blind, compared, reasoned, and never done twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from assess.store.session import writing
from assess.store.steering_tables import Override, Rating
from web.staffing import StaffBrowser
from web.test_workbench import text
from web.working import Bench, make_bench

REASON = "The annual accounts of the management say otherwise."


@pytest.fixture
def bench(sqlite_database: Engine, tmp_path: Path) -> Bench:
    return make_bench(sqlite_database, tmp_path)


def ratings(bench: Bench) -> dict[str, str]:
    with writing(bench.site.engine) as session:
        return {row.item: row.raw for row in session.exec(select(Rating))}


def made(bench: Bench) -> list[Override]:
    with writing(bench.site.engine) as session:
        return list(session.exec(select(Override)))


def rate(bench: Bench, other: StaffBrowser, *, idea: str = "", trust: str = "") -> None:
    page = other.get(f"{bench.address}/ratings")
    other.post(f"{bench.address}/ratings", form=page.value("form"), idea=idea, trust=trust)


def test_rating__is_kept__changed__and_taken_back(bench: Bench) -> None:
    other = bench.another_evaluator()
    rate(bench, other, idea="4", trust="2")
    assert ratings(bench) == {"idea": "4", "trust": "2"}
    page = other.get(f"{bench.address}/ratings")
    assert page.chosen("idea") == ["4"]
    rate(bench, other, idea="5")
    assert ratings(bench) == {"idea": "5"}


def test_finished_rating__is_compared_with_the_first__with_its_caveat(bench: Bench) -> None:
    bench.fill_sheet()
    other = bench.another_evaluator()
    rate(bench, other, idea="4", trust="2")
    assert "Difference" not in text(other.get(f"{bench.address}/ratings"))
    form = other.page.value("form")
    for _ in range(2):
        other.post(f"{bench.address}/ratings/finish", form=form)
    assert bench.verbs().count("finish_rating") == 1
    shown = text(other.get(f"{bench.address}/ratings"))
    assert "Items both rated 2" in shown
    assert "Kappa is not given: it needs at least 10 items" in shown
    assert "1 item lies two steps or more apart" in shown
    assert "Trust 5 2 −3" in shown
    assert "Trust 5 2 −3" in text(bench.browser.get(f"{bench.address}/ratings"))
    assert "2 steps or more apart on 1 item" in text(bench.browser.get("/desk"))


def test_finishing_without_a_rating__says_what_to_do(bench: Bench) -> None:
    page = bench.another_evaluator()
    page.get(f"{bench.address}/ratings")
    assert "Rate at least one item" in text(page.post(f"{bench.address}/ratings/finish", status=422))


def test_first_evaluator__is_asked_to_find_another(bench: Bench) -> None:
    bench.fill_sheet()
    page = bench.browser.get(f"{bench.address}/ratings")
    assert "Ask another evaluator" in text(page)
    bench.browser.post(f"{bench.address}/ratings", form=page.value("form"), status=422, trust="5")


def test_open_round__has_no_form_for_overrides(bench: Bench) -> None:
    page = text(bench.browser.get(f"{bench.address}/overrides"))
    assert "once the round is closed" in page
    assert "No figure is replaced" in page


def test_override__shows_before_and_after_with_reason_and_name__and_is_withdrawn(bench: Bench) -> None:
    bench.answer()
    bench.close()
    page = bench.browser.get(f"{bench.address}/overrides?indicator=collaboration.trust")
    assert [e.attributes["value"] for e in page.all("option") if "selected" in e.attributes] == ["collaboration.trust"]
    form = page.value("form")
    for _ in range(2):
        bench.browser.post(f"{bench.address}/overrides", form=form, indicator="collaboration.trust", value="4.5", reason=REASON)
    (row,) = made(bench)
    shown = text(bench.browser.get(f"{bench.address}/overrides"))
    assert f"3.00 (members, n = 5 of 5) 4.50 {REASON} Person evaluator@example.org" in shown
    for _ in range(2):
        bench.browser.post(f"{bench.address}/overrides/{row.id}/withdraw", form=form)
    assert bench.verbs().count("withdraw_override") == 1
    assert "Withdrawn" in text(bench.browser.get(f"{bench.address}/overrides"))


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"value": "9", "reason": REASON}, "9 is off its scale; expected a number from 1 to 5"),
        ({"value": "much", "reason": REASON}, "Write a number"),
        ({"value": "", "reason": REASON}, "Give a value, or tick"),
        ({"value": "4", "unknown": "yes", "reason": REASON}, "Keep one of the two"),
        ({"value": "4", "reason": "short"}, "Give a reason of 20"),
    ],
)
def test_override_that_cannot_be__says_why__and_keeps_what_was_written(bench: Bench, sent: dict[str, str], sentence: str) -> None:
    bench.close()
    bench.browser.get(f"{bench.address}/overrides")
    page = bench.browser.post(f"{bench.address}/overrides", status=422, indicator="collaboration.trust", **sent)
    assert sentence in text(page)
    assert page.value("reason") == sent["reason"]
    assert made(bench) == []


def test_override__takes_per_cent_for_a_share__and_unknown_for_none(bench: Bench) -> None:
    bench.close()
    bench.browser.get(f"{bench.address}/overrides")
    form = bench.browser.page.value("form")
    bench.browser.post(f"{bench.address}/overrides", form=form, indicator="structure.sme_share", value="25 %", reason=REASON)
    bench.browser.post(f"{bench.address}/overrides", form=form, indicator="collaboration.trust", unknown="yes", reason=REASON)
    assert {row.indicator: row.value for row in made(bench)} == {"structure.sme_share": "0.25", "collaboration.trust": None}


def test_override_of_another_round__is_not_found(bench: Bench) -> None:
    bench.browser.get(f"{bench.address}/overrides")
    bench.browser.post(f"{bench.address}/overrides/999/withdraw", form=bench.browser.get("/account").value("form"), status=404)
