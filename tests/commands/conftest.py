"""Runs the command line in this process, as its user would."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import CLUSTERS, Result, Run

from assess.cli import main


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `assess` with arguments; a traceback fails the test by itself."""

    def invoke(*arguments: str | Path) -> Result:
        code = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return invoke


@pytest.fixture
def singapore() -> Path:
    return CLUSTERS / "singapore.yaml"
