"""What rules and conclusions are called for an evaluator, and where what is behind them is shown."""

from __future__ import annotations

from dataclasses import dataclass

from assess.definitions.rulebase import Rule, Rulebase
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
from assess.reports import names
from assess.reports.dossier import Dossier
from assess.web.finding_pages.case import Case
from assess.web.wording import words


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that is concluded, with the address of what is behind it."""

    name: str
    address: str


def title_of(case: Case, dossier: Dossier, rulebase: Rulebase, wanted: str) -> str:
    """Return what is asked about, as people call it."""
    if wanted in ("type", "stage"):
        return words().say("the type") if wanted == "type" else words().say("the stage")
    if wanted in FACTORS:
        return case.text(rulebase.factors[wanted].label)
    known = names.TYPES | names.STAGES | {name: label for name, (label, _) in names.FLAGS.items()}
    if wanted in (*TYPES, *STAGES, *FLAGS):
        return words().say(known[wanted])
    if wanted in rulebase.instruments:
        return case.text(rulebase.instruments[wanted].name)
    criterion = wanted.removeprefix("screen.").split(".")
    if criterion[0] in names.SCREENS and len(criterion) > 1:
        return words().say(names.CRITERIA.get(criterion[1], wanted))
    return words().say("the rule %(rule)s", rule=wanted) if wanted in rulebase.rules_by_id else dossier.conclusion(wanted)


def claimed(case: Case, dossier: Dossier, rulebase: Rulebase, rule: Rule) -> str:
    """Say what a rule leads to."""
    then = rule.then
    if isinstance(then, Evidence):
        known = names.TYPES if then.option in TYPES else names.STAGES
        option = dossier.lower(words().say(known[then.option]))
        if then.supports:
            return words().say("Speaks for %(option)s, weight %(weight)s", option=option, weight=then.weight)
        return words().say("Speaks against %(option)s, weight %(weight)s", option=option, weight=then.weight)
    if isinstance(then, Advises):
        return words().say("Advice %(reader)s", reader=_reader(then.advises.value))
    if isinstance(then, Recommends):
        instrument = case.text(rulebase.instruments[then.recommends].name)
        return words().say("Recommends “%(instrument)s”, weight %(weight)s", instrument=instrument, weight=then.weight)
    if isinstance(then, Limits):
        return words().say("Limits the size of the portfolio")
    if isinstance(then, GrantCondition):
        return words().say("Suggests a grant condition")
    return _named(case, dossier, rulebase, rule) or rule.id


def subject(case: Case, dossier: Dossier, rulebase: Rulebase, rule: Rule) -> Subject | None:
    """Return what a rule concludes on; None for evidence and advice, on which nothing else rests."""
    name, about = _named(case, dossier, rulebase, rule), _about(rule)
    return Subject(name, case.why(about)) if name and about else None


def address_of_fact(case: Case, rulebase: Rulebase, fact: str) -> str:
    """Return the address of what is behind a fact that is itself concluded; empty for a figure."""
    parts = fact.split(".")
    if rulebase.facts[fact].is_conclusion:
        return case.why(fact.removeprefix("recommended."))
    if parts[0] == "factor" and parts[1] in FACTORS:
        return case.why(parts[1])
    if parts[0] in ("type", "stage"):
        return case.why(parts[1] if parts[1] in (*TYPES, *STAGES) else parts[0])
    return ""


def _reader(audience: str) -> str:
    """Say for whom advice is, as it stands inside a line; “Für” is no noun."""
    said = words().say(names.AUDIENCES[audience])
    return said[:1].lower() + said[1:]


def _about(rule: Rule) -> str:
    then = rule.then
    if isinstance(then, Concludes):
        return then.concludes
    if isinstance(then, ScreenResult):
        return then.screen
    if isinstance(then, SetsTarget | AdjustsTarget):
        return str(then.sets_target if isinstance(then, SetsTarget) else then.adjusts_target)
    if isinstance(then, Recommends):
        return then.recommends
    if isinstance(then, Excludes | Cautions):
        return then.excludes if isinstance(then, Excludes) else then.cautions
    return ""


def _named(case: Case, dossier: Dossier, rulebase: Rulebase, rule: Rule) -> str:
    then, about = rule.then, _about(rule)
    if isinstance(then, Concludes):
        return dossier.conclusion(about)
    if isinstance(then, ScreenResult):
        return dossier.conclusion(f"screen.{about}.{then.result}")
    if isinstance(then, SetsTarget | AdjustsTarget):
        factor = case.text(rulebase.factors[about].label)
        if isinstance(then, SetsTarget):
            return words().say("%(factor)s: sets the target", factor=factor)
        return words().say("%(factor)s: moves the target", factor=factor)
    if isinstance(then, Recommends | Excludes | Cautions):
        name = case.text(rulebase.instruments[about].name)
        if isinstance(then, Recommends):
            return words().say("%(instrument)s: recommended", instrument=name)
        if isinstance(then, Excludes):
            return words().say("%(instrument)s: ruled out", instrument=name)
        return words().say("%(instrument)s: caution", instrument=name)
    return ""
