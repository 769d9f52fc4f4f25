"""What would change a conclusion: the smallest change of known figures after which it comes out otherwise.

The search is exhaustive over the values tried: for single figures every step of their scale and both sides of every threshold that a
rule compares them with; for pairs both sides of those thresholds and the ends of the scale. Figures that are not known are left unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, product

import numpy as np

from assess.definitions.indicators import Indicator
from assess.definitions.numbers import ONE, from_thousandths
from assess.definitions.rulebase import Rulebase
from assess.definitions.rules import FACTORS, SCREENS, STAGES, TYPES
from assess.definitions.scales import Scale, range_of
from assess.engine.columns import Column, Marks
from assess.engine.compilation import compile_rulebase
from assess.engine.compiled import Facts
from assess.engine.resampling import UNDETERMINED, severities
from assess.engine.vectorised import Many, infer_many

_AT_ONCE = 4000
"""Cases inferred together; more would take memory and gain no time."""
_STEPS = {Scale.LIKERT: 100, Scale.SHARE: 10, Scale.RATE: 10}
"""Thousandths between the values that are tried."""
_WIDTHS = {Scale.RATE: (-500, 1000)}
"""Where the whole scale is wider than what occurs."""
_PAIRED = 40
"""Figures that are paired at most, those first whose own change moves the conclusion's evidence."""

_FACTOR = "factor."
_UNTOLD = "unknown"
"""Of a criterion or a gap. That a gap becomes so, because the stage does and with it the target, says nothing of the factor: no flip."""

Change = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One figure, on its indicator's scale, before and after."""

    indicator: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class Flip:
    """The smallest change found after which `about` (type, stage, `factor.<name>`, or a screen's criterion) says something else.

    Without figures, no single figure and no pair that was tried changes it.
    """

    about: str
    before: str
    after: str | None
    figures: tuple[FigureChange, ...]


def smallest_changes(given: Facts, rulebase: Rulebase, year: int) -> tuple[Flip, ...]:
    """Search for the smallest change that flips type, stage, the gap of every factor and every criterion of the screens.

    `given` is in thousandths.
    """
    known = {name: value for name, value in given.items() if name in rulebase.indicators}
    search = _Search(known, rulebase, year)
    return tuple(search.flip(about, labels) for about, labels in _conclusions().items())


def _conclusions() -> dict[str, dict[str, str]]:
    """What is looked at: each with its labels and the conclusion behind every label."""
    found = {
        "type": {name: f"type.{name}" for name in (*TYPES, "hybrid")},
        "stage": {name: f"stage.{name}" for name in STAGES},
    }
    for factor in FACTORS:
        found[f"{_FACTOR}{factor}"] = {grade: f"gap.{factor}.{grade}" for grade in ("severe", "moderate")}
    for screen, criteria in SCREENS.items():
        for name in (f"{screen}.{criterion}" for criterion in criteria):
            found[name] = {result: f"screen.{name}.{result}" for result in ("pass", "fail")}
    return found


class _Search:
    """The single changes of one diagnosis, inferred once; pairs only where no single change is enough."""

    def __init__(self, known: Mapping[str, int], rulebase: Rulebase, year: int) -> None:
        self.known, self.rulebase, self.year = known, rulebase, year
        self.thresholds = thresholds_of(rulebase, year)
        self.base = self._infer([()])
        self.singles: list[Change] = [((name, value),) for name in known for value in self._values(name)]
        self.found = list(self._chunks(self.singles))

    def flip(self, about: str, labels: Mapping[str, str]) -> Flip:
        """The smallest change of one conclusion."""
        before = _said(self.base, about, labels)[0]
        best = self._best(self.found, about, labels, before) or self._best(self._chunks(self._pairs(labels)), about, labels, before)
        if best is None:
            return Flip(about, before, None, ())
        change, after = best
        return Flip(about, before, after, tuple(self._figure(name, value) for name, value in change))

    def _best(
        self, chunks: Iterable[tuple[Sequence[Change], Many]], about: str, labels: Mapping[str, str], before: str
    ) -> tuple[Change, str] | None:
        """The least distance wins; the names settle what is left, so that the answer is always the same."""
        flips = [
            (self._distance(change), change, label)
            for changes, many in chunks
            for change, label in zip(changes, _said(many, about, labels), strict=True)
            if label != before and not (about.startswith(_FACTOR) and label == _UNTOLD)
        ]
        return min(flips)[1:] if flips else None

    def _pairs(self, labels: Mapping[str, str]) -> list[Change]:
        names = [name for name in self._reaching(labels) if name in self.known][:_PAIRED]
        corners = {name: self._corners(name) for name in names}
        return [
            ((first, one), (second, other))
            for first, second in combinations(names, 2)
            for one, other in product(corners[first], corners[second])
        ]

    def _reaching(self, labels: Mapping[str, str]) -> list[str]:
        """The indicators that the rules behind these labels read, directly or through other conclusions, nearest first."""
        waiting, seen = list(labels.values()), dict.fromkeys(labels.values())
        while waiting:
            for source in self._sources(waiting.pop(0)):
                if source not in seen:
                    seen[source] = None
                    waiting.append(source)
        return [name for name in seen if name in self.rulebase.indicators]

    def _sources(self, fact: str) -> list[str]:
        parts = fact.split(".")
        derived = [name for entry in self.rulebase.derived if entry.id == fact for name in entry.inputs]
        rules = list(self.rulebase.concluding.get(fact, ()))
        if parts[0] in ("type", "stage") and parts[-1] in ("support", "coverage", "lead", "margin"):
            options = TYPES if parts[0] == "type" else STAGES
            rules += [rule for option in options for rule in self.rulebase.evidence_on.get(option, ())]
        if parts[0] == "factor" and parts[1] in self.rulebase.factors:
            derived += self.rulebase.factors[parts[1]].indicators
        return derived + [condition.fact for rule in rules for condition in rule.conditions]

    def _values(self, name: str) -> list[int]:
        scale = self.rulebase.indicators[name].scale
        low, high = occurring(scale)
        steps = range(low, high + 1, _STEPS[scale]) if scale in _STEPS else ()
        return sorted({*steps, *self._corners(name)} - {self.known[name]})

    def _corners(self, name: str) -> list[int]:
        """Both sides of every threshold, and the ends of a bounded scale."""
        indicator = self.rulebase.indicators[name]
        low, high = occurring(indicator.scale)
        ends = (low, high) if indicator.scale in (Scale.LIKERT, Scale.SHARE, Scale.FLAG) else ()
        step = _least_step(indicator)
        sides = (threshold + side for threshold in self.thresholds.get(name, ()) for side in (-step, 0, step))
        return sorted({value for value in (*ends, *sides) if low <= value <= high} - {self.known[name]})

    def _distance(self, change: Change) -> tuple[int, Decimal]:
        """Fewer figures first, then the sum of how far each moves on its scale."""
        return len(change), sum((self._moved(name, value) for name, value in change), Decimal(0))

    def _moved(self, name: str, value: int) -> Decimal:
        scale, before = self.rulebase.indicators[name].scale, self.known[name]
        low, high = occurring(scale)
        width = high - low if scale in (Scale.LIKERT, Scale.SHARE, Scale.FLAG, Scale.RATE) else max(abs(before), ONE)
        return Decimal(abs(value - before)) / width

    def _figure(self, name: str, value: int) -> FigureChange:
        return FigureChange(name, from_thousandths(self.known[name]), from_thousandths(value))

    def _chunks(self, changes: Sequence[Change]) -> Iterator[tuple[Sequence[Change], Many]]:
        for start in range(0, len(changes), _AT_ONCE):
            some = changes[start : start + _AT_ONCE]
            yield some, self._infer(some)

    def _infer(self, changes: Sequence[Change]) -> Many:
        count = len(changes)
        given = {name: np.full(count, value, dtype=np.int64) for name, value in self.known.items()}
        for case, change in enumerate(changes):
            for name, value in change:
                given[name][case] = value
        everywhere: Marks = np.ones(count, dtype=bool)
        return infer_many(self.rulebase, {name: Column(values, everywhere) for name, values in given.items()}, count, self.year)


def _said(many: Many, about: str, labels: Mapping[str, str]) -> list[str]:
    """What each case says about something, in the words of the diagnosis."""
    if about.startswith(_FACTOR):
        return _labels(many, severities(many, about.removeprefix(_FACTOR)), _UNTOLD)
    marks = {label: many.holds(conclusion) for label, conclusion in labels.items()}
    return _labels(many, marks, UNDETERMINED if about in ("type", "stage") else _UNTOLD)


def _labels(many: Many, marks: Mapping[str, Marks], otherwise: str) -> list[str]:
    """The label that holds in each case; several together where rules contradict each other."""
    said: dict[int, str] = {}
    for label, found in marks.items():
        for case in np.flatnonzero(found).tolist():
            said[case] = f"{said[case]} and {label}" if case in said else label
    return [said.get(case, otherwise) for case in range(many.count)]


def thresholds_of(rulebase: Rulebase, year: int) -> dict[str, set[int]]:
    """Return the numbers that rules compare each fact with, in thousandths."""
    found: dict[str, set[int]] = {}
    for stratum in compile_rulebase(rulebase, year).strata.values():
        for rule in stratum.rules:
            for test in rule.tests:
                found.setdefault(test.fact, set()).add(test.threshold)
    return found


def occurring(scale: Scale) -> tuple[int, int]:
    """Return the ends of a scale in thousandths, or of what occurs on it where it is far wider."""
    low, high = range_of(scale)
    return _WIDTHS.get(scale, (int(low * ONE), int(high * ONE)))


def _least_step(indicator: Indicator) -> int:
    return ONE if indicator.scale in (Scale.COUNT, Scale.YEARS, Scale.FLAG) else _STEPS.get(indicator.scale, 1)
