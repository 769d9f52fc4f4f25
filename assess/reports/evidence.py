"""What the diagnosis rests on: who stated what, how many answered, where statements differ, and what is unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from assess.definitions.scales import Scale
from assess.phrases import message
from assess.reports import names
from assess.reports.charts import Bar, bar
from assess.reports.differences import Differences, differences
from assess.reports.dossier import Dossier
from assess.reports.stated import Stated, stated

_BAR = 54.0
_FEW = 12
_NONE = "–"
_WITHHELD = message("withheld")
_SILENCES = {
    "member": message("Too few members answered"),
    "management": message("Management or evaluator gave no figure"),
    "": message("Nobody stated a figure"),
}


@dataclass(frozen=True, slots=True)
class OriginRow:
    """How many indicators one kind of source stated, and how many answered where members did."""

    origin: str
    indicators: int
    answered: str


@dataclass(frozen=True, slots=True)
class KindRow:
    """How many members of one kind were asked and answered."""

    name: str
    asked: str
    answered: str
    share: str
    bar: Bar


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group of indicators: how many are known, and how many members answered."""

    name: str
    known: str
    bar: Bar
    answered: str


@dataclass(frozen=True, slots=True)
class Replaced:
    """One figure that the evaluator replaced: what the answers gave and from whom, what holds instead, why and on which day."""

    indicator: str
    before: str
    before_from: str
    after: str
    reason: str
    day: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """What is unknown: how much, for want of what, and by group; names only where they are few."""

    count: int
    sentence: str
    causes: tuple[tuple[str, int], ...]
    groups: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence in sentences, tables and a list of gaps."""

    sentence: str
    answers: str
    known: int
    total: int
    has_answers: bool
    """Whether members answered, so that there is a number of answers to tell."""
    origins: tuple[OriginRow, ...]
    questionnaires: str
    kinds: tuple[KindRow, ...]
    withheld: str
    groups: tuple[tuple[GroupRow, ...], tuple[GroupRow, ...]]
    differences: Differences
    stated: Stated
    replaced: tuple[Replaced, ...]
    unknown: Unknown


def evidence(dossier: Dossier) -> Evidence:
    """Describe the evidence of one diagnosis."""
    measures, total = dossier.measures, len(dossier.document["labels"])
    groups = tuple(_groups(dossier))
    half = (len(groups) + 1) // 2
    return Evidence(
        sentence=_sentence(dossier, len(measures), total),
        answers=_answers(dossier, measures.values()),
        known=len(measures),
        total=total,
        has_answers=any(measure.get("n") for measure in measures.values()),
        origins=tuple(_origins(dossier)),
        questionnaires=dossier.listed([_questionnaire(dossier, entry) for entry in dossier.document["questionnaires"]]),
        kinds=tuple(_kind(dossier, entry) for entry in _of_groups(dossier, "kinds")),
        withheld=_withheld(dossier, _of_groups(dossier, "cells")),
        groups=(groups[:half], groups[half:]),
        differences=differences(dossier),
        stated=stated(dossier),
        replaced=tuple(_replaced(dossier, entry) for entry in dossier.document.get("overrides", ())),
        unknown=_unknown(dossier),
    )


def _sentence(dossier: Dossier, known: int, total: int) -> str:
    if not known:
        return dossier.say("None of the %(total)s indicators of the rule base is known. Nothing can be concluded.", total=total)
    if known == total:
        return dossier.say("All %(total)s indicators of the rule base are known.", total=total)
    return dossier.several(
        known,
        "One of the %(total)s indicators of the rule base is known.",
        "%(num)s of the %(total)s indicators of the rule base are known.",
        total=total,
    )


def _answers(dossier: Dossier, measures: Iterable[Mapping[str, Any]]) -> str:
    measured = [m for m in measures if m.get("n") is not None]
    if not measured:
        return dossier.say("No figure rests on answers of several members.")
    asked = max((m["asked"] for m in measured if m.get("asked") is not None), default=None)
    span = _span(m["n"] for m in measured)
    if asked is None:
        return dossier.several(
            len(measured),
            "One figure rests on answers of members: %(span)s of them.",
            "%(num)s figures rest on answers of members: %(span)s each.",
            span=span,
        )
    return dossier.several(
        len(measured),
        "One figure rests on answers of members: %(span)s of %(asked)s asked.",
        "%(num)s figures rest on answers of members: %(span)s each, of %(asked)s asked.",
        span=span,
        asked=asked,
    )


def _origins(dossier: Dossier) -> Iterator[OriginRow]:
    measures = dossier.measures.values()
    for origin, name in names.ORIGINS.items():
        stated = [m for m in measures if m.get("origin") == origin]
        if stated:
            yield OriginRow(_capital(dossier.say(name)), len(stated), _span(m.get("n") for m in stated))
    unstated = [m for m in measures if m.get("origin") not in names.ORIGINS]
    if unstated:
        yield OriginRow(dossier.say("Not recorded"), len(unstated), _span(m.get("n") for m in unstated))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _questionnaire(dossier: Dossier, entry: Mapping[str, Any]) -> str:
    return f"{dossier.name(names.QUESTIONNAIRES, entry['id'])} {entry['version']} ({dossier.name(names.STATUSES, entry['status'])})"


def _of_groups(dossier: Dossier, part: str) -> list[Mapping[str, Any]]:
    """What the annex says on kinds of members; nothing where no figure by kind was released."""
    return list(((dossier.annex or {}).get("groups") or {}).get(part) or ())


def _kind(dossier: Dossier, entry: Mapping[str, Any]) -> KindRow:
    asked, answered = entry["asked"], entry["answered"]
    share = Decimal(answered) / asked if asked and answered is not None else None
    name = dossier.name(names.KINDS, entry["kind"])
    written, counted = (dossier.say(_WITHHELD) if number is None else str(number) for number in (asked, answered))
    shown = dossier.shown(round(share, 2), Scale.SHARE) if share is not None else ""
    says = dossier.say("%(kind)s: asked %(asked)s, answered %(answered)s", kind=name, asked=written, answered=counted)
    return KindRow(name, written, counted, shown, bar(share, _BAR, says))


def _withheld(dossier: Dossier, cells: list[Mapping[str, Any]]) -> str:
    hidden = sum(cell["suppressed"] for cell in cells)
    if not hidden:
        return ""
    return dossier.several(
        hidden,
        "Of %(total)s figures by kind of member and factor, one is withheld: too few organisations, or others would follow from it.",
        "Of %(total)s figures by kind of member and factor, %(num)s are withheld: too few organisations, or others would follow from them.",
        total=len(cells),
    )


def _groups(dossier: Dossier) -> Iterator[GroupRow]:
    for group, members in by_group(dossier.document["labels"]).items():
        known = [dossier.measures[name] for name in members if name in dossier.measures]
        counted = dossier.say("%(known)s of %(total)s", known=len(known), total=len(members))
        name = group_name(dossier, group)
        says = dossier.say("%(group)s: %(counted)s known", group=name, counted=counted)
        yield GroupRow(name, counted, bar(len(known) / len(members), _BAR, says), _span(m.get("n") for m in known))


def _replaced(dossier: Dossier, entry: Mapping[str, Any]) -> Replaced:
    before, scale = entry["before"], dossier.scale(entry["indicator"])
    origin = dossier.name(names.ORIGINS, before["origin"]) if before.get("origin") else dossier.say("nobody")
    return Replaced(
        indicator=dossier.label(entry["indicator"]),
        before=dossier.shown(before["value"], scale),
        before_from=origin if before.get("n") is None else f"{origin}, n = {before['n']}",
        after=dossier.shown(entry["after"], scale),
        reason=entry["reason"],
        day=dossier.words.day(date.fromisoformat(entry["when"][: len("2026-01-31")])),
    )


def _unknown(dossier: Dossier) -> Unknown:
    unknown, measured = dossier.document["unknown"], dossier.document["measures"]
    causes = Counter(_cause(measured.get(name, {})) for name in unknown)
    sentence = dossier.several(len(unknown), "One indicator is unknown.", "%(num)s indicators are unknown.")
    few = by_group(unknown) if len(unknown) <= _FEW else {}
    return Unknown(
        count=len(unknown),
        sentence=sentence if unknown else dossier.say("No indicator is unknown."),
        causes=tuple((dossier.say(_SILENCES[cause]), number) for cause, number in causes.most_common()),
        groups=tuple((group_name(dossier, group), "; ".join(dossier.labels(members))) for group, members in few.items()),
    )


def _cause(measure: Mapping[str, Any]) -> str:
    """Who was silent, by the origin recorded with the unknown figure."""
    origin = measure.get("origin") or ("member" if measure.get("n") is not None else "")
    return "management" if origin == "evaluator" else origin


def by_group(indicators: Iterable[str]) -> dict[str, list[str]]:
    """Return indicators by the group that their names begin with."""
    grouped: dict[str, list[str]] = {}
    for name in indicators:
        grouped.setdefault(name.split(".")[0], []).append(name)
    return grouped


def group_name(dossier: Dossier, group: str) -> str:
    """What a group of indicators is called."""
    return dossier.name(names.GROUPS, group)


def _span(counts: Iterable[int | None]) -> str:
    known = [n for n in counts if n is not None]
    if not known:
        return _NONE
    return str(known[0]) if min(known) == max(known) else f"{min(known)}–{max(known)}"
