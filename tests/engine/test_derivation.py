"""Supports, levels, targets and derived numbers, each reckoned by hand."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rulebases import CITE, Entry, facts, load, make_diagnosis, parameter, rule

from assess.definitions.rulebase import Rulebase
from assess.errors import NeedsExamination


def found(rulebase: Rulebase, given: Mapping[str, float], year: int = 2026) -> Any:
    return make_diagnosis(rulebase, given, year=year).inferred.facts


def evidence(name: str, option: str, weight: int, claim: str = "supports") -> Entry:
    return rule(f"more.{name}", name, then={claim: option, "weight": weight})


def weighed(folder: Path, **parameters: float) -> Rulebase:
    """Marshallian: weight 3 (sign) and 2 (more) for, 4 (against) against it: 9 in all. Hub and spoke: 3 (sign), 5, 5 and 1: 14 in all."""
    rules = [
        evidence("more", "marshallian", 2),
        evidence("against", "marshallian", 4, "opposes"),
        evidence("hub_a", "hub_and_spoke", 5),
        evidence("hub_b", "hub_and_spoke", 5),
        evidence("hub_c", "hub_and_spoke", 1),
    ]
    names = ("more", "against", "hub_a", "hub_b", "hub_c")
    settings = {name: parameter(value, "share") for name, value in parameters.items()}
    return load(folder, rules=rules, indicators=dict.fromkeys(names, "flag"), parameters=settings)


@pytest.mark.parametrize(
    ("given", "support", "coverage"),
    [
        ({"sign.marshallian": 1, "more": 1, "against": 1}, 556, 1000),  # 5 of 9 fired
        ({"sign.marshallian": 1, "more": 0, "against": 0}, 1000, 1000),  # 3 of 3
        ({"sign.marshallian": 0, "more": 1, "against": 1}, 333, 1000),  # 2 of 6
        ({"sign.marshallian": 0, "more": 0, "against": 1}, 0, 1000),  # 0 of 4
        ({"sign.marshallian": 0, "more": 0, "against": 0}, 0, 1000),  # none fired
        ({"sign.marshallian": 1}, 1000, 333),  # 3 of 9 decided
        ({"against": 0}, 0, 444),  # 4 of 9 decided, none fired
        ({"more": 1}, 1000, 222),  # 2 of 9 decided
        ({}, None, None),
    ],
)
def test_support__is_fired_weight_for_of_all_fired_weight(
    tmp_path: Path, given: dict[str, float], support: int | None, coverage: int | None
) -> None:
    facts = found(weighed(tmp_path), given)
    assert facts.get("type.marshallian.support") == support
    assert facts.get("type.marshallian.coverage") == coverage


@pytest.mark.parametrize(("least", "support"), [(0.222, 1000), (0.223, None)])
def test_support__on_thin_coverage__is_unknown(tmp_path: Path, least: float, support: int | None) -> None:
    facts = found(weighed(tmp_path, support_coverage=least), {"more": 1})
    assert facts.get("type.marshallian.support") == support
    assert facts["type.marshallian.coverage"] == 222


@pytest.mark.parametrize(("least", "coverage"), [(0.222, 222), (0.223, None)])
def test_coverage__that_is_thin__is_unknown_to_rules_but_shown(tmp_path: Path, least: float, coverage: int | None) -> None:
    diagnosis = make_diagnosis(weighed(tmp_path, type_coverage=least), {"more": 1})
    assert diagnosis.inferred.facts.get("type.marshallian.coverage") == coverage
    assert diagnosis.type.supports["marshallian"].coverage == Decimal("0.222")


def test_coverage__of_a_stage__has_its_own_threshold(tmp_path: Path) -> None:
    stages = {"more": evidence("more", "growing", 1)}
    parameters = {"stage_coverage": parameter(0.76, "share")}
    rulebase = load(tmp_path, rules=stages.values(), indicators={"more": "flag"}, parameters=parameters)
    assert "stage.growing.coverage" not in found(rulebase, {"sign.growing": 1})  # 3 of 4
    assert found(rulebase, {"sign.growing": 1, "more": 0})["stage.growing.coverage"] == 1000


OTHERS = {"sign.satellite_platform": 0, "sign.state_anchored": 0}
HUB = {"sign.hub_and_spoke": 1, "hub_a": 1, "hub_b": 0, "hub_c": 0}


def test_lead__is_support_less_the_highest_of_the_rivals(tmp_path: Path) -> None:
    facts = found(weighed(tmp_path), {"sign.marshallian": 1, "more": 1, "against": 1} | OTHERS | HUB)
    leads = {name: facts[f"type.{name}.lead"] for name in ("marshallian", "hub_and_spoke", "satellite_platform", "state_anchored")}
    assert leads == {"marshallian": 556 - 1000, "hub_and_spoke": 1000 - 556, "satellite_platform": -1000, "state_anchored": -1000}
    assert (facts["type.first.support"], facts["type.second.support"], facts["type.margin"]) == (1000, 556, 444)


def test_lead__of_two_that_are_equal__is_nothing(tmp_path: Path) -> None:
    facts = found(load(tmp_path), {"sign.potential": 1, "sign.growing": 1, "sign.mature": 0})
    assert (facts["stage.potential.lead"], facts["stage.growing.lead"], facts["stage.mature.lead"], facts["stage.margin"]) == (
        0,
        0,
        -1000,
        0,
    )


@pytest.mark.parametrize(("least", "lead"), [(0.071, 1000), (0.072, None)])
def test_lead__is_known_once_every_option_is_covered(tmp_path: Path, least: float, lead: int | None) -> None:
    """Of hub and spoke 1 of 14 is decided: 0.071."""
    diagnosis = make_diagnosis(weighed(tmp_path, rival_coverage=least), {"sign.marshallian": 1, "hub_c": 0} | OTHERS)
    facts = diagnosis.inferred.facts
    assert diagnosis.type.supports["hub_and_spoke"].coverage == Decimal("0.071")
    assert facts.get("type.marshallian.lead") == lead
    assert facts.get("type.margin") == lead


@pytest.mark.parametrize("given", [{"sign.marshallian": 1} | OTHERS, {"sign.marshallian": 1}])
def test_lead__beside_a_rival_of_whom_nothing_is_known__is_unknown_whatever_the_parameter(tmp_path: Path, given: dict[str, float]) -> None:
    facts = found(weighed(tmp_path, rival_coverage=0), given)
    assert facts["type.marshallian.support"] == 1000
    assert not {"type.marshallian.lead", "type.margin", "type.first.support", "type.second.support"} & set(facts)


def test_nothing_known__nothing_is_reckoned(tmp_path: Path) -> None:
    assert found(load(tmp_path), {}) == {}


@pytest.mark.parametrize(
    ("levels", "level"),
    [
        ((4, 4, 3), 3667),
        ((4, 3, 3), 3333),
        ((2.5, 3, None), 2750),
        ((3.001, 3.002, None), 3002),  # 3.0015: half away from zero
        ((3.002, None, 3.003), 3003),  # 3.0025
        ((4, None, None), None),
        ((None, None, None), None),
    ],
)
def test_level__is_the_mean_of_the_known_indicators_where_enough_are(
    tmp_path: Path, levels: tuple[float | None, ...], level: int | None
) -> None:
    factor = {"label": "Funding", "indicators": ["a", "b", "c"], "known": 2, "cite": CITE}
    rulebase = load(tmp_path, factors={"funding": factor}, indicators=dict.fromkeys("abc", "likert"))
    given = {name: value for name, value in zip("abc", levels, strict=True) if value is not None}
    assert found(rulebase, given).get("factor.funding.level") == level


@pytest.mark.parametrize(
    ("entry", "given", "value"),
    [
        ({"mean": ["a", "b", "c"], "scale": "number"}, (1, 2, 2), 1667),
        ({"mean": ["a", "b", "c"], "scale": "number"}, (1, None, 2), None),
        ({"mean": ["a", "b", "c"], "scale": "number", "known": 2}, (1, None, 2), 1500),
        ({"mean": ["a", "b"], "scale": "difference"}, (-0.001, 0, 9), -1),  # −0.0005: half away from zero
        ({"sum": ["a", "b", "c"], "scale": "number"}, (1, 2, 2.5), 5500),
        ({"sum": ["a", "b", "c"], "scale": "number", "known": 1}, (None, 2, None), 2000),
        ({"difference": ["a", "b"], "scale": "difference"}, (1, 2.5, 9), -1500),
        ({"difference": ["a", "b"], "scale": "difference"}, (1, None, 9), None),
        ({"difference": ["a", "b"], "scale": "difference", "known": 1}, (None, 2, 9), None),
        ({"minimum": ["a", "b", "c"], "scale": "number"}, (3, -2, 9), -2000),
        ({"maximum": ["a", "b", "c"], "scale": "number", "known": 2}, (3, None, 9), 9000),
        ({"ratio": ["a", "b"], "scale": "ratio"}, (2, 3, 9), 667),
        ({"ratio": ["a", "b"], "scale": "ratio"}, (0, 3, 9), 0),
        ({"ratio": ["a", "b"], "scale": "ratio"}, (2, 0, 9), None),
        ({"ratio": ["a", "b"], "scale": "ratio"}, (2, None, 9), None),
        ({"count_where": ["a", "b", "c"], "at_least": "$two", "scale": "count"}, (2, 1.999, 3), 2000),
        ({"count_where": ["a", "b", "c"], "at_most": "$two", "scale": "count"}, (2, 2.001, -3), 2000),
        ({"count_where": ["a", "b", "c"], "at_least": "$two", "scale": "count", "known": 2}, (2, None, 3), 2000),
        ({"count_where": ["a", "b", "c"], "at_least": "$two", "scale": "count", "known": 2}, (2, None, None), None),
        ({"count_where": ["a", "b", "c"], "at_least": "$two", "scale": "count"}, (0, 0, 0), 0),
    ],
)
def test_derived__each_operation(tmp_path: Path, entry: Entry, given: tuple[float | None, ...], value: int | None) -> None:
    derived = [{"id": "made", "label": "Made"} | entry]
    used = rule("used", "a <= $two", then={"concludes": "flag.lock_in", "finding": "So."})
    rulebase = load(
        tmp_path, derived=derived, rules=[used], indicators=dict.fromkeys("abc", "difference"), parameters={"two": parameter(2, "number")}
    )
    known = {name: number for name, number in zip("abc", given, strict=True) if number is not None}
    assert found(rulebase, known).get("made") == value


def test_derived__from_derived__and_from_conclusions_of_a_later_stratum(tmp_path: Path) -> None:
    derived = [
        {"id": "both", "label": "Both", "scale": "number", "sum": ["a", "b"]},
        {"id": "double", "label": "Double", "scale": "number", "sum": ["both", "a"]},
        {"id": "stages", "label": "Stages", "scale": "count", "sum": ["stage.growing", "stage.mature"]},
    ]
    rulebase = load(tmp_path, derived=derived, indicators=dict.fromkeys("ab", "number"))
    facts = found(rulebase, {"a": 1, "b": 2, "sign.potential": 0, "sign.growing": 1, "sign.mature": 0})
    assert (facts["both"], facts["double"], facts["stages"]) == (3000, 4000, 1000)


TARGETS = [
    rule("base", "stage.growing", then={"sets_target": "funding", "to": "$four"}),
    rule("up", "type.marshallian", then={"adjusts_target": "funding", "by": "$half"}),
    rule("more", "more", then={"adjusts_target": "funding", "by": "$whole"}),
    rule("less", "less", then={"adjusts_target": "funding", "by": "$minus"}),
]


def targeted(folder: Path, *more: Entry) -> Rulebase:
    parameters = {
        "four": parameter({"2020-01-01": 3, "2026-01-01": 4}),
        "half": parameter(0.5, "difference"),
        "whole": parameter(1, "difference"),
        "minus": parameter(-4, "difference"),
    }
    return load(folder, rules=[*TARGETS, *more], parameters=parameters, indicators={"more": "flag", "less": "flag"})


@pytest.mark.parametrize(
    ("kind", "given", "target", "gap"),
    [
        (None, {"level.funding": 2.5}, 4000, 1500),
        ("hub_and_spoke", {"level.funding": 2.5, "more": 0}, 4000, 1500),
        ("marshallian", {"level.funding": 2.5}, 4500, 2000),
        ("marshallian", {"level.funding": 5, "more": 1}, 5000, 0),  # 5.5 is off the scale
        ("marshallian", {"level.funding": 3, "less": 1}, 1000, -2000),  # 0.5 is off the scale
        ("marshallian", {"level.funding": 3, "less": 1, "more": 1}, 1500, -1500),  # added up before the scale ends it
        ("marshallian", {}, 4500, None),
    ],
)
def test_target__is_the_sum_of_base_and_adjustments_on_the_scale(
    tmp_path: Path, kind: str | None, given: dict[str, float], target: int, gap: int | None
) -> None:
    reckoned = found(targeted(tmp_path), facts("growing", kind) | given)
    assert (reckoned["factor.funding.target"], reckoned.get("factor.funding.gap")) == (target, gap)


def test_target__without_a_base__is_unknown_whatever_adjusts_it(tmp_path: Path) -> None:
    reckoned = found(targeted(tmp_path), facts("mature", "marshallian") | {"level.funding": 3, "more": 1})
    assert not {"factor.funding.target", "factor.funding.gap"} & set(reckoned)


def test_target__is_that_of_the_year(tmp_path: Path) -> None:
    rulebase = targeted(tmp_path)
    assert [found(rulebase, facts("growing"), year)["factor.funding.target"] for year in (2010, 2025, 2026)] == [3000, 3000, 4000]


def test_target__set_twice_at_once__needs_examination(tmp_path: Path) -> None:
    rulebase = targeted(tmp_path, rule("second", "more", then={"sets_target": "funding", "to": "$four"}))
    with pytest.raises(NeedsExamination, match="Rules base, second set the target of funding at once"):
        make_diagnosis(rulebase, facts("growing") | {"more": 1})
    assert found(rulebase, facts("growing"))["factor.funding.target"] == 4000
