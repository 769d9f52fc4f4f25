"""Runs a rule base stratum by stratum and keeps everything that led to every conclusion."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from assess.definitions.numbers import ONE
from assess.definitions.rulebase import Rule, Rulebase
from assess.definitions.rules import StratumName
from assess.engine.certificate import Certificate, Infers, certify, issue
from assess.engine.compilation import compile_rulebase
from assess.engine.compiled import Facts
from assess.engine.derivation import derived_facts, factor_levels, tally, targets
from assess.engine.evaluation import Outcome, RuleTrace

_FIRED, _NOT_FIRED, _UNDETERMINED = Outcome  # looked up once: these are compared for every rule

Outcomes = Mapping[str, Outcome]
Parameters = Mapping[str, Decimal]


@dataclass(frozen=True)
class Inferred:
    """All facts (in thousandths), the trace of every rule, the outcome of every conclusion, and the certificate."""

    facts: Mapping[str, int]
    traces: Mapping[str, RuleTrace]
    conclusions: Outcomes
    parameters: Parameters
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
    outcomes: dict[str, Outcome] = {}
    conclusions: dict[str, Outcome] = {}
    for name, stratum in compiled.strata.items():
        certified[stratum.name] = certify(stratum, facts, engine)
        outcomes |= {trace.rule: trace.outcome for trace in certified[stratum.name]}
        drawn = _conclusions(rulebase.concluding_in(name), outcomes)
        conclusions |= drawn
        facts |= _as_facts(drawn)
        facts |= _computed_after(name, rulebase, outcomes, facts, compiled.parameters)
        facts |= derived_facts(rulebase, name, facts, compiled.parameters)
    traces = {trace.rule: trace for of_stratum in certified.values() for trace in of_stratum}
    return Inferred(facts, traces, conclusions, compiled.parameters, issue(rulebase.digest, given, certified))


def _computed_after(name: StratumName, rulebase: Rulebase, outcomes: Outcomes, facts: Facts, parameters: Parameters) -> dict[str, int]:
    if name is StratumName.EVIDENCE:
        return tally(rulebase, outcomes, parameters)
    if name is StratumName.TARGETS:
        return targets(rulebase.in_stratum(name), outcomes, facts, parameters)
    return _recommended(rulebase, outcomes) if name is StratumName.CONFLICTS else {}


def _conclusions(groups: Mapping[str, Iterable[Rule]], outcomes: Outcomes) -> dict[str, Outcome]:
    """A conclusion fires when any of its rules does; it is denied only when all of them are known not to fire."""
    return {name: joined([outcomes[rule.id] for rule in rules]) for name, rules in groups.items()}


def joined(outcomes: Collection[Outcome]) -> Outcome:
    """The outcome of alternatives: the strong Kleene disjunction."""
    if _FIRED in outcomes:
        return _FIRED
    return _UNDETERMINED if _UNDETERMINED in outcomes else _NOT_FIRED


def _as_facts(conclusions: Mapping[str, Outcome]) -> dict[str, int]:
    return {name: ONE if outcome is _FIRED else 0 for name, outcome in conclusions.items() if outcome is not _UNDETERMINED}


def _recommended(rulebase: Rulebase, outcomes: Outcomes) -> dict[str, int]:
    """`recommended.X` is 1 when a rule recommends X and none is known to exclude it, 0 when known otherwise, else unknown."""
    wanted = _conclusions(rulebase.recommending, outcomes)
    excluded = {name for name, outcome in _conclusions(rulebase.excluding, outcomes).items() if outcome is Outcome.FIRED}
    found = {name: Outcome.NOT_FIRED if name in excluded else outcome for name, outcome in wanted.items()}
    return {f"recommended.{name}": value for name, value in _as_facts(found).items()}
