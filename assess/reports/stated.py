"""Figures whose authors said what they rest on: the value with its note, and the work it was taken from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assess.reports import names
from assess.reports.dossier import Dossier
from assess.reports.footnotes import Mark

_MOST = 10
_NOTE = 170
"""Characters of a note that stand in its row."""


@dataclass(frozen=True, slots=True)
class StatedRow:
    """One figure, and what was noted of it."""

    indicator: str
    value: str
    origin: str
    note: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Stated:
    """The first of these figures; `more` says how many stand in the enclosed diagnosis alone."""

    rows: tuple[StatedRow, ...]
    more: str

    @property
    def is_mixed(self) -> bool:
        """Whether they come from more than one origin."""
        return len({row.origin for row in self.rows}) > 1


def stated(dossier: Dossier) -> Stated:
    """List the figures that have a note or a source, in the order of the rule base."""
    found = tuple(_rows(dossier))
    rest = len(found) - _MOST
    more = dossier.several(rest, "One more stands in the enclosed diagnosis.json.", "%(num)s more stand in the enclosed diagnosis.json.")
    return Stated(found[:_MOST], more if rest > 0 else "")


def _rows(dossier: Dossier) -> Iterator[StatedRow]:
    for name, measure in dossier.measures.items():
        note, source = measure.get("note") or "", measure.get("source")
        if note or source:
            yield StatedRow(
                indicator=dossier.label(name),
                value=dossier.shown(measure["value"], dossier.scale(name)),
                origin=dossier.name(names.ORIGINS, measure.get("origin") or ""),
                note=names.shortened(note, _NOTE),
                marks=dossier.references.of([source] if source else []),
            )
