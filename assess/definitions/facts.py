"""Every fact a condition may name: its scale, and from which stratum on it is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assess.definitions.indicators import Indicator
from assess.definitions.rules import (
    FACTORS,
    STAGES,
    TYPES,
    Concludes,
    Derived,
    Factor,
    Instrument,
    ScreenResult,
    StratumName,
    Then,
)
from assess.definitions.scales import Scale
from assess.definitions.texts import Text


@dataclass(frozen=True, slots=True)
class FactDefinition:
    """A named fact: what it is called in reports, its scale, and the stratum after which it is known."""

    name: str
    label: Text
    scale: Scale
    known_after: StratumName
    is_conclusion: bool = False


def fact_catalogue(
    indicators: Iterable[Indicator],
    derived: Iterable[Derived],
    factors: Mapping[str, Factor],
    instruments: Iterable[Instrument],
    conclusions: Iterable[tuple[Then, StratumName]],
) -> dict[str, FactDefinition]:
    """Return every fact by name. A derived fact is known after the latest of its inputs."""
    facts = [FactDefinition(i.id, i.label, i.scale, StratumName.GIVEN) for i in indicators]
    facts += _support_facts("type", TYPES) + _support_facts("stage", STAGES)
    facts += [fact for name in FACTORS if name in factors for fact in _factor_facts(name, factors[name])]
    facts += [_conclusion(name, stratum) for then, stratum in conclusions if (name := conclusion_name(then))]
    facts += [_conclusion(f"recommended.{i.id}", StratumName.CONFLICTS) for i in instruments]
    catalogue = {fact.name: fact for fact in facts}
    for entry in derived:
        after = max((catalogue[name].known_after for name in entry.inputs if name in catalogue), default=StratumName.GIVEN)
        catalogue[entry.id] = FactDefinition(entry.id, entry.label, entry.scale, after)
    return catalogue


def conclusion_name(then: Then) -> str | None:
    """Return the name under which other rules read what a rule concludes, if they may."""
    if isinstance(then, Concludes):
        return then.concludes
    if isinstance(then, ScreenResult):
        return f"screen.{then.screen}.{then.result}"
    return None


def _support_facts(kind: str, options: Iterable[str]) -> list[FactDefinition]:
    def fact(name: str, label: str, scale: Scale) -> FactDefinition:
        return FactDefinition(f"{kind}.{name}", Text({"en": label}), scale, StratumName.EVIDENCE)

    facts = [fact("first.support", "Highest support", Scale.SHARE), fact("second.support", "Second support", Scale.SHARE)]
    facts.append(fact("margin", "Margin between the first two", Scale.DIFFERENCE))
    for option in options:
        words = option.replace("_", " ")
        facts.append(fact(f"{option}.support", f"Support for {words}", Scale.SHARE))
        facts.append(fact(f"{option}.coverage", f"Evidence available on {words}", Scale.SHARE))
        facts.append(fact(f"{option}.lead", f"Lead of {words}", Scale.DIFFERENCE))
    return facts


def _factor_facts(name: str, factor: Factor) -> list[FactDefinition]:
    label = str(factor.label)
    return [
        FactDefinition(f"factor.{name}.level", Text({"en": f"{label}: level"}), Scale.LIKERT, StratumName.GIVEN),
        FactDefinition(f"factor.{name}.target", Text({"en": f"{label}: target"}), Scale.LIKERT, StratumName.TARGETS),
        FactDefinition(f"factor.{name}.gap", Text({"en": f"{label}: gap"}), Scale.DIFFERENCE, StratumName.TARGETS),
    ]


def _conclusion(name: str, stratum: StratumName) -> FactDefinition:
    return FactDefinition(name, Text({"en": name}), Scale.FLAG, stratum, is_conclusion=True)
