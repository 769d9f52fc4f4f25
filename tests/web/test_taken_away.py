"""Every file that is handed out to staff stands in the log, each time: made from the addresses of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import new_migrated
from sqlmodel import col, select
from workflow.granting import make_printable

from assess.store.session import reading, writing
from assess.store.staff_tables import Role
from assess.store.tables import AuditEvent
from assess.web.access import needs
from web.staffing import Staffed, staffed_site
from web.test_access import askers, staff_routes

FILE = re.compile(r"\.(csv|xlsx|json|pdf|zip|yaml)\Z")
TAKEN = {
    "/account/data.json": "export_own_data",
    "/clusters/<cluster>/<int:year>/diagnosis.json": "download_diagnosis",
    "/clusters/<cluster>/<int:year>/draft.pdf": "download_draft",
    "/clusters/<cluster>/<int:year>/plan.csv": "export_plan",
    "/clusters/<cluster>/<int:year>/report.pdf": "download_report",
    "/programmes/<programme>/portfolio.csv": "export_portfolio",
    "/programmes/<programme>/portfolio.xlsx": "export_portfolio",
    "/programmes/<programme>/reports/<report>/diagnosis.json": "download_report",
    "/programmes/<programme>/reports/<report>/report.pdf": "download_report",
}
"""Files that the own realm has, and the verb under which each stands in the log."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Staffed]:
    """The site of the staff tests, with a diagnosis that can be printed behind the own realm's report."""
    with new_migrated("sqlite", tmp_path) as engine:
        made = staffed_site(engine, tmp_path)
        with writing(engine) as session:
            make_printable(session, made.own.round_id)
        yield made


def log(site: Staffed) -> list[tuple[str, str]]:
    """Who did what so far, in order."""
    with reading(site.engine) as session:
        return [(event.actor, event.verb) for event in session.exec(select(AuditEvent).order_by(col(AuditEvent.sequence)))]


def taken(site: Staffed) -> dict[str, list[str]]:
    """Fetch every file twice as everybody; return what was written down about each that was handed out, by address."""
    found: dict[str, list[str]] = {}
    for asker in askers(site):
        for route in staff_routes(site.client.application):
            if route.method != "GET" or not FILE.search(route.rule.rule):
                continue
            for _ in range(2):
                before = len(log(site))
                if asker.status(route, site.own) == 200:
                    found.setdefault(route.rule.rule, []).append(",".join(verb for _, verb in log(site)[before:]))
    return found


def test_every_file__is_in_the_log__each_time_it_is_handed_out(site: Staffed) -> None:
    found = taken(site)
    assert set(TAKEN) <= set(found)
    assert {rule for rule, verbs in found.items() if not all(verbs)} == set()
    for rule, verb in TAKEN.items():
        assert all(verb in one for one in found[rule]), rule


def test_file_that_is_handed_out_silently__is_found(site: Staffed) -> None:
    site.site_of_its_own().add_url_rule("/desk/planted.csv", view_func=needs("desk.read")(lambda: "a,b"), endpoint="planted")
    assert not any(taken(site)["/desk/planted.csv"])


def test_own_sessions__are_ended_on_record__once(site: Staffed) -> None:
    account = site.accounts[Role.EVALUATOR]
    browser, other, third = (site.browser(account) for _ in range(3))
    form = browser.get("/account").value("form")
    number = re.findall(r"/account/sessions/(\d+)/end", browser.page.html)[0]
    for _ in range(2):
        browser.post(f"/account/sessions/{number}/end", form=form)
    assert log(site)[-1:] == [(f"account/{account}", "end_session")]
    assert log(site)[-2][1] != "end_session"
    for _ in range(2):
        browser.post("/account/sessions/end-others", form=form)
    assert [verb for _, verb in log(site)].count("end_session") == 2
    assert {other.client.get("/desk", base_url=site.settings.base_url).status_code for other in (other, third)} == {303}
