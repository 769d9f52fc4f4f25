"""Many cases at once come out as each of them alone: every fact, every rule, every conclusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import numpy as np
import pytest

from assess.content import content_folder
from assess.definitions.indicators import Indicator
from assess.definitions.library import load_rulebase_version
from assess.definitions.numbers import thousandths
from assess.definitions.rulebase import Rulebase
from assess.engine.columns import LARGEST, Three, column, columns, divided
from assess.engine.compiled import Facts, Stratum
from assess.engine.evaluation import Outcome, evaluate
from assess.engine.inferring import Inferred, infer
from assess.engine.vectorised import Many, infer_many
from assess.exchange.indicator_files import read_indicator_file

YEAR = 2026
CASES = sorted(path for path in (content_folder("cases") / "clusters").glob("*.yaml") if path.name != "expected.yaml")


class PlainReading:
    """Stands in for the engine, to be quick; the engine is held to the evaluator elsewhere."""

    def infer(self, stratum: Stratum, facts: Facts) -> frozenset[str]:
        return frozenset(trace.rule for trace in evaluate(stratum, facts) if trace.outcome is Outcome.FIRED)

    def retire(self, stratum: Stratum) -> None:
        raise AssertionError(f"evaluator and evaluator differ on {stratum.name}")


def known_outcome(found: Three, case: int) -> Outcome:
    if found.fired[case]:
        return Outcome.FIRED
    return Outcome.NOT_FIRED if found.denied[case] else Outcome.UNDETERMINED


def assert_same(single: Inferred, many: Many, case: int) -> None:
    facts = {name: int(found.values[case]) for name, found in many.facts.items() if found.known[case]}
    assert facts == dict(single.facts)
    assert {name: known_outcome(found, case) for name, found in many.rules.items()} == {n: t.outcome for n, t in single.traces.items()}
    assert {name: known_outcome(found, case) for name, found in many.conclusions.items()} == dict(single.conclusions)


def compare(rulebase: Rulebase, cases: Sequence[Facts]) -> Many:
    many = infer_many(rulebase, columns(cases), len(cases), YEAR)
    for number, facts in enumerate(cases):
        assert_same(infer(rulebase, facts, YEAR, PlainReading()), many, number)
    return many


def random_case(random: Random, indicators: Mapping[str, Indicator], examples: Sequence[Facts]) -> dict[str, int]:
    """A known cluster with some figures left out and some moved a little, or exchanged for those of another cluster."""
    share = random.choice((0.0, 0.1, 0.5))
    first, second = random.sample(list(examples), 2)
    case = {}
    for name in indicators:
        value = random.choice((first, first, second)).get(name)
        if value is not None and random.random() >= share:
            case[name] = value + random.choice((0, 0, -1, 1, -200, 200)) if value > 400 else value
    return case


@pytest.fixture(scope="module")
def rulebase() -> Rulebase:
    return load_rulebase_version()


@pytest.fixture(scope="module")
def examples(rulebase: Rulebase) -> list[Facts]:
    return [given(path, rulebase) for path in CASES]


def given(path: Path, rulebase: Rulebase) -> dict[str, int]:
    measures = read_indicator_file(path, rulebase.indicators).measures
    return {name: thousandths(m.value) for name, m in measures.items() if m.value is not None}


def test_case_clusters__all_at_once__come_out_as_each_alone(rulebase: Rulebase, examples: list[Facts]) -> None:
    many = compare(rulebase, examples)
    found = {kind: sum(bool(getattr(outcome, kind).any()) for outcome in many.rules.values()) for kind in ("fired", "denied", "decided")}
    assert found["fired"] > 300
    assert found["denied"] > 500


def test_random_clusters__with_gaps_and_odd_values__come_out_as_each_alone(rulebase: Rulebase, examples: list[Facts]) -> None:
    random = Random(20261121)
    compare(rulebase, [random_case(random, rulebase.indicators, examples) for _ in range(150)])


def test_nothing_known__is_undetermined_as_alone(rulebase: Rulebase) -> None:
    compare(rulebase, [{}, {}])


def test_comparison__one_figure_moved__is_told(rulebase: Rulebase, examples: list[Facts]) -> None:
    moved = {name: value + 1 for name, value in examples[0].items()}
    many = infer_many(rulebase, columns([moved]), 1, YEAR)
    with pytest.raises(AssertionError):
        assert_same(infer(rulebase, examples[0], YEAR, PlainReading()), many, 0)


@pytest.mark.parametrize(("numerator", "denominator", "rounded"), [(5, 2, 3), (-5, 2, -3), (4, 3, 1), (-4, 3, -1), (0, 7, 0)])
def test_divided__halves__go_away_from_zero(numerator: int, denominator: int, rounded: int) -> None:
    assert divided(np.array([numerator]), np.array([denominator])).tolist() == [rounded]


def test_column__number_that_would_not_fit__is_refused() -> None:
    with pytest.raises(OverflowError, match="one by one"):
        column([LARGEST + 1])


def test_column__unknown__is_marked() -> None:
    assert column([3, None]).known.tolist() == [True, False]
