"""What rules say is printed with the numbers it rests on."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from rulebases import load, parameter, rule

from assess.definitions.rulebase import Rulebase
from assess.definitions.texts import Text
from assess.definitions.words import words_of
from assess.engine.wording import Wording, filled, written_fact

SCALES = {"firms": "count", "share": "share", "growth": "rate", "listed": "flag", "age": "years", "rating": "likert"}
FACTS = {"firms": 1_200_000, "share": 925, "growth": -80, "listed": 1000, "age": 12_500, "rating": 3667, "stage.growing": 0}


@pytest.fixture
def rulebase(tmp_path: Path) -> Rulebase:
    conditions = [f"{name} >= $one" for name in ("firms", "age", "rating")]
    used = rule("used", *conditions, "share >= $most", "growth >= $most", then={"concludes": "flag.lock_in", "finding": "So."})
    return load(tmp_path, indicators=SCALES, rules=[used], parameters={"one": parameter(1, "count"), "most": parameter(0.8, "share")})


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("{firms} firms", "1,200 firms"),
        ("{share} and {growth}", "92.5 % and −8 %"),
        ("{listed}, {age}, {rating}", "yes, 12.5, 3.67"),
        ("from {$most} on, {$one}", "from 80 % on, 1"),
        ("{type.margin}", "unknown"),
        ("{stage.growing}", "no"),
        ("{firms}{firms}", "1,2001,200"),
        ("no braces", "no braces"),
        ("{}", "{}"),
        ("{A}", "{A}"),
    ],
)
def test_placeholder__is_written_on_the_scale_of_its_fact(rulebase: Rulebase, text: str, printed: str) -> None:
    parameters = {name: value.at(2026) for name, value in rulebase.parameters.items()}
    assert filled(Text({"en": text}), rulebase, FACTS, parameters) == printed


def test_placeholder__of_a_parameter__has_the_value_that_was_used(rulebase: Rulebase) -> None:
    assert filled(Text({"en": "{$most}"}), rulebase, {}, {"most": Decimal("0.75")}) == "75 %"


def test_language__is_chosen_before_filling(rulebase: Rulebase) -> None:
    text = Text({"en": "{firms} firms", "de": "{firms} Unternehmen"})
    assert filled(text, rulebase, {"firms": 3000}, {}, Wording(words_of("de"))) == "3 Unternehmen"
    assert filled(text, rulebase, {"firms": 3000}, {}, Wording(words_of("fr"))) == "3 firms"


def test_catalogue__gives_the_text__numbers_are_written_as_the_language_does(rulebase: Rulebase) -> None:
    german = Wording(words_of("de"), {"{firms} firms, {share}": "{firms} Unternehmen, {share}"})
    assert filled(Text({"en": "{firms} firms, {share}"}), rulebase, FACTS, {}, german) == "1.200 Unternehmen, 92,5 %"
    assert filled(Text({"en": "{rating} elsewhere"}), rulebase, FACTS, {}, german) == "3,67 elsewhere"


def test_value__that_looks_like_a_placeholder__is_not_filled_again(rulebase: Rulebase) -> None:
    assert filled(Text({"en": "{rating} {$one}"}), rulebase, {}, {"one": Decimal(1)}) == "unknown 1"


def test_fact__that_is_unknown__is_said_to_be(rulebase: Rulebase) -> None:
    assert written_fact("rating", rulebase, {}) == "unknown"
    assert written_fact("rating", rulebase, {"rating": 4000}) == "4"
