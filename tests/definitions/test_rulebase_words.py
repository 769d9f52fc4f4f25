"""Catalogues of a rule base: read by the English text, offered only where they are, and every fault in them is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from pseudo import VERSION, foreign, translated

from assess.content import content_folder
from assess.definitions.library import load_rulebase_version
from assess.definitions.rulebase_words import report_languages, rulebase_texts, texts_digest, texts_in
from assess.definitions.rulebase_words_lint import faults_in_rulebase_words

PRINTED = "is rated {funding.seed}"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return translated(tmp_path, monkeypatch)


def problems(file: Path, old: str, new: str) -> list[str]:
    """What is found after something in the catalogue was replaced once."""
    content = file.read_text("utf-8")
    assert old in content
    file.write_text(content.replace(old, new, 1), "utf-8")
    return [fault.problem for fault in faults_in_rulebase_words(load_rulebase_version(VERSION))]


def entry(text: str, said: str) -> str:
    return f'msgid "{text}"\nmsgstr "{said}"'


def a_text(having: str) -> str:
    """The first text of the rule base with something in it, short enough for one line."""
    return next(text for text in texts_in(load_rulebase_version(VERSION)) if having in text and len(text) < 75 and '"' not in text)


def test_texts__are_those_that_a_report_prints__after_expansion() -> None:
    found = texts_in(load_rulebase_version(VERSION))
    assert len(found) > 1000
    assert "Research base" in found
    assert not [text for text in found if "<" in text or not text.strip()]


def test_catalogue__is_read_by_the_english_text__and_is_no_part_of_the_rule_base(file: Path) -> None:
    texts = rulebase_texts(VERSION, "de")
    assert texts["Research base"] == foreign("Research base")
    assert rulebase_texts(VERSION, "fr") == {}
    digest = load_rulebase_version(VERSION).digest
    before = texts_digest(VERSION, "de")
    file.write_text(file.read_text("utf-8").replace(foreign("Research base"), "Forschungsbasis"), "utf-8")
    assert rulebase_texts(VERSION, "de")["Research base"] == "Forschungsbasis"
    assert texts_digest(VERSION, "de") != before
    assert load_rulebase_version(VERSION).digest == digest


@pytest.mark.usefixtures("file")
def test_languages__are_those_with_a_catalogue() -> None:
    assert report_languages(VERSION) == ("en", "de")


def test_whole_catalogue__has_no_fault(file: Path) -> None:
    assert file.is_file()
    assert not list(faults_in_rulebase_words(load_rulebase_version(VERSION)))


def test_catalogues_of_the_rule_base__have_no_fault() -> None:
    assert not list(faults_in_rulebase_words(load_rulebase_version(VERSION)))
    assert content_folder("rules").is_dir()


def test_text__without_its_numbers__is_found(file: Path) -> None:
    text = a_text("{")
    number = text[text.index("{") : text.index("}") + 1]
    for wrong in (foreign(text).replace(number, "3"), foreign(text).replace(number, number * 2), foreign(text) + "{"):
        before = file.read_text("utf-8")
        assert problems(file, entry(text, foreign(text)), entry(text, wrong)) == ["has other numbers in it than the English text"]
        file.write_text(before, "utf-8")


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("", "is not translated"),
        ("  ", "is not translated"),
        ('‹\\"Research\\"›', "has a straight quotation mark in it"),
        ("Forschungs  basis", "has spaces or line breaks in it that do not belong there"),
        ("Forschungsbasis ", "has spaces or line breaks in it that do not belong there"),
        ("Forschungs\\nbasis", "has spaces or line breaks in it that do not belong there"),
    ],
)
def test_translation__that_cannot_be_printed__is_found(file: Path, said: str, problem: str) -> None:
    assert problems(file, entry("Research base", foreign("Research base")), entry("Research base", said)) == [problem]


def test_sentence__left_in_english__is_found__a_name_is_not(file: Path) -> None:
    sentence = next(
        text for text in texts_in(load_rulebase_version(VERSION)) if len(text.split()) > 6 and len(text) < 75 and "{" not in text
    )
    assert problems(file, entry(sentence, foreign(sentence)), entry(sentence, sentence)) == ["is left in English"]
    assert len(problems(file, entry("Funding", foreign("Funding")), entry("Funding", "Funding"))) == 1


def test_text__that_is_missing__stale__or_there_twice__is_found(file: Path) -> None:
    known = entry("Research base", foreign("Research base"))
    assert any("is not translated; it stands in" in one for one in problems(file, known, ""))
    file.write_text(f"{file.read_text('utf-8')}\n{known}\n", "utf-8")
    assert problems(file, known, f"{known}\n\n{entry('Gone since', 'Weg')}") == ["stands nowhere any more"]
    more = problems(file, known, f"{known}\n\n{known}")
    assert "stands in it 2 times" in more


def test_file__of_a_language_that_is_not_spoken__or_no_catalogue__is_found(file: Path) -> None:
    (file.parent / "xx.po").write_text("", "utf-8")
    (file.parent / "fr.po").write_text("msgid nonsense\n", "utf-8")
    found = {fault.subject: fault.problem for fault in faults_in_rulebase_words(load_rulebase_version(VERSION))}
    assert found["xx"] == "is a language that the program does not speak"
    assert found["fr"].startswith("cannot be read")
