"""Reads the names that other survey tools give to the same keys, and says which name is ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assess.definitions.yamlfile import Document, Route
from assess.errors import Fault
from assess.phrases import Phrase

SETTINGS = {
    "title": "form_title",
    "formTitle": "form_title",
    "id": "form_id",
    "id_string": "form_id",
    "formId": "form_id",
    "defaultLanguage": "default_language",
}
CHOICE = {"value": "name", "code": "name", "title": "label", "text": "label", "display": "label"}
ENTRY = {
    "linkId": "name",
    "id": "name",
    "title": "label",
    "text": "label",
    "question": "label",
    "help": "hint",
    "description": "hint",
    "guidance": "hint",
    "isRequired": "required",
    "mandatory": "required",
    "requiredErrorText": "required_message",
    "requiredMessage": "required_message",
    "visibleIf": "relevant",
    "visible_if": "relevant",
    "showif": "relevant",
    "showIf": "relevant",
    "relevance": "relevant",
    "enableWhen": "relevant",
    "validIf": "constraint",
    "constraintMessage": "constraint_message",
    "calculate": "calculation",
    "choiceFilter": "choice_filter",
    "choicesVisibleIf": "choice_filter",
    "defaultValue": "default",
    "initial": "default",
    "readonly": "read_only",
    "readOnly": "read_only",
    "elements": "items",
    "questions": "items",
}
TYPES = {
    "int": "integer",
    "string": "text",
    "float": "decimal",
    "number": "decimal",
    "trigger": "acknowledge",
    "section": "group",
    "begin_group": "group",
    "begin_repeat": "repeat",
    "calculation": "calculate",
}
_SELECTS = {
    "select one": "select_one",
    "select1": "select_one",
    "select multiple": "select_multiple",
    "select all that apply from": "select_multiple",
}


def normalised(document: Document) -> tuple[Document, tuple[Fault, ...], tuple[Fault, ...]]:
    """Return the document with our names for its keys and types, a note for each change, and a fault for each key given twice."""
    reading = _Reading(document)
    data = reading.read(document.data, (), ())
    return Document(document.file, data, reading.lines), tuple(reading.notes), tuple(reading.faults)


class _Reading:
    """One walk through a document; lines move along with renamed keys."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lines: dict[Route, int] = {}
        self.notes: list[Fault] = []
        self.faults: list[Fault] = []

    def read(self, data: Any, old: Route, new: Route) -> Any:
        line = self.document.lines.get(old)
        if line is not None:
            self.lines[new] = line
        if isinstance(data, dict):
            return self.mapping(data, old, new)
        if isinstance(data, list):
            return [self.read(value, (*old, index), (*new, index)) for index, value in enumerate(data)]
        return data

    def mapping(self, data: dict[str, Any], old: Route, new: Route) -> dict[str, Any]:
        aliases = _aliases_at(new)
        result: dict[str, Any] = {}
        for key, value in data.items():
            ours = aliases.get(key, key)
            if ours != key:
                problem = Phrase("%(key)s is read as %(ours)s", key=Phrase.quoted(key), ours=Phrase.quoted(ours))
                self.note((*old, key), data, problem, Phrase("write %(wanted)s", wanted=ours))
            if ours in result or (ours != key and ours in data):
                problem = Phrase("%(key)s says the same as %(ours)s", key=Phrase.quoted(key), ours=Phrase.quoted(ours))
                self.faults.append(self.document.fault((*old, key), _subject(data), problem, Phrase("keep one of the two")))
                continue
            result[ours] = self.read(value, (*old, key), (*new, ours))
        if aliases is ENTRY:
            result = self.with_our_type(result, old)
        return result

    def with_our_type(self, entry: dict[str, Any], old: Route) -> dict[str, Any]:
        given = entry.get("type")
        if not isinstance(given, str) or (ours := our_type(given)) == given:
            return entry
        problem = Phrase("type %(given)s is read as %(ours)s", given=Phrase.quoted(given), ours=Phrase.quoted(ours))
        self.note((*old, "type"), entry, problem, Phrase("write %(wanted)s", wanted=ours))
        return {**entry, "type": ours}

    def note(self, route: Route, data: Mapping[str, Any], problem: str, remedy: str) -> None:
        self.notes.append(self.document.fault(route, _subject(data), problem, remedy))


def our_type(given: str) -> str:
    """Return our word for another tool's type; a type that is ours or nobody's comes back as it is."""
    for theirs, ours in _SELECTS.items():
        if given.startswith(f"{theirs} "):
            return f"{ours} {given.removeprefix(theirs).strip()}"
    return TYPES.get(given, given)


def _aliases_at(route: Route) -> Mapping[str, str]:
    if route == ("settings",):
        return SETTINGS
    if len(route) == 3 and route[0] == "choices":
        return CHOICE
    if route and route[0] == "survey" and isinstance(route[-1], int) and all(key == "items" or isinstance(key, int) for key in route[1:]):
        return ENTRY
    return {}


def _subject(data: Mapping[str, Any]) -> str:
    name = next((data[key] for key in ("name", "linkId", "id") if key in data), "")
    return name if isinstance(name, str) else ""
