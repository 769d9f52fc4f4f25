"""What is shown by kind of member: who took part, and what each kind said where enough of it answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from assess.definitions.indicators import Indicator, Origin
from assess.definitions.questionnaire_items import MemberKind
from assess.engine.answers import ResponseSet
from assess.engine.measures import Measure
from assess.engine.measuring import value_of
from assess.engine.tallies import Tally, by_kind, items_by_indicator, tally

FEWEST_SHOWN = 5
"""No figure is shown that comes from fewer organisations than this."""


@dataclass(frozen=True, slots=True)
class Participation:
    """Who answered at least one question: organisations by kind, and respondents, of whom several may speak for one organisation."""

    organisations: Mapping[MemberKind, int]
    respondents: int

    @property
    def total(self) -> int:
        """How many organisations answered."""
        return sum(self.organisations.values())


def participation(members: ResponseSet) -> Participation:
    """Count who took part; a sheet without any answer but the kind is no participation."""
    sheets = [sheet for sheet in members.sheets if any(name != "kind" for name in sheet.answers)]
    return Participation({k.kind: k.organisations for k in by_kind(sheets) if k.kind is not None}, len(sheets))


def measures_by_kind(
    members: ResponseSet, indicators: Mapping[str, Indicator], fewest: int = FEWEST_SHOWN
) -> dict[MemberKind, dict[str, Measure]]:
    """Return, for each kind of member, what its organisations said; every organisation weighs the same.

    A value from fewer than `fewest` organisations is hidden. Where the hidden ones together are fewer than `fewest`, the smallest
    of the shown kinds is hidden as well, so that no hidden figure follows from the whole less the shown kinds. No spread is given.
    """
    items = items_by_indicator(members.questionnaire)
    kinds = by_kind(members.sheets)
    found: dict[MemberKind, dict[str, Measure]] = {k.kind: {} for k in kinds if k.kind is not None}
    for name, indicator in indicators.items():
        if Origin.MEMBER in indicator.origins and name in items:
            tallies = {k.kind: tally(items[name], k) for k in kinds if k.kind is not None}
            hidden = hidden_kinds({kind: one.n for kind, one in tallies.items()}, fewest)
            for kind, one in tallies.items():
                found[kind][name] = _kind_measure(indicator, one, fewest, kind in hidden)
    return found


def hidden_kinds(counts: Mapping[MemberKind, int], fewest: int) -> set[MemberKind]:
    """Name the kinds whose figure or number is not shown: the small ones, and as many others as keep these from being worked out."""
    hidden = {kind for kind, n in counts.items() if 0 < n < fewest}
    shown = sorted((kind for kind, n in counts.items() if n >= fewest), key=lambda kind: (counts[kind], kind))
    while hidden and shown and sum(counts[kind] for kind in hidden) < fewest:
        hidden.add(shown.pop(0))
    return hidden


def _kind_measure(indicator: Indicator, one: Tally, fewest: int, hidden: bool) -> Measure:
    measured = Measure(indicator.id, n=one.n, asked=one.asked, dont_know=one.dont_know, origin=Origin.MEMBER)
    if one.n < fewest:
        return replace(measured, reason=f"fewer than {fewest} organisations answered")
    if hidden:
        return replace(measured, reason="not shown, because a smaller kind's answers would follow from it")
    return replace(measured, value=value_of(indicator, one.figures))
