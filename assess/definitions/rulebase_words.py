"""What the texts of a rule base are in other languages: catalogues beside its files, keyed by the English text, no part of its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from assess.content import content_folder
from assess.definitions.indicators import Citation
from assess.definitions.rulebase import Rulebase
from assess.definitions.rules import EXPERT, Source
from assess.definitions.subjects import named
from assess.definitions.texts import Text
from assess.definitions.words import ENGLISH, languages

if TYPE_CHECKING:  # as in `words`: English needs nothing of Babel
    from babel.messages.catalog import Catalog

_FOLDER = "locale"


def report_languages(version: str) -> tuple[str, ...]:
    """Return the languages in which reports by a version of the rule base can be written: English, and those with both catalogues."""
    return tuple(language for language in languages() if language == ENGLISH or catalogue_file(version, language).is_file())


def rulebase_texts(version: str, language: str) -> Mapping[str, str]:
    """Return the texts of a version in a language, by the English text with its placeholders; nothing where there is no catalogue."""
    path = catalogue_file(version, language)
    return _texts(path, path.stat().st_mtime_ns) if path.is_file() else {}


def texts_digest(version: str, language: str) -> str:
    """Return the SHA-256 of a catalogue's file; empty where there is none."""
    path = catalogue_file(version, language)
    if language not in languages():
        return ""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def catalogue_file(version: str, language: str) -> Path:
    """Return where the catalogue of a version in a language stands, if there is one; a version is a name and leads to no other folder."""
    return content_folder("rules") / Path(version).name / _FOLDER / f"{language}.po"


def read_catalogue(path: Path) -> Catalog:
    """Read one catalogue. Raises ValueError for a file that is none."""
    from babel.messages.pofile import read_po

    with path.open("rb") as stream:
        return read_po(stream, locale=path.stem, abort_invalid=True)


def texts_in(rulebase: Rulebase) -> dict[str, str]:
    """Return every English text of a rule base that a report may print, each with the first place where it stands."""
    found: dict[str, str] = {}
    for place, text in _all_texts(rulebase):
        found.setdefault(str(text), place)
    return found


def source_in_words(source: Source, texts: Mapping[str, str]) -> Source:
    """Say in a language what is said of a source; what works are called is in no catalogue and stays."""
    said = {"title": source.title, "note": source.note}
    return source.model_copy(update={name: texts[text] for name, text in said.items() if text and text in texts})


def place_in_words(rulebase: Rulebase, source: str, place: str, texts: Mapping[str, str]) -> str:
    """Say a place in a source in a language; what a work that was opened calls its own places stays as it is."""
    return texts.get(place, place) if _is_located_by_us(rulebase, source) else place


def _is_located_by_us(rulebase: Rulebase, source: str) -> bool:
    return source == EXPERT or rulebase.sources[source].via is not None


def _all_texts(rulebase: Rulebase) -> Iterator[tuple[str, Text | str]]:
    for name, indicator in rulebase.indicators.items():
        yield named("indicator", name), indicator.label
    for name, factor in rulebase.factors.items():
        yield from ((named("factor", name), text) for text in _within(factor))
    for name, instrument in rulebase.instruments.items():
        yield from ((named("instrument", name), text) for text in _within(instrument))
    for rule in rulebase.rules:
        yield from ((named("rule", rule.id), text) for text in (rule.because, *_within(rule.then)))
    for name, fact in rulebase.facts.items():
        if not fact.is_conclusion:
            yield named("fact", name), fact.label
    for name, parameter in rulebase.parameters.items():
        yield named("parameter", name), parameter.label
    yield from _texts_on_sources(rulebase)


def _texts_on_sources(rulebase: Rulebase) -> Iterator[tuple[str, str]]:
    for name, source in rulebase.sources.items():
        if name == EXPERT:
            yield named("source", name), source.title
        if source.note:
            yield named("source", name), source.note
    for place, citations in _citations(rulebase):
        yield from ((place, locator) for source, locator in citations if _is_located_by_us(rulebase, source))


def _citations(rulebase: Rulebase) -> Iterator[tuple[str, Iterable[Citation]]]:
    yield from ((named("factor", name), factor.cite) for name, factor in rulebase.factors.items())
    yield from ((named("instrument", name), instrument.cite) for name, instrument in rulebase.instruments.items())
    yield from ((named("rule", rule.id), rule.cite) for rule in rulebase.rules)


def _within(value: Any) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif isinstance(value, BaseModel):
        for _, entry in value:
            yield from _within(entry)
    elif isinstance(value, tuple):
        for entry in value:
            yield from _within(entry)


@lru_cache(maxsize=8)
def _texts(path: Path, _changed_at: int) -> Mapping[str, str]:
    return {str(entry.id): str(entry.string) for entry in read_catalogue(path) if entry.id and entry.string and not entry.fuzzy}
