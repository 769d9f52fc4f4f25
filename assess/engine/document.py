"""A diagnosis as one JSON document: what is stored, printed by the command line, and put inside the report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from assess.definitions.digests import digest
from assess.definitions.numbers import from_thousandths, plain
from assess.definitions.rulebase import Rule
from assess.definitions.rules import (
    PROFILES,
    SCREENS,
    Advises,
    Audience,
    Concludes,
    GrantCondition,
    StratumName,
)
from assess.definitions.texts import Text
from assess.engine.diagnosis import Classification, Diagnosis, Finding
from assess.engine.evaluation import TestTrace
from assess.engine.portfolio import Recommendation
from assess.engine.wording import Wording, filled

SCHEMA = "cluster-diagnosis/1"


@dataclass(frozen=True, slots=True)
class _Told:
    """A diagnosis, and in which words its texts are told."""

    diagnosis: Diagnosis
    wording: Wording

    def says(self, text: Text) -> str:
        """A text of the rule base that has no numbers in it."""
        return self.wording.text(text)

    def fills(self, text: Any) -> str:
        """A text of the rule base with its numbers."""
        inferred = self.diagnosis.inferred
        return filled(text, self.diagnosis.rulebase, inferred.facts, inferred.parameters, self.wording)


def document(diagnosis: Diagnosis, wording: Wording | None = None) -> dict[str, Any]:
    """Return the whole diagnosis as plain data; unknown numbers are None. `digest` is the SHA-256 of all the rest.

    Without another wording its texts are English, and only so it is stored; in another one it is the same but for these texts.
    """
    rulebase, inferred = diagnosis.rulebase, diagnosis.inferred
    told = _Told(diagnosis, wording or Wording())
    content = {
        "schema": SCHEMA,
        "rulebase": {"version": rulebase.version, "status": rulebase.status, "digest": rulebase.digest},
        "questionnaires": [asdict(used) for used in diagnosis.questionnaires],
        "cluster": {key: value for key, value in asdict(diagnosis.cluster).items() if value is not None},
        "round": {"year": diagnosis.year},
        "synthetic": diagnosis.synthetic,
        "type": _classification(diagnosis, diagnosis.type) | {"mixed_of": list(diagnosis.type.mixed_of)},
        "stage": _classification(diagnosis, diagnosis.stage) | _flags(told),
        "factors": {name: _factor(told, name) for name in diagnosis.factors},
        "screens": {screen: {name: _screen(told, screen, name) for name in names} for screen, names in SCREENS.items()},
        "profiles": {name: _profile(told, name) for name in PROFILES},
        "instruments": [_recommendation(told, entry) for entry in diagnosis.portfolio.recommendations],
        "excluded": [
            {"id": instrument.id, "name": told.says(instrument.name), "because": _reasons(told, rules)}
            for instrument, rules in diagnosis.portfolio.excluded
        ],
        "portfolio": {"size": diagnosis.portfolio.size, "limited_by": _reasons(told, diagnosis.portfolio.limited_by)},
        "advice": {audience.value: _advice(told, audience) for audience in Audience},
        "conditions": [_condition(told, rule) for rule in diagnosis.grant_conditions()],
        "measures": {name: measure.as_json() for name, measure in diagnosis.measures.items()},
        "derived": {n: plain(from_thousandths(v)) for n, v in inferred.facts.items() if not _is_given_or_conclusion(diagnosis, n)},
        "trace": [_trace(told, rule) for rule in rulebase.rules],
        "unknown": list(diagnosis.unknown),
        "derived_labels": {name: _label(told, name) for name in inferred.facts if not _is_given_or_conclusion(diagnosis, name)},
        "labels": {name: {"label": told.says(i.label), "scale": i.scale.value} for name, i in rulebase.indicators.items()},
        "certificate": asdict(inferred.certificate) | {"strata": list(inferred.certificate.strata)},
    }
    if diagnosis.overrides:
        content["overrides"] = [override.as_json() for override in diagnosis.overrides]
    content["sources"] = {name: rulebase.sources[name].model_dump(exclude_none=True) for name in sorted(_cited(content))}
    return content | {"digest": digest(content)}


def _label(told: _Told, name: str) -> dict[str, str]:
    fact = told.diagnosis.rulebase.facts[name]
    return {"label": told.says(fact.label), "scale": fact.scale.value}


def _is_given_or_conclusion(diagnosis: Diagnosis, name: str) -> bool:
    return name in diagnosis.rulebase.indicators or diagnosis.rulebase.facts[name].is_conclusion


def _cited(node: Any) -> set[str]:
    """Every source id that stands under a `cite` or `source` of what fired, in any depth."""
    if isinstance(node, list):
        return {name for entry in node for name in _cited(entry)}
    if not isinstance(node, dict) or node.get("outcome") in ("not_fired", "undetermined"):
        return set()
    own = {citation[0] for citation in node.get("cite", ())} | ({node["source"][0]} if isinstance(node.get("source"), list) else set())
    return own | {name for value in node.values() for name in _cited(value)}


def _classification(diagnosis: Diagnosis, found: Classification) -> dict[str, Any]:
    return {
        "label": found.label,
        "supports": {name: _number(entry.support) for name, entry in found.supports.items()},
        "coverage": {name: _number(entry.coverage) for name, entry in found.supports.items()},
        "because": [rule.id for rule in found.decided_by],
        "missing": list(diagnosis.missing_for(found.blocked)) if found.known_label is None else [],
    }


def _flags(told: _Told) -> dict[str, Any]:
    diagnosis = told.diagnosis
    findings = diagnosis.findings(StratumName.FLAGS)
    return {
        "flags": list(diagnosis.flags),
        "undetermined_flags": list(diagnosis.open_flags),
        "findings": [_finding(told, f) for f in findings],
    }


def _factor(told: _Told, name: str) -> dict[str, Any]:
    diagnosis = told.diagnosis
    found = diagnosis.factors[name]
    return {
        "label": told.says(diagnosis.rulebase.factors[name].label),
        "level": _number(found.level),
        "target": _number(found.target),
        "gap": _number(found.gap),
        "severity": found.severity,
        "strength": found.is_strength,
        "confidence": found.confidence.value if found.confidence else None,
        "confidence_limits": list(found.weaknesses),
        "target_rests_on": found.target_rests_on,
        "known": list(found.known),
        "unknown": list(found.unknown),
        "findings": [
            _finding(told, finding)
            for prefix in (f"gap.{name}", f"strength.{name}")
            for finding in diagnosis.findings(StratumName.GAPS, prefix)
        ],
    }


def _screen(told: _Told, screen: str, criterion: str) -> dict[str, Any]:
    diagnosis = told.diagnosis
    result, rules = diagnosis.screen(screen, criterion)
    known = result != "unknown"
    return {
        "result": result,
        "findings": [told.fills(rule.then.finding) for rule in rules] if known else [],  # type: ignore[union-attr]
        "because": [rule.id for rule in rules] if known else [],
        "missing": [] if known else list(diagnosis.missing_for(rules)),
    }


def _profile(told: _Told, name: str) -> dict[str, Any]:
    diagnosis = told.diagnosis
    return {
        "findings": [_finding(told, finding) for finding in diagnosis.findings(StratumName.PROFILES, f"{name}.")],
        "undetermined": list(diagnosis.open_findings(StratumName.PROFILES, f"{name}.")),
    }


def _finding(told: _Told, finding: Finding) -> dict[str, Any]:
    says = finding.says
    text = told.fills(says.finding) if says.finding else finding.id
    tone = says.tone.value if isinstance(says, Concludes) else "neutral"
    return {"id": finding.id, "finding": text, "tone": tone, "because": [rule.id for rule in finding.rules]}


def _recommendation(told: _Told, entry: Recommendation) -> dict[str, Any]:
    return {
        "id": entry.instrument.id,
        "name": told.says(entry.instrument.name),
        "field": entry.instrument.field,
        "rank": entry.rank,
        "score": entry.score,
        "portfolio": entry.in_portfolio,
        "suited": entry.suited,
        "closes": list(entry.closes),
        "horizon": entry.instrument.horizon.value,
        "effort": entry.instrument.effort,
        "who_acts": told.says(entry.instrument.who_acts),
        "does": told.says(entry.instrument.does),
        "presupposes": [told.says(text) for text in entry.instrument.presupposes],
        "risks": [told.says(text) for text in entry.instrument.risks],
        "case": told.says(entry.instrument.case) if entry.instrument.case else None,
        "because": [rule.id for rule in entry.because],
        "against": _reasons(told, entry.cautions),
        "not_checked": [{"rule": rule.id, "missing": list(told.diagnosis.missing_for((rule,)))} for rule in entry.unchecked],
        "cite": [list(citation) for citation in entry.instrument.cite],
    }


def _reasons(told: _Told, rules: Iterable[Rule]) -> list[dict[str, str]]:
    return [{"rule": rule.id, "because": told.fills(rule.because)} for rule in rules]


def _advice(told: _Told, audience: Audience) -> list[dict[str, Any]]:
    """Advice for one reader; the same sentence from several rules is given once, with all of them.

    Which sentences are the same is settled in English, so that every language has as many.
    """
    found: dict[str, dict[str, Any]] = {}
    english = _Told(told.diagnosis, Wording())
    for rule in told.diagnosis.advice():
        if isinstance(rule.then, Advises) and rule.then.advises is audience:
            text = {"insight": rule.then.insight, "text": told.fills(rule.then.text)}
            entry = found.setdefault(english.fills(rule.then.text), {**text, "because": [], "cite": []})
            entry["because"].append(rule.id)
            entry["cite"] += [list(citation) for citation in rule.cite if list(citation) not in entry["cite"]]
    return list(found.values())


def _condition(told: _Told, rule: Rule) -> dict[str, Any]:
    text = told.fills(rule.then.text) if isinstance(rule.then, GrantCondition) else ""
    name = rule.then.condition if isinstance(rule.then, GrantCondition) else ""
    return {"id": name, "text": text, "because": [rule.id], "cite": [list(citation) for citation in rule.cite]}


def trace_of(diagnosis: Diagnosis, rule: Rule) -> dict[str, Any]:
    """Return one rule's trace as it stands in the document."""
    return _trace(_Told(diagnosis, Wording()), rule)


def _trace(told: _Told, rule: Rule) -> dict[str, Any]:
    trace = told.diagnosis.inferred.traces[rule.id]
    fired = trace.outcome.value == "fired"
    return {
        "rule": rule.id,
        "stratum": rule.stratum.name.lower(),
        "outcome": trace.outcome.value.replace(" ", "_"),
        "then": _claim(rule),
        "because": told.fills(rule.because) if fired else None,
        "conditions": [_test(str(c), test) for c, test in zip(rule.conditions, trace.tests, strict=True)],
        "cite": [list(citation) for citation in rule.cite],
    }


def _claim(rule: Rule) -> dict[str, Any]:
    """What a rule says, as plain data; its texts stand elsewhere, filled in."""
    said = {key: value for key, value in rule.then if value is not None and not isinstance(value, Text)}
    return {
        key: list(value) if isinstance(value, tuple) else value.value if isinstance(value, StrEnum) else value
        for key, value in said.items()
    }


def _test(condition: str, test: TestTrace) -> dict[str, Any]:
    numbers = {"value": test.value, "threshold": test.threshold, "margin": test.margin}
    written = {name: None if value is None else plain(from_thousandths(value)) for name, value in numbers.items()}
    return {"condition": condition, "fact": test.fact, "operator": test.operator.value, "holds": test.holds} | written


def _number(value: Decimal | None) -> int | float | None:
    return None if value is None else plain(value)
