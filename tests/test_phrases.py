"""A phrase keeps what it was put together from, also in a row of a table and on its way between processes."""

from __future__ import annotations

import pickle
from datetime import date
from decimal import Decimal

import pytest

from assess.definitions.words import languages, words_of
from assess.errors import AssessError, Fault, FaultsFound, sentence_of
from assess.phrases import Phrase, packed, unpacked

JOB = Phrase("It took longer than %(seconds)s seconds and was stopped.", seconds="60")


def test_phrase__is_english__as_it_stands() -> None:
    told = Phrase("%(n)s of %(share)s until %(day)s, %(name)s", n=1200, share=Decimal("0.25"), day=date(2026, 11, 2), name="1200")
    assert told == "1,200 of 0.25 until 2 November 2026, 1200"


def test_phrase__after_pickling__is_said_in_german() -> None:
    assert words_of("de").told(pickle.loads(pickle.dumps(JOB))) == "Er dauerte länger als 60 Sekunden und wurde abgebrochen."  # noqa: S301


def test_phrase__packed_and_unpacked__keeps_its_parts_and_phrases_in_them() -> None:
    given = Phrase("%(a)s and %(b)s", a=JOB, b=1200)
    found = unpacked(packed(given))
    assert found == given
    assert isinstance(found, Phrase)
    assert isinstance(found.values["a"], Phrase)
    assert found.values["b"] == 1200


@pytest.mark.parametrize(
    "text", ["", "Make room on the disk.", "[1, 2]", '["%(n)s", {}]', '["%(n)s", {"n"', "12", '{"a": 1}', '["%", {"a": "b"}]']
)
def test_text_that_is_no_phrase__stays__as_it_is(text: str) -> None:
    assert unpacked(packed(text)) == text


def test_value_that_looks_like_a_phrase_that_is_kept__stays__a_value() -> None:
    inner = packed(JOB)
    assert unpacked(packed(Phrase("%(a)s x", a=inner))) == f"{inner} x"


def test_faults_that_were_packed__are_said_in_german() -> None:
    kept = FaultsFound([Fault("a.csv", 3, "email", Phrase("is empty")), Fault("b.csv", None, "", Phrase("is a folder"))]).args[0]
    assert words_of("de").told(unpacked(packed(kept))) == "a.csv:3 email: leer\nb.csv: ein Ordner"


def test_sentence_of_an_error__keeps_a_phrase_whole__and_shortens_what_others_say() -> None:
    assert sentence_of(AssessError(JOB), 5) is JOB
    assert sentence_of(ValueError("too long"), 3) == "too"
    assert sentence_of(KeyError("a"), 9) == "'a'"


@pytest.mark.parametrize("language", languages())
def test_fault__in_a_language__keeps_its_place(language: str) -> None:
    fault = Fault("members.csv", 3, "email", Phrase("is empty"), Phrase("check the quotes in this row"))
    said = FaultsFound([fault]).said(words_of(language).told)
    assert said.startswith("members.csv:3 email")
    assert (said == str(fault)) == (language == "en")


def test_error_without_a_sentence__says__nothing() -> None:
    assert AssessError().said(str) == ""
