"""A diagnosis says what is concluded, and says of everything else that it is not known and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from report_documents import invented
from rulebases import CITE, CRITERIA, SIGNS, Entry, facts, instrument, load, make_diagnosis, parameter, rule

from assess.definitions.rulebase import Rulebase
from assess.definitions.rules import FACTORS, SCREENS, STAGES, TYPES, StratumName
from assess.engine.confidence import Confidence
from assess.engine.diagnosis import Support
from assess.engine.measures import Measure
from assess.errors import NeedsExamination


def finding(name: str, conclusion: str, *when: str, **more: object) -> Entry:
    return rule(name, *when, then={"concludes": conclusion, "finding": f"It is {name}.", "tone": "weakness"}, **more)


RULES = [
    finding("stagnant", "flag.stagnating", "stage.mature", "growth <= $none"),
    rule("target", "stage.growing", then={"sets_target": "funding", "to": "$four"}),
    rule("higher", "type.marshallian", then={"adjusts_target": "funding", "by": "$half"}),
    finding("moderate", "gap.funding.moderate", "factor.funding.gap >= $half", "factor.funding.gap < $one"),
    finding("severe", "gap.funding.severe", "factor.funding.gap >= $one"),
    finding("strong", "strength.funding", "factor.funding.level >= $four"),
    finding("no-trust", "role.no_trust", "trust < $four"),
    finding("no-trust-either", "role.no_trust", "level.collaboration < $four"),
    rule("wanted", "gap.funding.severe", then={"recommends": "fund", "weight": 3, "closes": ["gap.funding.severe"]}),
    rule("advised", "gap.funding.severe", then={"advises": "agency", "insight": 2, "text": "Give money."}),
    rule("report", "stage.growing", then={"condition": "reporting", "text": "Report each year."}),
    rule("report-too", "type.marshallian", then={"condition": "reporting", "text": "Report often."}),
    rule("listed", "screen.strategy.business_led.pass", then={"condition": "listed", "text": "Stay so."}),
    rule("fund-built", "recommended.fund", then={"condition": "built", "text": "Build it."}),
]
PARAMETERS = {
    "four": parameter(4),
    "half": parameter(0.5, "difference"),
    "one": parameter(1, "difference"),
    "none": parameter(0, "rate"),
}


def built(folder: Path, *more: Entry, **given: Any) -> Rulebase:
    """The rules above, where `more` has none of the same name, and `more`."""
    replaced = {entry["id"] for entry in more}
    return load(
        folder,
        rules=[*(entry for entry in RULES if entry["id"] not in replaced), *more],
        parameters=PARAMETERS,
        indicators={"trust": "likert", "growth": "rate", "extra": "flag"},
        instruments=[instrument("fund", "gap.funding.severe")],
        **given,
    )


@pytest.fixture
def rulebase(tmp_path: Path) -> Rulebase:
    return built(tmp_path)


def test_nothing_known__nothing_is_concluded(rulebase: Rulebase) -> None:
    found = make_diagnosis(rulebase, {})
    assert (found.type.label, found.stage.label) == ("undetermined", "undetermined")
    assert (found.type.known_label, found.stage.known_label, found.type.mixed_of) == (None, None, ())
    assert found.type.supports == dict.fromkeys(TYPES, Support(None, Decimal(0)))
    assert (found.flags, found.open_flags) == ((), ("stagnating",))
    for name in FACTORS:
        factor = found.factors[name]
        numbers = (factor.level, factor.target, factor.gap, factor.severity, factor.is_strength, factor.confidence, factor.target_rests_on)
        assert numbers == (None,) * 7
        assert (factor.known, factor.unknown, factor.weaknesses) == ((), (f"level.{name}",), ())
    assert {found.screen(screen, name)[0] for screen, names in SCREENS.items() for name in names} == {"unknown"}
    assert [found.findings(stratum) for stratum in StratumName] == [()] * len(StratumName)
    assert (found.portfolio.recommendations, found.advice(), found.grant_conditions()) == ((), (), ())
    assert set(found.unknown) == set(rulebase.indicators)


def test_classification__says_what_decided_it(rulebase: Rulebase) -> None:
    found = make_diagnosis(rulebase, facts("growing", "state_anchored"))
    assert (found.type.label, [r.id for r in found.type.decided_by]) == ("state_anchored", ["type.state_anchored"])
    assert (found.stage.label, [r.id for r in found.stage.decided_by]) == ("growing", ["stage.growing"])
    assert found.stage.supports == {
        "potential": Support(Decimal(0), Decimal(1)),
        "growing": Support(Decimal(1), Decimal(1)),
        "mature": Support(Decimal(0), Decimal(1)),
    }
    assert found.type.blocked == ()


def test_classification__that_lacks_a_rival__is_undetermined_and_says_what_blocks_it(rulebase: Rulebase) -> None:
    found = make_diagnosis(rulebase, {"sign.growing": 1, "sign.mature": 0})
    assert (found.stage.label, found.stage.decided_by) == ("undetermined", ())
    assert [r.id for r in found.stage.blocked] == ["stage.potential", "stage.growing", "stage.mature"]
    assert found.missing_for(found.stage.blocked) == ("sign.potential",)


def test_hybrid__names_the_two_types_it_is_mixed_of(rulebase: Rulebase) -> None:
    signs = dict.fromkeys(SIGNS, 0) | {"sign.hub_and_spoke": 1, "sign.state_anchored": 1}
    found = make_diagnosis(rulebase, signs).type
    assert (found.label, found.known_label, found.mixed_of) == ("hybrid", "hybrid", ("hub_and_spoke", "state_anchored"))
    assert [r.id for r in found.decided_by] == ["type.hybrid"]


def test_two_types_at_once__need_examination(tmp_path: Path) -> None:
    also = rule("also", "extra", then={"concludes": "type.hybrid"})
    with pytest.raises(NeedsExamination, match="The type came out as marshallian and hybrid at once"):
        make_diagnosis(built(tmp_path, also), facts("growing", "marshallian") | {"extra": 1})


def test_two_stages_at_once__need_examination(tmp_path: Path) -> None:
    also = rule("also", "extra", then={"concludes": "stage.mature"})
    with pytest.raises(NeedsExamination, match="The stage came out as growing and mature at once"):
        make_diagnosis(built(tmp_path, also), facts("growing") | {"extra": 1})


def test_screen__passed_and_failed_at_once__needs_examination(tmp_path: Path) -> None:
    also = rule("also", "extra", then={"screen": CRITERIA[0], "result": "fail", "finding": "No."})
    with pytest.raises(NeedsExamination, match=rf"Rules {CRITERIA[0]}\.pass, also pass and fail {CRITERIA[0]} at once"):
        make_diagnosis(built(tmp_path, also), {f"meets.{CRITERIA[0]}": 1, "extra": 1})


@pytest.mark.parametrize(
    ("meets", "result", "rules"),
    [
        (1, "pass", ["strategy.business_led.pass"]),
        (0, "fail", ["strategy.business_led.fail"]),
        (None, "unknown", ["strategy.business_led.pass", "strategy.business_led.fail"]),
    ],
)
def test_screen__each_result(rulebase: Rulebase, meets: float | None, result: str, rules: list[str]) -> None:
    given = {} if meets is None else {"meets.strategy.business_led": meets}
    found = make_diagnosis(rulebase, given).screen("strategy", "business_led")
    assert (found[0], [r.id for r in found[1]]) == (result, rules)


@pytest.mark.parametrize(
    ("level", "gap", "severity", "strength"),
    [
        (3.001, "0.999", "moderate", False),
        (3, "1", "severe", False),
        (3.5, "0.5", "moderate", False),
        (3.501, "0.499", "none", False),
        (4, "0", "none", True),
        (5, "-1", "none", True),
    ],
)
def test_factor__level_target_gap_and_severity(rulebase: Rulebase, level: float, gap: str, severity: str, strength: bool) -> None:
    factor = make_diagnosis(rulebase, facts("growing", "hub_and_spoke", funding=level)).factors["funding"]
    assert (factor.level, factor.target, factor.gap) == (Decimal(str(level)), Decimal(4), Decimal(gap))
    assert (factor.severity, factor.is_strength, factor.confidence) == (severity, strength, Confidence.MEDIUM)
    assert (factor.known, factor.unknown) == (("level.funding",), ())


@pytest.mark.parametrize(
    ("given", "level", "target", "rests_on"),
    [
        (facts("growing", "marshallian", funding=3), "3", "4.5", "stage and type"),
        (facts("growing", "hub_and_spoke", funding=3), "3", "4", "stage and type"),
        (facts("growing", funding=3), "3", "4", "stage"),  # the type is not known
        (facts("growing", "marshallian"), None, "4.5", "stage and type"),
        (facts("mature", "marshallian", funding=3), "3", None, None),
        (facts(None, "marshallian", funding=3), "3", None, None),
    ],
)
def test_factor__target_says_what_it_rests_on(
    rulebase: Rulebase, given: Mapping[str, float], level: str | None, target: str | None, rests_on: str | None
) -> None:
    factor = make_diagnosis(rulebase, given).factors["funding"]
    assert (factor.level, factor.target) == (level and Decimal(level), target and Decimal(target))
    assert (factor.gap is None, factor.severity is None) == (level is None or target is None,) * 2
    assert factor.target_rests_on == rests_on


def test_targets_of_a_hybrid__rest_on_its_stage_alone() -> None:
    document = invented()
    assert document["type"]["mixed_of"]
    assert {entry["target_rests_on"] for entry in document["factors"].values()} == {"stage"}


def test_severity__while_the_rules_on_it_cannot_be_decided__is_unknown_not_none(tmp_path: Path) -> None:
    """The gap is known, but whether it counts as severe hangs on something that is not."""
    careful = finding("severe", "gap.funding.severe", "factor.funding.gap >= $one", "trust < $four")
    found = make_diagnosis(built(tmp_path, careful), facts("growing", "hub_and_spoke", funding=2))
    assert found.inferred.conclusions["gap.funding.severe"].value == "undetermined"
    assert found.factors["funding"].severity is None


def test_findings__one_per_conclusion_with_every_rule_that_fired(rulebase: Rulebase) -> None:
    found = make_diagnosis(rulebase, facts(collaboration=3) | {"trust": 2})
    (only,) = found.findings(StratumName.PROFILES, "role.")
    assert (only.id, [r.id for r in only.rules]) == ("role.no_trust", ["no-trust", "no-trust-either"])
    assert str(only.says.finding) == "It is no-trust."
    assert found.findings(StratumName.PROFILES, "porter.") == ()


def test_open_findings__are_those_that_could_not_be_decided(rulebase: Rulebase) -> None:
    assert make_diagnosis(rulebase, {"trust": 5}).open_findings(StratumName.PROFILES, "role.") == ("role.no_trust",)
    assert make_diagnosis(rulebase, {"trust": 2}).open_findings(StratumName.PROFILES, "role.") == ()
    assert make_diagnosis(rulebase, facts(collaboration=5) | {"trust": 5}).open_findings(StratumName.PROFILES, "role.") == ()


def test_flags__raised_ruled_out_or_open(rulebase: Rulebase) -> None:
    for given, flags, undecided in (
        (facts("mature") | {"growth": -0.01}, ("stagnating",), ()),
        (facts("mature") | {"growth": 0.01}, (), ()),
        (facts("growing"), (), ()),  # whatever its growth is
        (facts("mature"), (), ("stagnating",)),
    ):
        found = make_diagnosis(rulebase, given)
        assert (found.flags, found.open_flags) == (flags, undecided)


def test_advice_and_grant_conditions__are_those_that_fired_one_per_condition(rulebase: Rulebase) -> None:
    found = make_diagnosis(rulebase, facts("growing", "marshallian", funding=1))
    assert [r.id for r in found.advice()] == ["advised"]
    assert [r.id for r in found.grant_conditions()] == ["report", "fund-built"]


def missing(rulebase: Rulebase, rule_id: str, given: Mapping[str, float] | None = None) -> set[str]:
    return set(make_diagnosis(rulebase, given or {}).missing_for([rulebase.rules_by_id[rule_id]]))


STAGE_SIGNS, TYPE_SIGNS = {f"sign.{stage}" for stage in STAGES}, {f"sign.{kind}" for kind in TYPES}


@pytest.mark.parametrize(
    ("rule_id", "names"),
    [
        ("no-trust", {"trust"}),
        ("strong", {"level.funding"}),
        ("stage.growing", STAGE_SIGNS),
        ("type.hybrid", TYPE_SIGNS),
        ("stagnant", {"growth"} | STAGE_SIGNS),
        ("severe", {"level.funding"} | STAGE_SIGNS),
        ("advised", {"level.funding"} | STAGE_SIGNS),
        ("listed", {"meets.strategy.business_led"}),
        ("fund-built", {"level.funding"} | STAGE_SIGNS),
    ],
)
def test_missing__names_the_indicators_down_through_numbers_and_conclusions(rulebase: Rulebase, rule_id: str, names: set[str]) -> None:
    assert missing(rulebase, rule_id) == names


def test_missing__names_no_indicator_that_is_known(rulebase: Rulebase) -> None:
    assert missing(rulebase, "severe", facts("growing")) == {"level.funding"}
    assert missing(rulebase, "severe", facts(funding=3) | {"sign.growing": 1}) == {"sign.potential", "sign.mature"}
    assert missing(rulebase, "severe", facts("growing", funding=3)) == set()


def test_missing__through_a_derived_fact(tmp_path: Path) -> None:
    derived = [
        {"id": "sum", "label": "Sum", "scale": "number", "sum": ["trust", "level.funding"]},
        {"id": "twice", "label": "Twice", "scale": "number", "sum": ["sum", "level.reputation"]},
    ]
    rulebase = built(tmp_path, finding("far", "role.far", "twice >= $four"), derived=derived)
    assert missing(rulebase, "far", {"level.funding": 3}) == {"trust", "level.reputation"}


def test_missing__through_a_level_names_only_what_is_unknown(tmp_path: Path) -> None:
    factor = {"label": "Funding", "indicators": ["level.funding", "trust", "extra_rating"], "known": 2, "cite": CITE}
    rulebase = load(
        tmp_path,
        factors={"funding": factor},
        rules=[finding("strong", "strength.funding", "factor.funding.level >= $four")],
        parameters={"four": parameter(4)},
        indicators={"trust": "likert", "extra_rating": "likert"},
    )
    assert missing(rulebase, "strong", {"trust": 3}) == {"level.funding", "extra_rating"}
    assert missing(rulebase, "strong", {"trust": 3, "extra_rating": 4}) == set()


def test_measures__of_names_that_the_rule_base_does_not_know__are_not_used(rulebase: Rulebase) -> None:
    found = make_diagnosis(rulebase, {"level.funding": 3, "no.such": 4})
    assert "no.such" not in found.inferred.facts
    assert "no.such" not in found.unknown
    assert found.inferred.facts["level.funding"] == 3000


def test_measures__without_a_value__are_unknown_with_their_reason(rulebase: Rulebase) -> None:
    found = make_diagnosis(rulebase, {"level.funding": Measure("level.funding", n=2, asked=9, reason="fewer than 5 answered")})
    assert "level.funding" in found.unknown
    assert found.factors["funding"].level is None


def test_measures__are_compared_in_thousandths_half_away_from_zero(rulebase: Rulebase) -> None:
    """Gap 4 − 2.9995: the level is 3.000, so the gap is 1 and severe."""
    found = make_diagnosis(rulebase, facts("growing", "hub_and_spoke") | {"level.funding": 2.9995})
    assert (found.factors["funding"].level, found.factors["funding"].severity) == (Decimal(3), "severe")
    assert make_diagnosis(rulebase, facts("growing", "hub_and_spoke") | {"level.funding": 3.0005}).factors["funding"].severity == "moderate"


def test_year__decides_which_values_hold(tmp_path: Path) -> None:
    dated = PARAMETERS | {"four": parameter({"2020-01-01": 3, "2026-01-01": 4})}
    rulebase = load(
        tmp_path,
        rules=RULES,
        parameters=dated,
        indicators={"trust": "likert", "growth": "rate"},
        instruments=[instrument("fund", "gap.funding.severe")],
    )
    given = facts("growing", "hub_and_spoke", funding=3)
    severities = [make_diagnosis(rulebase, given, year=year).factors["funding"].severity for year in (2019, 2025, 2026, 2040)]
    assert severities == ["none", "none", "severe", "severe"]
