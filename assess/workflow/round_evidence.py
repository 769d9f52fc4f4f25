"""What an evaluator sees of the evidence of a round: who answered, how sure each figure is, and where statements are far apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from assess.definitions.indicators import Indicator, Origin
from assess.definitions.rulebase import Rulebase
from assess.definitions.scales import Scale
from assess.engine.breakdown import measures_by_kind
from assess.engine.compilation import compile_rulebase
from assess.engine.measures import Measure
from assess.store.queries import Progress, round_progress
from assess.store.tables import Round
from assess.workflow.handed_in import response_sets
from assess.workflow.overrides import measures_in
from assess.workflow.pinned import asked
from assess.workflow.refusals import Unfit
from assess.workflow.rows import identity

FAR_APART = {
    Scale.LIKERT: Decimal(1),
    Scale.SHARE: Decimal("0.1"),
    Scale.RATE: Decimal("0.05"),
    Scale.FLAG: Decimal("0.5"),
}
"""A self-rating is far from a checked figure beyond: one step of the answer scale, less being wording and mood; ten percentage points
of a share and five of a yearly rate, which guesses from memory miss by; and any difference of a yes or no. Expert judgement."""

FAR_APART_IN_PROPORTION = Decimal("0.1")
"""Counts, years and ratios have no fixed step: a tenth of the checked figure, within which different cut-off days explain it."""


@dataclass(frozen=True, slots=True)
class IndicatorEvidence:
    """One indicator of the round: the measure that would count, and whether members disagree (spread above the rule base's limit)."""

    indicator: Indicator
    measure: Measure
    disagreement: bool
    by_kind: Mapping[str, Measure]
    """What each kind of member said, where enough of it answered."""


@dataclass(frozen=True, slots=True)
class FarApart:
    """A self-rating of the members that is far from the checked figure. `distance` is self-rating − checked."""

    indicator: Indicator
    self_rating: Decimal
    checked: Decimal
    checked_by: Origin

    @property
    def distance(self) -> Decimal:
        """How far the self-rating lies above the checked figure."""
        return self.self_rating - self.checked


@dataclass(frozen=True, slots=True)
class RoundEvidence:
    """All evidence of a round. `response` has the questionnaires in the order they are asked, each by kind of member."""

    response: Mapping[str, tuple[Progress, ...]]
    indicators: tuple[IndicatorEvidence, ...]
    far_apart: tuple[FarApart, ...]
    known: int
    spread_limit: Decimal


def evidence_of_round(session: Session, round_: Round, *, rulebase: Rulebase, now: datetime) -> RoundEvidence:
    """Collect what the answers that were handed in so far give; overrides are left out. For evaluators only.

    It shows the evaluator's figures too: a second rater who has not finished must not see it. Raises Unfit for another rule base.
    """
    if rulebase.digest != round_.rulebase_digest:
        raise Unfit(
            "Use the rule base %(version)s as it was when the round was planned; this one differs.", version=round_.rulebase_version
        )
    sets = response_sets(session, round_, now.date())
    measures = measures_in(sets, rulebase)
    members = next((found for found in sets if found.questionnaire.respondent is Origin.MEMBER), None)
    kinds = measures_by_kind(members, rulebase.indicators) if members is not None else {}
    limit = compile_rulebase(rulebase, round_.year).parameters["confidence_spread"]
    indicators = tuple(
        IndicatorEvidence(
            indicator,
            measures[name],
            _disagree(measures[name], indicator, limit),
            {kind.value: found[name] for kind, found in kinds.items() if name in found},
        )
        for name, indicator in rulebase.indicators.items()
    )
    return RoundEvidence(
        {pin.questionnaire: round_progress(session, identity(round_), pin.questionnaire) for pin in asked(session, identity(round_))},
        indicators,
        tuple(_far_apart(indicators)),
        sum(one.measure.value is not None for one in indicators),
        limit,
    )


def is_far_apart(self_rating: Decimal, checked: Decimal, scale: Scale) -> bool:
    """Whether a self-rating differs from a checked figure by more than its scale lets pass."""
    allowed = FAR_APART.get(scale, abs(checked) * FAR_APART_IN_PROPORTION)
    return abs(self_rating - checked) > allowed


def _disagree(measure: Measure, indicator: Indicator, limit: Decimal) -> bool:
    return indicator.scale is Scale.LIKERT and measure.spread is not None and measure.spread > limit


def _far_apart(indicators: tuple[IndicatorEvidence, ...]) -> Iterator[FarApart]:
    for one in indicators:
        own = next((other.value for other in one.measure.others if other.origin is Origin.MEMBER), None)
        checked, origin = one.measure.value, one.measure.origin
        if own is not None and checked is not None and origin is not None and is_far_apart(own, checked, one.indicator.scale):
            yield FarApart(one.indicator, own, checked, origin)
