"""The evidence of a round: how well each indicator is covered, where statements are far apart, and the files that were handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from sqlmodel import Session

from assess.definitions.indicators import Indicator
from assess.definitions.scales import Scale, written
from assess.engine.generated_texts import in_language
from assess.engine.measures import Measure
from assess.phrases import message
from assess.reports.names import GROUPS, ORIGINS, UNKNOWN
from assess.web.finding_pages.case import rulebase_of
from assess.web.frames import Entry, Frame
from assess.web.sentences import figure
from assess.web.wording import label_of, words
from assess.web.workbench_pages.overview import ProgressRow, kind_name, progress_row
from assess.web.workbench_pages.place import Place
from assess.workflow.evidence_bytes import Evidence, evidence_of
from assess.workflow.evidence_names import in_megabytes
from assess.workflow.pinned import pinned
from assess.workflow.round_evidence import FarApart, IndicatorEvidence, RoundEvidence, evidence_of_round

ALL = "all"
_NOWHERE = Decimal(2)
"""Sorts what has no coverage, because an evaluator or the management stated it, behind what members answered."""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading of the table; its address sorts by it."""

    label: str
    address: str
    sorted: bool
    number: bool = True


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One indicator with what it rests on; texts as they are printed."""

    name: str
    label: str
    area: str
    value: str
    why: str
    """Why the value is unknown; empty where it is known."""
    n: str
    spread: str
    dont_know: str
    coverage: str
    origin: str
    disagreement: bool


@dataclass(frozen=True, slots=True)
class FarRow:
    """A self-rating of members that is far from what was checked."""

    label: str
    self_rating: str
    n: str
    checked: str
    checked_by: str
    distance: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that was handed in."""

    number: int
    name: str
    size: str
    organisation: str
    about: str


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """All evidence of a round; n beside every figure."""

    frame: Frame
    ways: tuple[Entry, ...]
    place: str
    address: str
    at: datetime
    known: int
    total: int
    handed_in: tuple[ProgressRow, ...]
    kinds: tuple[Entry, ...]
    """What the table shows: all answers, or one kind of member."""
    kind: str
    columns: tuple[Column, ...]
    rows: tuple[EvidenceRow, ...]
    disagreements: tuple[EvidenceRow, ...]
    spread_limit: str
    far_apart: tuple[FarRow, ...]
    files: tuple[FileRow, ...]


def evidence_page(session: Session, place: Place, *, kind: str, sort: str) -> EvidencePage:
    """Return the evidence of a round; a kind or order that there is not gives all answers, the weakest first."""
    found = evidence_of_round(session, place.round, rulebase=rulebase_of(place.round), now=place.desk.now)
    version = place.round.rulebase_version
    kinds = tuple(dict.fromkeys(known for one in found.indicators for known in one.by_kind))
    kind, sort = kind if kind in kinds else ALL, sort if sort in _ORDERS else "weakest"
    shown = [(one, _measure(one, kind)) for one in found.indicators if kind == ALL or kind in one.by_kind]
    shown.sort(
        key=lambda pair: (_ORDERS[sort](pair[1]), pair[0].indicator.id) if sort != "indicator" else (Decimal(0), _title(pair[0], version))
    )
    return EvidencePage(
        frame=place.frame(words().say("Evidence")),
        ways=place.ways(),
        place=place.name,
        address=place.address,
        at=place.desk.now,
        known=found.known,
        total=len(found.indicators),
        handed_in=tuple(progress_row(kind_name(p.kind), p) for rows in found.response.values() for p in rows),
        kinds=tuple(_kinds(place, kinds, kind, sort)),
        kind="" if kind == ALL else kind_name(kind),
        columns=tuple(
            Column(words().say(label), _address(place, kind, code), code == sort, code != "indicator") for code, label in _COLUMNS
        ),
        rows=tuple(_row(one, measure, version) for one, measure in shown),
        disagreements=tuple(_row(one, one.measure, version) for one in found.indicators if one.disagreement),
        spread_limit=words().number(written(found.spread_limit, Scale.LIKERT)),
        far_apart=tuple(_far(one, found, version) for one in found.far_apart),
        files=tuple(_files(session, place)),
    )


def area_of(indicator: Indicator) -> str:
    """Return the group of indicators that an indicator belongs to."""
    group = indicator.id.partition(".")[0]
    return words().say(GROUPS.get(group, group))


def distance_written(distance: Decimal, scale: Scale) -> str:
    """Write a difference or a spread of values on a scale: shares in percentage points, levels with two decimals, all else as a number."""
    if scale in (Scale.SHARE, Scale.RATE):
        return words().say("%(distance)s points", distance=words().number(written(distance * 100, Scale.NUMBER)))
    return words().number(written(distance, Scale.NUMBER, aligned=scale is Scale.LIKERT))


def n_written(measure: Measure) -> str:
    """Write who stands behind a figure: "5 of 12", "5" or a dash."""
    if measure.n is None:
        return "–"
    return words().say("%(number)s of %(all)s", number=measure.n, all=measure.asked) if measure.asked is not None else str(measure.n)


def value_written(measure: Measure, scale: Scale) -> str:
    """Write a measure's value; unknown is said as unknown."""
    return words().say(UNKNOWN) if measure.value is None else figure_written(measure.value, scale)


def figure_written(value: Decimal, scale: Scale) -> str:
    """Write a figure as the reader writes numbers; yes and no are said."""
    text = figure(value, scale)
    return words().say(text) if scale is Scale.FLAG else words().number(text)


def reason_written(measure: Measure) -> str:
    """Say why a value is unknown; empty where nothing says so."""
    return in_language(measure.reason or "", words())


def origin_written(measure: Measure) -> str:
    """Say who stated a measure."""
    return words().say(ORIGINS[measure.origin.value]) if measure.origin else words().say("nobody")


def _weakest(measure: Measure) -> Decimal:
    if measure.value is None:
        return Decimal(-1)
    return _NOWHERE if measure.coverage is None else measure.coverage


def _most(number: Decimal | int | None) -> Decimal:
    return Decimal(1) if number is None else -Decimal(number)


_ORDERS: dict[str, Callable[[Measure], Decimal]] = {
    "weakest": _weakest,
    "indicator": _weakest,
    "n": lambda measure: Decimal(-1 if measure.n is None else measure.n),
    "spread": lambda measure: _most(measure.spread),
    "dont-know": lambda measure: _most(measure.dont_know),
}
_COLUMNS = (
    ("indicator", message("Indicator")),
    ("n", "n"),
    ("spread", message("Spread")),
    ("dont-know", message("Don’t know")),
    ("weakest", message("Coverage")),
)


def _title(one: IndicatorEvidence, version: str) -> str:
    return f"{area_of(one.indicator)}: {label_of(one.indicator, version)}"


def _measure(one: IndicatorEvidence, kind: str) -> Measure:
    return one.measure if kind == ALL else one.by_kind[kind]


def _address(place: Place, kind: str, sort: str) -> str:
    return f"{place.address}/evidence?{urlencode({'kind': kind, 'sort': sort})}#indicators"


def _kinds(place: Place, kinds: Iterable[str], present: str, sort: str) -> Iterator[Entry]:
    yield Entry(words().say("All answers"), _address(place, ALL, sort), present == ALL)
    for kind in kinds:
        name = kind_name(kind)
        yield Entry(name[:1].upper() + name[1:], _address(place, kind, sort), present == kind)


def _row(one: IndicatorEvidence, measure: Measure, version: str) -> EvidenceRow:
    indicator = one.indicator
    return EvidenceRow(
        name=indicator.id,
        label=label_of(indicator, version),
        area=area_of(indicator),
        value=value_written(measure, indicator.scale),
        why=reason_written(measure) if measure.value is None else "",
        n=n_written(measure),
        spread="–" if measure.spread is None else distance_written(measure.spread, indicator.scale),
        dont_know="–" if measure.dont_know is None else str(measure.dont_know),
        coverage="–" if measure.coverage is None else words().number(written(measure.coverage, Scale.SHARE)),
        origin=origin_written(measure),
        disagreement=one.disagreement,
    )


def _far(one: FarApart, found: RoundEvidence, version: str) -> FarRow:
    scale = one.indicator.scale
    said = next((row for row in found.indicators if row.indicator.id == one.indicator.id), None)
    n = sum(measure.n or 0 for measure in said.by_kind.values()) if said is not None else 0
    return FarRow(
        label=label_of(one.indicator, version),
        self_rating=figure_written(one.self_rating, scale),
        n=str(n) if n else words().say("not counted"),
        checked=figure_written(one.checked, scale),
        checked_by=words().say(ORIGINS[one.checked_by.value]),
        distance=f"{'+' if one.distance > 0 else ''}{distance_written(one.distance, scale)}",
    )


def _files(session: Session, place: Place) -> Iterator[FileRow]:
    for one in evidence_of(session, place.round):
        yield FileRow(one.number, one.name, words().number(in_megabytes(one.size)), one.organisation, _about(session, place, one))


def _about(session: Session, place: Place, one: Evidence) -> str:
    questionnaire = pinned(session, place.desk.round_id or 0, one.questionnaire)
    return questionnaire.item(one.field.partition(".")[0]).label.in_language(words().language)
