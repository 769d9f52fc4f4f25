"""Checks every reference, threshold and claim of a rule base, and names what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from assess.definitions.conditions import Condition
from assess.definitions.facts import FactDefinition
from assess.definitions.rulebase import Draft, Rule, Rulebase, load_rulebase
from assess.definitions.rules import (
    FACTORS,
    SCREENS,
    STAGES,
    TYPES,
    AdjustsTarget,
    Cautions,
    Concludes,
    Evidence,
    Excludes,
    Limits,
    Recommends,
    ScreenResult,
    SetsTarget,
    StratumName,
)
from assess.definitions.scales import Scale, problem_with, range_of
from assess.definitions.validation import suggestion
from assess.errors import FaultsFound

REQUIRED_PARAMETERS = (
    "support_coverage",
    "rival_coverage",
    "type_coverage",
    "stage_coverage",
    "portfolio_size_default",
    "portfolio_min_share",
    "confidence_known_share",
    "confidence_spread",
    "confidence_coverage",
)
_RISING = {">=", ">"}
_HALF = Decimal("0.5")


def checked_rulebase(folder: Path) -> Rulebase:
    """Read and check a rule base. Raises FaultsFound with every fault."""
    rulebase, draft = load_rulebase(folder)
    for check in (_rules, _parameters, _derived, _factors, _instruments, _vocabulary):
        check(rulebase, draft)
    if draft.faults:
        raise FaultsFound(draft.faults)
    return rulebase


def _rules(rulebase: Rulebase, draft: Draft) -> None:
    for rule in rulebase.rules:
        key = f"rule {rule.id}"
        for problem, remedy in _rule_problems(rule, rulebase):
            draft.fault(key, problem, remedy)


def _rule_problems(rule: Rule, rulebase: Rulebase) -> Iterator[tuple[str, str]]:
    for condition in rule.when + rule.unless:
        yield from _condition_problems(condition, rule, rulebase)
    yield from _claim_problems(rule, rulebase)
    yield from _citation_problems(rule.cite, rulebase)
    yield from _placeholder_problems(rule, rulebase)
    yield from _monotone_problems(rule)
    yield from _contradictions(rule, rulebase)


def _condition_problems(condition: Condition, rule: Rule, rulebase: Rulebase) -> Iterator[tuple[str, str]]:
    fact = rulebase.facts.get(condition.fact)
    if fact is None:
        noun = "indicator" if condition.parameter else "fact"
        yield f"{noun} {condition.fact} does not exist", suggestion(condition.fact, rulebase.facts)
        return
    if fact.known_after >= rule.stratum:
        yield (
            f"reads {condition.fact}, which is known only after stratum {fact.known_after.name.lower()}",
            f"a rule of stratum {rule.stratum.name.lower()} reads lower strata only",
        )
    if condition.is_bare != (fact.scale is Scale.FLAG):
        written = "alone, or after not" if fact.scale is Scale.FLAG else "compared with a $parameter"
        problem = f"condition {condition} does not suit {condition.fact}, which is on scale {fact.scale}"
        yield problem, f"write it {written}"
    elif condition.parameter:
        yield from _threshold_problems(condition, fact, rulebase)


def _threshold_problems(condition: Condition, fact: FactDefinition, rulebase: Rulebase) -> Iterator[tuple[str, str]]:
    parameter = rulebase.parameters.get(condition.parameter or "")
    if parameter is None:
        yield f"parameter ${condition.parameter} does not exist", suggestion(condition.parameter or "", rulebase.parameters)
        return
    for value in (dated.value for dated in parameter.values):
        problem = problem_with(value, fact.scale)
        if problem:
            yield f"${condition.parameter} cannot be reached by {condition.fact}: {problem}", "choose a threshold on the scale"
        elif _is_between_steps(value, fact, rulebase):
            yield (
                f"${condition.parameter} = {value} lies between values that {condition.fact} can take",
                "medians of 1–5 answers move in halves",
            )


def _is_between_steps(value: Decimal, fact: FactDefinition, rulebase: Rulebase) -> bool:
    indicator = rulebase.indicators.get(fact.name)
    return indicator is not None and indicator.scale is Scale.LIKERT and indicator.aggregate == "median" and value % _HALF != 0


def _claim_problems(rule: Rule, rulebase: Rulebase) -> Iterator[tuple[str, str]]:
    then = rule.then
    if isinstance(then, Evidence) and then.option not in TYPES + STAGES:
        yield f"{then.option} is neither a type nor a stage", suggestion(then.option, TYPES + STAGES)
    if isinstance(then, Concludes) and rule.stratum >= StratumName.FLAGS and then.finding is None:
        yield "concludes without a finding", "add finding: the sentence that the report prints"
    if isinstance(then, SetsTarget | AdjustsTarget | Limits):
        name = (then.by if isinstance(then, AdjustsTarget) else then.to).removeprefix("$")
        if name not in rulebase.parameters:
            yield f"parameter ${name} does not exist", suggestion(name, rulebase.parameters)
    if isinstance(then, ScreenResult):
        criteria = {f"{screen}.{criterion}" for screen, names in SCREENS.items() for criterion in names}
        if then.screen not in criteria:
            yield f"{then.screen} is no criterion of a screen", suggestion(then.screen, criteria)
    instrument = _instrument_of(then)
    if instrument is not None and instrument not in rulebase.instruments:
        yield f"instrument {instrument} does not exist", suggestion(instrument, rulebase.instruments)
    if isinstance(then, Recommends):
        yield from _unknown_conclusions(then.closes, rulebase)


def _instrument_of(then: object) -> str | None:
    if isinstance(then, Recommends):
        return then.recommends
    if isinstance(then, Excludes):
        return then.excludes
    return then.cautions if isinstance(then, Cautions) else None


def _unknown_conclusions(names: tuple[str, ...], rulebase: Rulebase) -> Iterator[tuple[str, str]]:
    conclusions = {name for name, fact in rulebase.facts.items() if fact.is_conclusion}
    for name in names:
        if name not in conclusions:
            yield f"closes {name}, which no rule concludes", suggestion(name, conclusions)


def _citation_problems(citations: tuple[tuple[str, str], ...], rulebase: Rulebase) -> Iterator[tuple[str, str]]:
    for source, locator in citations:
        if source not in rulebase.sources:
            yield f"source {source} does not exist", suggestion(source, rulebase.sources)
        if not locator.strip():
            yield f"cites {source} without a locator", "name the section, table, exhibit or case"


def _placeholder_problems(rule: Rule, rulebase: Rulebase) -> Iterator[tuple[str, str]]:
    readable = {condition.fact for condition in rule.when + rule.unless} | {f"${name}" for name in rulebase.parameters}
    for name in sorted(rule.placeholders() - readable):
        yield f"prints {{{name}}}, which the rule does not read", suggestion(name, readable) or "print only what the conditions name"


def _monotone_problems(rule: Rule) -> Iterator[tuple[str, str]]:
    for name, direction in rule.monotone:
        operators = {condition.operator for condition in rule.conditions if condition.fact == name}
        if not operators:
            yield f"declares {name} monotone but does not read it", ""
        elif any((operator in _RISING) != (direction == "up") or operator == "=" for operator in operators):
            yield f"is not monotone {direction} in {name}", "correct the declaration or the condition"


def _contradictions(rule: Rule, rulebase: Rulebase) -> Iterator[tuple[str, str]]:
    """A rule whose tests on one fact exclude each other can never fire."""
    for name in {condition.fact for condition in rule.conditions}:
        low, high = _bounds(name, [c for c in rule.conditions if c.fact == name], rulebase)
        if low > high:
            yield f"can never fire: its conditions on {name} exclude each other", "use separate rules for alternatives"


def _bounds(fact: str, conditions: list[Condition], rulebase: Rulebase) -> tuple[Decimal, Decimal]:
    step = Decimal("0.001")
    low, high = range_of(rulebase.facts[fact].scale) if fact in rulebase.facts else (Decimal("-Infinity"), Decimal("Infinity"))
    for condition in conditions:
        parameter = rulebase.parameters.get(condition.parameter or "")
        if condition.parameter and parameter is None:
            continue
        value = parameter.values[-1].value if parameter else Decimal(condition.threshold)
        if condition.operator in (">=", ">", "="):
            low = max(low, value + (step if condition.operator == ">" else 0))
        if condition.operator in ("<=", "<", "="):
            high = min(high, value - (step if condition.operator == "<" else 0))
    return low, high


def _parameters(rulebase: Rulebase, draft: Draft) -> None:
    used = {condition.parameter for rule in rulebase.rules for condition in rule.when + rule.unless}
    used |= {name.removeprefix("$") for rule in rulebase.rules for name in _settings(rule)}
    used |= {name[1:] for rule in rulebase.rules for name in rule.placeholders() if name.startswith("$")}
    used |= {(entry.at_least or entry.at_most or "").removeprefix("$") for entry in rulebase.derived}
    for name, parameter in rulebase.parameters.items():
        key = f"parameter {name}"
        if name not in used and name not in REQUIRED_PARAMETERS:
            draft.fault(key, "is used by nothing", "delete it, or use it")
        if parameter.cite[0] not in rulebase.sources:
            draft.fault(key, f"source {parameter.cite[0]} does not exist", suggestion(parameter.cite[0], rulebase.sources))
        if [dated.since for dated in parameter.values] != sorted({dated.since for dated in parameter.values}):
            draft.fault(key, "its values are not in order of date", "put the oldest first, each date once")
        for dated in parameter.values:
            if problem := problem_with(dated.value, parameter.scale):
                draft.fault(key, problem)


def _settings(rule: Rule) -> tuple[str, ...]:
    if isinstance(rule.then, AdjustsTarget):
        return (rule.then.by,)
    return (rule.then.to,) if isinstance(rule.then, SetsTarget | Limits) else ()


def _derived(rulebase: Rulebase, draft: Draft) -> None:
    earlier = {name for name in rulebase.facts if name not in {entry.id for entry in rulebase.derived}}
    for entry in rulebase.derived:
        key = f"derived {entry.id}"
        for name in entry.inputs:
            if name not in earlier:
                remedy = "declare it before" if name in rulebase.facts else suggestion(name, rulebase.facts)
                draft.fault(key, f"is computed from {name}, which is not known by then", remedy)
        limit = (entry.at_least or entry.at_most or "").removeprefix("$")
        if limit and limit not in rulebase.parameters:
            draft.fault(key, f"parameter ${limit} does not exist", suggestion(limit, rulebase.parameters))
        if entry.known is not None and entry.known > len(entry.inputs):
            draft.fault(key, f"needs {entry.known} known inputs but has {len(entry.inputs)}")
        earlier.add(entry.id)


def _factors(rulebase: Rulebase, draft: Draft) -> None:
    for name, factor in rulebase.factors.items():
        key = f"factor {name}"
        for indicator in factor.indicators:
            if indicator not in rulebase.indicators:
                draft.fault(key, f"indicator {indicator} does not exist", suggestion(indicator, rulebase.indicators))
            elif rulebase.indicators[indicator].scale is not Scale.LIKERT:
                draft.fault(
                    key, f"{indicator} is on scale {rulebase.indicators[indicator].scale}", "a level is a mean of ratings from 1 to 5"
                )
        if factor.known > len(factor.indicators):
            draft.fault(key, f"needs {factor.known} known indicators but has {len(factor.indicators)}")
        for problem, remedy in _citation_problems(factor.cite, rulebase):
            draft.fault(key, problem, remedy)


def _instruments(rulebase: Rulebase, draft: Draft) -> None:
    recommended = {rule.then.recommends for rule in rulebase.rules if isinstance(rule.then, Recommends)}
    for name, instrument in rulebase.instruments.items():
        key = f"instrument {name}"
        for problem, remedy in (*_unknown_conclusions(instrument.closes, rulebase), *_citation_problems(instrument.cite, rulebase)):
            draft.fault(key, problem, remedy)
        if name not in recommended:
            draft.fault(key, "is recommended by no rule", "write a rule that recommends it, or delete it")


def _vocabulary(rulebase: Rulebase, draft: Draft) -> None:
    """The whole chain must be there: every type, stage, factor, criterion and setting that the engine works with."""
    place = (draft.documents["rulebase"], ())
    conclusions = {name for name, fact in rulebase.facts.items() if fact.is_conclusion}
    needed = {f"type.{option}" for option in (*TYPES, "hybrid")} | {f"stage.{option}" for option in STAGES}
    needed |= {f"screen.{s}.{c}.{r}" for s, names in SCREENS.items() for c in names for r in ("pass", "fail")}
    missing = [f"no rule concludes {name}" for name in sorted(needed - conclusions)]
    missing += [f"parameter ${name} is not declared" for name in REQUIRED_PARAMETERS if name not in rulebase.parameters]
    missing += [f"factor {name} is not declared" for name in FACTORS if name not in rulebase.factors]
    draft.faults += [place[0].fault(place[1], "rule base", problem) for problem in missing]
