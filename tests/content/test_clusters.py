"""Published and textbook clusters come out as their sources, or their construction, say."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assess.definitions.library import load_rulebase_version
from assess.definitions.rulebase import Rulebase
from assess.definitions.yamlfile import read_yaml
from assess.engine.diagnosis import Diagnosis, diagnose
from assess.engine.inference import Engine
from assess.exchange.indicator_files import read_indicator_file

CLUSTERS = Path(__file__).resolve().parents[1] / "cases" / "clusters"
EXPECTED: dict[str, dict[str, Any]] = read_yaml(CLUSTERS / "expected.yaml").data
FILES = sorted(path for path in CLUSTERS.glob("*.yaml") if path.name != "expected.yaml")


@cache
def rulebase() -> Rulebase:
    return load_rulebase_version()


@cache
def diagnosed(path: Path) -> Diagnosis:
    found = read_indicator_file(path, rulebase().indicators)
    return diagnose(found.cluster, found.year, found.measures, rulebase(), Engine())


def named(found: Diagnosis, kind: str) -> set[str]:
    """Factors (`funding`) and single points of a factor (`funding.seed`) that the diagnosis calls a strength or a gap."""
    holding = {name for name in found.inferred.conclusions if name.startswith(f"{kind}.") and found.inferred.holds(name)}
    return {name.removeprefix(f"{kind}.").removesuffix(".moderate").removesuffix(".severe") for name in holding}


def test_every_cluster__has__expectations_and_every_expectation_a_cluster() -> None:
    assert {path.stem for path in FILES} == set(EXPECTED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_cluster__comes_out__as_expected(path: Path) -> None:
    found, expected = diagnosed(path), EXPECTED[path.stem]
    got = {"type": found.type.label, "stage": found.stage.label, "flags": sorted(found.flags)}
    assert got == {"type": expected["type"], "stage": expected["stage"], "flags": sorted(expected.get("flags", []))}
    strengths, weaknesses = named(found, "strength"), named(found, "gap")
    assert set(expected.get("strengths", [])) <= strengths
    assert set(expected.get("weaknesses", [])) <= weaknesses
    assert not set(expected.get("not_weaknesses", [])) & weaknesses


def test_a_cluster_of_which_nothing_is_known__is__undetermined_without_recommendations() -> None:
    found = diagnosed(CLUSTERS / "textbook-nothing-known.yaml")
    assert (found.type.label, found.stage.label) == ("undetermined", "undetermined")
    assert not found.portfolio.recommendations
    assert all(factor.level is None and factor.severity is None for factor in found.factors.values())
    assert {found.screen("competitiveness", name)[0] for name in ("combination", "partnership", "critical_mass")} == {"unknown"}
    assert not found.advice()
    assert not found.grant_conditions()
