"""An annex of which nothing is missing, by hand, for any diagnosis of the report's tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from report_documents import make_document
from reports.annexes import changed, drawn, earlier, make_annex, planned

from assess.definitions.rules import FACTORS

KINDS = ("company", "research", "education", "public", "service", "association")
Document = Mapping[str, Any]


def full_annex(document: Document | None = None, **changes: Any) -> dict[str, Any]:
    """What could stand beside a diagnosis; `changes` replace whole entries."""
    about = document or make_document()
    content: dict[str, Any] = {
        "diagnosis": about["digest"],
        "digest": "e" * 64,
        "stability": drawn(_counts(about, 940)),
        "no_stability": "",
        "flips": [
            {"about": "stage", "before": about["stage"]["label"], "after": "mature", "figures": [_figure("structure.firms", 64, 90)]}
        ],
        "bounds": drawn(_counts(about, 900), factors={name: _around(entry["level"]) for name, entry in about["factors"].items()}),
        "groups": {"kinds": [_kind(n, name) for n, name in enumerate(KINDS)], "cells": _cells()},
        "earlier": [earlier(2025, factors=_changes(about)), earlier(2024, factors=_changes(about), same_rulebase=False)],
        "peers": {"stage": "growing", "n": 7, "reason": "", "factors": {name: _peers() for name in FACTORS if name != "reputation"}},
        "plan": [planned(state="under_way"), planned(state="dropped", because="The ministry withdrew its share.")],
    }
    return make_annex(**(content | changes))


def _counts(about: Document, of_thousand: int) -> dict[str, dict[str, int]]:
    """Each conclusion came out as it is in so many of a thousand draws, and as another of its kind in the others."""
    said = {kind: (about[kind]["label"], "undetermined") for kind in ("type", "stage")}
    said |= {f"factor.{name}": (entry["severity"] or "unknown", "moderate") for name, entry in about["factors"].items()}
    for screen, criteria in about["screens"].items():
        said |= {f"{screen}.{name}": (entry["result"], "pass") for name, entry in criteria.items()}
    return {name: {as_it_is: of_thousand, _other(as_it_is, other): 1000 - of_thousand} for name, (as_it_is, other) in said.items()}


def _other(as_it_is: str, other: str) -> str:
    return "unknown" if as_it_is == other else other


def _around(level: float | None) -> dict[str, float]:
    return {"low": 1.0, "high": 5.0} if level is None else {"low": max(level - 0.6, 1.0), "high": min(level + 0.4, 5.0)}


def _figure(indicator: str, before: float, after: float) -> dict[str, Any]:
    return {"indicator": indicator, "before": before, "after": after}


def _peers() -> dict[str, Any]:
    return {"n": 6, "median": 3.25, "low": 2.75, "high": 3.75}


def _kind(n: int, name: str) -> dict[str, Any]:
    """How many of the last kind answered is withheld."""
    return {"kind": name, "asked": 30 - 4 * n, "answered": 24 - 4 * n if n < len(KINDS) - 1 else None}


def _cells() -> list[dict[str, Any]]:
    """The last two kinds are withheld everywhere."""
    return [_cell(kind, n, factor, m) for n, kind in enumerate(KINDS) for m, factor in enumerate(FACTORS)]


def _cell(kind: str, n: int, factor: str, m: int) -> dict[str, Any]:
    withheld = n >= len(KINDS) - 2
    figures = {"value": round(1 + (n + m) / 3, 2), "n": 20 - 4 * n, "spread": round(0.5 + m / 10, 1)}
    return {"kind": kind, "factor": factor} | (dict.fromkeys(figures) if withheld else figures) | {"suppressed": withheld}


def _changes(about: Document) -> list[dict[str, Any]]:
    """One factor that cannot be compared, and the others a quarter higher than then."""
    levels = {name: entry["level"] for name, entry in about["factors"].items()}
    return [
        changed(name, level, level, "not comparable" if n == 1 else "not known")
        if level is None or n == 1
        else changed(name, level - 0.25, level)
        for n, (name, level) in enumerate(levels.items())
    ]
