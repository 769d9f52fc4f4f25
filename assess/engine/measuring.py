"""Makes one measure of every indicator from what members, the management and the evaluator answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from assess.definitions.indicators import Indicator, Origin, Weighting
from assess.definitions.questionnaire_items import Item, MemberKind
from assess.definitions.scales import problem_with
from assess.engine.aggregates import Weights, aggregate, in_thousandths, weighted_spread
from assess.engine.answers import AnswerSheet, ResponseSet
from assess.engine.measures import Measure, OtherValue
from assess.engine.tallies import ItemsByIndicator, Silence, Tally, by_kind, items_by_indicator, outcome_of, rows, tally
from assess.errors import AssessError, Fault, FaultsFound
from assess.phrases import Phrase

_NO_SHEET = {
    Origin.MANAGEMENT: Phrase("There is no answer sheet of the cluster management; leave the questionnaire out, or add the sheet."),
    Origin.EVALUATOR: Phrase("There is no answer sheet of the evaluator; leave the questionnaire out, or add the sheet."),
}
_ONE_ROW = {
    Origin.MANAGEMENT: Phrase("the cluster management answers on one row only"),
    Origin.EVALUATOR: Phrase("the evaluator answers on one row only"),
}
_WHO = {Origin.MEMBER: "members", Origin.MANAGEMENT: "the cluster management", Origin.EVALUATOR: "the evaluator"}


def measure(
    responses: Iterable[ResponseSet], indicators: Mapping[str, Indicator], weightings: Mapping[str, Weighting]
) -> dict[str, Measure]:
    """Return a measure of every indicator, known or not.

    Each questionnaire speaks only for indicators that may come from its respondent. The evaluator's figure stands before the
    management's and that before the members'; lower ones are kept in `others`. Raises FaultsFound when management or evaluator
    answered more than once.
    """
    sources = [_source(response_set) for response_set in responses]
    return {name: _combined(indicator, _stated(indicator, sources, weightings)) for name, indicator in indicators.items()}


class _Source(Protocol):
    """One questionnaire's answers, with its items by the indicator they feed."""

    @property
    def origin(self) -> Origin: ...
    @property
    def items(self) -> ItemsByIndicator: ...
    def measure(self, indicator: Indicator, weightings: Mapping[str, Weighting]) -> Measure: ...


class _Members:
    """Members' answers, grouped once."""

    origin = Origin.MEMBER

    def __init__(self, response_set: ResponseSet) -> None:
        self.items = items_by_indicator(response_set.questionnaire)
        self.kinds = by_kind(response_set.sheets)

    def measure(self, indicator: Indicator, weightings: Mapping[str, Weighting]) -> Measure:
        tallies = {members.kind: tally(self.items[indicator.id], members) for members in self.kinds}
        return _members_measure(indicator, tallies, weightings[indicator.weighting])


class _Single:
    """The one sheet of the management or the evaluator."""

    def __init__(self, response_set: ResponseSet) -> None:
        self.origin = response_set.questionnaire.respondent
        self.items = items_by_indicator(response_set.questionnaire)
        self.sheet = _only(response_set.sheets, self.origin)

    def measure(self, indicator: Indicator, _weightings: Mapping[str, Weighting]) -> Measure:
        return _single_measure(indicator, self.items[indicator.id], self.sheet, self.origin)


def _source(response_set: ResponseSet) -> _Source:
    return _Members(response_set) if response_set.questionnaire.respondent is Origin.MEMBER else _Single(response_set)


def _only(sheets: Sequence[AnswerSheet], origin: Origin) -> AnswerSheet:
    if len(sheets) == 1:
        return sheets[0]
    if not sheets:
        raise AssessError(_NO_SHEET[origin])
    raise FaultsFound(Fault(sheet.file, sheet.line, "", _ONE_ROW[origin], Phrase("keep the valid row")) for sheet in sheets[1:])


def _stated(indicator: Indicator, sources: Iterable[_Source], weightings: Mapping[str, Weighting]) -> list[Measure]:
    asked = [source for source in sources if source.origin in indicator.origins and indicator.id in source.items]
    return [source.measure(indicator, weightings) for source in asked]


def _combined(indicator: Indicator, stated: Iterable[Measure]) -> Measure:
    """Put the measure of the highest authority first, and keep what the others state beside it."""
    ranked = sorted(stated, key=lambda m: list(Origin).index(m.origin or Origin.MEMBER), reverse=True)
    if not ranked:
        return Measure(indicator.id, reason="no questionnaire that was answered asks for it")
    known = [m for m in ranked if m.value is not None]
    if not known:
        return replace(ranked[-1], reason="; ".join(m.reason for m in reversed(ranked) if m.reason))
    others = tuple(OtherValue(m.origin, m.value) for m in known[1:] if m.origin is not None and m.value is not None)
    return replace(known[0], others=others)


def _single_measure(indicator: Indicator, items: Sequence[Item], sheet: AnswerSheet, origin: Origin) -> Measure:
    outcome = outcome_of(items, next(iter(rows(items, [sheet]))))
    if isinstance(outcome, Silence):
        return Measure(indicator.id, origin=origin, reason=_silent(origin, outcome))
    value = in_thousandths(outcome)
    problem = problem_with(value, indicator.scale)
    if problem:
        raise FaultsFound([Fault(sheet.file, sheet.line, items[0].name, problem, Phrase("correct the answer"))])
    return Measure(indicator.id, value, origin=origin)


def _silent(origin: Origin, silence: Silence) -> str:
    said = {
        Silence.DONT_KNOW: "does not know",
        Silence.NOT_ASKED: "says that it does not apply, or was not asked after other answers",
        Silence.UNANSWERED: "gave no figure",
    }
    return f"{_WHO[origin]} {said[silence]}"


def _members_measure(indicator: Indicator, tallies: Mapping[MemberKind | None, Tally], weighting: Weighting) -> Measure:
    asked = sum(one.asked for one in tallies.values())
    n = sum(one.n for one in tallies.values())
    rests_on = Measure(
        indicator.id,
        n=n,
        asked=asked,
        coverage=in_thousandths(Fraction(n, asked)) if asked else None,
        dont_know=sum(one.dont_know for one in tallies.values()),
        origin=Origin.MEMBER,
    )
    weights = _weights(tallies, weighting)
    reason = too_little(n, asked, indicator) or ("" if weights else f"the kinds that answered have no weight in {indicator.weighting}")
    if reason:
        return replace(rests_on, reason=reason)
    return replace(rests_on, value=value_of(indicator, weights), spread=weighted_spread(weights))


def too_little(n: int, asked: int | None, indicator: Indicator) -> str:
    """Say why `n` organisations of those asked are not enough for a figure; empty when they are."""
    if asked == 0:
        return "no member was asked, or it applies to none of them"
    if n < indicator.min_n:
        return f"fewer than {indicator.min_n} organisations answered (n = {n})"
    if asked is not None and Fraction(n, asked) < Fraction(indicator.min_coverage):
        needed = f"at least {_percent(indicator.min_coverage)} are needed"
        return f"too few of the organisations it applies to answered ({n} of {asked}; {needed})"
    return ""


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"


def _weights(tallies: Mapping[MemberKind | None, Tally], weighting: Weighting) -> Weights:
    """Return the weight on each value: a kind's share, divided equally among its organisations that gave a figure.

    Shares count in proportion to each other, so that kinds without a figure leave theirs to the rest. Without shares each
    organisation weighs one.
    """
    weights: defaultdict[Fraction, Fraction] = defaultdict(Fraction)
    for kind, one in tallies.items():
        each = Fraction(1) if not weighting.shares else Fraction(weighting.shares.get(kind or "", Decimal(0))) / max(one.n, 1)
        for figure, organisations in one.figures.items():
            weights[figure] += each * organisations
    return {figure: weight for figure, weight in weights.items() if weight}


def value_of(indicator: Indicator, weights: Weights) -> Decimal:
    """Aggregate and round. Answers are checked against the scale when they are read; here nothing else may pass either."""
    for figure in weights:
        problem = problem_with(in_thousandths(figure), indicator.scale)
        if problem:
            raise AssessError(Phrase("An answer to %(indicator)s cannot be used: %(problem)s.", indicator=indicator.id, problem=problem))
    return in_thousandths(aggregate(weights, indicator.aggregate))
