"""The form of a new round parses what authors wrote once, and anew when a file is another."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assess.content import content_folder
from assess.web.latest_definitions import latest_questionnaires, latest_rulebase


def test_latest_definitions__are_parsed_once() -> None:
    assert latest_questionnaires() is latest_questionnaires()
    assert latest_rulebase() is latest_rulebase()


def test_latest_definitions__are_parsed_anew_when_a_file_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("questionnaires", "rules"):
        shutil.copytree(content_folder(name), tmp_path / name)
    monkeypatch.setenv("ASSESS_CONTENT", str(tmp_path))
    before = latest_questionnaires()
    path = next((tmp_path / "questionnaires" / "member").glob("*.yaml"))
    path.write_text(f"{path.read_text('utf-8')}\n# a remark\n", "utf-8")
    assert latest_questionnaires() is not before
