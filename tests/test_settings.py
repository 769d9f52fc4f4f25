"""Settings are read once, and what would endanger a real survey is refused."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from assess.errors import AssessError
from assess.settings import Settings, read_settings

STRONG = secrets.token_urlsafe(48)


def settings(**given: str) -> Settings:
    return read_settings({"ASSESS_SECRET": STRONG, **given})


@pytest.mark.parametrize("weak", ["", "secret", "a" * 64, "abcabc" * 10, " " * 40])
def test_secret__weak_outside_the_demo__refused_with_what_to_do(weak: str) -> None:
    with pytest.raises(AssessError, match=r"ASSESS_SECRET is missing or too weak: .*secrets\.token_urlsafe"):
        settings(ASSESS_SECRET=weak)


def test_secret__weak_in_the_demo__only_refused_when_given() -> None:
    assert read_settings({"ASSESS_DEMO": "1"}).demo
    with pytest.raises(AssessError, match="too weak"):
        read_settings({"ASSESS_DEMO": "1", "ASSESS_SECRET": "secret"})


@pytest.mark.parametrize("demo", ["", "0", "no", "true"])
def test_demo__anything_but_1__is_no_demo(demo: str) -> None:
    with pytest.raises(AssessError, match="ASSESS_SECRET"):
        read_settings({"ASSESS_DEMO": demo})


@pytest.mark.parametrize("k", ["2", "1", "0", "-5", "five", "5.0", "", "٣٣", "²"])
def test_k__below_three_or_no_number__refused(k: str) -> None:
    with pytest.raises(AssessError, match=r"ASSESS_K is .* at least 3"):
        settings(ASSESS_K=k)


def test_k__three_is_enough_and_five_the_default() -> None:
    assert (settings(ASSESS_K="3").k, settings().k) == (3, 5)


def test_defaults__everything_in_one_folder(tmp_path: Path) -> None:
    found = settings(ASSESS_FOLDER=str(tmp_path))
    assert found.database == f"sqlite:///{tmp_path}/assess.db"
    assert found.files == tmp_path / "files"
    assert found.mail == str(tmp_path / "mail")


def test_addresses__given__kept() -> None:
    found = settings(
        ASSESS_DATABASE="postgresql://host/assess", ASSESS_BASE_URL="https://survey.example.org/", ASSESS_MAIL="smtp://host:25"
    )
    assert (found.database, found.base_url, found.mail) == ("postgresql://host/assess", "https://survey.example.org", "smtp://host:25")


@pytest.mark.parametrize(
    "address", ["survey.example.org", "ftp://survey.example.org", "https://", "http://survey.example.org", "javascript:alert(1)"]
)
def test_base_url__not_one_that_links_may_be_made_from__refused(address: str) -> None:
    with pytest.raises(AssessError, match="ASSESS_BASE_URL"):
        settings(ASSESS_BASE_URL=address)


def test_base_url__without_encryption__only_on_this_machine() -> None:
    assert settings(ASSESS_BASE_URL="http://localhost:8000").base_url == "http://localhost:8000"


@pytest.mark.parametrize("sender", ["", "nobody", "a@b\nBcc: c@d", "a@b\r\n", "two@a, three@b"])
def test_mail_from__not_one_address__refused(sender: str) -> None:
    with pytest.raises(AssessError, match="ASSESS_MAIL_FROM"):
        settings(ASSESS_MAIL_FROM=sender)


def test_settings__printed__show_no_secret() -> None:
    found = settings(ASSESS_DATABASE="postgresql://user:hush-database@host/x", ASSESS_MAIL="smtp://user:hush-mail@host")
    assert STRONG not in repr(found)
    assert "hush" not in repr(found)


def test_settings__without_an_environment_given__reads_the_processs_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSESS_SECRET", STRONG)
    monkeypatch.setenv("ASSESS_K", "7")
    assert read_settings().k == 7


def test_audit_key__follows_from_the_secret__unless_one_is_given() -> None:
    secret = "0123456789abcdefghijklmnopqrstuvwxyz"  # noqa: S105
    derived = read_settings({"ASSESS_SECRET": secret}).audit_key
    assert len(derived) == 32
    assert derived != read_settings({"ASSESS_SECRET": f"{secret}!"}).audit_key
    assert secret.encode() not in derived
    given = read_settings({"ASSESS_SECRET": secret, "ASSESS_AUDIT_KEY": "k" * 32})
    assert given.audit_key == b"k" * 32
    assert "kkkk" not in repr(given)
    with pytest.raises(AssessError, match="ASSESS_AUDIT_KEY is too short"):
        read_settings({"ASSESS_SECRET": secret, "ASSESS_AUDIT_KEY": "k" * 31})


@pytest.mark.parametrize("given", ["-1", "ten", "10", ""])
def test_number_of_proxies__is_small_and_whole(given: str) -> None:
    with pytest.raises(AssessError, match="ASSESS_PROXIES"):
        read_settings({"ASSESS_DEMO": "1", "ASSESS_PROXIES": given})
    assert read_settings({"ASSESS_DEMO": "1", "ASSESS_PROXIES": "2"}).proxies == 2
