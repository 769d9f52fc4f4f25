"""Numbered references: every source with its place in it has one number, the same wherever it is cited."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from assess.definitions.rules import EXPERT, Source

Citation = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Mark:
    """A citation in the text: its number and the anchor it links to. Expert judgement is marked by a letter E."""

    number: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Place:
    """One cited place in a work."""

    number: str
    anchor: str
    locator: str


@dataclass(frozen=True, slots=True)
class Work:
    """One work of the bibliography, with the places in it that are cited."""

    reference: str
    via: str | None
    note: str | None
    is_expert: bool
    places: tuple[Place, ...]


@dataclass(frozen=True)
class References:
    """The bibliography and the marks that point into it."""

    works: tuple[Work, ...]
    marks: Mapping[Citation, Mark]

    def of(self, citations: Iterable[Iterable[str]]) -> tuple[Mark, ...]:
        """Return the marks of citations in the order of their numbers, each once."""
        found = {self.marks[pair] for pair in ((first, second) for first, second in citations) if pair in self.marks}
        return tuple(sorted(found, key=lambda mark: _natural(mark.number)))


def references(document: Mapping[str, Any]) -> References:
    """Number everything that is cited by what was concluded: works by author, places in natural order, expert judgement last."""
    sources = {name: Source.model_validate(entry) for name, entry in document["sources"].items()}
    cited: dict[str, set[str]] = {}
    for source, locator in _citations(document):
        if source in sources:
            cited.setdefault(source, set()).add(locator)
    works: list[Work] = []
    marks: dict[Citation, Mark] = {}
    number = 0
    for name in sorted(cited, key=lambda name: (name == EXPERT, sources[name].reference.casefold())):
        prefix, start = ("E", 0) if name == EXPERT else ("", number)
        locators = sorted(cited[name], key=_natural)
        places = tuple(
            Place(f"{prefix}{n}", f"ref-{prefix}{n}", _readable(locator, sources)) for n, locator in enumerate(locators, start=start + 1)
        )
        number = number if prefix else start + len(places)
        marks |= {(name, locator): Mark(place.number, place.anchor) for locator, place in zip(locators, places, strict=True)}
        works.append(_work(sources, name, places))
    return References(tuple(works), marks)


def only_cited(works: Iterable[Work], cited: Container[str]) -> tuple[tuple[Work, ...], dict[Mark, Mark]]:
    """Leave out places whose anchors nothing leads to and number the others anew, in their order; return the new mark of each."""
    kept, anew = [], dict[Mark, Mark]()
    for work in works:
        prefix = "E" if work.is_expert else ""
        places = []
        for place in (place for place in work.places if place.anchor in cited):
            number = f"{prefix}{1 + sum(mark.number.startswith('E') == work.is_expert for mark in anew)}"
            anew[Mark(place.number, place.anchor)] = Mark(number, f"ref-{number}")
            places.append(replace(place, number=number, anchor=f"ref-{number}"))
        kept += [replace(work, places=tuple(places))] if places else []
    return tuple(kept), anew


def renumbered(node: Any, anew: Mapping[Mark, Mark]) -> Any:
    """Return a part of the report with every mark replaced by its new one."""
    if isinstance(node, Mark):
        return anew.get(node, node)
    if isinstance(node, tuple):
        return tuple(renumbered(entry, anew) for entry in node)
    if is_dataclass(node) and not isinstance(node, type):
        changed = {field.name: renumbered(getattr(node, field.name), anew) for field in fields(node) if field.init}
        return replace(node, **changed)
    return node


def _work(sources: Mapping[str, Source], name: str, places: tuple[Place, ...]) -> Work:
    source = sources[name]
    via = sources.get(source.via or "")
    note = _readable(source.note, sources) if source.note else None
    return Work(source.reference, via.short if via else source.via, note, name == EXPERT, places)


def _readable(locator: str, sources: Mapping[str, Source]) -> str:
    """Write out ids of sources inside a locator, as in "as given in gm2017"."""
    named = sources.keys() - {EXPERT}  # which is a word of French
    return re.sub(r"[a-z]+[0-9]*", lambda found: sources[found[0]].short if found[0] in named else found[0], locator)


def _citations(node: Any) -> set[Citation]:
    """Every citation of what fired or was measured, at any depth."""
    if isinstance(node, list):
        return {pair for entry in node for pair in _citations(entry)}
    if not isinstance(node, Mapping) or node.get("outcome") in ("not_fired", "undetermined"):
        return set()
    own = {(source, locator) for source, locator in node.get("cite", ())}
    measured = node.get("source")
    own |= {(measured[0], measured[1])} if isinstance(measured, list) else set()
    return own | {pair for value in node.values() for pair in _citations(value)}


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Order "Exhibit 2" before "Exhibit 10"; numbers before words, "9" before "E1"."""
    parts = re.findall(r"\d+|\D+", text.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
