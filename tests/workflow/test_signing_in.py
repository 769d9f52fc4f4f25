"""Passwords, one-time codes, recovery codes, failures and sessions."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine
from sqlmodel import Session, select

from assess.store.session import writing
from assess.store.staff_tables import Account, AccountSession
from assess.store.tables import AuditEvent
from assess.workflow import account_sessions, passwords, people, second_factors, signing_in
from assess.workflow.passwords import PasswordUnfit
from workflow.surveying import BASE_URL, NOON, only

SECRET = "the site's secret, long enough for tests"  # noqa: S105
ABOUT = ("Ada Example", "ada.lovely@example.org")


@pytest.fixture
def account_id(engine: Engine) -> int:
    """An account with a password that no test tries, and a device."""
    with writing(engine) as session:
        account, _ = people.add_account(session, email="ada@example.org", name="Ada", base_url=BASE_URL, now=NOON, actor="command line")
        account.password_hash = "kept"  # noqa: S105 - no test here needs a real one
        second_factors.begin(session, account)
        account.totp_confirmed_at = NOON
        return only(account.id)


def account_of(session: Session, number: int) -> Account:
    return only(session.get(Account, number))


def tried(*, right: bool = True, email: str = "ada@example.org", against: str | None = "kept") -> signing_in.Tried:
    return signing_in.Tried(email, right, against)


def enter(session: Session, *, right: bool = True, now: datetime = NOON) -> str | None:
    return signing_in.sign_in(session, tried(right=right), browser="Firefox", now=now)


def test_delay__grows_from_one_minute_to_thirty() -> None:
    minutes = [signing_in.wait_after(failures) / timedelta(minutes=1) for failures in range(13)]
    assert minutes == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 30, 30, 30]
    assert signing_in.wait_after(10_000) == timedelta(minutes=30)


def test_waiting_account__is_not_kept_waiting_longer_by_further_tries(engine: Engine, account_id: int) -> None:
    with writing(engine) as session:
        for _ in range(20):
            assert enter(session, right=False) is None
        assert account_of(session, account_id).failed_logins == 5
        assert enter(session) is None
        assert enter(session, now=NOON + timedelta(minutes=1)) is not None


def test_password_that_was_changed_while_it_was_tried__opens_nothing(engine: Engine, account_id: int) -> None:
    with writing(engine) as session:
        account_of(session, account_id).password_hash = "newer"  # noqa: S105
        assert enter(session) is None


def test_costs_that_were_raised__are_paid_at_the_next_sign_in(engine: Engine, account_id: int) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("violet otters sing")
    found = signing_in.try_password("ada@example.org", "violet otters sing", cheap)
    assert found.right
    assert found.renewed is not None
    with writing(engine) as session:
        account_of(session, account_id).password_hash = cheap
        assert signing_in.sign_in(session, found, browser="", now=NOON) is not None
        kept = only(account_of(session, account_id).password_hash)
        assert not passwords.is_outdated(kept)
        assert passwords.fits(kept, "violet otters sing")


def test_failures_at_the_code__count_with_those_at_the_password__until_both_were_right(engine: Engine, account_id: int) -> None:
    with writing(engine) as session:
        for _ in range(4):
            enter(session, right=False)
        token = only(enter(session))
        mine = only(account_sessions.find(session, token, now=NOON))[0]
        assert account_of(session, account_id).failed_logins == 4
        assert signing_in.give_code(session, only(mine.id), "000000", secret=SECRET, now=NOON) is None
        code = second_factors.present_code(account_of(session, account_id), SECRET, now=NOON)
        assert signing_in.give_code(session, only(mine.id), code, secret=SECRET, now=NOON) is None
        later = NOON + timedelta(minutes=1)
        code = second_factors.present_code(account_of(session, account_id), SECRET, now=later)
        assert signing_in.give_code(session, only(mine.id), code, secret=SECRET, now=later) is not None
        assert account_of(session, account_id).failed_logins == 0


@pytest.mark.parametrize(("seconds", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_code__is_taken_one_step_early_or_late(engine: Engine, account_id: int, seconds: int, taken: bool) -> None:
    with writing(engine) as session:
        account = account_of(session, account_id)
        code = second_factors.present_code(account, SECRET, now=NOON + timedelta(seconds=seconds))
        assert second_factors.take(session, account, code, secret=SECRET, now=NOON) is taken


def test_code_of_an_earlier_step__is_not_taken_after_a_later_one(engine: Engine, account_id: int) -> None:
    with writing(engine) as session:
        account = account_of(session, account_id)
        early, late = (second_factors.present_code(account, SECRET, now=NOON + timedelta(seconds=s)) for s in (0, 30))
        assert second_factors.take(session, account, late, secret=SECRET, now=NOON)
        assert not second_factors.take(session, account, early, secret=SECRET, now=NOON)
        assert not second_factors.take(session, account, late, secret=SECRET, now=NOON)


def test_secret_of_a_device__does_not_follow_from_the_store_alone(engine: Engine, account_id: int) -> None:
    with writing(engine) as session:
        account = account_of(session, account_id)
        found = second_factors.device_secret(account, SECRET)
        assert found != second_factors.device_secret(account, "another secret")
        assert found not in only(account.totp_secret)
        assert second_factors.device_address(account, SECRET).startswith("otpauth://totp/")


def test_device__is_confirmed_once(engine: Engine, account_id: int) -> None:
    with writing(engine) as session:
        account = account_of(session, account_id)
        code = second_factors.present_code(account, SECRET, now=NOON)
        with pytest.raises(second_factors.CodeWrong, match="Enter the six digits"):
            second_factors.confirm(session, account, code, secret=SECRET, now=NOON)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "１２３４５６", "abcdef", "AAAA-" * 6])
def test_text_that_is_no_code__is_not_taken(engine: Engine, account_id: int, code: str) -> None:
    with writing(engine) as session:
        assert not second_factors.take(session, account_of(session, account_id), code, secret=SECRET, now=NOON)


def test_recovery_codes__are_ten__each_good_once(engine: Engine, account_id: int) -> None:
    with writing(engine) as session:
        account = account_of(session, account_id)
        codes = second_factors.new_recovery_codes(session, account, now=NOON)
        assert len(set(codes)) == second_factors.recovery_codes_left(account) == 10
        for code in codes:
            assert second_factors.take(session, account, code, secret=SECRET, now=NOON)
            assert not second_factors.take(session, account, code, secret=SECRET, now=NOON)
        assert second_factors.recovery_codes_left(account) == 0


def test_failures__are_written_down_without_address_or_password(engine: Engine, account_id: int) -> None:
    with writing(engine) as session:
        enter(session, right=False)
        signing_in.sign_in(session, tried(email="nobody@example.org", right=False, against=None), browser="", now=NOON)
        events = session.exec(select(AuditEvent).where(AuditEvent.verb == "fail_to_sign_in")).all()
        assert {event.subject for event in events} == {f"account/{account_id}", "account/unknown"}
        assert not [event for event in events if "@" in f"{event.subject}{event.details}"]


def test_session__keeps_no_token__and_names_the_browser_without_control_characters(engine: Engine, account_id: int) -> None:
    with writing(engine) as session:
        token = account_sessions.begin(session, account_of(session, account_id), browser="Fire\r\nfox" + "x" * 300, now=NOON)
        row = only(session.exec(select(AccountSession)).first())
        assert token not in row.token_hash
        assert row.browser.startswith("Firefoxx")
        assert len(row.browser) == 200


def test_session__ends_after_two_idle_hours_and_after_twelve_in_any_case(engine: Engine, account_id: int) -> None:
    with writing(engine) as session:
        token = account_sessions.begin(session, account_of(session, account_id), browser="", now=NOON)
        mine = only(account_sessions.find(session, token, now=NOON))[0]
        assert account_sessions.find(session, token, now=NOON + timedelta(hours=2)) is None
        account_sessions.note_use(session, only(mine.id), now=NOON + timedelta(hours=1, minutes=59))
        assert account_sessions.find(session, token, now=NOON + timedelta(hours=2)) is not None
        mine.seen_at = NOON + timedelta(hours=11, minutes=59)
        assert account_sessions.find(session, token, now=NOON + timedelta(hours=12)) is None


def test_session_that_ended__is_not_revived_by_being_used(engine: Engine, account_id: int) -> None:
    with writing(engine) as session:
        token = account_sessions.begin(session, account_of(session, account_id), browser="", now=NOON)
        mine = only(account_sessions.find(session, token, now=NOON))[0]
        account_sessions.end(session, mine, now=NOON)
        account_sessions.note_use(session, only(mine.id), now=NOON + timedelta(minutes=5))
        assert mine.seen_at == NOON
        assert account_sessions.find(session, token, now=NOON) is None


@pytest.mark.parametrize(
    "password",
    [
        "Password1234!",
        "P@ssw0rd!2026",
        "qwertyuiop123",
        "letmeinletmein",
        "iloveyou iloveyou",
        "aaaaaaaaaaaa",
        "abababababab",
        "123456789012",
        "2026-11-21 12:00",
        "abcdefghijklm",
        "Willkommen2026!",
        "Correct Horse Battery Staple",
    ],
)
def test_usual_password__is_refused(password: str) -> None:
    with pytest.raises(PasswordUnfit, match="less usual"):
        passwords.judge(password, about=())


@pytest.mark.parametrize("password", ["Ada.Lovely2026!", "ada.lovely@example.org", "EXAMPLElovely1"])
def test_password_made_of_its_owners_name_and_address__is_refused(password: str) -> None:
    with pytest.raises(PasswordUnfit):
        passwords.judge(password, about=ABOUT)


@pytest.mark.parametrize(
    "password", ["violet otters sing", "Fünf Füchse fliegen früh", "xq7#mm2.Lp-9zT", "ada likes marbled newts", "лиловые выдры поют"]
)
def test_unusual_password__is_taken__whatever_it_is_made_of(password: str) -> None:
    assert passwords.judge(password, about=ABOUT) == password
    kept = passwords.keep(password)
    assert kept.startswith("$argon2id$")
    assert passwords.fits(kept, password)
    assert not passwords.fits(kept, f"{password} ")


@pytest.mark.parametrize(("length", "fits"), [(11, False), (12, True), (200, True), (201, False)])
def test_length__is_between_12_and_200(length: int, fits: bool) -> None:
    password = ("violet otters sing " * 12)[:length]
    if fits:
        passwords.judge(password, about=())
    else:
        with pytest.raises(PasswordUnfit, match="Choose at"):
            passwords.judge(password, about=())


def test_nobodys_password__fits_nothing() -> None:
    assert not passwords.fits(None, "nobody's password")
    assert not passwords.fits("damaged", "x")


def test_session_that_was_ended_meanwhile__is_not_opened_by_a_code(engine: Engine, account_id: int) -> None:
    with writing(engine) as session:
        mine, account = only(account_sessions.find(session, only(enter(session)), now=NOON))
        assert account.id == account_id
        account_sessions.end(session, mine, now=NOON)
        code = second_factors.present_code(account, SECRET, now=NOON)
        assert signing_in.give_code(session, only(mine.id), code, secret=SECRET, now=NOON) is None
        account.totp_confirmed_at = None
        with pytest.raises(second_factors.CodeWrong):
            signing_in.confirm_device(session, only(mine.id), code, secret=SECRET, now=NOON)
        assert not account_sessions.living(session, account, now=NOON)
