"""Says how two versions of a definition differ: which items or rules were added, removed or changed, and in what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum, StrEnum
from typing import Any

from pydantic import BaseModel

from assess.definitions.expression_tree import Expression, written
from assess.definitions.questionnaire_items import Item, Questionnaire
from assess.definitions.rulebase import Rule, Rulebase

_PLACES = frozenset({"lines", "line", "file", "template", "filling", "generated"})
"""Where something stands, which is no difference."""


class Kind(StrEnum):
    """What became of an entry."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Changed:
    """One field of an entry, in words; empty where it said nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry of a definition that differs; `part` says what it is: item, rule, parameter and so on."""

    part: str
    name: str
    kind: Kind
    changes: tuple[Changed, ...] = ()
    maps_from: str = ""
    """Of an item: what it continues, as its author says."""


def differences_of_questionnaires(old: Questionnaire, new: Questionnaire) -> tuple[Difference, ...]:
    """Return what differs between two versions of a questionnaire: its settings, its groups' conditions, and item by item."""
    settings = _differences("setting", _settings(old), _settings(new))
    items = _differences("item", {item.name: _words_of(item) for item in old.items}, {item.name: _words_of(item) for item in new.items})
    by_name = {item.name: item for item in new.items}
    return (*settings, *(_with_origin(one, by_name.get(one.name)) for one in items))


def differences_of_rulebases(old: Rulebase, new: Rulebase) -> tuple[Difference, ...]:
    """Return what differs between two versions of the rule base, rules written out, without where they stand."""
    parts = (
        ("parameter", old.parameters, new.parameters),
        ("indicator", old.indicators, new.indicators),
        ("weighting", old.weightings, new.weightings),
        ("factor", old.factors, new.factors),
        ("derived fact", {one.id: one for one in old.derived}, {one.id: one for one in new.derived}),
        ("rule", old.rules_by_id, new.rules_by_id),
        ("instrument", old.instruments, new.instruments),
        ("source", old.sources, new.sources),
    )
    return tuple(one for part, before, after in parts for one in _differences(part, _all_words(before), _all_words(after)))


def says_the_same(old: Rule, new: Rule) -> bool:
    """Say whether two rules ask and lead to the same, however they are explained."""
    return (old.when, old.unless, old.then) == (new.when, new.unless, new.then)


def _differences(part: str, old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]) -> Iterator[Difference]:
    """Yield what differs, in the new version's order, and last what is gone."""
    for name, words in new.items():
        if name not in old:
            yield Difference(part, name, Kind.ADDED, _changes({}, words))
        elif changes := _changes(old[name], words):
            yield Difference(part, name, Kind.CHANGED, changes)
    for name, words in old.items():
        if name not in new:
            yield Difference(part, name, Kind.REMOVED, _changes(words, {}))


def _changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Changed, ...]:
    names = dict.fromkeys((*old, *new))
    pairs = ((name, old.get(name, ""), new.get(name, "")) for name in names)
    return tuple(Changed(name.replace("_", " "), before, after) for name, before, after in pairs if before != after)


def _settings(questionnaire: Questionnaire) -> dict[str, dict[str, str]]:
    words = {name: _in_words(getattr(questionnaire, name)) for name in ("title", "default_language", "status", "respondent", "languages")}
    groups = {
        f"group {group.name}": {name: _in_words(getattr(group, name)) for name in ("label", "hint", "relevant", "kinds", "repeats")}
        for group in questionnaire.groups
    }
    return {"questionnaire": words} | groups


def _with_origin(one: Difference, item: Item | None) -> Difference:
    if item is None or not item.maps_from:
        return one
    origins = (f"{origin.kind.value} {origin.name or 'nothing'} of {origin.version}" for origin in item.maps_from)
    return Difference(one.part, one.name, one.kind, one.changes, "; ".join(origins))


def _all_words(entries: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    return {name: _words_of(entry) for name, entry in entries.items()}


def _words_of(entry: Any) -> dict[str, str]:
    """Return what the fields of an entry say, in words; those that say nothing are left out."""
    found = {name: _in_words(value) for name, value in _fields(entry) if name not in _PLACES}
    return {name: words for name, words in found.items() if words}


def _fields(entry: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(entry, BaseModel):
        return iter(entry)
    return ((field.name, getattr(entry, field.name)) for field in fields(entry) if field.compare)


def _in_words(value: Any) -> str:
    """Return a value as a reader would write it."""
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, Expression):
        return written(value)
    if isinstance(value, Enum):
        return value.name.lower() if isinstance(value.value, int) else str(value.value)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_in_words(said)}" for key, said in value.items())
    if isinstance(value, tuple | list | frozenset):
        return "; ".join(_in_words(one) for one in value)
    if isinstance(value, BaseModel) or (is_dataclass(value) and type(value).__str__ is object.__str__):
        return ", ".join(f"{name} {words}" for name, words in _words_of(value).items())
    return str(value)
