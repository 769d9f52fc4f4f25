"""Conclusions are drawn stratum by stratum, in three values, and each is certified."""

from __future__ import annotations

from pathlib import Path

import pytest
from rulebases import Entry, engine, facts, instrument, load, make_diagnosis, parameter, rule

from assess.definitions.rulebase import Rulebase
from assess.engine.certificate import Disagreement
from assess.engine.compiled import Facts, Stratum
from assess.engine.evaluation import Outcome
from assess.engine.inference import Engine
from assess.engine.inferring import Inferred, joined

F, N, U = Outcome.FIRED, Outcome.NOT_FIRED, Outcome.UNDETERMINED


def infer(rulebase: Rulebase, given: dict[str, float]) -> Inferred:
    return make_diagnosis(rulebase, given).inferred


@pytest.mark.parametrize(
    ("outcomes", "outcome"),
    [((F,), F), ((N,), N), ((U,), U), ((N, F), F), ((U, F), F), ((N, U), U), ((N, N), N), ((U, N, F), F), ((), N)],
)
def test_joined__is_the_strong_kleene_disjunction(outcomes: tuple[Outcome, ...], outcome: Outcome) -> None:
    assert joined(outcomes) is outcome
    assert joined(outcomes[::-1]) is outcome


def flag(name: str, *when: str, **more: object) -> Entry:
    return rule(name, *when, then={"concludes": "flag.lock_in", "finding": "So."}, **more)


@pytest.mark.parametrize(
    ("given", "outcome", "fact"),
    [
        ({"a": 1}, F, 1000),
        ({"a": 0, "b": 1}, F, 1000),
        ({"a": 0, "b": 0}, N, 0),
        ({"a": 0}, U, None),
        ({}, U, None),
    ],
)
def test_conclusion__of_two_rules__is_denied_only_when_both_are_known_to_fail(
    tmp_path: Path, given: dict[str, float], outcome: Outcome, fact: int | None
) -> None:
    found = infer(load(tmp_path, rules=[flag("one", "a"), flag("two", "b")], indicators=dict.fromkeys("ab", "flag")), given)
    assert found.conclusions["flag.lock_in"] is outcome
    assert found.facts.get("flag.lock_in") == fact
    assert found.holds("flag.lock_in") is (outcome is F)


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ({"a": 1, "b": 0}, F),
        ({"a": 1, "b": 1}, N),
        ({"a": 1}, U),
        ({"a": 0}, N),  # whatever b is
        ({"b": 1}, N),  # whatever a is
        ({"b": 0}, U),
    ],
)
def test_rule__with_unless__in_three_values(tmp_path: Path, given: dict[str, float], outcome: Outcome) -> None:
    rulebase = load(tmp_path, rules=[flag("one", "a", unless=["b"])], indicators=dict.fromkeys("ab", "flag"))
    assert infer(rulebase, given).outcome(rulebase.rules_by_id["one"]) is outcome


CHAIN = [
    flag("flag", "stage.mature", "level.funding <= $low"),
    rule("target", "flag.lock_in", then={"sets_target": "funding", "to": "$four"}),
    rule("gap", "factor.funding.gap >= $one", then={"concludes": "gap.funding.severe", "finding": "Short."}),
    rule("profile", "gap.funding.severe", then={"concludes": "role.weak", "finding": "Weak."}),
    rule("screened", "role.weak", then={"screen": "strategy.research_base", "result": "fail", "finding": "No."}),
    rule(
        "wanted",
        "screen.strategy.research_base.fail",
        then={"recommends": "fund", "weight": 3, "closes": ["gap.funding.severe"]},
    ),
    rule("advised", "recommended.fund", then={"advises": "agency", "text": "Build it."}),
    rule("otherwise", "not recommended.fund", then={"advises": "agency", "text": "Leave it."}),
]


def chained(folder: Path, *more: Entry) -> Rulebase:
    parameters = {"low": parameter(2), "four": parameter(4), "one": parameter(1, "difference")}
    return load(
        folder,
        rules=[*CHAIN, *more],
        parameters=parameters,
        indicators={"bad": "flag"},
        instruments=[instrument("fund", "gap.funding.severe")],
    )


def advice(found: Inferred) -> dict[str, Outcome]:
    return {name: found.traces[name].outcome for name in ("advised", "otherwise")}


def test_strata__each_reads_what_the_one_below_concluded(tmp_path: Path) -> None:
    """From one rating to advice through all ten strata: 4 − 2 = 2 is a gap of at least 1."""
    found = infer(chained(tmp_path), facts("mature", funding=2))
    fired = [name for name in ("flag", "target", "gap", "profile", "screened", "wanted", "advised") if found.traces[name].outcome is F]
    assert fired == ["flag", "target", "gap", "profile", "screened", "wanted", "advised"]
    assert found.facts["factor.funding.gap"] == 2000
    assert found.certificate.strata == (
        "evidence",
        "classification",
        "flags",
        "targets",
        "gaps",
        "profiles",
        "screens",
        "recommendations",
        "conflicts",
        "advice",
    )
    assert found.certificate.rules_checked == len(found.traces) == 29 + len(CHAIN)


def test_recommended__wanted_and_not_excluded__holds(tmp_path: Path) -> None:
    found = infer(chained(tmp_path), facts("mature", funding=2))
    assert found.facts["recommended.fund"] == 1000
    assert advice(found) == {"advised": F, "otherwise": N}


def test_recommended__wanted_by_nothing__is_denied(tmp_path: Path) -> None:
    rulebase = load(
        tmp_path,
        rules=[
            rule("wanted", "stage.mature", then={"recommends": "fund", "weight": 3, "closes": ["stage.mature"]}),
            *CHAIN[-2:],
        ],
        instruments=[instrument("fund", "stage.mature")],
    )
    found = infer(rulebase, facts("growing"))
    assert found.facts["recommended.fund"] == 0
    assert advice(found) == {"advised": N, "otherwise": F}


def test_recommended__wanted_or_not_is_unknown__is_unknown(tmp_path: Path) -> None:
    found = infer(chained(tmp_path), {})
    assert "recommended.fund" not in found.facts
    assert advice(found) == {"advised": U, "otherwise": U}


EXCLUDED = rule("excluded", "bad", then={"excludes": "fund"})


@pytest.mark.parametrize(
    ("given", "fact", "advised"),
    [
        (facts("mature", funding=2) | {"bad": 1}, 0, {"advised": N, "otherwise": F}),
        (facts("mature", funding=2) | {"bad": 0}, 1000, {"advised": F, "otherwise": N}),
        (facts("mature", funding=2), 1000, {"advised": F, "otherwise": N}),  # not known to be excluded
        ({"bad": 1}, 0, {"advised": N, "otherwise": F}),  # excluded, whoever wants it
        ({"bad": 0}, None, {"advised": U, "otherwise": U}),
    ],
)
def test_recommended__under_an_exclusion(tmp_path: Path, given: dict[str, float], fact: int | None, advised: dict[str, Outcome]) -> None:
    found = infer(chained(tmp_path, EXCLUDED), given)
    assert found.facts.get("recommended.fund") == fact
    assert advice(found) == advised


def test_fired__keeps_the_order_of_the_rules(tmp_path: Path) -> None:
    rulebase = load(tmp_path, rules=[flag("one", "a"), flag("two", "b"), flag("three", "c")], indicators=dict.fromkeys("abc", "flag"))
    found = infer(rulebase, {"a": 1, "c": 1, "b": 0})
    assert [r.id for r in found.fired(rulebase.rules) if r.id in ("one", "two", "three")] == ["one", "three"]


class Sabotaged:
    """The real engine, which loses one rule of one stratum as often as it is asked to."""

    def __init__(self, rule_id: str, times: int) -> None:
        self.real, self.rule_id, self.times = Engine(), rule_id, times

    def infer(self, stratum: Stratum, given: Facts) -> frozenset[str]:
        found = self.real.infer(stratum, given)
        if self.rule_id in found and self.times > 0:
            self.times -= 1
            return found - {self.rule_id}
        return found

    def retire(self, stratum: Stratum) -> None:
        self.real.retire(stratum)


@pytest.mark.parametrize("rule_id", ["evidence.mature", "stage.mature", "gap", "advised"])
def test_inference__that_loses_a_rule_in_any_stratum__concludes_nothing(tmp_path: Path, rule_id: str) -> None:
    with pytest.raises(Disagreement, match=f"fired only by the evaluator: {rule_id}; nothing is concluded"):
        make_diagnosis(chained(tmp_path), facts("mature", funding=2), engine=Sabotaged(rule_id, 2))


def test_inference__that_loses_a_rule_once__is_repeated_and_comes_out_as_without_the_fault(tmp_path: Path) -> None:
    rulebase = chained(tmp_path)
    given = facts("mature", funding=2)
    repeated = make_diagnosis(rulebase, given, engine=Sabotaged("gap", 1)).inferred
    assert repeated == make_diagnosis(rulebase, given, engine=engine()).inferred
