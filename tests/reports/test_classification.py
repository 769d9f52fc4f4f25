"""Type and stage in the report: what came out, by how far, what weighs most, and what is missing."""

from __future__ import annotations

from typing import Any

import pytest
from report_documents import make_document, of_case, trace

from assess.definitions.words import words_of
from assess.reports.classification import Classification, classification, flags
from assess.reports.dossier import Dossier


def described(kind: str = "stage", **changes: Any) -> Classification:
    return classification(Dossier(make_document(**changes)), kind)


def evidence(rule: str, option: str, weight: int, sign: str = "supports") -> dict[str, Any]:
    piece = trace(rule, "fired", stratum="evidence", because=f"{rule} holds.", cite=[("adl", "Exhibit 2")])
    return piece | {"then": {sign: option, "weight": weight}}


def supported(label: str, **supports: float | None) -> dict[str, Any]:
    stage: dict[str, Any] = make_document()["stage"]
    return stage | {"label": label, "supports": supports, "coverage": dict.fromkeys(supports, 0.9)}


def test_type__hybrid__names_what_it_is_mixed_of() -> None:
    kind = make_document()["type"] | {"label": "hybrid", "mixed_of": ["hub_and_spoke", "marshallian"], "missing": []}
    assert described("type", type=kind).name == "Hybrid: hub-and-spoke and Marshallian"


def test_runner_up__is_named_with_its_support_and_its_distance() -> None:
    stage = supported("growing", potential=0.2, growing=0.9, mature=0.755)
    assert described(stage=stage).runner_up == "Runner-up: mature, support 75.5 %; distance in percentage points: 14.5"


def test_runner_up__of_a_hybrid__is_held_against_the_lowest_of_its_parts() -> None:
    kind: dict[str, Any] = {"label": "hybrid", "mixed_of": ["hub_and_spoke", "marshallian"], "because": [], "missing": []}
    shares = {"marshallian": 0.7, "hub_and_spoke": 0.8, "satellite_platform": 0.1, "state_anchored": None}
    kind |= {"supports": shares, "coverage": dict.fromkeys(shares, 1)}
    said = described("type", type=kind).runner_up
    assert said == "Runner-up: satellite platform, support 10 %; distance in percentage points: 60"


def test_runner_up__of_what_is_undetermined__is_what_comes_first() -> None:
    stage = supported("undetermined", potential=0.4, growing=None, mature=0.55)
    assert described(stage=stage).runner_up == "Highest support: mature, 55 %"
    assert described(stage=supported("undetermined", potential=None)).runner_up == "Runner-up: unknown"


def test_options__unknown_support__is_said_and_drawn_as_unknown() -> None:
    option = described(stage=supported("undetermined", potential=None)).options[0]
    assert (option.support, option.support_known, option.bar.length) == ("unknown", False, None)


def test_deciding_evidence__is_the_weightiest_on_what_came_out__and_the_rest_is_counted() -> None:
    rules = [evidence(f"for-{n}", "growing", n) for n in range(1, 6)]
    rules += [evidence("against", "growing", 4, "opposes"), evidence("elsewhere", "mature", 9)]
    found = described(trace=rules)
    assert [(piece.reason.rule, piece.sign, piece.weight) for piece in found.deciding] == [
        ("for-5", "for", 5), ("for-4", "for", 4), ("against", "against", 4),
    ]  # fmt: skip
    assert found.further == 4


def test_deciding_evidence__carries_its_sources() -> None:
    piece = described(trace=[evidence("one", "growing", 2)]).deciding[0]
    assert (piece.reason.text, [mark.number for mark in piece.reason.marks]) == ("one holds.", ["1"])


def test_undetermined_type_without_recorded_gaps__names_what_its_evidence_waits_for() -> None:
    built = classification(Dossier(of_case("berlin-brandenburg")), "type")
    assert built.name == "Undetermined"
    assert built.missing


def test_undetermined__with_and_without_any_evidence__says_which() -> None:
    thin = described(stage=supported("undetermined", potential=0.4)).sentence
    none = described(stage=supported("undetermined", potential=None)).sentence
    assert thin == "The stage is undetermined: the evidence is too thin or points no single way."
    assert none == "The stage is undetermined: no evidence on it could be decided."


def test_numbers__are_written_as_the_language_does() -> None:
    stage = supported("growing", potential=0.2, growing=0.9, mature=0.755)
    option = classification(Dossier(make_document(stage=stage), words_of("de")), "stage").options[2]
    assert option.support == "75,5 %"


@pytest.mark.parametrize(("known", "state"), [({"flags": ["lock_in"], "undetermined_flags": []}, "raised"), ({}, "undetermined")])
def test_flag__undetermined__is_not_reported_as_not_raised(known: dict[str, Any], state: str) -> None:
    found = flags(Dossier(make_document(stage=make_document()["stage"] | known)))
    assert {flag.name: flag.state for flag in found} == {"Stagnating": "not raised", "Lock-in": state}
