"""`assess explain`: why, why not, what is unknown, and on whose authority."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import CLUSTERS, Run


def test_explanation__of_a_stage__gives_reasons_near_misses_and_sources(run: Run, singapore: Path) -> None:
    result = run("explain", singapore, "stage")
    assert result.code == 0
    for heading in ("Why\n", "Why not (nearest first)", "Undetermined", "Unknown:", "Sources", "stages.yaml:"):
        assert heading in result.out


def test_why_not__is_ordered__nearest_first(run: Run, singapore: Path) -> None:
    from assess.commands.diagnose import diagnose_files
    from assess.definitions.library import load_rulebase_version
    from assess.engine.evaluation import Outcome
    from assess.reports.explanation import distance

    found = diagnose_files([singapore], load_rulebase_version())[0]
    lines = run("explain", singapore, "stage").out.split("Why not (nearest first)")[1].split("Undetermined")[0].splitlines()
    shown = [line.split()[0] for line in lines if "→" in line]
    rules = [found.rulebase.rules_by_id[name] for name in shown]
    assert len(rules) > 2
    assert all(found.inferred.outcome(rule) is Outcome.NOT_FIRED for rule in rules)
    assert [distance(found, rule) for rule in rules] == sorted(distance(found, rule) for rule in rules)


def test_explanation__of_an_undetermined_type__names_missing_indicators(run: Run) -> None:
    result = run("explain", CLUSTERS / "massachusetts.yaml", "type")
    assert "type: undetermined" in result.out
    assert "structure.sme_share" in result.out


@pytest.mark.parametrize(
    "wanted", ["human_resources", "gap.human_resources.moderate", "competitiveness.critical_mass", "foreign-scientists", "potential"]
)
def test_anything_concluded__can_be__explained(run: Run, singapore: Path, wanted: str) -> None:
    assert run("explain", singapore, wanted).code == 0


def test_unknown_conclusion__is_refused__with_a_suggestion(run: Run, singapore: Path) -> None:
    result = run("explain", singapore, "human_resorces")
    assert result.code == 2
    assert "did you mean human_resources?" in result.err
