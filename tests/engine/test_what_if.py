"""What if: a stored diagnosis is made again exactly, and changed figures show all that flips, and nothing else."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rulebases import engine, facts, instrument, load, make_diagnosis, parameter, rule

from assess.content import content_folder
from assess.definitions.indicators import Origin
from assess.definitions.library import load_rulebase_version
from assess.definitions.rulebase import Rulebase
from assess.engine.diagnosis import diagnose
from assess.engine.document import document
from assess.engine.measures import Measure, Override
from assess.engine.what_if import Flip, diagnosed_again, measures_of, said_by, what_if
from assess.errors import AssessError, NeedsExamination
from assess.exchange.indicator_files import read_indicator_file

FOLDER = content_folder("cases") / "clusters"
CASES = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "expected")
RULES = [
    rule("target", "stage.growing", then={"sets_target": "funding", "to": "$four"}),
    rule("severe", "factor.funding.gap >= $one", then={"concludes": "gap.funding.severe", "finding": "Too little."}),
    rule("wanted", "gap.funding.severe", then={"recommends": "fund", "weight": 3, "closes": ["gap.funding.severe"]}),
    rule("no-fund", "firms < $four", then={"excludes": "fund"}),
]


@cache
def published() -> Rulebase:
    return load_rulebase_version()


@pytest.fixture
def rulebase(tmp_path: Path) -> Rulebase:
    return load(
        tmp_path,
        rules=RULES,
        parameters={"four": parameter(4), "one": parameter(1, "difference")},
        indicators={"firms": "likert"},
        instruments=[instrument("fund", "gap.funding.severe")],
    )


@pytest.fixture
def stored(rulebase: Rulebase) -> dict[str, Any]:
    return as_stored(make_diagnosis(rulebase, facts("growing", "marshallian", funding=2) | {"firms": 5}))


def as_stored(diagnosis: Any) -> dict[str, Any]:
    """A document as it comes back from the store."""
    found: dict[str, Any] = json.loads(json.dumps(document(diagnosis)))
    return found


def test_there_are_cases() -> None:
    assert len(CASES) > 50


@pytest.mark.parametrize("name", CASES)
def test_a_stored_diagnosis__made_again_from_its_own_measures__is_the_same_to_its_digest(name: str) -> None:
    found = read_indicator_file(FOLDER / f"{name}.yaml", published().indicators)
    stored = as_stored(diagnose(found.cluster, found.year, found.measures, published(), engine()))
    again = diagnosed_again(stored, published(), engine())
    assert document(again) == stored
    assert list(measures_of(stored)) == list(stored["measures"])


def test_a_diagnosis_with_overrides__is_made_again_with_them(rulebase: Rulebase) -> None:
    before = Measure("level.funding", Decimal(4), n=9, origin=Origin.MEMBER)
    replaced = Override(before, Decimal(2), "Funds were closed in spring.", "2026-07-02T12:00:00", "account/7")
    given: dict[str, float | Measure] = {**facts("growing", "marshallian"), "level.funding": before, "firms": 5}
    stored = as_stored(make_diagnosis(rulebase, given, overrides=(replaced,)))
    assert (stored["factors"]["funding"]["level"], stored["overrides"][0]["before"]["value"]) == (2, 4)
    assert document(diagnosed_again(stored, rulebase, engine())) == stored
    assert what_if(stored, {"level.funding": Decimal(4)}, rulebase, engine()).of("instrument")


def test_nothing_supposed__nothing_flips(stored: dict[str, Any], rulebase: Rulebase) -> None:
    found = what_if(stored, {}, rulebase, engine())
    assert (found.supposed, found.flips) == ((), ())
    assert found.certificate == stored["certificate"]["digest"]


def test_a_better_level__closes_the_gap__and_takes_the_instrument_out(stored: dict[str, Any], rulebase: Rulebase) -> None:
    found = what_if(stored, {"level.funding": Decimal("3.5")}, rulebase, engine())
    assert found.supposed == (Flip("measure", "level.funding", 2, 3.5),)
    assert set(found.flips) == {
        Flip("factor", "funding.level", 2, 3.5),
        Flip("factor", "funding.gap", 2, 0.5),
        Flip("factor", "funding.severity", "severe", "none"),
        Flip("instrument", "fund", "in the portfolio", "not called for"),
        Flip("conclusion", "gap.funding.severe", "fired", "not fired"),
    }
    assert found.certificate != stored["certificate"]["digest"]


def test_an_unknown_stage__leaves_the_gap_undetermined(stored: dict[str, Any], rulebase: Rulebase) -> None:
    unknown: dict[str, Decimal | None] = {f"sign.{stage}": None for stage in ("potential", "growing", "mature")}
    found = what_if(stored, unknown, rulebase, engine())
    assert Flip("stage", "label", "growing", "undetermined") in found.flips
    assert Flip("support", "growing", 1, None) in found.flips
    assert Flip("factor", "funding.gap", 2, None) in found.flips
    assert Flip("conclusion", "gap.funding.severe", "fired", "undetermined") in found.flips
    assert found.of("screen") == ()


def test_a_criterion_and_an_exclusion__flip_by_name(stored: dict[str, Any], rulebase: Rulebase) -> None:
    found = what_if(stored, {"meets.strategy.business_led": Decimal(1), "firms": Decimal(2)}, rulebase, engine())
    assert found.of("screen") == (Flip("screen", "strategy.business_led", "unknown", "pass"),)
    assert found.of("instrument") == (Flip("instrument", "fund", "in the portfolio", "ruled out"),)


def test_supposing__leaves_the_stored_document_alone(stored: dict[str, Any], rulebase: Rulebase) -> None:
    before = json.dumps(stored)
    what_if(stored, {"level.funding": Decimal(5)}, rulebase, engine())
    assert json.dumps(stored) == before


@pytest.mark.parametrize(
    ("supposed", "says"),
    [
        ({"level.fundin": Decimal(3)}, "did you mean level.funding"),
        ({"level.funding": Decimal(6)}, "Correct the value of level.funding: 6 is off its scale; expected a number from 1 to 5"),
        ({"level.funding": Decimal("NaN")}, "not a number"),
    ],
)
def test_a_bad_supposition__is_refused_by_name(
    stored: dict[str, Any], rulebase: Rulebase, supposed: dict[str, Decimal | None], says: str
) -> None:
    with pytest.raises(AssessError, match=says):
        what_if(stored, supposed, rulebase, engine())


def test_another_rule_base__is_refused(stored: dict[str, Any], rulebase: Rulebase) -> None:
    stored["rulebase"]["digest"] = "0" * 64
    with pytest.raises(AssessError, match="Load the rule base"):
        what_if(stored, {}, rulebase, engine())


def test_a_document_whose_measures_were_changed__needs_examination(stored: dict[str, Any], rulebase: Rulebase) -> None:
    stored["measures"]["level.funding"]["value"] = 3
    with pytest.raises(NeedsExamination, match="does not follow from its own measures"):
        what_if(stored, {}, rulebase, engine())


def test_all_that_a_diagnosis_says__names_every_kind(rulebase: Rulebase) -> None:
    kinds = {kind for kind, _ in said_by(make_diagnosis(rulebase, {}))}
    assert kinds == {"type", "stage", "support", "factor", "screen", "instrument", "conclusion"}
