"""A rule base is read into frozen objects: strata, digest, dated parameters, rules that the loader writes itself."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from rulebases import CHAIN_RULES, Entry, instrument, load, make_rulebase, parameter, rule

from assess.definitions.rulebase import Rule
from assess.definitions.rulebase_checks import checked_rulebase
from assess.definitions.rules import Excludes, StratumName
from assess.errors import FaultsFound


@pytest.mark.parametrize(
    ("then", "stratum"),
    [
        ({"supports": "growing", "weight": 1}, StratumName.EVIDENCE),
        ({"opposes": "marshallian", "weight": 5}, StratumName.EVIDENCE),
        ({"concludes": "type.hybrid"}, StratumName.CLASSIFICATION),
        ({"concludes": "stage.mature"}, StratumName.CLASSIFICATION),
        ({"concludes": "flag.lock_in", "finding": "So."}, StratumName.FLAGS),
        ({"sets_target": "funding", "to": "$four"}, StratumName.TARGETS),
        ({"adjusts_target": "funding", "by": "$four"}, StratumName.TARGETS),
        ({"concludes": "gap.funding.severe", "finding": "So."}, StratumName.GAPS),
        ({"concludes": "strength.funding", "finding": "So."}, StratumName.GAPS),
        ({"concludes": "porter.context.weak", "finding": "So."}, StratumName.PROFILES),
        ({"screen": "strategy.business_led", "result": "pass", "finding": "So."}, StratumName.SCREENS),
        ({"recommends": "fund", "weight": 1, "closes": ["stage.growing"]}, StratumName.RECOMMENDATIONS),
        ({"excludes": "fund"}, StratumName.CONFLICTS),
        ({"cautions": "fund"}, StratumName.CONFLICTS),
        ({"limits": "portfolio", "to": "$four"}, StratumName.CONFLICTS),
        ({"advises": "agency", "insight": 3, "text": "Do it."}, StratumName.ADVICE),
        ({"condition": "report", "text": "Report."}, StratumName.ADVICE),
    ],
)
def test_rule__stands_in_the_stratum_of_what_it_says(tmp_path: Path, then: Entry, stratum: StratumName) -> None:
    found = loaded_rule(tmp_path, rule("tried", "flagged", "level.funding <= $four", then=then))
    assert found.stratum is stratum


def loaded_rule(folder: Path, entry: Entry) -> Rule:
    rules = [entry, rule("fund.wanted", "stage.growing", then={"recommends": "fund", "weight": 3, "closes": ["stage.growing"]})]
    rulebase = load(
        folder,
        rules=rules,
        parameters={"four": parameter(4)},
        indicators={"flagged": "flag"},
        instruments=[instrument("fund", "stage.growing")],
    )
    return rulebase.rules_by_id[entry["id"]]


def test_strata__rules_are_found_by_them_in_the_order_in_which_they_stand(tmp_path: Path) -> None:
    rulebase = load(tmp_path)
    assert [r.id for r in rulebase.in_stratum(StratumName.EVIDENCE)][:2] == ["evidence.marshallian", "evidence.hub_and_spoke"]
    assert sum(len(rulebase.in_stratum(stratum)) for stratum in StratumName) == len(rulebase.rules) == 7 + 4 + 1 + 3 + 7 + 7
    assert rulebase.in_stratum(StratumName.GIVEN) == ()


def test_unless__is_denied_among_the_conditions(tmp_path: Path) -> None:
    entry = rule(
        "tried", "flagged", then={"concludes": "flag.lock_in", "finding": "So."}, unless=["stage.growing", "level.funding > $four"]
    )
    assert [str(condition) for condition in loaded_rule(tmp_path, entry).conditions] == [
        "flagged",
        "not stage.growing",
        "level.funding <= $four",
    ]


def test_cite__one_pair_or_several(tmp_path: Path) -> None:
    then = {"concludes": "flag.lock_in", "finding": "So."}
    one = loaded_rule(tmp_path / "one", rule("tried", "level.funding <= $four", then=then, cite=["book", "p. 9"]))
    two = loaded_rule(tmp_path / "two", rule("tried", "level.funding <= $four", then=then, cite=[["book", "p. 9"], ["expert", "so"]]))
    assert one.cite == (("book", "p. 9"),)
    assert two.cite == (("book", "p. 9"), ("expert", "so"))


def test_rule__knows_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    then = {"concludes": "flag.lock_in", "finding": "So."}
    found = load(Path(), rules=[rule("first", "stage.mature", then=then), rule("second", "stage.growing", then=then)])
    assert [(found.rules_by_id[name].file, found.rules_by_id[name].line) for name in ("first", "second")] == [
        ("rules.yaml", 2),
        ("rules.yaml", 3),
    ]


def test_unsuited__becomes_an_excluding_rule_with_the_instruments_citations(tmp_path: Path) -> None:
    unsuited = [{"when": "stage.mature", "because": "Too late."}, {"when": "not type.hybrid", "because": "Never."}]
    rulebase = load(
        tmp_path,
        instruments=[instrument("fund", "stage.growing", unsuited=unsuited, cite=[["book", "p. 4"]])],
        rules=[rule("fund.wanted", "stage.growing", then={"recommends": "fund", "weight": 3, "closes": ["stage.growing"]})],
    )
    late, never = rulebase.excluding["fund"]
    assert (late.id, never.id) == ("fund.unsuited.stage.mature", "fund.unsuited.not-type.hybrid")
    assert (late.then, late.stratum, late.cite) == (Excludes(excludes="fund"), StratumName.CONFLICTS, (("book", "p. 4"),))
    assert (str(late.because), str(never.conditions[0])) == ("Too late.", "not type.hybrid")


@pytest.mark.parametrize(("year", "value"), [(1990, "2"), (2019, "2"), (2020, "2"), (2024, "2"), (2025, "2.5"), (2026, "3"), (2100, "3")])
def test_parameter__has_the_value_in_force_at_the_end_of_the_year(tmp_path: Path, year: int, value: str) -> None:
    dated = parameter({"2020-01-01": 2, "2025-12-31": 2.5, "2026-06-30": 3})
    then = {"concludes": "flag.lock_in", "finding": "So."}
    rulebase = load(tmp_path, parameters={"low": dated}, rules=[rule("tried", "level.funding <= $low", then=then)])
    assert rulebase.parameters["low"].at(year) == Decimal(value)


def digest(folder: Path) -> str:
    return checked_rulebase(folder).digest


def test_digest__same_meaning__is_the_same(tmp_path: Path) -> None:
    """Neither comments, the order of keys, the way a number is written nor the status change what is concluded."""
    first = make_rulebase(tmp_path / "a")
    second = make_rulebase(tmp_path / "b", status="published")
    path = second / "chain.yaml"
    text = "# a comment\n" + path.read_text(encoding="utf-8").replace('"value": 0.5}', '"value": 0.50}')
    path.write_text(text, encoding="utf-8")
    assert digest(first) == digest(second)
    assert len(digest(first)) == 64


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("rulebase", "A small rule base", "A rule base"),
        ("rulebase", "2026.1", "2026.2"),
        ("sources", '"A book"', '"The book"'),
        ("indicators", '"label": "A likert"', '"label": "A rating"'),
        ("indicators", "min_n: 5", "min_n: 6"),
        ("chain", '"value": 1.2', '"value": 1.201'),
        ("chain", '"reason": "Chosen so."', '"reason": "So."'),
        ("chain", '"because": "It is so."', '"because": "So it is."'),
        ("chain", '"weight": 3', '"weight": 4'),
        ("chain", '["book", "p. 1"]', '["book", "p. 2"]'),
    ],
)
def test_digest__anything_changed__is_another(tmp_path: Path, file: str, old: str, new: str) -> None:
    folder = make_rulebase(tmp_path)
    before, path = digest(folder), tmp_path / f"{file}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert digest(folder) != before


def test_label__shows_the_status_of_a_draft(tmp_path: Path) -> None:
    assert load(tmp_path / "a").label == "2026.1 (draft)"
    assert load(tmp_path / "b", status="published").label == "2026.1"


def test_status__that_is_neither_draft_nor_published__is_refused(tmp_path: Path) -> None:
    with pytest.raises(FaultsFound, match=r"rulebase\.yaml:2\b.*status"):
        load(tmp_path, status="final")


def test_facts__every_conclusion_and_number_can_be_named(tmp_path: Path) -> None:
    facts = load(tmp_path).facts
    expected = {
        "level.funding": StratumName.GIVEN,
        "factor.funding.level": StratumName.GIVEN,
        "type.marshallian.support": StratumName.EVIDENCE,
        "stage.growing.lead": StratumName.EVIDENCE,
        "type.margin": StratumName.EVIDENCE,
        "stage.second.support": StratumName.EVIDENCE,
        "type.hybrid": StratumName.CLASSIFICATION,
        "factor.funding.gap": StratumName.TARGETS,
        "screen.strategy.business_led.fail": StratumName.SCREENS,
    }
    assert {name: facts[name].known_after for name in expected} == expected
    assert "recommended.fund" not in facts


def test_derived__is_known_after_the_latest_of_its_inputs(tmp_path: Path) -> None:
    derived = [
        {"id": "both", "label": "Both", "scale": "difference", "difference": ["factor.funding.gap", "level.funding"]},
        {"id": "given", "label": "Given", "scale": "likert", "mean": ["level.funding", "level.reputation"]},
    ]
    facts = load(tmp_path, derived=derived).facts
    assert (facts["both"].known_after, facts["given"].known_after) == (StratumName.TARGETS, StratumName.GIVEN)


def test_chain__of_these_tests__is_all_that_a_rulebase_needs(tmp_path: Path) -> None:
    """Each of its rules is needed: without any one of them the rule base is refused."""
    for left_out in CHAIN_RULES:
        harmless = rule(left_out["id"].replace("<x>", "x"), "meets.strategy.business_led", then={"concludes": "role.any", "finding": "So."})
        folder = make_rulebase(tmp_path / left_out["id"].replace("<x>", "x"), rules=[harmless])
        path = folder / "chain.yaml"
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join(line for line in lines if f'"id": "{left_out["id"]}"' not in line), encoding="utf-8")
        if left_out["id"].startswith("evidence"):
            continue
        with pytest.raises(FaultsFound, match="no rule concludes"):
            checked_rulebase(folder)
