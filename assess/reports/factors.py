"""The seven success factors: level against target, gap, severity, confidence, and the findings on each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assess.definitions.scales import Scale
from assess.reports import names
from assess.reports.charts import DotRow, dot_row
from assess.reports.dossier import Dossier, Finding

_SEVERITIES = ("none", "moderate", "severe", "unknown")
_CONFIDENCES = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One indicator with its value and, on the scale 1–5, its place on the track."""

    name: str
    value: str
    n: str
    row: DotRow | None


@dataclass(frozen=True, slots=True)
class Factor:
    """One success factor, ready to print; severity is none, moderate, severe or unknown."""

    id: str
    name: str
    level: str
    target: str
    gap: str
    severity: str
    is_strength: bool
    confidence: str
    limits: str
    rests_on: str
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
    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Factors:
    """All factors, the grid of severity by confidence, and one sentence."""

    sentence: str
    factors: tuple[Factor, ...]
    severities: tuple[str, ...]
    grid: tuple[GridRow, ...]
    unmeasured: tuple[Factor, ...]
    unknown: tuple[str, ...]


def factors(dossier: Dossier) -> Factors:
    """Describe the success factors."""
    found = tuple(_factor(dossier, name, entry) for name, entry in dossier.document["factors"].items())
    grid = tuple(GridRow(grade, tuple(_cell(found, grade, severity) for severity in _SEVERITIES)) for grade in _CONFIDENCES)
    unknown = tuple(factor.name for factor in found if factor.level == names.UNKNOWN)
    unmeasured = tuple(factor for factor in found if not factor.indicators_known and not factor.findings)
    return Factors(counts_sentence(dossier.document["factors"].values()), found, _SEVERITIES, grid, unmeasured, unknown)


def counts_sentence(found: Iterable[Mapping[str, Any]]) -> str:
    """Say how many factors fall short, reach their target, and could not be assessed."""
    entries = list(found)
    severe = sum(entry["severity"] == "severe" for entry in entries)
    moderate = sum(entry["severity"] == "moderate" for entry in entries)
    fine = sum(entry["severity"] == "none" for entry in entries)
    unknown = len(entries) - severe - moderate - fine
    parts = [
        f"{severe} with a severe gap" if severe else "",
        f"{moderate} with a moderate gap" if moderate else "",
        f"{fine} without a gap that counts" if fine else "",
        f"{unknown} whose gap is not known" if unknown else "",
    ]
    return f"Of {len(entries)} success factors: {names.listed([part for part in parts if part])}."


def indicator_rows(dossier: Dossier, indicators: Iterable[str], width: float) -> tuple[IndicatorRow, ...]:
    """Lay out indicators one under another; those on other scales than 1–5 have a value but no dot."""
    return tuple(_indicator_row(dossier, name, width) for name in indicators)


def _factor(dossier: Dossier, name: str, entry: Mapping[str, Any]) -> Factor:
    level, target, gap = (names.shown(entry[key], Scale.LIKERT) for key in ("level", "target", "gap"))
    severity = entry["severity"] or "unknown"
    confidence = entry["confidence"] or "unknown"
    says = f"{entry['label']}: level {level}, target {target}, gap {gap}, severity {severity}, confidence {confidence}"
    return Factor(
        id=name,
        name=entry["label"],
        level=level,
        target=target,
        gap=gap,
        severity=severity,
        is_strength=entry["strength"] is True,
        confidence=confidence,
        limits="; ".join(entry["confidence_limits"]),
        rests_on=f"Target set by {entry['target_rests_on']}" if entry["target_rests_on"] else "No target: the stage is not known",
        row=dot_row(entry["level"], entry["target"], 190.0, says, entry["confidence"]),
        wide_row=dot_row(entry["level"], entry["target"], 91.0, says, entry["confidence"]),
        findings=tuple(dossier.finding(finding) for finding in entry["findings"]),
        indicators=indicator_rows(dossier, (*entry["known"], *entry["unknown"]), 110.0),
        indicators_known=bool(entry["known"]),
        unknown=dossier.labels(entry["unknown"]),
    )


def _cell(found: Iterable[Factor], confidence: str, severity: str) -> tuple[str, ...]:
    return tuple(f.name for f in found if f.confidence == confidence and f.severity == severity)


def _indicator_row(dossier: Dossier, name: str, width: float) -> IndicatorRow:
    measure: Mapping[str, Any] = dossier.measures.get(name, {})
    scale, label = dossier.scale(name), dossier.label(name)
    value = names.shown(measure.get("value"), scale)
    n = f"n {measure['n']}" if measure.get("n") is not None else ""
    if scale is not Scale.LIKERT:
        return IndicatorRow(label, value, n, None)
    says = f"{label}: {value}" + (f", {n}" if n else "")
    return IndicatorRow(label, value, n, dot_row(measure.get("value"), None, width, says, "high", measure.get("spread")))
