"""How cards are dealt out to columns and pages."""

from __future__ import annotations

import pytest

from assess.reports.columns import spreads


def dealt(heights: list[float], first: float = 10, others: float = 12) -> list[tuple[list[int], list[int]]]:
    found = spreads(range(len(heights)), heights, first, others)
    return [(list(page.left), list(page.right)) for page in found]


def test_few_cards__stand_in_columns_of_like_height() -> None:
    assert dealt([4, 2, 2]) == [([0], [1, 2])]


def test_one_card__stands_on_the_left() -> None:
    assert dealt([4]) == [([0], [])]


def test_no_cards__take_no_page() -> None:
    assert dealt([]) == []


def test_a_card_that_does_not_fit__lets_the_next_one_that_does_go_before_it() -> None:
    assert dealt([6, 6, 4, 4, 5]) == [([0, 2], [1, 3]), ([4], [])]


def test_a_card_higher_than_a_column__has_one_for_itself() -> None:
    assert dealt([30, 1, 1])[0] == ([0], [1, 2])


@pytest.mark.parametrize("number", [2, 7, 10])
def test_every_card__is_dealt_once__none_beyond_the_room(number: int) -> None:
    heights = [float(3 + n % 5) for n in range(number)]
    pages = dealt(heights)
    assert sorted(card for page in pages for column in page for card in column) == list(range(number))
    assert all(sum(heights[card] for card in column) <= (12 if n else 10) for n, page in enumerate(pages) for column in page)
