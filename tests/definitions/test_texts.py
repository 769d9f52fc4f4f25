"""A text is written once, or once per language."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ValidationError

from assess.definitions.texts import Text, TextField


class Holder(BaseModel):
    text: TextField


def read(value: object) -> Text:
    return Holder.model_validate({"text": value}).text


def test_plain_text__is_english() -> None:
    assert dict(read("Firms")) == {"en": "Firms"}


def test_line_breaks_and_runs_of_spaces__become_one_space() -> None:
    assert str(read("  Most firms\n   are  small.\n")) == "Most firms are small."


def test_language__that_is_missing__falls_back_to_english_then_to_the_first() -> None:
    both = read({"en": "Firms", "de": "Unternehmen"})
    assert (both.in_language("de"), both.in_language("fr"), str(both)) == ("Unternehmen", "Firms", "Firms")
    assert read({"fr": "Entreprises", "de": "Unternehmen"}).in_language("en") == "Unternehmen"


def test_language__left_empty__falls_back() -> None:
    assert read({"en": "Firms", "de": ""}).in_language("de") == "Firms"


def test_same_text__is_equal_whatever_the_order_of_languages() -> None:
    one, other = Text({"en": "Firms", "de": "Unternehmen"}), Text({"de": "Unternehmen", "en": "Firms"})
    assert one == other
    assert hash(one) == hash(other)
    assert one != Text({"en": "Firms"})
    assert len(one) == 2


@pytest.mark.parametrize("value", [True, 2026, None, [], {}, ["Firms"], {"en": 1}, {1: "Firms"}, {"en": None}])
def test_anything_else__is_refused_with_what_is_expected(value: object) -> None:
    with pytest.raises(ValidationError, match=r"must be a text, or a map of texts by language such as \{en: …\}"):
        read(value)


def test_text__cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        read("Firms")["en"] = "Others"  # type: ignore[index]


def test_fixed_and_narrow_spaces__of_french__stay() -> None:
    said = "Quelle note\N{NARROW NO-BREAK SPACE}?\n Par exemple\N{NO-BREAK SPACE}: «\N{NO-BREAK SPACE}oui\N{NO-BREAK SPACE}»"
    assert read({"fr": said})["fr"] == said.replace("\n ", " ")
