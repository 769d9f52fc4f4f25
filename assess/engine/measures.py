"""A measure: one indicator's value, with what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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

    @classmethod
    def from_json(cls, indicator: str, entry: Mapping[str, Any]) -> Measure:
        """Return the measure that `as_json` wrote."""
        return cls(
            indicator,
            _decimal(entry["value"]),
            n=entry.get("n"),
            asked=entry.get("asked"),
            spread=_decimal(entry.get("spread")),
            coverage=_decimal(entry.get("coverage")),
            dont_know=entry.get("dont_know"),
            origin=Origin(entry["origin"]) if entry.get("origin") else None,
            reason=entry.get("reason"),
            note=entry.get("note"),
            source=(entry["source"][0], entry["source"][1]) if entry.get("source") else None,
            others=tuple(OtherValue(Origin(other["origin"]), Decimal(str(other["value"]))) for other in entry.get("others", ())),
        )


@dataclass(frozen=True, slots=True)
class Override:
    """A measure that an evaluator replaced: what the answers give, the value that holds instead (None: unknown), why, when and who.

    `when` is a time in ISO 8601, `by` the reference of an account, such as `account/7`, never a name.
    """

    before: Measure
    value: Decimal | None
    reason: str
    when: str
    by: str

    @property
    def after(self) -> Measure:
        """The measure that holds: the evaluator's, with what was stated before beside it; no n and no spread, for nobody was asked."""
        stated = () if self.before.value is None or self.before.origin is None else (OtherValue(self.before.origin, self.before.value),)
        return Measure(
            self.before.indicator,
            self.value,
            origin=Origin.EVALUATOR,
            reason=self.reason if self.value is not None else f"taken for unknown by the evaluator: {self.reason}",
            others=(*stated, *self.before.others) if self.value is not None else (),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the override as it stands in a diagnosis."""
        after = None if self.value is None else plain(self.value)
        said = {"reason": self.reason, "when": self.when, "by": self.by}
        return {"indicator": self.before.indicator, "before": self.before.as_json(), "after": after} | said

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> Override:
        """Return the override that `as_json` wrote."""
        before = Measure.from_json(entry["indicator"], entry["before"])
        return cls(before, _decimal(entry["after"]), entry["reason"], entry["when"], entry["by"])


def overridden(measures: Mapping[str, Measure], overrides: Iterable[Override]) -> dict[str, Measure]:
    """Return the measures with every override in the place of what it replaces."""
    return dict(measures) | {override.before.indicator: override.after for override in overrides}


def _decimal(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number))
