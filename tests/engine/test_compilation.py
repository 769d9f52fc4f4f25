"""Rules are compiled into whole-number tests with the parameters of the year."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from rulebases import load, parameter, rule

from assess.definitions.rulebase import Rulebase
from assess.definitions.rules import StratumName
from assess.engine.compilation import compile_rule, compile_rulebase
from assess.engine.compiled import CompiledRule, Operator, Test

LOCKED = rule(
    "locked",
    "level.funding >= $low",
    "stage.mature",
    then={"concludes": "flag.lock_in", "finding": "So."},
    unless=["stage.growing", "firms > $many"],
)
PARAMETERS = {"low": parameter({"2020-01-01": 2, "2026-01-01": 2.5}), "many": parameter(10, "count")}


@pytest.fixture
def rulebase(tmp_path: Path) -> Rulebase:
    return load(tmp_path, rules=[LOCKED], parameters=PARAMETERS, indicators={"firms": "count"})


def test_rule__conditions_and_denials__are_tests_in_thousandths(rulebase: Rulebase) -> None:
    parameters = {"low": Decimal("2.5"), "many": Decimal(10)}
    assert compile_rule(rulebase.rules_by_id["locked"], parameters) == CompiledRule(
        "locked",
        (
            Test("level.funding", Operator.AT_LEAST, 2500),
            Test("stage.mature", Operator.EQUALS, 1000),
            Test("stage.growing", Operator.EQUALS, 0),
            Test("firms", Operator.AT_MOST, 10_000),
        ),
    )


@pytest.mark.parametrize(("value", "threshold"), [("2.3455", 2346), ("-0.0005", -1), ("0.0004", 0)])
def test_threshold__is_rounded_half_away_from_zero(rulebase: Rulebase, value: str, threshold: int) -> None:
    compiled = compile_rule(rulebase.rules_by_id["locked"], {"low": Decimal(value), "many": Decimal(10)})
    assert compiled.tests[0].threshold == threshold


@pytest.mark.parametrize(("year", "threshold"), [(2015, 2000), (2025, 2000), (2026, 2500), (2030, 2500)])
def test_threshold__is_that_of_the_year(rulebase: Rulebase, year: int, threshold: int) -> None:
    compiled = compile_rulebase(rulebase, year)
    assert compiled.strata[StratumName.FLAGS].rules[0].tests[0].threshold == threshold
    assert compiled.parameters["low"] == Decimal(threshold) / 1000


def test_strata__are_all_there_in_their_order_even_when_empty(rulebase: Rulebase) -> None:
    strata = compile_rulebase(rulebase, 2026).strata
    assert list(strata) == [stratum for stratum in StratumName if stratum is not StratumName.GIVEN]
    assert [stratum.name for stratum in strata.values()][:4] == ["evidence", "classification", "flags", "targets"]
    assert strata[StratumName.ADVICE].rules == ()
    assert sum(len(stratum.rules) for stratum in strata.values()) == len(rulebase.rules)


def test_compiled__the_same_content_and_year__is_compiled_once(rulebase: Rulebase, tmp_path: Path) -> None:
    again = load(tmp_path / "again", rules=[LOCKED], parameters=PARAMETERS, indicators={"firms": "count"})
    assert compile_rulebase(rulebase, 2026) is compile_rulebase(again, 2026)
    assert compile_rulebase(rulebase, 2026) is not compile_rulebase(rulebase, 2025)


def test_compiled__other_content__is_never_taken_from_before(rulebase: Rulebase, tmp_path: Path) -> None:
    other = load(tmp_path / "other", rules=[LOCKED], parameters=PARAMETERS | {"low": parameter(3)}, indicators={"firms": "count"})
    assert compile_rulebase(rulebase, 2026).strata[StratumName.FLAGS].rules[0].tests[0].threshold == 2500
    assert compile_rulebase(other, 2026).strata[StratumName.FLAGS].rules[0].tests[0].threshold == 3000
