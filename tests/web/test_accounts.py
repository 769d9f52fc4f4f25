"""Signing in, the second factor, sessions, passwords: as somebody with a browser meets them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from databases import new_migrated
from sqlmodel import select
from workflow.surveying import NOON, only

from assess.store.session import writing
from assess.store.staff_tables import Account, AccountSession, AccountToken, Role
from assess.store.tables import OutboxMail
from assess.web import doors
from assess.workflow import account_sessions, people
from web.staffing import ACTOR, PASSWORD, StaffBrowser, Staffed, make_account, staffed_site
from web.visiting import Page

WRONG = "not the password"
EVALUATOR = "evaluator@example.org"
REFUSED = "Check address and password"
NEW = "seven quiet herons wade"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Staffed]:
    with new_migrated("sqlite", tmp_path) as engine:
        yield staffed_site(engine, tmp_path)


def give_password(browser: StaffBrowser, email: str = EVALUATOR, password: str = PASSWORD, *, status: int = 303, to: str = "") -> Page:
    browser.get(f"/sign-in?to={to}" if to else "/sign-in")
    return browser.post("/sign-in", status=status, email=email, password=password, to=browser.page.value("to"))


def sign_in(site: Staffed, browser: StaffBrowser, *, role: Role = Role.EVALUATOR) -> None:
    give_password(browser, f"{role.value}@example.org")
    browser.get("/sign-in/code")
    browser.post("/sign-in/code", code=site.code(site.accounts[role]), to="")
    browser.get("/account")


def is_signed_in(browser: StaffBrowser) -> bool:
    return browser.client.get("/account", base_url=browser.settings.base_url).status_code == 200


def last_mail(site: Staffed) -> str:
    with writing(site.engine) as session:
        return session.exec(select(OutboxMail)).all()[-1].body


def link_in(body: str) -> str:
    return only(re.search(r"https://survey\.example\.org(/(?:welcome|reset)/[\w-]{43})", body))[1]


def test_password_and_code__open_the_desk__and_the_token_changes_twice(site: Staffed) -> None:
    browser = site.browser()
    browser.get("/sign-in")
    tokens = [browser.cookie]
    give_password(browser)
    tokens.append(browser.cookie)
    browser.get("/sign-in/code")
    browser.post("/sign-in/code", code=site.code(site.accounts[Role.EVALUATOR]), to="")
    tokens.append(browser.cookie)
    assert browser.location == "/desk"
    assert len(set(tokens)) == 3
    assert all(tokens)
    browser.carry(tokens[1])
    assert not is_signed_in(browser)


def test_page_that_was_asked_for__is_led_to_after_signing_in__but_no_other_site(site: Staffed) -> None:
    browser = site.browser()
    browser.get("/account", status=303)
    assert browser.location == "/sign-in?to=/account"
    for wanted, led_to in (("/account", "/account"), ("//evil.example", "/desk"), ("https://evil.example", "/desk"), ("/\\evil", "/desk")):
        give_password(browser, to=wanted)
        browser.get(browser.location)
        browser.post("/sign-in/code", code=site.code(site.accounts[Role.EVALUATOR]), to=browser.page.value("to"))
        assert browser.location == led_to
        site.clock.wait(seconds=30)
        browser.client.delete_cookie("__Host-assess", domain="survey.example.org")


def test_wrong_password_unknown_and_disabled_account__get_the_same_page(site: Staffed) -> None:
    with writing(site.engine) as session:
        people.disable(session, only(session.get(Account, site.accounts[Role.MANAGER])), now=NOON, actor=ACTOR)
    pages = []
    for email, password in ((EVALUATOR, "wrong"), ("nobody@example.org", PASSWORD), ("manager@example.org", PASSWORD), ("Ä", PASSWORD)):
        browser = site.browser()
        page = give_password(browser, email, password, status=422)
        assert REFUSED in page.html or "mail address" in page.html
        pages.append(page.html.replace(email, "").replace(page.value("form"), ""))
    assert pages[0] == pages[1] == pages[2]


def test_password__is_never_printed_back(site: Staffed) -> None:
    assert WRONG not in give_password(site.browser(), password=WRONG, status=422).html


def test_five_failures__make_even_the_right_password_wait__and_then_it_opens(site: Staffed) -> None:
    browser = site.browser()
    for _ in range(5):
        give_password(browser, password=WRONG, status=422)
    give_password(browser, status=422)
    site.clock.wait(seconds=59)
    give_password(browser, status=422)
    site.clock.wait(seconds=1)
    give_password(browser)


def test_form_without_its_token__does_nothing(site: Staffed) -> None:
    browser, other = site.browser(), site.browser()
    other.get("/sign-in")
    browser.get("/sign-in")
    for form in ("", "0" * 64, other.page.value("form")):
        browser.post("/sign-in", status=400, form=form, email=EVALUATOR, password=PASSWORD, to="")
    sign_in(site, browser)
    for form in ("", other.page.value("form")):
        browser.post("/sign-out", status=400, form=form)
    assert is_signed_in(browser)


def test_code__is_good_once__also_in_another_browser(site: Staffed) -> None:
    first, second, code = site.browser(), site.browser(), site.code(site.accounts[Role.EVALUATOR])
    for browser in (first, second):
        give_password(browser)
        browser.get("/sign-in/code")
    first.post("/sign-in/code", code=code, to="")
    second.post("/sign-in/code", status=422, code=code, to="")
    assert not is_signed_in(second)


def test_wrong_codes__make_the_account_wait(site: Staffed) -> None:
    browser = site.browser()
    give_password(browser)
    browser.get("/sign-in/code")
    for _ in range(5):
        browser.post("/sign-in/code", status=422, code="000000", to="")
    browser.post("/sign-in/code", status=422, code=site.code(site.accounts[Role.EVALUATOR]), to="")
    site.clock.wait(minutes=1)
    browser.post("/sign-in/code", code=site.code(site.accounts[Role.EVALUATOR]), to="")


def test_first_sign_in__sets_up_a_device_and_shows_recovery_codes_once(site: Staffed) -> None:
    with writing(site.engine) as session:
        _, token = people.add_account(
            session, email="new@example.org", name="Nora New", base_url=site.settings.base_url, now=NOON, actor=ACTOR
        )
    browser = site.browser()
    browser.get(f"/welcome/{token}")
    assert "Nora New" in browser.page.html
    browser.post(f"/welcome/{token}", new=NEW, again=NEW)
    give_password(browser, "new@example.org", NEW)
    browser.get("/sign-in/code", status=303)
    assert browser.location == "/sign-in/device"
    page = browser.get("/sign-in/device")
    assert page.one("img", width="208").attributes["src"].startswith("data:image/svg+xml")
    with writing(site.engine) as session:
        number = only(only(people.account_by_email(session, "new@example.org")).id)
    browser.post("/sign-in/device", status=422, code="000000")
    page = browser.post("/sign-in/device", status=200, code=site.code(number))
    codes = re.findall(r"<li>([A-Z2-7-]{29})</li>", page.html)
    assert len(set(codes)) == 10
    assert is_signed_in(browser)
    with writing(site.engine) as session:
        account = only(session.get(Account, number))
        assert not any(code in account.recovery_codes for code in codes)
    other = site.browser()
    give_password(other, "new@example.org", NEW)
    other.get("/sign-in/code")
    other.post("/sign-in/code", code=codes[3].lower().replace("-", " "), to="")
    assert is_signed_in(other)
    again = site.browser()
    give_password(again, "new@example.org", NEW)
    again.get("/sign-in/code")
    again.post("/sign-in/code", status=422, code=codes[3], to="")


def test_device_that_is_set_up__is_not_shown_again(site: Staffed) -> None:
    browser = site.browser(site.accounts[Role.EVALUATOR], waits=True)
    browser.get("/sign-in/device", status=303)
    assert browser.location == "/sign-in/code"


def _sign_out(_site: Staffed, browser: StaffBrowser) -> None:
    browser.post("/sign-out")
    assert browser.location == "/sign-in?done=signed-out"
    assert not browser.cookie


def _end_in_another(site: Staffed, browser: StaffBrowser) -> None:
    other = site.browser(site.accounts[Role.EVALUATOR])
    other.get("/account")
    with writing(site.engine) as session:
        number = only(account_sessions.find(session, browser.cookie, now=site.clock.now))[0].id
    other.post(f"/account/sessions/{number}/end")


def _end_others(site: Staffed, _browser: StaffBrowser) -> None:
    other = site.browser(site.accounts[Role.EVALUATOR])
    other.get("/account")
    other.post("/account/sessions/end-others")
    assert is_signed_in(other)


def _change_password(site: Staffed, browser: StaffBrowser) -> None:
    browser.get("/account/password")
    browser.post("/account/password", password=PASSWORD, new=NEW, again=NEW)
    give_password(site.browser(), password=NEW)


def _reset(site: Staffed, _browser: StaffBrowser) -> None:
    other = site.browser()
    other.get("/forgotten")
    other.post("/forgotten", email=EVALUATOR)
    link = link_in(last_mail(site))
    other.get(link)
    other.post(link, new=NEW, again=NEW)
    give_password(other, password=NEW)
    other.get("/sign-in/code")


def _disable(site: Staffed, _browser: StaffBrowser) -> None:
    with writing(site.engine) as session:
        people.disable(session, only(session.get(Account, site.accounts[Role.EVALUATOR])), now=site.clock.now, actor=ACTOR)


def _grant(site: Staffed, _browser: StaffBrowser) -> None:
    with writing(site.engine) as session:
        people.grant(session, only(session.get(Account, site.accounts[Role.EVALUATOR])), role=Role.ADMIN, now=site.clock.now, actor=ACTOR)


def _revoke(site: Staffed, _browser: StaffBrowser) -> None:
    with writing(site.engine) as session:
        account = only(session.get(Account, site.accounts[Role.EVALUATOR]))
        people.revoke(session, people.assignments_of(session, account)[0], now=site.clock.now, actor=ACTOR)


def _reset_device(site: Staffed, _browser: StaffBrowser) -> None:
    with writing(site.engine) as session:
        account = only(session.get(Account, site.accounts[Role.EVALUATOR]))
        people.reset_second_factor(session, account, now=site.clock.now, actor=ACTOR)


def _change_device(_site: Staffed, browser: StaffBrowser) -> None:
    browser.get("/account/device")
    browser.post("/account/device", password=PASSWORD)
    assert browser.location == "/sign-in/device"
    browser.get("/sign-in/device")


def _idle(site: Staffed, _browser: StaffBrowser) -> None:
    site.clock.wait(hours=2)


def _long(site: Staffed, browser: StaffBrowser) -> None:
    for _ in range(11):
        site.clock.wait(hours=1)
        assert is_signed_in(browser)
    site.clock.wait(hours=1)


@pytest.mark.parametrize(
    "end",
    [
        _sign_out,
        _end_in_another,
        _end_others,
        _change_password,
        _reset,
        _disable,
        _grant,
        _revoke,
        _reset_device,
        _change_device,
        _idle,
        _long,
    ],
)
def test_cookie_of_a_session_that_ended__opens_nothing(site: Staffed, end: Callable[[Staffed, StaffBrowser], None]) -> None:
    browser = site.browser()
    sign_in(site, browser)
    old = browser.cookie
    end(site, browser)
    browser.carry(old)
    assert not is_signed_in(browser)


def test_session_of_somebody_else__cannot_be_ended(site: Staffed) -> None:
    other = site.browser(site.accounts[Role.MANAGER])
    with writing(site.engine) as session:
        number = only(session.exec(select(AccountSession.id).where(AccountSession.account_id == site.accounts[Role.MANAGER])).first())
    browser = site.browser(site.accounts[Role.EVALUATOR])
    browser.get("/account")
    browser.post(f"/account/sessions/{number}/end", status=404)
    assert is_signed_in(other)


def test_forgotten_password__says_the_same_for_every_address__and_mails_only_to_an_account(site: Staffed) -> None:
    browser, said = site.browser(), []
    with writing(site.engine) as session:
        before = len(session.exec(select(OutboxMail)).all())
    for email in (EVALUATOR, "nobody@example.org"):
        browser.get("/forgotten")
        browser.post("/forgotten", email=email)
        said.append(browser.location)
    assert said[0] == said[1]
    with writing(site.engine) as session:
        assert len(session.exec(select(OutboxMail)).all()) == before + 1


@pytest.mark.parametrize("wait", [{"hours": 1}, {}], ids=["too old", "used"])
def test_reset_link__is_good_once_and_for_an_hour(site: Staffed, wait: dict[str, int]) -> None:
    browser = site.browser()
    browser.get("/forgotten")
    browser.post("/forgotten", email=EVALUATOR)
    link = link_in(last_mail(site))
    browser.get(link)
    assert link in browser.page.one("form").attributes["action"]
    if not wait:
        browser.post(link, new=NEW, again=NEW)
    site.clock.wait(**wait)
    browser.get(link, status=404)
    with writing(site.engine) as session:
        token = link.rpartition("/")[2]
        assert all(token not in row.token_hash for row in session.exec(select(AccountToken)))


def test_reset_link__is_no_welcome_link(site: Staffed) -> None:
    browser = site.browser()
    browser.get("/forgotten")
    browser.post("/forgotten", email=EVALUATOR)
    browser.get(link_in(last_mail(site)).replace("/reset/", "/welcome/"), status=404)


@pytest.mark.parametrize(
    ("new", "again", "sentence"),
    [
        ("short", "short", "at least 12"),
        ("x" * 201, "x" * 201, "200"),
        ("Password1234!", "Password1234!", "less usual"),
        ("evaluator.example.org", "evaluator.example.org", "name or address"),
        (NEW, f"{NEW}s", "same password twice"),
    ],
)
def test_password_that_should_not_be_chosen__is_refused_with_a_sentence(site: Staffed, new: str, again: str, sentence: str) -> None:
    browser = site.browser(site.accounts[Role.EVALUATOR])
    browser.get("/account/password")
    page = browser.post("/account/password", status=422, password=PASSWORD, new=new, again=again)
    assert sentence in page.html
    assert new not in page.html or new == "short"


def test_wrong_present_password__changes_nothing(site: Staffed) -> None:
    browser = site.browser(site.accounts[Role.EVALUATOR])
    for address, more in (("password", {"new": NEW, "again": NEW}), ("device", {}), ("recovery-codes", {})):
        browser.get(f"/account/{address}")
        page = browser.post(f"/account/{address}", status=422, password=WRONG, **more)
        assert "this is not it" in page.html
    assert is_signed_in(browser)


def test_new_recovery_codes__end_the_earlier_ones(site: Staffed) -> None:
    browser = site.browser(site.accounts[Role.EVALUATOR])
    found = []
    for _ in range(2):
        browser.get("/account/recovery-codes")
        page = browser.post("/account/recovery-codes", status=200, password=PASSWORD)
        found.append(re.findall(r"<li>([A-Z2-7-]{29})</li>", page.html))
    assert not set(found[0]) & set(found[1])
    other = site.browser()
    give_password(other)
    other.get("/sign-in/code")
    other.post("/sign-in/code", status=422, code=found[0][0], to="")
    other.post("/sign-in/code", code=found[1][0], to="")


def test_own_page__shows_sessions_by_name_and_what_is_kept__and_takes_a_name(site: Staffed) -> None:
    browser = site.browser(site.accounts[Role.EVALUATOR])
    site.browser(site.accounts[Role.EVALUATOR])
    page = browser.get("/account")
    assert page.html.count("Firefox on Linux") >= 2
    assert "Evaluator: own valley" in page.html
    browser.post("/account/name", name="Renamed Person")
    assert "Renamed Person" in browser.get("/account?done=name").html
    assert "Your name is changed." in browser.page.html
    browser.post("/account/name", status=422, name="")
    reply = browser.client.get("/account/data.json", base_url=site.settings.base_url)
    assert reply.json is not None
    assert reply.json["account"]["email"] == EVALUATOR
    assert "$argon2" not in reply.text


def test_too_many_tries__are_told_when_to_come_back__and_health_is_not_counted(site: Staffed) -> None:
    browser = site.browser()
    for _ in range(doors.SIGN_IN.client[0].amount):
        give_password(browser, "nobody@example.org", "wrong", status=422)
    page = give_password(browser, "nobody@example.org", "wrong", status=429)
    assert "Wait until" in page.html
    assert browser.reply is not None
    assert 0 < int(browser.reply.headers["Retry-After"]) <= 60
    for _ in range(doors.UNKNOWN_LINK.client[0].amount + 5):
        assert browser.client.get("/healthz", base_url=site.settings.base_url).status_code == 200


def test_guessed_links__are_slowed_down__but_never_one_that_is_known(site: Staffed) -> None:
    client = site.client.application.test_client()
    statuses = [client.get(f"/s/{'A' * 42}{n % 10}", base_url=site.settings.base_url).status_code for n in range(61)]
    assert statuses == [404] * 60 + [429]
    with writing(site.engine) as session:
        make_account(session, "late@example.org")
    statuses = [client.get(f"/reset/{'A' * 42}{n % 10}", base_url=site.settings.base_url).status_code for n in range(31)]
    assert statuses == [404] * 30 + [429]


def test_account_without_anything_assigned__signs_in_and_is_told_so(site: Staffed) -> None:
    with writing(site.engine) as session:
        number = make_account(session, "idle@example.org")
    assert "nothing is assigned to you yet" in site.browser(number).get("/account").html


def test_failure_of_the_store__never_puts_a_password_into_a_page(site: Staffed) -> None:
    browser = site.browser()
    browser.get("/sign-in")
    with site.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE account_session RENAME TO gone")
    page = browser.post("/sign-in", status=503, email=EVALUATOR, password=PASSWORD, to="")
    assert PASSWORD not in page.html
