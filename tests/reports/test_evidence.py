"""The page of the evidence: origins, response, coverage, differences, what is withheld and what is unknown."""

from __future__ import annotations

from typing import Any

from report_documents import MEASURES, make_document, of_case
from reports.full_annex import full_annex

from assess.reports.evidence import Evidence
from assess.reports.view import build_view


def evidence(annex: dict[str, Any] | None = None, **changes: Any) -> Evidence:
    return build_view(make_document(**changes), annex=annex).evidence


def test_sentence__counts_known_indicators_answers_and_asked() -> None:
    said = evidence()
    assert said.sentence == "3 of the 4 indicators of the rule base are known."
    assert said.answers == "2 figures rest on answers of members: 18 each, of 30 asked."


def test_origins__count_indicators_and_answers() -> None:
    assert [(row.origin, row.indicators, row.answered) for row in evidence().origins] == [("Members", 2, "18"), ("Evaluator", 1, "–")]


def test_differences__differing_statements_are_shown__with_both_origins() -> None:
    row = evidence().differences.rows[0]
    assert (row.indicator, row.used, row.used_from, row.other, row.other_from, row.distance) == (
        "Firms in the cluster", "64", "evaluator", "80", "management", "−16",
    )  # fmt: skip
    assert evidence().differences.sentence == (
        "One indicator was stated by more than one origin. One statement departs from the figure that is used."
    )


def test_differences__agreeing_statements__are_counted_only() -> None:
    agreeing = MEASURES | {"structure.firms": {"value": 64, "origin": "evaluator", "others": [{"origin": "management", "value": 64}]}}
    found = evidence(measures=agreeing).differences
    assert found.rows == ()
    assert found.sentence.endswith("All statements agree.")


def test_differences__many__show_those_furthest_apart_and_count_the_rest() -> None:
    names = [f"structure.x{n}" for n in range(9)]
    measures = {
        name: {"value": 10, "origin": "evaluator", "others": [{"origin": "management", "value": 11 + n}]} for n, name in enumerate(names)
    }
    labels = {name: {"label": name, "scale": "count"} for name in names}
    found = evidence(measures=measures, labels=labels).differences
    assert [row.other for row in found.rows] == ["19", "18", "17", "16", "15", "14"]
    assert found.more == "3 more stand in the enclosed diagnosis."


def test_kinds__without_released_groups__are_none() -> None:
    assert evidence().kinds == ()
    assert evidence().withheld == ""


def test_kinds__a_withheld_count__is_said_and_has_no_share() -> None:
    kinds = evidence(full_annex()).kinds
    assert (kinds[0].name, kinds[0].asked, kinds[0].answered, kinds[0].share) == ("Companies", "30", "24", "80 %")
    assert (kinds[-1].name, kinds[-1].answered, kinds[-1].share, kinds[-1].bar.length) == ("Associations", "withheld", "", None)


def test_withheld__counts_suppressed_cells_and_says_why() -> None:
    assert evidence(full_annex()).withheld == (
        "Of 42 figures by kind of member and factor, 14 are withheld: too few organisations, or others would follow from them."
    )


def test_unknown__few__are_named_by_group() -> None:
    found = evidence().unknown
    assert (found.sentence, found.groups) == ("One indicator is unknown.", (("Porter’s four conditions", "Local rivalry"),))


def test_unknown__many__are_counted_by_cause_and_not_named() -> None:
    found = build_view(of_case("textbook-nothing-known")).evidence.unknown
    assert found.groups == ()
    assert sum(number for _, number in found.causes) == found.count > 100


def test_unknown__cause__is_told_by_who_was_silent() -> None:
    silent = MEASURES | {"porter.rivalry": {"value": None, "origin": "member", "n": 3, "reason": "only 3 members answered"}}
    assert evidence(measures=silent).unknown.causes == (("Too few members answered", 1),)
    assert evidence().unknown.causes == (("Nobody stated a figure", 1),)


def test_groups__stand_in_two_halves_in_their_order() -> None:
    first, second = evidence().groups
    assert [row.name for row in first + second] == ["Structure", "Funding", "Porter’s four conditions", "Roles"]
    assert first[0].known == "1 of 1"
