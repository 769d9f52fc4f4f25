"""Why a conclusion was drawn, or why not, followed from the rule to the facts, the answers and the source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assess.definitions.numbers import from_thousandths
from assess.definitions.rulebase import Rule
from assess.definitions.rules import (
    FACTORS,
    FLAGS,
    STAGES,
    TYPES,
    AdjustsTarget,
    Advises,
    Cautions,
    Concludes,
    Evidence,
    Excludes,
    GrantCondition,
    Limits,
    Recommends,
    ScreenResult,
    SetsTarget,
)
from assess.definitions.scales import written
from assess.definitions.validation import suggestion
from assess.engine.diagnosis import Diagnosis
from assess.engine.evaluation import Outcome, TestTrace
from assess.engine.wording import filled, written_fact
from assess.errors import AssessError

_MOST_NEAR_MISSES = 8
_MARKS = {True: "✓", False: "✗", None: "?"}


def explanation(diagnosis: Diagnosis, wanted: str) -> str:
    """Explain a type, stage, flag, factor, screen criterion, instrument, advice, finding or rule.

    Raises AssessError when nothing of that name can be concluded.
    """
    rules = rules_about(diagnosis, wanted)
    if not rules:
        names = _names(diagnosis)
        hint = suggestion(wanted, names) or "see the ids in `assess diagnose --format json`"
        raise AssessError(f"There is no conclusion, factor, instrument or rule called {wanted!r}; {hint}")
    return "\n".join(_lines(diagnosis, wanted, rules))


def _lines(diagnosis: Diagnosis, wanted: str, rules: list[Rule]) -> Iterator[str]:
    yield f"{diagnosis.cluster.name}, {diagnosis.year}: {wanted}"
    yield from _result(diagnosis, wanted)
    groups = {outcome: [rule for rule in rules if diagnosis.inferred.outcome(rule) is outcome] for outcome in Outcome}
    if groups[Outcome.FIRED]:
        yield "\nWhy"
        for rule in groups[Outcome.FIRED]:
            yield from _rule_lines(diagnosis, rule)
    if groups[Outcome.NOT_FIRED]:
        yield "\nWhy not (nearest first)"
        nearest = sorted(groups[Outcome.NOT_FIRED], key=lambda rule: distance(diagnosis, rule))
        for rule in nearest[:_MOST_NEAR_MISSES]:
            yield from _rule_lines(diagnosis, rule)
        if len(nearest) > _MOST_NEAR_MISSES:
            yield f"  … and {len(nearest) - _MOST_NEAR_MISSES} rules further away"
    if groups[Outcome.UNDETERMINED]:
        yield "\nUndetermined"
        for rule in groups[Outcome.UNDETERMINED]:
            yield from _rule_lines(diagnosis, rule)
        yield f"\nUnknown: {', '.join(diagnosis.missing_for(groups[Outcome.UNDETERMINED])) or 'nothing that answers could supply'}"
    yield from _source_lines(diagnosis, rules)


def _result(diagnosis: Diagnosis, wanted: str) -> Iterator[str]:
    for kind, found in (("type", diagnosis.type), ("stage", diagnosis.stage)):
        if wanted in (kind, *found.supports):
            mixed = f" of {' and '.join(found.mixed_of)}" if found.mixed_of else ""
            yield f"  {kind}: {found.label}{mixed}"
            for name, support in found.supports.items():
                value = "unknown" if support.support is None else f"{support.support:.3f}"
                yield f"    {name:<20} support {value}, evidence available {support.coverage:.0%}"
    if wanted in FACTORS:
        factor = diagnosis.factors[wanted]
        numbers = ", ".join(
            f"{n} {'unknown' if v is None else v}" for n, v in (("level", factor.level), ("target", factor.target), ("gap", factor.gap))
        )
        yield f"  {numbers}; severity {factor.severity or 'unknown'}, confidence {factor.confidence.value if factor.confidence else 'none'}"
        yield from _fact_lines(diagnosis, diagnosis.rulebase.factors[wanted].indicators)
    if wanted in diagnosis.inferred.conclusions:
        yield f"  {diagnosis.inferred.conclusions[wanted].value}"


def _rule_lines(diagnosis: Diagnosis, rule: Rule) -> Iterator[str]:
    facts, parameters = diagnosis.inferred.facts, diagnosis.inferred.parameters
    because = filled(rule.because, diagnosis.rulebase, facts, parameters) if diagnosis.inferred.outcome(rule) is Outcome.FIRED else ""
    yield f"  {rule.id} → {claim(rule)}" + (f": {because}" if because else "")
    for condition, test in zip(rule.conditions, diagnosis.inferred.traces[rule.id].tests, strict=True):
        yield f"    {_MARKS[test.holds]} {condition}{_against(diagnosis, test)}"
    yield "    source: " + "; ".join(f"{source}, {locator}" for source, locator in rule.cite) + f" ({rule.file}:{rule.line})"


def _against(diagnosis: Diagnosis, test: TestTrace) -> str:
    fact = diagnosis.rulebase.facts[test.fact]
    if fact.is_conclusion:
        return "" if test.value is not None else " (undetermined)"
    value = written_fact(test.fact, diagnosis.rulebase, diagnosis.inferred.facts) if test.value is not None else "unknown"
    margin = "" if test.margin is None else f", margin {from_thousandths(test.margin):+}"
    return f": {value} against {written(from_thousandths(test.threshold), fact.scale)}{margin}{_basis(diagnosis, test.fact)}"


def _basis(diagnosis: Diagnosis, fact: str) -> str:
    measure = diagnosis.measures.get(fact)
    if measure is None:
        return ""
    if measure.value is None:
        return f" [{measure.reason}]" if measure.reason else ""
    parts = [measure.origin.value if measure.origin else ""]
    parts += [f"n = {measure.n}" if measure.n is not None else "", f"spread {measure.spread}" if measure.spread is not None else ""]
    return f" [{', '.join(part for part in parts if part)}]"


def _fact_lines(diagnosis: Diagnosis, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield f"    {name}: {written_fact(name, diagnosis.rulebase, diagnosis.inferred.facts)}{_basis(diagnosis, name)}"


def _source_lines(diagnosis: Diagnosis, rules: list[Rule]) -> Iterator[str]:
    yield "\nSources"
    for name in dict.fromkeys(source for rule in rules for source, _ in rule.cite):
        yield f"  {name}: {diagnosis.rulebase.sources[name].reference}"


def distance(diagnosis: Diagnosis, rule: Rule) -> tuple[int, int]:
    """How far a rule was from firing: the number of failed conditions, then the sum of what they fell short by (thousandths)."""
    failed = [test for test in diagnosis.inferred.traces[rule.id].tests if test.holds is False]
    return len(failed), sum(abs(test.margin or 0) for test in failed)


def rules_about(diagnosis: Diagnosis, wanted: str) -> list[Rule]:
    names = {wanted, wanted.removeprefix("screen."), wanted.removeprefix("instrument.")}
    return [rule for rule in diagnosis.rulebase.rules if names & set(_subjects(rule))]


def _subjects(rule: Rule) -> Iterator[str]:
    """The names under which a rule can be asked for."""
    yield rule.id
    then = rule.then
    if isinstance(then, Evidence):
        yield then.option
        yield "type" if then.option in TYPES else "stage"
    elif isinstance(then, Concludes):
        yield then.concludes
        first, _, rest = then.concludes.partition(".")
        yield rest if first in ("type", "stage", "flag") else first
        yield {"type": "type", "stage": "stage"}.get(first, "") or rest.partition(".")[0]
    elif isinstance(then, SetsTarget):
        yield then.sets_target
    elif isinstance(then, AdjustsTarget):
        yield then.adjusts_target
    elif isinstance(then, ScreenResult):
        yield from (then.screen, f"{then.screen}.{then.result}", then.screen.partition(".")[2])
    elif isinstance(then, Recommends):
        yield then.recommends
    elif isinstance(then, Excludes):
        yield then.excludes
    elif isinstance(then, Cautions):
        yield then.cautions
    elif isinstance(then, Limits):
        yield then.limits
    elif isinstance(then, GrantCondition):
        yield then.condition


def _names(diagnosis: Diagnosis) -> set[str]:
    return {name for rule in diagnosis.rulebase.rules for name in _subjects(rule) if name} | set(FLAGS) | set(STAGES)


def claim(rule: Rule) -> str:
    then = rule.then
    if isinstance(then, Evidence):
        return f"{'supports' if then.supports else 'opposes'} {then.option} (weight {then.weight})"
    if isinstance(then, Recommends):
        return f"recommends {then.recommends} (weight {then.weight})"
    if isinstance(then, Advises):
        return f"advises {then.advises.value}"
    first = next(iter(then))
    return f"{first[0].replace('_', ' ')} {first[1]}"
