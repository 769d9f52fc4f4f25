"""Agreement of two raters: shares and kappa against cases reckoned by hand, and said where there is none."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from assess.engine.agreement import FEWEST_FOR_KAPPA, agreement_of

STEP = st.integers(min_value=1, max_value=5)
PAIRS = st.lists(st.tuples(STEP, STEP), min_size=FEWEST_FOR_KAPPA, max_size=40)


def test_shares__by_hand() -> None:
    """Of 10 pairs 6 are equal and 2 one apart. Observed squared distances: 3² + 1² + 1² + 4² = 27.

    The first gives every step twice; the second 1 twice, 2 three times, 3 once, 4 and 5 twice. Each of the second's steps is from the
    first's, squared and summed: 1: 60, 2: 30, 3: 20, 4: 30, 5: 60. Together 60·2 + 30·3 + 20·1 + 30·2 + 60·2 = 410, ÷ 10 = 41.
    Kappa = 1 − 27 ÷ 41 = 0.341.
    """
    pairs = [(1, 1), (1, 4), (2, 2), (2, 2), (3, 3), (3, 2), (4, 5), (4, 4), (5, 5), (5, 1)]
    found = agreement_of(pairs)
    assert (found.n, found.exact, found.within_one) == (10, Decimal("0.6"), Decimal("0.8"))
    assert (found.kappa, found.no_kappa) == (Decimal("0.341"), "")


def test_kappa__of_a_table_with_two_steps__is_cohens_own() -> None:
    """With two steps the weights do not matter: 20 pairs, observed 0.7, chance 0.5, kappa (0.7 − 0.5) ÷ 0.5 = 0.4."""
    pairs = [(1, 1)] * 7 + [(1, 2)] * 3 + [(2, 1)] * 3 + [(2, 2)] * 7
    assert agreement_of(pairs).kappa == Decimal("0.4")


def test_kappa__of_opposites__is_minus_one() -> None:
    assert agreement_of([(1, 5), (5, 1)] * 5).kappa == Decimal(-1)


def test_kappa__of_few_pairs__is_not_given__and_says_so() -> None:
    found = agreement_of([(1, 1)] * 4 + [(2, 3)] * 5)
    assert (found.kappa, found.n, found.within_one) == (None, 9, Decimal(1))
    assert found.no_kappa == "Kappa is not given: it needs at least 10 items that both rated, and there are 9."


def test_kappa__without_any_variance__is_undefined__and_says_so() -> None:
    found = agreement_of([(3, 3)] * 12)
    assert (found.kappa, found.exact) == (None, Decimal(1))
    assert found.no_kappa.startswith("Kappa is not defined: both raters gave every item the same one rating")


def test_kappa__when_each_rater_uses_one_other_step__is_zero() -> None:
    assert agreement_of([(3, 4)] * 12).kappa == Decimal(0)


def test_nothing_rated_by_both__has_no_shares() -> None:
    found = agreement_of([])
    assert (found.n, found.exact, found.within_one, found.kappa) == (0, None, None, None)
    assert "no item was rated by both" in found.no_kappa


@given(PAIRS)
def test_agreement__does_not_depend_on_who_is_called_first__and_stays_in_its_bounds(pairs: list[tuple[int, int]]) -> None:
    found = agreement_of(pairs)
    assert found == agreement_of([(second, first) for first, second in pairs])
    assert found.exact is not None
    assert found.within_one is not None
    assert 0 <= found.exact <= found.within_one <= 1
    assert found.kappa is None or -1 <= found.kappa <= 1
