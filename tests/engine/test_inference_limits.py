"""Strata that the engine cannot hold are refused before it sees them, and those it can hold in parts are cut."""

from __future__ import annotations

import pytest

from assess.engine.compiled import CompiledRule, Facts, Operator, Stratum, Test
from assess.engine.envelope import RESERVED_KEYS, Ruleset, fnv1a, prove_distinct, rulesets
from assess.engine.evaluation import Outcome, evaluate
from assess.engine.inference import Engine, EngineLimit

from .random_rules import make_stratum
from .test_differential import run_python

OPERATORS = list(Operator)


def agree(stratum: Stratum, facts: Facts) -> bool:
    evaluated = {trace.rule for trace in evaluate(stratum, facts) if trace.outcome is Outcome.FIRED}
    assert evaluated, "a run in which nothing fires proves little"
    return Engine().infer(stratum, facts) == evaluated


def thresholds(count: int) -> Stratum:
    return make_stratum(*[(f"x >= {number}",) for number in range(count)])


def test_tests_of_one_name__sixty__are_all_met() -> None:
    assert agree(thresholds(60), {"x": 100})
    assert agree(thresholds(60), {"x": 30})


def test_tests_of_one_name__sixty_one__are_refused() -> None:
    with pytest.raises(EngineLimit, match="stratum gaps: x is compared in 61 ways, the limit is 60; use fewer thresholds"):
        Engine().infer(thresholds(61), {})


def test_tests_of_one_name__many_combinations_of_few__are_cut_into_rulesets() -> None:
    pairs = [(f"x >= {low}", f"x < {high}") for low in range(20) for high in range(20, 40)]
    stratum = make_stratum(*pairs)
    assert len(rulesets(stratum)) > 1
    assert all(agree(stratum, {"x": value}) for value in (19, 20, 25))


def reads(count: int) -> tuple[str, ...]:
    return tuple(f"x{number} >= 1" for number in range(count))


def test_patterns_of_one_rule__twelve__are_met() -> None:
    assert agree(make_stratum(reads(12)), {f"x{number}": 1 for number in range(12)})


def test_patterns_of_one_rule__thirteen__are_refused() -> None:
    with pytest.raises(EngineLimit, match="stratum gaps, rule r0: it reads 13 facts, the limit is 12; conclude a part of it"):
        Engine().infer(make_stratum(reads(13)), {})


def test_rules_on_one_test__two_hundred__stay_in_one_ruleset() -> None:
    assert len(rulesets(make_stratum(*[("x = 1",)] * 200))) == 1


@pytest.mark.parametrize("rule", [("x = 1",), ()], ids=["one test", "no tests"])
def test_rules_on_one_test__five_hundred__are_cut_into_rulesets(rule: tuple[str, ...]) -> None:
    stratum = make_stratum(*[rule] * 500)
    assert [len(ruleset.rule_ids) for ruleset in rulesets(stratum)] == [200, 200, 100]
    assert agree(stratum, {"x": 1})


def test_rules_on_one_test__beside_others_of_their_own__are_cut_and_all_fire() -> None:
    stratum = make_stratum(*[("stage = 1000", f"x{number % 300} >= {number // 300}") for number in range(600)])
    assert agree(stratum, {"stage": 1000, **{f"x{number}": number % 3 for number in range(300)}})


def names(count: int) -> Stratum:
    return make_stratum(*[(f"x{number} >= 0",) for number in range(count)])


def test_names__four_hundred__are_all_met() -> None:
    assert agree(names(400), {f"x{number}": number for number in range(400)})


def test_names__four_hundred_and_one__are_refused() -> None:
    with pytest.raises(EngineLimit, match="stratum gaps: its rules read 401 facts, the limit is 400; divide the stratum"):
        Engine().infer(names(401), {})


def test_first_tests__more_than_the_first_level_holds__are_cut_into_rulesets() -> None:
    stratum = make_stratum(*[(f"x{number % 100} {OPERATORS[number // 100].value} 5",) for number in range(500)])
    assert len(rulesets(stratum)) == 2
    assert agree(stratum, {f"x{number}": 4 + number % 3 for number in range(100)})


def test_rules__one_thousand_and_one__are_cut_into_rulesets() -> None:
    stratum = make_stratum(*[(f"x{number % 10} = 1",) for number in range(1001)])
    assert [len(ruleset.rule_ids) for ruleset in rulesets(stratum)] == [1000, 1]
    assert agree(stratum, {f"x{number}": number % 2 for number in range(10)})


def test_rules__three_thousand__are_cut_into_rulesets() -> None:
    rules = tuple(CompiledRule(f"r{number}", (Test(f"x{number % 300}", Operator.ABOVE, number % 7),)) for number in range(3000))
    stratum = Stratum("many", rules)
    parts = rulesets(stratum)
    assert sorted(rule_id for part in parts for rule_id in part.rule_ids) == sorted(rule.id for rule in rules)
    assert agree(stratum, {f"x{number}": number % 9 for number in range(300)})


def parts_of(stratum: Stratum) -> Ruleset:
    (ruleset,) = rulesets(stratum)
    return ruleset


def test_pattern__several_tests_of_one_fact__is_one() -> None:
    definition = parts_of(make_stratum(("x < 9", "y = 0", "x >= 2", "x < 9"))).definition["r0"]
    assert definition == {"all": [{"m_0": {"$and": [{"$lt": {"n0": 9}}, {"$gte": {"n0": 2}}]}}, {"m_1": {"n1": 0}}]}


@pytest.mark.parametrize(
    ("text", "number"), [("", 0x811C9DC5), ("a", 0xE40C292C), ("foobar", 0xBF9CF968), ("sid", 3593476751), ("id", 926444256)]
)
def test_hash__known_text__is_that_of_the_c_code(text: str, number: int) -> None:
    assert fnv1a(text) == number


@pytest.mark.parametrize("pair", [("costarring", "liquid"), ("declinate", "macallums"), ("n0", "n0")])
def test_hash__shared_by_two_texts__is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(EngineLimit, match="have the same 32-bit hash"):
        prove_distinct(["x", *pair])


def test_hash__shared_by_two_fact_ids__makes_the_engine_take_them_for_one() -> None:
    code = """
        from durable.engine import Host, MessageObservedException
        host = type("Silent", (Host,), {"_run": lambda self: None})()
        host.register_rulesets({"r": {"s": {"all": [{"m_0": {"$gte": {"x": 0}}}], "run": lambda c: None}}})
        host.assert_fact("r", {"id": "costarring", "sid": "0", "x": 1})
        host.assert_fact("r", {"id": "other", "sid": "0", "x": 1})
        try:
            host.assert_fact("r", {"id": "liquid", "sid": "0", "x": 2})
        except MessageObservedException:
            print("observed")
    """
    assert run_python(code) == "observed\n"


def test_keys__of_four_hundred_facts__collide_with_nothing_reserved() -> None:
    ruleset = parts_of(names(400))
    assert len({fnv1a(key) for key in [*ruleset.keys.values(), *RESERVED_KEYS]}) == 400 + len(RESERVED_KEYS)
