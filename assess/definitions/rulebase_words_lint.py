"""Finds what is wrong with the catalogues of a rule base: every text of it is to be told in each of them, with the same numbers in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError

from assess.content import relative
from assess.definitions.rulebase import PLACEHOLDER, Rulebase
from assess.definitions.rulebase_words import catalogue_file, read_catalogue, texts_in
from assess.definitions.words import ENGLISH, languages
from assess.definitions.words_lint import Said, faults_in_catalogue, shortened
from assess.errors import Fault
from assess.phrases import Phrase

_KEY = re.compile(r'^msgid ((?:"(?:[^"\\\n]|\\.)*"\s*)+)', re.MULTILINE)
_PIECE = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_FEWEST_WORDS = 4
"""Words in lower case of a text that cannot be the same in two languages by chance, as a name can."""


def faults_in_rulebase_words(rulebase: Rulebase) -> Iterator[Fault]:
    """Return what is wrong with the catalogues beside a rule base; none for a language that has no catalogue."""
    said = {Said(text): place for text, place in texts_in(rulebase).items()}
    for path in sorted(catalogue_file(rulebase.version, ENGLISH).parent.glob("*.po")):
        name = relative(path)
        if path.stem not in languages() or path.stem == ENGLISH:
            spoken = ", ".join(language for language in languages() if language != ENGLISH)
            remedy = Phrase("name the file after one of %(options)s", options=spoken)
            yield Fault(name, None, path.stem, Phrase("is a language that the program does not speak"), remedy)
            continue
        yield from _twice(name, path)
        try:
            catalogue = read_catalogue(path)
        except (PoFileError, ValueError) as error:
            problem = Phrase("%(key)s: %(problem)s", key=Phrase("cannot be read"), problem=str(error))
            yield Fault(name, None, path.stem, problem, Phrase("write it as gettext does"))
            continue
        yield from faults_in_catalogue(name, catalogue, said, problems_of)


def problems_of(text: Said, entry: Message) -> Iterator[str]:
    """Say what is wrong with one translation of a text of a rule base."""
    found = entry.string if isinstance(entry.string, str) else ""
    if not found.strip():
        yield Phrase("is not translated")
        return
    if Counter(PLACEHOLDER.findall(found)) != Counter(PLACEHOLDER.findall(text.one)) or _braces(found) != _braces(text.one):
        yield Phrase("has other numbers in it than the English text")
    if '"' in found and '"' not in text.one:
        yield Phrase("has a straight quotation mark in it")
    if found == text.one and sum(word[:1].islower() for word in text.one.split()) >= _FEWEST_WORDS:
        yield Phrase("is left in English")
    if found != found.strip() or "  " in found or "\n" in found:
        yield Phrase("has spaces or line breaks in it that do not belong there")


def _braces(text: str) -> Counter[str]:
    return Counter(sign for sign in text if sign in "{}")


def _twice(name: str, path: Path) -> Iterator[Fault]:
    """Of an English text that stands twice in a catalogue, only one translation would ever be read."""
    keys = Counter("".join(_PIECE.findall(found)) for found in _KEY.findall(path.read_text("utf-8")))
    for key, times in keys.items():
        if key and times > 1:
            yield Fault(name, None, shortened(key), Phrase("stands in it %(times)s times", times=times), Phrase("keep one translation"))
