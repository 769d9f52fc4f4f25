"""The smallest change found does flip the conclusion, and nothing smaller that was tried does."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from report_documents import invented

from assess.content import content_folder
from assess.definitions.library import load_rulebase_version
from assess.definitions.numbers import from_thousandths, thousandths
from assess.definitions.rulebase import Rulebase
from assess.definitions.rules import TYPES
from assess.engine.compiled import Facts
from assess.engine.diagnosis import Cluster, diagnose
from assess.engine.inference import Engine
from assess.engine.inferring import infer
from assess.engine.measures import Measure
from assess.engine.smallest_change import Flip, smallest_changes
from assess.exchange.indicator_files import read_indicator_file

YEAR = 2026


@pytest.fixture(scope="module")
def rulebase() -> Rulebase:
    return load_rulebase_version()


def given(name: str, rulebase: Rulebase) -> dict[str, int]:
    measures = read_indicator_file(content_folder("cases") / "clusters" / f"{name}.yaml", rulebase.indicators).measures
    return {name: thousandths(m.value) for name, m in measures.items() if m.value is not None}


def about(changes: tuple[Flip, ...], wanted: str) -> Flip:
    return next(change for change in changes if change.about == wanted)


def type_of(facts: Facts, rulebase: Rulebase) -> str:
    inferred = infer(rulebase, facts, YEAR, Engine())
    return next((name for name in (*TYPES, "hybrid") if inferred.holds(f"type.{name}")), "undetermined")


def severity_of(facts: Facts, factor: str, rulebase: Rulebase) -> str:
    measures = {name: Measure(name, from_thousandths(value)) for name, value in facts.items()}
    return diagnose(Cluster("x", "X"), YEAR, measures, rulebase, Engine()).factors[factor].severity or "unknown"


def after(facts: Mapping[str, int], flip: Flip) -> dict[str, int]:
    return dict(facts) | {change.indicator: thousandths(change.after) for change in flip.figures}


@pytest.mark.parametrize("name", ["textbook-margin-inside", "textbook-hub-and-spoke-by-suppliers", "textbook-hybrid-hub-state"])
def test_type__after_the_change__comes_out_as_told_by_the_engine(name: str, rulebase: Rulebase) -> None:
    facts = given(name, rulebase)
    flip = about(smallest_changes(facts, rulebase, YEAR), "type")
    assert flip.before == type_of(facts, rulebase)
    assert len(flip.figures) == 1
    assert flip.after == type_of(after(facts, flip), rulebase) != flip.before


def test_type__one_step_less__stays(rulebase: Rulebase) -> None:
    facts = given("textbook-margin-inside", rulebase)
    (change,) = about(smallest_changes(facts, rulebase, YEAR), "type").figures
    step = 10 if change.after > change.before else -10
    assert type_of(facts | {change.indicator: thousandths(change.after) - step}, rulebase) == type_of(facts, rulebase)


def test_stage__of_a_published_cluster__names_what_would_change_it(rulebase: Rulebase) -> None:
    flip = about(smallest_changes(given("berlin-brandenburg", rulebase), rulebase, YEAR), "stage")
    assert (flip.before, flip.after) == ("growing", "undetermined")
    assert [change.indicator for change in flip.figures] == ["network.startups"]


def test_nothing_known__nothing_to_change__says_so(rulebase: Rulebase) -> None:
    changes = smallest_changes({}, rulebase, YEAR)
    assert {(flip.before, flip.after, flip.figures) for flip in changes} == {("undetermined", None, ()), ("unknown", None, ())}
    assert {flip.before for flip in changes if flip.about.startswith("factor.")} == {"unknown"}


@pytest.mark.parametrize("factor", ["funding", "research_base"])
def test_gap__after_the_change__has_another_grade__told_by_the_engine__and_is_not_lost_with_the_stage(
    factor: str, rulebase: Rulebase
) -> None:
    facts = given("berlin-brandenburg", rulebase)
    flip = about(smallest_changes(facts, rulebase, YEAR), f"factor.{factor}")
    grades = [severity_of(facts, factor, rulebase), severity_of(after(facts, flip), factor, rulebase)]
    assert grades == [flip.before, flip.after]
    assert "unknown" not in grades
    assert len(flip.figures) == 1


def test_gap__is_never_turned_by_losing_the_stage_alone(rulebase: Rulebase) -> None:
    measures = {name: entry["value"] for name, entry in invented()["measures"].items() if entry["value"] is not None}
    changes = smallest_changes({name: thousandths(Decimal(str(value))) for name, value in measures.items()}, rulebase, YEAR)
    assert about(changes, "stage").after == "undetermined"
    assert "unknown" not in {flip.after for flip in changes if flip.about.startswith("factor.")}
