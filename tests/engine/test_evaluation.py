"""The evaluator says what fired, what did not, what is unknown, and by how much."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given

from assess.engine.compiled import Facts, Operator, Stratum
from assess.engine.evaluation import Outcome, TestTrace, evaluate

from .random_rules import make_stratum, make_test, strata_with_facts


def outcome_of(*tests: str, **facts: int) -> Outcome:
    (trace,) = evaluate(make_stratum(tests), facts)
    return trace.outcome


def trace_of(test: str, **facts: int) -> TestTrace:
    (trace,) = evaluate(make_stratum((test,)), facts)
    return trace.tests[0]


@pytest.mark.parametrize(
    ("test", "value", "holds", "margin"),
    [
        ("x >= 2500", 2500, True, 0),
        ("x >= 2500", 2499, False, -1),
        ("x >= 2500", 2600, True, 100),
        ("x > 2500", 2500, False, 0),
        ("x > 2500", 2501, True, 1),
        ("x > 2500", 2400, False, -100),
        ("x <= 2500", 2500, True, 0),
        ("x <= 2500", 2501, False, -1),
        ("x <= 2500", -2500, True, 5000),
        ("x < 2500", 2500, False, 0),
        ("x < 2500", 2499, True, 1),
        ("x < 2500", 2600, False, -100),
        ("x = 1000", 1000, True, 0),
        ("x = 1000", 0, False, -1000),
        ("x = 1000", 1001, False, -1),
        ("x >= -1000", -1000, True, 0),
        ("x > 9007199254740991", 9007199254740992, True, 1),
    ],
)
def test_test__known_value__holds_by_its_margin(test: str, value: int, holds: bool, margin: int) -> None:
    trace = trace_of(test, x=value)
    assert (trace.value, trace.holds, trace.margin) == (value, holds, margin)
    assert (trace.fact, trace.operator, trace.threshold) == (make_test(test).fact, make_test(test).operator, make_test(test).threshold)


def test_test__unknown_value__neither_holds_nor_fails() -> None:
    assert trace_of("x >= 2500", y=1) == ("x", Operator.AT_LEAST, 2500, None, None, None)


def test_rule__every_test_holds__fired() -> None:
    assert outcome_of("x >= 1", "y < 5", x=1, y=4) is Outcome.FIRED


def test_rule__one_test_fails__not_fired() -> None:
    assert outcome_of("x >= 1", "y < 5", x=1, y=5) is Outcome.NOT_FIRED


def test_rule__one_value_unknown__undetermined() -> None:
    assert outcome_of("x >= 1", "y < 5", x=1) is Outcome.UNDETERMINED


@pytest.mark.parametrize("tests", [("x >= 1", "y < 5"), ("y < 5", "x >= 1")], ids=["failure first", "unknown first"])
def test_rule__one_test_fails_and_one_value_unknown__not_fired(tests: tuple[str, ...]) -> None:
    assert outcome_of(*tests, x=0) is Outcome.NOT_FIRED


def test_rule__contradiction_on_an_unknown_value__undetermined() -> None:
    assert outcome_of("x < 1", "x > 5") is Outcome.UNDETERMINED


def test_rule__contradiction_on_a_known_value__not_fired() -> None:
    assert outcome_of("x < 1", "x > 5", x=3) is Outcome.NOT_FIRED


def test_rule__no_tests__fired() -> None:
    assert outcome_of() is Outcome.FIRED


def test_traces__several_rules__in_the_order_of_the_stratum() -> None:
    stratum = make_stratum(("x >= 1", "y < 5", "x >= 1"), ("y = 0",))
    first, second = evaluate(stratum, {"x": 3, "y": 7})
    assert [(trace.fact, trace.margin) for trace in first.tests] == [("x", 2), ("y", -2), ("x", 2)]
    assert [first.rule, second.rule] == ["r0", "r1"]


def test_traces__facts_changed_afterwards__stay_as_they_were() -> None:
    facts = {"x": 5}
    (trace,) = evaluate(make_stratum(("x >= 5",)), facts)
    facts["x"] = 0
    assert trace.tests[0].value == 5


@given(strata_with_facts())
def test_outcomes__any_rules_and_facts__are_the_least_of_their_tests(drawn: tuple[Stratum, Facts]) -> None:
    stratum, facts = drawn
    truth = {Outcome.NOT_FIRED: 0.0, Outcome.UNDETERMINED: 0.5, Outcome.FIRED: 1.0}
    for rule, trace in zip(stratum.rules, evaluate(stratum, facts), strict=True):
        expected = [_truth(test.operator, facts.get(test.fact), test.threshold) for test in rule.tests]
        assert truth[trace.outcome] == min(expected, default=1.0)
        assert [0.5 if test.holds is None else float(test.holds) for test in trace.tests] == expected


def _truth(operator: Operator, value: int | None, threshold: int) -> float:
    """1 for true, 0 for false, a half for unknown; compared as decimal numbers of whole units."""
    if value is None:
        return 0.5
    order = Decimal(value).scaleb(-3).compare(Decimal(threshold).scaleb(-3))
    accepted = {">=": (0, 1), ">": (1,), "<=": (0, -1), "<": (-1,), "=": (0,)}[operator.value]
    return float(int(order) in accepted)
