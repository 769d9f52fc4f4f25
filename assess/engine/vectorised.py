"""The third reading of a rule base: many cases at once, for what calls the rules often.

It draws the conclusions of `inferring.infer` without certificate or trace; tests hold the two to the same result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from assess.definitions.numbers import ONE, thousandths
from assess.definitions.rulebase import Rule, Rulebase
from assess.definitions.rules import FACTORS, STAGES, TYPES, AdjustsTarget, Derived, Evidence, SetsTarget, StratumName
from assess.engine.columns import LARGEST, Column, Columns, Marks, Numbers, Three, divided, stacked
from assess.engine.compilation import compile_rulebase
from assess.engine.compiled import CompiledRule, Operator
from assess.errors import NeedsExamination
from assess.phrases import Phrase

_HOLDS = {
    Operator.AT_LEAST: np.greater_equal,
    Operator.ABOVE: np.greater,
    Operator.AT_MOST: np.less_equal,
    Operator.BELOW: np.less,
    Operator.EQUALS: np.equal,
}


@dataclass(frozen=True)
class Many:
    """All facts, the outcome of every rule and of every conclusion, in each of `count` cases."""

    count: int
    facts: Columns
    rules: Mapping[str, Three]
    conclusions: Mapping[str, Three]

    def holds(self, conclusion: str) -> Marks:
        """Where a conclusion was drawn; nowhere for a name that no rule concludes."""
        found = self.conclusions.get(conclusion)
        return np.zeros(self.count, dtype=bool) if found is None else found.fired


def infer_many(rulebase: Rulebase, given: Columns, count: int, year: int) -> Many:
    """Draw every conclusion in `count` cases from their indicators (thousandths).

    Raises NeedsExamination where two rules set the same target, OverflowError for numbers beyond 2^50 thousandths.
    """
    compiled = compile_rulebase(rulebase, year)
    reading = _Reading(rulebase, compiled.parameters, count, dict(given))
    reading.add_factor_levels()
    reading.derive(StratumName.GIVEN)
    for name, stratum in compiled.strata.items():
        reading.run(name, stratum.rules)
    return Many(count, reading.facts, reading.rules, reading.conclusions)


class _Reading:
    """The facts and outcomes as they grow, stratum by stratum."""

    def __init__(self, rulebase: Rulebase, parameters: Mapping[str, Decimal], count: int, facts: dict[str, Column]) -> None:
        self.rulebase, self.parameters, self.count, self.facts = rulebase, parameters, count, facts
        self.rules: dict[str, Three] = {}
        self.conclusions: dict[str, Three] = {}
        self.nothing = Column(np.zeros(count, dtype=np.int64), np.zeros(count, dtype=bool))

    def run(self, name: StratumName, rules: Iterable[CompiledRule]) -> None:
        """Evaluate one stratum and compute what may be read after it."""
        self.rules |= {rule.id: self._outcome(rule) for rule in rules}
        drawn = self._joined(self.rulebase.concluding_in(name))
        self.conclusions |= drawn
        self.facts |= {conclusion: _as_fact(outcome) for conclusion, outcome in drawn.items()}
        if name is StratumName.EVIDENCE:
            self._tally("type", TYPES)
            self._tally("stage", STAGES)
        elif name is StratumName.TARGETS:
            self._set_targets(self.rulebase.in_stratum(name))
        elif name is StratumName.CONFLICTS:
            self._recommend()
        self.derive(name)

    def add_factor_levels(self) -> None:
        """Level of each factor: the mean of its known indicators, where enough of them are known."""
        for name, factor in self.rulebase.factors.items():
            self.facts[f"factor.{name}.level"] = _mean([self.fact(indicator) for indicator in factor.indicators], factor.known)

    def derive(self, after: StratumName) -> None:
        """Every derived fact whose inputs are complete once stratum `after` is closed."""
        for entry in self.rulebase.derived_after(after):
            self.facts[entry.id] = self._derived(entry, [self.fact(name) for name in entry.inputs])

    def fact(self, name: str) -> Column:
        """One fact; known nowhere when nothing gives it."""
        return self.facts.get(name, self.nothing)

    def _outcome(self, rule: CompiledRule) -> Three:
        """Strong Kleene: one known failure denies, whatever is unknown beside it."""
        denied, unknown = np.zeros(self.count, dtype=bool), np.zeros(self.count, dtype=bool)
        for test in rule.tests:
            values, known = self.fact(test.fact)
            denied |= known & ~_HOLDS[test.operator](values, test.threshold)
            unknown |= ~known
        return Three(~denied & ~unknown, denied)

    def _joined(self, groups: Mapping[str, Sequence[Rule]]) -> dict[str, Three]:
        """Alternatives: one that fires is enough; denied only when all are."""
        return {
            name: Three(
                np.logical_or.reduce([self.rules[rule.id].fired for rule in rules]),
                np.logical_and.reduce([self.rules[rule.id].denied for rule in rules]),
            )
            for name, rules in groups.items()
        }

    def _derived(self, entry: Derived, inputs: Sequence[Column]) -> Column:
        if entry.operation == "mean":
            return _mean(inputs, entry.known or len(inputs))
        values, known = stacked(inputs)
        enough = known.sum(axis=0) >= (entry.known or len(inputs))
        if entry.operation in ("difference", "ratio"):
            return _of_two(entry.operation, values, np.logical_and.reduce(known))
        if entry.operation == "count_where":
            return _masked(ONE * (known & self._counts(entry, values)).sum(axis=0), enough)
        if entry.operation == "sum":
            return _masked(np.where(known, values, 0).sum(axis=0), enough)
        least = entry.operation == "minimum"
        filled = np.where(known, values, LARGEST * 2 if least else -LARGEST * 2)
        return _masked(filled.min(axis=0) if least else filled.max(axis=0), enough & known.any(axis=0))

    def _counts(self, entry: Derived, values: Numbers) -> Marks:
        if entry.at_least is not None:
            return values >= thousandths(self.parameters[entry.at_least.removeprefix("$")])
        return values <= thousandths(self.parameters[(entry.at_most or "").removeprefix("$")])

    def _tally(self, kind: str, options: Sequence[str]) -> None:
        """Support, coverage and lead of every option, as `derivation.tally` has them."""
        least, enough, rival = (thousandths(self.parameters[name]) for name in ("support_coverage", f"{kind}_coverage", "rival_coverage"))
        shares = {option: self._support(option) for option in options}
        comparable = np.logical_and.reduce([support.known & (coverage >= rival) for support, coverage in shares.values()])
        for option, (support, coverage) in shares.items():
            rivals = np.max([other.values for name, (other, _) in shares.items() if name != option], axis=0)
            self.facts[f"{kind}.{option}.coverage"] = _masked(coverage, support.known & (coverage >= enough))
            self.facts[f"{kind}.{option}.support"] = _masked(support.values, support.known & (coverage >= least))
            self.facts[f"{kind}.{option}.lead"] = _masked(support.values - rivals, comparable)
        ranked = np.sort(np.stack([support.values for support, _ in shares.values()]), axis=0)[::-1]
        self.facts[f"{kind}.first.support"] = _masked(ranked[0], comparable)
        self.facts[f"{kind}.second.support"] = _masked(ranked[1], comparable)
        self.facts[f"{kind}.margin"] = _masked(ranked[0] - ranked[1], comparable)

    def _support(self, option: str) -> tuple[Column, Numbers]:
        total = 0
        decided, fired, fired_for = (np.zeros(self.count, dtype=np.int64) for _ in range(3))
        for rule in self.rulebase.evidence_on.get(option, ()):
            assert isinstance(rule.then, Evidence)  # noqa: S101 - only evidence is grouped there
            outcome, weight = self.rules[rule.id], rule.then.weight
            total += weight
            decided += weight * outcome.decided
            fired += weight * outcome.fired
            fired_for += weight * outcome.fired if rule.then.supports else 0
        support = np.where(fired > 0, divided(fired_for * ONE, np.maximum(fired, 1)), 0)
        coverage = divided(decided * ONE, np.full(self.count, max(total, 1)))
        return _masked(support, decided > 0), coverage

    def _set_targets(self, rules: Iterable[Rule]) -> None:
        for factor in FACTORS:
            base = [r for r in rules if isinstance(r.then, SetsTarget) and r.then.sets_target == factor]
            adjusting = [r for r in rules if isinstance(r.then, AdjustsTarget) and r.then.adjusts_target == factor]
            setting = sum((self.rules[rule.id].fired.astype(np.int64) for rule in base), np.zeros(self.count, dtype=np.int64))
            if (setting > 1).any():
                rules_named = ", ".join(rule.id for rule in base)
                raise NeedsExamination(Phrase("Rules %(rules)s set the target of %(factor)s at once.", rules=rules_named, factor=factor))
            target = sum((self.rules[r.id].fired * self._amount(r) for r in (*base, *adjusting)), np.zeros(self.count, dtype=np.int64))
            found = _masked(np.clip(target, ONE, 5 * ONE), setting > 0)
            level = self.fact(f"factor.{factor}.level")
            self.facts[f"factor.{factor}.target"] = found
            self.facts[f"factor.{factor}.gap"] = _masked(found.values - level.values, found.known & level.known)

    def _amount(self, rule: Rule) -> int:
        then = rule.then
        name = then.to if isinstance(then, SetsTarget) else then.by if isinstance(then, AdjustsTarget) else ""
        return thousandths(self.parameters[name.removeprefix("$")])

    def _recommend(self) -> None:
        """`recommended.X`: wanted by a rule and excluded by none that fired; unknown where wanting is undecided."""
        excluded = {name: outcome.fired for name, outcome in self._joined(self.rulebase.excluding).items()}
        for name, wanted in self._joined(self.rulebase.recommending).items():
            out = excluded.get(name, np.zeros(self.count, dtype=bool))
            self.facts[f"recommended.{name}"] = _as_fact(Three(wanted.fired & ~out, wanted.denied | out))


def _as_fact(outcome: Three) -> Column:
    return _masked(ONE * outcome.fired, outcome.decided)


def _masked(values: Numbers, known: Marks) -> Column:
    return Column(np.where(known, values, 0).astype(np.int64), known)


def _mean(inputs: Sequence[Column], needed: int) -> Column:
    if not inputs:
        raise ValueError("there is nothing to take the mean of")
    values, known = stacked(inputs)
    count = known.sum(axis=0)
    mean = divided(np.where(known, values, 0).sum(axis=0), np.maximum(count, 1))
    return _masked(mean, (count >= needed) & (count > 0))


def _of_two(operation: str, values: Numbers, known: Marks) -> Column:
    first, second = values[0], values[1]
    if operation == "difference":
        return _masked(first - second, known)
    possible = known & (second != 0)
    return _masked(divided(first * ONE, np.where(second == 0, 1, second)), possible)
