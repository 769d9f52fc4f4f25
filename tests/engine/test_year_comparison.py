"""Two years of one cluster: every figure says whether it compares, and only what compares has a difference."""

from __future__ import annotations

from typing import Any

import pytest
from answering import MANAGEMENT
from report_documents import LABELS as OTHER_LABELS
from report_documents import make_document

from assess.definitions.questionnaire_items import MappingKind, Questionnaire
from assess.definitions.questionnaires import parse_questionnaire
from assess.engine.year_comparison import Change, Comparability, YearComparison, compare_years, items_then

TRUST = "{type: select_one agree5, name: trust, label: {en: Trust}, indicator: collaboration.trust}"
LABELS = OTHER_LABELS | {
    "collaboration.trust": {"label": "Trust", "scale": "likert"},
    "structure.firms": {"label": "Firms", "scale": "count"},
}


def asked(version: str = "2026.1", trust: str = TRUST) -> Questionnaire:
    text = MANAGEMENT.replace("RESPONDENT", "evaluator").replace('"2026.1"', f'"{version}"').replace(TRUST, trust)
    return parse_questionnaire(text, "evaluator.yaml")


def document(year: int, trust: float | None = 3, origin: str = "evaluator", **changes: Any) -> dict[str, Any]:
    measures = {"collaboration.trust": {"value": trust, "origin": origin}, "structure.firms": {"value": 10, "origin": "evaluator"}}
    found = make_document(**({"round": {"year": year}, "labels": LABELS, "measures": measures} | changes))
    known = ["collaboration.trust"] if trust is not None else []
    found["factors"]["collaboration"] |= {"level": trust, "known": known}
    return found


def compared(
    earlier: dict[str, Any], later: dict[str, Any], then: Questionnaire | None = None, now: Questionnaire | None = None
) -> YearComparison:
    then = then or asked()
    return compare_years(earlier, later, {"evaluator": then, "member": then}, {"evaluator": now or then, "member": now or then})


def trust_of(found: YearComparison) -> Change:
    return next(change for change in found.indicators if change.name == "collaboration.trust")


def mapped(kind: str, name: str = "trust", version: str = "2026.1") -> Questionnaire:
    return asked("2027.1", TRUST[:-1] + f', maps_from: [{{version: "{version}", name: {name}, kind: {kind}}}]}}')


def test_the_same_questions__give_a_difference() -> None:
    found = compared(document(2026, 2.5), document(2027, 4))
    assert trust_of(found) == Change("collaboration.trust", 2.5, 4, 1.5, Comparability.SAME)
    factor = next(change for change in found.factors if change.name == "collaboration")
    assert (factor.difference, factor.flag) == (1.5, Comparability.SAME)
    assert (found.years, found.same_rulebase, found.stage) == ((2026, 2027), True, ("growing", "growing"))


def test_unknown__stays_unknown__and_has_no_difference() -> None:
    found = compared(document(2026, None), document(2027, 4))
    assert (trust_of(found).before, trust_of(found).difference) == (None, None)
    factor = next(change for change in found.factors if change.name == "collaboration")
    assert (factor.before, factor.after, factor.difference) == (None, 4, None)


@pytest.mark.parametrize(
    ("now", "flag", "difference"),
    [
        (asked("2027.1"), Comparability.SAME, 1),
        (mapped("same"), Comparability.SAME, 1),
        (mapped("reworded"), Comparability.REWORDED, 1),
        (asked("2027.1", TRUST.replace("{en: Trust}", "{en: They trust}")), Comparability.REWORDED, 1),
        (mapped("rescaled"), Comparability.RESCALED, None),
        (asked("2027.1", TRUST[:-1] + ", score: reversed}"), Comparability.RESCALED, None),
        (mapped("split"), Comparability.NOT_COMPARABLE, None),
        (mapped("new"), Comparability.NOT_COMPARABLE, None),
        (asked("2027.1", TRUST.replace("name: trust", "name: faith")), Comparability.NOT_COMPARABLE, None),
        (mapped("same", version="2025.1"), Comparability.NOT_COMPARABLE, None),
    ],
)
def test_a_newer_questionnaire__is_judged_by_what_it_declares(now: Questionnaire, flag: Comparability, difference: float | None) -> None:
    found = trust_of(compared(document(2026, 3), document(2027, 4), now=now))
    assert (found.flag, found.difference) == (flag, difference)
    assert bool(found.reason) is (flag is not Comparability.SAME)


def test_another_rule_base__is_flagged__with_the_difference() -> None:
    other = {"version": "2027.1", "status": "draft", "digest": "f" * 64}
    found = compared(document(2026), document(2027, 4, rulebase=other))
    assert (trust_of(found).flag, trust_of(found).difference) == (Comparability.RULE_BASE_CHANGED, 1)
    assert {change.flag for change in found.factors if change.name == "collaboration"} == {Comparability.RULE_BASE_CHANGED}


def test_an_indicator_on_another_scale__is_rescaled() -> None:
    labels = LABELS | {"collaboration.trust": {"label": "Trust", "scale": "share"}}
    assert trust_of(compared(document(2026), document(2027, labels=labels))).flag is Comparability.RESCALED


def test_another_origin__does_not_compare() -> None:
    found = trust_of(compared(document(2026, origin="member"), document(2027)))
    assert (found.flag, found.reason) == (Comparability.NOT_COMPARABLE, "stated by member then, by evaluator now")


def test_a_replaced_figure__does_not_compare() -> None:
    found = trust_of(compared(document(2026, overrides=[{"indicator": "collaboration.trust"}]), document(2027)))
    assert (found.flag, found.reason) == (Comparability.NOT_COMPARABLE, "the evaluator replaced the figure of 2026")


def test_without_questionnaires__it_is_not_known() -> None:
    found = compare_years(document(2026), document(2027, 4), {}, {})
    assert (trust_of(found).flag, trust_of(found).difference) == (Comparability.UNKNOWN, None)


def test_a_factor_on_other_indicators__does_not_compare() -> None:
    later = document(2027, 4)
    later["factors"]["collaboration"]["known"] = ["collaboration.trust", "structure.firms"]
    found = next(change for change in compared(document(2026), later).factors if change.name == "collaboration")
    assert (found.flag, found.difference) == (Comparability.NOT_COMPARABLE, None)


def test_items__find_together_by_declaration__else_by_name() -> None:
    then = asked()
    assert items_then(asked("2027.1").item("trust"), then) == (("trust",), MappingKind.SAME)
    assert items_then(mapped("reworded", "idea").item("trust"), then) == (("idea",), MappingKind.REWORDED)
    assert items_then(mapped("new").item("trust"), then) == ((), MappingKind.NEW)
    assert items_then(mapped("same", version="2025.1").item("trust"), then) == ((), None)
