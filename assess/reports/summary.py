"""The summary page: the finding in one sentence, three cards, the factors at a glance, and the limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assess.definitions.scales import Scale
from assess.reports import names
from assess.reports.classification import Classification, Flag
from assess.reports.dossier import Dossier
from assess.reports.evidence import Evidence
from assess.reports.factors import Factors
from assess.reports.footnotes import Mark
from assess.reports.instruments import Instrument, Instruments
from assess.reports.profiles import Screen

_FEW = 3
_MISSING = 2


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
class Summary:
    """The page that is read first, and often alone."""

    sentence: str
    cards: tuple[Card, ...]
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
    flags: tuple[Flag, ...]
    factors: Factors
    screens: tuple[Screen, ...]
    instruments: Instruments


def summary(dossier: Dossier, parts: Parts) -> Summary:
    """Draw the summary from the parts of the report."""
    strongest, gaps = _strongest(dossier), _gaps(dossier)
    picked = tuple(_picked(entry) for entry in parts.instruments.portfolio[:_FEW])
    unassessed = len(parts.factors.unknown) == len(parts.factors.factors)
    return Summary(
        sentence=_sentence(dossier, parts),
        cards=(_type_card(parts.type), _stage_card(parts.stage, parts.flags), _evidence_card(parts.evidence)),
        strongest=strongest,
        strongest_none="Unknown: no factor could be assessed." if unassessed else "No factor has reached its target.",
        gaps=gaps,
        gaps_none="Unknown: no gap could be assessed." if not _assessed(dossier) else "No gap that counts among the assessed factors.",
        instruments=picked,
        instruments_none="None is recommended: no finding calls for one.",
        limits=tuple(_limits(dossier, parts)),
    )


def _picked(entry: Instrument) -> Pick:
    return Pick(names.shortened(entry.name), f"{entry.horizon.lower()} horizon, {entry.effort.lower()} effort")


def _sentence(dossier: Dossier, parts: Parts) -> str:
    name = names.shortened(dossier.document["cluster"]["name"])
    if not parts.evidence.known:
        return f"Nothing can be concluded about {name}: none of the {parts.evidence.total} indicators is known."
    return f"{_what_it_is(dossier, parts, name)} {_how_it_stands(dossier)}"


def _what_it_is(dossier: Dossier, parts: Parts, name: str) -> str:
    kind = dossier.document["type"]
    type_words = names.TYPES.get(kind["label"], kind["label"])
    mixed = names.listed([names.lower_first(names.TYPES.get(m, m)) for m in kind.get("mixed_of") or ()])
    of_type = f" and a hybrid of {mixed}" if mixed else f" of the {names.lower_first(type_words)} type"
    stage_words = _with_article(f"{names.lower_first(parts.stage.short)} cluster")
    if parts.type.is_known and parts.stage.is_known:
        return f"{name} is {stage_words}{of_type}."
    if parts.stage.is_known:
        return f"{name} is {stage_words}; its type cannot be determined from what is known."
    if parts.type.is_known:
        described = f"a hybrid of {mixed}" if mixed else f"a cluster{of_type}"
        return f"{name} is {described}; its stage cannot be determined from what is known."
    return f"Neither type nor stage of {name} can be determined from what is known."


def _with_article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _how_it_stands(dossier: Dossier) -> str:
    assessed, total = _assessed(dossier), len(dossier.document["factors"])
    if not assessed:
        return "No success factor can be held against a target."
    short = [entry for entry in assessed if entry["severity"] != "none"]
    held = f"Of the {total} success factors,"
    if len(assessed) < total:
        held = f"Of the {total} success factors, only {len(assessed)} can be assessed;"
    if not short:
        return f"{held} none falls short of its target."
    widest = max(entry["gap"] for entry in short)
    first = [entry for entry in short if entry["gap"] == widest]
    furthest = names.listed([_placed(entry) for entry in first])
    if len(short) == 1:
        return f"{held} one falls short of its target: {furthest}."
    if len(first) == len(short):
        return f"{held} {len(short)} fall short of their targets, equally far: {furthest}."
    return f"{held} {len(short)} fall short of their targets, {furthest} the furthest."


def _placed(entry: Mapping[str, Any]) -> str:
    return f"{names.lower_first(entry['label'])} ({_level_against_target(entry)})"


def _assessed(dossier: Dossier) -> list[Mapping[str, Any]]:
    return [entry for entry in dossier.document["factors"].values() if entry["severity"] is not None]


def _strongest(dossier: Dossier) -> tuple[Pick, ...]:
    """Factors that have reached their target, those furthest above it first; a level without a target cannot be a strength."""
    fine = [entry for entry in _assessed(dossier) if entry["gap"] <= 0]
    ordered = sorted(fine, key=lambda entry: (entry["gap"], -entry["level"]))[:_FEW]
    return tuple(Pick(entry["label"], _level_against_target(entry)) for entry in ordered)


def _level_against_target(entry: Mapping[str, Any]) -> str:
    return f"level {names.shown(entry['level'], Scale.LIKERT)}, target {names.shown(entry['target'], Scale.LIKERT)}"


def _gaps(dossier: Dossier) -> tuple[Pick, ...]:
    short = [entry for entry in _assessed(dossier) if entry["severity"] != "none"]
    ordered = sorted(short, key=lambda entry: -entry["gap"])[:_FEW]
    return tuple(Pick(e["label"], f"{e['severity']}, {names.shown(e['gap'], Scale.LIKERT)} below target") for e in ordered)


def _type_card(found: Classification) -> Card:
    return Card("Type", found.name, (*_support_lines(found), found.runner_up), _card_marks(found))


def _stage_card(found: Classification, flags: tuple[Flag, ...]) -> Card:
    raised = [flag.name.lower() for flag in flags if flag.state == "raised"]
    unclear = [flag.name.lower() for flag in flags if flag.state == "undetermined"]
    said = [f"{'Flags' if len(raised) > 1 else 'Flag'} raised: {names.listed(raised)}"] if raised else []
    said += [f"{'Flags' if len(unclear) > 1 else 'Flag'} undetermined: {names.listed(unclear)}"] if unclear else []
    return Card("Stage", found.name, (*_support_lines(found), *(said or ["No flag raised"])), _card_marks(found))


def _support_lines(found: Classification) -> tuple[str, ...]:
    chosen = [option for option in found.options if option.chosen]
    if not found.is_known or not chosen:
        any_known = any(option.support != names.UNKNOWN for option in found.options)
        return ("Evidence too thin or divided" if any_known else "No evidence on it is known",)
    several = len(chosen) > 1
    return tuple(
        f"{option.name + ': support' if several else 'Support'} {option.support}, {option.coverage} of evidence decidable"
        for option in chosen
    )


def _card_marks(found: Classification) -> tuple[Mark, ...]:
    return tuple({mark.number: mark for reason in found.reasons for mark in reason.marks}.values())[:4]


def _evidence_card(found: Evidence) -> Card:
    stated = [f"{row.indicators} from {row.origin.lower()}" for row in found.origins]
    return Card("Evidence", f"{found.known} of {found.total} known", (*stated, found.answers) if stated else ("No indicator known",), ())


def _limits(dossier: Dossier, parts: Parts) -> list[str]:
    evidence = parts.evidence
    unknown = evidence.total - evidence.known
    found = [f"{unknown} of {names.counted(evidence.total, 'indicator')} unknown"] if unknown else []
    for part in (parts.type, parts.stage):
        if not part.is_known:
            found.append(f"{part.kind.capitalize()} undetermined{_needs(part.missing, part.missing_more)}")
    unclear = [c.name for screen in parts.screens for c in screen.criteria if c.result == "unknown"]
    found += [f"{names.counted(len(unclear), 'screening criterion', 'screening criteria')} unknown"] if unclear else []
    weak = [factor.name for factor in parts.factors.factors if factor.confidence == "low"]
    found += [f"Low confidence: {names.listed([weak[0], *map(names.lower_first, weak[1:])])}"] if weak else []
    found += [f"Not assessed: {names.listed(_few(parts.factors.unknown))}"] if parts.factors.unknown else []
    status = dossier.document["rulebase"]["status"]
    found += [f"Rule base is a {status}: results may change"] if status != "published" else []
    found += ["Synthetic data: no real cluster is described"] if dossier.document["synthetic"] else []
    return found or ["No limit is recorded"]


def _needs(missing: tuple[str, ...], unnamed: int) -> str:
    if not missing:
        return ""
    rest = f"; and {more} more" if (more := len(missing) + unnamed - _MISSING) > 0 else ""
    return f"; missing: {'; '.join(missing[:_MISSING])}{rest}"


def _few(entries: tuple[str, ...]) -> list[str]:
    first = [entries[0], *map(names.lower_first, entries[1:_FEW])]
    return [*first, f"{len(entries) - _FEW} more"] if len(entries) > _FEW else first
