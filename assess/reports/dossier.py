"""Looks things up in a diagnosis document: labels, rules, findings, and what keeps a conclusion undetermined."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise, takewhile
from typing import Any

from assess.definitions.scales import Scale
from assess.definitions.words import ENGLISH, Words, words_of
from assess.phrases import message
from assess.reports import names
from assess.reports.footnotes import Mark, References, references

_GAPS = {"severe": message("severe gap"), "moderate": message("moderate gap")}
_AGENCY = "agency"
_KINDS = {"type": message("type"), "stage": message("stage")}
_HEADS = {"type": message("Type"), "stage": message("Stage")}
_MET = (message("not met"), message("met"))
_STATES = {
    "weak": message("weak"),
    "strong": message("strong"),
    "missing": message("missing"),
    "present": message("present"),
    "covered": message("covered"),
    "uncovered": message("uncovered"),
    "incomplete": message("incomplete"),
    "narrow": message("narrow"),
    "wide": message("wide"),
}
"""How the ids of conclusions about one indicator end."""
_DERIVED = {
    "level": message("level"),
    "target": message("target"),
    "gap": message("gap"),
    "support": message("support"),
    "coverage": message("coverage"),
    "lead": message("lead"),
    "missing": message("indicators missing"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that fired: what it says, with its numbers, and where it comes from; `figures` are the numbers it was drawn from."""

    rule: str
    text: str
    marks: tuple[Mark, ...]
    figures: tuple[str, ...] = ()


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
    """A diagnosis document with its lookups, in the language of the report.

    `document` holds the texts of the rule base in that language already; `words` say all others. `annex` is what was sealed beside
    the diagnosis (None for none), `audience` who the report is for.
    """

    document: Mapping[str, Any]
    words: Words = field(default_factory=lambda: words_of(ENGLISH))
    annex: Mapping[str, Any] | None = None
    audience: str = _AGENCY

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

    def beside(self, part: str) -> Any:
        """A part of the annex; None where there is none."""
        return self.annex.get(part) if self.annex else None

    def say(self, text: str, **values: str | int) -> str:
        """Return an English text in the language of the report, with its values filled in."""
        return self.words.say(text, **values)

    def several(self, number: int, one: str, many: str, **values: str | int) -> str:
        """Return the form of a text that fits a number; `%(num)s` in it is that number."""
        return self.words.several(number, one, many, **values)

    def shown(self, value: Any, scale: Scale) -> str:
        """Write a number on its scale as the language does; None is "unknown", never a blank or a zero."""
        return names.shown(value, scale, self.words)

    def apart(self, distance: Any, scale: Scale) -> str:
        """Write how far two numbers on a scale lie apart; of shares in percentage points."""
        number = self.shown(distance, scale)
        return self.say("%(number)s points", number=number) if scale in (Scale.SHARE, Scale.RATE) else number

    def listed(self, parts: Sequence[str]) -> str:
        """Join as a sentence does: "a, b and c"."""
        return names.listed(parts, self.words)

    def lower(self, text: str) -> str:
        """Begin a text as it stands inside a sentence."""
        return names.lower_first(text, self.words)

    def name(self, known: Mapping[str, str], code: str) -> str:
        """What a code is called, by one of the tables of `names`; the code in words where it has no name."""
        return self.say(known[code]) if code in known else names.spoken(code).capitalize()

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
            return f"{self.document['factors'][parts[1]]['label']}: {self.name(_DERIVED, parts[2])}"
        if parts[0] in ("type", "stage") and len(parts) == 3:
            known = names.TYPES if parts[0] == "type" else names.STAGES
            return f"{self.name(known, parts[1])} ({self.say(_KINDS[parts[0]])}): {self.name(_DERIVED, parts[2])}"
        derived = self.document["derived_labels"].get(name)
        return derived["label"] if derived else self.conclusion(name)

    def reason(self, rule: str) -> Reason:
        """What a fired rule says."""
        trace = self.traces.get(rule)
        if trace is None:
            return Reason(rule, "", ())
        return Reason(rule, trace["because"] or "", self.references.of(trace["cite"]), tuple(self._figures(trace)))

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
            return self.say(names.FLAGS[parts[-1]][0])
        if parts[0] == "screen" and len(parts) == 4:
            return f"{self.name(names.CRITERIA, parts[2])}: {self.say(_MET[parts[3] == 'pass'])}"
        if parts[0] in ("stage", "type") and len(parts) == 2:
            known = names.STAGES if parts[0] == "stage" else names.TYPES
            return f"{self.say(_HEADS[parts[0]])}: {self.lower(self.name(known, parts[1]))}"
        return self._by_indicator(parts) or self._by_finding(name) or self._in_words(parts)

    def open(self, conclusions: Iterable[str]) -> Open:
        """Conclusions that could not be decided, by name, with what is missing for them."""
        wanted = tuple(conclusions)
        missing = dict.fromkeys(name for conclusion in wanted for name in self._missing(conclusion, frozenset()))
        return Open(tuple(dict.fromkeys(map(self.conclusion, wanted))), self.labels(missing))

    def _figures(self, trace: Mapping[str, Any]) -> Iterator[str]:
        """The numbers that a rule compares, indicators before what is derived from them; a yes or no is no number."""
        known = {test["fact"]: test["value"] for test in trace["conditions"] if test["value"] is not None and test["margin"] is not None}
        own = [fact for fact in known if fact in self.document["labels"]]
        for fact in own or [fact for fact in known if fact in self.document["derived_labels"]]:
            if self.scale(fact) is not Scale.FLAG:
                yield self.shown(known[fact], self.scale(fact))

    def _factor_conclusion(self, parts: list[str]) -> str:
        factor = self.document["factors"][parts[1]]
        if parts[0] == "strength":
            return f"{factor['label']}: {self.say('strength')}"
        indicators = [name for name in (*factor["known"], *factor["unknown"]) if name.endswith("." + parts[-1])]
        if parts[-1] in _GAPS:
            return f"{factor['label']}: {self.say(_GAPS[parts[-1]])}"
        if indicators:
            return f"{factor['label']}: {self.lower(self.label(indicators[0]))}"
        return self._by_finding(".".join(parts)) or self._in_words([factor["label"], parts[-1]])

    def _by_indicator(self, parts: list[str]) -> str | None:
        """Name a conclusion after its indicator and its end, as `porter.rivalry.weak` and `management.mediation_weak`."""
        last, _, state = parts[-1].rpartition("_")
        if state not in _STATES:
            return None
        stem = [*parts[:-1], last] if last else parts[:-1]
        indicator = next((name for name in map(".".join, pairwise(stem)) if name in self.document["labels"]), None)
        return f"{self.label(indicator)}: {self.say(_STATES[state])}" if indicator else None

    def _by_finding(self, name: str) -> str | None:
        """What was found, for conclusions that have no short name."""
        entry = self.findings.get(name)
        return entry["finding"].removesuffix(".") if entry else None

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

    def _in_words(self, parts: list[str]) -> str:
        """The id in words; only English can be read out of it, so that other languages name what it is about."""
        head = self.say(names.PROFILES[parts[0]][0]) if parts[0] in names.PROFILES else names.spoken(parts[0])
        spoken = " ".join(map(names.spoken, parts[1:])) if self.words.language == ENGLISH else ""
        return f"{head[:1].upper()}{head[1:]}: {spoken}" if spoken else head[:1].upper() + head[1:]

    def _undetermined_rules(self, conclusion: str) -> list[Mapping[str, Any]]:
        """The undetermined rules named after a conclusion, in the order of the trace."""
        key, rules = _key(conclusion), self._undetermined
        first = bisect_left(rules, (key, 0))
        named = takewhile(lambda rule: rule[0].startswith(key), rules[first:])
        return [self.document["trace"][position] for position in sorted(position for _, position in named)]

    @cached_property
    def _undetermined(self) -> Sequence[tuple[str, int]]:
        """The undetermined rules by name, with their places in the trace."""
        trace = self.document["trace"]
        return sorted((_key(entry["rule"]), place) for place, entry in enumerate(trace) if entry["outcome"] == "undetermined")


def _key(name: str) -> str:
    return name.replace("_", "-")
