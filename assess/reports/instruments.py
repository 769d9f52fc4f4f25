"""The recommended instruments, the portfolio first; what was excluded; grant conditions; advice by reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

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
    """The advice for one kind of reader."""

    reader: str
    statements: tuple[Statement, ...]


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
    short, long = (sum(entry.horizon == names.HORIZONS[h] for entry in portfolio) for h in ("short", "long"))
    limited = dossier.document["portfolio"]["limited_by"]
    return Instruments(
        sentence=_sentence(portfolio, others, dossier.document["portfolio"]["size"]),
        balance=_balance(short, long),
        short=short,
        long=long,
        limits=tuple(dossier.reason(entry["rule"]) for entry in limited),
        portfolio=portfolio,
        others=others,
        excluded=tuple(_excluded(dossier, entry) for entry in dossier.document["excluded"]),
    )


def advice(dossier: Dossier) -> tuple[Readership, ...]:
    """The advice by reader, each kind of reader named even when there is none for it."""
    found = dossier.document["advice"]
    by_reader = ((title, found.get(reader, ())) for reader, title in names.AUDIENCES.items())
    return tuple(Readership(title, tuple(_statement(dossier, entry) for entry in entries)) for title, entries in by_reader)


def conditions(dossier: Dossier) -> tuple[Statement, ...]:
    """The suggested grant conditions."""
    return tuple(_statement(dossier, entry) for entry in dossier.document["conditions"])


def _sentence(portfolio: tuple[Instrument, ...], others: tuple[Instrument, ...], size: int) -> str:
    if not portfolio and not others:
        return "No instrument is recommended: no finding that calls for one could be established."
    called = names.counted(len(portfolio) + len(others), "instrument is", "instruments are")
    chosen = f"The portfolio holds {len(portfolio)}, at most {size}."
    return f"{called} called for by the findings, ranked by the weight of what calls for them. {chosen}"


def _balance(short: int, long: int) -> str:
    if not short + long:
        return ""
    return f"Of these, {short} {'has' if short == 1 else 'have'} a short horizon (effect within about two years), {long} a long one."


def _instrument(dossier: Dossier, entry: Mapping[str, Any]) -> Instrument:
    return Instrument(
        id=entry["id"],
        rank=entry["rank"],
        name=entry["name"],
        field=names.FIELDS.get(entry["field"], entry["field"].capitalize()),
        does=entry["does"],
        closes=tuple(dict.fromkeys(map(dossier.conclusion, entry["closes"]))),
        who_acts=entry["who_acts"],
        horizon=names.HORIZONS.get(entry["horizon"], entry["horizon"].capitalize()),
        effort=entry["effort"].capitalize(),
        case=entry["case"] or "",
        presupposes=tuple(entry["presupposes"]),
        risks=tuple(entry["risks"]),
        against=tuple(dossier.reason(reason["rule"]) for reason in entry["against"]),
        not_suited="" if entry["suited"] else "The catalogue does not name the present stage or type for this instrument.",
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
    insight = f"Insight {entry['insight']}" if entry.get("insight") is not None else ""
    return Statement(entry["text"], insight, tuple(entry["because"]), dossier.references.of(entry["cite"]))
