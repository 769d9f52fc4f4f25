"""Deals cards of known height out to two columns a page, in their order, and balances the last page.

The layout engine can do this itself, but lays every card out many times for it, which takes several times as long as the whole report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Generic, TypeVar

Card = TypeVar("Card")


@dataclass(frozen=True, slots=True)
class Spread(Generic[Card]):
    """What stands on one page, side by side."""

    left: tuple[Card, ...]
    right: tuple[Card, ...]


def spreads(cards: Sequence[Card], heights: Sequence[float], first: float, others: float) -> tuple[Spread[Card], ...]:
    """Fill column after column; `first` is the height of those of the first page, `others` that of all further ones.

    Where a card does not fit any more, the next one that does goes before it. The columns of the last page are of like height.
    """
    pages: list[list[int]] = []
    left = list(range(len(cards)))
    while left:
        columns = [_taken(left, heights, others if pages else first) for _ in range(2)]
        pages += columns
    return tuple(_spread(cards, heights, pages[n : n + 2], last=n + 2 == len(pages)) for n in range(0, len(pages), 2))


def _taken(left: list[int], heights: Sequence[float], room: float) -> list[int]:
    """Take those cards from what is left that one column holds; a card that is higher than a column has one for itself."""
    taken: list[int] = []
    for card in tuple(left):
        if not taken or sum(heights[one] for one in taken) + heights[card] <= room:
            taken.append(card)
            left.remove(card)
    return taken


def _spread(cards: Sequence[Card], heights: Sequence[float], columns: Sequence[Sequence[int]], *, last: bool) -> Spread[Card]:
    left, right = _balanced(sorted([*columns[0], *columns[1]]), heights) if last else columns
    return Spread(tuple(cards[one] for one in left), tuple(cards[one] for one in right))


def _balanced(page: Sequence[int], heights: Sequence[float]) -> tuple[Sequence[int], Sequence[int]]:
    """Deal the cards of a page out so that the higher column is as low as can be; the first card stays the first."""
    chosen = (frozenset(more) for number in range(len(page)) for more in combinations(page[1:], number))
    deals = ([one for one in page if one == page[0] or one in more] for more in chosen)
    pairs = ((left, [one for one in page if one not in left]) for left in deals)
    return min(pairs, key=lambda pair: max(sum(heights[one] for one in column) for column in pair))
