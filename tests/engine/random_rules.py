"""Random rule bases and facts that go for the edges: values on thresholds, unknowns, contradictions, repetition."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

from assess.engine.compiled import CompiledRule, Facts, Operator, Stratum, Test

_SIZES = (1, 2, 5, 20, 20, 60, 60, 300)  # the last is cut into several rulesets
NUMBERS = (-(2**53), -4001, -1000, -1, 0, 1, 999, 1000, 1001, 2500, 3999, 4000, 5000, 2**53)


def make_stratum(*rules: tuple[str, ...], name: str = "gaps") -> Stratum:
    """A stratum of rules written as "fact operator threshold"; the rules are called r0, r1 and so on."""
    return Stratum(name, tuple(make_rule(f"r{position}", *tests) for position, tests in enumerate(rules)))


def make_rule(rule_id: str, *tests: str) -> CompiledRule:
    return CompiledRule(rule_id, tuple(make_test(test) for test in tests))


def make_test(text: str) -> Test:
    fact, operator, threshold = text.split()
    return Test(fact, Operator(operator), int(threshold))


def random_stratum(random: Random) -> Stratum:
    names = [f"area.indicator_{position}" for position in range(random.randint(1, 30))]
    numbers = random.sample(NUMBERS, random.randint(1, 6))
    rules = tuple(_random_rule(random, f"rule.{position}", names, numbers) for position in range(random.choice(_SIZES)))
    return Stratum(f"random-{random.randint(0, 9)}", rules)


def _random_rule(random: Random, rule_id: str, names: list[str], numbers: list[int]) -> CompiledRule:
    chosen = random.sample(names, min(len(names), random.choice((0, 1, 1, 2, 2, 3, 4, 12))))
    tests = [
        Test(name, random.choice(list(Operator)), random.choice(numbers)) for name in chosen for _ in range(random.choice((1, 1, 2, 3)))
    ]
    if tests and random.random() < 0.2:
        tests.append(random.choice(tests))
    random.shuffle(tests)
    return CompiledRule(rule_id, tuple(tests))


def random_facts(random: Random, stratum: Stratum) -> Facts:
    """Values on a threshold of their fact, one thousandth beside it, or anywhere; some facts are unknown, some of no use."""
    known = random.choice((0.0, 0.5, 0.9, 1.0))
    facts = {"of.no.use": 7}
    for rule in stratum.rules:
        for test in rule.tests:
            if test.fact not in facts and random.random() < known:
                facts[test.fact] = _near(random, test.threshold)
    return facts


def _near(random: Random, threshold: int) -> int:
    value = random.choice((threshold, threshold, threshold - 1, threshold + 1, -threshold, random.randint(-5000, 5000)))
    return max(-(2**53), min(2**53, value))


_names = st.sampled_from([f"area.indicator_{position}" for position in range(5)])
_numbers = st.sampled_from(NUMBERS) | st.integers(-(2**53), 2**53)
_tests = st.builds(Test, fact=_names, operator=st.sampled_from(Operator), threshold=_numbers)


@st.composite
def strata(draw: st.DrawFn) -> Stratum:
    bodies = draw(st.lists(st.lists(_tests, max_size=6), min_size=1, max_size=8))
    return Stratum("drawn", tuple(CompiledRule(f"r{position}", tuple(body)) for position, body in enumerate(bodies)))


@st.composite
def strata_with_facts(draw: st.DrawFn) -> tuple[Stratum, Facts]:
    """Facts are drawn from the thresholds of the stratum and their neighbours as often as from anywhere."""
    stratum = draw(strata())
    thresholds = [test.threshold for rule in stratum.rules for test in rule.tests] or [0]
    near = st.sampled_from(thresholds).flatmap(lambda number: st.sampled_from((number - 1, number, number + 1)))
    values = (near | _numbers).map(lambda number: max(-(2**53), min(2**53, number)))
    return stratum, draw(st.dictionaries(_names, values))
