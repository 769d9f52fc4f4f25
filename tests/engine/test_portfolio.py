"""Instruments are ranked, balanced between short and long horizons, and cut to what the management can carry."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from rulebases import Entry, facts, instrument, load, make_diagnosis, parameter, rule

from assess.definitions.rulebase import Rulebase
from assess.engine.portfolio import Portfolio

GIVEN = facts("growing", "marshallian")
PARAMETERS = {"two": parameter(2, "count"), "three": parameter(3, "count")}


def wants(name: str, weight: int, *, when: str = "stage.growing", closes: tuple[str, ...] = ("stage.growing",), rule_id: str = "") -> Entry:
    return rule(rule_id or f"want.{name}", when, then={"recommends": name, "weight": weight, "closes": list(closes)})


def rulebase(folder: Path, instruments: list[Entry], rules: list[Entry], **parameters: Entry) -> Rulebase:
    return load(
        folder, instruments=instruments, rules=rules, parameters=parameters, indicators={"bad": "flag", "busy": "flag", "tired": "flag"}
    )


def portfolio(
    folder: Path, instruments: list[Entry], rules: list[Entry], given: Mapping[str, float] = GIVEN, **parameters: Entry
) -> Portfolio:
    return make_diagnosis(rulebase(folder, instruments, rules, **parameters), given).portfolio


def names(found: Portfolio) -> list[str]:
    return [entry.instrument.id for entry in found.recommendations]


def chosen(found: Portfolio) -> list[str]:
    return [entry.instrument.id for entry in found.recommendations if entry.in_portfolio]


def test_score__is_the_sum_of_the_weights_of_the_rules_that_fired(tmp_path: Path) -> None:
    rules = [wants("a", 3), wants("a", 2, rule_id="again"), wants("a", 5, when="stage.mature", rule_id="not"), wants("b", 4)]
    found = portfolio(tmp_path, [instrument(name, "stage.growing") for name in "ab"], rules)
    assert [(entry.instrument.id, entry.rank, entry.score) for entry in found.recommendations] == [("a", 1, 5), ("b", 2, 4)]
    assert [r.id for r in found.recommendations[0].because] == ["want.a", "again"]


def test_rank__suited_before_score_before_gaps_closed_before_effort_before_name(tmp_path: Path) -> None:
    elsewhere = {"stages": ["mature"], "types": ["marshallian"]}
    instruments = [
        instrument("unsuited", "stage.growing", suits=elsewhere),
        instrument("best", "stage.growing", effort="high"),
        instrument("closes-two", "stage.growing", effort="high"),
        instrument("z-easy", "stage.growing", effort="low"),
        instrument("b-medium", "stage.growing", effort="medium"),
        instrument("a-medium", "stage.growing", effort="medium"),
    ]
    rules = [
        wants("unsuited", 5),
        wants("best", 4),
        wants("closes-two", 3, closes=("stage.growing", "type.marshallian")),
        wants("z-easy", 3),
        wants("b-medium", 3, closes=("stage.growing", "type.hybrid")),  # the second does not hold here
        wants("a-medium", 3),
    ]
    found = portfolio(tmp_path, instruments, rules)
    assert names(found) == ["best", "closes-two", "z-easy", "a-medium", "b-medium", "unsuited"]
    assert [entry.rank for entry in found.recommendations] == [1, 2, 3, 4, 5, 6]
    assert {entry.instrument.id: entry.closes for entry in found.recommendations}["b-medium"] == ("stage.growing",)


@pytest.mark.parametrize(
    ("given", "suits", "suited"),
    [
        (facts("growing", "marshallian"), {"stages": ["growing"], "types": ["marshallian"]}, True),
        (facts("growing", "marshallian"), {"stages": ["mature"], "types": ["marshallian"]}, False),
        (facts("growing", "marshallian"), {"stages": ["growing"], "types": ["hub_and_spoke"]}, False),
        (facts("growing"), {"stages": ["growing"], "types": ["hub_and_spoke"]}, True),  # the type is not known
        (facts("growing") | {"sign.marshallian": 1, "sign.hub_and_spoke": 1, "sign.satellite_platform": 0, "sign.state_anchored": 0},
         {"stages": ["growing"], "types": ["hub_and_spoke"]}, True),  # hybrid: one of the two is enough
        (facts("growing") | {"sign.marshallian": 1, "sign.hub_and_spoke": 1, "sign.satellite_platform": 0, "sign.state_anchored": 0},
         {"stages": ["growing"], "types": ["state_anchored"]}, False),
    ],
)  # fmt: skip
def test_suited__to_the_present_stage_and_type_where_they_are_known(
    tmp_path: Path, given: Mapping[str, float], suits: Entry, suited: bool
) -> None:
    found = portfolio(tmp_path, [instrument("a", "stage.growing", suits=suits)], [wants("a", 3)], given)
    assert [entry.suited for entry in found.recommendations] == [suited]


def test_suited__while_the_stage_is_unknown(tmp_path: Path) -> None:
    suits = {"stages": ["mature"], "types": ["marshallian"]}
    found = portfolio(
        tmp_path, [instrument("a", "type.marshallian", suits=suits)], [wants("a", 3, when="type.marshallian")], facts(None, "marshallian")
    )
    assert found.recommendations[0].suited


EXCLUDES = rule("no.a", "bad", then={"excludes": "a"})
CAUTIONS = rule("care.a", "bad", then={"cautions": "a"})


def test_excluded__is_not_recommended_but_named_with_the_rule(tmp_path: Path) -> None:
    instruments = [instrument(name, "stage.growing") for name in "abc"]
    rules = [wants("a", 5), wants("b", 3), wants("c", 3, when="stage.mature"), EXCLUDES, rule("no.c", "bad", then={"excludes": "c"})]
    found = portfolio(tmp_path, instruments, rules, GIVEN | {"bad": 1})
    assert names(found) == ["b"]
    assert [(entry.id, [r.id for r in because]) for entry, because in found.excluded] == [("a", ["no.a"])]  # nobody asked for c


def test_excluded__or_not_is_unknown__stays_and_says_what_was_not_checked(tmp_path: Path) -> None:
    found = portfolio(tmp_path, [instrument("a", "stage.growing")], [wants("a", 5), EXCLUDES, CAUTIONS])
    assert [[r.id for r in entry.unchecked] for entry in found.recommendations] == [["no.a"]]
    assert (found.excluded, found.recommendations[0].cautions) == ((), ())


def test_cautioned__stays_with_what_speaks_against_it(tmp_path: Path) -> None:
    instruments = [instrument(name, "stage.growing") for name in "ab"]
    found = portfolio(tmp_path, instruments, [wants("a", 5), wants("b", 4), CAUTIONS], GIVEN | {"bad": 1})
    assert [[r.id for r in entry.cautions] for entry in found.recommendations] == [["care.a"], []]
    assert chosen(found) == ["a", "b"]


LIMITS = [
    rule("limit.busy", "busy", then={"limits": "portfolio", "to": "$three"}),
    rule("limit.tired", "tired", then={"limits": "portfolio", "to": "$two"}),
]


@pytest.mark.parametrize(
    ("given", "size", "limited_by"),
    [
        ({"busy": 0, "tired": 0}, 5, []),
        ({}, 5, []),
        ({"busy": 1, "tired": 0}, 3, ["limit.busy"]),
        ({"busy": 1, "tired": 1}, 2, ["limit.tired"]),  # the narrowest counts
    ],
)
def test_size__is_the_narrowest_limit_or_the_default(tmp_path: Path, given: dict[str, float], size: int, limited_by: list[str]) -> None:
    instruments = [instrument(name, "stage.growing") for name in "abcdefg"]
    found = portfolio(tmp_path, instruments, [wants(name, 3) for name in "abcdefg"] + LIMITS, GIVEN | given, **PARAMETERS)
    assert (found.size, [r.id for r in found.limited_by]) == (size, limited_by)
    assert chosen(found) == list("abcdefg")[:size]
    assert len(found.recommendations) == 7


def horizons(folder: Path, written: str, size: int, share: float = 0.4) -> list[str]:
    """Instruments in order of rank: a lower-case letter is short, a capital long; what is chosen, in order of rank."""
    instruments = [instrument(letter.lower(), "stage.growing", horizon="long" if letter.isupper() else "short") for letter in written]
    ranked = sorted(range(len(written)), key=lambda place: written[place].lower())
    assert ranked == list(range(len(written))), "letters stand in the order of the alphabet, which is their rank"
    parameters = {"portfolio_size_default": parameter(size, "count"), "portfolio_min_share": parameter(share, "share")}
    found = portfolio(folder, instruments, [wants(letter.lower(), 3) for letter in written], **parameters)
    return chosen(found)


@pytest.mark.parametrize(
    ("written", "size", "share", "expected"),
    [
        ("abcdEF", 5, 0.4, "abcef"),  # two long wanted (0.4 · 5): e is in, f takes the place of the last short one, d
        ("abcdeFGH", 5, 0.4, "abcfg"),  # both are missing: d and e make room
        ("ABCDef", 5, 0.4, "abcef"),  # the other way round
        ("abCDef", 5, 0.4, "abcde"),  # balanced as it is
        ("abcdeF", 5, 0.4, "abcdf"),  # there is only one long one
        ("abcdef", 5, 0.4, "abcde"),  # there is none
        ("abCD", 5, 0.4, "abcd"),  # fewer than fit
        ("abcD", 3, 0.4, "abd"),  # 0.4 · 3 = 1.2, so two of each are wanted: three short ones spare one, two could not
        ("abcDE", 3, 0.4, "abd"),
        ("abcDE", 4, 0.5, "abde"),  # two and two
        ("abcdEF", 4, 0.3, "abef"),  # 0.3 · 4 = 1.2: rounded up, two long ones
        ("aB", 1, 0.4, "a"),  # one place is not balanced
        ("abcdeFGH", 5, 0, "abcde"),  # nothing asked for
    ],
)
def test_balance__each_horizon_has_its_least_share_where_it_can(
    tmp_path: Path, written: str, size: int, share: float, expected: str
) -> None:
    """The least number is rounded up; a horizon never gives away what brings it below its own least number."""
    assert "".join(horizons(tmp_path, written, size, share)) == expected


def test_nothing_known__nothing_is_recommended(tmp_path: Path) -> None:
    found = portfolio(tmp_path, [instrument("a", "stage.growing")], [wants("a", 5), EXCLUDES], {})
    assert (found.recommendations, found.excluded, found.size) == ((), (), 5)
