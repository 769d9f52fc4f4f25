"""The summary page: the finding in one sentence, three cards, the factors at a glance, and the limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assess.definitions.scales import Scale
from assess.phrases import message
from assess.reports import names
from assess.reports.charts import DotRow, dot_row
from assess.reports.classification import Classification
from assess.reports.dossier import Dossier
from assess.reports.evidence import Evidence
from assess.reports.footnotes import Mark
from assess.reports.instruments import Instrument, Instruments
from assess.reports.limits import limits
from assess.reports.summary_sentence import assessed, level_against_target, sentence

_FEW = 3
_CHART = 190.0
_MOST_MARKS = 4
_TITLE = 64
_GAPS = {"severe": message("severe, %(gap)s below target"), "moderate": message("moderate, %(gap)s below target")}
_HORIZONS = {"short": message("short horizon"), "long": message("long horizon")}
_EFFORTS = {"low": message("low effort"), "medium": message("medium effort"), "high": message("high effort")}


@dataclass(frozen=True, slots=True)
class Card:
    """A small box of the summary: what it is about, the result, and what stands beneath it."""

    title: str
    result: str
    lines: tuple[str, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Pick:
    """One entry of a short list: a name and a word on it."""

    name: str
    says: str


@dataclass(frozen=True, slots=True)
class FactorRow:
    """One success factor of the chart; severity and confidence by code."""

    name: str
    row: DotRow
    level: str
    target: str
    severity: str
    confidence: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """The page that is read first, and often alone."""

    sentence: str
    cards: tuple[Card, ...]
    rows: tuple[FactorRow, ...]
    key: tuple[str, ...]
    strongest: tuple[Pick, ...]
    strongest_none: str
    gaps: tuple[Pick, ...]
    gaps_none: str
    instruments: tuple[Pick, ...]
    instruments_none: str
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the report that the summary draws on."""

    evidence: Evidence
    type: Classification
    stage: Classification
    instruments: Instruments


def summary(dossier: Dossier, parts: Parts) -> Summary:
    """Draw the summary from the parts of the report."""
    return Summary(
        sentence=sentence(dossier),
        cards=(_type_card(dossier, parts.type), _stage_card(dossier, parts.stage), _evidence_card(dossier, parts.evidence)),
        rows=tuple(_row(dossier, name) for name in dossier.document["factors"]),
        key=tuple(_key(dossier)),
        strongest=_strongest(dossier),
        strongest_none=_none_strong(dossier),
        gaps=_gaps(dossier),
        gaps_none=dossier.say("No gap that counts.") if assessed(dossier) else dossier.say("Unknown: no gap could be assessed."),
        instruments=tuple(_picked(dossier, entry) for entry in parts.instruments.portfolio[:_FEW]),
        instruments_none=dossier.say("None is recommended: no finding calls for one."),
        limits=tuple(limits(dossier, parts.evidence, (parts.type, parts.stage))) or (dossier.say("No limit is recorded."),),
    )


def _row(dossier: Dossier, name: str) -> FactorRow:
    entry = dossier.document["factors"][name]
    level, target = dossier.shown(entry["level"], Scale.LIKERT), dossier.shown(entry["target"], Scale.LIKERT)
    says = dossier.say("%(factor)s: level %(level)s, target %(target)s", factor=entry["label"], level=level, target=target)
    interval, band = _pair(_bounds(dossier).get(name)), _pair(_peers(dossier).get(name))
    return FactorRow(
        name=entry["label"],
        row=dot_row(entry["level"], entry["target"], _CHART, says, entry["confidence"], interval=interval, band=band),
        level=level,
        target=target,
        severity=entry["severity"] or names.UNKNOWN,
        confidence=entry["confidence"] or names.UNKNOWN,
        is_known=entry["level"] is not None,
    )


def _pair(found: Mapping[str, Any] | None) -> tuple[Any, Any] | None:
    return (found["low"], found["high"]) if found else None


def _bounds(dossier: Dossier) -> Mapping[str, Any]:
    return ((dossier.annex or {}).get("bounds") or {}).get("factors") or {}


def _peers(dossier: Dossier) -> Mapping[str, Any]:
    return ((dossier.annex or {}).get("peers") or {}).get("factors") or {}


def _key(dossier: Dossier) -> Iterator[str]:
    yield dossier.say("Dot: level from 1 to 5, filled, half filled or hollow by confidence. Upright bar: target. Line between: the gap.")
    if _bounds(dossier):
        yield dossier.say(
            "Thin line with ends: the level if figures moved to the worst, and to the best, by the share of answers they lack."
        )
    if _peers(dossier):
        yield dossier.say("Light field: the middle half of other clusters at the same stage.")


def _strongest(dossier: Dossier) -> tuple[Pick, ...]:
    """Factors that have reached their target, those furthest above it first; a level without a target cannot be a strength."""
    fine = [entry for entry in assessed(dossier) if entry["gap"] <= 0]
    ordered = sorted(fine, key=lambda entry: (entry["gap"], -entry["level"]))[:_FEW]
    return tuple(Pick(entry["label"], level_against_target(dossier, entry)) for entry in ordered)


def _none_strong(dossier: Dossier) -> str:
    """Why no factor is named: that none has reached its target takes targets, too."""
    if assessed(dossier):
        return dossier.say("No factor has reached its target.")
    any_level = any(entry["level"] is not None for entry in dossier.document["factors"].values())
    return dossier.say("Unknown: no gap could be assessed.") if any_level else dossier.say("Unknown: no level is known.")


def _gaps(dossier: Dossier) -> tuple[Pick, ...]:
    short = [entry for entry in assessed(dossier) if entry["severity"] in _GAPS]
    ordered = sorted(short, key=lambda entry: -entry["gap"])[:_FEW]
    return tuple(Pick(e["label"], dossier.say(_GAPS[e["severity"]], gap=dossier.shown(e["gap"], Scale.LIKERT))) for e in ordered)


def _picked(dossier: Dossier, entry: Instrument) -> Pick:
    found = next(each for each in dossier.document["instruments"] if each["id"] == entry.id)
    how = (dossier.name(_HORIZONS, found["horizon"]), dossier.name(_EFFORTS, found["effort"]))
    return Pick(names.shortened(entry.name, _TITLE), ", ".join(how))


def _type_card(dossier: Dossier, found: Classification) -> Card:
    result = dossier.name(names.TYPES, dossier.document["type"]["label"])
    return Card(dossier.say("Type"), result, (*_supports(dossier, "type"), *_runner_up(dossier)), _marks(found))


def _stage_card(dossier: Dossier, found: Classification) -> Card:
    stage = dossier.document["stage"]
    raised = _flags(dossier, stage["flags"])
    unclear = _flags(dossier, stage["undetermined_flags"])
    said = [dossier.say("Flags raised: %(flags)s", flags=dossier.listed(raised))] if raised else []
    said += [dossier.say("Flags undetermined: %(flags)s", flags=dossier.listed(unclear))] if unclear else []
    result = dossier.name(names.STAGES, stage["label"])
    return Card(dossier.say("Stage"), result, (*_supports(dossier, "stage"), *(said or [dossier.say("No flag raised")])), _marks(found))


def _flags(dossier: Dossier, found: Iterable[str]) -> list[str]:
    return [dossier.lower(dossier.say(names.FLAGS[name][0])) for name in found if name in names.FLAGS]


def _supports(dossier: Dossier, kind: str) -> tuple[str, ...]:
    found = dossier.document[kind]
    if found["label"] == "undetermined":
        known = any(share is not None for share in found["supports"].values())
        return (dossier.say("Evidence too thin or divided") if known else dossier.say("No evidence on it is known"),)
    return tuple(_support(dossier, kind, name) for name in found.get("mixed_of") or (found["label"],))


def _support(dossier: Dossier, kind: str, name: str) -> str:
    """One option's support, never without the share of the evidence on it that could be decided."""
    found = dossier.document[kind]
    support, coverage = (dossier.shown(found[key][name], Scale.SHARE) for key in ("supports", "coverage"))
    if not found.get("mixed_of"):
        return dossier.say("Support %(support)s, %(coverage)s of the evidence decidable", support=support, coverage=coverage)
    option = dossier.name(names.TYPES, name)
    return dossier.say("%(option)s: %(support)s, %(coverage)s decidable", option=option, support=support, coverage=coverage)


def _runner_up(dossier: Dossier) -> Iterator[str]:
    """The type that comes next; beside a hybrid or an undetermined type, none is worth a line here."""
    found = dossier.document["type"]
    rivals = {name: share for name, share in found["supports"].items() if share is not None and name != found["label"]}
    if rivals and found["label"] in found["supports"]:
        name = max(rivals, key=lambda each: rivals[each])
        option, support = dossier.lower(dossier.name(names.TYPES, name)), dossier.shown(rivals[name], Scale.SHARE)
        yield dossier.say("Runner-up: %(option)s, %(support)s", option=option, support=support)


def _marks(found: Classification) -> tuple[Mark, ...]:
    return tuple({mark.number: mark for reason in found.reasons for mark in reason.marks}.values())[:_MOST_MARKS]


def _evidence_card(dossier: Dossier, found: Evidence) -> Card:
    result = dossier.say("%(known)s of %(total)s known", known=found.known, total=found.total)
    stated = [f"{row.origin}: {row.indicators}" for row in found.origins]
    return Card(dossier.say("Indicators"), result, (" · ".join(stated), found.answers) if stated else (), ())
