"""Annexes for the report's tests: what stands beside the diagnosis of `report_documents.make_document`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assess.definitions.rules import FACTORS


def make_annex(**changes: Any) -> dict[str, Any]:
    """An annex in which nothing is known, with these parts instead."""
    nothing: dict[str, Any] = {
        "schema": "cluster-diagnosis-annex/1",
        "diagnosis": "0123456789abcdef",
        "stability": None,
        "no_stability": "indicator_file",
        "flips": [],
        "bounds": None,
        "groups": None,
        "earlier": [],
        "peers": None,
        "plan": [],
    }
    return nothing | changes


def drawn(counts: Mapping[str, Mapping[str, int]], **more: Any) -> dict[str, Any]:
    """What came out in a thousand draws."""
    return {"times": 1000, "seed": 1, "counts": counts, **more}


def earlier(year: int, **changes: Any) -> dict[str, Any]:
    """The comparison with one earlier round, in which every factor stood at 2 and now stands at 3."""
    found = {
        "year": year,
        "number": f"{year}-example-0123ab",
        "published": True,
        "same_rulebase": True,
        "type": ["hybrid", "undetermined"],
        "stage": ["potential", "growing"],
        "factors": [changed(name, 2, 3) for name in FACTORS],
        "indicators": [],
    }
    return found | changes


def changed(name: str, before: Any, after: Any, flag: str = "same", difference: Any = "reckoned") -> dict[str, Any]:
    """One figure then and now; its difference is None where the flag forbids one."""
    if difference == "reckoned":
        difference = after - before if flag in ("same", "reworded", "rule base changed") else None
    return {"name": name, "before": before, "after": after, "difference": difference, "flag": flag, "reason": ""}


def planned(**changes: Any) -> dict[str, Any]:
    """One item of an action plan."""
    item = {
        "instrument": "seed-capital-fund",
        "title": "Seed-capital fund",
        "owner": "Example Development Agency",
        "milestone": "Agreement signed",
        "due": "2027-03-31",
        "indicator": "funding.seed",
        "baseline": 2.5,
        "target": 3.5,
        "state": "planned",
        "because": "",
        "year": 2026,
    }
    return item | changes
