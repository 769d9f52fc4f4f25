"""Runs a rule base stratum by stratum and keeps everything that led to every conclusion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from assess.definitions.facts import conclusion_name
from assess.definitions.numbers import ONE
from assess.definitions.rulebase import Rule, Rulebase
from assess.definitions.rules import Excludes, Recommends, StratumName
from assess.engine.certificate import Certificate, Infers, certify, issue
from assess.engine.compilation import compile_rulebase
from assess.engine.compiled import Facts
from assess.engine.derivation import derived_facts, factor_levels, tally, targets
from assess.engine.evaluation import Outcome, RuleTrace


@dataclass(frozen=True)
class Inferred:
    """All facts (in thousandths), the trace of every rule, the outcome of every conclusion, and the certificate."""

    facts: Mapping[str, int]
    traces: Mapping[str, RuleTrace]
    conclusions: Mapping[str, Outcome]
    parameters: Mapping[str, Decimal]
    certificate: Certificate

    def outcome(self, rule: Rule) -> Outcome:
        """How one rule came out."""
        return self.traces[rule.id].outcome

    def fired(self, rules: Iterable[Rule]) -> list[Rule]:
        """Those of `rules` that fired, in their order."""
        return [rule for rule in rules if self.outcome(rule) is Outcome.FIRED]

    def holds(self, conclusion: str) -> bool:
        """Whether a conclusion was drawn."""
        return self.conclusions.get(conclusion) is Outcome.FIRED


def infer(rulebase: Rulebase, given: Facts, year: int, engine: Infers) -> Inferred:
    """Draw every conclusion from the given indicators (thousandths; absent: unknown).

    Raises Disagreement when engine and evaluator differ twice, NeedsExamination when rules that exclude each other fired.
    """
    compiled = compile_rulebase(rulebase, year)
    facts = dict(given)
    facts |= factor_levels(rulebase, facts)
    facts |= derived_facts(rulebase, StratumName.GIVEN, facts, compiled.parameters)
    certified: dict[str, tuple[RuleTrace, ...]] = {}
    traces: dict[str, RuleTrace] = {}
    conclusions: dict[str, Outcome] = {}
    for name, stratum in compiled.strata.items():
        certified[stratum.name] = certify(stratum, facts, engine)
        traces |= {trace.rule: trace for trace in certified[stratum.name]}
        outcomes = {trace.rule: trace.outcome for trace in certified[stratum.name]}
        drawn = _conclusions(rulebase.in_stratum(name), outcomes)
        conclusions |= drawn
        facts |= _as_facts(drawn)
        facts |= _computed_after(name, rulebase, outcomes, traces, facts, compiled.parameters)
        facts |= derived_facts(rulebase, name, facts, compiled.parameters)
    return Inferred(facts, traces, conclusions, compiled.parameters, issue(rulebase.digest, given, certified))


def _computed_after(
    name: StratumName,
    rulebase: Rulebase,
    outcomes: Mapping[str, Outcome],
    traces: Mapping[str, RuleTrace],
    facts: Facts,
    parameters: Mapping[str, Decimal],
) -> dict[str, int]:
    rules = rulebase.in_stratum(name)
    if name is StratumName.EVIDENCE:
        return tally(rules, outcomes, parameters)
    if name is StratumName.TARGETS:
        return targets(rules, outcomes, facts, parameters)
    if name is StratumName.CONFLICTS:
        return _recommended(rulebase, {rule: trace.outcome for rule, trace in traces.items()})
    return {}


def _conclusions(rules: Iterable[Rule], outcomes: Mapping[str, Outcome]) -> dict[str, Outcome]:
    """A conclusion fires when any of its rules does; it is denied only when all of them are known not to fire."""
    grouped: dict[str, list[Outcome]] = {}
    for rule in rules:
        if name := conclusion_name(rule.then):
            grouped.setdefault(name, []).append(outcomes[rule.id])
    return {name: joined(found) for name, found in grouped.items()}


def joined(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome of alternatives: the strong Kleene disjunction."""
    found = set(outcomes)
    if Outcome.FIRED in found:
        return Outcome.FIRED
    return Outcome.UNDETERMINED if Outcome.UNDETERMINED in found else Outcome.NOT_FIRED


def _as_facts(conclusions: Mapping[str, Outcome]) -> dict[str, int]:
    return {name: ONE if outcome is Outcome.FIRED else 0 for name, outcome in conclusions.items() if outcome is not Outcome.UNDETERMINED}


def _recommended(rulebase: Rulebase, outcomes: Mapping[str, Outcome]) -> dict[str, int]:
    """`recommended.X` is 1 when a rule recommends X and none is known to exclude it, 0 when known otherwise, else unknown."""
    wanted: dict[str, list[Outcome]] = {}
    excluded: set[str] = set()
    for rule in rulebase.rules:
        if isinstance(rule.then, Recommends):
            wanted.setdefault(rule.then.recommends, []).append(outcomes[rule.id])
        elif isinstance(rule.then, Excludes) and outcomes[rule.id] is Outcome.FIRED:
            excluded.add(rule.then.excludes)
    open_ones = {f"recommended.{name}": joined(found) for name, found in wanted.items() if name not in excluded}
    return _as_facts(open_ones) | {f"recommended.{name}": 0 for name in excluded}
