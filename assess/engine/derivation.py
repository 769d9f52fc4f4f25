"""Numbers computed between strata: derived facts, factor levels, supports and their margins. All in thousandths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from assess.definitions.numbers import ONE, thousandths
from assess.definitions.rulebase import Rule, Rulebase
from assess.definitions.rules import FACTORS, STAGES, TYPES, AdjustsTarget, Derived, SetsTarget, StratumName
from assess.engine.compiled import Facts
from assess.engine.evaluation import Outcome
from assess.errors import NeedsExamination
from assess.phrases import Phrase

Parameters = Mapping[str, Decimal]
Outcomes = Mapping[str, Outcome]


def factor_levels(rulebase: Rulebase, facts: Facts) -> dict[str, int]:
    """Level of each factor: the mean of its known indicators, where enough of them are known."""
    levels = {}
    for name, factor in rulebase.factors.items():
        known = [facts[indicator] for indicator in factor.indicators if indicator in facts]
        if len(known) >= factor.known:
            levels[f"factor.{name}.level"] = _divided(sum(known), len(known))
    return levels


def derived_facts(rulebase: Rulebase, after: StratumName, facts: Facts, parameters: Parameters) -> dict[str, int]:
    """Every derived fact whose inputs are complete once stratum `after` is closed; absent where too little is known."""
    found: dict[str, int] = {}
    for entry in rulebase.derived_after(after):
        known = [value for name in entry.inputs if (value := found.get(name, facts.get(name))) is not None]
        result = _derive(entry, known, parameters) if len(known) >= (entry.known or len(entry.inputs)) else None
        if result is not None:
            found[entry.id] = result
    return found


def _derive(entry: Derived, known: Sequence[int], parameters: Parameters) -> int | None:
    if entry.operation == "mean":
        return _divided(sum(known), len(known))
    if entry.operation == "difference":
        return known[0] - known[1] if len(known) == 2 else None
    if entry.operation == "ratio":
        return _divided(known[0] * ONE, known[1]) if len(known) == 2 and known[1] else None
    if entry.operation == "count_where":
        return ONE * sum(_counts(value, entry, parameters) for value in known)
    return {"sum": sum, "minimum": min, "maximum": max}[entry.operation](known)  # type: ignore[operator, no-any-return]


def _counts(value: int, entry: Derived, parameters: Parameters) -> bool:
    if entry.at_least is not None:
        return value >= thousandths(parameters[entry.at_least.removeprefix("$")])
    return value <= thousandths(parameters[(entry.at_most or "").removeprefix("$")])


def tally(rulebase: Rulebase, outcomes: Outcomes, parameters: Parameters) -> dict[str, int]:
    """Support, coverage and lead of every type and every stage from the outcomes of the evidence rules.

    Support is the fired weight for ÷ all fired weight (0 when none fired, absent when nothing could be decided); coverage the
    decided weight ÷ all weight. A support is known from `support_coverage` on, a coverage from `type_coverage` or `stage_coverage`,
    leads and margins once every option reaches `rival_coverage`.
    """
    shares = all_supports(rulebase, outcomes)
    facts = _support_facts("type", {option: shares[option] for option in TYPES}, parameters)
    return facts | _support_facts("stage", {option: shares[option] for option in STAGES}, parameters)


def all_supports(rulebase: Rulebase, outcomes: Outcomes) -> dict[str, tuple[int | None, int]]:
    """Support (None where no evidence could be decided) and coverage of every type and stage, however thin the evidence."""
    return {option: _support(rulebase.evidence_on.get(option, ()), outcomes) for option in TYPES + STAGES}


def _support(evidence: Iterable[Rule], outcomes: Outcomes) -> tuple[int | None, int]:
    total = decided = fired = fired_for = 0
    for rule in evidence:
        weight, outcome = rule.then.weight, outcomes[rule.id]  # type: ignore[union-attr]  # only Evidence is grouped here
        total += weight
        if outcome is not Outcome.UNDETERMINED:
            decided += weight
        if outcome is Outcome.FIRED:
            fired += weight
            fired_for += weight if rule.then.supports else 0  # type: ignore[union-attr]
    coverage = _divided(decided * ONE, total) if total else 0
    if not decided:
        return None, coverage
    return (_divided(fired_for * ONE, fired) if fired else 0), coverage


def _support_facts(kind: str, shares: Mapping[str, tuple[int | None, int]], parameters: Parameters) -> dict[str, int]:
    """What rules may read; whatever rests on too little evidence is left unknown, so that no rule takes it for a denial."""
    least, enough = thousandths(parameters["support_coverage"]), thousandths(parameters[f"{kind}_coverage"])
    known = {option: support for option, (support, _) in shares.items() if support is not None}
    rivals_known = all(coverage >= thousandths(parameters["rival_coverage"]) for _, coverage in shares.values())
    comparable = rivals_known and len(known) == len(shares)
    facts: dict[str, int] = {}
    for option, support in known.items():
        coverage = shares[option][1]
        facts |= {f"{kind}.{option}.coverage": coverage} if coverage >= enough else {}
        facts |= {f"{kind}.{option}.support": support} if coverage >= least else {}
        if comparable:
            facts[f"{kind}.{option}.lead"] = support - max(rival for other, rival in known.items() if other != option)
    return facts | (_ranking_facts(kind, known) if comparable else {})


def _ranking_facts(kind: str, supports: Mapping[str, int]) -> dict[str, int]:
    first, second = sorted(supports.values(), reverse=True)[:2]
    return {f"{kind}.first.support": first, f"{kind}.second.support": second, f"{kind}.margin": first - second}


def targets(rules: Iterable[Rule], outcomes: Outcomes, facts: Facts, parameters: Parameters) -> dict[str, int]:
    """Target and gap (target − level) of each factor; a target stays on the scale 1–5.

    Raises NeedsExamination when two rules set the same target.
    """
    fired = [rule for rule in rules if outcomes[rule.id] is Outcome.FIRED]
    found: dict[str, int] = {}
    for factor in FACTORS:
        base = [rule for rule in fired if isinstance(rule.then, SetsTarget) and rule.then.sets_target == factor]
        if len(base) > 1:
            rules_named = ", ".join(rule.id for rule in base)
            raise NeedsExamination(Phrase("Rules %(rules)s set the target of %(factor)s at once.", rules=rules_named, factor=factor))
        if base:
            found |= _target_facts(factor, base[0], fired, facts, parameters)
    return found


def _target_facts(factor: str, base: Rule, fired: Iterable[Rule], facts: Facts, parameters: Parameters) -> dict[str, int]:
    names = [base.then.to] if isinstance(base.then, SetsTarget) else []
    names += [rule.then.by for rule in fired if isinstance(rule.then, AdjustsTarget) and rule.then.adjusts_target == factor]
    target = sum(thousandths(parameters[name.removeprefix("$")]) for name in names)
    target = min(max(target, ONE), 5 * ONE)
    level = facts.get(f"factor.{factor}.level")
    gap = {} if level is None else {f"factor.{factor}.gap": target - level}
    return {f"factor.{factor}.target": target} | gap


def _divided(numerator: int, denominator: int) -> int:
    """Divide by a positive number and round half away from zero."""
    away = (2 * abs(numerator) + denominator) // (2 * denominator)
    return away if numerator >= 0 else -away
