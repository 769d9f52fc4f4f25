"""`assess report`: for each reader, in each language that the rule base is translated into, with what follows from the figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import CLUSTERS, Run
from pseudo import translated

from assess.engine.annex import is_empty
from assess.reports.seal_reading import Contents, read

BERLIN = CLUSTERS / "berlin-brandenburg.yaml"


def inside(file: Path) -> Contents:
    return read(file.read_bytes())


def enclosed(file: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(dict(inside(file).attachments)[f"{name}.json"])
    return found


def test_report__of_an_indicator_file__shows_smallest_changes_and_bounds__and_can_be_verified(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "report.pdf"
    assert run("report", BERLIN, "-o", target).code == 0
    annex = enclosed(target, "annex")
    assert annex["flips"]
    assert annex["bounds"]["times"] == 1000
    assert (annex["stability"], annex["no_stability"], annex["groups"], annex["peers"]) == (None, "indicator_file", None, None)
    assert run("verify", target).code == 0


def test_report__in_another_language_for_other_readers__says_so__and_encloses_the_same(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    translated(tmp_path / "content", monkeypatch)
    english, german = tmp_path / "a.pdf", tmp_path / "b.pdf"
    assert run("report", BERLIN, "-o", english).code == 0
    assert run("report", BERLIN, "--language", "de", "--audience", "management", "-o", german).code == 0
    assert dict(inside(english).attachments) == dict(inside(german).attachments)
    properties = inside(german).properties
    assert (properties["language"], properties["audience"], properties["verifyAt"]) == ("de", "management", "")
    assert "‹Funding›" in "".join(inside(german).text)
    assert "‹" not in "".join(inside(english).text)
    result = run("verify", german, "--pages")
    assert result.code == 0, result.out


def test_report__in_a_language_without_a_catalogue__is_refused_with_those_there_are(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    translated(tmp_path / "content", monkeypatch)
    result = run("report", BERLIN, "--language", "fr", "-o", tmp_path / "x.pdf")
    assert result.code == 2
    assert "can be written in en, de, not 'fr'" in result.err
    assert not (tmp_path / "x.pdf").exists()


def test_report__of_responses__says_how_stable_it_is__and_what_kinds_of_members_say(run: Run, tmp_path: Path) -> None:
    folder, target = tmp_path / "responses", tmp_path / "report.pdf"
    assert run("synthesise", "-o", folder, "--members", "60", "--seed", "7").code == 0
    files = [part for name in ("member", "management", "evaluator") for part in (f"--{name}", folder / f"{name}.csv")]
    result = run("report", *files, "--cluster", "Example Valley", "--year", "2026", "-o", target)
    assert result.code == 0, result.err
    annex = enclosed(target, "annex")
    assert annex["stability"]["times"] == 1000
    shown = [cell for cell in annex["groups"]["cells"] if not cell["suppressed"]]
    assert shown
    assert all(cell["n"] >= 5 and cell["value"] is not None for cell in shown)
    assert all(kind["answered"] is None or kind["answered"] >= 5 or kind["answered"] == 0 for kind in annex["groups"]["kinds"])
    assert all(kind["asked"] is None for kind in annex["groups"]["kinds"])
    assert not is_empty(annex, enclosed(target, "diagnosis"))


@pytest.mark.parametrize(
    "given", [[], ["cluster.yaml", "--member", "m.csv"], ["--round-year", "2026"], ["cluster.yaml", "--audience", "all"]]
)
def test_report__of_nothing_or_of_two_things__is_refused(run: Run, given: list[str], tmp_path: Path) -> None:
    assert run("report", *given, "-o", tmp_path / "x.pdf").code == 2
