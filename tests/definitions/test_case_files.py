"""Every rule has a case, and every case speaks of a rule that there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from rulebases import CRITERIA, Entry, instrument, load, parameter, rule

from assess.definitions.case_files import RuleCase, read_cases
from assess.definitions.rulebase import Rulebase
from assess.definitions.rules import STAGES, TYPES
from assess.errors import Fault, FaultsFound

CHAIN_CASES = """\
- {rule: evidence.<x>, fires: {sign.<x>: true}, spares: {sign.<x>: false}}
- {rule: type.<x>, fires: {type.<x>.lead: 0.5}, spares: {type.<x>.lead: 0.499}}
- {rule: type.hybrid, fires: {type.margin: 0.499, type.first.support: 0.5}, spares: {type.margin: 0.5}}
- {rule: stage.<x>, fires: {stage.<x>.lead: 0.5}, spares: {stage.<x>.lead: null}}
- {rule: <x>.pass, fires: {meets.<x>: 1}, spares: {meets.<x>: 0}}
- {rule: <x>.fail, fires: {meets.<x>: false}, spares: {meets.<x>: true}}
"""
LOW = rule("low", "level.funding <= $low", "firms >= $many", then={"concludes": "flag.lock_in", "finding": "So."})


@pytest.fixture
def rulebase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rulebase:
    monkeypatch.chdir(tmp_path)
    return with_rules(tmp_path / "rules", LOW)


def with_rules(folder: Path, *rules: Entry) -> Rulebase:
    parameters = {"low": parameter(2.5), "many": parameter(10, "count")}
    wanted = rule("fund.wanted", "stage.growing", then={"recommends": "fund", "weight": 3, "closes": ["stage.growing"]})
    unsuited = [{"when": "stage.mature", "because": "Too late."}]
    fund = instrument("fund", "stage.growing", unsuited=unsuited)
    return load(folder, rules=[*rules, wanted], parameters=parameters, indicators={"firms": "count"}, instruments=[fund])


def cases(rulebase: Rulebase, text: str) -> tuple[RuleCase, ...]:
    folder = Path("cases")
    folder.mkdir(exist_ok=True)
    (folder / "chain.yaml").write_text(CHAIN_CASES, encoding="utf-8")
    wanted = "- {rule: fund.wanted, fires: {stage.growing: true}, spares: {stage.growing: false}}\n"
    (folder / "flags.yaml").write_text(wanted + text, encoding="utf-8")
    return read_cases(folder, rulebase)


def faults(rulebase: Rulebase, text: str) -> tuple[Fault, ...]:
    with pytest.raises(FaultsFound) as caught:
        cases(rulebase, text)
    return caught.value.faults


GOOD = "- {rule: low, fires: {level.funding: 2.5, firms: 10}, spares: {firms: 9}}\n"


def test_case__gives_facts_in_thousandths_and_its_place(rulebase: Rulebase) -> None:
    found = cases(rulebase, GOOD)[-1]
    assert found.fires == {"level.funding": 2500, "firms": 10_000}
    assert found.spares == {"level.funding": 2500, "firms": 9_000}
    assert (found.rule.id, found.file, found.line) == ("low", "cases/flags.yaml", 2)


def test_case__conclusions_and_unknown_facts(rulebase: Rulebase) -> None:
    found = {case.rule.id: case for case in cases(rulebase, GOOD)}
    assert (found["evidence.mature"].fires, found["evidence.mature"].spares) == ({"sign.mature": 1000}, {"sign.mature": 0})
    assert (found["stage.mature"].fires, found["stage.mature"].spares) == ({"stage.mature.lead": 500}, {})


def test_case__of_a_rule_with_each__tries_every_expansion(rulebase: Rulebase) -> None:
    tried = [case.rule.id for case in cases(rulebase, GOOD) if case.rule.template == "evidence.<x>"]
    assert tried == [f"evidence.{option}" for option in TYPES + STAGES]
    assert len(cases(rulebase, GOOD)) == 7 + 4 + 1 + 3 + 2 * len(CRITERIA) + 1 + 1


def test_case__of_one_expansion__is_enough_for_that_one_only(rulebase: Rulebase) -> None:
    chain = CHAIN_CASES.replace("rule: evidence.<x>", "rule: evidence.mature").replace("sign.<x>", "sign.mature")
    folder = Path("cases")
    folder.mkdir()
    (folder / "all.yaml").write_text(
        chain + GOOD + "- {rule: fund.wanted, fires: {stage.growing: true}, spares: {stage.growing: false}}\n", encoding="utf-8"
    )
    with pytest.raises(FaultsFound) as caught:
        read_cases(folder, rulebase)
    assert {fault.subject for fault in caught.value.faults} == {f"rule evidence.{option}" for option in (*TYPES, "potential", "growing")}


def test_rule__without_a_case__is_a_fault_at_the_rule(rulebase: Rulebase) -> None:
    low = rulebase.rules_by_id["low"]
    assert faults(rulebase, "") == (
        Fault("rules/rules.yaml", low.line, "rule low", "has no case", "add one to tests/cases/rules/, near its threshold"),
    )


def test_rule__written_by_the_loader__needs_no_case(rulebase: Rulebase) -> None:
    assert "fund.unsuited.stage.mature" in rulebase.rules_by_id
    assert "fund.unsuited.stage.mature" not in {case.rule.id for case in cases(rulebase, GOOD)}


@pytest.mark.parametrize("rule_id", ["fund", "fund.unsuited.by-hand"])
def test_rule__that_an_author_named_like_those__needs_a_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule_id: str) -> None:
    monkeypatch.chdir(tmp_path)
    by_hand = rule(rule_id, "stage.mature", then={"excludes": "fund"})
    found = faults(with_rules(tmp_path / "rules", LOW, by_hand), GOOD)
    assert [fault.subject for fault in found] == [f"rule {rule_id}"]


@pytest.mark.parametrize(
    ("text", "subject", "problem", "remedy"),
    [
        (GOOD.replace("low", "lwo"), "lwo", "rule does not exist", "did you mean low?"),
        (
            GOOD.replace("firms: 10", "firm: 10"),
            "rule low",
            "the case gives firm, which the rule does not read",
            "did you mean firms?",
        ),
        (GOOD.replace("firms: 9", "sign.mature: true"), "rule low", "the case gives sign.mature, which the rule does not read", ""),
        (GOOD.replace("2.5", "5.5"), "rule low", "5.5 is off its scale; expected a number from 1 to 5", "…"),
        (GOOD.replace("firms: 9", "firms: 9.5"), "rule low", "9.5 is not whole; expected a whole number, 0 or more", "…"),
    ],
)
def test_case__with_a_defect__is_found(rulebase: Rulebase, text: str, subject: str, problem: str, remedy: str) -> None:
    fault = next(fault for fault in faults(rulebase, text) if fault.problem != "has no case")
    assert (fault.file, fault.line, fault.subject, fault.problem) == ("cases/flags.yaml", 2, subject, problem)
    assert remedy in ("…", fault.remedy)


@pytest.mark.parametrize("value", ["true", "1", "0", "yes"])
def test_case__with_a_value_that_its_fact_cannot_have__is_found(rulebase: Rulebase, value: str) -> None:
    """`yes` is a text, a rating is no truth value, and 0 is off the scale 1–5; only 1 is a rating."""
    text = GOOD.replace("2.5", value)
    if value == "1":
        assert cases(rulebase, text)[-1].fires["level.funding"] == 1000
    else:
        assert faults(rulebase, text)[0].line == 2


@pytest.mark.parametrize(
    "text", ["- {rule: low, fires: {firms: 1}}", "- {rule: low, spares: {firms: 1}}", "- {rule: low, fires: {}, spares: {firms: 1}}"]
)
def test_case__that_is_not_whole__is_found(rulebase: Rulebase, text: str) -> None:
    assert (faults(rulebase, text)[0].file, faults(rulebase, text)[0].line) == ("cases/flags.yaml", 2)
