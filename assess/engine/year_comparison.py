"""Compares two years of one cluster, and says of every figure whether the two can be compared at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from assess.definitions.numbers import plain
from assess.definitions.questionnaire_items import Item, MappingKind, Questionnaire
from assess.engine.tallies import items_by_indicator
from assess.engine.what_if import Said


class Comparability(StrEnum):
    """How far two years' figures mean the same, from best to worst."""

    SAME = "same"
    REWORDED = "reworded"
    RULE_BASE_CHANGED = "rule base changed"
    RESCALED = "rescaled"
    NOT_COMPARABLE = "not comparable"
    UNKNOWN = "not known"


_ORDER = tuple(Comparability)
_WITH_DIFFERENCE = (Comparability.SAME, Comparability.REWORDED, Comparability.RULE_BASE_CHANGED)


@dataclass(frozen=True, slots=True)
class Change:
    """One indicator or factor in two years. `difference` is after − before, None where either is unknown or they do not compare.

    `reason` says why they do not compare as they are; empty for the same.
    """

    name: str
    before: Said
    after: Said
    difference: int | float | None
    flag: Comparability
    reason: str = ""


@dataclass(frozen=True, slots=True)
class YearComparison:
    """Two diagnoses of one cluster, the earlier one first."""

    years: tuple[int, int]
    type: tuple[str, str]
    stage: tuple[str, str]
    same_rulebase: bool
    factors: tuple[Change, ...]
    indicators: tuple[Change, ...]


Asked = Mapping[str, Questionnaire]
"""The questionnaires of one year by who answers them: member, management, evaluator."""


def compare_years(earlier: Mapping[str, Any], later: Mapping[str, Any], asked_then: Asked, asked_now: Asked) -> YearComparison:
    """Compare two diagnoses of one cluster, with the questionnaires behind each; without one, its figures are not known to compare."""
    flags = {name: _flagged(name, earlier, later, asked_then, asked_now) for name in dict.fromkeys((*earlier["labels"], *later["labels"]))}
    indicators = (_change(name, _value(earlier, name), _value(later, name), *flags[name]) for name in flags)
    return YearComparison(
        (earlier["round"]["year"], later["round"]["year"]),
        (earlier["type"]["label"], later["type"]["label"]),
        (earlier["stage"]["label"], later["stage"]["label"]),
        _same_rulebase(earlier, later),
        tuple(_factor_change(name, earlier, later, flags) for name in later["factors"] if name in earlier["factors"]),
        tuple(indicators),
    )


def items_then(item: Item, then: Questionnaire) -> tuple[tuple[str, ...], MappingKind | None]:
    """Name the items of an earlier version that `item` continues, and how.

    What `maps_from` declares for that version holds. Where it declares nothing at all, the item of the same name is the same; where it
    only speaks of other versions, or there is none of that name, the kind is None: nothing is known.
    """
    declared = [entry for entry in item.maps_from if entry.version == then.version]
    if declared:
        kinds = {entry.kind for entry in declared}
        kind = max(kinds, key=list(MappingKind).index)
        return tuple(entry.name or item.name for entry in declared if entry.kind is not MappingKind.NEW), kind
    known = any(other.name == item.name for other in then.items)
    return ((item.name,), MappingKind.SAME) if known and not item.maps_from else ((), None)


def _flagged(
    name: str, earlier: Mapping[str, Any], later: Mapping[str, Any], asked_then: Asked, asked_now: Asked
) -> tuple[Comparability, str]:
    """Say how an indicator of two diagnoses compares, by the worst thing that is between them."""
    return max(_obstacles(name, earlier, later, asked_then, asked_now), key=lambda found: _ORDER.index(found[0]))


def _obstacles(
    name: str, earlier: Mapping[str, Any], later: Mapping[str, Any], asked_then: Asked, asked_now: Asked
) -> Iterator[tuple[Comparability, str]]:
    yield Comparability.SAME, ""
    if not _same_rulebase(earlier, later):
        yield Comparability.RULE_BASE_CHANGED, "the rule base is another, and may put answers together otherwise"
    scales = [document["labels"].get(name, {}).get("scale") for document in (earlier, later)]
    if None in scales:
        yield Comparability.NOT_COMPARABLE, "only one of the two rule bases knows this indicator"
    elif scales[0] != scales[1]:
        yield Comparability.RESCALED, "it stands on another scale"
    origins = [document["measures"].get(name, {}).get("origin") for document in (earlier, later)]
    if _value(earlier, name) is None or _value(later, name) is None:
        return
    replaced = [document["round"]["year"] for document in (earlier, later) if name in _overridden(document)]
    if replaced:
        yield Comparability.NOT_COMPARABLE, f"the evaluator replaced the figure of {' and '.join(map(str, replaced))}"
    elif None in origins:
        yield Comparability.UNKNOWN, "who stated it is not recorded"
    elif origins[0] != origins[1]:
        yield Comparability.NOT_COMPARABLE, f"stated by {origins[0]} then, by {origins[1]} now"
    else:
        yield _asked_alike(name, asked_then.get(origins[0]), asked_now.get(origins[0]))


def _asked_alike(name: str, then: Questionnaire | None, now: Questionnaire | None) -> tuple[Comparability, str]:
    """Say how the items that feed an indicator changed between two versions of a questionnaire."""
    if then is None or now is None:
        return Comparability.UNKNOWN, "the questions behind it are not recorded"
    if then.digest == now.digest:
        return Comparability.SAME, ""
    items, old = items_by_indicator(now).get(name, ()), {item.name: item for item in items_by_indicator(then).get(name, ())}
    found = [(items_then(item, then), item) for item in items]
    if {one for (names, _), _ in found for one in names} != set(old):
        return Comparability.NOT_COMPARABLE, "other questions feed it"
    return max((_item_alike(names, kind, item, old) for (names, kind), item in found), key=lambda one: _ORDER.index(one[0]))


def _item_alike(names: Iterable[str], kind: MappingKind | None, item: Item, old: Mapping[str, Item]) -> tuple[Comparability, str]:
    if kind is None:
        return Comparability.UNKNOWN, f"what the question {item.name} was before is not declared"
    if kind in (MappingKind.SPLIT, MappingKind.MERGED, MappingKind.NEW):
        return Comparability.NOT_COMPARABLE, f"the question {item.name} is {kind.value}"
    before = next(old[name] for name in names)
    if kind is MappingKind.RESCALED or _answers(before) != _answers(item):
        return Comparability.RESCALED, f"the question {item.name} is answered otherwise"
    if kind is MappingKind.REWORDED or str(before.label) != str(item.label):
        return Comparability.REWORDED, f"the question {item.name} is worded otherwise"
    return Comparability.SAME, ""


def _answers(item: Item) -> tuple[object, ...]:
    """What an answer can be and what it is worth."""
    return item.type, item.codes, item.score, item.weight, item.kinds


def _factor_change(
    name: str, earlier: Mapping[str, Any], later: Mapping[str, Any], flags: Mapping[str, tuple[Comparability, str]]
) -> Change:
    """A factor compares as badly as the worst of its indicators; resting on other indicators, it does not."""
    before, after = earlier["factors"][name], later["factors"][name]
    worst = max((flags[one] for one in after["known"]), key=lambda found: _ORDER.index(found[0]), default=(Comparability.SAME, ""))
    if before["level"] is not None and after["level"] is not None and set(before["known"]) != set(after["known"]):
        worst = (Comparability.NOT_COMPARABLE, "it rests on other indicators")
    elif worst[0] is Comparability.SAME and not _same_rulebase(earlier, later):
        worst = (Comparability.RULE_BASE_CHANGED, "the rule base is another")
    return _change(name, before["level"], after["level"], *worst)


def _change(name: str, before: Any, after: Any, flag: Comparability, reason: str) -> Change:
    known = before is not None and after is not None and flag in _WITH_DIFFERENCE
    return Change(name, before, after, plain(Decimal(str(after)) - Decimal(str(before))) if known else None, flag, reason)


def _value(document: Mapping[str, Any], name: str) -> Said:
    value: Said = document["measures"].get(name, {}).get("value")
    return value


def _overridden(document: Mapping[str, Any]) -> set[str]:
    return {entry["indicator"] for entry in document.get("overrides", ())}


def _same_rulebase(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> bool:
    return bool(earlier["rulebase"]["digest"] == later["rulebase"]["digest"])
