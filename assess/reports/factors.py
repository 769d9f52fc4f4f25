"""The seven success factors: level against target, gap, severity, confidence, and the findings on each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assess.definitions.scales import Scale
from assess.engine.generated_texts import in_language
from assess.phrases import message
from assess.reports import names
from assess.reports.charts import DotRow, dot_row
from assess.reports.dossier import Dossier, Finding

_SEVERITIES = ("none", "moderate", "severe", "unknown")
_CONFIDENCES = ("high", "medium", "low")
_SUMMARY_TRACK, _TABLE_TRACK, _INDICATOR_TRACK = 190.0, 96.0, 55.0
_TARGETS = {"stage": message("Target set by stage"), "stage and type": message("Target set by stage and type")}


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One indicator with its value, how many answered, how far they lie apart, and its place on the track of 1 to 5."""

    name: str
    value: str
    known: bool
    n: str
    spread: str
    dont_know: str
    row: DotRow | None


@dataclass(frozen=True, slots=True)
class Factor:
    """One success factor, ready to print; severity is none, moderate, severe or unknown."""

    id: str
    name: str
    level: str
    known: bool
    target: str
    has_target: bool
    gap: str
    severity: str
    is_strength: bool
    confidence: str
    limits: str
    rests_on: str
    peers: str
    row: DotRow
    wide_row: DotRow
    findings: tuple[Finding, ...]
    indicators: tuple[IndicatorRow, ...]
    indicators_known: bool
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of the grid: the factors of one confidence, by severity."""

    confidence: str
    cells: tuple[tuple[Factor, ...], ...]


@dataclass(frozen=True, slots=True)
class Factors:
    """All factors, the grid of severity by confidence, and what is said of all together.

    `unmeasured` are those of which nothing is known, `unknown` those whose level is not; `peers` says who the peers are, or why
    there are none.
    """

    sentence: str
    factors: tuple[Factor, ...]
    severities: tuple[str, ...]
    grid: tuple[GridRow, ...]
    unmeasured: tuple[Factor, ...]
    unknown: tuple[str, ...]
    has_interval: bool
    has_answers: bool
    """Whether any figure rests on answers that were counted."""
    has_peers: bool
    peers: str


def factors(dossier: Dossier) -> Factors:
    """Describe the success factors."""
    found = tuple(_factor(dossier, name, entry) for name, entry in dossier.document["factors"].items())
    severities = tuple(name for name in _SEVERITIES if name != "unknown" or any(f.known and f.severity == name for f in found))
    grid = tuple(GridRow(grade, tuple(_cell(found, grade, severity) for severity in severities)) for grade in _CONFIDENCES)
    return Factors(
        sentence=_counts_sentence(dossier),
        factors=found,
        severities=severities,
        grid=grid,
        unmeasured=tuple(factor for factor in found if not factor.indicators_known and not factor.findings),
        unknown=tuple(factor.name for factor in found if not factor.known),
        has_interval=any(factor.row.interval for factor in found),
        has_answers=any(row.n for factor in found for row in factor.indicators),
        has_peers=any(factor.peers for factor in found),
        peers=_peers_sentence(dossier),
    )


def indicator_rows(dossier: Dossier, indicators: Iterable[str], width: float) -> tuple[IndicatorRow, ...]:
    """Lay out indicators one under another; those on other scales than 1–5 have a value but no dot."""
    return tuple(_indicator_row(dossier, name, width) for name in indicators)


def _counts_sentence(dossier: Dossier) -> str:
    """Say how many factors fall short, reach their target, and could not be assessed."""
    severities = [entry["severity"] for entry in dossier.document["factors"].values()]
    severe, moderate, fine, unknown = (severities.count(name) for name in ("severe", "moderate", "none", None))
    parts = [
        dossier.several(severe, "%(num)s has a severe gap", "%(num)s have a severe gap") if severe else "",
        dossier.several(moderate, "%(num)s has a moderate gap", "%(num)s have a moderate gap") if moderate else "",
        dossier.several(fine, "%(num)s has no gap that counts", "%(num)s have no gap that counts") if fine else "",
        dossier.several(unknown, "the gap of %(num)s is unknown", "the gaps of %(num)s are unknown") if unknown else "",
    ]
    said = dossier.listed([part for part in parts if part])
    return dossier.say("Of %(total)s success factors, %(parts)s.", total=len(severities), parts=said)


def _peers_sentence(dossier: Dossier) -> str:
    peers = dossier.beside("peers")
    if not peers or not peers["factors"]:
        return ""
    stage = dossier.lower(dossier.name(names.STAGES, peers["stage"] or ""))
    return dossier.several(
        peers["n"],
        "Peers: %(num)s other cluster in the stage “%(stage)s”, diagnosed by the same rule base; rounded to quarters.",
        "Peers: %(num)s other clusters in the stage “%(stage)s”, diagnosed by the same rule base; rounded to quarters.",
        stage=stage,
    )


def _factor(dossier: Dossier, name: str, entry: Mapping[str, Any]) -> Factor:
    level, target = (dossier.shown(entry[key], Scale.LIKERT) for key in ("level", "target"))
    gap = dossier.shown(entry["gap"], Scale.DIFFERENCE)
    severity, confidence = entry["severity"] or "unknown", entry["confidence"] or "unknown"
    says = dossier.say(
        "%(name)s: level %(level)s, target %(target)s, gap %(gap)s, severity %(severity)s, confidence %(confidence)s",
        name=entry["label"],
        level=level,
        target=target,
        gap=gap,
        severity=dossier.say(names.SEVERITIES[severity]),
        confidence=dossier.say(names.CONFIDENCES[confidence]),
    )
    peers = (dossier.beside("peers") or {"factors": {}})["factors"].get(name)
    drawn = {"says": says, "confidence": entry["confidence"], "interval": _interval(dossier, name), "band": _band(peers)}
    rests_on = entry["target_rests_on"]
    return Factor(
        id=name,
        name=entry["label"],
        level=level,
        known=entry["level"] is not None,
        target=target,
        has_target=entry["target"] is not None,
        gap=gap,
        severity=severity,
        is_strength=entry["strength"] is True,
        confidence=confidence,
        limits="; ".join(in_language(limit, dossier.words) for limit in entry["confidence_limits"]),
        rests_on=dossier.say(_TARGETS.get(rests_on, rests_on)) if rests_on else dossier.say("No target: the stage is not known"),
        peers=dossier.shown(peers["median"], Scale.LIKERT) if peers else "",
        row=dot_row(entry["level"], entry["target"], _SUMMARY_TRACK, **drawn),
        wide_row=dot_row(entry["level"], entry["target"], _TABLE_TRACK, **drawn),
        findings=tuple(dossier.finding(finding) for finding in entry["findings"]),
        indicators=indicator_rows(dossier, (*entry["known"], *entry["unknown"]), _INDICATOR_TRACK),
        indicators_known=bool(entry["known"]),
        unknown=dossier.labels(entry["unknown"]),
    )


def _interval(dossier: Dossier, name: str) -> tuple[Any, Any] | None:
    """The level with figures moved to the worst and to the best end as far as answers are missing."""
    bounds = dossier.beside("bounds")
    found = bounds["factors"].get(name) if bounds else None
    return (found["low"], found["high"]) if found else None


def _band(peers: Mapping[str, Any] | None) -> tuple[Any, Any] | None:
    return (peers["low"], peers["high"]) if peers else None


def _cell(found: Iterable[Factor], confidence: str, severity: str) -> tuple[Factor, ...]:
    return tuple(f for f in found if f.confidence == confidence and f.severity == severity)


def _indicator_row(dossier: Dossier, name: str, width: float) -> IndicatorRow:
    measure: Mapping[str, Any] = dossier.measures.get(name, {})
    scale, label = dossier.scale(name), dossier.label(name)
    value, known = dossier.shown(measure.get("value"), scale), bool(measure)
    n, spread, dont_know = measure.get("n"), measure.get("spread"), measure.get("dont_know")
    says = f"{label}: {value}" + (f", n {n}" if n is not None else "")
    return IndicatorRow(
        name=label,
        value=value,
        known=known,
        n=dossier.shown(n, Scale.COUNT) if n is not None else "",
        spread=dossier.shown(spread, Scale.DIFFERENCE) if spread is not None else "",
        dont_know=dossier.shown(dont_know, Scale.COUNT) if dont_know is not None else "",
        row=dot_row(measure.get("value"), None, width, says, "high", spread) if scale is Scale.LIKERT else None,
    )
