"""A rule base as it is used: read from its folder, expanded, checked, with its digest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Literal

from assess.definitions import rules as authored
from assess.definitions.conditions import Condition, parse_condition
from assess.definitions.digests import digest
from assess.definitions.expansion import Filling, expanded
from assess.definitions.facts import FactDefinition, conclusion_name, fact_catalogue
from assess.definitions.indicators import Citation, Frozen, Indicator, Weighting
from assess.definitions.misfits import Misfit
from assess.definitions.rules import (
    FACTORS,
    THEN_BY_KEY,
    AuthoredRule,
    Cautions,
    Concludes,
    Derived,
    Evidence,
    Excludes,
    Factor,
    Instrument,
    Parameter,
    Recommends,
    RulesFile,
    Source,
    StratumName,
    Then,
)
from assess.definitions.subjects import named, nameless
from assess.definitions.texts import Text
from assess.definitions.validation import fit, suggestion
from assess.definitions.yamlfile import Document, Key, Route, read_yaml
from assess.errors import Fault, FaultsFound
from assess.phrases import Phrase

_UNFILLED = re.compile(r"<[a-z_]+(?:\.label)?>")
PLACEHOLDER = re.compile(r"\{(\$?[a-z][a-z0-9_.-]*)\}")
_OTHER_FILES = ("rulebase", "sources", "indicators")
_COMPUTED = ("type", "stage", "factor", "recommended", "screen")
_NOUNS: dict[Key, str] = {
    "rules": "rule",
    "instruments": "instrument",
    "parameters": "parameter",
    "derived": "derived",
    "factors": "factor",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, ready to be compiled: what it needs, what it says, on whose authority, and where it stands."""

    id: str
    stratum: StratumName
    when: tuple[Condition, ...]
    unless: tuple[Condition, ...]
    then: Then
    because: Text
    cite: tuple[Citation, ...]
    monotone: tuple[tuple[str, str], ...]
    file: str
    line: int | None
    template: str
    filling: Filling = ()
    generated: bool = False
    """Written by the loader from an instrument's `unsuited`, with one bare condition."""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What must hold for the rule to fire: `when`, and the denial of each `unless`."""
        return self.when + tuple(condition.denied() for condition in self.unless)

    def placeholders(self) -> set[str]:
        """Names in braces in any of the rule's texts."""
        texts = [self.because, *(value for _, value in self.then if isinstance(value, Text))]
        return {name for text in texts for wording in text.values() for name in PLACEHOLDER.findall(wording)}


@dataclass(frozen=True)
class Rulebase:
    """A version of what we conclude. `digest` is the SHA-256 of its content, without its status."""

    version: str
    status: str
    title: str
    digest: str
    sources: Mapping[str, Source]
    indicators: Mapping[str, Indicator]
    weightings: Mapping[str, Weighting]
    parameters: Mapping[str, Parameter]
    derived: tuple[Derived, ...]
    factors: Mapping[str, Factor]
    instruments: Mapping[str, Instrument]
    rules: tuple[Rule, ...]
    facts: Mapping[str, FactDefinition]

    @property
    def label(self) -> str:
        """The version as it is shown everywhere, with its status while it is a draft."""
        return self.version if self.status == "published" else f"{self.version} ({self.status})"

    @cached_property
    def rules_by_id(self) -> Mapping[str, Rule]:
        """Every rule under its id."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def _by_stratum(self) -> Mapping[StratumName, tuple[Rule, ...]]:
        return {stratum: tuple(rule for rule in self.rules if rule.stratum is stratum) for stratum in StratumName}

    @cached_property
    def _derived_by_stratum(self) -> Mapping[StratumName, tuple[Derived, ...]]:
        after = {entry.id: self.facts[entry.id].known_after for entry in self.derived}
        return {stratum: tuple(entry for entry in self.derived if after[entry.id] is stratum) for stratum in StratumName}

    @cached_property
    def evidence_on(self) -> Mapping[str, tuple[Rule, ...]]:
        """The evidence rules on every type and stage."""
        return _grouped(self.rules, lambda then: then.option if isinstance(then, Evidence) else None)

    @cached_property
    def recommending(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules that recommend each instrument."""
        return _grouped(self.rules, lambda then: then.recommends if isinstance(then, Recommends) else None)

    @cached_property
    def excluding(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules that exclude each instrument."""
        return _grouped(self.rules, lambda then: then.excludes if isinstance(then, Excludes) else None)

    @cached_property
    def concluding(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules that draw each conclusion."""
        return _grouped(self.rules, conclusion_name)

    @cached_property
    def _conclusions_by_stratum(self) -> Mapping[StratumName, Mapping[str, tuple[Rule, ...]]]:
        return {s: {name: rules for name, rules in self.concluding.items() if rules[0].stratum is s} for s in StratumName}

    def concluding_in(self, stratum: StratumName) -> Mapping[str, tuple[Rule, ...]]:
        """Return the rules that draw each conclusion of a stratum."""
        return self._conclusions_by_stratum[stratum]

    def in_stratum(self, stratum: StratumName) -> tuple[Rule, ...]:
        """Return the rules of one stratum, in the order in which they stand."""
        return self._by_stratum[stratum]

    def derived_after(self, stratum: StratumName) -> tuple[Derived, ...]:
        """Return the derived facts that can be computed once a stratum is closed, in their order."""
        return self._derived_by_stratum[stratum]


def _grouped(rules: Iterable[Rule], name_of: Callable[[Then], str | None]) -> dict[str, tuple[Rule, ...]]:
    groups: dict[str, list[Rule]] = {}
    for rule in rules:
        if name := name_of(rule.then):
            groups.setdefault(name, []).append(rule)
    return {name: tuple(group) for name, group in groups.items()}


class _Manifest(Frozen):
    version: str
    status: Literal["draft", "published"]
    title: str


class _SourcesFile(Frozen):
    sources: dict[str, Source]


class _IndicatorsFile(Frozen):
    """What stands in indicators.yaml; an entry is completed by the defaults before it is fitted."""

    defaults: dict[str, Any] = {}
    weightings: dict[str, Weighting] = {}
    indicators: dict[str, dict[str, Any]]


@dataclass(slots=True)
class Draft:
    """What has been read so far, with the place of everything, for the checks to look at."""

    documents: dict[str, Document]
    faults: list[Fault]
    places: dict[str, tuple[Document, Route]]

    def fault(self, key: str, problem: str, remedy: str = "") -> None:
        """Add a fault about the thing registered under `key` ("kind name")."""
        document, route = self.places[key]
        self.faults.append(document.fault(route, key, problem, remedy))


def load_rulebase(folder: Path) -> tuple[Rulebase, Draft]:
    """Read a folder of rules without checking references. Raises FaultsFound when its files do not fit their models."""
    documents = {path.stem: read_yaml(path) for path in sorted(folder.glob("*.yaml"))}
    draft = Draft(documents, [], {})
    _need_files(folder, documents)
    manifest = fit(_Manifest, documents["rulebase"], (), documents["rulebase"].data, draft.faults)
    sources = fit(_SourcesFile, documents["sources"], (), documents["sources"].data, draft.faults)
    indicators, weightings = _read_indicators(documents["indicators"], draft)
    parts = _read_parts(draft)
    if draft.faults or manifest is None or sources is None:
        raise FaultsFound(draft.faults)
    rules = tuple(rule for name, part in parts.items() for rule in _rules_of(name, part, draft))
    if draft.faults:
        raise FaultsFound(draft.faults)
    derived = tuple(entry for part in parts.values() for entry in part.derived)
    _refuse_shared_names(rules, derived, indicators, draft)
    if draft.faults:
        raise FaultsFound(draft.faults)
    factors = {name: factor for part in parts.values() for name, factor in part.factors.items()}
    instruments = {entry.id: entry for part in parts.values() for entry in part.instruments}
    content = {name: document.data for name, document in documents.items() if name != "rulebase"}
    rulebase = Rulebase(
        version=manifest.version,
        status=manifest.status,
        title=manifest.title,
        digest=digest({"version": manifest.version, "title": manifest.title, "content": content}),
        sources=sources.sources,
        indicators=indicators,
        weightings=weightings,
        parameters={name: value for part in parts.values() for name, value in part.parameters.items()},
        derived=derived,
        factors={name: factors[name] for name in FACTORS if name in factors},
        instruments=instruments,
        rules=rules,
        facts=fact_catalogue(indicators.values(), derived, factors, instruments.values(), ((r.then, r.stratum) for r in rules)),
    )
    return rulebase, draft


def _refuse_shared_names(rules: Iterable[Rule], derived: Iterable[Derived], indicators: Mapping[str, Indicator], draft: Draft) -> None:
    """A fact that took another's name would silently take its place."""
    for rule in rules:
        if (name := conclusion_name(rule.then)) in indicators:
            problem = Phrase("concludes %(name)s, which is an indicator", name=name or "")
            draft.fault(named("rule", rule.id), problem, Phrase("give the conclusion another name"))
    concluded = {conclusion_name(rule.then) for rule in rules}
    for entry in derived:
        computed = entry.id.split(".")[0] in _COMPUTED and entry.id not in indicators
        if entry.id in indicators or entry.id in concluded or computed:
            draft.fault(named("derived", entry.id), Phrase("has the name of another fact"), Phrase("give it a name of its own"))


def _need_files(folder: Path, documents: Mapping[str, Document]) -> None:
    missing = [name for name in _OTHER_FILES if name not in documents]
    if missing:
        files = [Phrase("%(name)s is missing", name=f"{name}.yaml") for name in missing]
        raise FaultsFound(Fault(str(folder), None, "", problem, Phrase("see rules/README.md")) for problem in files)


def _read_indicators(document: Document, draft: Draft) -> tuple[dict[str, Indicator], dict[str, Weighting]]:
    file = fit(_IndicatorsFile, document, (), document.data, draft.faults)
    if file is None:
        return {}, {}
    indicators = {}
    for name, entry in file.indicators.items():
        route = ("indicators", name)
        draft.places[named("indicator", name)] = (document, route)
        found = fit(Indicator, document, route, {"id": name, **file.defaults, **entry}, draft.faults, named("indicator", name))
        if found is not None:
            indicators[name] = found
    for indicator in indicators.values():
        if indicator.weighting not in file.weightings:
            remedy = suggestion(indicator.weighting, file.weightings) or Phrase("declare it under weightings")
            problem = Phrase("weighting %(name)s is not declared", name=Phrase.quoted(indicator.weighting))
            draft.fault(named("indicator", indicator.id), problem, remedy)
    return indicators, file.weightings


def _read_parts(draft: Draft) -> dict[str, RulesFile]:
    parts = {}
    for name, document in draft.documents.items():
        if name in _OTHER_FILES:
            continue
        part = fit(RulesFile, document, (), document.data, draft.faults, partial(_subject_at, document.data))
        if part is not None:
            parts[name] = part
            _register(document, part, draft)
    return parts


def _subject_at(data: Any, place: Route) -> str:
    """Name the rule, instrument, parameter or other entry that a place in a rules file lies in."""
    if len(place) < 2 or place[0] not in _NOUNS:
        return ""
    section, key = place[0], place[1]
    if isinstance(key, str):
        return named(_NOUNS[section], key)
    entry = data[section][key]
    return named(_NOUNS[section], str(entry.get("id", ""))) if isinstance(entry, dict) else nameless(_NOUNS[section])


def _register(document: Document, part: RulesFile, draft: Draft) -> None:
    """Remember where everything stands, and refuse a name that stands twice."""
    entries: list[tuple[str, Route]] = [(named("parameter", name), ("parameters", name)) for name in part.parameters]
    entries += [(named("derived", entry.id), ("derived", index)) for index, entry in enumerate(part.derived)]
    entries += [(named("factor", name), ("factors", name)) for name in part.factors]
    entries += [(named("instrument", entry.id), ("instruments", index)) for index, entry in enumerate(part.instruments)]
    for key, route in entries:
        _place(key, document, route, draft)


def _place(key: str, document: Document, route: Route, draft: Draft) -> None:
    if key in draft.places:
        other, there = draft.places[key]
        problem = Phrase("already stands at %(place)s", place=f"{other.file}:{other.line(there)}")
        draft.faults.append(document.fault(route, key, problem, Phrase("rename one, or delete it")))
    draft.places.setdefault(key, (document, route))


def _rules_of(name: str, part: RulesFile, draft: Draft) -> Iterable[Rule]:
    document = draft.documents[name]
    for index, raw in enumerate(document.data.get("rules", ())):
        route = ("rules", index)
        for entry, filling in expanded(raw, part.rules[index].each):
            rule = _rule(entry, document, route, draft)
            if rule is not None:
                rule = replace(rule, template=raw["id"], filling=filling)
                _place(named("rule", rule.id), document, route, draft)
                yield rule
    for index, instrument in enumerate(part.instruments):
        for number in range(len(instrument.unsuited)):
            place = ("instruments", index, "unsuited", number)
            rule = _unsuited_rule(instrument, number, document, place, draft)
            if rule is not None:
                _place(named("rule", rule.id), document, place, draft)
                yield rule


def _rule(raw: Mapping[str, Any], document: Document, route: Route, draft: Draft) -> Rule | None:
    rule = fit(AuthoredRule, document, route, raw, draft.faults, named("rule", str(raw.get("id", ""))))
    if rule is None:
        return None
    subject = named("rule", rule.id)
    _refuse_unfilled(raw, document, route, subject, draft)
    then = _then(rule, document, route, draft)
    when = _conditions(rule.when, document, (*route, "when"), subject, draft)
    unless = _conditions(rule.unless, document, (*route, "unless"), subject, draft)
    for condition in unless:
        if condition.operator == "=" and not condition.is_bare:
            problem = Phrase("%(condition)s has no single opposite, so it cannot stand under unless", condition=str(condition))
            remedy = Phrase("use < and > in rules of their own")
            draft.faults.append(document.fault((*route, "unless"), subject, problem, remedy))
            return None
    if then is None or len(when) < len(rule.when) or len(unless) < len(rule.unless):
        return None
    stratum = _stratum(then)
    if stratum is None:
        problem = Phrase("concludes %(name)s, which has no place", name=Phrase.quoted(getattr(then, "concludes", "")))
        draft.faults.append(document.fault((*route, "then"), subject, problem, _places()))
        return None
    monotone = tuple(rule.monotone.items())
    return Rule(rule.id, stratum, when, unless, then, rule.because, rule.cite, monotone, document.file, document.line(route), rule.id)


def _refuse_unfilled(raw: Mapping[str, Any], document: Document, route: Route, subject: str, draft: Draft) -> None:
    """A `<name>` that no entry of `each` fills would stand in the report as it is."""
    for found in sorted(set(_UNFILLED.findall(str(raw)))):
        problem = Phrase("has %(name)s, which no entry of each fills", name=found)
        draft.faults.append(document.fault(route, subject, problem, Phrase("correct the name, or add it to each")))


def _unsuited_rule(instrument: Instrument, number: int, document: Document, route: Route, draft: Draft) -> Rule | None:
    entry = instrument.unsuited[number]
    raw = {
        "id": f"{instrument.id}.unsuited.{entry.when.replace(' ', '-')}",
        "when": [entry.when],
        "then": {"excludes": instrument.id},
        "because": dict(entry.because),
        "cite": [list(citation) for citation in instrument.cite],
    }
    rule = _rule(raw, document, route, draft)
    return None if rule is None else replace(rule, generated=True)


def _then(rule: AuthoredRule, document: Document, route: Route, draft: Draft) -> Then | None:
    kinds = [model for key, model in THEN_BY_KEY.items() if key in rule.then]
    subject = named("rule", rule.id)
    if not kinds:
        remedy = suggestion(next(iter(rule.then), ""), THEN_BY_KEY) or Phrase("use one of %(options)s", options=", ".join(THEN_BY_KEY))
        draft.faults.append(document.fault((*route, "then"), subject, Phrase("then says nothing that is known"), remedy))
        return None
    return fit(kinds[0], document, (*route, "then"), rule.then, draft.faults, subject)  # type: ignore[return-value]


def _conditions(texts: Iterable[str], document: Document, route: Route, subject: str, draft: Draft) -> tuple[Condition, ...]:
    conditions = []
    for index, text in enumerate(texts):
        try:
            conditions.append(parse_condition(text))
        except Misfit as error:
            draft.faults.append(document.fault((*route, index), subject, error.problem))
    return tuple(conditions)


_STRATUM_OF: dict[type, StratumName] = {
    authored.Evidence: StratumName.EVIDENCE,
    authored.SetsTarget: StratumName.TARGETS,
    authored.AdjustsTarget: StratumName.TARGETS,
    authored.ScreenResult: StratumName.SCREENS,
    authored.Recommends: StratumName.RECOMMENDATIONS,
    Excludes: StratumName.CONFLICTS,
    Cautions: StratumName.CONFLICTS,
    authored.Limits: StratumName.CONFLICTS,
    authored.Advises: StratumName.ADVICE,
    authored.GrantCondition: StratumName.ADVICE,
}


def _stratum(then: Then) -> StratumName | None:
    if isinstance(then, Concludes):
        return _stratum_of_conclusion(then.concludes)
    return _STRATUM_OF[type(then)]


def _stratum_of_conclusion(name: str) -> StratumName | None:
    first, _, rest = name.partition(".")
    if name in {f"type.{option}" for option in (*authored.TYPES, "hybrid")} | {f"stage.{option}" for option in authored.STAGES}:
        return StratumName.CLASSIFICATION
    if first == "flag" and rest in authored.FLAGS:
        return StratumName.FLAGS
    if first in ("gap", "strength") and rest.split(".")[0] in FACTORS:
        return StratumName.GAPS
    return StratumName.PROFILES if first in authored.PROFILES and rest else None


def _places() -> Phrase:
    return Phrase(
        "a conclusion is type.…, stage.…, flag.…, gap.FACTOR.…, strength.FACTOR, or begins with a profile (%(profiles)s)",
        profiles=", ".join(authored.PROFILES),
    )
