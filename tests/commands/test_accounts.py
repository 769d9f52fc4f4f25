"""`assess account …` and `assess audit …` as an operator types them."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from command_line import Run

from assess.settings import read_settings
from assess.store.session import open_database, writing
from assess.workflow import people, second_factors

EMAIL = "ada@example.org"
EVALUATOR = ("--role", "evaluator", "--cluster", "example-valley")


@pytest.fixture
def folder(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A demo instance with one cluster."""
    monkeypatch.setenv("ASSESS_DEMO", "1")
    monkeypatch.setenv("ASSESS_FOLDER", str(tmp_path))
    run("db", "upgrade")
    run("cluster", "add", "Example Valley")
    return tmp_path


def add(run: Run, email: str = EMAIL, *role: str) -> str:
    return run("account", "add", email, "--name", "Ada Example", *(role or EVALUATOR)).out


def set_up_device(email: str = EMAIL) -> None:
    settings = read_settings()
    engine = open_database(settings.database, audit_key=settings.audit_key)
    with writing(engine) as session:
        account = people.account_by_email(session, email)
        assert account is not None
        second_factors.begin(session, account)
        account.totp_confirmed_at = datetime.now(UTC).replace(tzinfo=None)
    engine.dispose()


def test_account__is_made_with_a_link_that_is_printed_once(run: Run, folder: Path) -> None:
    assert re.search(r"http://127\.0\.0\.1:8000/welcome/[\w-]{43}\n", add(run))
    assert "welcome" not in run("account", "list").out
    with sqlite3.connect(folder / "assess.db") as database:
        assert database.execute("SELECT count(*) FROM outbox_mail").fetchone() == (1,)


def test_list__says_state_and_roles(run: Run, folder: Path) -> None:
    del folder
    add(run)
    assert run("account", "list").out == f"{EMAIL} · Ada Example · no password yet · evaluator of example-valley\n"
    run("account", "grant", EMAIL, "--role", "manager", "--cluster", "example-valley")
    run("account", "revoke", EMAIL, *EVALUATOR)
    run("account", "disable", EMAIL)
    assert run("account", "list").out == f"{EMAIL} · Ada Example · disabled · manager of example-valley\n"
    run("account", "enable", EMAIL)
    assert "no password yet" in run("account", "list").out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("account", "add", EMAIL, "--name", "A", "--role", "evaluator"), "Name a cluster"),
        (("account", "add", EMAIL, "--name", "A", "--role", "evaluator", "--cluster", "nowhere"), "There is no cluster nowhere"),
        (("account", "add", EMAIL, "--name", "A", "--role", "agency", "--programme", "none"), "There is no programme none"),
        (("account", "add", "nobody", "--name", "A", "--role", "admin"), "Write one mail address"),
        (("account", "disable", "nobody@example.org"), "There is no account nobody@example.org"),
        (("account", "revoke", "root@example.org", "--role", "manager", "--cluster", "example-valley"), "is no manager there"),
        (("account", "disable", "root@example.org"), "Make somebody else an administrator first"),
        (("account", "code", "root@example.org"), "set up its device"),
        (("audit", "verify", "--known", "nonsense"), "Write --known"),
    ],
)
def test_what_cannot_be_done__is_said_in_a_sentence(run: Run, folder: Path, arguments: tuple[str, ...], sentence: str) -> None:
    del folder
    add(run, "root@example.org", "--role", "admin")
    result = run(*arguments)
    assert result.code == 2
    assert sentence in result.err
    assert EMAIL not in run("account", "list").out


def test_code__is_printed_in_the_demo_only(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del folder
    add(run)
    set_up_device()
    assert re.fullmatch(r"[0-9]{6}\n", run("account", "code", EMAIL).out)
    monkeypatch.delenv("ASSESS_DEMO")
    monkeypatch.setenv("ASSESS_SECRET", "0123456789abcdefghijklmnopqrstuvwxyz")
    result = run("account", "code", EMAIL)
    assert result.code == 2
    assert "Use the account's own device" in result.err


def test_reset_of_the_second_factor__asks_for_a_new_device(run: Run, folder: Path) -> None:
    del folder
    add(run)
    set_up_device()
    assert "sets up a new device" in run("account", "reset-second-factor", EMAIL).out
    assert run("account", "code", EMAIL).code == 2


def test_log__holds__and_its_head_is_what_verify_takes(run: Run, folder: Path) -> None:
    add(run)
    head = run("audit", "head").out.strip()
    assert re.fullmatch(r"3:[0-9a-f]{64}", head)
    assert run("audit", "verify", "--known", head).out == "The audit log holds: 3 events.\n"
    with sqlite3.connect(folder / "assess.db") as database:
        database.execute("UPDATE audit_event SET actor = 'somebody else' WHERE sequence = 2")
    result = run("audit", "verify")
    assert result.code == 1
    assert "event 2 is not as it was written" in result.out


def test_log__is_sealed_with_the_key_of_the_site(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del folder
    add(run)
    monkeypatch.setenv("ASSESS_AUDIT_KEY", "another key that is long enough, 0123456789")
    assert run("audit", "verify").code == 1
