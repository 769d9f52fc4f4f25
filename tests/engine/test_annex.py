"""The annex says what belongs to one diagnosis, always with the same parts, and groups are put together from released figures alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator
from report_documents import invented, of_case

from assess.definitions.library import load_rulebase_version
from assess.definitions.questionnaire_items import MemberKind
from assess.definitions.rulebase import Rulebase
from assess.engine.annex import Action, Beside, EarlierYear, NoStability, digest_of, empty_annex, is_empty
from assess.engine.annex_schema import annex_schema
from assess.engine.group_levels import GroupLevel, GroupLevels, KindAnswered, ReleasedFigure, group_levels
from assess.engine.peers import PeerFigure, Peers
from assess.engine.reckoning import annex_of
from assess.engine.resampling import Stability
from assess.engine.year_comparison import Change, Comparability, YearComparison

COMPANY, RESEARCH, PUBLIC = MemberKind.COMPANY, MemberKind.RESEARCH, MemberKind.PUBLIC
FUNDING = ("funding.seed", "funding.venture", "funding.public")


@pytest.fixture(scope="module")
def rulebase() -> Rulebase:
    return load_rulebase_version()


def full() -> Beside:
    quarter = Decimal("3.25")
    change = Change("funding.seed", 2, None, None, Comparability.NOT_COMPARABLE, "other questions feed it")
    return Beside(
        stability=Stability(1000, 1, {"type": {"hybrid": 900, "undetermined": 100}}),
        no_stability=NoStability.DRAWN,
        groups=GroupLevels((KindAnswered(COMPANY, 12, None),), (GroupLevel(COMPANY, "funding", quarter, 6, suppressed=False),)),
        earlier=[EarlierYear("", YearComparison((2024, 2026), ("hybrid", "hybrid"), ("growing", "mature"), False, (change,), (change,)))],
        peers=Peers("growing", 6, {"funding": PeerFigure(6, quarter, quarter, quarter)}),
        plan=[Action("seed", "Seed fund", "We", "Open", None, "funding.seed", Decimal("2.5"), Decimal(3), "dropped", "No money.", 2025)],
    )


@pytest.mark.parametrize("beside", [Beside(), full()])
def test_annex__follows_its_schema__survives_json__and_states_its_digest(beside: Beside, rulebase: Rulebase) -> None:
    annex = annex_of(invented(), rulebase, beside)
    again = json.loads(json.dumps(annex, allow_nan=False))
    assert again == annex
    assert not [error.message for error in Draft202012Validator(annex_schema()).iter_errors(again)]
    assert annex["digest"] == digest_of(again)
    assert annex["diagnosis"] == invented()["digest"]
    assert not is_empty(annex, invented())


def test_annex__has_the_same_parts__whatever_is_known(rulebase: Rulebase) -> None:
    parts = [set(one) for one in (annex_of(invented(), rulebase), annex_of(invented(), rulebase, full()), empty_annex(invented()))]
    assert parts[0] == parts[1] == parts[2]


def test_annex__of_the_same_diagnosis__is_the_same_twice(rulebase: Rulebase) -> None:
    document = of_case("berlin-brandenburg")
    assert annex_of(document, rulebase) == annex_of(json.loads(json.dumps(document)), rulebase)


def test_annex__names_every_conclusion_that_a_small_change_could_turn(rulebase: Rulebase) -> None:
    annex = annex_of(invented(), rulebase)
    about = {flip["about"] for flip in annex["flips"]}
    assert about == set(annex["bounds"]["counts"])
    assert {"type", "stage", "factor.funding", "strategy.research_base"} <= about
    assert all(sum(said.values()) == annex["bounds"]["times"] for said in annex["bounds"]["counts"].values())


def test_earlier_year__is_published_where_its_report_has_a_number(rulebase: Rulebase) -> None:
    (earlier,) = annex_of(invented(), rulebase, full())["earlier"]
    assert (earlier["year"], earlier["number"], earlier["published"], earlier["type"]) == (2024, "", False, ["hybrid", "hybrid"])
    assert earlier["factors"][0]["flag"] == "not comparable"


def test_empty_annex__says_nothing_and_is_told_from_others() -> None:
    empty = empty_annex(invented())
    assert not [error.message for error in Draft202012Validator(annex_schema()).iter_errors(empty)]
    assert is_empty(empty, invented())
    assert not is_empty(empty, of_case("singapore"))


def figures(kind: MemberKind, *values: str | None, n: int = 6) -> list[ReleasedFigure]:
    """Released figures about funding; None is one that is withheld."""
    return [
        ReleasedFigure(name, kind, None if value is None else Decimal(value), None if value is None else n)
        for name, value in zip(FUNDING, values, strict=False)
    ]


def levels(*found: list[ReleasedFigure], rulebase: Rulebase, answered: Mapping[MemberKind, int] | None = None) -> GroupLevels | None:
    return group_levels([one for some in found for one in some], rulebase, {COMPANY: 20}, answered or {COMPANY: 12, RESEARCH: 8}, 5)


def test_level_of_a_kind__is_the_mean_of_what_was_released__with_the_fewest_organisations_behind_it(rulebase: Rulebase) -> None:
    found = levels([*figures(COMPANY, "2", "3.5"), ReleasedFigure(FUNDING[2], COMPANY, Decimal(3), 5)], rulebase=rulebase)
    assert found is not None
    assert found.cells == (GroupLevel(COMPANY, "funding", Decimal("2.833"), 5, suppressed=False),)


def test_level_of_a_kind__of_which_too_much_is_withheld__is_suppressed(rulebase: Rulebase) -> None:
    name, factor = next((name, one) for name, one in rulebase.factors.items() if one.known > 1)
    shown = [ReleasedFigure(one, COMPANY, Decimal(3), 6) for one in factor.indicators[: factor.known - 1]]
    withheld = [ReleasedFigure(one, COMPANY, None, None) for one in factor.indicators[factor.known - 1 :]]
    found = levels(shown, withheld, rulebase=rulebase)
    assert found is not None
    assert found.cells == (GroupLevel(COMPANY, name, None, None, suppressed=True),)
    enough = levels([*shown, ReleasedFigure(withheld[0].indicator, COMPANY, Decimal(3), 6)], withheld[1:], rulebase=rulebase)
    assert enough is not None
    assert not enough.cells[0].suppressed


def test_nothing_released__gives_no_groups(rulebase: Rulebase) -> None:
    assert levels(rulebase=rulebase) is None


def test_kinds_of_few_answers__are_not_counted__nor_those_from_which_they_would_follow(rulebase: Rulebase) -> None:
    answered = {COMPANY: 12, RESEARCH: 8, PUBLIC: 2}
    found = levels(figures(COMPANY, "3"), figures(RESEARCH, "3"), figures(PUBLIC, None), rulebase=rulebase, answered=answered)
    assert found is not None
    assert {one.kind: one.answered for one in found.kinds} == {COMPANY: 12, RESEARCH: None, PUBLIC: None}
    assert {one.kind: one.asked for one in found.kinds} == {COMPANY: 20, RESEARCH: None, PUBLIC: None}


def test_group_levels__hold_nothing_but_means_of_released_figures(rulebase: Rulebase) -> None:
    """Whoever has the released figures can work out every level himself, and so learns nothing from them."""
    given = [*figures(COMPANY, "2", None, "4"), *figures(RESEARCH, "5", "4", "3", n=9)]
    found = levels(given, rulebase=rulebase)
    assert found is not None
    for cell in found.cells:
        shown = [one.value for one in given if one.kind is cell.kind and one.value is not None]
        assert cell.suppressed or cell.value == sum(shown, Decimal(0)) / len(shown)
