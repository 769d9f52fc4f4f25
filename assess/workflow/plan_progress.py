"""Says how far the indicator of an action item has come by a round, and whether the two years' figures mean the same."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sqlmodel import Session

from assess.engine.what_if import Said
from assess.engine.year_comparison import Comparability
from assess.phrases import message
from assess.store.steering_tables import ActionItem
from assess.store.tables import Round
from assess.workflow.comparisons import EarlierRound, with_earlier_rounds
from assess.workflow.plan_indicators import value_in
from assess.workflow.plans import Basis, Planned, basis_of

_MEAN_THE_SAME = (Comparability.SAME, Comparability.REWORDED, Comparability.RULE_BASE_CHANGED)


class Standing(StrEnum):
    """How the indicator stands against its target."""

    REACHED = "target reached"
    NEARER = "nearer to the target"
    NOT_NEARER = "no nearer to the target"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Progress:
    """An item's indicator in a round; `present` is None where unknown. `caveat`: why two years' figures differ in meaning, if they do."""

    present: Said
    standing: Standing
    caveat: str = ""


class Years:
    """Holds one round's diagnosis against the earlier ones, comparing only when asked."""

    def __init__(self, session: Session, round_: Round) -> None:
        self.round = round_
        self.basis: Basis | None = basis_of(session, round_)
        self._session = session
        self._earlier: tuple[EarlierRound, ...] | None = None

    def progress(self, planned: Planned) -> Progress | None:
        """Return how far an item's indicator has come; None where the item names none, or the round has no diagnosis yet."""
        item = planned.item
        if item.indicator is None or self.basis is None:
            return None
        present = value_in(self.basis.document, item.indicator)
        if planned.round.id == self.round.id:
            return Progress(present, Standing.UNKNOWN)
        flag, reason = self._comparability(planned.round.year, item.indicator)
        return Progress(present, _standing(item, present) if flag in _MEAN_THE_SAME else Standing.UNKNOWN, reason)

    def _comparability(self, year: int, indicator: str) -> tuple[Comparability, str]:
        if self._earlier is None and self.basis is not None:
            self._earlier = with_earlier_rounds(self._session, self.basis.diagnosis)
        found = next((one.comparison for one in self._earlier or () if one.year == year), None)
        change = next((one for one in found.indicators if one.name == indicator), None) if found else None
        return (change.flag, change.reason) if change else (Comparability.UNKNOWN, message("the earlier diagnosis cannot be found"))


def _standing(item: ActionItem, present: Said) -> Standing:
    """Judge by the direction from baseline to target; without a baseline there is none."""
    if present is None or item.baseline is None or item.target is None:
        return Standing.UNKNOWN
    now, before, aim = Decimal(str(present)), Decimal(item.baseline), Decimal(item.target)
    way = 1 if aim > before else -1
    if (now - aim) * way >= 0:
        return Standing.REACHED
    return Standing.NEARER if (now - before) * way > 0 else Standing.NOT_NEARER
