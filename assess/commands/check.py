"""Checks all content and counts what there is."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import click

from assess.content import content_folder
from assess.definitions.case_files import read_cases
from assess.definitions.library import load_rulebase_version
from assess.definitions.rulebase import Rulebase
from assess.definitions.rules import StratumName
from assess.engine.compilation import compile_rulebase
from assess.engine.inference import Engine
from assess.engine.rule_cases import failing_cases
from assess.errors import FaultsFound

_CASE_YEAR = 2026


def run(output: str, version: str | None) -> None:
    """Check everything; print counts. Raises FaultsFound with every fault of the first part that has any."""
    rulebase = load_rulebase_version(version)
    cases = read_cases(content_folder("cases") / "rules", rulebase)
    faults = list(failing_cases(cases, compile_rulebase(rulebase, _CASE_YEAR), Engine()))
    if faults:
        raise FaultsFound(faults)
    counts = _counts(rulebase) | {"cases": len(cases)}
    click.echo(json.dumps(counts, indent=2) if output == "json" else _in_words(rulebase, counts))


def _counts(rulebase: Rulebase) -> dict[str, Any]:
    strata = Counter(rule.stratum.name.lower() for rule in rulebase.rules)
    return {
        "rulebase": rulebase.label,
        "digest": rulebase.digest,
        "rules": len(rulebase.rules),
        "rules_by_stratum": {s.name.lower(): strata[s.name.lower()] for s in StratumName if strata[s.name.lower()]},
        "indicators": len(rulebase.indicators),
        "unread_indicators": sorted(_unread(rulebase)),
        "parameters": len(rulebase.parameters),
        "instruments": len(rulebase.instruments),
        "sources": len(rulebase.sources),
    }


def _unread(rulebase: Rulebase) -> set[str]:
    """Indicators that no rule, factor or derived fact reads."""
    read = {condition.fact for rule in rulebase.rules for condition in rule.conditions}
    read |= {name for entry in rulebase.derived for name in entry.inputs}
    read |= {name for factor in rulebase.factors.values() for name in factor.indicators}
    return set(rulebase.indicators) - read


def _in_words(rulebase: Rulebase, counts: dict[str, Any]) -> str:
    lines = [f"Rule base {rulebase.label}, digest {rulebase.digest[:12]}"]
    lines += [f"  {counts['rules']} rules: " + ", ".join(f"{n} {name}" for name, n in counts["rules_by_stratum"].items())]
    lines += [f"  {counts['cases']} cases, {counts['parameters']} parameters, {counts['indicators']} indicators, {counts['instruments']} instruments"]
    if counts["unread_indicators"]:
        lines.append(f"  read by no rule: {', '.join(counts['unread_indicators'])}")
    return "\n".join(lines)
