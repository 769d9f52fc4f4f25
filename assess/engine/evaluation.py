"""Evaluates every rule a second time, in plain arithmetic, and shows how far each test is from its threshold.

It shares no comparison with inference: a test is a signed distance here, and holds by the sign of it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from assess.engine.compiled import CompiledRule, Facts, Operator, Stratum, Test

_OPEN_ABOVE = frozenset({Operator.AT_LEAST, Operator.ABOVE})
_OPEN_BELOW = frozenset({Operator.AT_MOST, Operator.BELOW})
_CLOSED = frozenset({Operator.AT_LEAST, Operator.AT_MOST, Operator.EQUALS})


class Outcome(StrEnum):
    """What is known of a rule."""

    FIRED = "fired"
    NOT_FIRED = "not fired"
    UNDETERMINED = "undetermined"


_FIRED, _NOT_FIRED, _UNDETERMINED = Outcome  # looked up once: this is the inner loop


class TestTrace(NamedTuple):
    """One test as it came out, in thousandths.

    The margin is the distance of the value from the threshold: positive inside, negative short of it. On the threshold it is 0,
    which is inside for "at least", "at most" and "equals", and short of it for "above" and "below". Value, holds and margin are
    None when the fact is not known.
    """

    fact: str
    operator: Operator
    threshold: int
    value: int | None
    holds: bool | None
    margin: int | None


TestTrace.__test__ = False  # type: ignore[attr-defined]  # not a test case, whatever its name


class RuleTrace(NamedTuple):
    """One rule as it came out. Facts are those it was evaluated on, kept for the tests to be shown."""

    rule: str
    outcome: Outcome
    compiled: CompiledRule
    facts: Facts

    @property
    def tests(self) -> tuple[TestTrace, ...]:
        """Every test of the rule, in the rule's order; worked out when asked for, because most rules are never looked into."""
        return tuple(_test_trace(test, self.facts.get(test.fact)) for test in self.compiled.tests)


def evaluate(stratum: Stratum, facts: Facts) -> tuple[RuleTrace, ...]:
    """Every rule of the stratum, in its order, after Kleene's strong three-valued logic (Kleene 1952, section 64).

    A rule with a test that fails is not fired, whatever is unknown beside it; otherwise an unknown fact leaves it undetermined.
    """
    kept = dict(facts)
    return tuple([RuleTrace(rule.id, _outcome(rule, kept), rule, kept) for rule in stratum.rules])


def _outcome(rule: CompiledRule, facts: Facts) -> Outcome:
    outcome = _FIRED
    for test in rule.tests:
        value = facts.get(test.fact)
        if value is None:
            outcome = _UNDETERMINED
        elif not _inside(test.operator, value - test.threshold):
            return _NOT_FIRED
    return outcome


def _inside(operator: Operator, difference: int) -> bool:
    """The difference is the value less the threshold; what counts is its sign, and whether the threshold itself is inside."""
    if difference > 0:
        return operator in _OPEN_ABOVE
    if difference < 0:
        return operator in _OPEN_BELOW
    return operator in _CLOSED


def _test_trace(test: Test, value: int | None) -> TestTrace:
    if value is None:
        return TestTrace(test.fact, test.operator, test.threshold, None, None, None)
    difference = value - test.threshold
    return TestTrace(
        test.fact, test.operator, test.threshold, value, _inside(test.operator, difference), _margin(test.operator, difference)
    )


def _margin(operator: Operator, difference: int) -> int:
    if operator is Operator.EQUALS:
        return -abs(difference)
    return -difference if operator in _OPEN_BELOW else difference
