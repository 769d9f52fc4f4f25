"""What a second rater sees before the own rating is given, made from the addresses of the site: a new page under a round is tried too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import new_migrated
from flask import Flask
from workflow.evaluating import diagnosed
from workflow.surveying import LATER, only, rulebase

from assess.store.session import writing
from assess.store.staff_tables import Role
from assess.store.tables import Round
from assess.web.access import needs
from assess.web.screens import screen_of
from assess.workflow import overrides
from web.staffing import Realm, StaffBrowser
from web.test_access import Route, routes
from web.test_workbench import text
from web.working import YEAR, Bench, make_bench

ROUND = "/clusters/<cluster>/<int:year>"
REASON = "The first evaluator found otherwise in the annual accounts."
CONCLUDED = ("Marshallian", "Hub and spoke", "Human resources", "Industrial network")
"""Words of every diagnosis, and of no page that only runs a round."""
FREE = {
    "": "counts of who has answered, versions and dates",
    "/run": "dates and states; the exports themselves are screened",
    "/run/open": "changes the state, and shows nothing",
    "/run/closing": "changes a date",
    "/run/close": "counts of who has answered",
    "/members": "the list of members",
    "/members/preview": "the list of members",
    "/members/import": "the list of members",
    "/members/<int:member>": "one member's contact",
    "/members/<int:member>/active": "one member's contact",
    "/invitations": "links and their states",
    "/invitations/all": "links and their states",
    "/invitations/remind": "links and their states",
    "/invitations/<int:invitation>/resend": "one link",
    "/invitations/<int:invitation>/withdraw": "one link",
    "/invitations/<int:invitation>/invite": "one link",
    "/invitations/<int:invitation>/bounced": "one link",
    "/reopen/<int:response>": "whose response it is, and the form of the reason",
    "/responses": "a list without answers",
    "/responses/<int:response>": "members' answers; the first sheet leads to the page that opens it",
    "/responses/<int:response>/reopen": "members' answers; the first sheet leads to the page that opens it",
    "/ratings": "the own ratings, and what both gave only once one is finished",
    "/ratings/finish": "the own ratings",
    "/sheet": "asks before it opens",
    "/sheet/open": "gives up rating blind, in so many words",
    "/sheet/hand-in": "only for whoever has opened the sheet",
    "/sheet/<section>": "only for whoever has opened the sheet",
    "/sheet/<section>/autosave": "only for whoever has opened the sheet",
    "/see/<name>": "gives up rating blind, in so many words",
    "/released": "figures of members alone",
}
"""Addresses below a round that tell a second rater nothing of the first, and why."""


def of_rounds(app: Flask) -> Iterator[Route]:
    """Every address of a round with every method."""
    yield from (route for route in routes(app) if route.rule.rule.startswith(ROUND))


def is_screened(app: Flask, route: Route) -> bool:
    return screen_of(app.view_functions[route.rule.endpoint]) is not None


def undecided(app: Flask) -> set[str]:
    """The addresses of a round that are neither screened nor listed as free, or both."""
    listed = {f"{ROUND}{rest}" for rest in FREE}
    return {route.rule.rule for route in of_rounds(app) if is_screened(app, route) == (route.rule.rule in listed)}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A diagnosed round with the first evaluator's sheet and override, of which nobody else has rated anything."""
    folder = tmp_path_factory.mktemp("bench")
    with new_migrated("sqlite", folder) as engine:
        yield judged_bench(make_bench(engine, folder))


def judged_bench(bench: Bench) -> Bench:
    bench.answer()
    bench.fill_sheet()
    bench.close()
    with writing(bench.site.engine) as session:
        round_, first = only(session.get(Round, bench.round_id)), bench.site.accounts[Role.EVALUATOR]
        overrides.override(session, round_, "collaboration.trust", None, REASON, account_id=first, rulebase=rulebase(), now=LATER)
        diagnosed(session, round_)
    return bench


def place(bench: Bench) -> Realm:
    """The round as addresses name it."""
    sheet = only(bench.response("evaluator").id)
    return Realm(0, 0, 0, bench.site.own.arguments | {"year": YEAR, "response": sheet, "conclusion": "stage", "name": "elsewhere"})


def wanted(browser: StaffBrowser, address: str, method: str) -> tuple[int, str]:
    form = browser.client.get("/account", base_url=browser.settings.base_url).text.partition('name="form" value="')[2].partition('"')[0]
    sent = {"data": {"form": form}} if method == "POST" else {}
    reply = browser.client.open(address, method=method, base_url=browser.settings.base_url, **sent)  # type: ignore[arg-type]
    return reply.status_code, reply.get_data(as_text=True) if reply.mimetype != "application/zip" else "an archive"


def test_every_page_of_a_round__is_screened__or_listed_as_free(bench: Bench) -> None:
    app = bench.site.client.application
    assert undecided(app) == set()
    assert {f"{ROUND}{rest}" for rest in FREE} <= {route.rule.rule for route in of_rounds(app)}


def test_a_new_page_of_a_round__has_to_be_decided(tmp_path: Path) -> None:
    with new_migrated("sqlite", tmp_path) as engine:
        app = make_bench(engine, tmp_path).site.site_of_its_own()
        app.add_url_rule(f"{ROUND}/planted", view_func=needs("round.diagnosis.read")(lambda **_: "a secret"), endpoint="planted")
        assert undecided(app) == {f"{ROUND}/planted"}


def test_second_rater__is_told_so__wherever_the_first_could_be_seen(bench: Bench) -> None:
    app, other = bench.site.client.application, bench.another_evaluator("blind@example.org")
    for route in of_rounds(app):
        if is_screened(app, route):
            status, shown = wanted(other, route.address(place(bench)), route.method)
            assert status == (200 if route.method == "GET" else 409), route.rule.rule
            assert "can no longer give a blind second rating" in shown, route.rule.rule


def test_free_pages__tell_a_second_rater_nothing_of_the_first(bench: Bench) -> None:
    app, other = bench.site.client.application, bench.another_evaluator("curious@example.org")
    first = wanted(bench.browser, f"{bench.address}/diagnosis", "GET")[1]
    assert any(word in first for word in CONCLUDED)
    assert REASON in wanted(bench.browser, f"{bench.address}/overrides", "GET")[1]
    for route in of_rounds(app):
        if not is_screened(app, route) and route.method == "GET":
            shown = wanted(other, route.address(place(bench)), "GET")[1]
            assert REASON not in shown, route.rule.rule
            assert not [word for word in CONCLUDED if word in shown], route.rule.rule


def test_second_rater__who_has_begun__must_finish_first__and_then_sees_all(tmp_path: Path) -> None:
    with new_migrated("sqlite", tmp_path) as engine:
        bench = judged_bench(make_bench(engine, tmp_path))
        other = bench.another_evaluator()
        form = other.get(f"{bench.address}/ratings").value("form")
        other.post(f"{bench.address}/ratings", form=form, idea="4")
        assert "Finish your ratings first" in text(other.get(f"{bench.address}/diagnosis"))
        other.post(f"{bench.address}/see/diagnosis", status=422)
        other.post(f"{bench.address}/ratings/finish", form=form)
        assert "Success factors" in text(other.get(f"{bench.address}/diagnosis"))
        assert REASON in text(other.get(f"{bench.address}/overrides"))


@pytest.mark.parametrize("name", ["diagnosis", "what-if", "publication", "plan", "run"])
def test_evaluator__who_gives_up_rating_blind__is_led_to_the_page(tmp_path: Path, name: str) -> None:
    with new_migrated("sqlite", tmp_path) as engine:
        bench = judged_bench(make_bench(engine, tmp_path))
        other = bench.another_evaluator()
        other.get(f"{bench.address}/diagnosis")
        other.post(f"{bench.address}/see/{name}")
        assert other.location == f"{bench.address}/{name}"
        assert "blind second rating" not in text(other.get(f"{bench.address}/{name}"))


def test_manager__rates_nothing__and_meets_no_screen(bench: Bench) -> None:
    assert "blind" not in text(bench.as_(Role.MANAGER).get(f"{bench.address}/plan"))
