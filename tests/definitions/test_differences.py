"""Differences of versions: by item and by rule, with what each said before and after, and nothing where only the layout differs."""

from __future__ import annotations

from pathlib import Path

from answering import MEMBER
from rulebases import instrument, load, parameter, rule

from assess.definitions.differences import Changed, Difference, Kind, differences_of_questionnaires, differences_of_rulebases
from assess.definitions.questionnaires import parse_questionnaire

TRUSTED = rule("trusted", "factor.collaboration.level >= $high", then={"concludes": "benefit.trusted", "finding": "So it is."})


def test_version__against_itself__does_not_differ() -> None:
    same = parse_questionnaire(MEMBER, "one")
    assert differences_of_questionnaires(same, parse_questionnaire(f"# another comment\n{MEMBER}", "two")) == ()


def test_item__added_removed_or_changed__is_said_with_before_and_after() -> None:
    old = parse_questionnaire(MEMBER, "old")
    items = [item.name for item in old.items if item.type.answerable]
    first = items[0]
    label = old.item(first).label["en"]
    new = parse_questionnaire(MEMBER.replace(label, f"{label} (in full)"), "new")
    (found,) = [one for one in differences_of_questionnaires(old, new) if one.name == first]
    assert (found.part, found.kind) == ("item", Kind.CHANGED)
    assert found.changes == (Changed("label", f"en: {label}", f"en: {label} (in full)"),)
    lines = MEMBER.splitlines(keepends=True)
    without = "".join(line for line in lines if "name: comment" not in line)
    gone = differences_of_questionnaires(old, parse_questionnaire(without, "without"))
    assert [(one.kind, one.name) for one in gone] == [(Kind.REMOVED, "comment")]
    back = differences_of_questionnaires(parse_questionnaire(without, "without"), old)
    assert [(one.kind, one.name) for one in back] == [(Kind.ADDED, "comment")]


def test_rule_base__says_which_thresholds_rules_and_instruments_differ(tmp_path: Path) -> None:
    wanted = rule("wanted", "benefit.trusted", then={"recommends": "fund", "weight": 3, "closes": ["benefit.trusted"]})
    old = load(
        tmp_path / "old", rules=[TRUSTED, wanted], parameters={"high": parameter(4)}, instruments=[instrument("fund", "benefit.trusted")]
    )
    reworded = TRUSTED | {"because": "It is not so."}
    another = rule("reserved", "factor.collaboration.level < $high", then={"concludes": "benefit.reserved", "finding": "So it is."})
    new = load(tmp_path / "new", rules=[reworded, another], parameters={"high": parameter(3.5)}, version="2026.2")
    found = {(one.part, one.name): one for one in differences_of_rulebases(old, new)}
    assert set(found) == {("parameter", "high"), ("rule", "trusted"), ("rule", "reserved"), ("rule", "wanted"), ("instrument", "fund")}
    assert found["parameter", "high"].changes == (Changed("values", "since 2026-01-01, value 4", "since 2026-01-01, value 3.5"),)
    assert found["rule", "trusted"].changes == (Changed("because", "en: It is so.", "en: It is not so."),)
    assert found["rule", "reserved"].kind is Kind.ADDED
    assert Changed("when", "", "factor.collaboration.level < $high") in found["rule", "reserved"].changes
    assert found["instrument", "fund"].kind is Kind.REMOVED


def test_origin_of_an_item__stands_beside_its_difference() -> None:
    old = parse_questionnaire(MEMBER, "old")
    mark = "name: comment"
    assert MEMBER.count(mark) == 1
    new = parse_questionnaire(MEMBER.replace(mark, "name: remark, maps_from: [{version: '2025.1', name: comment, kind: reworded}]"), "new")
    added: Difference = next(one for one in differences_of_questionnaires(old, new) if one.kind is Kind.ADDED)
    assert (added.name, added.maps_from) == ("remark", "reworded comment of 2025.1")
