"""Why a conclusion was drawn, or why not, followed from the rule to the facts, the answers and the source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from assess.definitions.numbers import from_thousandths
from assess.definitions.rulebase import Rule
from assess.definitions.rulebase_words import place_in_words, source_in_words
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
    Source,
)
from assess.definitions.scales import Scale
from assess.definitions.validation import suggestion
from assess.definitions.words import ENGLISH, Words
from assess.engine.diagnosis import Diagnosis
from assess.engine.evaluation import Outcome, TestTrace
from assess.engine.generated_texts import in_language
from assess.engine.wording import UNKNOWN, Wording, filled, written_fact
from assess.errors import AssessError
from assess.phrases import Phrase, Value, message
from assess.reports import names

_MOST_NEAR_MISSES = 8
_MARKS = {True: "✓", False: "✗", None: "?"}
_KINDS = {"type": message("type"), "stage": message("stage")}
_CONFIDENCES = names.CONFIDENCES | {"none": UNKNOWN}
_OUTCOMES = {Outcome.FIRED: message("fired"), Outcome.NOT_FIRED: message("not fired"), Outcome.UNDETERMINED: message("undetermined")}


def explanation(diagnosis: Diagnosis, wanted: str, wording: Wording | None = None) -> str:
    """Explain a type, stage, flag, factor, screen criterion, instrument, advice, finding or rule; in English without another wording.

    Raises AssessError when nothing of that name can be concluded.
    """
    rules = rules_about(diagnosis, wanted)
    if not rules:
        hint = suggestion(wanted, _names(diagnosis)) or Phrase("see the ids in `assess diagnose --format json`")
        raise AssessError(
            Phrase(
                "There is no conclusion, factor, instrument or rule called %(wanted)s; %(hint)s", wanted=Phrase.quoted(wanted), hint=hint
            )
        )
    return "\n".join(_Explaining(diagnosis, wording or Wording()).lines(wanted, rules))


@dataclass(frozen=True, slots=True)
class _Explaining:
    """One diagnosis, and the language in which it is explained; ids stay what they are, because they can be asked for."""

    diagnosis: Diagnosis
    wording: Wording

    @property
    def words(self) -> Words:
        return self.wording.words

    def say(self, text: str, **values: Value) -> str:
        return self.words.told(Phrase(text, **values))

    def lines(self, wanted: str, rules: list[Rule]) -> Iterator[str]:
        diagnosis = self.diagnosis
        yield f"{diagnosis.cluster.name}, {diagnosis.year}: {wanted}"
        yield from self._result(wanted)
        groups = {outcome: [rule for rule in rules if diagnosis.inferred.outcome(rule) is outcome] for outcome in Outcome}
        if groups[Outcome.FIRED]:
            yield "\n" + self.say("Why")
            for rule in groups[Outcome.FIRED]:
                yield from self._rule_lines(rule)
        if groups[Outcome.NOT_FIRED]:
            yield "\n" + self.say("Why not (nearest first)")
            nearest = sorted(groups[Outcome.NOT_FIRED], key=lambda rule: distance(diagnosis, rule))
            for rule in nearest[:_MOST_NEAR_MISSES]:
                yield from self._rule_lines(rule)
            if len(nearest) > _MOST_NEAR_MISSES:
                yield "  " + self.say("… and %(count)s rules further away", count=len(nearest) - _MOST_NEAR_MISSES)
        if groups[Outcome.UNDETERMINED]:
            yield "\n" + self.say("Undetermined")
            for rule in groups[Outcome.UNDETERMINED]:
                yield from self._rule_lines(rule)
            missing = ", ".join(diagnosis.missing_for(groups[Outcome.UNDETERMINED]))
            yield "\n" + self.say("Unknown: %(names)s", names=missing or Phrase("nothing that answers could supply"))
        yield from self._source_lines(rules)

    def _result(self, wanted: str) -> Iterator[str]:
        diagnosis = self.diagnosis
        for kind, found in (("type", diagnosis.type), ("stage", diagnosis.stage)):
            if wanted in (kind, *found.supports):
                label = self._named(found.label)
                if found.mixed_of:
                    label = self.say(
                        "%(label)s of %(options)s", label=label, options=names.listed(list(map(self._named, found.mixed_of)), self.words)
                    )
                yield "  " + self._about(self.say(_KINDS[kind]), label)
                for name, support in found.supports.items():
                    value = UNKNOWN if support.support is None else self.words.number(f"{support.support:.3f}")
                    coverage = f"{support.coverage:.0%}" if self._in_english else self.wording.value(support.coverage, Scale.SHARE)
                    text = self.say("support %(support)s, evidence available %(share)s", support=self.say(value), share=coverage)
                    yield f"    {name:<20} {text}"
        if wanted in FACTORS:
            factor = diagnosis.factors[wanted]
            confidence = factor.confidence.value if factor.confidence else "none"
            yield "  " + self.say(
                "level %(level)s, target %(target)s, gap %(gap)s; severity %(severity)s, confidence %(confidence)s",
                level=self._number(factor.level),
                target=self._number(factor.target),
                gap=self._number(factor.gap),
                severity=self._named(factor.severity, names.SEVERITIES) if factor.severity else self.say(UNKNOWN),
                confidence=self._named(confidence, _CONFIDENCES),
            )
            yield from self._fact_lines(diagnosis.rulebase.factors[wanted].indicators)
        if wanted in diagnosis.inferred.conclusions:
            yield f"  {self.say(_OUTCOMES[diagnosis.inferred.conclusions[wanted]])}"

    def _rule_lines(self, rule: Rule) -> Iterator[str]:
        diagnosis = self.diagnosis
        facts, parameters = diagnosis.inferred.facts, diagnosis.inferred.parameters
        fired = diagnosis.inferred.outcome(rule) is Outcome.FIRED
        because = filled(rule.because, diagnosis.rulebase, facts, parameters, self.wording) if fired else ""
        line = f"{rule.id} → {self.words.told(claim(rule))}"
        yield "  " + (self._about(line, because) if because else line)
        for condition, test in zip(rule.conditions, diagnosis.inferred.traces[rule.id].tests, strict=True):
            yield f"    {_MARKS[test.holds]} {self._tested(str(condition), test)}"
        cited = self.say("; ").join(f"{source}, {self._place(source, locator)}" for source, locator in rule.cite)
        yield "    " + self.say("source: %(cited)s (%(place)s)", cited=cited, place=f"{rule.file}:{rule.line}")

    def _tested(self, condition: str, test: TestTrace) -> str:
        fact = self.diagnosis.rulebase.facts[test.fact]
        if fact.is_conclusion:
            return condition if test.value is not None else self.say("%(condition)s (undetermined)", condition=condition)
        known = test.value is not None
        value = (
            written_fact(test.fact, self.diagnosis.rulebase, self.diagnosis.inferred.facts, self.wording) if known else self.say(UNKNOWN)
        )
        threshold = self.wording.value(from_thousandths(test.threshold), fact.scale)
        said = self._about(condition, self.say("%(value)s against %(threshold)s", value=value, threshold=threshold))
        if test.margin is not None:
            said = self.say("%(said)s, margin %(margin)s", said=said, margin=self._signed(f"{from_thousandths(test.margin):+}"))
        return said + self._basis(test.fact)

    def _basis(self, fact: str) -> str:
        measure = self.diagnosis.measures.get(fact)
        if measure is None:
            return ""
        if measure.value is None:
            return f" [{in_language(measure.reason, self.words)}]" if measure.reason else ""
        parts = [self._named(measure.origin.value, names.ORIGINS)] if measure.origin else []
        parts += [f"n = {measure.n}"] if measure.n is not None else []
        parts += [self.say("spread %(spread)s", spread=self._signed(str(measure.spread)))] if measure.spread is not None else []
        return f" [{', '.join(parts)}]"

    def _fact_lines(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            value = written_fact(name, self.diagnosis.rulebase, self.diagnosis.inferred.facts, self.wording)
            yield "    " + self._about(name, value) + self._basis(name)

    def _source_lines(self, rules: list[Rule]) -> Iterator[str]:
        yield "\n" + self.say("Sources")
        for name in dict.fromkeys(source for rule in rules for source, _ in rule.cite):
            yield "  " + self._about(name, self._source(name).reference)

    def _source(self, name: str) -> Source:
        source = self.diagnosis.rulebase.sources[name]
        return source_in_words(source, self.wording.texts)

    def _place(self, source: str, place: str) -> str:
        return place_in_words(self.diagnosis.rulebase, source, place, self.wording.texts)

    @property
    def _in_english(self) -> bool:
        return self.words.language == ENGLISH

    def _named(self, code: str, known: Mapping[str, str] | None = None) -> str:
        """In English, codes stand as they are."""
        table = {**names.TYPES, **names.STAGES} if known is None else known
        return code if self._in_english else names.lower_first(self.say(table[code]), self.words)

    def _number(self, value: Decimal | None) -> str:
        return self.say(UNKNOWN) if value is None else self._signed(str(value))

    def _about(self, subject: str, said: str) -> str:
        return f"{subject}{self.say(': ')}{said}"

    def _signed(self, number: str) -> str:
        return number if self._in_english else self.words.number(number).replace("-", "−")


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


def claim(rule: Rule) -> Phrase:
    then = rule.then
    if isinstance(then, Evidence):
        if then.supports:
            return Phrase("supports %(option)s (weight %(weight)s)", option=then.option, weight=then.weight)
        return Phrase("opposes %(option)s (weight %(weight)s)", option=then.option, weight=then.weight)
    if isinstance(then, Recommends):
        return Phrase("recommends %(instrument)s (weight %(weight)s)", instrument=then.recommends, weight=then.weight)
    if isinstance(then, Advises):
        return Phrase("advises %(audience)s", audience=then.advises.value)
    key, what = next(iter(then))
    return Phrase(_CLAIMS[key], what=str(what))


_CLAIMS = {
    "concludes": message("concludes %(what)s"),
    "sets_target": message("sets target %(what)s"),
    "adjusts_target": message("adjusts target %(what)s"),
    "screen": message("screen %(what)s"),
    "excludes": message("excludes %(what)s"),
    "cautions": message("cautions %(what)s"),
    "limits": message("limits %(what)s"),
    "condition": message("condition %(what)s"),
}
"""By the first key of what a rule leads to."""
