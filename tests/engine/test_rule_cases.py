"""Cases are tried on the engine and its certificate, and a case that does not hold is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from rulebases import engine, load, parameter, rule

from assess.definitions.case_files import RuleCase
from assess.definitions.rulebase import Rulebase
from assess.engine.compilation import compile_rulebase
from assess.engine.compiled import Facts
from assess.engine.rule_cases import failing_cases
from assess.errors import Fault

NOT_FIRED = ("does not fire on its own case", "correct the rule or the facts under fires")
FIRED = ("fires although its case spares it", "correct the rule or the facts under spares")
GOOD = {"level.funding": 2500, "stage.growing": 0}


@pytest.fixture
def rulebase(tmp_path: Path) -> Rulebase:
    low = rule("low", "level.funding <= $low", then={"concludes": "flag.lock_in", "finding": "So."}, unless=["stage.growing"])
    return load(tmp_path, rules=[low], parameters={"low": parameter({"2020-01-01": 2.5, "2027-01-01": 2})})


def faults(rulebase: Rulebase, fires: Facts, spares: Facts, year: int = 2026) -> list[Fault]:
    case = RuleCase(rulebase.rules_by_id["low"], fires, spares, "cases.yaml", 7)
    return list(failing_cases([case], compile_rulebase(rulebase, year), engine()))


@pytest.mark.parametrize("spares", [GOOD | {"level.funding": 3000}, GOOD | {"stage.growing": 1000}, {"stage.growing": 0}, {}])
def test_case__that_fires_and_spares__holds(rulebase: Rulebase, spares: Facts) -> None:
    assert faults(rulebase, GOOD, spares) == []


@pytest.mark.parametrize("fires", [GOOD | {"level.funding": 2501}, GOOD | {"stage.growing": 1000}, {"level.funding": 2500}, {}])
def test_case__whose_rule_does_not_fire__is_named_with_its_place(rulebase: Rulebase, fires: Facts) -> None:
    """A rule that is only undetermined has not fired either."""
    assert faults(rulebase, fires, {}) == [Fault("cases.yaml", 7, "rule low", *NOT_FIRED)]


def test_case__whose_rule_fires_where_it_should_not__is_named(rulebase: Rulebase) -> None:
    assert faults(rulebase, GOOD, GOOD) == [Fault("cases.yaml", 7, "rule low", *FIRED)]


def test_case__wrong_on_both_sides__is_named_twice(rulebase: Rulebase) -> None:
    found = faults(rulebase, {}, GOOD)
    assert [(fault.problem, fault.remedy) for fault in found] == [NOT_FIRED, FIRED]


def test_case__is_tried_with_the_parameters_of_the_year(rulebase: Rulebase) -> None:
    assert faults(rulebase, GOOD, {}, 2026) == []
    assert [fault.problem for fault in faults(rulebase, GOOD, {}, 2027)] == [NOT_FIRED[0]]
