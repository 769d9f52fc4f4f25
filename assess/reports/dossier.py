"""Looks things up in a diagnosis document: labels, rules, findings, and what keeps a conclusion undetermined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assess.definitions.scales import Scale
from assess.reports import names
from assess.reports.footnotes import Mark, References, references

_GAPS = {"severe": "severe gap", "moderate": "moderate gap"}


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that fired: what it says, with its numbers, and where it comes from."""

    rule: str
    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A conclusion in words: tone is strength, weakness or neutral."""

    text: str
    tone: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """Conclusions that could not be decided, and the indicators whose values are missing for them."""

    conclusions: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Dossier:
    """A diagnosis document with its lookups."""

    document: Mapping[str, Any]

    @cached_property
    def references(self) -> References:
        """The numbered references."""
        return references(self.document)

    @cached_property
    def traces(self) -> Mapping[str, Mapping[str, Any]]:
        """Every rule's trace by its id."""
        return {trace["rule"]: trace for trace in self.document["trace"]}

    @cached_property
    def measures(self) -> Mapping[str, Mapping[str, Any]]:
        """The known measures by indicator, in the order of the rule base."""
        measured = self.document["measures"]
        return {name: measured[name] for name in self.document["labels"] if measured.get(name, {}).get("value") is not None}

    @cached_property
    def findings(self) -> Mapping[str, Mapping[str, Any]]:
        """Every finding by the id of its conclusion."""
        document = self.document
        blocks = [document["stage"], *document["factors"].values(), *document["profiles"].values()]
        return {finding["id"]: finding for block in blocks for finding in block["findings"]}

    def label(self, indicator: str) -> str:
        """What an indicator is called."""
        entry = self.document["labels"].get(indicator)
        return entry["label"] if entry else self.conclusion(indicator)

    def labels(self, indicators: Iterable[str]) -> tuple[str, ...]:
        """What indicators are called, each once."""
        return tuple(dict.fromkeys(map(self.label, indicators)))

    def scale(self, fact: str) -> Scale:
        """The scale of an indicator, or the scale that a derived number of that name stands on."""
        entry = self.document["labels"].get(fact) or self.document["derived_labels"].get(fact)
        if entry:
            return Scale(entry["scale"])
        return Scale.SHARE if fact.rsplit(".", 1)[-1] in ("support", "coverage") else Scale.NUMBER

    def fact(self, name: str) -> str:
        """What an indicator, a derived number or a conclusion is called."""
        parts = name.split(".")
        if name in self.document["labels"]:
            return self.label(name)
        if parts[0] == "factor" and len(parts) == 3 and parts[1] in self.document["factors"]:
            return f"{self.document['factors'][parts[1]]['label']}: {parts[2]}"
        if parts[0] in ("type", "stage") and len(parts) == 3:
            known = names.TYPES if parts[0] == "type" else names.STAGES
            return f"{known.get(parts[1], parts[1].capitalize())} ({parts[0]}): {parts[2]}"
        derived = self.document["derived_labels"].get(name)
        return derived["label"] if derived else self.conclusion(name)

    def reason(self, rule: str) -> Reason:
        """What a fired rule says."""
        trace = self.traces.get(rule)
        if trace is None:
            return Reason(rule, "", ())
        return Reason(rule, trace["because"] or "", self.references.of(trace["cite"]))

    def reasons(self, rules: Iterable[str]) -> tuple[Reason, ...]:
        """What fired rules say, in their order."""
        return tuple(map(self.reason, rules))

    def finding(self, entry: Mapping[str, Any]) -> Finding:
        """A finding with its reasons."""
        return Finding(entry["finding"], entry["tone"], self.reasons(entry["because"]))

    def conclusion(self, name: str) -> str:
        """A short name for a conclusion: "Research base: severe gap"."""
        parts = name.split(".")
        if parts[0] in ("gap", "strength") and len(parts) > 1 and parts[1] in self.document["factors"]:
            return self._factor_conclusion(parts)
        if parts[0] == "flag" and parts[-1] in names.FLAGS:
            return names.FLAGS[parts[-1]][0]
        if parts[0] == "screen" and len(parts) == 4:
            return f"{names.CRITERIA.get(parts[2], names.spoken(parts[2]))}: {'not met' if parts[3] == 'fail' else 'met'}"
        if parts[0] in ("stage", "type") and len(parts) == 2:
            known = names.STAGES if parts[0] == "stage" else names.TYPES
            return f"{parts[0].capitalize()}: {names.lower_first(known.get(parts[1], names.spoken(parts[1])))}"
        return self._by_indicator(parts) or _in_words(parts)

    def open(self, conclusions: Iterable[str]) -> Open:
        """Conclusions that could not be decided, by name, with what is missing for them."""
        wanted = tuple(conclusions)
        missing = dict.fromkeys(name for conclusion in wanted for name in self._missing(conclusion, frozenset()))
        return Open(tuple(dict.fromkeys(map(self.conclusion, wanted))), self.labels(missing))

    def _factor_conclusion(self, parts: list[str]) -> str:
        factor = self.document["factors"][parts[1]]
        if parts[0] == "strength":
            return f"{factor['label']}: strength"
        indicators = [name for name in (*factor["known"], *factor["unknown"]) if name.endswith("." + parts[-1])]
        what = _GAPS.get(parts[-1]) or (names.lower_first(self.label(indicators[0])) if indicators else names.spoken(parts[-1]))
        return f"{factor['label']}: {what}"

    def _by_indicator(self, parts: list[str]) -> str | None:
        """Name a conclusion after the indicator its id contains, as `porter.rivalry.weak` contains `porter.rivalry`."""
        for first in range(len(parts) - 1):
            indicator = ".".join(parts[first : first + 2])
            if indicator in self.document["labels"]:
                rest = " ".join(map(names.spoken, parts[first + 2 :]))
                return f"{self.label(indicator)}: {rest}" if rest else self.label(indicator)
        return None

    def _missing(self, conclusion: str, seen: frozenset[str]) -> Iterable[str]:
        """Unknown indicators behind an undetermined conclusion, followed through the rules that would draw it."""
        for trace in self._undetermined_rules(conclusion):
            for test in trace["conditions"]:
                fact = test["fact"]
                if test["holds"] is not None or fact in seen:
                    continue
                if fact in self.document["labels"]:
                    yield fact
                else:
                    yield from self._missing(fact, seen | {fact})

    def _undetermined_rules(self, conclusion: str) -> list[Mapping[str, Any]]:
        key = _key(conclusion)
        return [trace for rule, trace in self.traces.items() if trace["outcome"] == "undetermined" and _key(rule).startswith(key)]


def _in_words(parts: list[str]) -> str:
    head = names.PROFILES[parts[0]][0] if parts[0] in names.PROFILES else names.spoken(parts[0]).capitalize()
    return f"{head}: {' '.join(map(names.spoken, parts[1:]))}" if parts[1:] else head


def _key(name: str) -> str:
    return name.replace("_", "-")
