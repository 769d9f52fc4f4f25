"""A measure: one indicator's value, with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assess.definitions.indicators import Origin
from assess.definitions.numbers import plain


@dataclass(frozen=True, slots=True)
class OtherValue:
    """What a less authoritative origin stated about the same indicator."""

    origin: Origin
    value: Decimal


@dataclass(frozen=True, slots=True)
class Measure:
    """What is known about one indicator.

    `value` is on the indicator's scale, in thousandths, or None when unknown; then `reason` says why. `n` counts the
    organisations that gave a figure, `asked` those it applies to, `coverage` is n ÷ asked; `spread` is the weighted standard
    deviation of the answers on the same scale.
    """

    indicator: str
    value: Decimal | None = None
    n: int | None = None
    asked: int | None = None
    spread: Decimal | None = None
    coverage: Decimal | None = None
    dont_know: int | None = None
    origin: Origin | None = None
    reason: str | None = None
    note: str | None = None
    source: tuple[str, str] | None = None
    others: tuple[OtherValue, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the measure as it stands in a diagnosis: only what is known, but always the value."""
        numbers = {"spread": self.spread, "coverage": self.coverage}
        known: dict[str, Any] = {"n": self.n, "asked": self.asked, "dont_know": self.dont_know}
        known |= {name: plain(value) for name, value in numbers.items() if value is not None}
        known |= {"origin": self.origin.value if self.origin else None, "reason": self.reason, "note": self.note}
        known |= {"source": list(self.source) if self.source else None}
        known |= {"others": [{"origin": o.origin.value, "value": plain(o.value)} for o in self.others] or None}
        value = None if self.value is None else plain(self.value)
        return {"value": value} | {name: entry for name, entry in known.items() if entry is not None}
