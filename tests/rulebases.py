"""Writes the smallest rule base that is valid into a folder, with whatever a test adds to it, and diagnoses with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from assess.definitions.rulebase import Rulebase
from assess.definitions.rulebase_checks import checked_rulebase
from assess.definitions.rules import FACTORS, SCREENS, STAGES, TYPES
from assess.engine.diagnosis import Cluster, Diagnosis, diagnose
from assess.engine.inference import Engine
from assess.engine.measures import Measure

Entry = dict[str, Any]
CITE = ["book", "p. 1"]
CRITERIA = tuple(f"{screen}.{criterion}" for screen, names in SCREENS.items() for criterion in names)
SIGNS = {f"sign.{option}": "flag" for option in TYPES + STAGES}
LEVELS = {f"level.{factor}": "likert" for factor in FACTORS}
MEETS = {f"meets.{criterion}": "flag" for criterion in CRITERIA}


def rule(rule_id: str, *when: str, then: Entry, **more: Any) -> Entry:
    """One rule; `unless`, `because`, `cite`, `each` and `monotone` may be given."""
    return {"id": rule_id, "when": list(when), "then": then, "because": "It is so.", "cite": CITE} | more


def parameter(value: float | Mapping[str, float], scale: str = "likert") -> Entry:
    """A parameter with one value, or with values by the date from which they hold."""
    dated = value if isinstance(value, Mapping) else {"2026-01-01": value}
    values = [{"from": since, "value": number} for since, number in dated.items()]
    return {"label": "A threshold", "scale": scale, "values": values, "cite": CITE, "reason": "Chosen so."}


def instrument(instrument_id: str, *closes: str, **more: Any) -> Entry:
    """One instrument, which suits everything, unless told otherwise."""
    entry: Entry = {"id": instrument_id, "name": f"The {instrument_id}", "field": "finance", "does": "It pays.", "closes": list(closes)}
    entry |= {"suits": {"stages": STAGES, "types": TYPES}, "who_acts": "The agency", "horizon": "short", "effort": "low", "cite": CITE}
    return entry | more


def indicator(scale: str) -> Entry:
    """One indicator on `scale`."""
    return {"label": f"A {scale}", "scale": scale}


CHAIN_PARAMETERS: dict[str, Entry] = {
    "lead": parameter(0.5, "share"),
    "support_coverage": parameter(0.2, "share"),
    "rival_coverage": parameter(0.1, "share"),
    "type_coverage": parameter(0.2, "share"),
    "stage_coverage": parameter(0.2, "share"),
    "portfolio_size_default": parameter(5, "count"),
    "portfolio_min_share": parameter(0.4, "share"),
    "confidence_known_share": parameter(0.75, "share"),
    "confidence_spread": parameter(1.2, "number"),
    "confidence_coverage": parameter(0.6, "share"),
}
CHAIN_FACTORS = {name: {"label": f"The {name}", "indicators": [f"level.{name}"], "known": 1, "cite": CITE} for name in FACTORS}


def _each(name: str, entries: Iterable[str]) -> Entry:
    return {name: {entry: entry.replace("_", " ") for entry in entries}}


CHAIN_RULES = (
    rule("evidence.<x>", "sign.<x>", then={"supports": "<x>", "weight": 3}, each=_each("x", TYPES + STAGES)),
    rule("type.<x>", "type.<x>.lead >= $lead", then={"concludes": "type.<x>"}, each=_each("x", TYPES)),
    rule("type.hybrid", "type.margin < $lead", "type.first.support >= $lead", then={"concludes": "type.hybrid"}),
    rule("stage.<x>", "stage.<x>.lead >= $lead", then={"concludes": "stage.<x>"}, each=_each("x", STAGES)),
    rule("<x>.pass", "meets.<x>", then={"screen": "<x>", "result": "pass", "finding": "It is met."}, each=_each("x", CRITERIA)),
    rule("<x>.fail", "not meets.<x>", then={"screen": "<x>", "result": "fail", "finding": "It is not met."}, each=_each("x", CRITERIA)),
)


def make_rulebase(
    folder: Path,
    *,
    rules: Iterable[Entry] = (),
    parameters: Mapping[str, Entry] | None = None,
    indicators: Mapping[str, str] | None = None,
    derived: Iterable[Entry] = (),
    factors: Mapping[str, Entry] | None = None,
    instruments: Iterable[Entry] = (),
    status: str = "draft",
    version: str = "2026.1",
) -> Path:
    """Write a valid rule base into `folder` and return it: the chain that every rule base needs, and what is given beside it.

    What is given replaces what the chain calls by the same name. `indicators` are scales by name. One entry stands on one line.
    """
    rules, parameters, factors = list(rules), dict(parameters or {}), dict(factors or {})
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "rulebase.yaml", version=json.dumps(version), status=status, title="A small rule base")
    _write(folder / "sources.yaml", sources={"book": {"title": "A book", "year": 2006}, "expert": {"title": "Judgement"}})
    scales = SIGNS | LEVELS | MEETS | dict(indicators or {})
    defaults = {"from": ["evaluator"], "aggregate": "median", "weighting": "equal", "min_n": 5, "min_coverage": 0.5}
    weightings = {"equal": {"shares": {}, "cite": CITE, "reason": "All alike."}}
    entries = {name: indicator(scale) for name, scale in scales.items()}
    _write(folder / "indicators.yaml", defaults=defaults, weightings=weightings, indicators=entries)
    replaced = {entry["id"] for entry in rules}
    _write(
        folder / "chain.yaml",
        parameters={name: entry for name, entry in CHAIN_PARAMETERS.items() if name not in parameters},
        factors={name: entry for name, entry in CHAIN_FACTORS.items() if name not in factors},
        rules=[entry for entry in CHAIN_RULES if entry["id"] not in replaced],
    )
    _write(folder / "rules.yaml", parameters=parameters, derived=derived, factors=factors, instruments=instruments, rules=rules)
    return folder


def _write(path: Path, **sections: Any) -> None:
    lines = [line for name, section in sections.items() for line in _section(name, section)]
    path.write_text("\n".join(lines or ["{}"]) + "\n", encoding="utf-8")


def _section(name: str, section: Any) -> list[str]:
    if isinstance(section, str):
        return [f"{name}: {section}"]
    if isinstance(section, Mapping):
        entries = [f"  {key}: {_flow(entry)}" for key, entry in section.items()]
    else:
        entries = [f"  - {_flow(entry)}" for entry in section]
    return [f"{name}:", *entries] if entries else []


def _flow(entry: Any) -> str:
    return json.dumps(entry, ensure_ascii=False)


def load(folder: Path, **given: Any) -> Rulebase:
    """Write a rule base as `make_rulebase` does, and read it with every check."""
    return checked_rulebase(make_rulebase(folder, **given))


@cache
def engine() -> Engine:
    """The one real engine that all tests of a process share."""
    return Engine()


def facts(stage: str | None = None, kind: str | None = None, **levels: float) -> dict[str, float]:
    """Facts of a cluster of one stage and one type, with levels of factors; what is not given is unknown."""
    given: dict[str, float] = {}
    for chosen, options in ((stage, STAGES), (kind, TYPES)):
        if chosen is not None:
            given |= {f"sign.{option}": int(option == chosen) for option in options}
    return given | {f"level.{factor}": level for factor, level in levels.items()}


def make_diagnosis(rulebase: Rulebase, given: Mapping[str, float | Measure], *, year: int = 2026, **more: Any) -> Diagnosis:
    """Diagnose an example cluster from plain numbers, or whole measures, by indicator."""
    cluster = more.pop("cluster", Cluster("vale", "Example vale"))
    measures = {n: v if isinstance(v, Measure) else Measure(n, Decimal(str(v))) for n, v in given.items()}
    return diagnose(cluster, year, measures, rulebase, more.pop("engine", engine()), **more)
