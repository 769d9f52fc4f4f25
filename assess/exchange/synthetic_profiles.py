"""What sets one made-up cluster apart from the next: who its members are, what they think, and its management's figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assess.definitions.questionnaire_items import Item, MemberKind

_MIX = {
    MemberKind.COMPANY: 28,
    MemberKind.RESEARCH: 9,
    MemberKind.EDUCATION: 6,
    MemberKind.PUBLIC: 5,
    MemberKind.INVESTOR: 3,
    MemberKind.SERVICE: 5,
    MemberKind.ASSOCIATION: 4,
}
_MIDDLE, _VARIETY = 3.15, 0.3


@dataclass(frozen=True, slots=True)
class Profile:
    """A made-up cluster. Without anything given it is the one that `assess synthesise` has always written.

    `kinds` are the members' kinds, begun again when there are more members. `opinions` are levels from 1 to 5 by indicator
    (`network.startups`) or by its family (`network`). `figures` are the management's figures that differ, by item.
    """

    kinds: tuple[MemberKind, ...] = tuple(kind for kind, count in _MIX.items() for _ in range(count))
    opinions: Mapping[str, float] = field(default_factory=dict)
    figures: Mapping[str, str] = field(default_factory=dict)

    def opinion(self, item: Item) -> float | None:
        """What the cluster thinks of an item; None where the profile does not say."""
        named = item.indicator or ""
        return self.opinions.get(named, self.opinions.get(named.partition(".")[0]))

    def level(self, item: Item, drawn: float) -> float:
        """Return what members think of an item; `drawn` is the level by chance, which varies an opinion a little."""
        opinion = self.opinion(item)
        return drawn if opinion is None else opinion + (drawn - _MIDDLE) * _VARIETY


PLAIN = Profile()
