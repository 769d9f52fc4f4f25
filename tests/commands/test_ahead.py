"""Questions that a process of its own answers, and what becomes of a check of a report whose processes die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Run

from assess.commands import verifying
from assess.commands.ahead import Ahead, Unanswered
from assess.phrases import Phrase

_LOADED = "import sys; from assess.cli import main\ntry: main(['verify', sys.argv[1]])\nexcept SystemExit: print('numpy' in sys.modules)"


def die() -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return "never said"


def test_question__is_answered_by_another_process() -> None:
    assert Ahead(os.getpid)() != os.getpid()


def test_answer__may_be_a_phrase__and_keeps_its_parts() -> None:
    found = Ahead(lambda: Phrase("%(n)s times", n=3))()
    assert isinstance(found, Phrase)
    assert found.values == {"n": 3}


def test_process_that_is_killed__leaves_the_question_unanswered() -> None:
    with pytest.raises(Unanswered, match="exit code -9"):
        Ahead(die)()


@pytest.fixture
def report(run: Run, singapore: Path, tmp_path: Path) -> Path:
    target = tmp_path / "report.pdf"
    assert run("report", singapore, "-o", target).code == 0
    return target


def test_process_that_fails__leaves_the_question_unanswered__and_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Unanswered, match="exit code 1"):
        Ahead(fail)()
    assert capfd.readouterr() == ("", "")


def test_process_that_is_killed_while_it_answers__leaves_the_question_unanswered() -> None:
    asked = Ahead(_LongAnswer)
    os.kill(asked._process.pid or 0, signal.SIGKILL)
    with pytest.raises(Unanswered):
        asked()


def test_verifying__reckons_itself__where_the_other_process_dies(run: Run, report: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run("verify", report)
    monkeypatch.setattr(verifying, "Ahead", _Dying)
    assert run("verify", report) == whole
    assert "reckoned again, come out the same" in whole.out


def test_verifying__loads_what_reckons__in_the_other_process_only(report: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _LOADED, report], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "False", done.stderr


def fail() -> str:
    raise ValueError("secret")


class _LongAnswer:
    """More than a pipe holds, so that whoever sends it waits for who reads it."""

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, ("x" * 3_000_000,)


class _Dying(Ahead[str]):
    """Dies in place of answering."""

    def __init__(self, question: Callable[[], str]) -> None:  # noqa: ARG002 - it is never asked
        super().__init__(die)
