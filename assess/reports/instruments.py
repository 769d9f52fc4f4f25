"""The recommended instruments, the portfolio first; what was excluded; grant conditions; advice by reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assess.definitions.rules import Horizon
from assess.phrases import message
from assess.reports import names
from assess.reports.dossier import Dossier, Reason
from assess.reports.footnotes import Mark


@dataclass(frozen=True, slots=True)
class Instrument:
    """A recommended instrument, ready to print."""

    id: str
    rank: int
    name: str
    field: str
    does: str
    closes: tuple[str, ...]
    who_acts: str
    is_short: bool
    horizon: str
    effort: str
    case: str
    presupposes: tuple[str, ...]
    risks: tuple[str, ...]
    against: tuple[Reason, ...]
    not_suited: str
    not_checked: tuple[str, ...]
    reasons: tuple[Reason, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Excluded:
    """An instrument that a finding calls for but that does not fit here."""

    name: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence addressed to a reader: advice or a grant condition."""

    text: str
    insight: str
    rules: tuple[str, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Readership:
    """The advice for the reader of this edition."""

    reader: str
    statements: tuple[Statement, ...]


_EFFORTS = {"low": message("Low"), "medium": message("Medium"), "high": message("High")}


@dataclass(frozen=True, slots=True)
class Instruments:
    """The portfolio, what else is recommended, what is excluded, and how the portfolio is balanced and limited."""

    sentence: str
    balance: str
    short: int
    long: int
    limits: tuple[Reason, ...]
    portfolio: tuple[Instrument, ...]
    others: tuple[Instrument, ...]
    excluded: tuple[Excluded, ...]


def instruments(dossier: Dossier) -> Instruments:
    """Describe the recommended instruments."""
    found = [(entry["portfolio"], _instrument(dossier, entry)) for entry in dossier.document["instruments"]]
    portfolio = tuple(entry for chosen, entry in found if chosen)
    others = tuple(entry for chosen, entry in found if not chosen)
    short = sum(entry.is_short for entry in portfolio)
    long = len(portfolio) - short
    limited = dossier.document["portfolio"]["limited_by"]
    return Instruments(
        sentence=_sentence(dossier, portfolio, others),
        balance=_balance(dossier, short, long),
        short=short,
        long=long,
        limits=tuple(dossier.reason(entry["rule"]) for entry in limited),
        portfolio=portfolio,
        others=others,
        excluded=tuple(_excluded(dossier, entry) for entry in dossier.document["excluded"]),
    )


def advice(dossier: Dossier) -> Readership:
    """The advice for the reader of this edition."""
    entries = dossier.document["advice"].get(dossier.audience, ())
    title = dossier.name(names.AUDIENCES, dossier.audience)
    return Readership(title, tuple(_statement(dossier, entry) for entry in entries))


def conditions(dossier: Dossier) -> tuple[Statement, ...]:
    """The suggested grant conditions."""
    return tuple(_statement(dossier, entry) for entry in dossier.document["conditions"])


def _sentence(dossier: Dossier, portfolio: tuple[Instrument, ...], others: tuple[Instrument, ...]) -> str:
    if not portfolio and not others:
        return dossier.say("No instrument is recommended: no finding that calls for one could be established.")
    called = dossier.several(
        len(portfolio) + len(others),
        "%(num)s instrument is called for by the findings, ranked by the weight of what calls for it.",
        "%(num)s instruments are called for by the findings, ranked by the weight of what calls for them.",
    )
    most = dossier.document["portfolio"]["size"]
    return f"{called} {dossier.say('The portfolio holds %(count)s, at most %(most)s.', count=len(portfolio), most=most)}"


def _balance(dossier: Dossier, short: int, long: int) -> str:
    if not short + long:
        return ""
    return dossier.say("Short horizon (effect within about two years): %(short)s; long: %(long)s.", short=short, long=long)


def _instrument(dossier: Dossier, entry: Mapping[str, Any]) -> Instrument:
    return Instrument(
        id=entry["id"],
        rank=entry["rank"],
        name=entry["name"],
        field=dossier.name(names.FIELDS, entry["field"]),
        does=entry["does"],
        closes=tuple(dict.fromkeys(map(dossier.conclusion, entry["closes"]))),
        who_acts=entry["who_acts"],
        is_short=entry["horizon"] == Horizon.SHORT.value,
        horizon=dossier.name(names.HORIZONS, entry["horizon"]),
        effort=dossier.name(_EFFORTS, entry["effort"]),
        case=entry["case"] or "",
        presupposes=tuple(entry["presupposes"]),
        risks=tuple(entry["risks"]),
        against=tuple(dossier.reason(reason["rule"]) for reason in entry["against"]),
        not_suited="" if entry["suited"] else dossier.say("The catalogue does not name the present stage or type for this instrument."),
        not_checked=dossier.labels(name for open_rule in entry["not_checked"] for name in open_rule["missing"]),
        reasons=dossier.reasons(entry["because"]),
        marks=dossier.references.of(entry["cite"]),
    )


def _excluded(dossier: Dossier, entry: Mapping[str, Any]) -> Excluded:
    return Excluded(entry["name"], tuple(_reason(dossier, reason) for reason in entry["because"]))


def _reason(dossier: Dossier, entry: Mapping[str, str]) -> Reason:
    return Reason(entry["rule"], entry["because"], _marks(dossier, [entry["rule"]]))


def _marks(dossier: Dossier, rules: Iterable[str]) -> tuple[Mark, ...]:
    return tuple(mark for rule in rules for mark in dossier.reason(rule).marks)


def _statement(dossier: Dossier, entry: Mapping[str, Any]) -> Statement:
    insight = dossier.say("Insight %(number)s", number=entry["insight"]) if entry.get("insight") is not None else ""
    return Statement(entry["text"], insight, tuple(entry["because"]), dossier.references.of(entry["cite"]))
