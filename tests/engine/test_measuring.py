"""Members' answers become one value; every number here was worked out by hand beside the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from answering import (
    INDICATORS,
    WEIGHTINGS,
    answered,
    item,
    make_indicator,
    make_weighting,
    member_questionnaire,
    single_questionnaire,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from assess.definitions.expressions import Value
from assess.definitions.indicators import Origin, Weighting
from assess.definitions.questionnaire_items import MemberKind, Score, ScoreRule
from assess.engine.aggregates import in_thousandths, weighted_mean, weighted_median, weighted_spread
from assess.engine.answers import ResponseSet
from assess.engine.breakdown import measures_by_kind, participation
from assess.engine.measures import Measure, OtherValue
from assess.engine.measuring import measure
from assess.engine.scoring import score
from assess.errors import AssessError, FaultsFound

Row = dict[str, str]


def trusting(*ratings: str, kind: str = "company") -> list[Row]:
    """One organisation for each rating of trust."""
    return [{"trust": rating, "kind": kind, "organisation": f"{kind} {number}"} for number, rating in enumerate(ratings)]


def measured(rows: Sequence[Row], indicator: str = "collaboration.trust", **more: object) -> Measure:
    """What members say about one indicator; `more` changes the indicator."""
    indicators = {**INDICATORS, indicator: INDICATORS[indicator].model_copy(update=more)}
    return measure([members(rows)], indicators, WEIGHTINGS)[indicator]


def members(rows: Sequence[Row]) -> ResponseSet:
    return answered(member_questionnaire(), *rows)


def weights(*pairs: tuple[int, int]) -> dict[Fraction, Fraction]:
    return {Fraction(value): Fraction(weight) for value, weight in pairs}


# The aggregates themselves ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "median"),
    [
        (weights((3, 1)), 3),
        (weights((1, 1), (2, 1), (5, 1)), 2),  # the middle one of three
        (weights((2, 1), (5, 1)), Fraction(7, 2)),  # half the weight stands up to 2: (2 + 5) ÷ 2
        (weights((1, 1), (2, 1), (4, 2)), 3),  # of weight 4 exactly 2 stand up to the value 2: (2 + 4) ÷ 2
        (weights((1, 1), (2, 2), (5, 2)), 2),  # of weight 5 more than 2.5 stand up to the value 2
        (weights((1, 3), (2, 1), (5, 1)), 1),  # of weight 5 already 3 stand on 1
    ],
)
def test_weighted_median__worked_by_hand(points: dict[Fraction, Fraction], median: Fraction | int) -> None:
    assert weighted_median(points) == median


def test_weighted_mean_and_spread__worked_by_hand() -> None:
    # Values 1 (weight 1) and 4 (weight 2): mean (1 + 8) ÷ 3 = 3; variance (1·4 + 2·1) ÷ 3 = 2; √2 = 1.41421…
    points = weights((1, 1), (4, 2))
    assert weighted_mean(points) == 3
    assert weighted_spread(points) == Decimal("1.414")


def test_spread__half_a_thousandth__is_rounded_up_exactly() -> None:
    # Values −0.0015 and 0.0015, equal weights: the spread is 0.0015, which rounds to 0.002; a hair less rounds to 0.001.
    hair = Fraction(1, 10**30)
    assert weighted_spread({Fraction(-15, 10_000): Fraction(1), Fraction(15, 10_000): Fraction(1)}) == Decimal("0.002")
    assert weighted_spread({Fraction(-15, 10_000) + hair: Fraction(1), Fraction(15, 10_000) - hair: Fraction(1)}) == Decimal("0.001")


@pytest.mark.parametrize(("value", "rounded"), [(Fraction(1, 2000), "0.001"), (Fraction(-1, 2000), "-0.001"), (Fraction(1, 3), "0.333")])
def test_thousandths__half__goes_away_from_zero(value: Fraction, rounded: str) -> None:
    assert in_thousandths(value) == Decimal(rounded)


# Members -------------------------------------------------------------------------------------------------------------


def test_median__of_five_companies__with_mean_based_spread() -> None:
    # 1 2 4 4 5: median 4; mean 3.2; squares 4.84 + 1.44 + 0.64 + 0.64 + 3.24 = 10.8; ÷ 5 = 2.16; √2.16 = 1.4697
    found = measured(trusting("1", "2", "4", "4", "5"))
    assert found == Measure(
        "collaboration.trust", Decimal(4), 5, 5, Decimal("1.470"), coverage=Decimal(1), dont_know=0, origin=Origin.MEMBER
    )


def test_median__of_an_even_number__is_the_mean_of_the_two_in_the_middle() -> None:
    assert measured(trusting("1", "2", "3", "4", "5", "5")).value == Decimal("3.5")


def test_reversed_item__counts_six_less_the_answer() -> None:
    # Answers 1 1 2 4 5 are worth 5 5 4 2 1: median 4.
    rows = [{"closed": rating, "kind": "public"} for rating in ("1", "1", "2", "4", "5")]
    assert measured(rows, "management.openness").value == 4


def test_two_items__are_the_respondents_own_weighted_mean() -> None:
    # Clear (weight 2) 4, vague 1 → 5: (2·4 + 5) ÷ 3 = 13/3 = 4.333…; without the second item the first alone counts.
    both = {"idea_clear": "4", "idea_vague": "1"}
    assert measured([both] * 5, "initiative.idea").value == Decimal("4.333")
    assert measured([both | {"idea_vague": "dont_know"}] * 5, "initiative.idea").value == 4


@pytest.mark.parametrize(
    ("answers", "asked", "unsure"),
    [
        ({"idea_clear": "dont_know", "idea_vague": ""}, 1, 1),
        ({"idea_clear": "dont_know", "idea_vague": "not_applicable"}, 1, 1),
        ({"idea_clear": "", "idea_vague": "not_applicable"}, 1, 0),
        ({"idea_clear": "not_applicable", "idea_vague": "not_applicable"}, 0, 0),
    ],
)
def test_two_items_without_a_figure__not_knowing_comes_before_silence_and_this_before_not_applying(
    answers: Row, asked: int, unsure: int
) -> None:
    found = measured([answers], "initiative.idea")
    assert (found.asked, found.dont_know, found.n) == (asked, unsure, 0)


@pytest.mark.parametrize(
    ("rule", "answer", "worth"),
    [
        (Score(ScoreRule.COUNT), frozenset({"energy", "health"}), 2),
        (Score(ScoreRule.COUNT), frozenset({"none"}), 0),
        (Score(ScoreRule.TABLE, (("often", Decimal(5)), ("never", Decimal(1)))), "never", 1),
        (Score(ScoreRule.TABLE, (("often", Decimal(5)),)), "else", None),
        (Score(ScoreRule.FLAG), True, 1),
        (Score(ScoreRule.DIRECT), "word", None),
        (Score(ScoreRule.DIRECT), "NaN", None),
    ],
)
def test_score__gives_an_answer_its_worth_or_none(rule: Score, answer: Value, worth: int | None) -> None:
    assert score(replace(item("topics"), score=rule), answer) == worth


def test_share_who_know__is_the_mean_of_yes_and_no() -> None:
    # 2 of 6: 0.333…; √(1/3 · 2/3) = 0.4714
    found = measured([{"facilitator": answer} for answer in ("yes", "no", "no", "yes", "no", "no")], "role.facilitator")
    assert (found.value, found.spread) == (Decimal("0.333"), Decimal("0.471"))


def test_percentages__become_a_share() -> None:
    # 10, 20, 30, 40 and 62.5 per cent: 162.5 ÷ 5 = 32.5 per cent
    rows = [{"buys": "yes", "purchases": answer} for answer in ("10", "20", "30", "40", "62.5")]
    assert measured(rows, "linkage.local_sourcing_share").value == Decimal("0.325")


def test_balanced_kinds__a_crowd_of_one_kind_does_not_drown_the_others() -> None:
    # Companies 0.5 over 40 firms, research 0.3 over 3, public 0.2 over 2. On 1 stands 0.5, on 4 0.3, on 5 0.2:
    # exactly half up to 1, so (1 + 4) ÷ 2. Counting heads, 40 of 45 stand on 1.
    rows = trusting(*["1"] * 40) + trusting("4", "4", "4", kind="research") + trusting("5", "5", kind="public")
    assert measured(rows, weighting="balanced").value == Decimal("2.5")
    assert measured(rows).value == 1
    # Mean: 0.5·1 + 0.3·4 + 0.2·5 = 2.7
    assert measured(rows, weighting="balanced", aggregate="mean").value == Decimal("2.7")


def test_balanced_kinds__a_kind_without_a_figure__leaves_its_share_to_the_rest() -> None:
    # Without public agencies: companies 0.5 ÷ 0.8, research 0.3 ÷ 0.8: (0.5·1 + 0.3·5) ÷ 0.8 = 2.5
    rows = trusting("1", "1", "1") + trusting("5", "5", kind="research") + trusting("dont_know", kind="public")
    assert measured(rows, weighting="balanced", aggregate="mean").value == Decimal("2.5")


def test_kinds_without_weight__are_no_ground_for_a_value() -> None:
    found = measured(trusting(*["3"] * 5, kind="investor"), weighting="balanced")
    assert found.value is None
    assert found.reason == "the kinds that answered have no weight in balanced"


def test_respondents_of_one_organisation__share_its_voice() -> None:
    # One organisation says 1 three times, four others say 5: mean (1 + 4·5) ÷ 5 = 4.2
    rows = [{"organisation": "One", "trust": "1"}] * 3 + trusting(*["5"] * 4)
    found = measured(rows, aggregate="mean")
    assert (found.value, found.n, found.asked) == (Decimal("4.2"), 5, 5)


def test_respondents_of_one_organisation__only_those_with_a_figure_share_its_voice() -> None:
    # One: 1, and two who do not know: the 1 has the whole voice; (1 + 4·5) ÷ 5 = 4.2, and the organisation is not unsure.
    rows = [{"organisation": "One", "trust": answer} for answer in ("1", "dont_know", "")] + trusting(*["5"] * 4)
    found = measured(rows, aggregate="mean")
    assert (found.value, found.n, found.dont_know) == (Decimal("4.2"), 5, 0)


def test_coverage__counts_those_it_applies_to_and_tells_silences_apart() -> None:
    # Ten companies: 6 figures, 2 do not know, 1 left it empty, 1 says it does not apply: asked 9, coverage 6 ÷ 9 = 0.667
    found = measured(trusting(*["4"] * 6, "dont_know", "dont_know", "", "not_applicable"))
    assert (found.n, found.asked, found.dont_know, found.coverage, found.value) == (6, 9, 2, Decimal("0.667"), Decimal(4))


def test_coverage__leaves_out_other_kinds_and_what_is_not_relevant() -> None:
    rows = [{"closed": "2", "kind": "public"}] * 5 + [{"closed": "5"}] * 9
    assert measured(rows, "management.openness").asked == 5
    rows = [{"buys": "yes", "purchases": "50"}] * 5 + [{"buys": "no", "purchases": "99"}] * 9
    found = measured(rows, "linkage.local_sourcing_share")
    assert (found.asked, found.value) == (5, Decimal("0.5"))


def test_too_few_organisations__the_value_is_unknown_and_says_why() -> None:
    found = measured(trusting("3", "3", "4", "", "dont_know"))
    assert (found.value, found.spread, found.n) == (None, None, 3)
    assert found.reason == "fewer than 5 organisations answered (n = 3)"


def test_five_respondents_of_one_organisation__are_one_organisation() -> None:
    assert measured([{"organisation": "One", "trust": "3"}] * 5).reason == "fewer than 5 organisations answered (n = 1)"


@pytest.mark.parametrize(("silent", "known"), [(6, True), (7, False)])
def test_coverage__exactly_half__is_enough(silent: int, known: bool) -> None:
    found = measured(trusting(*["4"] * 6, *[""] * silent))
    assert (found.value is not None) is known
    if not known:
        assert found.reason == "too few of the organisations it applies to answered (6 of 13; at least 50 % are needed)"


def test_coverage__a_hair_below_what_is_needed__is_not_rounded_up() -> None:
    # 1,999 ÷ 3,999 = 0.49987…, which is shown as 0.5 but is less than half.
    found = measured(trusting(*["4"] * 1999, *[""] * 2000))
    assert (found.coverage, found.value) == (Decimal("0.500"), None)


def test_nobody_to_ask__says_so() -> None:
    assert measured(trusting("3") * 5, "management.openness").reason == "no member was asked, or it applies to none of them"
    assert measured([]).reason == "no member was asked, or it applies to none of them"


def test_indicator_without_items__says_that_nobody_asks_for_it() -> None:
    assert measured(trusting("3") * 5, "benefit.speed").reason == "no questionnaire that was answered asks for it"


def test_answer_off_its_scale__is_never_averaged() -> None:
    indicators = {"linkage.local_sourcing_share": make_indicator("linkage.local_sourcing_share", "share")}
    rows = members([{"buys": "yes", "purchases": "120"}] * 5)
    with pytest.raises(AssessError, match=r"1\.2 is off its scale"):
        measure([rows], indicators, WEIGHTINGS)


# Management and evaluator --------------------------------------------------------------------------------------------


def single(respondent: str, **answers: str) -> ResponseSet:
    return answered(single_questionnaire(respondent), dict(answers))


def combined(*sets: ResponseSet) -> dict[str, Measure]:
    return measure(sets, INDICATORS, WEIGHTINGS)


def test_management__states_counts_flags_and_what_is_worked_out() -> None:
    found = combined(single("management", firms="64", small="58", plan="yes"))
    assert found["structure.firms"] == Measure("structure.firms", Decimal(64), origin=Origin.MANAGEMENT)
    assert found["structure.sme_share"].value == Decimal("0.906")  # 58 ÷ 64 = 0.90625
    assert found["strategy.action_plan"].value == 1


def test_management__on_what_only_others_may_state__is_not_heard() -> None:
    assert combined(single("management", trust="5"))["collaboration.trust"].value is None


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("", "the cluster management gave no figure"),
        ("dont_know", "the cluster management does not know"),
        ("not_applicable", "the cluster management says that it does not apply, or was not asked after other answers"),
    ],
)
def test_management__without_a_figure__says_why(answer: str, reason: str) -> None:
    assert combined(single("management", firms=answer))["structure.firms"].reason == reason


def test_authority__evaluator_before_management_before_members__and_the_others_are_kept() -> None:
    rows = members([{"idea_clear": "2"}] * 5)
    found = combined(rows, single("management", idea="4"), single("evaluator", idea="3"))["initiative.idea"]
    assert (found.value, found.origin, found.n) == (Decimal(3), Origin.EVALUATOR, None)
    assert found.others == (OtherValue(Origin.MANAGEMENT, Decimal(4)), OtherValue(Origin.MEMBER, Decimal(2)))


def test_authority__an_evaluator_without_a_figure__leaves_it_to_the_members() -> None:
    found = combined(single("evaluator", trust="dont_know"), members(trusting(*["4"] * 5)))["collaboration.trust"]
    assert (found.value, found.origin, found.others) == (Decimal(4), Origin.MEMBER, ())


def test_authority__nobody_with_a_figure__gives_every_reason_and_what_the_members_counted() -> None:
    found = combined(single("evaluator"), members(trusting("4", "4")))["collaboration.trust"]
    assert found.reason == "fewer than 5 organisations answered (n = 2); the evaluator gave no figure"
    assert (found.n, found.value) == (2, None)


def test_two_rows_of_the_management__are_a_fault_at_the_second() -> None:
    twice = answered(single_questionnaire(), {"firms": "64"}, {"firms": "65"})
    with pytest.raises(FaultsFound, match=r"answers\.csv:3: the cluster management answers on one row only; keep the valid row"):
        combined(twice)


def test_figure_of_the_management__off_its_scale__is_a_fault_at_its_row() -> None:
    with pytest.raises(FaultsFound, match=r"answers\.csv:2 firms: -3\S* is off its scale"):
        combined(single("management", firms="-3"))


def test_no_row_of_the_management__is_an_error() -> None:
    with pytest.raises(AssessError, match="no answer sheet of the cluster management"):
        combined(answered(single_questionnaire()))


# By kind --------------------------------------------------------------------------------------------------------------


def by_kind(rows: list[Row]) -> dict[MemberKind, Measure]:
    found = measures_by_kind(members(rows), INDICATORS)
    return {kind: measures["collaboration.trust"] for kind, measures in found.items()}


def test_kinds__with_five_organisations_or_more__are_shown_by_themselves() -> None:
    found = by_kind(trusting(*["1"] * 6) + trusting("3", "4", "4", "4", "5", kind="research"))
    assert {kind: one.value for kind, one in found.items()} == {MemberKind.COMPANY: 1, MemberKind.RESEARCH: 4}


def test_kinds__one_small_kind__hides_another_so_that_it_does_not_follow_from_the_rest() -> None:
    found = by_kind(trusting(*["1"] * 9) + trusting(*["4"] * 6, kind="research") + trusting("5", kind="public"))
    assert {kind: one.value for kind, one in found.items()} == {MemberKind.COMPANY: 1, MemberKind.RESEARCH: None, MemberKind.PUBLIC: None}
    assert found[MemberKind.RESEARCH].reason == "not shown, because a smaller kind's answers would follow from it"
    assert found[MemberKind.PUBLIC].reason == "fewer than 5 organisations answered"


def test_kinds__two_small_kinds_with_five_together__hide_nothing_else() -> None:
    rows = trusting(*["1"] * 9) + trusting(*["4"] * 3, kind="research") + trusting("5", "5", kind="public")
    assert by_kind(rows)[MemberKind.COMPANY].value == 1


def test_participation__counts_organisations_and_respondents_who_said_anything() -> None:
    rows = [
        {"organisation": "One", "trust": "3"},
        {"organisation": "ONE ", "trust": "4"},
        {"organisation": "Two", "kind": "public", "trust": "3"},
    ]
    found = participation(members([*rows, {"organisation": "Silent", "trust": ""}]))
    assert found.organisations == {MemberKind.COMPANY: 1, MemberKind.PUBLIC: 1}
    assert (found.total, found.respondents) == (2, 3)


# What always holds -----------------------------------------------------------------------------------------------------

UNTIMED = settings(deadline=None, max_examples=60)
RATINGS = st.sampled_from(["1", "2", "3", "4", "5"])
KINDS = st.sampled_from(["company", "research", "public"])
ROWS = st.lists(st.tuples(RATINGS | st.just("dont_know"), KINDS, st.integers(0, 9)), min_size=5, max_size=30).map(
    lambda drawn: [{"trust": rating, "kind": kind, "organisation": f"{kind} {number}"} for rating, kind, number in drawn]
)
CHOSEN = {"weighting": st.sampled_from(sorted(WEIGHTINGS)), "aggregate": st.sampled_from(["median", "mean"])}


@given(rows=ROWS, seed=st.integers(), **CHOSEN)
@UNTIMED
def test_order_of_rows__does_not_matter(rows: list[Row], seed: int, weighting: str, aggregate: str) -> None:
    shuffled = Random(seed).sample(rows, len(rows))
    assert measured(rows, weighting=weighting, aggregate=aggregate) == measured(shuffled, weighting=weighting, aggregate=aggregate)


@given(rows=ROWS, **CHOSEN)
@UNTIMED
def test_value__lies_between_the_least_and_the_greatest_answer(rows: list[Row], weighting: str, aggregate: str) -> None:
    found = measured(rows, weighting=weighting, aggregate=aggregate)
    ratings = [Decimal(row["trust"]) for row in rows if row["trust"] != "dont_know"]
    if found.value is not None and found.spread is not None:
        assert min(ratings) <= found.value <= max(ratings)
        assert 0 <= found.spread <= (max(ratings) - min(ratings)) / 2


@given(rows=ROWS, kind=KINDS, **CHOSEN)
@UNTIMED
def test_another_dont_know__changes_no_value_unless_coverage_fails(rows: list[Row], kind: str, weighting: str, aggregate: str) -> None:
    before = measured(rows, weighting=weighting, aggregate=aggregate)
    after = measured([*rows, {"trust": "dont_know", "kind": kind, "organisation": "new"}], weighting=weighting, aggregate=aggregate)
    assert (after.n, after.asked, after.dont_know) == (before.n, (before.asked or 0) + 1, (before.dont_know or 0) + 1)
    if after.value is not None:
        assert (after.value, after.spread) == (before.value, before.spread)
    elif before.value is not None:
        assert after.n is not None
        assert after.asked is not None
        assert 2 * after.n < after.asked


@given(rows=ROWS, **CHOSEN)
@UNTIMED
def test_respondents_repeated__add_no_organisation_and_change_nothing(rows: list[Row], weighting: str, aggregate: str) -> None:
    assert measured(rows * 2, weighting=weighting, aggregate=aggregate) == measured(rows, weighting=weighting, aggregate=aggregate)


@given(rows=ROWS)
@UNTIMED
def test_silences_and_figures__make_up_all_that_were_asked(rows: list[Row]) -> None:
    found = measured(rows)
    assert found.asked == len({row["organisation"] for row in rows})
    assert found.asked == (found.n or 0) + (found.dont_know or 0)


@given(rows=ROWS, times=st.integers(2, 5))
@UNTIMED
def test_balanced_kinds__more_of_the_same_company_opinion__changes_nothing(rows: list[Row], times: int) -> None:
    """Copies of all companies under new names weigh, together, as much as the companies did."""
    copies = [row | {"organisation": f"{row['organisation']} copy {n}"} for n in range(times) for row in rows if row["kind"] == "company"]
    before, after = measured(rows, weighting="balanced"), measured([*rows, *copies], weighting="balanced")
    if before.value is not None and after.value is not None:
        assert (after.value, after.spread) == (before.value, before.spread)


@given(shares=st.tuples(st.integers(1, 9), st.integers(1, 9)), times=st.integers(2, 9))
@UNTIMED
def test_shares__count_in_proportion_only(shares: tuple[int, int], times: int) -> None:
    rows = trusting("1", "2", "2") + trusting("4", "5", kind="research")

    def value(weighting: Weighting) -> Decimal | None:
        indicator = make_indicator("collaboration.trust", aggregate="mean", weighting="w")
        return measure([members(rows)], {indicator.id: indicator}, {"w": weighting})[indicator.id].value

    company, research = shares
    bigger = make_weighting(company=str(company * times), research=str(research * times))
    assert value(make_weighting(company=str(company), research=str(research))) == value(bigger)
