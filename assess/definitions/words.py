"""The program's own words in the languages of its readers: English texts are the keys of the catalogues in templates/locale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from assess.content import content_folder
from assess.phrases import Phrase, Value, in_english

if TYPE_CHECKING:  # Babel loads for as long as a short command runs, and English needs nothing of it
    from babel import Locale
    from babel.messages.catalog import Catalog

ENGLISH = "en"
CATALOGUE = "LC_MESSAGES/assess.po"
"""Where a language's catalogue stands in its folder."""
_LOCALES = {ENGLISH: "en_GB"}
"""Whose habits count where a language has several; every other goes by its own name."""


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """One language: what is said in it, and how it writes numbers and dates."""

    language: str
    single: Mapping[str, str]
    plural: Mapping[str, tuple[str, ...]]
    """Both forms of texts with a number in them, by the English singular."""
    signs: Mapping[int, str]
    """What stands for the comma and the point of a number written in English."""

    @property
    def locale(self) -> Locale:
        """What the language's readers are used to, from Unicode's CLDR."""
        return _locale(self.language)

    def say(self, text: str, /, **values: str | int) -> str:
        """Return an English text in this language, with its values filled in; as it is where there is no translation."""
        found = self.single.get(text, text)
        return found % values if values else found

    def told(self, text: str) -> str:
        """Say a phrase in this language; any other text stays as it is."""
        if not isinstance(text, Phrase) or self.language == ENGLISH:
            return str(text)
        return self.say(text.text, **self.filled(text.values))

    def filled(self, values: Mapping[str, Value]) -> dict[str, str]:
        """Write what is filled into a text as this language does; a year is no number, and is given as a text."""
        return {name: self._written(value) for name, value in values.items()}

    def several(self, number: int, one: str, many: str, **values: str | int) -> str:
        """Return the form of a text that fits a number; `%(num)s` in it is that number."""
        chosen = self.form(number, one, many)
        return chosen % {"num": self.number(f"{number:,}"), **values}

    def form(self, number: int, one: str, many: str) -> str:
        """Return the form of a text that fits a number, with nothing filled in."""
        forms = self.plural.get(one, (one, many))
        alone = number == 1 if self.language == ENGLISH else self.locale.plural_form(number) == "one"
        return forms[0] if alone else forms[1]

    def number(self, text: str) -> str:
        """Write a number as this language does that is written with the English signs."""
        return text.translate(self.signs)

    def day(self, day: date) -> str:
        """Write a day: 21 November 2026."""
        if self.language == ENGLISH:
            return in_english(day)
        from babel.dates import format_date

        return format_date(day, "long", locale=self.locale)

    def _written(self, value: Value) -> str:
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, int | Decimal):
            return self.number(in_english(value))
        return self.told(value) if isinstance(value, str) else value.in_language(self.language)

    def moment(self, time: datetime) -> str:
        """Write a time in UTC: 21 November 2026, 12:00 UTC."""
        return f"{self.day(time)}, {time:%H:%M} UTC"


@cache
def languages() -> tuple[str, ...]:
    """Return the languages that the program speaks: English, then those with a catalogue."""
    folder = content_folder("templates") / "locale"
    return (ENGLISH, *sorted(path.parents[1].name for path in folder.glob(f"*/{CATALOGUE}")))


def words_of(language: str) -> Words:
    """Return the words of a language; of English for one that the program does not speak."""
    return _words(language if language == ENGLISH or language in languages() else ENGLISH)


def first_spoken(wanted: Iterable[str]) -> Words:
    """Return the words of the first language wanted that the program speaks, else of English."""
    return words_of(next((code for code in wanted if code in languages()), ENGLISH))


def catalogue_of(language: str) -> Catalog:
    """Read the catalogue of a language other than English."""
    from babel.messages.pofile import read_po

    with (content_folder("templates") / "locale" / language / CATALOGUE).open("rb") as stream:
        return read_po(stream, locale=language)


@cache
def _words(language: str) -> Words:
    if language == ENGLISH:
        return Words(language, {}, {}, {})
    entries = [entry for entry in catalogue_of(language) if entry.id and entry.string and not entry.fuzzy]
    symbols = _locale(language).number_symbols["latn"]
    return Words(
        language=language,
        single={str(entry.id): str(entry.string) for entry in entries if not entry.pluralizable},
        plural={entry.id[0]: tuple(entry.string or ()) for entry in entries if entry.pluralizable},
        signs=str.maketrans({",": symbols["group"], ".": symbols["decimal"]}),
    )


@cache
def _locale(language: str) -> Locale:
    from babel import Locale

    return Locale.parse(_LOCALES.get(language, language))
