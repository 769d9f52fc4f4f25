"""What is behind a conclusion: the rules that drew it, those that did not, nearest first, and what is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session

from assess.definitions.rulebase import Rule, Rulebase
from assess.definitions.rulebase_words import place_in_words, rulebase_texts, source_in_words
from assess.definitions.rules import Source
from assess.definitions.words import ENGLISH
from assess.engine.diagnosis import Diagnosis
from assess.engine.document import trace_of
from assess.engine.evaluation import Outcome
from assess.engine.what_if import diagnosed_again
from assess.phrases import message
from assess.reports import names
from assess.reports.classification import Classification, classification
from assess.reports.dossier import Dossier
from assess.reports.explanation import distance, rules_about
from assess.reports.factors import Factor, factors
from assess.web.finding_pages.case import Case, diagnosed_case, engine, rulebase_of
from assess.web.finding_pages.firmness import severity
from assess.web.finding_pages.subjects import Subject, address_of_fact, claimed, subject, title_of
from assess.web.frames import Entry, Frame
from assess.web.wording import spoken, words

NEAREST = 8
"""Rules that did not fire which are shown at first."""
_NEEDS = {
    ">=": message("at least %(threshold)s"),
    ">": message("more than %(threshold)s"),
    "<=": message("at most %(threshold)s"),
    "<": message("less than %(threshold)s"),
    "=": message("exactly %(threshold)s"),
}
_HOLDS = {
    True: ("holds", message("met"), "good"),
    False: ("does not hold", message("not met"), "bad"),
    None: ("unknown", message("unknown"), "none"),
}
"""Of a condition: its word in English, the one that other languages translate, and the tone of a badge."""
_DRAWN = {None: message("undetermined"), 0: message("not drawn"), 1: message("drawn")}
_OUTCOMES = {
    Outcome.FIRED: message("This conclusion is drawn."),
    Outcome.NOT_FIRED: message("This conclusion is not drawn."),
    Outcome.UNDETERMINED: message("This conclusion is undetermined."),
}


@dataclass(frozen=True, slots=True)
class TestLine:
    """One condition of a rule: the figure, what it needs, how far apart they are, and what the figure rests on."""

    state: str
    tone: str
    fact: str
    address: str
    value: str
    needs: str
    margin: str
    basis: str


@dataclass(frozen=True, slots=True)
class RuleCard:
    """One rule: what it claims, what it says with its figures, its conditions, and where it comes from."""

    rule: str
    address: str
    claims: str
    text: str
    tests: tuple[TestLine, ...]
    cited: str
    written_in: str


@dataclass(frozen=True, slots=True)
class WhyPage:
    """Why, why not, and what is unknown. `further` counts rules that did not fire and are not shown."""

    frame: Frame
    tabs: tuple[Entry, ...]
    title: str
    outcome: str
    classification: Classification | None
    factor: Factor | None
    factor_says: str
    fired: tuple[RuleCard, ...]
    near: tuple[RuleCard, ...]
    further: int
    all_of_them: str
    """The address of the page with every rule that did not fire."""
    undetermined: tuple[RuleCard, ...]
    missing: tuple[str, ...]
    follows: tuple[Subject, ...]
    works: tuple[str, ...]


def why_page(session: Session, wanted: str, *, everything: bool) -> WhyPage | None:
    """Return the page about a conclusion; None where nothing of that name can be concluded."""
    case = diagnosed_case(session)
    again = diagnosed_again(case.document, rulebase_of(case.round), engine())
    rules = rules_about(again, wanted)
    if not rules:
        return None
    dossier = case.dossier()
    by_outcome = {outcome: [rule for rule in rules if again.inferred.outcome(rule) is outcome] for outcome in Outcome}
    near = sorted(by_outcome[Outcome.NOT_FIRED], key=lambda rule: distance(again, rule))
    shown = near if everything else near[:NEAREST]
    factor = next((one for one in factors(dossier).factors if one.id == wanted), None)
    title = title_of(case, dossier, again.rulebase, wanted)

    def cards(some: Iterable[Rule]) -> tuple[RuleCard, ...]:
        return tuple(_card(case, dossier, again, rule) for rule in some)

    return WhyPage(
        frame=case.frame(words().say("Why: %(what)s", what=title), beneath="diagnosis"),
        tabs=case.tabs(),
        title=title,
        outcome=_outcome(again, wanted),
        classification=_classification(dossier, wanted),
        factor=factor,
        factor_says=_factor_says(factor) if factor else "",
        fired=cards(by_outcome[Outcome.FIRED]),
        near=cards(shown),
        further=len(near) - len(shown),
        all_of_them=f"{case.why(wanted)}?all=1",
        undetermined=cards(by_outcome[Outcome.UNDETERMINED]),
        missing=dossier.labels(again.missing_for(by_outcome[Outcome.UNDETERMINED])),
        follows=tuple(_follows(case, dossier, again, rules)),
        works=_works(again, rules),
    )


def _outcome(again: Diagnosis, wanted: str) -> str:
    for name in (wanted, f"flag.{wanted}", f"type.{wanted}", f"stage.{wanted}"):
        if name in again.inferred.conclusions:
            return words().say(_OUTCOMES[again.inferred.conclusions[name]])
    return ""


def _factor_says(factor: Factor) -> str:
    values = {"level": factor.level, "target": factor.target, "gap": factor.gap}
    values |= {"severity": severity(factor.severity), "confidence": words().say(names.CONFIDENCES[factor.confidence])}
    if not factor.limits:
        return words().say("Level %(level)s, target %(target)s, gap %(gap)s; severity %(severity)s, confidence %(confidence)s.", **values)
    return words().say(
        "Level %(level)s, target %(target)s, gap %(gap)s; severity %(severity)s, confidence %(confidence)s (%(limits)s).",
        **values,
        limits=factor.limits,
    )


def _classification(dossier: Dossier, wanted: str) -> Classification | None:
    kind = next((kind for kind in ("type", "stage") if wanted in (kind, *dossier.document[kind]["supports"])), None)
    return classification(dossier, kind) if kind else None


def _card(case: Case, dossier: Dossier, again: Diagnosis, rule: Rule) -> RuleCard:
    trace = trace_of(again, rule)
    return RuleCard(
        rule=rule.id,
        address=case.why(rule.id),
        claims=claimed(case, dossier, again.rulebase, rule),
        text=dossier.reason(rule.id).text,
        tests=tuple(_line(case, dossier, again, test) for test in trace["conditions"]),
        cited=words().say("; ").join(_cited(again.rulebase, source, place) for source, place in rule.cite),
        written_in=words().say("%(file)s, line %(line)s", file=Path(rule.file).name, line=str(rule.line)),
    )


def _line(case: Case, dossier: Dossier, again: Diagnosis, test: Mapping[str, Any]) -> TestLine:
    fact, (english, word, tone) = test["fact"], _HOLDS[test["holds"]]
    state = english if spoken() == ENGLISH else words().say(word)
    named, address = dossier.fact(fact), address_of_fact(case, again.rulebase, fact)
    if again.rulebase.facts[fact].is_conclusion:
        value, needs = words().say(_DRAWN[test["value"]]), words().say(_DRAWN[test["threshold"]])
        return TestLine(state, tone, named, address, value, needs, "", "")
    scale = again.rulebase.facts[fact].scale
    return TestLine(
        state=state,
        tone=tone,
        fact=named,
        address=address,
        value=dossier.shown(test["value"], scale),
        needs=words().say(_NEEDS[test["operator"]], threshold=dossier.shown(test["threshold"], scale)),
        margin="" if test["margin"] is None else dossier.shown(abs(test["margin"]), scale),
        basis=_basis(dossier.document["measures"].get(fact, {})),
    )


def _basis(measure: Mapping[str, Any]) -> str:
    """Who stated a figure, how many, and how far they lie apart; why there is none."""
    if not measure:
        return ""
    if measure["value"] is None:
        return measure.get("reason") or ""
    parts = [words().say(names.ORIGINS.get(measure.get("origin") or "", ""))]
    if measure.get("n") is not None and measure.get("asked") is not None:
        parts.append(words().say("n = %(n)s of %(asked)s", n=measure["n"], asked=measure["asked"]))
    elif measure.get("n") is not None:
        parts.append(f"n = {measure['n']}")
    if measure.get("spread") is not None:
        parts.append(words().say("spread %(spread)s", spread=words().number(str(measure["spread"]))))
    return ", ".join(part for part in parts if part)


def _follows(case: Case, dossier: Dossier, again: Diagnosis, rules: Iterable[Rule]) -> Iterator[Subject]:
    """What fired because of what these rules conclude."""
    own = {rule.id for rule in rules}
    concluded = {str(name) for rule in rules if (name := getattr(rule.then, "concludes", None))}
    reading = (
        rule
        for rule in again.inferred.fired(again.rulebase.rules)
        if rule.id not in own and any(condition.fact in concluded for condition in rule.conditions)
    )
    found = {one.address: one for rule in reading if (one := subject(case, dossier, again.rulebase, rule))}
    yield from found.values()


def _cited(rulebase: Rulebase, name: str, place: str) -> str:
    said = place_in_words(rulebase, name, place, rulebase_texts(rulebase.version, spoken()))
    return f"{_source(rulebase, name).short}, {said}"


def _source(rulebase: Rulebase, name: str) -> Source:
    return source_in_words(rulebase.sources[name], rulebase_texts(rulebase.version, spoken()))


def _works(again: Diagnosis, rules: Iterable[Rule]) -> tuple[str, ...]:
    cited = dict.fromkeys(source for rule in rules for source, _ in rule.cite)
    return tuple(_source(again.rulebase, name).reference for name in cited)
