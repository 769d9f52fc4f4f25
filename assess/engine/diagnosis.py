"""The diagnosis: every conclusion about one cluster in one year, with its whole chain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from assess.definitions.numbers import from_thousandths, thousandths
from assess.definitions.rulebase import Rule, Rulebase
from assess.definitions.rules import (
    FACTORS,
    FLAGS,
    SCREENS,
    STAGES,
    TYPES,
    AdjustsTarget,
    Advises,
    Concludes,
    GrantCondition,
    ScreenResult,
    StratumName,
)
from assess.definitions.validation import all_of
from assess.engine.certificate import Infers
from assess.engine.confidence import Confidence, factor_confidence
from assess.engine.derivation import all_supports
from assess.engine.evaluation import Outcome
from assess.engine.inferring import Inferred, infer
from assess.engine.measures import Measure, Override, overridden
from assess.engine.portfolio import Portfolio, build_portfolio
from assess.errors import NeedsExamination
from assess.phrases import Phrase, message

UNDETERMINED = "undetermined"
_AT_ONCE = {"type": message("The type came out as %(found)s at once."), "stage": message("The stage came out as %(found)s at once.")}
HYBRID = "hybrid"


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster that is diagnosed."""

    id: str
    name: str
    sector: str | None = None
    region: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionnaireUsed:
    """The questionnaire version that answers came from."""

    id: str
    version: str
    status: str
    digest: str


@dataclass(frozen=True, slots=True)
class Support:
    """How far the evidence speaks for one option, 0–1, and how much of it was available, 0–1. Unknown without any evidence."""

    support: Decimal | None
    coverage: Decimal


@dataclass(frozen=True, slots=True)
class Classification:
    """A type or a stage: the label, all supports, and the rules that decided or could not."""

    label: str
    supports: Mapping[str, Support]
    decided_by: tuple[Rule, ...]
    blocked: tuple[Rule, ...]
    mixed_of: tuple[str, ...] = ()

    @property
    def known_label(self) -> str | None:
        """The label, or None when undetermined."""
        return None if self.label == UNDETERMINED else self.label


@dataclass(frozen=True, slots=True)
class FactorResult:
    """One success factor: level and target 1–5, gap = target − level, severity none, moderate or severe; None is unknown."""

    level: Decimal | None
    target: Decimal | None
    gap: Decimal | None
    severity: str | None
    is_strength: bool | None
    confidence: Confidence | None
    weaknesses: tuple[str, ...]
    known: tuple[str, ...]
    unknown: tuple[str, ...]
    target_rests_on: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """A conclusion that was drawn, and the rules that drew it."""

    id: str
    rules: tuple[Rule, ...]

    @property
    def says(self) -> Concludes | ScreenResult:
        """What the first of its rules says."""
        then = self.rules[0].then
        if not isinstance(then, Concludes | ScreenResult):
            raise TypeError(f"{self.rules[0].id} draws no conclusion")
        return then


@dataclass(frozen=True)
class Diagnosis:
    """Everything concluded about one cluster in one year; frozen once made."""

    cluster: Cluster
    year: int
    rulebase: Rulebase
    measures: Mapping[str, Measure]
    inferred: Inferred
    questionnaires: tuple[QuestionnaireUsed, ...] = ()
    synthetic: bool = field(default=False)
    overrides: tuple[Override, ...] = ()
    """What an evaluator replaced; the measures are those that hold."""

    @cached_property
    def type(self) -> Classification:
        """Cluster type after Markusen (1996)."""
        return self._classification("type", (*TYPES, HYBRID), TYPES)

    @cached_property
    def stage(self) -> Classification:
        """Life-cycle stage."""
        return self._classification("stage", STAGES, STAGES)

    @property
    def flags(self) -> tuple[str, ...]:
        """Flags that were raised."""
        return tuple(flag for flag in FLAGS if self.inferred.holds(f"flag.{flag}"))

    @property
    def open_flags(self) -> tuple[str, ...]:
        """Flags that could be neither raised nor ruled out."""
        return tuple(flag for flag in FLAGS if self.inferred.conclusions.get(f"flag.{flag}") is Outcome.UNDETERMINED)

    @cached_property
    def factors(self) -> Mapping[str, FactorResult]:
        """The seven success factors."""
        return {name: self._factor(name) for name in FACTORS}

    @cached_property
    def portfolio(self) -> Portfolio:
        """The recommended instruments."""
        types = self.type.mixed_of or ((self.type.known_label,) if self.type.known_label else ())
        return build_portfolio(self.rulebase, self.inferred, self.stage.known_label, types)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Indicators without a value."""
        return tuple(name for name in self.rulebase.indicators if name not in self.inferred.facts)

    def findings(self, stratum: StratumName, prefix: str = "") -> tuple[Finding, ...]:
        """Conclusions drawn in a stratum whose names begin with `prefix`, each with the rules that fired."""
        grouped: dict[str, list[Rule]] = {}
        for rule in self.inferred.fired(self.rulebase.in_stratum(stratum)):
            if isinstance(rule.then, Concludes) and rule.then.concludes.startswith(prefix):
                grouped.setdefault(rule.then.concludes, []).append(rule)
        return tuple(Finding(name, tuple(rules)) for name, rules in grouped.items())

    def open_findings(self, stratum: StratumName, prefix: str) -> tuple[str, ...]:
        """Conclusions of a stratum that could not be decided."""
        names = [r.then.concludes for r in self.rulebase.in_stratum(stratum) if isinstance(r.then, Concludes)]
        undetermined = (n for n in names if n.startswith(prefix) and self.inferred.conclusions[n] is Outcome.UNDETERMINED)
        return tuple(dict.fromkeys(undetermined))

    def screen(self, screen: str, criterion: str) -> tuple[str, tuple[Rule, ...]]:
        """Return pass, fail or unknown, and the rules that fired (or, when unknown, those that could not be decided)."""
        name = f"{screen}.{criterion}"
        rules = [r for r in self.rulebase.in_stratum(StratumName.SCREENS) if isinstance(r.then, ScreenResult) and r.then.screen == name]
        fired = self.inferred.fired(rules)
        for rule in fired:
            if isinstance(rule.then, ScreenResult):
                return rule.then.result, tuple(fired)
        return "unknown", tuple(rule for rule in rules if self.inferred.outcome(rule) is Outcome.UNDETERMINED)

    def advice(self) -> tuple[Rule, ...]:
        """Rules that give advice and fired."""
        return tuple(rule for rule in self._fired_advice() if isinstance(rule.then, Advises))

    def grant_conditions(self) -> tuple[Rule, ...]:
        """Rules that suggest a grant condition and fired, one per condition."""
        found: dict[str, Rule] = {}
        for rule in self._fired_advice():
            if isinstance(rule.then, GrantCondition):
                found.setdefault(rule.then.condition, rule)
        return tuple(found.values())

    def missing_for(self, rules: Iterable[Rule]) -> tuple[str, ...]:
        """Indicators that keep rules from being decided, followed down through the conclusions and numbers they read."""
        wanted: dict[str, None] = {}
        for rule in rules:
            for test in self.inferred.traces[rule.id].tests:
                if test.value is None:
                    wanted |= dict.fromkeys(self._unknown_inputs(test.fact, set()))
        return tuple(wanted)

    def _unknown_inputs(self, fact: str, seen: set[str]) -> tuple[str, ...]:
        if fact in self.inferred.facts or fact in seen:
            return ()
        seen.add(fact)
        if fact in self.rulebase.indicators:
            return (fact,)
        return tuple(name for source in self._sources_of(fact) for name in self._unknown_inputs(source, seen))

    def _sources_of(self, fact: str) -> Iterable[str]:
        """The facts that a derived number or a conclusion is made of."""
        derived = next((entry for entry in self.rulebase.derived if entry.id == fact), None)
        if derived:
            return derived.inputs
        parts = fact.split(".")
        if parts[0] == "factor" and parts[1] in self.rulebase.factors:
            stages = () if parts[2] == "level" else tuple(f"stage.{stage}" for stage in STAGES)
            return (*self.rulebase.factors[parts[1]].indicators, *stages)
        if parts[0] in ("type", "stage") and parts[-1] in ("support", "lead", "margin", "coverage"):
            return self._evidence_on(parts)
        instrument = fact.removeprefix("recommended.") if parts[0] == "recommended" else ""
        rules = (
            *self.rulebase.concluding.get(fact, ()),
            *self.rulebase.recommending.get(instrument, ()),
            *self.rulebase.excluding.get(instrument, ()),
        )
        return [condition.fact for rule in rules for condition in rule.conditions]

    def _evidence_on(self, parts: list[str]) -> Iterable[str]:
        options = TYPES if parts[0] == "type" else STAGES
        wanted = {parts[1]} if parts[-1] == "support" and parts[1] in options else set(options)
        rules = self.rulebase.in_stratum(StratumName.EVIDENCE)
        return [c.fact for rule in rules if getattr(rule.then, "option", None) in wanted for c in rule.conditions]

    def _fired_advice(self) -> list[Rule]:
        return self.inferred.fired(self.rulebase.in_stratum(StratumName.ADVICE))

    def _classification(self, kind: str, labels: Iterable[str], options: Iterable[str]) -> Classification:
        rules = [r for r in self.rulebase.in_stratum(StratumName.CLASSIFICATION) if getattr(r.then, "concludes", "").startswith(f"{kind}.")]
        label = self._label(kind, labels)
        supports = self._supports(options)
        mixed = tuple(sorted(supports, key=lambda name: -(supports[name].support or 0))[:2]) if label == HYBRID else ()
        blocked = tuple(rule for rule in rules if self.inferred.outcome(rule) is Outcome.UNDETERMINED)
        return Classification(label, supports, tuple(self.inferred.fired(rules)), blocked, mixed)

    def _label(self, kind: str, labels: Iterable[str]) -> str:
        found = [label for label in labels if self.inferred.holds(f"{kind}.{label}")]
        if len(found) > 1:
            raise NeedsExamination(Phrase(_AT_ONCE[kind], found=all_of(found)))
        return found[0] if found else UNDETERMINED

    def refuse_contradictions(self) -> None:
        """Raise NeedsExamination when rules that exclude each other fired."""
        self._label("type", (*TYPES, HYBRID))
        self._label("stage", STAGES)
        for screen, criteria in SCREENS.items():
            for criterion in criteria:
                results = [f"screen.{screen}.{criterion}.{result}" for result in ("pass", "fail")]
                if all(map(self.inferred.holds, results)):
                    rules = self.inferred.fired(rule for result in results for rule in self.rulebase.concluding[result])
                    ids, judged = ", ".join(rule.id for rule in rules), f"{screen}.{criterion}"
                    raise NeedsExamination(Phrase("Rules %(rules)s pass and fail %(criterion)s at once.", rules=ids, criterion=judged))

    def _supports(self, options: Iterable[str]) -> dict[str, Support]:
        outcomes = {rule.id: self.inferred.outcome(rule) for rule in self.rulebase.in_stratum(StratumName.EVIDENCE)}
        found = all_supports(self.rulebase, outcomes)
        return {name: Support(_number(found[name][0]), from_thousandths(found[name][1])) for name in options}

    def _factor(self, name: str) -> FactorResult:
        definition, facts = self.rulebase.factors[name], self.inferred.facts
        level, target, gap = (_number(facts.get(f"factor.{name}.{part}")) for part in ("level", "target", "gap"))
        graded = factor_confidence(definition, self.measures, self.inferred.parameters) if level is not None else (None, ())
        strength = self.inferred.conclusions.get(f"strength.{name}")
        return FactorResult(
            level=level,
            target=target,
            gap=gap,
            severity=self._severity(name) if gap is not None else None,
            is_strength=None if strength in (None, Outcome.UNDETERMINED) else strength is Outcome.FIRED,
            confidence=graded[0],
            weaknesses=graded[1],
            known=tuple(i for i in definition.indicators if i in facts),
            unknown=tuple(i for i in definition.indicators if i not in facts),
            target_rests_on=self._target_basis(name) if target is not None else None,
        )

    def _severity(self, factor: str) -> str | None:
        """The grade of a gap, "none" where every grade is known not to apply, None where one could not be decided."""
        outcomes = {grade: self.inferred.conclusions.get(f"gap.{factor}.{grade}", Outcome.NOT_FIRED) for grade in ("severe", "moderate")}
        if Outcome.FIRED in outcomes.values():
            return next(grade for grade, outcome in outcomes.items() if outcome is Outcome.FIRED)
        return None if Outcome.UNDETERMINED in outcomes.values() else "none"

    def _target_basis(self, factor: str) -> str:
        """What decided the target: also the type where it is a single known one for which some correction is laid down."""
        adjusting = [r for r in self.rulebase.rules if isinstance(r.then, AdjustsTarget) and r.then.adjusts_target == factor]
        undecided = any(self.inferred.outcome(rule) is Outcome.UNDETERMINED for rule in adjusting)
        return "stage" if undecided or not adjusting or self.type.mixed_of else "stage and type"


def diagnose(
    cluster: Cluster,
    year: int,
    measures: Mapping[str, Measure],
    rulebase: Rulebase,
    engine: Infers,
    questionnaires: tuple[QuestionnaireUsed, ...] = (),
    synthetic: bool = False,
    overrides: tuple[Override, ...] = (),
) -> Diagnosis:
    """Diagnose one cluster; what `overrides` say stands in the place of measures.

    Raises Disagreement when engine and certificate differ, NeedsExamination when rules that exclude each other fired:
    then nothing is concluded.
    """
    holding = overridden(measures, overrides) if overrides else measures
    facts = {name: thousandths(m.value) for name, m in holding.items() if m.value is not None and name in rulebase.indicators}
    diagnosis = Diagnosis(cluster, year, rulebase, holding, infer(rulebase, facts, year, engine), questionnaires, synthetic, overrides)
    diagnosis.refuse_contradictions()
    return diagnosis


def _number(value: int | None) -> Decimal | None:
    return None if value is None else from_thousandths(value)
