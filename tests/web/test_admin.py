"""Administration: what its pages show and do, that every act is on record, and what administrators are not told."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from databases import new_migrated
from sqlmodel import Session, col, select
from workflow.surveying import BASE_URL, NOON, only

from assess.store.session import reading, writing
from assess.store.staff_tables import Account, Assignment, Programme, Role
from assess.store.tables import AuditEvent, Cluster, Job, JobState, Member, OutboxMail, Round, RoundState
from assess.web.access import needs
from assess.web.admin_jobs import age
from assess.workflow import audit, jobs, people, programmes
from web.staffing import ACTOR, StaffBrowser, Staffed, staffed_site
from web.test_access import askers, staff_routes
from web.visiting import Page


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Staffed]:
    with new_migrated("sqlite", tmp_path) as engine:
        yield staffed_site(engine, tmp_path)


@pytest.fixture
def browser(site: Staffed) -> StaffBrowser:
    """An administrator's."""
    return site.browser(site.accounts[Role.ADMIN])


def verbs(site: Staffed) -> list[str]:
    with reading(site.engine) as session:
        return list(session.exec(select(AuditEvent.verb).order_by(col(AuditEvent.sequence))))


def account(session: Session, email: str) -> Account | None:
    return session.exec(select(Account).where(col(Account.email) == email)).first()


def test_account__is_added_with_its_role__and_a_link_is_mailed(site: Staffed, browser: StaffBrowser) -> None:
    browser.get("/admin/accounts")
    page = browser.post("/admin/accounts", status=422, email="new@example.org", name="Nadia New", role="evaluator")
    assert "Name a cluster for a manager or an evaluator" in page.html
    assert page.value("email") == "new@example.org"
    browser.post("/admin/accounts", cluster="own-valley", email="new@example.org", name="Nadia New", role="evaluator")
    with reading(site.engine) as session:
        made = only(account(session, "new@example.org"))
        assert only(session.exec(select(Assignment).where(col(Assignment.account_id) == made.id)).first()).cluster_id == site.own.cluster_id
        assert session.exec(select(OutboxMail).where(col(OutboxMail.recipient) == "new@example.org")).first() is not None
    assert "Nadia New" in browser.get("/admin/accounts").html
    assert verbs(site)[-2:] == ["add_account", "grant"]


def test_account__is_renamed_given_roles_disabled_enabled_and_erased(site: Staffed, browser: StaffBrowser) -> None:
    number = site.accounts[Role.MANAGER]
    page = browser.get(f"/admin/accounts/{number}")
    assert "Cluster manager" in page.html
    browser.post(f"/admin/accounts/{number}/name", name="Mia Manager")
    browser.get(f"/admin/accounts/{number}")
    browser.post(f"/admin/accounts/{number}/roles", role="agency", programme="own-programme")
    browser.get(f"/admin/accounts/{number}")
    assert browser.post(f"/admin/accounts/{number}/roles", status=422, role="agency").html.count("Name a programme") == 1
    for what in ("disable", "enable", "second-factor"):
        browser.get(f"/admin/accounts/{number}")
        browser.post(f"/admin/accounts/{number}/{what}")
    browser.get(f"/admin/accounts/{number}")
    assert "Tick this to go on" in browser.post(f"/admin/accounts/{number}/erase", status=422).html
    browser.post(f"/admin/accounts/{number}/erase", sure="yes")
    page = browser.get(f"/admin/accounts/{number}")
    assert "Mia Manager" not in page.html
    assert f"erased-{number}@invalid" in page.html
    assert verbs(site)[-6:] == ["grant", "disable_account", "enable_account", "reset_second_factor", "disable_account", "erase_account"]


def test_last_administrator__stays(site: Staffed, browser: StaffBrowser) -> None:
    number = site.accounts[Role.ADMIN]
    browser.get(f"/admin/accounts/{number}")
    assert "this is the last one" in browser.post(f"/admin/accounts/{number}/disable", status=422).html


def test_assignments__are_listed_and_taken_away(site: Staffed, browser: StaffBrowser) -> None:
    page = browser.get("/admin/assignments")
    assert "own valley" in page.html
    assert "own programme" in page.html
    with reading(site.engine) as session:
        row = only(session.exec(select(Assignment).where(col(Assignment.role) == Role.MANAGER)).first())
    browser.post(f"/admin/assignments/{row.id}/revoke")
    with reading(site.engine) as session:
        assert session.get(Assignment, row.id) is None


def test_data_of_an_account__can_be_handed_out(site: Staffed, browser: StaffBrowser) -> None:
    browser.get(f"/admin/accounts/{site.accounts[Role.MANAGER]}/data.json")
    assert browser.reply is not None
    assert browser.reply.get_json()["account"]["email"] == "manager@example.org"
    assert verbs(site)[-1] == "export_account"


def test_cluster__is_made_and_renamed(site: Staffed, browser: StaffBrowser) -> None:
    browser.get("/admin/clusters")
    assert "small letters" in browser.post("/admin/clusters", status=422, name="Third valley", key="Not A Key").html
    browser.post("/admin/clusters", name="Third valley", region="Somewhere")
    page = browser.get("/admin/clusters/third-valley")
    assert page.value("region") == "Somewhere"
    browser.post("/admin/clusters/third-valley", name="Fourth valley", country="Here")
    with reading(site.engine) as session:
        found = only(session.exec(select(Cluster).where(col(Cluster.key) == "third-valley")).first())
        assert (found.name, found.region, found.country) == ("Fourth valley", None, "Here")
    assert verbs(site)[-2:] == ["make", "rename"]


def test_contact_of_a_member__is_handed_out_without_answers__and_erased_for_good(site: Staffed, browser: StaffBrowser) -> None:
    member = site.own.arguments["member"]
    address = f"/admin/clusters/own-valley/members/{member}"
    assert "office0@example.org" in browser.get(address).html
    data = browser.client.get(f"{address}/data.zip", base_url=site.settings.base_url).data
    with ZipFile(io.BytesIO(data)) as archive:
        found = json.loads(archive.read("data.json"))
    assert found["member"]["email"] == "office0@example.org"
    assert found["responses"][0]["answers"].startswith("left out")
    browser.get(address)
    browser.post(f"{address}/erase", status=422)
    browser.post(f"{address}/erase", sure="yes")
    assert "office0@example.org" not in browser.get(address).html
    with reading(site.engine) as session:
        assert only(session.get(Member, member)).active is False
    assert verbs(site)[-2:] == ["export_member", "erase_member"]


def test_programme__is_made_changed_and_filled(site: Staffed, browser: StaffBrowser) -> None:
    browser.get("/admin/programmes")
    browser.post("/admin/programmes", name="New fund", funder="An agency", four_eyes="yes")
    address = "/admin/programmes/new-fund"
    assert "needs a second evaluator" in browser.get(address).html
    browser.post(f"{address}/two-eyes")
    browser.get(address)
    browser.post(f"{address}/clusters", added="own-valley")
    assert "own valley" in browser.get(address).html
    browser.post(address, name="Newer fund", funder="Another")
    with reading(site.engine) as session:
        found = only(session.exec(select(Programme).where(col(Programme.key) == "new-fund")).first())
        assert (found.name, found.funder, found.four_eyes) == ("Newer fund", "Another", False)
        assert programmes.has_cluster(session, found, site.own.cluster_id)
    browser.get(address)
    browser.post(f"{address}/clusters/own-valley/remove")
    with reading(site.engine) as session:
        assert not programmes.has_cluster(session, found, site.own.cluster_id)


def test_jobs__that_were_given_up_stand_first__and_can_be_tried_again(site: Staffed, browser: StaffBrowser) -> None:
    with writing(site.engine) as session:
        dead = jobs.enqueue(session, kind="rounds.tick", key="a", payload={}, now=NOON - timedelta(hours=3))
        dead.state, dead.error, dead.attempts = JobState.DEAD, "It would not.", 6
        jobs.enqueue(session, kind="mail.send", key="b", payload={}, now=NOON)
        number = dead.id
    page = browser.get("/admin/jobs")
    assert page.html.index("It would not.") < page.html.index("Send mails")
    assert "3 h" in page.html
    browser.post(f"/admin/jobs/{number}/retry")
    with reading(site.engine) as session:
        assert only(session.get(Job, number)).state is JobState.WAITING
    assert verbs(site)[-1] == "retry"


def test_age__is_said_in_the_unit_that_tells_most() -> None:
    spans = (timedelta(seconds=-5), timedelta(minutes=59), timedelta(hours=47), timedelta(days=3))
    assert [age(NOON - span, NOON) for span in spans] == ["0 min", "59 min", "47 h", "3 days"]
    assert age(None, NOON) == "–"


def test_audit_log__is_searched_paged_checked_and_exported(site: Staffed, browser: StaffBrowser) -> None:
    with writing(site.engine) as session:
        for number in range(120):
            audit.record(session, actor="=cmd", verb="try", subject=f"thing/{number}", now=NOON)
    page = browser.get("/admin/audit")
    assert "thing/119" in page.html
    assert "thing/10 " not in page.html
    older = next(e.attributes["href"] for e in page.all("a") if e.text == "Older events")
    assert "thing/10<" in browser.get(older).html
    assert "thing/" not in browser.get(f"/admin/audit?actor=account/&subject=account/{site.accounts[Role.ADMIN]}").html
    found = browser.get("/admin/audit?verb=grant")
    assert "Person admin@example.org" in found.html
    assert "thing/" not in found.html
    assert "No event is like this." in browser.get("/admin/audit?until=2001-01-01").html
    browser.get("/admin/audit?since=nonsense", status=422)
    assert "never checked" in browser.get("/admin/audit").html
    assert "holds" in browser.post("/admin/audit/check", status=200).html
    browser.get("/admin/audit/events.csv?verb=try")
    assert browser.reply is not None
    rows = list(csv.DictReader(io.StringIO(browser.reply.text)))
    assert len(rows) == 120
    assert {row["actor"] for row in rows} == {"'=cmd"}


def test_broken_chain__is_shown_with_the_event_that_does_not_hold(site: Staffed, browser: StaffBrowser) -> None:
    with writing(site.engine) as session:
        event = only(session.exec(select(AuditEvent).where(col(AuditEvent.sequence) == 2)).first())
        event.actor = "account/999"
    browser.get("/admin/audit")
    page = browser.post("/admin/audit/check", status=200)
    assert "broken" in page.html
    assert "event 2 is not as it was written" in page.html
    assert "broken" in browser.get("/admin/audit").html


def test_retention__is_shown_and_set(site: Staffed, browser: StaffBrowser) -> None:
    with writing(site.engine) as session:
        round_ = only(session.get(Round, site.own.round_id))
        round_.state, round_.closed_at = RoundState.CLOSED, NOON
    page = browser.get("/admin/retention")
    assert "2031-06-01" in page.html
    assert "a backup that was made before" in page.html
    browser.get("/admin/retention/own-valley/2026")
    assert "Choose a day that lies ahead" in browser.post("/admin/retention/own-valley/2026", status=422, until="2020-01-01").html
    browser.post("/admin/retention/own-valley/2026", until="2033-01-01")
    assert "2033-01-01" in browser.get("/admin/retention").html
    assert "no warning is due" in browser.post("/admin/retention/own-valley/2026/warn", status=422, form=browser_form(browser)).html


def browser_form(browser: StaffBrowser) -> str:
    return browser.get("/admin/retention/own-valley/2026").value("form")


def test_glass__is_broken_for_a_reason__told_to_the_others__and_every_reading_is_on_record(site: Staffed) -> None:
    app = site.site_of_its_own()
    browser = site.browser(site.accounts[Role.ADMIN])
    app.add_url_rule("/clusters/<cluster>/<int:year>/planted", view_func=needs("round.answers.read")(lambda **_: "x"), endpoint="planted")
    page = "/clusters/own-valley/2026/planted"
    browser.get("/admin/break-glass")
    assert "At least 20" in browser.page.html
    form = browser.page.value("form")
    assert "Say in 20" in browser.post("/admin/break-glass", status=422, round=str(site.own.round_id), reason="Because.").html
    assert app.test_client().get(page).status_code == 303
    browser.post("/admin/break-glass", form=form, round=str(site.own.round_id), reason="A member asked what we hold about it.")
    assert "A member asked" in browser.get("/admin/break-glass").html
    with reading(site.engine) as session:
        told = session.exec(select(OutboxMail.recipient).where(col(OutboxMail.kind) == "break_glass")).all()
    assert list(told) == ["evaluator@example.org"]
    assert browser.client.get(page, base_url=site.settings.base_url).status_code == 200
    with reading(site.engine) as session:
        event = only(session.exec(select(AuditEvent).where(col(AuditEvent.verb) == "read_answers")).first())
    assert (event.actor, event.subject) == (f"account/{site.accounts[Role.ADMIN]}", f"round/{site.own.round_id}")
    assert json.loads(event.details) == {"page": page}
    browser.post("/admin/break-glass/1/end", form=form)
    assert browser.client.get(page, base_url=site.settings.base_url).status_code == 404
    evaluator = site.browser(site.accounts[Role.EVALUATOR])
    assert evaluator.client.get(page, base_url=site.settings.base_url).status_code == 200
    assert verbs(site).count("read_answers") == 1


def test_access_of_somebody_else__cannot_be_ended(browser: StaffBrowser) -> None:
    form = browser.get("/admin/break-glass").value("form")
    browser.post("/admin/break-glass/77/end", status=404, form=form)


def test_front_page__says_what_waits__and_where(site: Staffed, browser: StaffBrowser) -> None:
    page = browser.get("/admin")
    assert {"No job was given up", "Everybody has chosen a password", "It was never checked here"} <= set(said(page))
    with writing(site.engine) as session:
        dead = jobs.enqueue(session, kind="rounds.tick", key="a", payload={}, now=NOON)
        dead.state = JobState.DEAD
        people.add_account(session, email="new@example.org", name="New", base_url=BASE_URL, now=NOON, actor=ACTOR)
    page = browser.get("/admin")
    assert {"1 job was given up", "1 invitation is outstanding"} <= set(said(page))
    for link in (e.attributes["href"] for e in page.all("a") if e.inside("section")):
        browser.get(link)


def said(page: Page) -> list[str]:
    """What the badges of a page say."""
    return [e.text[1:] for e in page.all("span") if e.attributes.get("class", "").startswith("badge-word")]


def test_times__are_written_one_way__for_machines_too__on_every_page_of_staff(site: Staffed) -> None:
    seen = 0
    for asker in askers(site):
        for route in staff_routes(site.client.application):
            if route.method == "GET" and asker.role is not None:
                reply = asker.browser.client.get(route.address(site.own), base_url=site.settings.base_url)
                if reply.status_code == 200 and reply.mimetype == "text/html":
                    main = Page(reply.text).one("main").text
                    assert not re.search(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d|\d\d:\d\d:\d\d", main), route.rule.rule
                    seen += reply.text.count("<time datetime=")
    assert seen > 20
