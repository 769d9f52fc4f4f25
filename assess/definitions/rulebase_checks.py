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
from assess.definitions.subjects import named
from assess.definitions.validation import suggestion
from assess.errors import FaultsFound
from assess.phrases import Phrase

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
        key = named("rule", rule.id)
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
        missing = _no_indicator(condition.fact) if condition.parameter else Phrase("fact %(name)s does not exist", name=condition.fact)
        yield missing, suggestion(condition.fact, rulebase.facts)
        return
    if fact.known_after >= rule.stratum:
        after, stratum = fact.known_after.name.lower(), rule.stratum.name.lower()
        problem = Phrase("reads %(name)s, which is known only after stratum %(stratum)s", name=condition.fact, stratum=after)
        yield problem, Phrase("a rule of stratum %(stratum)s reads lower strata only", stratum=stratum)
    if condition.is_bare != (fact.scale is Scale.FLAG):
        problem = Phrase(
            "condition %(condition)s does not suit %(name)s, which is on scale %(scale)s",
            condition=str(condition),
            name=condition.fact,
            scale=fact.scale.value,
        )
        alone = fact.scale is Scale.FLAG
        yield problem, Phrase("write it alone, or after not") if alone else Phrase("write it compared with a $parameter")
    elif condition.parameter:
        yield from _threshold_problems(condition, fact, rulebase)


def _threshold_problems(condition: Condition, fact: FactDefinition, rulebase: Rulebase) -> Iterator[tuple[str, str]]:
    parameter = rulebase.parameters.get(condition.parameter or "")
    if parameter is None:
        yield _no_parameter(condition.parameter or ""), suggestion(condition.parameter or "", rulebase.parameters)
        return
    for value in (dated.value for dated in parameter.values):
        problem = problem_with(value, fact.scale)
        if problem:
            unreached = Phrase(
                "%(parameter)s cannot be reached by %(name)s: %(problem)s",
                parameter=condition.threshold,
                name=condition.fact,
                problem=problem,
            )
            yield unreached, Phrase("choose a threshold on the scale")
        elif _is_between_steps(value, fact, rulebase):
            between = Phrase(
                "%(parameter)s = %(value)s lies between values that %(name)s can take",
                parameter=condition.threshold,
                value=value,
                name=condition.fact,
            )
            yield between, Phrase("medians of 1–5 answers move in halves")


def _is_between_steps(value: Decimal, fact: FactDefinition, rulebase: Rulebase) -> bool:
    indicator = rulebase.indicators.get(fact.name)
    return indicator is not None and indicator.scale is Scale.LIKERT and indicator.aggregate == "median" and value % _HALF != 0


def _claim_problems(rule: Rule, rulebase: Rulebase) -> Iterator[tuple[str, str]]:
    then = rule.then
    if isinstance(then, Evidence) and then.option not in TYPES + STAGES:
        yield Phrase("%(option)s is neither a type nor a stage", option=then.option), suggestion(then.option, TYPES + STAGES)
    if isinstance(then, Concludes) and rule.stratum >= StratumName.FLAGS and then.finding is None:
        yield Phrase("concludes without a finding"), Phrase("add finding: the sentence that the report prints")
    if isinstance(then, SetsTarget | AdjustsTarget | Limits):
        name = (then.by if isinstance(then, AdjustsTarget) else then.to).removeprefix("$")
        if name not in rulebase.parameters:
            yield _no_parameter(name), suggestion(name, rulebase.parameters)
    if isinstance(then, ScreenResult):
        criteria = {f"{screen}.{criterion}" for screen, names in SCREENS.items() for criterion in names}
        if then.screen not in criteria:
            yield Phrase("%(criterion)s is no criterion of a screen", criterion=then.screen), suggestion(then.screen, criteria)
    instrument = _instrument_of(then)
    if instrument is not None and instrument not in rulebase.instruments:
        yield Phrase("instrument %(name)s does not exist", name=instrument), suggestion(instrument, rulebase.instruments)
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
            yield Phrase("closes %(name)s, which no rule concludes", name=name), suggestion(name, conclusions)


def _citation_problems(citations: tuple[tuple[str, str], ...], rulebase: Rulebase) -> Iterator[tuple[str, str]]:
    for source, locator in citations:
        if source not in rulebase.sources:
            yield _no_source(source), suggestion(source, rulebase.sources)
        if not locator.strip():
            problem = Phrase("cites %(source)s without a locator", source=source)
            yield problem, Phrase("name the section, table, exhibit or case")


def _placeholder_problems(rule: Rule, rulebase: Rulebase) -> Iterator[tuple[str, str]]:
    readable = {condition.fact for condition in rule.when + rule.unless} | {f"${name}" for name in rulebase.parameters}
    for name in sorted(rule.placeholders() - readable):
        problem = Phrase("prints %(placeholder)s, which the rule does not read", placeholder=f"{{{name}}}")
        yield problem, suggestion(name, readable) or Phrase("print only what the conditions name")


def _monotone_problems(rule: Rule) -> Iterator[tuple[str, str]]:
    for name, direction in rule.monotone:
        operators = {condition.operator for condition in rule.conditions if condition.fact == name}
        if not operators:
            yield Phrase("declares %(name)s monotone but does not read it", name=name), ""
        elif any((operator in _RISING) != (direction == "up") or operator == "=" for operator in operators):
            problem = Phrase("is not monotone %(direction)s in %(name)s", direction=direction, name=name)
            yield problem, Phrase("correct the declaration or the condition")


def _contradictions(rule: Rule, rulebase: Rulebase) -> Iterator[tuple[str, str]]:
    """A rule whose tests on one fact exclude each other can never fire."""
    for name in {condition.fact for condition in rule.conditions}:
        low, high = _bounds(name, [c for c in rule.conditions if c.fact == name], rulebase)
        if low > high:
            problem = Phrase("can never fire: its conditions on %(name)s exclude each other", name=name)
            yield problem, Phrase("use separate rules for alternatives")


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
        key = named("parameter", name)
        if name not in used and name not in REQUIRED_PARAMETERS:
            draft.fault(key, Phrase("is used by nothing"), Phrase("delete it, or use it"))
        if parameter.cite[0] not in rulebase.sources:
            draft.fault(key, _no_source(parameter.cite[0]), suggestion(parameter.cite[0], rulebase.sources))
        if [dated.since for dated in parameter.values] != sorted({dated.since for dated in parameter.values}):
            draft.fault(key, Phrase("its values are not in order of date"), Phrase("put the oldest first, each date once"))
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
        key = named("derived", entry.id)
        for name in entry.inputs:
            if name not in earlier:
                remedy = Phrase("declare it before") if name in rulebase.facts else suggestion(name, rulebase.facts)
                draft.fault(key, Phrase("is computed from %(name)s, which is not known by then", name=name), remedy)
        limit = (entry.at_least or entry.at_most or "").removeprefix("$")
        if limit and limit not in rulebase.parameters:
            draft.fault(key, _no_parameter(limit), suggestion(limit, rulebase.parameters))
        if entry.known is not None and entry.known > len(entry.inputs):
            draft.fault(key, Phrase("needs %(known)s known inputs but has %(all)s", known=entry.known, all=len(entry.inputs)))
        earlier.add(entry.id)


def _factors(rulebase: Rulebase, draft: Draft) -> None:
    for name, factor in rulebase.factors.items():
        key = named("factor", name)
        for indicator in factor.indicators:
            if indicator not in rulebase.indicators:
                draft.fault(key, _no_indicator(indicator), suggestion(indicator, rulebase.indicators))
            elif (scale := rulebase.indicators[indicator].scale) is not Scale.LIKERT:
                problem = Phrase("%(name)s is on scale %(scale)s", name=indicator, scale=scale.value)
                draft.fault(key, problem, Phrase("a level is a mean of ratings from 1 to 5"))
        if factor.known > len(factor.indicators):
            draft.fault(key, Phrase("needs %(known)s known indicators but has %(all)s", known=factor.known, all=len(factor.indicators)))
        for cited, remedy in _citation_problems(factor.cite, rulebase):
            draft.fault(key, cited, remedy)


def _instruments(rulebase: Rulebase, draft: Draft) -> None:
    recommended = {rule.then.recommends for rule in rulebase.rules if isinstance(rule.then, Recommends)}
    for name, instrument in rulebase.instruments.items():
        key = named("instrument", name)
        for problem, remedy in (*_unknown_conclusions(instrument.closes, rulebase), *_citation_problems(instrument.cite, rulebase)):
            draft.fault(key, problem, remedy)
        if name not in recommended:
            draft.fault(key, Phrase("is recommended by no rule"), Phrase("write a rule that recommends it, or delete it"))


def _vocabulary(rulebase: Rulebase, draft: Draft) -> None:
    """The whole chain must be there: every type, stage, factor, criterion and setting that the engine works with."""
    place = (draft.documents["rulebase"], ())
    conclusions = {name for name, fact in rulebase.facts.items() if fact.is_conclusion}
    needed = {f"type.{option}" for option in (*TYPES, "hybrid")} | {f"stage.{option}" for option in STAGES}
    needed |= {f"screen.{s}.{c}.{r}" for s, names in SCREENS.items() for c in names for r in ("pass", "fail")}
    missing = [Phrase("no rule concludes %(name)s", name=name) for name in sorted(needed - conclusions)]
    missing += [
        Phrase("parameter %(name)s is not declared", name=f"${name}") for name in REQUIRED_PARAMETERS if name not in rulebase.parameters
    ]
    missing += [Phrase("factor %(name)s is not declared", name=name) for name in FACTORS if name not in rulebase.factors]
    draft.faults += [place[0].fault(place[1], Phrase("rule base"), problem) for problem in missing]


def _no_parameter(name: str) -> Phrase:
    return Phrase("parameter %(name)s does not exist", name=f"${name}")


def _no_indicator(name: str) -> Phrase:
    return Phrase("indicator %(name)s does not exist", name=name)


def _no_source(name: str) -> Phrase:
    return Phrase("source %(name)s does not exist", name=name)
