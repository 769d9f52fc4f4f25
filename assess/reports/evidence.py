"""What the diagnosis rests on: who stated what, how many answered, what is unknown, and where statements differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from assess.definitions.numbers import plain
from assess.definitions.scales import Scale
from assess.reports import names
from assess.reports.charts import Bar, bar
from assess.reports.dossier import Dossier
from assess.reports.footnotes import Mark

_BAR = 72.0


@dataclass(frozen=True, slots=True)
class OriginRow:
    """How many indicators one kind of source stated, and how many answered where members did."""

    origin: str
    indicators: int
    answered: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group of indicators: how many are known, from whom, and how many members answered."""

    name: str
    known: int
    total: int
    bar: Bar
    origins: str
    answered: str
    spread: str


@dataclass(frozen=True, slots=True)
class UnknownGroup:
    """The unknown indicators of one group, each with its reason where that is not the usual one; `whole` when none is known."""

    name: str
    indicators: tuple[str, ...]
    total: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """One indicator that two origins stated; the first figure is the one used. `distance` is empty where they agree."""

    indicator: str
    used: str
    used_from: str
    other: str
    other_from: str
    distance: str


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One known indicator with all that is recorded about it."""

    indicator: str
    value: str
    n: str
    spread: str
    coverage: str
    dont_know: str
    origin: str
    note: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class MeasureGroup:
    """The known indicators of one group."""

    name: str
    rows: tuple[MeasureRow, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence in sentences, tables and a list of gaps."""

    sentence: str
    answers: str
    known: int
    total: int
    bar: Bar
    origins: tuple[OriginRow, ...]
    groups: tuple[GroupRow, ...]
    unknown: tuple[UnknownGroup, ...]
    unknown_in_all: str
    usual_reason: str
    wholly_unknown: str
    differences: tuple[Difference, ...]
    differences_note: str
    questionnaires: tuple[str, ...]
    measures: tuple[MeasureGroup, ...]


def evidence(dossier: Dossier) -> Evidence:
    """Describe the evidence of one diagnosis."""
    measures, total = dossier.measures, len(dossier.document["labels"])
    stated_twice = tuple(_differences(dossier))
    differences = tuple(entry for entry in stated_twice if entry.distance)
    usual = _usual_reason(dossier)
    unknown = tuple(_unknown(dossier, usual))
    return Evidence(
        sentence=_sentence(len(measures), total),
        answers=_answers(measures.values()),
        known=len(measures),
        total=total,
        bar=bar(len(measures) / total if total else None, 150.0, f"{len(measures)} of {total} indicators are known"),
        origins=tuple(_origins(measures)),
        groups=tuple(_groups(dossier)),
        unknown=unknown,
        wholly_unknown=names.listed([group.name for group in unknown if group.whole]),
        usual_reason=usual,
        unknown_in_all=names.counted(total - len(measures), "indicator"),
        differences=differences,
        differences_note=_differences_note(stated_twice, differences),
        questionnaires=tuple(_questionnaire(entry) for entry in dossier.document["questionnaires"]),
        measures=tuple(_measure_groups(dossier)),
    )


def _sentence(known: int, total: int) -> str:
    if not known:
        return f"None of the {total} indicators of the rule base is known. Nothing can be concluded."
    if known == total:
        return f"All {total} indicators of the rule base are known."
    return f"{known} of the {total} indicators of the rule base {_is(known)} known; {total - known} {_is(total - known)} not."


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _answers(measures: Iterable[Mapping[str, Any]]) -> str:
    measured = [m for m in measures if m.get("n") is not None]
    if not measured:
        return "No figure rests on answers of several members."
    asked = max((m["asked"] for m in measured if m.get("asked") is not None), default=None)
    low, high = min(m["n"] for m in measured), max(m["n"] for m in measured)
    span = f"{low}" if low == high else f"{low} to {high}"
    reached = f" out of {asked} asked" if asked is not None else ""
    return f"{names.counted(len(measured), 'indicator rests', 'indicators rest')} on answers of {span} members each{reached}."


def _origins(measures: Mapping[str, Mapping[str, Any]]) -> Iterable[OriginRow]:
    for origin, name in names.ORIGINS.items():
        stated = [m for m in measures.values() if m.get("origin") == origin]
        if stated:
            yield OriginRow(name.capitalize(), len(stated), _span(m.get("n") for m in stated))
    unstated = [m for m in measures.values() if m.get("origin") not in names.ORIGINS]
    if unstated:
        yield OriginRow("Not recorded", len(unstated), _span(m.get("n") for m in unstated))


def _groups(dossier: Dossier) -> Iterable[GroupRow]:
    for group, members in _by_group(dossier.document["labels"]).items():
        known = [dossier.measures[name] for name in members if name in dossier.measures]
        origins = dict.fromkeys(names.ORIGINS[m["origin"]] for m in known if m.get("origin") in names.ORIGINS)
        spreads = [m["spread"] for m in known if m.get("spread") is not None]
        yield GroupRow(
            name=_group_name(group),
            known=len(known),
            total=len(members),
            bar=bar(len(known) / len(members), _BAR, f"{len(known)} of {len(members)} known"),
            origins=names.listed(list(origins)) or "–",
            answered=_span(m.get("n") for m in known),
            spread=names.shown(Decimal(str(median(spreads))), Scale.NUMBER) if spreads else "–",
        )


def _usual_reason(dossier: Dossier) -> str:
    """The reason most unknown indicators share, said once instead of beside each."""
    measured = dossier.document["measures"]
    reasons = Counter(measured.get(name, {}).get("reason") or "" for name in dossier.document["unknown"])
    return reasons.most_common(1)[0][0] if reasons else ""


def _unknown(dossier: Dossier, usual: str) -> Iterable[UnknownGroup]:
    measured = dossier.document["measures"]
    totals = {group: len(members) for group, members in _by_group(dossier.document["labels"]).items()}
    for group, members in _by_group(dossier.document["unknown"]).items():
        entries = tuple(_with_reason(dossier.label(name), measured.get(name, {}).get("reason"), usual) for name in members)
        yield UnknownGroup(_group_name(group), entries, totals[group], len(entries) == totals[group])


def _with_reason(label: str, reason: str | None, usual: str) -> str:
    return f"{label} ({reason or 'no reason recorded'})" if (reason or "") != usual else label


def _differences(dossier: Dossier) -> Iterable[Difference]:
    for name, measure in dossier.measures.items():
        for other in measure.get("others", ()):
            scale = dossier.scale(name)
            distance = plain(Decimal(str(measure["value"])) - Decimal(str(other["value"])))
            yield Difference(
                indicator=dossier.label(name),
                used=names.shown(measure["value"], scale),
                used_from=names.ORIGINS.get(measure.get("origin", ""), names.UNKNOWN),
                other=names.shown(other["value"], scale),
                other_from=names.ORIGINS.get(other["origin"], other["origin"]),
                distance=_distance(distance, scale),
            )


def _distance(distance: int | float, scale: Scale) -> str:
    if not distance:
        return ""
    if scale is Scale.FLAG:
        return "differs"
    sign = "+" if distance > 0 else ""
    points = " points" if scale in (Scale.SHARE, Scale.RATE) else ""
    return sign + names.shown(distance, scale) + points


def _differences_note(stated: tuple[Difference, ...], differing: tuple[Difference, ...]) -> str:
    if not stated:
        return "No indicator was stated by more than one origin, so no self-rating could be held against a checked figure."
    twice = names.counted(len({entry.indicator for entry in stated}), "indicator was", "indicators were")
    if not differing:
        return f"{twice} stated by more than one origin; all statements agree."
    apart = names.counted(len(differing), "statement departs", "statements depart")
    used = "the figure that is used, which is that of the higher authority"
    return f"{twice} stated by more than one origin. {apart} from {used}; all others agree with it."


def _questionnaire(entry: Mapping[str, Any]) -> str:
    return f"{entry['id'].capitalize()} questionnaire {entry['version']} ({entry['status']})"


def _measure_groups(dossier: Dossier) -> Iterable[MeasureGroup]:
    for group, members in _by_group(dossier.measures).items():
        yield MeasureGroup(_group_name(group), tuple(_measure_row(dossier, name) for name in members))


def _measure_row(dossier: Dossier, name: str) -> MeasureRow:
    measure = dossier.measures[name]
    source = measure.get("source")
    asked = f" of {measure['asked']}" if measure.get("asked") is not None else ""
    return MeasureRow(
        indicator=dossier.label(name),
        value=names.shown(measure["value"], dossier.scale(name)),
        n=f"{measure['n']}{asked}" if measure.get("n") is not None else "–",
        spread=names.shown(measure["spread"], Scale.NUMBER) if measure.get("spread") is not None else "–",
        coverage=names.shown(measure["coverage"], Scale.SHARE) if measure.get("coverage") is not None else "–",
        dont_know=str(measure["dont_know"]) if measure.get("dont_know") is not None else "–",
        origin=names.ORIGINS.get(measure.get("origin", ""), "not recorded"),
        note=measure.get("note") or "",
        marks=dossier.references.of([source]) if source else (),
    )


def _by_group(indicators: Iterable[str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name in indicators:
        grouped.setdefault(name.split(".")[0], []).append(name)
    return grouped


def _group_name(group: str) -> str:
    return names.GROUPS.get(group, names.spoken(group).capitalize())


def _span(counts: Iterable[int | None]) -> str:
    known = [n for n in counts if n is not None]
    if not known:
        return "–"
    return str(known[0]) if min(known) == max(known) else f"{min(known)}–{max(known)}"
