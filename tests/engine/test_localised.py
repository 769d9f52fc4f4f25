"""A diagnosis in another language says the same: only its texts differ, and its digest stays that of the English one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pseudo import foreign, translated
from report_documents import invented, of_case

from assess.definitions.library import load_rulebase_version
from assess.definitions.rulebase import Rulebase
from assess.definitions.words import words_of
from assess.engine.document_schema import diagnosis_schema
from assess.engine.generated_texts import _FORMS, in_language
from assess.engine.inference import Engine
from assess.engine.localised import localised
from assess.errors import AssessError

TEXTS = {"label", "finding", "because", "text", "name", "does", "who_acts", "case", "reason", "title", "note"}
LISTS = {"findings", "presupposes", "risks", "confidence_limits"}


@pytest.fixture
def rulebase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rulebase:
    translated(tmp_path, monkeypatch)
    return load_rulebase_version()


def without_texts(node: Any) -> Any:
    """The same document with every text of the program or the rule base left out."""
    if isinstance(node, list):
        return [without_texts(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    if "cite" in node:
        node = node | {"cite": [source for source, _place in node["cite"]]}
    kept = {key: value for key, value in node.items() if not (key in TEXTS and isinstance(value, str | None))}
    return {key: "…" if key in LISTS and _is_texts(value) else without_texts(value) for key, value in kept.items()}


def _is_texts(value: Any) -> bool:
    return all(isinstance(one, str) for one in value)


def german(document: dict[str, Any], rulebase: Rulebase) -> Any:
    return localised(json.loads(json.dumps(document)), rulebase, "de", Engine())


@pytest.mark.parametrize("kind", ["invented", "berlin-brandenburg", "textbook-nothing-known"])
def test_document__in_another_language__is_the_same_but_for_its_texts(kind: str, rulebase: Rulebase) -> None:
    english = invented() if kind == "invented" else of_case(kind)
    found = german(english, rulebase)
    assert without_texts(found) == without_texts(json.loads(json.dumps(english)))
    assert found["digest"] == english["digest"]
    assert not list(Draft202012Validator(diagnosis_schema()).iter_errors(found))


def test_every_text_of_the_rule_base__is_told_in_the_language(rulebase: Rulebase) -> None:
    found = german(invented(), rulebase)
    assert found["factors"]["funding"]["label"] == foreign("Funding")
    told = [entry["because"] for entry in found["trace"] if entry["because"] is not None]
    told += [entry["label"] for entry in (*found["labels"].values(), *found["derived_labels"].values())]
    told += [entry["text"] for advice in found["advice"].values() for entry in advice] + [entry["text"] for entry in found["conditions"]]
    told += [text for entry in found["instruments"] for text in (entry["name"], entry["does"], *entry["presupposes"], *entry["risks"])]
    told += [reason["because"] for entry in found["excluded"] for reason in entry["because"]]
    told += [text for screen in found["screens"].values() for criterion in screen.values() for text in criterion["findings"]]
    told += [finding["finding"] for profile in found["profiles"].values() for finding in profile["findings"]]
    assert len(told) > 200
    assert not [text for text in told if not text.startswith("‹")]


def test_places_in_sources__are_told_in_the_language__but_not_what_a_work_calls_its_own(rulebase: Rulebase) -> None:
    found = german(invented(), rulebase)
    cited = [citation for entry in found["trace"] for citation in entry["cite"]]
    ours = {place for source, place in cited if source in ("expert", "markusen1996")}
    assert ours
    assert not [place for place in ours if not place.startswith("‹")]
    own = {place for entry in invented()["trace"] for source, place in entry["cite"] if source == "adl"}
    assert {place for source, place in cited if source == "adl"} == own
    assert "Scotland" in own  # which is also the name of a case, and translated as that
    assert found["sources"]["expert"]["title"] == foreign("Expert judgement of the authors of this rule base")
    assert found["sources"]["adl"]["note"].startswith("‹")
    assert found["sources"]["adl"]["title"] == rulebase.sources["adl"].title


def test_numbers_in_texts__are_written_as_the_language_does(rulebase: Rulebase) -> None:
    document, found = invented(), german(invented(), rulebase)
    pairs = [(one["because"], other["because"]) for one, other in zip(document["trace"], found["trace"], strict=True) if one["because"]]
    assert any("." in english.rstrip(".") and foreign(words_of("de").number(english)) != foreign(english) for english, _ in pairs)
    assert not [other for _, other in pairs if " 3." in other]


def test_as_many_pieces_of_advice__as_in_english__though_two_are_translated_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    translated(tmp_path, monkeypatch, said=lambda text: text if "{" in text else "Dasselbe.")
    document = invented()
    found = german(document, load_rulebase_version())
    assert {name: len(one) for name, one in found["advice"].items()} == {name: len(one) for name, one in document["advice"].items()}


def test_english__is_the_document_itself(rulebase: Rulebase) -> None:
    document = invented()
    assert localised(document, rulebase, "en", Engine()) is document


def test_language_without_a_catalogue__or_another_rule_base__is_refused_with_what_to_do(rulebase: Rulebase) -> None:
    with pytest.raises(AssessError, match="Choose another language"):
        localised(invented(), rulebase, "fr", Engine())
    with pytest.raises(AssessError, match="Load the rule base"):
        localised(invented() | {"rulebase": invented()["rulebase"] | {"digest": "0" * 64}}, rulebase, "de", Engine())


@pytest.mark.parametrize(
    ("english", "told"),
    [
        ("only 1 of 3 indicators are known", "only %(known)s of %(all)s indicators are known"),
        ("fewer than 5 organisations answered (n = 3)", "fewer than %(least)s organisations answered (n = %(n)s)"),
        (
            "too few of the organisations it applies to answered (4 of 12; at least 50 % are needed); the evaluator gave no figure",
            "the evaluator gave no figure",
        ),
        ("taken for unknown by the evaluator: Counted twice; once by hand.", "Counted twice; once by hand."),
    ],
)
def test_sentences_of_the_program__are_found_by_their_form(english: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = words_of("de")
    said: list[str] = []

    def say(_words: object, text: str, **values: str | int) -> str:
        said.append(text % values if told in (text % values) else text)
        return text % values

    monkeypatch.setattr(type(words), "say", say)
    assert in_language(english, words) == english
    assert told in " ".join(said)


def test_sentences_that_people_wrote__stay() -> None:
    assert in_language("Nobody could be reached.", words_of("de")) == "Nobody could be reached."


def test_every_limit_of_confidence__is_known_by_its_form() -> None:
    for document in (invented(), invented(unknown=60), of_case("berlin-brandenburg")):
        limits = {limit for factor in document["factors"].values() for limit in factor["confidence_limits"]}
        reasons = {entry["reason"] for entry in document["measures"].values() if entry.get("reason")}
        for text in limits | reasons:
            assert any(form.fullmatch(text) for _, form in _FORMS), text
