"""The diagnosis as one document: it fits its schema, leaves nothing out, and its digest seals every word and number."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rulebases import facts, instrument, make_diagnosis, make_rulebase, parameter, rule

from assess.definitions.digests import canonical_json, digest
from assess.definitions.indicators import Origin
from assess.definitions.rulebase import Rulebase
from assess.definitions.rulebase_checks import checked_rulebase
from assess.definitions.rules import FACTORS, TYPES
from assess.engine.diagnosis import Cluster, QuestionnaireUsed
from assess.engine.document import document, trace_of
from assess.engine.document_schema import diagnosis_schema, indicator_file_schema
from assess.engine.measures import Measure, OtherValue

WEAK = {"finding": "Funding is {level.funding}, not {$four}.", "tone": "weakness"}
RULES = [
    rule("stuck", "stage.mature", "firms < $many", then={"concludes": "flag.lock_in", "finding": "Only {firms} firms."}),
    rule("target", "stage.growing", then={"sets_target": "funding", "to": "$four"}),
    rule(
        "severe", "factor.funding.gap >= $one", "level.funding < $four", then={"concludes": "gap.funding.severe"} | WEAK,
        because="The gap is {factor.funding.gap}, from {$one} on severe.", cite=[["deep", "p. 5"], ["book", "p. 6"]],
    ),
    rule("few", "firms < $many", then={"concludes": "role.few", "finding": "There are {firms} firms.", "tone": "neutral"}),
    rule("wanted", "gap.funding.severe", then={"recommends": "fund", "weight": 3, "closes": ["gap.funding.severe"]}),
    rule("wanted-too", "gap.funding.severe", then={"recommends": "loan", "weight": 5, "closes": ["gap.funding.severe"]}),
    rule("no-loan", "firms < $many", then={"excludes": "loan"}, because="With {firms} firms there is nobody to lend to."),
    rule("no-fund", "trust < $four", then={"excludes": "fund"}),
    rule("beware", "stage.growing", then={"cautions": "fund"}, because="It grows by itself."),
    rule("limit", "firms < $many", then={"limits": "portfolio", "to": "$two"}, because="{firms} firms carry little."),
    rule("advice", "gap.funding.severe", then={"advises": "agency", "insight": 2, "text": "Give money."}),
    rule("advice-too", "stage.growing", then={"advises": "agency", "text": "Give money."}, cite=["expert", "so"]),
    rule("report", "firms < $many", then={"condition": "reporting", "text": "Report on {firms} firms."}),
]  # fmt: skip
PARAMETERS = {
    "four": parameter(4),
    "one": parameter(1, "difference"),
    "many": parameter(10, "count"),
    "two": parameter(2, "count"),
}
FUNDING = Measure(
    "level.funding",
    Decimal("2.5"),
    n=9,
    asked=12,
    spread=Decimal("0.833"),
    coverage=Decimal("0.75"),
    dont_know=1,
    origin=Origin.MEMBER,
    note="by telephone",
    source=("deep", "p. 9"),
    others=(OtherValue(Origin.MANAGEMENT, Decimal(4)),),
)
GIVEN: Mapping[str, float | Measure] = facts("growing", "marshallian") | {"firms": 7, "level.funding": FUNDING}
USED = QuestionnaireUsed("member", "2026.1", "published", "a" * 64)


@pytest.fixture
def rulebase(tmp_path: Path) -> Rulebase:
    return written(tmp_path)


def written(folder: Path, **changed: Any) -> Rulebase:
    given: dict[str, Any] = {
        "rules": RULES,
        "parameters": PARAMETERS,
        "indicators": {"firms": "count", "trust": "likert"},
        "instruments": [
            instrument("fund", "gap.funding.severe", risks=["It may fail."], presupposes=["A bank."], case="Leipzig"),
            instrument("loan", "gap.funding.severe", cite=["unread", "p. 1"]),
        ],
    }
    make_rulebase(folder, **(given | changed))
    sources = folder / "sources.yaml"
    more = '  deep: {"title": "A deep book", "authors": "Porter, M.", "year": 1998}\n  unread: {"title": "Not read"}\n'
    sources.write_text(sources.read_text(encoding="utf-8") + more, encoding="utf-8")
    return checked_rulebase(folder)


@pytest.fixture
def full(rulebase: Rulebase) -> dict[str, Any]:
    return document(make_diagnosis(rulebase, GIVEN, questionnaires=(USED,)))


def problems(found: dict[str, Any]) -> list[str]:
    return [f"{list(error.path)}: {error.message}" for error in Draft202012Validator(diagnosis_schema()).iter_errors(found)]


def test_schemas__are_schemas() -> None:
    Draft202012Validator.check_schema(diagnosis_schema())
    Draft202012Validator.check_schema(indicator_file_schema())


def test_document__fits_its_schema_and_is_json(full: dict[str, Any]) -> None:
    assert problems(full) == []
    assert json.loads(json.dumps(full, allow_nan=False)) == full


def test_document__of_nothing_known__fits_its_schema(rulebase: Rulebase) -> None:
    assert problems(document(make_diagnosis(rulebase, {}))) == []


@pytest.mark.parametrize(
    ("route", "value"),
    [
        (("more",), 1),
        (("factors", "funding", "level"), 6),
        (("factors", "funding", "severity"), "mild"),
        (("type", "label"), "unheard of"),
        (("stage", "supports", "growing"), 1.5),
        (("digest",), "short"),
        (("instruments", 0, "rank"), 0),
        (("trace", 0, "outcome"), "not fired"),
    ],
)
def test_schema__refuses_what_a_diagnosis_never_says(full: dict[str, Any], route: tuple[Any, ...], value: Any) -> None:
    *parents, last = route
    node: Any = full
    for key in parents:
        node = node[key]
    before = problems(full)
    node[last] = value
    assert len(problems(full)) == len(before) + 1


@pytest.mark.parametrize("route", [("trace",), ("factors", "funding"), ("measures",), ("instruments", 0, "against"), ("type", "missing")])
def test_schema__refuses_a_diagnosis_without_one_of_its_parts(full: dict[str, Any], route: tuple[Any, ...]) -> None:
    *parents, last = route
    node: Any = full
    for key in parents:
        node = node[key]
    before = problems(full)
    del node[last]
    assert len(problems(full)) == len(before) + 1


def test_document__says_what_was_concluded(full: dict[str, Any]) -> None:
    assert (full["type"]["label"], full["stage"]["label"]) == ("marshallian", "growing")
    assert full["stage"]["because"] == ["stage.growing"]
    assert full["type"]["supports"] == {"marshallian": 1, "hub_and_spoke": 0, "satellite_platform": 0, "state_anchored": 0}
    assert full["questionnaires"] == [{"id": "member", "version": "2026.1", "status": "published", "digest": "a" * 64}]
    assert (full["round"], full["cluster"], full["synthetic"]) == ({"year": 2026}, {"id": "vale", "name": "Example vale"}, False)
    funding = {key: full["factors"]["funding"][key] for key in ("level", "target", "gap", "severity", "strength", "confidence")}
    assert funding == {"level": 2.5, "target": 4, "gap": 1.5, "severity": "severe", "strength": None, "confidence": "high"}


def test_document__prints_the_numbers_in_what_it_says(full: dict[str, Any]) -> None:
    assert [entry["finding"] for entry in full["factors"]["funding"]["findings"]] == ["Funding is 2.5, not 4."]
    assert full["profiles"]["role"]["findings"] == [
        {"id": "role.few", "finding": "There are 7 firms.", "tone": "neutral", "because": ["few"]}
    ]
    assert full["conditions"][0]["text"] == "Report on 7 firms."
    assert full["portfolio"] == {"size": 2, "limited_by": [{"rule": "limit", "because": "7 firms carry little."}]}
    assert "{" not in json.dumps([entry["because"] for entry in full["trace"]])


def test_document__instruments_with_reasons_for_and_against(full: dict[str, Any]) -> None:
    (fund,) = full["instruments"]
    expected = {
        "id": "fund", "name": "The fund", "field": "finance", "rank": 1, "score": 3, "portfolio": True, "suited": True,
        "closes": ["gap.funding.severe"], "horizon": "short", "effort": "low", "who_acts": "The agency", "does": "It pays.",
        "presupposes": ["A bank."], "risks": ["It may fail."], "case": "Leipzig", "because": ["wanted"],
        "against": [{"rule": "beware", "because": "It grows by itself."}],
        "not_checked": [{"rule": "no-fund", "missing": ["trust"]}], "cite": [["book", "p. 1"]],
    }  # fmt: skip
    assert fund == expected
    loan = {"rule": "no-loan", "because": "With 7 firms there is nobody to lend to."}
    assert full["excluded"] == [{"id": "loan", "name": "The loan", "because": [loan]}]


def test_document__the_same_advice_from_two_rules__is_given_once_with_both(full: dict[str, Any]) -> None:
    advice = {"insight": 2, "text": "Give money.", "because": ["advice", "advice-too"], "cite": [["book", "p. 1"], ["expert", "so"]]}
    assert full["advice"] == {"agency": [advice], "management": [], "executives": []}


def test_document__unknown_is_null_and_named(rulebase: Rulebase) -> None:
    found = document(make_diagnosis(rulebase, {}))
    assert (found["type"]["label"], found["stage"]["label"]) == ("undetermined", "undetermined")
    assert set(found["type"]["missing"]) == {f"sign.{kind}" for kind in TYPES}
    assert set(found["type"]["supports"].values()) == {None}
    for name in FACTORS:
        parts = ("level", "target", "gap", "severity", "strength", "confidence", "target_rests_on")
        assert {found["factors"][name][part] for part in parts} == {None}
    criterion = found["screens"]["strategy"]["business_led"]
    assert criterion == {"result": "unknown", "findings": [], "because": [], "missing": ["meets.strategy.business_led"]}
    assert (found["instruments"], found["excluded"], found["conditions"], found["derived"]) == ([], [], [], {})
    assert found["profiles"]["role"] == {"findings": [], "undetermined": ["role.few"]}
    assert found["stage"]["undetermined_flags"] == ["lock_in"]
    assert found["unknown"] == list(rulebase.indicators)


def test_measure__says_only_what_is_known_but_always_the_value(rulebase: Rulebase) -> None:
    silent = Measure("trust", n=2, asked=9, reason="fewer than 5 organisations answered (n = 2)")
    found = document(make_diagnosis(rulebase, dict(GIVEN) | {"trust": silent}))["measures"]
    assert found["trust"] == {"value": None, "n": 2, "asked": 9, "reason": "fewer than 5 organisations answered (n = 2)"}
    assert found["firms"] == {"value": 7}
    assert found["level.funding"] == {
        "value": 2.5,
        "n": 9,
        "asked": 12,
        "dont_know": 1,
        "spread": 0.833,
        "coverage": 0.75,
        "origin": "member",
        "note": "by telephone",
        "source": ["deep", "p. 9"],
        "others": [{"origin": "management", "value": 4}],
    }


def test_trace__has_every_rule_with_every_value_threshold_and_margin(full: dict[str, Any], rulebase: Rulebase) -> None:
    traces = {entry["rule"]: entry for entry in full["trace"]}
    assert list(traces) == [r.id for r in rulebase.rules]
    assert traces["severe"] == {
        "rule": "severe",
        "stratum": "gaps",
        "outcome": "fired",
        "then": {"concludes": "gap.funding.severe", "tone": "weakness"},
        "because": "The gap is 1.5, from 1 on severe.",
        "conditions": [
            {
                "condition": "factor.funding.gap >= $one",
                "fact": "factor.funding.gap",
                "operator": ">=",
                "holds": True,
                "value": 1.5,
                "threshold": 1,
                "margin": 0.5,
            },
            {
                "condition": "level.funding < $four",
                "fact": "level.funding",
                "operator": "<",
                "holds": True,
                "value": 2.5,
                "threshold": 4,
                "margin": 1.5,
            },
        ],
        "cite": [["deep", "p. 5"], ["book", "p. 6"]],
    }
    assert (traces["stuck"]["outcome"], traces["stuck"]["because"]) == ("not_fired", None)
    unknown = traces["no-fund"]
    assert (unknown["outcome"], unknown["because"]) == ("undetermined", None)
    assert [unknown["conditions"][0][part] for part in ("holds", "value", "margin")] == [None, None, None]


def test_trace__of_one_rule__is_that_of_the_document(full: dict[str, Any], rulebase: Rulebase) -> None:
    found = make_diagnosis(rulebase, GIVEN)
    assert trace_of(found, rulebase.rules_by_id["severe"]) == next(entry for entry in full["trace"] if entry["rule"] == "severe")


def test_derived__numbers_that_were_reckoned_and_neither_measures_nor_conclusions(full: dict[str, Any]) -> None:
    derived = full["derived"]
    assert (derived["factor.funding.gap"], derived["type.marshallian.lead"], derived["stage.margin"]) == (1.5, 1, 1)
    assert not {"firms", "stage.growing", "gap.funding.severe", "recommended.fund", "screen.strategy.business_led.pass"} & set(derived)


def test_sources__are_those_of_what_fired_and_of_measures_and_no_others(rulebase: Rulebase, full: dict[str, Any]) -> None:
    """`unread` is cited by an instrument that was ruled out, `deep` by the gap and by a measure."""
    assert list(full["sources"]) == ["book", "deep", "expert"]
    assert full["sources"]["deep"] == {"title": "A deep book", "authors": "Porter, M.", "year": 1998}
    without_gap = document(make_diagnosis(rulebase, facts("growing", "marshallian", funding=4)))
    assert list(without_gap["sources"]) == ["book", "expert"]


def test_certificate__covers_every_rule(full: dict[str, Any]) -> None:
    assert full["certificate"]["rules_checked"] == len(full["trace"])
    assert full["certificate"]["strata"][-1] == "advice"


def test_digest__is_that_of_all_the_rest(full: dict[str, Any]) -> None:
    rest = {key: value for key, value in full.items() if key != "digest"}
    assert full["digest"] == digest(rest)
    assert digest(json.loads(json.dumps(rest))) == full["digest"], "it survives being written and read"


def leaves(node: Any, route: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a document."""
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in entries:
        if isinstance(value, dict | list) and value:
            yield from leaves(value, (*route, key))
        else:
            yield (*route, key)


def test_digest__changes_with_every_single_value(full: dict[str, Any]) -> None:
    rest = {key: value for key, value in full.items() if key != "digest"}
    routes = list(leaves(rest))
    assert len(routes) > 500
    before, seen = canonical_json(rest), set()
    for route in routes:
        *parents, last = route
        node = rest
        for key in parents:
            node = node[key]
        kept, node[last] = node[last], "tampered with"
        seen.add(canonical_json(rest))
        node[last] = kept
    assert before not in seen
    assert len(seen) == len(routes)
    assert canonical_json(rest) == before


def test_digest__other_input__is_another(rulebase: Rulebase, tmp_path: Path) -> None:
    def sealed(given: Mapping[str, float | Measure] = GIVEN, of: Rulebase = rulebase, **more: Any) -> str:
        return str(document(make_diagnosis(of, given, **more))["digest"])

    changed = written(tmp_path / "changed", rules=[entry | {"because": "Since it is so."} for entry in RULES])
    others = [
        sealed(),
        sealed(year=2027),
        sealed(synthetic=True),
        sealed(questionnaires=(USED,)),
        sealed(cluster=Cluster("vale", "Another vale")),
        sealed(cluster=Cluster("vale", "Example vale", region="North")),
        sealed(dict(GIVEN) | {"firms": 7.001}),
        sealed(dict(GIVEN) | {"firms": Measure("firms", Decimal(7), note="estimated")}),
        sealed(of=changed),
    ]
    assert len(set(others)) == len(others)
    assert sealed() == others[0]


@pytest.mark.parametrize("status", ["draft", "published"])
def test_document__names_the_rule_base_and_its_status(tmp_path: Path, status: str) -> None:
    rulebase = written(tmp_path, status=status)
    found = document(make_diagnosis(rulebase, {}))
    assert found["rulebase"] == {"version": "2026.1", "status": status, "digest": rulebase.digest}


def test_document__made_twice__is_the_same(tmp_path: Path) -> None:
    given = facts("growing", "marshallian", funding=2.5)
    assert document(make_diagnosis(written(tmp_path / "a"), given)) == document(make_diagnosis(written(tmp_path / "b"), given))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": Decimal("2.50")}, {"b": Decimal("2.5"), "a": Decimal("1.0")}),
        ([1, (2, 3)], [1, [2, 3]]),
        ({"x": "ä"}, {"x": "\u00e4"}),
    ],
)
def test_canonical__same_meaning__is_the_same(one: Any, other: Any) -> None:
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, "1"), (1, True), (0, None), (0, False), ("", None), ([], {}), ([1, 2], [2, 1]), (Decimal("0.1"), Decimal("0.10000000001"))],
)
def test_canonical__other_meaning__is_another(one: Any, other: Any) -> None:
    assert digest(one) != digest(other)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_canonical__what_is_no_number__is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"x": value})
