"""Resamples measure what the exact arithmetic measures on the same organisations, and count what the rules conclude."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import numpy as np
import pytest

from assess.definitions.indicators import Aggregate, Origin
from assess.definitions.library import load_questionnaires, load_rulebase_version
from assess.definitions.numbers import thousandths
from assess.definitions.rulebase import Rulebase
from assess.engine.answers import AnswerSheet, ResponseSet
from assess.engine.measuring import measure
from assess.engine.resampling import resample, resampled
from assess.engine.tallies import by_kind
from assess.exchange.response_files import read_responses
from assess.exchange.synthetic import member_answers

TODAY = date(2026, 6, 1)
TIMES, SEED = 40, 11


@pytest.fixture(scope="module")
def rulebase() -> Rulebase:
    return load_rulebase_version()


@pytest.fixture(scope="module")
def members(rulebase: Rulebase, tmp_path_factory: pytest.TempPathFactory) -> ResponseSet:
    questionnaire = load_questionnaires()["member"]
    path = Path(tmp_path_factory.mktemp("resampling")) / "member.csv"
    member_answers(questionnaire, Random(3), TODAY, 40).write(path)
    return read_responses(path, questionnaire, rulebase.indicators, TODAY)


def drawn_again(members: ResponseSet, times: int, seed: int) -> list[ResponseSet]:
    """The same draws, made into sheets: an organisation drawn twice stands there under two names."""
    random = np.random.Generator(np.random.PCG64(seed))
    found: list[list[AnswerSheet]] = [[] for _ in range(times)]
    for kind in by_kind(members.sheets):
        groups: list[Sequence[AnswerSheet]] = [*((sheet,) for sheet in kind.alone), *kind.shared]
        chosen = random.integers(0, len(groups), size=(times, len(groups)))
        for number, row in enumerate(chosen):
            seen: defaultdict[int, int] = defaultdict(int)
            for place in row.tolist():
                seen[place] += 1
                found[number] += [replace(sheet, organisation=f"{sheet.organisation} {seen[place]}") for sheet in groups[place]]
    return [ResponseSet(members.questionnaire, tuple(sheets)) for sheets in found]


def test_resampled__every_draw__is_measured_as_the_exact_arithmetic_does(members: ResponseSet, rulebase: Rulebase) -> None:
    measures = measure([members], rulebase.indicators, rulebase.weightings)
    found = resampled([members], measures, rulebase, times=TIMES, seed=SEED)
    assert len(found) > 50
    assert {rulebase.indicators[name].aggregate for name in found} == {Aggregate.MEAN, Aggregate.MEDIAN}
    for number, again in enumerate(drawn_again(members, TIMES, SEED)):
        exact = measure([again], rulebase.indicators, rulebase.weightings)
        for name, column in found.items():
            value = exact[name].value
            told = int(column.values[number]) if column.known[number] else None
            assert told == (None if value is None else thousandths(value)), f"{name} in resample {number}"


def test_resample__same_seed__same_counts(members: ResponseSet, rulebase: Rulebase) -> None:
    measures = measure([members], rulebase.indicators, rulebase.weightings)
    first, again, other = (resample([members], measures, rulebase, 2026, times=100, seed=seed) for seed in (5, 5, 6))
    assert first == again
    assert first.counts != other.counts


def test_resample__every_count__adds_up(members: ResponseSet, rulebase: Rulebase) -> None:
    measures = measure([members], rulebase.indicators, rulebase.weightings)
    found = resample([members], measures, rulebase, 2026, times=100, seed=5)
    assert set(found.counts) > {"type", "stage", "factor.funding", "competitiveness.combination"}
    assert {about: sum(counts.values()) for about, counts in found.counts.items()} == dict.fromkeys(found.counts, 100)


def test_resample__figures_of_the_evaluator__do_not_vary(members: ResponseSet, rulebase: Rulebase) -> None:
    measures = measure([members], rulebase.indicators, rulebase.weightings)
    fixed = {name: replace(one, origin=Origin.EVALUATOR) for name, one in measures.items()}
    counts = resample([members], fixed, rulebase, 2026, times=50, seed=1).counts
    assert all(max(found.values()) == 50 for found in counts.values())


def test_resample__question_that_nobody_answered__stays_unknown(members: ResponseSet, rulebase: Rulebase) -> None:
    silent = ResponseSet(members.questionnaire, tuple(replace(sheet, answers={}) for sheet in members.sheets))
    unknown = measure([silent], rulebase.indicators, rulebase.weightings)
    measures = {name: replace(one, origin=Origin.MEMBER) for name, one in unknown.items()}
    found = resampled([silent], measures, rulebase, times=TIMES, seed=SEED)
    assert found
    assert not any(column.known.any() for column in found.values())


def test_resample__nobody_answered__is_one_case_again_and_again(rulebase: Rulebase) -> None:
    measures = measure([], rulebase.indicators, rulebase.weightings)
    assert resample([], measures, rulebase, 2026, times=20).share("type", "undetermined") == 1
