"""Fits the header of a response file to a questionnaire: which column holds which item, and which say whose row it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from assess.definitions.indicators import Origin
from assess.definitions.questionnaire_items import Questionnaire
from assess.definitions.validation import suggestion
from assess.phrases import Phrase

_DELETE = Phrase("delete the column")


class About(StrEnum):
    """The columns that say whose row it is."""

    ORGANISATION = "organisation"
    KIND = "kind"
    VERSION = "version"
    NOTE = "note"


class Columns:
    """The columns of one file by name, and what is wrong with them as subject, problem and remedy."""

    def __init__(self, header: Sequence[str], questionnaire: Questionnaire) -> None:
        self.of_members = questionnaire.respondent is Origin.MEMBER
        self.repeats = {item.name: item.repeat for item in questionnaire.items}
        self.about = tuple(about for about in About if self.of_members or about is not About.KIND)
        self.places: dict[str, int] = {}
        self.problems = [*self._read(header), *self._missing()]

    @property
    def items(self) -> dict[str, int]:
        """The place of each item's column; a member's kind is no answer like the others but says whose row it is."""
        whose = About.KIND if self.of_members else None
        return {name: place for name, place in self.places.items() if name in self.repeats and name != whose}

    def cell(self, about: About, cells: Sequence[str]) -> str:
        """Return what a row says about itself; empty where there is no such column, or the questionnaire uses its name for an item."""
        taken = about in (About.VERSION, About.NOTE) and about in self.repeats
        place = self.places.get(about)
        return "" if taken or place is None else cells[place].strip()

    def _read(self, header: Sequence[str]) -> Iterator[tuple[str, str, str]]:
        for place, name in enumerate(header):
            if not name:
                yield "", Phrase("column %(column)s has no name", column=str(place + 1)), Phrase("name it, or delete it")
            elif name in self.places:
                first, second = str(self.places[name] + 1), str(place + 1)
                problem = Phrase("the column stands twice (columns %(first)s and %(second)s)", first=first, second=second)
                yield name, problem, Phrase("keep one of the two")
            else:
                self.places[name] = place
                yield from self._unfit(name)

    def _unfit(self, name: str) -> Iterator[tuple[str, str, str]]:
        if name not in self.repeats and name not in self.about:
            known = [*self.repeats, *self.about]
            yield name, Phrase("the questionnaire has no such item"), suggestion(name, known) or _DELETE
        elif (repeat := self.repeats.get(name)) is not None:
            yield name, Phrase("belongs to the repeat %(repeat)s, which one row cannot hold", repeat=repeat), _DELETE

    def _missing(self) -> Iterator[tuple[str, str, str]]:
        for about in (About.ORGANISATION, About.KIND) if self.of_members else ():
            if about not in self.places:
                yield about, Phrase("the column is missing"), Phrase("add it, and fill it in every row")
