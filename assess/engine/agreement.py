"""How far two raters of the same items agree: exactly, within one step, and beyond what chance would give (Cohen 1968)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assess.engine.aggregates import in_thousandths

FEWEST_FOR_KAPPA = 10
"""Below ten pairs one rating moves kappa by more than the usual grades of agreement are apart; it would say more than it knows."""

Pair = tuple[int, int]
"""What the first and the second rater gave one item, on the same whole steps."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement over `n` items that both rated. Shares are 0–1, in thousandths; None where there is nothing to take a share of.

    `kappa` is Cohen's kappa with quadratic weights, 1 for equal ratings, 0 for what chance gives; `no_kappa` says why there is none.
    """

    n: int
    exact: Decimal | None
    within_one: Decimal | None
    kappa: Decimal | None
    no_kappa: str = ""


def agreement_of(pairs: Sequence[Pair]) -> Agreement:
    """Compare two raters' ratings of the same items."""
    n = len(pairs)
    if not n:
        return Agreement(0, None, None, None, "Kappa is not given: no item was rated by both.")
    steps = Counter(abs(first - second) for first, second in pairs)
    exact, within_one = Fraction(steps[0], n), Fraction(steps[0] + steps[1], n)
    kappa = _kappa(pairs) if n >= FEWEST_FOR_KAPPA else None
    return Agreement(
        n,
        in_thousandths(exact),
        in_thousandths(within_one),
        None if kappa is None else in_thousandths(kappa),
        "" if kappa is not None else _why_none(n),
    )


def _kappa(pairs: Sequence[Pair]) -> Fraction | None:
    """Return 1 − Σ(observed squared distances) ÷ Σ(those expected if the raters were independent); None where none is expected.

    The weights (i − j)² ÷ (steps − 1)² share their divisor, which therefore drops out.
    """
    n = len(pairs)
    firsts, seconds = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    observed = sum((first - second) ** 2 for first, second in pairs)
    expected = Fraction(sum((a - b) ** 2 * firsts[a] * seconds[b] for a in firsts for b in seconds), n)
    return 1 - observed / expected if expected else None


def _why_none(n: int) -> str:
    if n < FEWEST_FOR_KAPPA:
        return f"Kappa is not given: it needs at least {FEWEST_FOR_KAPPA} items that both rated, and there {'is' if n == 1 else 'are'} {n}."
    return "Kappa is not defined: both raters gave every item the same one rating, so chance alone would make them agree."
