"""A preview infers real diagnoses by an altered rule base, and leaves out what it cannot compare."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from workflow.evaluating import answer_as_members, answer_sheet, diagnosed, make_account, open_round
from workflow.surveying import CLOSING, only

from assess.content import content_folder
from assess.definitions.library import load_rulebase_version
from assess.settings import Settings
from assess.store.session import writing
from assess.worker.previewing import preview_impact
from assess.workflow import rounds
from assess.workflow.refusals import Unfit

CHANGED = "2026.2"


def quiet(done: int, total: int) -> None:
    """Hear how far a handler is."""


def altered(folder: Path, file: str, old: str, new: str) -> None:
    """Put a further version of the rule base into a folder, with one text replaced."""
    shutil.copytree(content_folder("rules"), folder / "rules")
    shutil.copytree(folder / "rules/2026.1", folder / "rules" / CHANGED)
    for name, before, after in (("rulebase.yaml", "2026.1", CHANGED), (file, old, new)):
        path = folder / "rules" / CHANGED / name
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after), "utf-8")


def diagnosed_round(engine: Engine) -> int:
    with writing(engine) as session:
        round_ = open_round(session)
        answer_as_members(session, round_)
        answer_sheet(session, round_, make_account(session), {"idea": "4"})
        rounds.close_round(session, round_, now=CLOSING)
        return only(diagnosed(session, round_).id)


def previewed(settings: Settings) -> dict[str, Any]:
    payload = {"version": CHANGED, "digest": load_rulebase_version(CHANGED).digest}
    return dict(preview_impact(settings, payload, quiet))


def test_changed_rule__is_named_with_what_it_changes(
    settings: Settings, sqlite_database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    diagnosed_round(sqlite_database)
    altered(
        tmp_path / "content",
        "profiles.yaml",
        "when: [initiative.<factor> >= $likert_strong]",
        "when: [initiative.<factor> > $likert_strong]",
    )
    monkeypatch.setenv("ASSESS_CONTENT", str(tmp_path / "content"))
    found = previewed(settings)
    assert (found["same"], found["left_out"]) == (0, [])
    (line,) = found["changed"]
    assert (line["cluster"], line["year"], line["rules"]) == ("Example Valley", 2026, ["initiative.idea.strong"])
    assert ["conclusion", "initiative.idea.strong", "fired", "not fired"] in line["flips"]


def test_new_words__change_nothing(settings: Settings, sqlite_database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    diagnosed_round(sqlite_database)
    altered(tmp_path / "content", "profiles.yaml", "counts as strong", "is strong")
    monkeypatch.setenv("ASSESS_CONTENT", str(tmp_path / "content"))
    assert previewed(settings) == {"same": 1, "changed": [], "left_out": []}


def test_rule_base_that_was_changed_after_the_asking__is_refused(settings: Settings) -> None:
    with pytest.raises(Unfit, match="was changed since"):
        preview_impact(settings, {"version": "2026.1", "digest": "0" * 64}, quiet)
