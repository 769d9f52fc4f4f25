"""Loads a questionnaire strictly: everything that is wrong in the file is told at once, with its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from assess.definitions.aliases import normalised
from assess.definitions.digests import digest
from assess.definitions.findings import Findings
from assess.definitions.group_reading import read_sections
from assess.definitions.item_reading import Around
from assess.definitions.questionnaire_checks import check
from assess.definitions.questionnaire_format import (
    LIST_NAME,
    ChoiceEntry,
    QuestionnaireFile,
    SettingsEntry,
    json_schema,
)
from assess.definitions.questionnaire_items import (
    Choice,
    Group,
    Item,
    ItemType,
    MappingKind,
    MapsFrom,
    MemberKind,
    Questionnaire,
    Score,
    ScoreRule,
    Special,
    Status,
)
from assess.definitions.validation import fit, suggestion
from assess.definitions.yamlfile import Document, Route, parse_yaml, read_yaml
from assess.errors import Fault, FaultsFound
from assess.phrases import Phrase

__all__ = [
    "Choice",
    "Group",
    "Item",
    "ItemType",
    "MappingKind",
    "MapsFrom",
    "MemberKind",
    "Questionnaire",
    "Score",
    "ScoreRule",
    "Special",
    "Status",
    "json_schema",
    "load_questionnaire",
    "parse_questionnaire",
]

MAX_ITEMS = 1_000
_TOP_LEVEL = ("settings", "choices", "survey")
_PLACEHOLDER = {"form_id": "unnamed", "version": "0", "form_title": "Untitled", "respondent": "member"}
"""Stands in for settings that could not be read, so that the rest of the file is still checked."""


def load_questionnaire(path: Path) -> Questionnaire:
    """Read one version of a questionnaire. Raises FaultsFound with every fault in the file."""
    return _questionnaire(read_yaml(path))


def parse_questionnaire(text: str, name: str) -> Questionnaire:
    """Read a questionnaire from text; `name` stands for the file in faults. Raises FaultsFound with every fault."""
    return _questionnaire(parse_yaml(text, name))


def _questionnaire(document: Document) -> Questionnaire:
    if not isinstance(document.data, dict):
        remedy = Phrase("begin with %(keys)s", keys=", ".join(_TOP_LEVEL))
        raise FaultsFound([document.fault((), "", Phrase("is not a questionnaire"), remedy)])
    document, notes, faults = normalised(document)
    findings = Findings(document, faults)
    questionnaire = _built(findings, document.data, notes)
    if len(questionnaire.items) > MAX_ITEMS:
        problem = Phrase("there are %(number)s items", number=str(len(questionnaire.items)))
        findings.fault(("survey",), "survey", problem, Phrase("ask at most %(most)s", most=str(MAX_ITEMS)))
        raise FaultsFound(findings.faults)
    found = [*findings.faults, *check(questionnaire, frozenset(findings.broken))]
    if found:
        raise FaultsFound(found)
    return replace(questionnaire, digest=_digest(document.data))


def _digest(data: Any) -> str:
    content = QuestionnaireFile.model_validate(data).model_dump(exclude_unset=True)
    content["settings"].pop("status", None)  # publishing a version does not change what it asks
    return digest(content)


def _built(findings: Findings, data: dict[str, Any], notes: tuple[Fault, ...]) -> Questionnaire:
    """Build the questionnaire without what could not be read, whose names are then in `findings.broken`."""
    for key in data:
        if key not in _TOP_LEVEL:
            remedy = suggestion(key, _TOP_LEVEL) or Phrase("the keys are %(keys)s", keys=", ".join(_TOP_LEVEL))
            findings.fault((key,), "", Phrase("unknown key %(key)s", key=Phrase.quoted(key)), remedy)
    settings = _settings(findings, data.get("settings"))
    lists = dict(_choice_lists(findings, data.get("choices", {})))
    sections = tuple(read_sections(findings, data.get("survey"), Around(lists, settings.respondent)))
    return Questionnaire(
        id=settings.form_id,
        version=settings.version,
        title=settings.form_title,
        default_language=settings.default_language,
        status=settings.status,
        respondent=settings.respondent,
        languages=findings.languages(settings.default_language),
        choices=lists,
        sections=sections,
        digest="",
        file=findings.document.file,
        notes=notes,
    )


def _settings(findings: Findings, data: Any) -> SettingsEntry:
    route: Route = ("settings",)
    if not isinstance(data, dict):
        remedy = Phrase("write settings: with form_id, version, form_title and respondent")
        findings.fault(route, "settings", Phrase("the settings are missing"), remedy)
        return SettingsEntry.model_validate(_PLACEHOLDER)
    if "version" not in data:
        findings.fault(route, "settings", Phrase("there is no version"), Phrase('write one, such as version: "2026.1"'))
        data = {**data, "version": _PLACEHOLDER["version"]}
    settings = fit(SettingsEntry, findings.document, route, data, findings.faults, "settings")
    if settings is None:
        return SettingsEntry.model_validate(_PLACEHOLDER)
    findings.take_texts(settings, route, "settings")
    return settings


def _choice_lists(findings: Findings, lists: Any) -> Iterator[tuple[str, tuple[Choice, ...]]]:
    if not isinstance(lists, dict):
        remedy = Phrase("write %(wanted)s", wanted="choices: {name: [{name: …, label: …}, …]}")
        findings.fault(("choices",), "choices", Phrase("must be a map of lists"), remedy)
        return
    for name, entries in lists.items():
        if not LIST_NAME.match(name):
            remedy = Phrase("use letters, digits and _, beginning with a letter")
            findings.fault(("choices", name), name, Phrase("cannot be the name of a list"), remedy)
        yield name, tuple(_choices(findings, name, entries))


def _choices(findings: Findings, list_name: str, entries: Any) -> Iterator[Choice]:
    route: Route = ("choices", list_name)
    if not isinstance(entries, list) or not entries:
        findings.fault(route, list_name, Phrase("must be a list of choices"), Phrase("write - {name: …, label: …} for each choice"))
        return
    seen: dict[str, int] = {}
    for index, data in enumerate(entries):
        place = (*route, index)
        entry = fit(ChoiceEntry, findings.document, place, data, findings.faults, list_name)
        if entry is None:
            continue
        findings.take_texts(entry, place, f"{list_name} {entry.name}")
        line = findings.document.line(place) or 0
        if entry.name in seen:
            first = str(seen[entry.name])
            problem = Phrase("choice %(code)s stands twice (first on line %(line)s)", code=Phrase.quoted(entry.name), line=first)
            findings.fault(place, list_name, problem, Phrase("give each choice its own code"))
        else:
            seen[entry.name] = line
            yield Choice(entry.name, entry.label, line)
