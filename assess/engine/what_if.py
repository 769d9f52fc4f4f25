"""Asks what a diagnosis would say if some figures were others; nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeAlias

from assess.definitions.numbers import plain, rounded
from assess.definitions.rulebase import Rulebase
from assess.definitions.rules import FLAGS, SCREENS
from assess.definitions.scales import problem_with
from assess.definitions.validation import suggestion
from assess.engine.certificate import Infers
from assess.engine.diagnosis import Cluster, Diagnosis, FactorResult, QuestionnaireUsed, diagnose
from assess.engine.measures import Measure, Override
from assess.errors import AssessError, NeedsExamination
from assess.phrases import Phrase

Said: TypeAlias = str | int | float | bool | None
"""A word or number of a diagnosis as JSON writes it; None is unknown."""

SUPPOSED_UNKNOWN = "supposed to be unknown"
IN_PORTFOLIO, RECOMMENDED, RULED_OUT, NOT_CALLED_FOR = "in the portfolio", "recommended", "ruled out", "not called for"
"""Where an instrument may stand."""


@dataclass(frozen=True, slots=True)
class Flip:
    """One thing that comes out otherwise. `kind` is type, stage, support, flag, factor, screen, instrument or conclusion.

    `name` names it: `label`, a type or stage, a flag, `funding.gap`, `strategy.business_led`, an instrument, a conclusion.
    """

    kind: str
    name: str
    before: Said
    after: Said


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What was supposed, and everything that flips; none: the diagnosis would say the same."""

    supposed: tuple[Flip, ...]
    """Of kind `measure`, named by indicator."""
    flips: tuple[Flip, ...]
    certificate: str
    """Digest of the certificate of the supposed case."""

    def of(self, kind: str) -> tuple[Flip, ...]:
        """What flips of one kind."""
        return tuple(flip for flip in self.flips if flip.kind == kind)


def measures_of(document: Mapping[str, Any]) -> dict[str, Measure]:
    """Return the measures that a stored diagnosis rests on, overrides in their places, exactly as they were."""
    return {name: Measure.from_json(name, entry) for name, entry in document["measures"].items()}


def diagnosed_again(document: Mapping[str, Any], rulebase: Rulebase, engine: Infers) -> Diagnosis:
    """Make a stored diagnosis again from its own measures: the same conclusions, and the same document to its digest.

    Raises AssessError for another rule base than the document's, NeedsExamination when the certificate comes out otherwise.
    """
    if document["rulebase"]["digest"] != rulebase.digest:
        version = str(document["rulebase"]["version"])
        raise AssessError(Phrase("Load the rule base %(version)s as it was when this was diagnosed; this one differs.", version=version))
    again = rediagnosed(document, measures_of(document), rulebase, engine)
    if again.inferred.certificate.digest != document["certificate"]["digest"]:
        raise NeedsExamination(Phrase("The stored diagnosis does not follow from its own measures: its certificate comes out otherwise."))
    return again


def rediagnosed(document: Mapping[str, Any], measures: Mapping[str, Measure], rulebase: Rulebase, engine: Infers) -> Diagnosis:
    """Diagnose the cluster and year of a stored diagnosis with other measures, or by another rule base."""
    overrides = (Override.from_json(entry) for entry in document.get("overrides", ()))
    return diagnose(
        Cluster(**document["cluster"]),
        document["round"]["year"],
        measures,
        rulebase,
        engine,
        tuple(QuestionnaireUsed(**used) for used in document["questionnaires"]),
        document["synthetic"],
        tuple(override for override in overrides if measures.get(override.before.indicator) == override.after),
    )


def what_if(document: Mapping[str, Any], supposed: Mapping[str, Decimal | None], rulebase: Rulebase, engine: Infers) -> WhatIf:
    """Infer again with some indicators at other values (None: unknown), and list what comes out otherwise.

    n, spread and coverage of a changed measure stay as they are. The supposed case is certified like any other.
    Raises AssessError for an indicator that does not exist or a value off its scale, and as `diagnosed_again` does.
    """
    before = diagnosed_again(document, rulebase, engine)
    measures = dict(before.measures) | {name: _supposed(name, value, before, rulebase) for name, value in supposed.items()}
    after = rediagnosed(document, measures, rulebase, engine)
    changed = ((name, before.measures.get(name, Measure(name)).value, measures[name].value) for name in supposed)
    return WhatIf(
        tuple(Flip("measure", name, _plain(old), _plain(new)) for name, old, new in changed if old != new),
        tuple(flips(before, after)),
        after.inferred.certificate.digest,
    )


def flips(before: Diagnosis, after: Diagnosis) -> Iterator[Flip]:
    """Yield everything that two diagnoses say differently, labels first and single conclusions last; what one does not say is None."""
    old, new = said_by(before), said_by(after)
    for kind, name in dict.fromkeys((*old, *new)):
        if old.get((kind, name)) != new.get((kind, name)):
            yield Flip(kind, name, old.get((kind, name)), new.get((kind, name)))


def said_by(diagnosis: Diagnosis) -> dict[tuple[str, str], Said]:
    """Return all that a diagnosis says, by kind and name as in `Flip`."""
    conclusions = diagnosis.inferred.conclusions
    labels = {("type", "label"): diagnosis.type.label, ("stage", "label"): diagnosis.stage.label}
    supports = {**diagnosis.type.supports, **diagnosis.stage.supports}
    return (
        labels
        | {("support", name): _plain(found.support) for name, found in supports.items()}
        | {("flag", name): conclusions[f"flag.{name}"].value for name in FLAGS if f"flag.{name}" in conclusions}
        | {("factor", f"{name}.{part}"): said for name, found in diagnosis.factors.items() for part, said in _of_factor(found).items()}
        | {("screen", f"{name}.{one}"): diagnosis.screen(name, one)[0] for name, criteria in SCREENS.items() for one in criteria}
        | {("instrument", name): place for name, place in _places(diagnosis).items()}
        | {("conclusion", name): outcome.value for name, outcome in conclusions.items()}
    )


def _of_factor(found: FactorResult) -> dict[str, Said]:
    numbers = {"level": _plain(found.level), "target": _plain(found.target), "gap": _plain(found.gap)}
    return {**numbers, "severity": found.severity, "strength": found.is_strength, "confidence": found.confidence and found.confidence.value}


def _places(diagnosis: Diagnosis) -> dict[str, str]:
    """Where every instrument of the catalogue stands."""
    found = dict.fromkeys(diagnosis.rulebase.instruments, NOT_CALLED_FOR)
    found |= {instrument.id: RULED_OUT for instrument, _ in diagnosis.portfolio.excluded}
    return found | {one.instrument.id: IN_PORTFOLIO if one.in_portfolio else RECOMMENDED for one in diagnosis.portfolio.recommendations}


def _supposed(name: str, value: Decimal | None, before: Diagnosis, rulebase: Rulebase) -> Measure:
    indicator = rulebase.indicators.get(name)
    if indicator is None:
        remedy = suggestion(name, rulebase.indicators) or Phrase("see the rule base")
        raise AssessError(Phrase("Choose another indicator: there is no %(name)s; %(remedy)s.", name=name, remedy=remedy))
    measure = before.measures.get(name, Measure(name))
    if value is None:
        return replace(measure, value=None, spread=None, reason=SUPPOSED_UNKNOWN, others=())
    problem = problem_with(value, indicator.scale)
    if problem:
        raise AssessError(Phrase("Correct the value of %(name)s: %(problem)s.", name=name, problem=problem))
    return replace(measure, value=rounded(value), reason=None)


def _plain(value: Decimal | None) -> int | float | None:
    return None if value is None else plain(value)
