"""The questionnaires in German and French: complete, with the same numbers and references, of a length that fits the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from assess.content import content_folder
from assess.definitions.yamlfile import parse_yaml

TRANSLATED = ("member", "management", "evaluator")
LANGUAGES = ("de", "fr")
LONGEST = 2.2
# Names, and words that a language took over as they are.
ALIKE = {
    "de": {"ESCA Bronze", "ESCA Gold", "Interview", "Interviews"},
    "fr": {"ESCA Bronze", "Association", "Collaboration", "Lobbying", "Structure"},
}
PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
GROUPED = re.compile(r"(?<=\d)[.,\u00a0\u202f](?=\d{3}(?!\d))")
NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Written:
    """One text of a questionnaire: where it stands and what it says by language."""

    place: str
    by_language: dict[str, str]

    def __str__(self) -> str:
        return f"{self.place}: {self.by_language['en']}"


def texts_in(node: Any, place: str = "") -> Iterator[Written]:
    """Every map by language below this node."""
    if isinstance(node, dict):
        if isinstance(node.get("en"), str):
            yield Written(place, dict(node))
            return
        for key, value in node.items():
            yield from texts_in(value, ".".join(filter(None, (place, node.get("name", ""), str(key)))))
    elif isinstance(node, list):
        for value in node:
            yield from texts_in(value, place)


def numbers(text: str) -> list[str]:
    """The numbers in a text, in order of size as text, without separators of thousands."""
    return sorted(NUMBER.findall(GROUPED.sub("", text)))


def lacking(text: Written) -> set[str]:
    return set(LANGUAGES) - {language for language, said in text.by_language.items() if said}


def differing(text: Written) -> list[str]:
    """The languages whose numbers or references are not those of the English text."""
    english = text.by_language["en"]
    return [
        language
        for language in LANGUAGES
        if numbers(text.by_language[language]) != numbers(english)
        or sorted(PLACEHOLDER.findall(text.by_language[language])) != sorted(PLACEHOLDER.findall(english))
    ]


def questionnaire_texts(name: str) -> list[Written]:
    (path,) = content_folder("questionnaires").glob(f"{name}/2026.1.yaml")
    return list(texts_in(parse_yaml(path.read_text("utf-8"), path.name).data))


@pytest.fixture(params=TRANSLATED)
def texts(request: pytest.FixtureRequest) -> list[Written]:
    found = questionnaire_texts(request.param)
    assert len(found) > 100
    return found


def test_questionnaire__declares_the_same_languages__for_all_of_its_texts(texts: list[Written]) -> None:
    assert [f"{text} {set(text.by_language)}" for text in texts if set(text.by_language) != {"en", *LANGUAGES}] == []


def test_text__of_a_translated_questionnaire__has_every_language(texts: list[Written]) -> None:
    assert [str(text) for text in texts if lacking(text)] == []


def test_text__in_another_language__has_the_numbers_and_references_of_the_english(texts: list[Written]) -> None:
    assert [f"{text} {differing(text)}" for text in texts if differing(text)] == []


def test_text__in_another_language__is_not_the_english_one(texts: list[Written]) -> None:
    same = [(text, language) for text in texts for language in LANGUAGES if text.by_language[language] == text.by_language["en"]]
    assert [f"{text} {language}" for text, language in same if text.by_language["en"] not in ALIKE[language]] == []


def test_text__in_another_language__is_not_much_longer(texts: list[Written]) -> None:
    limits = [(text, LONGEST * len(text.by_language["en"])) for text in texts]
    assert [f"{text} {language}" for text, limit in limits for language in LANGUAGES if len(text.by_language[language]) > limit] == []


def test_text__that_is_asked_twice__is_translated_alike(texts: list[Written]) -> None:
    said: dict[tuple[str, str], set[str]] = {}
    for text in texts:
        for language in LANGUAGES:
            said.setdefault((language, text.by_language["en"]), set()).add(text.by_language[language])
    assert {english: forms for english, forms in said.items() if len(forms) > 1} == {}


def test_choices__of_one_list__differ_in_every_language(texts: list[Written]) -> None:
    lists: dict[tuple[str, str], list[str]] = {}
    for text in texts:
        if text.place.startswith("choices."):
            for language in LANGUAGES:
                lists.setdefault((language, text.place.split(".")[1]), []).append(text.by_language[language])
    assert lists
    assert {place: labels for place, labels in lists.items() if len(set(labels)) < len(labels)} == {}


@pytest.mark.parametrize(
    ("english", "german", "alike"),
    [
        ("from 0 to 10,000", "von 0 bis 10.000", True),
        ("from 0 to 10,000", "von 0 bis 10\u202f000", True),
        ("from 0 to 100", "von 0 bis 10", False),
        ("see ${staff}", "siehe ${staff}", True),
        ("see ${staff}", "siehe ${size}", False),
    ],
)
def test_numbers_and_references__that_differ__are_found(english: str, german: str, alike: bool) -> None:
    text = Written("x", {"en": english, "de": german, "fr": english})
    assert differing(text) == ([] if alike else ["de"])


def test_language__that_one_text_lacks__is_found() -> None:
    (text,) = texts_in({"survey": [{"name": "staff", "label": {"en": "Staff", "de": "Personal", "fr": ""}}]})
    assert (text.place, lacking(text)) == ("survey.staff.label", {"fr"})
