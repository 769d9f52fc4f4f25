"""Running a round on the site: its members, its invitations, its dates."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from databases import new_migrated
from openpyxl import Workbook
from sqlmodel import col, select
from workflow.surveying import only

from assess.store.session import writing
from assess.store.staff_tables import Role
from assess.store.tables import AuditEvent, Invitation, Member, OutboxMail, Response, ResponseState, Round, RoundQuestionnaire, RoundState
from assess.workflow import exports, jobs, responses
from web.staffing import StaffBrowser, Staffed, staffed_site
from web.visiting import Page

BASE = "/clusters/own-valley/2026"
CSV = "name,kind,email\nOrganisation 0,company,new@example.org\nHuber,company,huber@example.org\nMeier,firm,meier@example.org\n"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Staffed]:
    """The site, each test with its own."""
    with new_migrated("sqlite", tmp_path) as engine:
        yield staffed_site(engine, tmp_path)


@pytest.fixture
def manager(site: Staffed) -> StaffBrowser:
    return site.browser(site.accounts[Role.MANAGER])


@pytest.fixture
def evaluator(site: Staffed) -> StaffBrowser:
    return site.browser(site.accounts[Role.EVALUATOR])


def members(site: Staffed) -> dict[str, Member]:
    with writing(site.engine) as session:
        return {one.name: one for one in session.exec(select(Member).where(col(Member.cluster_id) == site.own.cluster_id))}


def the_round(site: Staffed, year: int = 2026) -> Round:
    with writing(site.engine) as session:
        of_year = (col(Round.cluster_id) == site.own.cluster_id, col(Round.year) == year)
        return session.exec(select(Round).where(*of_year)).one()


def mails(site: Staffed, kind: str) -> int:
    with writing(site.engine) as session:
        return len(session.exec(select(OutboxMail).where(col(OutboxMail.kind) == kind)).all())


def verbs(site: Staffed) -> list[str]:
    with writing(site.engine) as session:
        return list(session.exec(select(AuditEvent.verb).order_by(col(AuditEvent.sequence))))


def link(site: Staffed) -> int:
    """The first invitation of the round."""
    with writing(site.engine) as session:
        return only(session.exec(select(Invitation.id).where(col(Invitation.round_id) == site.own.round_id)).first())


def upload(browser: StaffBrowser, content: bytes, *, name: str = "list.csv", status: int = 200) -> Page:
    sent = {"form": browser.get(f"{BASE}/members").value("form"), "file": (BytesIO(content), name)}
    reply = browser.client.post(f"{BASE}/members/preview", data=sent, base_url=browser.settings.base_url)
    return browser._take(reply, status)


def add(browser: StaffBrowser, name: str, email: str, *, status: int = 303) -> Page:
    browser.get(f"{BASE}/members")
    return browser.post(f"{BASE}/members", status=status, name=name, kind="company", email=email, language="en")


def test_a_member__is_added_once__however_often_the_button_is_pressed(site: Staffed, manager: StaffBrowser) -> None:
    for _ in range(2):
        add(manager, "Huber Antriebe", "huber@example.org")
        assert manager.location == f"{BASE}/members?done=added"
    assert members(site)["Huber Antriebe"].email == "huber@example.org"
    assert verbs(site).count("add") == 3  # two stood there before
    assert "Huber Antriebe" in manager.get(f"{BASE}/members?done=added").one("main").text


def test_a_member_that_stands_in_the_list_otherwise__is_refused_at_its_name(manager: StaffBrowser) -> None:
    page = add(manager, "Organisation 0", "other@example.org", status=422)
    assert "Change the entry that is in the list already" in page.one("span", id="error-name").text


def test_a_member__is_changed_and_taken_out_of_use(site: Staffed, manager: StaffBrowser) -> None:
    number = only(members(site)["Organisation 0"].id)
    page = manager.get(f"{BASE}/members/{number}")
    assert page.value("email") == "office0@example.org"
    manager.post(f"{BASE}/members/{number}", name="Organisation Zero", kind="research", email="zero@example.org", language="de")
    found = members(site)["Organisation Zero"]
    assert (found.kind, found.email, found.language, found.active) == ("research", "zero@example.org", "de", True)
    manager.get(f"{BASE}/members")
    manager.post(f"{BASE}/members/{number}/active", active="no")
    assert not members(site)["Organisation Zero"].active
    assert verbs(site)[-2:] == ["change", "deactivate"]


def test_a_name_that_another_member_has__is_refused(site: Staffed, manager: StaffBrowser) -> None:
    add(manager, "Huber", "huber@example.org")
    number = only(members(site)["Huber"].id)
    manager.get(f"{BASE}/members/{number}")
    page = manager.post(f"{BASE}/members/{number}", status=422, name="ORGANISATION 0", kind="company", email="a@example.org", language="en")
    assert "Choose another name" in page.one("span", id="error-name").text


def test_an_imported_list__is_shown_first__then_written__and_twice_changes_nothing(site: Staffed, manager: StaffBrowser) -> None:
    page = upload(manager, CSV.encode())
    text = page.one("main").text
    for words in ("1 new", "1 changed", "1 faulty", "'firm' is not known", "Import 2 members"):
        assert words in " ".join(text.split()) or words in text, words
    assert set(members(site)) == {"Organisation 0"}
    rows = page.value("rows")
    for _ in range(2):
        manager.post(f"{BASE}/members/import", rows=rows, form=page.value("form"))
        assert manager.location == f"{BASE}/members?done=imported"
    assert {name: one.email for name, one in members(site).items()} == {"Organisation 0": "new@example.org", "Huber": "huber@example.org"}
    again = upload(manager, CSV.encode())
    assert "1 unchanged" not in again.one("main").text
    assert "2 unchanged" in again.one("main").text


def test_a_workbook__is_read_as_well__and_a_guessed_encoding_is_said(manager: StaffBrowser) -> None:
    book, stream = Workbook(), BytesIO()
    sheet = book.worksheets[0]
    for row in (("name", "kind", "email"), ("Müller", "company", "mueller@example.org")):
        sheet.append(row)
    book.save(stream)
    assert "Müller" in upload(manager, stream.getvalue(), name="list.xlsx").one("main").text
    page = upload(manager, "name;kind;email\nMüller Maschinen;company;m@example.org\nGrößle;company;g@example.org\n".encode("cp1252"))
    assert "Check letters with accents" in page.one("main").text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x00\x01", "Choose another file"),
        (b"name,kind\nHuber,company\n", "Name the columns"),
        (b"name,kind,email\n", "at least one row"),
        (b"name,kind,email\n" + b"x,company,x@example.org\n" * 5001, "Split the file"),
    ],
)
def test_a_file_that_is_no_list_of_members__is_refused_at_its_field(manager: StaffBrowser, content: bytes, sentence: str) -> None:
    assert sentence in upload(manager, content, status=422).one("span", id="error-file").text


def test_a_file_of_more_than_two_megabytes__is_refused(manager: StaffBrowser) -> None:
    body, kind = b"x" * 2_100_000, "multipart/form-data; boundary=x"
    reply = manager.client.post(f"{BASE}/members/preview", data=body, content_type=kind, base_url=manager.settings.base_url)
    manager._take(reply, 413)


@pytest.mark.parametrize("rows", ["", "{}", "[1]", '[["a"]]', '[["a", "b", "c", 1]]', "[" * 100_000])
def test_rows_that_no_preview_carried__are_refused(manager: StaffBrowser, rows: str) -> None:
    manager.get(f"{BASE}/members")
    assert "Choose the file again" in manager.post(f"{BASE}/members/import", status=422, rows=rows).one("main").text


def test_invitations__tell_how_far_everybody_is__and_nothing_of_what_was_answered(site: Staffed, manager: StaffBrowser) -> None:
    with writing(site.engine) as session:
        response = only(session.get(Response, site.own.arguments["response"]))
        answers = {"comment": "a most secret thought", "trust": "2"}
        responses.save(session, response, section="about", answers=answers, seen_revision=0, key="k", now=site.clock.now)
    assert "Begun" in manager.get(f"{BASE}/invitations").one("main").text
    with writing(site.engine) as session:
        responses.submit(session, only(session.get(Response, response.id)), key="s", now=site.clock.now)
    page = manager.get(f"{BASE}/invitations")
    assert "Handed in" in page.one("main").text
    assert "100 %" in page.one("main").text
    assert "secret" not in only(manager.reply).text


def test_everybody_without_a_link__is_invited_by_one_button__and_twice_invites_nobody_twice(site: Staffed, manager: StaffBrowser) -> None:
    add(manager, "Huber Antriebe", "huber@example.org")
    assert "Invite 1 member" in manager.get(f"{BASE}/invitations").one("main").text
    before = mails(site, "invitation")
    for _ in range(2):
        manager.post(f"{BASE}/invitations/all", form=manager.get(f"{BASE}/invitations").value("form"))
    assert mails(site, "invitation") == before + 1
    assert "Every active member has a link" in manager.get(f"{BASE}/invitations").one("main").text


def test_a_link__is_sent_again_to_another_address__and_a_second_click_sends_nothing(site: Staffed, manager: StaffBrowser) -> None:
    number, before = link(site), mails(site, "invitation")
    seen = manager.get(f"{BASE}/invitations/{number}/resend").value("seen")
    form = manager.page.value("form")
    for _ in range(2):
        manager.post(f"{BASE}/invitations/{number}/resend", form=form, seen=seen, email="right@example.org")
    assert mails(site, "invitation") == before + 1
    assert "right@example.org" in manager.get(f"{BASE}/invitations").one("main").text


def test_mail_that_came_back__is_noted_once__and_asks_for_another_address(site: Staffed, manager: StaffBrowser) -> None:
    number = link(site)
    for _ in range(2):
        manager.post(f"{BASE}/invitations/{number}/bounced", form=manager.get(f"{BASE}/invitations").value("form"))
    assert verbs(site).count("bounce") == 1
    assert "Mail comes back" in manager.get(f"{BASE}/invitations").one("main").text
    seen = manager.get(f"{BASE}/invitations/{number}/resend").value("seen")
    page = manager.post(f"{BASE}/invitations/{number}/resend", status=422, seen=seen, email="")
    assert "Give another address" in page.one("span", id="error-email").text


def test_a_link__is_withdrawn_after_a_question__and_the_member_invited_again(site: Staffed, manager: StaffBrowser) -> None:
    number = link(site)
    manager.get(f"{BASE}/invitations/{number}/withdraw")
    for _ in range(2):
        manager.post(f"{BASE}/invitations/{number}/withdraw", form=manager.get(f"{BASE}/invitations").value("form"))
    assert verbs(site).count("revoke") == 1
    assert "Link withdrawn" in manager.get(f"{BASE}/invitations").one("main").text
    before = mails(site, "invitation")
    form = manager.page.value("form")
    for _ in range(2):
        manager.post(f"{BASE}/invitations/{number}/invite", form=form)
    assert mails(site, "invitation") == before + 1
    assert "Link withdrawn" not in manager.get(f"{BASE}/invitations").one("main").text


def test_a_reminder__goes_out_at_once_to_whoever_has_not_handed_in__and_not_twice(site: Staffed, manager: StaffBrowser) -> None:
    site.clock.wait(days=3)
    browser = site.browser(site.accounts[Role.MANAGER])
    codes = []
    for _ in range(2):
        browser.post(f"{BASE}/invitations/remind", form=browser.get(f"{BASE}/invitations").value("form"))
        codes.append(browser.location.partition("done=")[2])
    assert codes == ["reminded", "nobody-reminded"]
    assert mails(site, "reminder") == 1
    assert manager.settings == browser.settings


def test_invitations_of_others__are_not_found(site: Staffed, manager: StaffBrowser) -> None:
    with writing(site.engine) as session:
        foreign = only(session.exec(select(Invitation.id).where(col(Invitation.round_id) == site.foreign.round_id)).first())
    manager.get(f"{BASE}/invitations/{foreign}/resend", status=404)
    form = manager.get(f"{BASE}/invitations").value("form")
    for act in ("resend", "withdraw", "invite", "bounced"):
        manager.post(f"{BASE}/invitations/{foreign}/{act}", status=404, form=form)


def test_an_administrator__sees_how_far_a_round_is__and_changes_nothing(site: Staffed) -> None:
    admin = site.browser(site.accounts[Role.ADMIN])
    page = admin.get(f"{BASE}/invitations")
    assert [form.attributes["action"] for form in page.all("form")] == ["/sign-out"]
    assert not [a for a in page.all("a") if "/withdraw" in a.attributes["href"]]


def test_the_next_round__is_planned_opened_put_off_and_closed(site: Staffed, evaluator: StaffBrowser) -> None:
    with writing(site.engine) as session:
        for pin in session.exec(select(RoundQuestionnaire)):  # the present round's questionnaires are not the published ones
            pin.version = "2025.1"
    for _ in range(2):
        plan(evaluator, opens="2027-01-01", closes="2027-02-01", year="2027")
        assert evaluator.location == "/clusters/own-valley/2027/run?done=planned"
    assert the_round(site, 2027).closes_at.isoformat() == "2027-02-01T23:59:00"
    base = "/clusters/own-valley/2027"
    assert "Planned" in evaluator.get(f"{base}/run").one("main").text
    form = evaluator.page.value("form")
    for _ in range(2):
        evaluator.post(f"{base}/run/open", form=form)
    assert the_round(site, 2027).state is RoundState.OPEN
    for _ in range(2):
        evaluator.post(f"{base}/run/closing", form=form, closes="2027-02-10")
    assert the_round(site, 2027).closes_at.isoformat() == "2027-02-10T23:59:00"
    refused = evaluator.post(f"{base}/run/closing", form=form, status=422, closes="2027-02-09")
    assert "members were promised" in refused.one("span", id="error-closes").text
    assert "nobody can answer" in evaluator.get(f"{base}/run/close").one("main").text
    for _ in range(2):
        evaluator.post(f"{base}/run/close", form=form)
    assert the_round(site, 2027).state is RoundState.CLOSED
    assert [verb for verb in verbs(site) if verb in ("postpone", "close")] == ["postpone", "close"]
    assert "Plan the next round" in evaluator.get(f"{base}/run").one("main").text


def plan(browser: StaffBrowser, *, year: str, opens: str, closes: str, status: int = 303) -> Page:
    browser.get("/clusters/own-valley/next-round")
    return browser.post("/clusters/own-valley/next-round", status=status, year=year, opens=opens, closes=closes)


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"year": "1"}, "error-year", "Write a year from 2000"),
        ({"year": "2027.5"}, "error-year", "Write a year from 2000"),
        ({"opens": "soon"}, "error-opens", "Write a day"),
    ],
)
def test_a_round_that_cannot_be__is_refused_at_its_field(evaluator: StaffBrowser, given: dict[str, str], field: str, sentence: str) -> None:
    days = {"year": "2027", "opens": "2027-01-01", "closes": "2027-02-01"} | given
    page = plan(evaluator, year=days["year"], opens=days["opens"], closes=days["closes"], status=422)
    assert sentence in page.one("span", id=field).text


def test_a_second_round_of_a_year__is_refused(evaluator: StaffBrowser) -> None:
    page = plan(evaluator, year="2026", opens="2026-10-01", closes="2026-11-01", status=422)
    assert "has a round of 2026 already" in page.one("section", id="summary").text


def test_a_response__is_reopened_with_a_reason__by_evaluators_only(site: Staffed, evaluator: StaffBrowser, manager: StaffBrowser) -> None:
    number = int(site.own.arguments["response"])
    with writing(site.engine) as session:
        responses.submit(session, only(session.get(Response, number)), key="s", now=site.clock.now)
    assert f"{BASE}/reopen/{number}" not in only_text(manager, f"{BASE}/invitations")
    assert f"{BASE}/reopen/{number}" in only_text(evaluator, f"{BASE}/invitations")
    form = evaluator.get(f"{BASE}/reopen/{number}").value("form")
    assert "Fill in" in evaluator.post(f"{BASE}/reopen/{number}", form=form, status=422, reason="").one("span", id="error-reason").text
    for _ in range(2):
        evaluator.post(f"{BASE}/reopen/{number}", form=form, reason="A figure was wrong.")
    with writing(site.engine) as session:
        assert only(session.get(Response, number)).state is ResponseState.REOPENED
    assert verbs(site).count("reopen") == 1


def only_text(browser: StaffBrowser, address: str) -> str:
    browser.get(address)
    return only(browser.reply).text


def rounds(site: Staffed) -> tuple[int, int]:
    """The evaluator's round, and one that is not."""
    return site.own.round_id, site.foreign.round_id


def test_an_export__is_asked_for__and_handed_out_when_it_is_written__each_on_record(site: Staffed, evaluator: StaffBrowser) -> None:
    with writing(site.engine) as session:
        before = exports.exports_of(session, only(session.get(Round, site.foreign.round_id)))
    form = evaluator.get(f"{BASE}/run").value("form")
    for _ in range(2):
        evaluator.post(f"{BASE}/run/export", form=form)
    with writing(site.engine) as session:
        own, foreign = (exports.exports_of(session, only(session.get(Round, round_id))) for round_id in rounds(site))
        assert len(foreign) == len(before)
        (job,) = own
    assert "Waiting to be written" in evaluator.get(f"{BASE}/run").one("main").text
    evaluator.get(f"{BASE}/run/export/{job.id}", status=422)
    path = site.settings.files / "exports" / "some.zip"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PK")
    with writing(site.engine) as session:
        claimed = only(jobs.claim(session, owner="me", now=site.clock.now, lease=site.clock.now - site.clock.now, number=job.id))
        jobs.finish(session, claimed, now=site.clock.now, result={"file": "exports/some.zip"})
    assert f"{BASE}/run/export/{job.id}" in only_text(evaluator, f"{BASE}/run")
    evaluator.get(f"{BASE}/run/export/{job.id}")
    assert only(evaluator.reply).data == b"PK"
    assert only(evaluator.reply).headers["Content-Disposition"] == "attachment; filename=some.zip"
    only(evaluator.reply).close()
    assert verbs(site)[-1] == "download_export"
    evaluator.get(f"{BASE}/run/export/{only(job.id) + 1}", status=404)
