"""The profiles and the screens: what was found, with tone, reason and source, and what could not be decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assess.reports import names
from assess.reports.dossier import Dossier, Finding, Open, Reason
from assess.reports.factors import IndicatorRow, indicator_rows

_TONES = (("weakness", "weakness", "weaknesses"), ("strength", "strength", "strengths"), ("neutral", "note", "notes"))
_ORDER = {"weakness": 0, "strength": 1, "neutral": 2}
_TRACK = 104.0
_FEW = 6


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile: its indicators, its findings (weaknesses first) and what is undetermined."""

    id: str
    name: str
    describes: str
    counts: str
    indicators: tuple[IndicatorRow, ...]
    findings: tuple[Finding, ...]
    indicators_known: bool
    open_sentence: str
    missing: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of a screen: pass, fail or unknown, with evidence or with what is missing."""

    name: str
    result: str
    findings: tuple[str, ...]
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen with its criteria."""

    name: str
    describes: str
    verdict: str
    criteria: tuple[Criterion, ...]


def profiles(dossier: Dossier) -> tuple[Profile, ...]:
    """Describe every profile."""
    return tuple(_profile(dossier, name, entry) for name, entry in dossier.document["profiles"].items())


def screens(dossier: Dossier) -> tuple[Screen, ...]:
    """Describe every screen."""
    return tuple(_screen(dossier, name, entry) for name, entry in dossier.document["screens"].items())


def _profile(dossier: Dossier, name: str, entry: Mapping[str, Any]) -> Profile:
    title, describes, groups = names.PROFILES.get(name, (names.spoken(name).capitalize(), "", (name,)))
    found = sorted(entry["findings"], key=lambda finding: _ORDER[finding["tone"]])
    found_open = dossier.open(entry["undetermined"])
    indicators = [i for i in dossier.document["labels"] if i.split(".")[0] in groups]
    rows = indicator_rows(dossier, indicators, _TRACK)
    return Profile(
        id=name,
        name=title,
        describes=describes,
        counts=_counts(found, entry["undetermined"]),
        indicators=rows,
        findings=tuple(map(dossier.finding, found)),
        indicators_known=any(row.value != names.UNKNOWN for row in rows),
        open_sentence=_open_sentence(found_open, title),
        missing=_missing(found_open, rows),
    )


def _open_sentence(found: Open, title: str) -> str:
    """Name undetermined conclusions when they are few; under a profile's own heading its name need not be repeated."""
    if not found.conclusions:
        return ""
    if len(found.conclusions) > _FEW:
        return f"{len(found.conclusions)} possible findings could not be decided."
    named = "; ".join(name.removeprefix(f"{title}: ") for name in found.conclusions)
    return f"Could not be decided: {names.lower_first(named)}."


def _missing(found: Open, indicators: Sequence[IndicatorRow]) -> str:
    """What is missing; indicators shown as unknown beside it are counted when they are many."""
    beside = {row.name for row in indicators if row.value == names.UNKNOWN}
    if len(found.missing) <= _FEW:
        return "; ".join(found.missing)
    elsewhere = [name for name in found.missing if name not in beside]
    shown = len(found.missing) - len(elsewhere)
    here = [f"{shown} of this profile’s indicators, unknown as said above"] if shown else []
    return "; ".join(here + elsewhere)


def _counts(found: Iterable[Mapping[str, Any]], undetermined: list[str]) -> str:
    tones = [finding["tone"] for finding in found]
    parts = [names.counted(tones.count(tone), one, many) for tone, one, many in _TONES if tone in tones]
    parts += [f"{len(undetermined)} undetermined"] if undetermined else []
    return ", ".join(parts) or "nothing found"


def _screen(dossier: Dossier, name: str, entry: Mapping[str, Mapping[str, Any]]) -> Screen:
    title, describes = names.SCREENS.get(name, (names.spoken(name).capitalize(), ""))
    criteria = tuple(_criterion(dossier, key, result) for key, result in entry.items())
    return Screen(title, describes, _verdict([criterion.result for criterion in criteria]), criteria)


def _verdict(results: list[str]) -> str:
    met, failed, unknown = (results.count(result) for result in ("pass", "fail", "unknown"))
    parts = [f"{met} of {len(results)} criteria met"]
    parts += [f"{failed} not met"] if failed else []
    parts += [f"{unknown} unknown"] if unknown else []
    return ", ".join(parts)


def _criterion(dossier: Dossier, name: str, entry: Mapping[str, Any]) -> Criterion:
    return Criterion(
        name=names.CRITERIA.get(name, names.spoken(name).capitalize()),
        result=entry["result"],
        findings=tuple(dict.fromkeys(entry["findings"])),
        reasons=dossier.reasons(entry["because"]),
        missing=dossier.labels(entry["missing"]),
    )
