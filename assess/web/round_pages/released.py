"""The figures of a round that were released, by area and kind of member; those that are withheld say why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from sqlmodel import Session

from assess.definitions.indicators import Indicator
from assess.definitions.library import load_rulebase_version
from assess.definitions.questionnaire_items import MemberKind
from assess.definitions.scales import Scale
from assess.phrases import message
from assess.reports.names import GROUPS, spoken
from assess.store.queries import released_cells
from assess.store.tables import ReleasedCell, RoundState
from assess.web.desks import may
from assess.web.frames import Entry, Frame, exists
from assess.web.published_reports import Edition, document_of, other_editions
from assess.web.sentences import figure
from assess.web.wording import label_of, words
from assess.web.workbench_pages.overview import STATES, kind_name
from assess.web.workbench_pages.place import Place
from assess.workflow.publications import published_of
from assess.workflow.releases import TOO_FEW, WITHHELD
from assess.workflow.rows import identity

_ALL = "all"
_TOO_FEW, _WITHHELD = message("too few"), message("withheld")
_REASONS = {
    TOO_FEW: message("too few organisations answered"),
    WITHHELD: message("withheld, so that no answer of a single organisation follows from this figure and others"),
}
"""What is said for the reason that is kept beside a figure."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A released figure with n, or in one or two words why it is not shown; both empty where the kind was not asked."""

    value: str = ""
    n: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One indicator: the figure of all, then of each kind."""

    label: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """A table of indicators that belong together."""

    name: str
    rows: tuple[FigureRow, ...]


@dataclass(frozen=True, slots=True)
class ReleasedPage:
    """All released figures of a round. `reasons` explain the words that stand in place of a figure."""

    frame: Frame
    ways: tuple[Entry, ...]
    place: str
    state: tuple[str, str]
    is_closed: bool
    kinds: tuple[str, ...]
    areas: tuple[Area, ...]
    counts: str
    """How many figures are shown, and how many are not."""
    reasons: tuple[tuple[str, str], ...]
    report: str
    """Address of the published report; empty where there is none to read."""
    editions: tuple[Edition, ...]
    plan: str


def released_page(session: Session, place: Place) -> ReleasedPage:
    """Return the figures of a round as they were frozen."""
    cells = released_cells(session, identity(place.round))
    kinds = [kind for kind in (_ALL, *MemberKind) if any(cell.kind == kind for cell in cells.values())]
    report, plan = f"{place.address}/report.pdf", f"{place.address}/plan"
    shown = sum(cell.value is not None for cell in cells.values())
    state, tone = STATES[place.round.state]
    readable = place.desk.published and may("report.published.read") and exists(report)
    standing = published_of(session, place.round) if readable else None
    return ReleasedPage(
        frame=place.frame(words().say("Released figures")),
        ways=place.ways(),
        place=place.name,
        state=(words().say(state), tone),
        is_closed=place.round.state is RoundState.CLOSED,
        kinds=tuple(words().say("All members") if kind == _ALL else words().say(kind_name(kind)) for kind in kinds),
        areas=_areas(cells, kinds, place.round.rulebase_version) if cells else (),
        counts=words().several(
            shown,
            "%(num)s figure shown, %(withheld)s withheld.",
            "%(num)s figures shown, %(withheld)s withheld.",
            withheld=len(cells) - shown,
        ),
        reasons=tuple(sorted({(words().say(_short(cell)), _reason(cell.reason)) for cell in cells.values() if cell.reason})),
        report=report if readable else "",
        editions=other_editions(document_of(session, standing), report) if standing else (),
        plan=plan if may("plan.read") and exists(plan) else "",
    )


@lru_cache(maxsize=8)
def indicators_of(version: str) -> Mapping[str, Indicator]:
    """Return the indicators of a version of the rule base."""
    return load_rulebase_version(version).indicators


def _areas(cells: Mapping[tuple[str, str], ReleasedCell], kinds: list[str], version: str) -> tuple[Area, ...]:
    """Return the tables by area, areas and indicators in the rule base's order."""
    areas: dict[str, list[FigureRow]] = {}
    released = {indicator for indicator, _ in cells}
    for name, indicator in indicators_of(version).items():
        if name in released:
            figures = tuple(_figure(cells.get((name, kind)), indicator) for kind in kinds)
            areas.setdefault(name.partition(".")[0], []).append(FigureRow(label_of(indicator, version), figures))
    return tuple(Area(words().say(GROUPS.get(area, spoken(area).capitalize())), tuple(rows)) for area, rows in areas.items())


def _figure(cell: ReleasedCell | None, indicator: Indicator) -> Figure:
    if cell is None:
        return Figure()
    if cell.value is None:
        return Figure(reason=words().say(_short(cell)))
    value = figure(Decimal(cell.value), indicator.scale)
    return Figure(words().say(value) if indicator.scale is Scale.FLAG else words().number(value), cell.n)


def _short(cell: ReleasedCell) -> str:
    return _TOO_FEW if (cell.reason or "").startswith(_TOO_FEW) else _WITHHELD


def _reason(kept: str) -> str:
    return words().say(_REASONS.get(kept, kept))
