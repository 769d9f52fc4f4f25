"""The summary page: the finding in one sentence, the cards, the chart, the limits."""

from __future__ import annotations

from typing import Any

import pytest
from report_documents import instrument, invented, make_document, of_case
from reports.annexes import drawn, make_annex
from reports.full_annex import full_annex

from assess.reports.summary import Summary
from assess.reports.view import build_view


def summary(annex: dict[str, Any] | None = None, **changes: Any) -> Summary:
    return build_view(make_document(**changes), annex=annex).summary


def test_sentence__type_undetermined_and_one_gap__says_both_with_numbers() -> None:
    assert summary().sentence == (
        "Example Valley is a growing cluster; its type cannot be determined from what is known. One of the 7 success factors has "
        "a moderate or severe gap to its target: funding (level 2.25, target 3.50). 6 could not be assessed."
    )


def test_sentence__two_gaps_of_the_same_size__names_both() -> None:
    factors = make_document()["factors"]
    factors["reputation"] |= {"level": 2, "target": 3.25, "gap": 1.25, "severity": "severe", "confidence": "high"}
    said = summary(factors=factors).sentence
    assert (
        "2 of the 7 success factors have a moderate or severe gap to their targets; the widest: funding (level 2.25, target 3.50) and "
        "reputation (level 2.00, target 3.25)." in said
    )


def test_sentence__one_gap_wider_than_another__names_that_one_alone() -> None:
    factors = make_document()["factors"]
    factors["reputation"] |= {"level": 3, "target": 3.5, "gap": 0.5, "severity": "moderate", "confidence": "high"}
    said = summary(factors=factors).sentence
    assert "have a moderate or severe gap to their targets; the widest: funding (level 2.25, target 3.50)." in said
    assert "reputation" not in said


def test_sentence__no_gap__says_so_of_what_could_be_assessed_alone() -> None:
    factors = make_document()["factors"]
    factors["funding"] |= {"level": 3.5, "gap": 0, "severity": "none", "strength": True}
    said = summary(factors=factors).sentence
    assert "None of the success factors that could be assessed has a moderate or severe gap to its target. 6 could not be" in said


def test_sentence__hybrid__names_what_it_is_mixed_of() -> None:
    kind = make_document()["type"] | {"label": "hybrid", "mixed_of": ["hub_and_spoke", "marshallian"], "missing": []}
    said = summary(type=kind)
    assert said.sentence.startswith("Example Valley is a growing cluster and a hybrid of hub-and-spoke and Marshallian.")
    assert said.cards[0].result == "Hybrid"


def test_sentence__nothing_known__says_that_nothing_can_be_concluded() -> None:
    said = build_view(of_case("textbook-nothing-known")).summary
    assert said.sentence.startswith("Nothing can be concluded about Textbook cluster of which nothing is known: none of the")
    assert said.strongest == ()
    assert said.strongest_none == "Unknown: no level is known."


def test_strongest__levels_without_targets__are_not_called_short_of_them() -> None:
    factors = {name: entry | {"target": None, "gap": None, "severity": None} for name, entry in make_document()["factors"].items()}
    assert summary(factors=factors).strongest_none == "Unknown: no gap could be assessed."


def test_card__support__is_never_given_without_its_coverage() -> None:
    assert summary().cards[1].lines[0] == "Support 81.8 %, 90 % of the evidence decidable"


def test_card__undetermined_flag__is_said() -> None:
    assert "Flags undetermined: lock-in" in summary().cards[1].lines


def test_rows__are_the_factors_of_the_diagnosis_with_unknown_said() -> None:
    rows = {row.name: row for row in summary().rows}
    assert (rows["Funding"].level, rows["Funding"].target, rows["Funding"].severity) == ("2.25", "3.50", "severe")
    unknown = rows["Research base"]
    assert (unknown.level, unknown.severity, unknown.confidence, unknown.row.dot) == ("unknown", "unknown", "unknown", None)


def test_rows__without_annex__have_neither_interval_nor_band__and_the_key_speaks_of_neither() -> None:
    said = summary()
    assert {(row.row.interval, row.row.band) for row in said.rows} == {(None, None)}
    assert len(said.key) == 1


def test_rows__with_annex__show_missing_answers_and_peers_where_there_are_any() -> None:
    rows = {row.name: row.row for row in summary(full_annex()).rows}
    assert rows["Funding"].interval is not None
    assert rows["Funding"].band is not None
    assert rows["Reputation"].band is None
    assert len(summary(full_annex()).key) == 3


def test_limits__count_unknown_and_name_what_is_missing() -> None:
    limits = summary().limits
    assert "One of 4 indicators is unknown." in limits
    assert "The type is undetermined. Missing: Firms in the cluster." in limits
    assert "7 screening criteria are unknown." in limits
    assert "The rule base is a draft: results may change." in limits


def test_limits__stability__is_said_with_the_number_of_resamples_where_it_is_known() -> None:
    said = "In 1,000 resamples of the members the type came out the same in 94 %, the stage in 94 %."
    assert said in summary(full_annex()).limits
    assert not [limit for limit in summary().limits if "resamples" in limit]


@pytest.mark.parametrize(("severe", "said"), [(340, ["Funding (34 %)"]), (494, ["Funding (49 %)"]), (499, []), (500, [])])
def test_limits__gap_that_most_fillings_do_not_bear_out__is_named_with_its_share(severe: int, said: list[str]) -> None:
    annex = make_annex(bounds=drawn({"factor.funding": {"severe": severe, "moderate": 1000 - severe}}, factors={}))
    start = "With what is unknown filled in at random, these gaps stayed as grave in less than half of the draws: "
    assert [limit.removeprefix(start).removesuffix(".") for limit in summary(annex).limits if limit.startswith(start)] == said


def test_limits__of_a_report_without_any__say_that_none_is_recorded() -> None:
    document = invented() | {"synthetic": False, "rulebase": invented()["rulebase"] | {"status": "published"}}
    document |= {"factors": {name: entry | {"confidence": "high"} for name, entry in document["factors"].items()}}
    met = {"result": "pass", "findings": [], "because": [], "missing": []}
    document["screens"] = {screen: dict.fromkeys(criteria, met) for screen, criteria in document["screens"].items()}
    assert build_view(document).summary.limits == ("No limit is recorded.",)


def test_strongest__are_factors_that_reached_their_target__the_furthest_above_it_first() -> None:
    factors = make_document()["factors"]
    for name, level in (("reputation", 4), ("collaboration", 3.5), ("human_resources", 3.4)):
        factors[name] |= {"level": level, "gap": 3.5 - level, "severity": "none", "confidence": "high"}
    assert [(pick.name, pick.says) for pick in summary(factors=factors).strongest] == [
        ("Reputation", "level 4.00, target 3.50"),
        ("Collaboration", "level 3.50, target 3.50"),
    ]


def test_largest_gaps__name_severity_and_distance() -> None:
    assert [(pick.name, pick.says) for pick in summary().gaps] == [("Funding", "severe, 1.25 below target")]


def test_first_instruments__are_those_of_the_portfolio__with_horizon_and_effort() -> None:
    chosen = [instrument(name=f"Instrument {n}", id=f"i{n}", rank=n, portfolio=n != 2) for n in range(1, 6)]
    picks = summary(instruments=chosen).instruments
    assert [pick.name for pick in picks] == ["Instrument 1", "Instrument 3", "Instrument 4"]
    assert picks[0].says == "long horizon, high effort"
