"""Bounds for missing answers are what single inference gives at both ends, and random fillings stay within them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from report_documents import of_case

from assess.definitions.indicators import Origin
from assess.definitions.library import load_rulebase_version
from assess.definitions.numbers import from_thousandths
from assess.definitions.rulebase import Rulebase
from assess.definitions.rules import FACTORS
from assess.definitions.scales import Scale
from assess.engine.diagnosis import Cluster, Diagnosis, diagnose
from assess.engine.inference import Engine
from assess.engine.measures import Measure
from assess.engine.missing_answers import Limits, _fillings, bounds_of, limits_of
from assess.engine.what_if import measures_of

YEAR = 2026


@pytest.fixture(scope="module")
def rulebase() -> Rulebase:
    return load_rulebase_version()


def rated(value: str, coverage: str | None, n: int = 12) -> Measure:
    return Measure(
        "collaboration.trust", Decimal(value), n=n, origin=Origin.MEMBER, coverage=None if coverage is None else Decimal(coverage)
    )


def inferred(measures: Mapping[str, Measure], rulebase: Rulebase) -> Diagnosis:
    return diagnose(Cluster("x", "X"), YEAR, measures, rulebase, Engine())


@pytest.mark.parametrize(
    ("measure", "limits"),
    [
        (rated("4", "0.75"), Limits(3250, 4250)),
        (rated("4", "1"), Limits(4000, 4000)),
        (rated("4", None), Limits(4000, 4000)),
        (replace(rated("4", "0.75"), origin=Origin.EVALUATOR), Limits(4000, 4000)),
        (Measure("collaboration.trust"), Limits(1000, 5000)),
    ],
)
def test_limits__of_a_rating__follow_from_who_answered(measure: Measure, limits: Limits, rulebase: Rulebase) -> None:
    assert limits_of({"collaboration.trust": measure}, rulebase, YEAR)["collaboration.trust"] == limits


def test_limits__of_unknown_figures__end_where_the_scale_does__or_no_rule_tells_more_apart(rulebase: Rulebase) -> None:
    found = limits_of({}, rulebase, YEAR)
    assert found["structure.sme_share"] == Limits(0, 1000)
    assert found["strategy.action_plan"] == Limits(0, 1000, 1000)
    counted = found["structure.anchor_firms"]
    assert (counted.low, counted.step) == (0, 1000)
    assert 0 < counted.high < 1_000_000
    for name, indicator in rulebase.indicators.items():
        if indicator.scale is Scale.COUNT and name in found:
            assert found[name].high % found[name].step == 0


@pytest.mark.parametrize("case", ["berlin-brandenburg", "textbook-nothing-known", "singapore"])
def test_levels__at_both_ends__are_those_of_single_inference(case: str, rulebase: Rulebase) -> None:
    measures = measures_of(of_case(case))
    bounds, limits = bounds_of(measures, rulebase, YEAR, times=1), limits_of(measures, rulebase, YEAR)
    for end in (0, 1):
        given = {name: Measure(name, from_thousandths((one.low, one.high)[end])) for name, one in limits.items()}
        levels = inferred(given, rulebase).factors
        assert {name: bounds.factors[name][end] for name in FACTORS} == {name: levels[name].level for name in FACTORS}


def test_levels__of_a_diagnosis__lie_between_its_bounds(rulebase: Rulebase) -> None:
    document = of_case("berlin-brandenburg")
    bounds = bounds_of(measures_of(document), rulebase, YEAR, times=1)
    for name, factor in document["factors"].items():
        low, high = bounds.factors[name]
        assert low is not None
        assert high is not None
        assert factor["level"] is None or low <= Decimal(str(factor["level"])) <= high


def test_fillings__are_counted_as_single_inference_counts_them(rulebase: Rulebase) -> None:
    measures = measures_of(of_case("berlin-brandenburg"))
    columns = _fillings(limits_of(measures, rulebase, YEAR), 12, 1)
    found = [
        inferred({name: Measure(name, from_thousandths(int(column.values[case]))) for name, column in columns.items()}, rulebase)
        for case in range(12)
    ]
    counts = bounds_of(measures, rulebase, YEAR, times=12).counts
    assert {label: n for label, n in counts["stage"].items() if n} == counted([one.stage.label for one in found])
    assert {label: n for label, n in counts["type"].items() if n} == counted([one.type.label for one in found])
    gaps = [one.factors["funding"].severity or "unknown" for one in found]
    assert {label: n for label, n in counts["factor.funding"].items() if n} == counted(gaps)
    screens = [one.screen("strategy", "research_base")[0] for one in found]
    assert {label: n for label, n in counts["strategy.research_base"].items() if n} == counted(screens)


def counted(labels: list[str]) -> dict[str, int]:
    return {label: labels.count(label) for label in labels}


def test_fillings__lie_within_their_limits__and_reach_both_ends() -> None:
    limits = {"x": Limits(1000, 1003), "y": Limits(0, 3000, 1000), "z": Limits(5, 5)}
    columns = _fillings(limits, 400, 1)
    assert {name: sorted(set(column.values.tolist())) for name, column in columns.items()} == {
        "x": [1000, 1001, 1002, 1003],
        "y": [0, 1000, 2000, 3000],
        "z": [5],
    }


def test_fillings__of_the_same_seed__are_these_numbers_on_every_machine() -> None:
    (column,) = _fillings({"x": Limits(0, 999)}, 5, 1).values()
    assert column.values.tolist() == [127, 86, 885, 778, 689]


def test_nothing_missing__nothing_varies(rulebase: Rulebase) -> None:
    known = {name: Measure(name, from_thousandths(one.low)) for name, one in limits_of({}, rulebase, YEAR).items()}
    bounds = bounds_of(known, rulebase, YEAR, times=5)
    varying = {about for about, said in bounds.counts.items() if sum(n > 0 for n in said.values()) > 1}
    assert not varying
    assert all(low == high for low, high in bounds.factors.values())
