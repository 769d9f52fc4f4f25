"""Checks all content and counts what there is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from assess.commands.speaking import reader
from assess.content import content_folder
from assess.definitions.case_files import read_cases
from assess.definitions.library import load_questionnaires, load_rulebase_version
from assess.definitions.questionnaire_format import MemberKind
from assess.definitions.questionnaire_items import Questionnaire
from assess.definitions.questionnaire_lint import factors_without_items, faults_against, unfed, warnings
from assess.definitions.rulebase import Rulebase
from assess.definitions.rulebase_words_lint import faults_in_rulebase_words
from assess.definitions.rules import StratumName
from assess.definitions.words import ENGLISH, Words
from assess.definitions.words_lint import faults_in_words
from assess.engine.compilation import compile_rulebase
from assess.engine.inference import Engine
from assess.engine.rule_cases import failing_cases
from assess.errors import Fault, FaultsFound
from assess.phrases import Phrase, message
from assess.reports import names

_CASE_YEAR = 2026
_SHORTEST_KIND = 12
_SOFT_HYPHEN = "\u00ad"
"""Pages break long words there; a terminal would show it."""
_ASKED = {**names.KINDS, "respondent": message("whoever answers")}


def run(output: str, version: str | None) -> None:
    """Check everything; print warnings and counts. Raises FaultsFound with every fault of the first part that has any."""
    rulebase = load_rulebase_version(version)
    questionnaires = load_questionnaires()
    faults = [*_questionnaire_faults(questionnaires.values(), rulebase), *faults_in_words(), *faults_in_rulebase_words(rulebase)]
    if faults:
        raise FaultsFound(faults)
    cases = read_cases(content_folder("cases") / "rules", rulebase)
    faults = list(failing_cases(cases, compile_rulebase(rulebase, _CASE_YEAR), Engine()))
    if faults:
        raise FaultsFound(faults)
    counts = _counts(rulebase) | {"cases": len(cases), "questionnaires": {name: _survey(found) for name, found in questionnaires.items()}}
    doubts = [warning for found in questionnaires.values() for warning in warnings(found)]
    if output == "json":
        click.echo(json.dumps(counts | {"warnings": list(map(str, doubts))}, indent=2))
    else:
        click.echo("\n".join(_in_words(counts, rulebase, doubts, reader())))


def _questionnaire_faults(questionnaires: Iterable[Questionnaire], rulebase: Rulebase) -> Iterator[Fault]:
    """What only shows when questionnaires and rule base are seen together."""
    found = tuple(questionnaires)
    for questionnaire in found:
        yield from faults_against(questionnaire, rulebase.indicators)
    for name in unfed(rulebase.indicators, found):
        yield Fault("questionnaires", None, name, Phrase("no item feeds this indicator"), Phrase("add an item, or delete the indicator"))
    factors = {name: factor.indicators for name, factor in rulebase.factors.items()}
    for name in factors_without_items(factors, rulebase.indicators, found):
        yield Fault("questionnaires", None, name, Phrase("no item feeds this success factor"), Phrase("add items for its indicators"))


def _counts(rulebase: Rulebase) -> dict[str, Any]:
    strata = Counter(rule.stratum.name.lower() for rule in rulebase.rules)
    return {
        "rulebase": rulebase.label,
        "digest": rulebase.digest,
        "rules": len(rulebase.rules),
        "rules_by_stratum": {s.name.lower(): strata[s.name.lower()] for s in StratumName if strata[s.name.lower()]},
        "indicators": len(rulebase.indicators),
        "unread_indicators": sorted(_unread(rulebase)),
        "parameters": len(rulebase.parameters),
        "instruments": len(rulebase.instruments),
        "sources": len(rulebase.sources),
    }


def _unread(rulebase: Rulebase) -> set[str]:
    """Indicators that no rule, factor or derived fact reads."""
    read = {condition.fact for rule in rulebase.rules for condition in rule.conditions}
    read |= {name for entry in rulebase.derived for name in entry.inputs}
    read |= {name for factor in rulebase.factors.values() for name in factor.indicators}
    return set(rulebase.indicators) - read


def _survey(questionnaire: Questionnaire) -> dict[str, Any]:
    kinds = list(MemberKind) if questionnaire.respondent.value == "member" else [None]
    return {
        "version": questionnaire.version,
        "status": questionnaire.status.value,
        "digest": questionnaire.digest,
        "asked": {k.value if k else "respondent": {"items": questionnaire.count(k), "minutes": questionnaire.minutes(k)} for k in kinds},
    }


def _in_words(counts: Mapping[str, Any], rulebase: Rulebase, doubts: Iterable[Fault], words: Words) -> Iterator[str]:
    for doubt in doubts:
        yield words.say("warning: %(warning)s", warning=doubt.said(words.told))
    yield words.say("Rule base %(rulebase)s, digest %(digest)s", rulebase=_label(rulebase, words), digest=rulebase.digest[:12])
    strata = ", ".join(f"{n} {_named(name, names.STRATA, words)}" for name, n in counts["rules_by_stratum"].items())
    yield "  " + words.say("%(rules)s rules: %(strata)s", rules=counts["rules"], strata=strata)
    numbers = {noun: counts[noun] for noun in ("cases", "parameters", "indicators", "instruments")}
    yield "  " + words.say("%(cases)s cases, %(parameters)s parameters, %(indicators)s indicators, %(instruments)s instruments", **numbers)
    if counts["unread_indicators"]:
        yield "  " + words.say("described but read by no rule: %(names)s", names=", ".join(counts["unread_indicators"]))
    for name, survey in counts["questionnaires"].items():
        yield words.say(
            "Questionnaire %(name)s %(version)s (%(status)s), digest %(digest)s",
            name=name,
            version=survey["version"],
            status=words.say(survey["status"]),
            digest=survey["digest"][:12],
        )
        kinds = {kind: _named(kind, _ASKED, words) for kind in survey["asked"]}
        width = max(_SHORTEST_KIND, *map(len, kinds.values()))
        for kind, asked in survey["asked"].items():
            figures = {"items": f"{asked['items']:>3}", "minutes": asked["minutes"]}
            yield f"  {kinds[kind]:<{width}} " + words.say("%(items)s items, about %(minutes)s minutes", **figures)
    yield words.say("Everything holds.")


def _named(code: str, known: Mapping[str, str], words: Words) -> str:
    """In English, codes stand as they are."""
    return code if words.language == ENGLISH else words.say(known[code]).replace(_SOFT_HYPHEN, "")


def _label(rulebase: Rulebase, words: Words) -> str:
    return rulebase.version if rulebase.status == "published" else f"{rulebase.version} ({words.say(rulebase.status)})"
