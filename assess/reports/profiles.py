"""The profiles and the screens: what was found, with tone and source, and what could not be decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from assess.reports import names
from assess.reports.columns import Spread, spreads
from assess.reports.dossier import Dossier, Finding, Open, Reason
from assess.reports.factors import IndicatorRow, indicator_rows

_ORDER = {"weakness": 0, "strength": 1, "neutral": 2}
_TRACK = 104.0
_FEW = 6
_NAMED = 3
_LETTERS = 69
"""Letters on a line of a card."""
_FIRST_PAGE, _OTHER_PAGES = 62.0, 70.0
"""Lines in a column."""
_FIGURES = {
    "porter": ("porter.lowest", "porter.highest"),
    "benefit": ("benefit.overall",),
    "strategy": ("strategy.plan_parts", "strategy.aims_covered"),
    "spillover": ("spillover.overall",),
    "management": ("management.quality",),
    "initiative": ("initiative.overall",),
    "role": ("role.coverage",),
    "stakeholder": ("stakeholder.lowest",),
}
"""Derived numbers that say most in one figure, where the rule base derives them."""
_BY_STAGE = {"facilitation": ("facilitation.{stage}.functions_missing", "facilitation.{stage}.competencies_missing")}


@dataclass(frozen=True, slots=True)
class Figure:
    """A named number."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile: its figures and indicators, its findings (weaknesses first) and what is undetermined.

    `known`, `unknown` and `undetermined` count; `open_sentence` and `missing` name, where there is room for it.
    """

    id: str
    name: str
    describes: str
    counts: str
    figures: tuple[Figure, ...]
    indicators: tuple[IndicatorRow, ...]
    findings: tuple[Finding, ...]
    indicators_known: bool
    known: str
    unknown: str
    undetermined: str
    open_sentence: str
    missing: str

    @property
    def is_measured(self) -> bool:
        """Whether anything can be said of it."""
        return self.indicators_known or bool(self.findings)


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


def profile_pages(found: Iterable[Profile]) -> tuple[Spread[Profile], ...]:
    """Lay the profiles of which something is known out as cards in two columns."""
    cards = [profile for profile in found if profile.is_measured]
    return spreads(cards, [_lines(card) for card in cards], _FIRST_PAGE, _OTHER_PAGES)


def screens(dossier: Dossier) -> tuple[Screen, ...]:
    """Describe every screen."""
    return tuple(_screen(dossier, name, entry) for name, entry in dossier.document["screens"].items())


def _profile(dossier: Dossier, name: str, entry: Mapping[str, Any]) -> Profile:
    title, describes, groups = names.PROFILES.get(name, (names.spoken(name).capitalize(), "", (name,)))
    found = sorted(entry["findings"], key=lambda finding: _ORDER[finding["tone"]])
    found_open = dossier.open(entry["undetermined"])
    rows = indicator_rows(dossier, [i for i in dossier.document["labels"] if i.split(".")[0] in groups], _TRACK)
    unknown = sum(not row.known for row in rows)
    return Profile(
        id=name,
        name=dossier.say(title),
        describes=dossier.say(describes),
        counts=_counts(dossier, found, len(entry["undetermined"])),
        figures=tuple(_figures(dossier, name)),
        indicators=rows,
        findings=tuple(map(dossier.finding, found)),
        indicators_known=unknown < len(rows),
        known=dossier.several(len(rows) - unknown, "%(num)s indicator known", "%(num)s indicators known"),
        unknown=dossier.several(unknown, "%(num)s indicator unknown", "%(num)s indicators unknown") if unknown else "",
        undetermined=_undetermined(dossier, found_open, len(entry["undetermined"])),
        open_sentence=_open_sentence(dossier, found_open, dossier.say(title)),
        missing=_missing(dossier, found_open, rows),
    )


def _figures(dossier: Dossier, name: str) -> Iterable[Figure]:
    stage = dossier.document["stage"]["label"]
    wanted = _FIGURES.get(name) or tuple(fact.format(stage=stage) for fact in _BY_STAGE.get(name, ()))
    for fact in wanted:
        value = dossier.document["derived"].get(fact)
        if value is not None and fact in dossier.document["derived_labels"]:
            yield Figure(dossier.fact(fact), dossier.shown(value, dossier.scale(fact)))


def _lines(card: Profile) -> float:
    """About how many lines a card takes."""
    beneath = " · ".join([card.known, card.unknown, *(f"{figure.name}: {figure.value}" for figure in card.figures)])
    heading = 2.7 + ceil(len(beneath) / _LETTERS)
    findings = sum(ceil(_length(found) / _LETTERS) + 0.15 for found in card.findings)
    tones = 1.25 * max(len({found.tone for found in card.findings}), 1)
    return heading + tones + findings + ceil(len(card.undetermined) / _LETTERS)


def _length(found: Finding) -> float:
    """How long a finding is in letters of its own size; marks and rules are smaller."""
    return len(found.text) + sum(5 + 3 * len(reason.marks) + 0.8 * len(reason.rule) for reason in found.reasons)


def _undetermined(dossier: Dossier, found: Open, number: int) -> str:
    """Count what is undetermined, and name what is missing for it where that is little."""
    if not number:
        return ""
    if not found.missing or len(found.missing) > _NAMED:
        return dossier.several(number, "%(num)s possible finding is undetermined.", "%(num)s possible findings are undetermined.")
    return dossier.several(
        number,
        "%(num)s possible finding is undetermined; missing: %(indicators)s.",
        "%(num)s possible findings are undetermined; missing: %(indicators)s.",
        indicators="; ".join(found.missing),
    )


def _open_sentence(dossier: Dossier, found: Open, title: str) -> str:
    """Name undetermined conclusions when they are few; under a profile's own heading its name need not be repeated."""
    if not found.conclusions:
        return ""
    number = len(found.conclusions)
    if number > _FEW:
        return dossier.several(number, "%(num)s possible finding is undetermined.", "%(num)s possible findings are undetermined.")
    named = "; ".join(name.removeprefix(f"{title}: ") for name in found.conclusions)
    return dossier.say("Could not be decided: %(conclusions)s.", conclusions=dossier.lower(named))


def _missing(dossier: Dossier, found: Open, indicators: Sequence[IndicatorRow]) -> str:
    """What is missing; indicators of the profile, which stand beside it as unknown, are counted when they are many."""
    beside = {row.name for row in indicators if not row.known}
    if len(found.missing) <= _FEW:
        return "; ".join(found.missing)
    elsewhere = [name for name in found.missing if name not in beside]
    shown = len(found.missing) - len(elsewhere)
    said = dossier.several(shown, "%(num)s indicator unknown", "%(num)s indicators unknown")
    return "; ".join([said, *elsewhere] if shown else elsewhere)


def _counts(dossier: Dossier, found: Iterable[Mapping[str, Any]], undetermined: int) -> str:
    tones = [finding["tone"] for finding in found]
    weak, strong, notes = (tones.count(tone) for tone in _ORDER)
    parts = [
        dossier.several(weak, "%(num)s weakness", "%(num)s weaknesses") if weak else "",
        dossier.several(strong, "%(num)s strength", "%(num)s strengths") if strong else "",
        dossier.several(notes, "%(num)s note", "%(num)s notes") if notes else "",
        dossier.several(undetermined, "%(num)s undetermined", "%(num)s undetermined") if undetermined else "",
    ]
    return ", ".join(part for part in parts if part) or dossier.say("nothing found")


def _screen(dossier: Dossier, name: str, entry: Mapping[str, Mapping[str, Any]]) -> Screen:
    title, describes = names.SCREENS.get(name, (names.spoken(name).capitalize(), ""))
    criteria = tuple(_criterion(dossier, key, result) for key, result in entry.items())
    return Screen(dossier.say(title), dossier.say(describes), _verdict(dossier, [one.result for one in criteria]), criteria)


def _verdict(dossier: Dossier, results: list[str]) -> str:
    met, failed, unknown = (results.count(result) for result in ("pass", "fail", "unknown"))
    parts = [dossier.several(met, "%(num)s of %(all)s criteria met", "%(num)s of %(all)s criteria met", all=len(results))]
    parts += [dossier.several(failed, "%(num)s not met", "%(num)s not met")] if failed else []
    parts += [dossier.several(unknown, "%(num)s unknown", "%(num)s unknown")] if unknown else []
    return ", ".join(parts)


def _criterion(dossier: Dossier, name: str, entry: Mapping[str, Any]) -> Criterion:
    return Criterion(
        name=dossier.name(names.CRITERIA, name),
        result=entry["result"],
        findings=tuple(dict.fromkeys(entry["findings"])),
        reasons=dossier.reasons(entry["because"]),
        missing=dossier.labels(entry["missing"]),
    )
