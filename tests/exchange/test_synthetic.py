"""Made-up answers are plausible, marked everywhere, and pass through the whole way from file to measures."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from statistics import mean

import pytest

from assess.content import content_folder
from assess.definitions.expression_reading import parse
from assess.definitions.questionnaire_items import MemberKind, Questionnaire, ScoreRule
from assess.definitions.questionnaires import load_questionnaire
from assess.definitions.rulebase import Rulebase
from assess.definitions.rulebase_checks import checked_rulebase
from assess.engine.answers import ResponseSet
from assess.engine.breakdown import participation
from assess.engine.measuring import measure
from assess.exchange.response_files import read_responses
from assess.exchange.synthetic import MARK, SyntheticTable, evaluator_answers, management_answers, member_answers
from assess.exchange.synthetic_figures import bounds, management_figures
from assess.exchange.synthetic_profiles import Profile

TODAY = date(2026, 6, 1)
SEEDS = range(5)


@cache
def questionnaire(name: str) -> Questionnaire:
    return load_questionnaire(content_folder("questionnaires") / name / "2026.1.yaml")


@cache
def rulebase() -> Rulebase:
    return checked_rulebase(content_folder("rules") / "2026.1")


def read_back(folder: Path, table: SyntheticTable, name: str) -> ResponseSet:
    path = folder / f"{name}.csv"
    table.write(path)
    return read_responses(path, questionnaire(name), rulebase().indicators, TODAY)


def column(table: SyntheticTable, name: str) -> list[str]:
    place = table.header.index(name)
    return [row[place] for row in table.rows]


@pytest.mark.parametrize("seed", SEEDS)
def test_members__written_and_read_back__give_nearly_every_measure(tmp_path: Path, seed: int) -> None:
    found = read_back(tmp_path, member_answers(questionnaire("member"), Random(seed), TODAY), "member")
    fed = {item.indicator for item in questionnaire("member").items if item.indicator}
    measures = measure([found], rulebase().indicators, rulebase().weightings)
    known = {name for name in fed if measures[name].value is not None}
    assert len(known) > 0.95 * len(fed)
    assert all((measures[name].n or 0) + (measures[name].dont_know or 0) <= (measures[name].asked or 0) for name in fed)
    assert any((measures[name].spread or 0) > Decimal("1.2") for name in fed), "two camps"
    assert found.synthetic


def test_members__are_sixty_of_every_kind_and_one_speaks_twice(tmp_path: Path) -> None:
    found = read_back(tmp_path, member_answers(questionnaire("member"), Random(1), TODAY), "member")
    taking_part = participation(found)
    assert (taking_part.total, taking_part.respondents) == (60, 61)
    assert set(taking_part.organisations) == set(MemberKind)
    assert Counter(sheet.organisation for sheet in found.sheets)["Synthetic member 02"] == 2


def test_dominant_firm__sees_everything_brighter_however_a_statement_is_put() -> None:
    table = member_answers(questionnaire("member"), Random(1), TODAY)
    rated = [item for item in questionnaire("member").items if item.codes == tuple("12345") and item.asks(MemberKind.COMPANY)]
    for rule, brighter in ((ScoreRule.DIRECT, 1), (ScoreRule.REVERSED, -1)):
        own = [column(table, item.name)[0] for item in rated if item.score.rule is rule]
        ratings = [int(rating) for rating in own if rating.isdigit()]
        assert brighter * (mean(ratings) - 3) > 0.5


def test_members__leave_some_unanswered_unknown_and_not_applicable() -> None:
    table = member_answers(questionnaire("member"), Random(1), TODAY)
    cells = Counter(cell for row in table.rows for cell in row)
    assert min(cells[""], cells["dont_know"], cells["not_applicable"]) > 20


@pytest.mark.parametrize("name", ["member", "management", "evaluator"])
def test_every_row__says_that_it_is_made_up(name: str) -> None:
    make = {
        "member": lambda: member_answers(questionnaire(name), Random(1), TODAY),
        "management": lambda: management_answers(questionnaire(name), Random(1), TODAY),
        "evaluator": lambda: evaluator_answers(questionnaire(name), Random(1), TODAY, {}),
    }
    table = make[name]()
    assert set(column(table, "note")) == {MARK}
    assert all("Synthetic" in organisation for organisation in column(table, "organisation"))


def test_same_seed__same_answers__other_seed__others() -> None:
    one, same, other = (member_answers(questionnaire("member"), Random(seed), TODAY, 8) for seed in (1, 1, 2))
    assert one == same
    assert one != other


@pytest.mark.parametrize("seed", SEEDS)
def test_management__adds_up_and_is_accepted(tmp_path: Path, seed: int) -> None:
    found = read_back(tmp_path, management_answers(questionnaire("management"), Random(seed), TODAY), "management")
    measures = measure([found], rulebase().indicators, rulebase().weightings)
    shares = [m.value for name, m in measures.items() if name.startswith("structure.") and name.split(".")[1] in _KIND_SHARES]
    assert abs(sum((share for share in shares if share is not None), Decimal(0)) - 1) <= Decimal("0.003")  # six rounded shares


_KIND_SHARES = ("company_share", "research_share", "education_share", "public_share", "finance_share", "support_share")


def test_evaluator__confirms_the_figures_it_was_given(tmp_path: Path) -> None:
    checked = {"structure.firms": Decimal(66), "structure.sme_share": Decimal("0.9"), "strategy.action_plan": Decimal(1)}
    table = evaluator_answers(questionnaire("evaluator"), Random(3), TODAY, checked, {"blocks": "structure strategy"})
    measures = measure([read_back(tmp_path, table, "evaluator")], rulebase().indicators, rulebase().weightings)
    assert {name: measures[name].value for name in checked} == checked


def test_profile__sets_the_members_kinds_and_opinions__however_a_statement_is_put(tmp_path: Path) -> None:
    profile = Profile(kinds=(MemberKind.RESEARCH, MemberKind.COMPANY), opinions={"network": 1.5, "network.startups": 4.6})
    found = read_back(tmp_path, member_answers(questionnaire("member"), Random(1), TODAY, 20, profile), "member")
    assert participation(found).organisations == {MemberKind.RESEARCH: 10, MemberKind.COMPANY: 10}
    measures = measure([found], rulebase().indicators, rulebase().weightings)
    assert (measures["network.startups"].value or 0) > 4
    assert all(0 < (measures[name].value or 0) < Decimal("2.5") for name in ("network.density", "network.diversity"))


def test_profile__of_the_management__replaces_single_figures(tmp_path: Path) -> None:
    profile = Profile(figures={"founding_year": "1990", "anchor_firms": "0"})
    found = read_back(tmp_path, management_answers(questionnaire("management"), Random(1), TODAY, profile), "management")
    measures = measure([found], rulebase().indicators, rulebase().weightings)
    assert measures["structure.anchor_firms"].value == 0
    assert measures["structure.firms"].value == 64
    assert measures["growth.age_years"].value == TODAY.year - 1 - 1990


def test_figures__every_one__belongs_to_an_item_of_the_management_questionnaire() -> None:
    names = {item.name for item in questionnaire("management").items}
    assert set(management_figures(TODAY)) <= names


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        (". >= 3 and . <= 9", (3, 9)),
        (". = ${a} + 2", (7, 7)),
        (". + ${a} <= 12", (0, 7)),
        ("20 - . = ${a}", (15, 15)),
        (". >= 0 and . <= ${unknown}", (0, 1_000_000)),
        (". != 4", (0, 1_000_000)),
    ],
)
def test_bounds__of_a_constraint__are_where_its_comparisons_turn(constraint: str, expected: tuple[int, int]) -> None:
    assert bounds(parse(constraint), {"a": Decimal(5)}, TODAY) == expected


def test_a_constraint_nobody_can_keep__leaves_the_item_unanswered() -> None:
    member = questionnaire("member")
    section = member.sections[-1]
    impossible = replace(next(item for item in section.items if item.constraint is not None), constraint=parse(". > 5 and . < 5"))
    others = tuple(replace(group, children=(impossible,)) if group is section else group for group in member.sections)
    table = member_answers(replace(member, sections=others), Random(1), TODAY, 10)
    assert set(column(table, impossible.name)) <= {"", "dont_know", "not_applicable"}
