"""Released figures: an attacker who knows all of them, and how they are made, recovers no answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from answering import INDICATORS, WEIGHTINGS, make_indicator, member_questionnaire
from sqlalchemy import Engine

from assess.definitions.indicators import Indicator
from assess.definitions.questionnaire_items import Item, MemberKind
from assess.engine.answers import AnswerSheet, ResponseSet
from assess.engine.measuring import value_of
from assess.engine.tallies import KindOfMembers, by_kind, items_by_indicator, tally
from assess.store.session import writing
from assess.workflow import invitations, releases, responses, rounds
from assess.workflow.refusals import RoundClosed, Unfit
from workflow.surveying import BASE_URL, CLOSING, LATER, NOON, make_round, make_survey, rulebase

TRUST = {
    name: make_indicator("collaboration.trust", aggregate=aggregate, weighting=name, min_n=3, min_coverage=Decimal("0.1"))
    for name, aggregate in (("organisations", "mean"), ("balanced", "mean"))
}
Members = Sequence[tuple[str, str]]
"""Kind and rating of each organisation."""


def response_set(members: Members) -> ResponseSet:
    sheets = [
        AnswerSheet(f"Organisation {number}", MemberKind(kind), {"kind": kind, "trust": rating})
        for number, (kind, rating) in enumerate(members)
    ]
    return ResponseSet(member_questionnaire(), tuple(sheets))


def cells(members: Members, indicator: Indicator, k: int = 5) -> dict[str, releases.Cell]:
    found = releases.cells_of(response_set(members), {indicator.id: indicator}, WEIGHTINGS, k)
    return {cell.kind: cell for cell in found}


def equations(members: Members, shown: Iterable[str], weights: Mapping[str, Decimal]) -> list[list[Fraction]]:
    """One row for each shown figure: how much each organisation's answer counts in it."""
    count = {kind: sum(one == kind for one, _ in members) for kind, _ in members}
    total = sum((Fraction(weights[kind]) for kind in count), Fraction(0)) if weights else Fraction(len(members))
    rows = []
    for shown_kind in shown:
        if shown_kind == releases.ALL:
            rows.append([(Fraction(weights[kind]) / count[kind] if weights else Fraction(1)) / total for kind, _ in members])
        else:
            rows.append([Fraction(kind == shown_kind, count[shown_kind]) for kind, _ in members])
    return rows


def recovered(rows: list[list[Fraction]], unknowns: int) -> list[int]:
    """The unknowns that a system of linear equations settles: those alone in a row after elimination."""
    rows = [list(row) for row in rows]
    done = 0
    for column in range(unknowns):
        pivot = next((place for place in range(done, len(rows)) if rows[place][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [entry / rows[done][column] for entry in rows[done]]
        for place in range(len(rows)):
            if place != done and (factor := rows[place][column]):
                rows[place] = [a - factor * b for a, b in zip(rows[place], rows[done], strict=True)]
        done += 1
    return [next(i for i, entry in enumerate(row) if entry) for row in rows if sum(map(bool, row)) == 1]


def random_members(random: Random) -> list[tuple[str, str]]:
    kinds = ("company", "research", "public")
    sizes = [random.choice((0, 1, 1, 2, 3, 4, 5, 6, 9)) for _ in kinds]
    return [(kind, random.choice("12345")) for kind, size in zip(kinds, sizes, strict=True) for _ in range(size)]


@pytest.mark.parametrize("weighting", ["organisations", "balanced"])
def test_an_attacker__who_solves_for_everything_released__recovers_no_answer(weighting: str) -> None:
    released = 0
    for seed in range(500):
        members = random_members(Random(seed))
        found = cells(members, TRUST[weighting])
        shown = [kind for kind, cell in found.items() if cell.value is not None]
        released += len(shown)
        assert recovered(equations(members, shown, WEIGHTINGS[weighting].shares), len(members)) == []
    assert released > 500, "a release of nothing would be safe, and of no use"


def test_the_attacker__recovers_answers__when_only_small_kinds_are_withheld() -> None:
    members = [("company", "4")] * 6 + [("research", "2")]
    assert recovered(equations(members, ["all", "company"], {}), len(members)) == [6]


@pytest.mark.parametrize("seed", range(50))
def test_what_all_less_the_shown_kinds_tell__is_of_at_least_k_organisations(seed: int) -> None:
    members = random_members(Random(seed))
    found = cells(members, TRUST["organisations"])
    hidden = sum(1 for kind, _ in members if found[kind].value is None)
    assert found["all"].value is None or hidden == 0 or hidden >= 5


def test_no_figure__of_fewer_than_k__is_released_with_its_count() -> None:
    found = cells([("company", "4")] * 2 + [("company", "5")] * 2 + [("research", "2")] * 6 + [("research", "3")], TRUST["organisations"])
    assert (found["company"].value, found["company"].n, found["company"].reason) == (None, None, releases.TOO_FEW)
    assert (found["research"].value, found["research"].reason) == (None, releases.WITHHELD)
    assert found["all"].n == 11


def test_a_mean_of_answers_that_are_all_alike__is_withheld__with_what_it_follows_from() -> None:
    members = [("company", "5")] * 6 + [("research", "2"), ("research", "3")] * 4 + [("public", "1"), ("public", "4")] * 5
    found = cells(members, TRUST["organisations"])
    assert found["company"].value is None
    assert found["research"].value is None, "all less the others would tell that every company answered 5"
    assert found["public"].value is not None
    assert found["all"].value is not None


def test_one_organisation_that_weighs_more_than_half__keeps_the_figure_of_all_back() -> None:
    members = [("company", "5")] + [("public", str(1 + n % 5)) for n in range(10)]
    assert cells(members, TRUST["balanced"])["all"].value is None
    assert cells(members, TRUST["organisations"])["all"].value is not None


def test_the_figure_of_all__is_the_measure_of_the_diagnosis__and_no_second_one() -> None:
    members = [("company", str(1 + n % 5)) for n in range(7)] + [("research", str(1 + n % 3)) for n in range(9)]
    found = cells(members, TRUST["balanced"])
    company = value_of(TRUST["balanced"], tally(*_of(members, "company")).figures)
    research = value_of(TRUST["balanced"], tally(*_of(members, "research")).figures)
    expected = (company * 5 + research * 3) / 8
    assert found["all"].value is not None
    assert abs(found["all"].value - expected) < Decimal("0.001")


def _of(members: Members, kind: str) -> tuple[Sequence[Item], KindOfMembers]:
    found = response_set(members)
    return items_by_indicator(found.questionnaire)["collaboration.trust"], next(one for one in by_kind(found.sheets) if one.kind == kind)


def test_k_of_two__is_refused() -> None:
    with pytest.raises(Unfit):
        cells([("company", "4")] * 6, INDICATORS["collaboration.trust"], k=2)


def test_released_figures__stay_as_they_are__and_end_all_late_answers(engine: Engine) -> None:
    with writing(engine) as session:
        round_, members = make_round(session, members=6)
        for member in members:
            response = responses.begin(
                session, invitations.invite(session, round_, member, base_url=BASE_URL, now=NOON).invitation, now=NOON
            )
            responses.save(session, response, section="about", answers={"trust": "4"}, seen_revision=0, key="1", now=NOON)
            responses.submit(session, response, key="s", now=NOON)
        with pytest.raises(Unfit, match="Close the round"):
            releases.release_cells(session, round_, rulebase=rulebase(), k=5, now=NOON)
        rounds.close_round(session, round_, now=CLOSING)
        responses.reopen(session, response, actor="evaluator", reason="wrong figure", now=LATER)
        first = releases.release_cells(session, round_, rulebase=rulebase(), k=5, now=LATER)
        assert {(cell.indicator, cell.kind, cell.value, cell.n) for cell in first if cell.value} == {
            ("collaboration.trust", "all", "4", 6),
            ("collaboration.trust", "company", "4", 6),
        }
        with pytest.raises(RoundClosed):
            responses.save(session, response, section="about", answers={"trust": "1"}, seen_revision=9, key="2", now=LATER)
        other = session.get(type(response), response.id - 1) if response.id else None
        assert other is not None
        with pytest.raises(Unfit, match="released"):
            responses.reopen(session, other, actor="evaluator", reason="wrong figure", now=LATER)
        again = releases.release_cells(session, round_, rulebase=rulebase(), k=3, now=LATER + timedelta(days=1))
        assert [cell.id for cell in again] == [cell.id for cell in first]


def test_a_round_of_one__releases_no_figure(engine: Engine) -> None:
    survey = make_survey(engine)
    survey.saved({"trust": "4"}, seen=0, key="1")
    survey.submit(key="s")
    survey.close()
    with writing(engine) as session:
        assert all(
            cell.value is None for cell in releases.release_cells(session, survey.round(session), rulebase=rulebase(), k=5, now=LATER)
        )
