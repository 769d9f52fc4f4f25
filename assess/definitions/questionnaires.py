"""Loads a questionnaire strictly: everything that is wrong in the file is told at once, with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from assess.definitions.aliases import normalised
from assess.definitions.digests import digest
from assess.definitions.expressions import Expression, ExpressionError, parse
from assess.definitions.indicators import Origin
from assess.definitions.questionnaire_checks import check
from assess.definitions.questionnaire_format import (
    UNSUPPORTED_TYPES,
    ChoiceEntry,
    GroupHead,
    ItemEntry,
    QuestionnaireFile,
    SettingsEntry,
    json_schema,
)
from assess.definitions.questionnaire_items import (
    SECONDS,
    SECONDS_OF_TABLE_ROW,
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
from assess.definitions.texts import Text
from assess.definitions.validation import fit, suggestion
from assess.definitions.yamlfile import Document, Route, parse_yaml, read_yaml
from assess.errors import Fault, FaultsFound

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

MAX_GROUP_DEPTH = 5
_TOP_LEVEL = ("settings", "choices", "survey")
_PLACEHOLDER = {"form_id": "unnamed", "version": "0", "form_title": "Untitled", "respondent": "member"}


def load_questionnaire(path: Path) -> Questionnaire:
    """Read one version of a questionnaire. Raises FaultsFound with every fault in the file."""
    return _questionnaire(read_yaml(path))


def parse_questionnaire(text: str, name: str) -> Questionnaire:
    """Read a questionnaire from text; `name` stands for the file in faults. Raises FaultsFound with every fault."""
    return _questionnaire(parse_yaml(text, name))


def _questionnaire(document: Document) -> Questionnaire:
    if not isinstance(document.data, dict):
        raise FaultsFound([document.fault((), "", "is not a questionnaire", f"begin with {', '.join(_TOP_LEVEL)}")])
    document, notes, faults = normalised(document)
    reading = _Reading(document, list(faults))
    questionnaire = reading.questionnaire(notes)
    found = [*reading.faults, *check(questionnaire, frozenset(reading.broken))]
    if found:
        raise FaultsFound(found)
    return replace(questionnaire, digest=_digest(document.data))


def _digest(data: Any) -> str:
    content = QuestionnaireFile.model_validate(data).model_dump(exclude_unset=True)
    content["settings"].pop("status", None)  # publishing a version does not change what it asks
    return digest(_plain(content))


def _plain(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {key: _plain(value) for key, value in content.items()}
    return [_plain(value) for value in content] if isinstance(content, list | tuple) else content


@dataclass(frozen=True, slots=True)
class _Around:
    """What the groups around an entry hand down to it."""

    enclosing: tuple[Expression, ...] = ()
    kinds: tuple[MemberKind, ...] = tuple(MemberKind)
    section: str = ""
    table: str | None = None
    repeat: str | None = None
    depth: int = 0


class _Reading:
    """One pass over a file: builds what can be built and collects every fault on the way."""

    def __init__(self, document: Document, faults: list[Fault]) -> None:
        self.document = document
        self.faults = faults
        self.broken: set[str] = set()
        self.texts: list[tuple[Route, str, str, Text]] = []
        self.names: dict[str, int | None] = {}
        self.lists: dict[str, tuple[Choice, ...]] = {}
        self.respondent = Origin.MEMBER

    def questionnaire(self, notes: tuple[Fault, ...]) -> Questionnaire:
        """Build the questionnaire. What could not be read is left out of it, and its name is in `broken`."""
        self.top_level()
        settings = self.settings()
        self.respondent = settings.respondent
        self.lists = dict(self.choice_lists())
        sections = tuple(self.sections())
        languages = self.languages(settings.default_language)
        self.check_languages(languages)
        return Questionnaire(
            id=settings.form_id,
            version=settings.version,
            title=settings.form_title,
            default_language=settings.default_language,
            status=settings.status,
            respondent=settings.respondent,
            languages=languages,
            choices=self.lists,
            sections=sections,
            digest="",
            file=self.document.file,
            notes=notes,
        )

    def fault(self, route: Route, subject: str, problem: str, remedy: str) -> None:
        self.faults.append(self.document.fault(route, subject, problem, remedy))

    def top_level(self) -> None:
        for key in self.document.data:
            if key not in _TOP_LEVEL:
                self.fault((key,), "", f"unknown key {key!r}", suggestion(key, _TOP_LEVEL) or f"the keys are {', '.join(_TOP_LEVEL)}")

    def settings(self) -> SettingsEntry:
        data = self.document.data.get("settings")
        if not isinstance(data, dict):
            self.fault(
                ("settings",), "settings", "the settings are missing", "write settings: with form_id, version, form_title and respondent"
            )
            return SettingsEntry.model_validate(_PLACEHOLDER)
        if "version" not in data:
            self.fault(("settings",), "settings", "there is no version", 'write one, such as version: "2026.1"')
            data = {**data, "version": "0"}
        settings = fit(SettingsEntry, self.document, ("settings",), data, self.faults, "settings")
        if settings is None:
            return SettingsEntry.model_validate(_PLACEHOLDER)
        self.collect(settings, ("settings",), "settings")
        return settings

    def choice_lists(self) -> Iterator[tuple[str, tuple[Choice, ...]]]:
        lists = self.document.data.get("choices") or {}
        if not isinstance(lists, dict):
            self.fault(("choices",), "choices", "must be a map of lists", "write choices: {name: [{name: …, label: …}, …]}")
            return
        for name, entries in lists.items():
            route: Route = ("choices", name)
            if not isinstance(entries, list) or not entries:
                self.fault(route, name, "must be a list of choices", "write - {name: …, label: …} for each choice")
                yield name, ()
            else:
                yield name, tuple(self.choices(name, entries, route))

    def choices(self, list_name: str, entries: list[Any], route: Route) -> Iterator[Choice]:
        seen: dict[str, int | None] = {}
        for index, data in enumerate(entries):
            place = (*route, index)
            line = self.document.line(place)
            entry = fit(ChoiceEntry, self.document, place, data, self.faults, list_name)
            if entry is None:
                continue
            if entry.name in seen:
                self.fault(
                    place,
                    list_name,
                    f"choice {entry.name!r} stands twice (first on line {seen[entry.name]})",
                    "give each choice its own code",
                )
                continue
            seen[entry.name] = line
            self.collect(entry, place, f"{list_name} {entry.name}")
            yield Choice(entry.name, entry.label, line or 0)

    def sections(self) -> Iterator[Group]:
        entries = self.document.data.get("survey")
        if not isinstance(entries, list) or not entries:
            self.fault(("survey",), "survey", "there are no sections", "write survey: with a list of groups")
            return
        for index, data in enumerate(entries):
            route: Route = ("survey", index)
            entry = self.entry(data, route, _Around())
            if isinstance(entry, Item) or (isinstance(entry, Group) and entry.repeats):
                self.fault(route, entry.name, "stands outside any section", "put it into the items of a group")
            elif entry is not None:
                if entry.label is None:
                    self.fault(route, entry.name, "the section has no label", "write label: {en: …}")
                yield entry

    def entry(self, data: Any, route: Route, around: _Around) -> Item | Group | None:
        if not isinstance(data, dict):
            self.fault(route, "", "is not an item", "write - {type: …, name: …, label: …}")
            return None
        subject = data["name"] if isinstance(data.get("name"), str) else ""
        self.check_name(subject, route)
        entry = (
            self.group(data, route, around, subject) if data.get("type") in ("group", "repeat") else self.item(data, route, around, subject)
        )
        if entry is None and subject:
            self.broken.add(subject)
        return entry

    def check_name(self, name: str, route: Route) -> None:
        if not name:
            return
        if name in self.names:
            self.fault(
                (*route, "name"),
                name,
                f"the name is used twice (first on line {self.names[name]})",
                "give each item and group its own name",
            )
        else:
            self.names[name] = self.document.line((*route, "name"))

    def group(self, data: dict[str, Any], route: Route, around: _Around, subject: str) -> Group | None:
        """Read a group and everything in it; faults inside are found even where the group itself cannot be read."""
        own = {key: value for key, value in data.items() if key != "items"}
        head = fit(GroupHead, self.document, route, own, self.faults, subject)
        relevant = self.expression(own.get("relevant"), (*route, "relevant"), subject)
        inside = self.handed_down(head, relevant, around, subject)
        self.check_nesting(data, route, around, subject)
        children = tuple(self.children(data.get("items"), route, inside, subject)) if around.depth < MAX_GROUP_DEPTH else ()
        if head is None:
            return None
        self.collect(head, route, subject)
        group = Group(
            name=head.name,
            label=head.label,
            hint=head.hint,
            relevant=relevant,
            kinds=inside.kinds,
            appearance=head.appearance or "",
            repeats=head.type == "repeat",
            children=children,
            lines=self.lines(data, route),
        )
        self.check_table(group, route)
        return group

    def handed_down(self, head: GroupHead | None, relevant: Expression | None, around: _Around, subject: str) -> _Around:
        table = head is not None and "table-list" in (head.appearance or "").split()
        return _Around(
            enclosing=around.enclosing if relevant is None else (*around.enclosing, relevant),
            kinds=self.kinds(head.kinds if head else None, around),
            section=around.section or subject,
            table=subject if table else around.table,
            repeat=subject if head is not None and head.type == "repeat" else around.repeat,
            depth=around.depth + 1,
        )

    def children(self, entries: Any, route: Route, around: _Around, subject: str) -> Iterator[Item | Group]:
        if not isinstance(entries, list) or not entries:
            self.fault((*route, "items"), subject, "the group has no items", "write items: with a list, or leave the group out")
            return
        for index, data in enumerate(entries):
            entry = self.entry(data, (*route, "items", index), around)
            if entry is not None:
                yield entry

    def check_nesting(self, data: dict[str, Any], route: Route, around: _Around, subject: str) -> None:
        if around.depth >= MAX_GROUP_DEPTH:
            self.fault(route, subject, f"groups are nested more than {MAX_GROUP_DEPTH} deep", "put its items into the group around it")
        if data.get("type") == "repeat" and around.repeat is not None:
            self.fault(route, subject, f"stands inside the repeat {around.repeat}", "take it out: repeats go one level deep")

    def check_table(self, group: Group, route: Route) -> None:
        if not group.is_table:
            return
        for index, child in enumerate(group.children):
            place = (*route, "items", index)
            if isinstance(child, Group) or child.type is not ItemType.SELECT_ONE:
                self.fault(place, child.name, f"is no row of the table {group.name}", "a table holds select_one items only; move it out")
        lists = {item.list_name for item in group.items if item.type is ItemType.SELECT_ONE}
        if len(lists) > 1:
            names = ", ".join(sorted(name for name in lists if name))
            self.fault(route, group.name, f"the rows of the table use different choice lists ({names})", "make one table for each list")

    def item(self, data: dict[str, Any], route: Route, around: _Around, subject: str) -> Item | None:
        type_, list_name = self.item_type(data.get("type"), route, subject)
        entry = fit(ItemEntry, self.document, route, {"type": "", **data}, self.faults, subject)
        expressions = {
            key: self.expression(data.get(key), (*route, key), subject)
            for key in ("relevant", "constraint", "calculation", "choice_filter")
        }
        if entry is None or type_ is None:
            return None
        self.collect(entry, route, subject)
        for key, problem, remedy in _misplaced(entry, type_):
            self.fault((*route, key), subject, problem, remedy)
        if entry.kinds is not None and self.respondent is not Origin.MEMBER:
            self.fault((*route, "kinds"), subject, f"kinds is given, but {self.respondent.value} answers, not members", "leave out kinds")
        kinds = self.kinds(entry.kinds, around)
        if not kinds:
            self.fault(
                (*route, "kinds"), subject, "is asked of nobody: its kinds and those of its groups exclude each other", "correct kinds"
            )
        if any(key in data and expression is None for key, expression in expressions.items()):
            return None
        return Item(
            name=entry.name,
            type=type_,
            label=entry.label or Text({}),
            hint=entry.hint,
            required=entry.required,
            required_message=entry.required_message,
            relevant=expressions["relevant"],
            enclosing=around.enclosing,
            constraint=expressions["constraint"],
            constraint_message=entry.constraint_message,
            calculation=expressions["calculation"],
            choice_filter=expressions["choice_filter"],
            default=entry.default,
            read_only=entry.read_only,
            appearance=entry.appearance or "",
            indicator=entry.indicator,
            score=_score(entry),
            weight=entry.weight,
            evidence=entry.evidence,
            kinds=kinds,
            maps_from=entry.maps_from,
            source=entry.source,
            special=_special(entry, type_),
            seconds=entry.seconds or (SECONDS_OF_TABLE_ROW if around.table else SECONDS[type_]),
            list_name=list_name,
            choices=self.lists.get(list_name or "", ()),
            section=around.section,
            table=around.table,
            repeat=around.repeat,
            lines=self.lines(data, route),
        )

    def item_type(self, given: Any, route: Route, subject: str) -> tuple[ItemType | None, str | None]:
        words = given.split() if isinstance(given, str) else []
        place = (*route, "type")
        if not words:
            self.fault(place, subject, "there is no type", f"write one of {', '.join(ItemType)}, group or repeat")
            return None, None
        if words[0] in UNSUPPORTED_TYPES:
            self.fault(place, subject, f"type {words[0]} is not supported", "ask for text, a number or a file instead")
            return None, None
        if words[0] not in set(ItemType):
            known = (*ItemType, "group", "repeat")
            self.fault(place, subject, f"there is no type {words[0]!r}", suggestion(words[0], known) or f"write one of {', '.join(known)}")
            return None, None
        return ItemType(words[0]), self.list_name(ItemType(words[0]), words[1:], place, subject)

    def list_name(self, type_: ItemType, words: list[str], place: Route, subject: str) -> str | None:
        if len(words) != type_.has_choices:
            wanted = f"{type_.value} LIST" if type_.has_choices else type_.value
            self.fault(place, subject, f"type {' '.join((type_.value, *words))!r} is not complete or has too many words", f"write {wanted}")
            return None
        if words and words[0] not in self.lists:
            remedy = suggestion(words[0], self.lists) or "add it under choices"
            self.fault(place, subject, f"there is no choice list {words[0]!r}", remedy)
        return words[0] if words else None

    def expression(self, text: Any, route: Route, subject: str) -> Expression | None:
        """Read an expression; None after a fault, or where there is none or no text (which `fit` has told)."""
        if not isinstance(text, str):
            return None
        try:
            return parse(text)
        except ExpressionError as error:
            self.fault(route, subject, f"{route[-1]}, character {error.position}: {error.problem}", error.remedy)
            return None

    def kinds(self, own: tuple[MemberKind, ...] | None, around: _Around) -> tuple[MemberKind, ...]:
        return tuple(kind for kind in around.kinds if own is None or kind in own)

    def lines(self, data: dict[str, Any], route: Route) -> dict[str, int]:
        found = {key: self.document.line((*route, key)) for key in data} | {"": self.document.line(route)}
        return {key: line for key, line in found.items() if line is not None}

    def collect(self, entry: BaseModel, route: Route, subject: str) -> None:
        """Remember the texts of an entry, for the check of languages."""
        for key, value in entry:
            if isinstance(value, Text):
                self.texts.append(((*route, key), subject, key, value))

    def languages(self, default: str) -> tuple[str, ...]:
        others = {language for *_, text in self.texts for language in text} - {default}
        return (default, *sorted(others))

    def check_languages(self, languages: tuple[str, ...]) -> None:
        for route, subject, key, text in self.texts:
            for language in languages:
                if not text.get(language, "").strip():
                    self.fault(
                        route, subject, f"{key} has no text in {language}", f"write {language}: …, or take {language} out everywhere"
                    )


def _score(entry: ItemEntry) -> Score:
    if isinstance(entry.score, str):
        return Score(ScoreRule(entry.score))
    return Score(ScoreRule.TABLE, tuple(entry.score.items()))


def _special(entry: ItemEntry, type_: ItemType) -> tuple[Special, ...]:
    if entry.special is not None:
        return tuple(special for special in Special if special in entry.special)
    return tuple(Special) if type_.answerable else ()


def _misplaced(entry: ItemEntry, type_: ItemType) -> Iterator[tuple[str, str, str]]:
    """Yield key, problem and remedy for each key that an item of this type needs or cannot have."""
    if entry.label is None and type_ not in (ItemType.CALCULATE, ItemType.HIDDEN):
        yield "label", "there is no label", "write label: {en: …}"
    if type_ is ItemType.CALCULATE and entry.calculation is None:
        yield "calculation", "there is no calculation", "write calculation: …"
    if type_ is not ItemType.CALCULATE and entry.calculation is not None:
        yield "calculation", f"calculation does not go with type {type_.value}", "use type: calculate"
    if not type_.has_choices and entry.choice_filter is not None:
        yield "choice_filter", f"choice_filter does not go with type {type_.value}", "leave it out"
    if not type_.answerable:
        for key in ("required", "constraint", "special", "seconds" if type_ is not ItemType.NOTE else ""):
            if key in entry.model_fields_set:
                yield key, f"{key} does not go with type {type_.value}, which nobody answers", "leave it out"
    for message, rule in (("constraint_message", entry.constraint), ("required_message", entry.required or None)):
        if message in entry.model_fields_set and rule is None:
            yield message, f"{message} is given, but {message.removesuffix('_message')} is not", "leave it out, or add the rule"
