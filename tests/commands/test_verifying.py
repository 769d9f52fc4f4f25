"""`assess verify` and `assess keys create`: what is printed, and the exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import CLUSTERS, Run
from report_files import SIGNER, signed, signing_key, unsigned

from assess.reports.seal_keys import pem_of


@pytest.fixture(autouse=True)
def _away_from_any_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ASSESS_SECRET", "ASSESS_DATABASE", "ASSESS_SIGNING_KEY", "ASSESS_SIGNING_PASSWORD", "ASSESS_DEMO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def written(content: bytes) -> str:
    Path("report.pdf").write_bytes(content)
    return "report.pdf"


def test_verify__prints_every_check__and_the_verdict_last(run: Run) -> None:
    result = run("verify", written(unsigned()))
    assert result.code == 0
    assert result.out.count("✓ holds") == 10
    assert "report 2026-EXV-3f9a2c" in result.out.splitlines()[0]
    assert result.out.splitlines()[-1].startswith("Everything that was checked holds")
    assert not Path("instance").exists()


def test_verify__as_json__names_every_check(run: Run) -> None:
    found = json.loads(run("verify", written(unsigned()), "--format", "json").out)
    assert (found["confirmed"], found["readable"], found["number"]) == (True, True, "2026-EXV-3f9a2c")
    assert {check["result"] for check in found["checks"]} == {"holds", "absent", "not asked"}


def test_verify__exit_code__says_whether_it_holds_or_cannot_be_read(run: Run) -> None:
    assert run("verify", written(unsigned().replace(b"3f9a2c</", b"3f9a2d</"))).code == 1
    assert run("verify", written(unsigned()[:-9])).code == 2
    assert run("verify", written(b"text")).code == 2


def test_verify__file_that_is_not_there__is_bad_input(run: Run) -> None:
    result = run("verify", "none.pdf")
    assert (result.code, "none.pdf cannot" in result.err) == (2, True)


def test_verify__with_the_signers_certificate__says_whose_key_it_is(run: Run) -> None:
    Path("certificate.pem").write_bytes(pem_of(signing_key())[1])
    Path("other.pem").write_bytes(pem_of(signing_key(number=2))[1])
    assert "its signer vouches" in run("verify", written(signed()), "--certificate", "certificate.pem").out
    assert run("verify", written(signed()), "--certificate", "other.pem").code == 1
    assert run("verify", written(signed()), "--certificate", "report.pdf").code == 2


def test_verify__process_at_the_signature_that_dies__leaves_it_unchecked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assess.reports.seal_signature.check_signature", lambda _content: os._exit(9))
    result = run("verify", written(signed()))
    assert result.code == 1
    assert "The process that checked it ended without an answer. Check the file again." in result.out
    marks = [line[0] for line in result.out.splitlines()[1:-1] if line[0] != " "]
    assert (marks.count("✗"), marks.count("?"), marks.count("✓")) == (0, 1, 10)


def test_keys__made__sign_reports_that_can_be_verified(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    made = run("keys", "create", "keys", "--name", SIGNER)
    assert made.code == 0
    assert Path("keys/signing-key.pem").stat().st_mode & 0o777 == 0o600
    assert run("keys", "create", "keys").code == 2
    monkeypatch.setenv("ASSESS_SIGNING_KEY", "keys/signing-key.pem")
    assert run("report", str(CLUSTERS / "textbook-nothing-known.yaml"), "-o", "report.pdf").code == 0
    monkeypatch.delenv("ASSESS_SIGNING_KEY")
    result = run("verify", "report.pdf", "--pages", "--certificate", "keys/signing-certificate.pem")
    assert result.code == 0, result.out
    assert "byte for byte" in result.out
    assert "Signed by Example Agency" in result.out


def test_keys__made_with_a_password__do_not_open_without_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSESS_SIGNING_PASSWORD", "a password")
    assert run("keys", "create", "keys").code == 0
    assert b"ENCRYPTED" in Path("keys/signing-key.pem").read_bytes()
    monkeypatch.setenv("ASSESS_SIGNING_PASSWORD", "another")
    monkeypatch.setenv("ASSESS_SIGNING_KEY", "keys/signing-key.pem")
    result = run("report", str(CLUSTERS / "textbook-nothing-known.yaml"), "-o", "report.pdf")
    assert (result.code, "ASSESS_SIGNING_PASSWORD" in result.err) == (2, True)


def test_verify__needs_neither_the_printer_nor_the_store() -> None:
    script = (
        "import sys; from assess.commands import verifying;"
        "print([name for name in ('weasyprint', 'sqlalchemy', 'pyhanko', 'flask') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
