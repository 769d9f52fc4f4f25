"""Finds the indicators that an instrument's findings rest on: those that it should move. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assess.definitions.rulebase import Rulebase
from assess.definitions.rules import FACTORS
from assess.engine.what_if import Said


def recommendation(document: Mapping[str, Any], instrument: str) -> Mapping[str, Any] | None:
    """Return what a diagnosis says about an instrument that it recommends; None where it does not."""
    return next((entry for entry in document.get("instruments", ()) if entry["id"] == instrument), None)


def indicators_behind(document: Mapping[str, Any], entry: Mapping[str, Any], rulebase: Rulebase) -> tuple[str, ...]:
    """Name the indicators behind the findings that a recommended instrument closes, in the rule base's order.

    Followed are the rules that fired, down through derived numbers, success factors and further conclusions; not through type and
    stage, which no instrument is meant to move.
    """
    fired = {trace["rule"] for trace in document["trace"] if trace["outcome"] == "fired"}
    found: set[str] = set()
    for conclusion in entry["closes"]:
        found |= set(_under(conclusion, rulebase, fired, {conclusion}))
    return tuple(name for name in rulebase.indicators if name in found)


def value_in(document: Mapping[str, Any], indicator: str) -> Said:
    """Return the value of an indicator in a diagnosis; None where it is unknown."""
    value: Said = document.get("measures", {}).get(indicator, {}).get("value")
    return value


def _under(fact: str, rulebase: Rulebase, fired: set[str], seen: set[str]) -> Iterator[str]:
    if fact in rulebase.indicators:
        yield fact
        return
    for source in _sources(fact, rulebase, fired):
        if source not in seen:
            seen.add(source)
            yield from _under(source, rulebase, fired, seen)


def _sources(fact: str, rulebase: Rulebase, fired: set[str]) -> Iterator[str]:
    derived = next((entry for entry in rulebase.derived if entry.id == fact), None)
    if derived is not None:
        yield from derived.inputs
    parts = fact.split(".")
    if parts[0] == "factor" and parts[1] in FACTORS:
        yield from rulebase.factors[parts[1]].indicators
    if parts[0] in ("type", "stage"):
        return
    for rule in rulebase.concluding.get(fact, ()):
        if rule.id in fired:
            yield from (condition.fact for condition in rule.conditions)
