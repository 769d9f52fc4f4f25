"""Puts the published diagnoses of a programme's clusters side by side: type, stage, success factors, screens. Nothing is ranked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from assess.definitions.rules import FACTORS, SCREENS
from assess.store.staff_tables import Programme
from assess.store.steering_tables import Publication
from assess.store.tables import Cluster, StoredDiagnosis
from assess.workflow.programmes import clusters_of
from assess.workflow.publications import PublicationState, Published, published_for_programme
from assess.workflow.rows import identity, required

UNKNOWN = "unknown"
COLUMNS = ("cluster", "year", "type", "stage", *FACTORS, *SCREENS)
"""What a portfolio can be ordered by."""


class ScreenResult(StrEnum):
    """What a criterion of a screen came to."""

    PASS = "pass"  # noqa: S105 - no secret
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Screen:
    """How many criteria of a screen are met, not met and unknown."""

    met: int
    failed: int
    unknown: int

    @property
    def criteria(self) -> int:
        """How many there are."""
        return self.met + self.failed + self.unknown


@dataclass(frozen=True, slots=True)
class Line:
    """One cluster with its published diagnosis; without one (`publication` is None) everything is unknown.

    `levels` are the success factors on the scale 1 to 5, in the order of `FACTORS`; None is unknown.
    """

    cluster: Cluster
    publication: Publication | None
    year: int | None
    type: str
    stage: str
    levels: tuple[Decimal | None, ...]
    screens: tuple[Screen, ...]
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The lines, one for each cluster, and the years that have published reports, the newest first."""

    lines: tuple[Line, ...]
    years: tuple[int, ...]


def portfolio(session: Session, programme: Programme, *, year: int | None = None) -> Portfolio:
    """Return the newest published diagnosis of every cluster of a programme, or that of one year; withdrawn ones are left out."""
    standing = [one for one in published_for_programme(session, programme) if one.state is PublicationState.PUBLISHED]
    years = tuple(sorted({one.round.year for one in standing}, reverse=True))
    newest: dict[int, Published] = {}
    for one in standing:  # the newest year of a cluster comes first
        if year is None or one.round.year == year:
            newest.setdefault(identity(one.cluster), one)
    lines = (_line(session, cluster, newest.get(identity(cluster))) for cluster in clusters_of(session, programme))
    return Portfolio(tuple(lines), years)


def in_order(lines: Sequence[Line], column: str, *, descending: bool = False) -> tuple[Line, ...]:
    """Return the lines in the order of one column; what is unknown stands last either way. Raises KeyError for no column."""
    key = _KEYS[column]
    known = [line for line in lines if key(line) is not None]
    unknown = [line for line in lines if key(line) is None]
    return (*sorted(known, key=lambda line: key(line), reverse=descending), *unknown)


def described(document: Mapping[str, Any]) -> tuple[str, str, tuple[Decimal | None, ...], tuple[Screen, ...]]:
    """Return type, stage, levels and screens of a diagnosis document; what it does not say is unknown."""
    factors, screens = document.get("factors", {}), document.get("screens", {})
    levels = tuple(_level(factors.get(name, {}).get("level")) for name in FACTORS)
    tallies = tuple(_screen(screens.get(name, {}), criteria) for name, criteria in SCREENS.items())
    return _label(document, "type"), _label(document, "stage"), levels, tallies


def _line(session: Session, cluster: Cluster, found: Published | None) -> Line:
    if found is None:
        return Line(cluster, None, None, *described({}))
    document = json.loads(required(session, StoredDiagnosis, found.publication.diagnosis_id).document)
    return Line(cluster, found.publication, found.round.year, *described(document), bool(document.get("synthetic")))


def _label(document: Mapping[str, Any], part: str) -> str:
    return str(document.get(part, {}).get("label") or UNKNOWN)


def _level(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _screen(found: Mapping[str, Any], criteria: Sequence[str]) -> Screen:
    results = [found.get(name, {}).get("result", ScreenResult.UNKNOWN) for name in criteria]
    met, failed = results.count(ScreenResult.PASS), results.count(ScreenResult.FAIL)
    return Screen(met, failed, len(results) - met - failed)


def _known(text: str) -> str | None:
    return None if text in (UNKNOWN, "undetermined") else text


def _factor_key(place: int) -> Callable[[Line], Any]:
    return lambda line: line.levels[place]


def _screen_key(place: int) -> Callable[[Line], Any]:
    return lambda line: line.screens[place].met if line.screens[place].unknown < line.screens[place].criteria else None


_KEYS: Mapping[str, Callable[[Line], Any]] = {
    "cluster": lambda line: line.cluster.name.casefold(),
    "year": lambda line: line.year,
    "type": lambda line: _known(line.type),
    "stage": lambda line: _known(line.stage),
    **{name: _factor_key(place) for place, name in enumerate(FACTORS)},
    **{name: _screen_key(place) for place, name in enumerate(SCREENS)},
}
