"""Reads one item of a questionnaire: its type, its keys, and whether they go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assess.definitions.expressions import Expression
from assess.definitions.findings import Findings
from assess.definitions.indicators import Origin
from assess.definitions.questionnaire_format import UNSUPPORTED_TYPES, ItemEntry
from assess.definitions.questionnaire_items import (
    SECONDS,
    SECONDS_OF_TABLE_ROW,
    Choice,
    Item,
    ItemType,
    MemberKind,
    Score,
    ScoreRule,
    Special,
)
from assess.definitions.texts import Text
from assess.definitions.validation import fit, suggestion
from assess.definitions.yamlfile import Route
from assess.phrases import Phrase

_EXPRESSIONS = ("relevant", "constraint", "calculation", "choice_filter")
_TYPES = (*(type_.value for type_ in ItemType), "group", "repeat")
_ONE_OF_THE_TYPES = Phrase("write one of %(options)s", options=", ".join(_TYPES))


@dataclass(frozen=True, slots=True)
class Around:
    """What the questionnaire and the groups around an entry hand down to it."""

    lists: Mapping[str, tuple[Choice, ...]]
    respondent: Origin
    enclosing: tuple[Expression, ...] = ()
    kinds: tuple[MemberKind, ...] = tuple(MemberKind)
    section: str = ""
    table: str | None = None
    repeat: str | None = None
    depth: int = 0

    def narrowed(self, kinds: tuple[MemberKind, ...] | None) -> tuple[MemberKind, ...]:
        """Return those of its kinds that are also in `kinds`; all where none are named."""
        return tuple(kind for kind in self.kinds if kinds is None or kind in kinds)


def read_item(findings: Findings, data: dict[str, Any], route: Route, around: Around, subject: str) -> Item | None:
    """Return the item, or None after at least one fault that keeps it from being built."""
    type_, list_name = _type_and_list(findings, data.get("type"), (*route, "type"), around.lists, subject)
    entry = fit(ItemEntry, findings.document, route, {"type": "", **data}, findings.faults, subject)
    expressions = {key: findings.expression(data, key, route, subject) for key in _EXPRESSIONS}
    if entry is None or type_ is None:
        return None
    findings.take_texts(entry, route, subject)
    for key, problem, remedy in _misfits(entry, type_):
        findings.fault((*route, key), subject, problem, remedy)
    if not around.narrowed(entry.kinds):
        findings.fault(
            (*route, "kinds"), subject, Phrase("is asked of nobody"), Phrase("name at least one kind that the groups around it are for")
        )
    if any(key in data and expression is None for key, expression in expressions.items()):
        return None
    lines = findings.lines(data, route)
    return _item(entry, type_, list_name, expressions, around, lines)


def _item(
    entry: ItemEntry,
    type_: ItemType,
    list_name: str | None,
    expressions: Mapping[str, Expression | None],
    around: Around,
    lines: Mapping[str, int],
) -> Item:
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
        kinds=around.narrowed(entry.kinds),
        maps_from=entry.maps_from,
        source=entry.source,
        special=_special(entry, type_),
        seconds=entry.seconds or (SECONDS_OF_TABLE_ROW if around.table else SECONDS[type_]),
        list_name=list_name,
        choices=around.lists.get(list_name or "", ()),
        section=around.section,
        table=around.table,
        repeat=around.repeat,
        lines=lines,
    )


def _score(entry: ItemEntry) -> Score:
    if isinstance(entry.score, str):
        return Score(ScoreRule(entry.score))
    return Score(ScoreRule.TABLE, tuple(entry.score.items()))


def _special(entry: ItemEntry, type_: ItemType) -> tuple[Special, ...]:
    if entry.special is not None:
        return tuple(special for special in Special if special in entry.special)
    return tuple(Special) if type_.answerable else ()


def _type_and_list(
    findings: Findings, given: Any, place: Route, lists: Mapping[str, tuple[Choice, ...]], subject: str
) -> tuple[ItemType | None, str | None]:
    words = given.split() if isinstance(given, str) else []
    unfit = _type_problem(words)
    if unfit is not None:
        findings.fault(place, subject, *unfit)
        return None, None
    type_ = ItemType(words[0])
    if len(words) != 1 + type_.has_choices:
        problem = Phrase("type %(given)s has too few or too many words", given=Phrase.quoted(given))
        findings.fault(place, subject, problem, Phrase("write %(wanted)s", wanted=_pattern(type_)))
        return type_, None
    list_name = words[1] if type_.has_choices else None
    if list_name is not None and list_name not in lists:
        problem = Phrase("there is no choice list %(name)s", name=Phrase.quoted(list_name))
        findings.fault(place, subject, problem, suggestion(list_name, lists) or Phrase("add it under choices"))
    return type_, list_name


def _type_problem(words: list[str]) -> tuple[str, str] | None:
    if not words:
        return Phrase("there is no type"), _ONE_OF_THE_TYPES
    if words[0] in UNSUPPORTED_TYPES:
        return Phrase("type %(type)s is not supported", type=words[0]), Phrase("ask for a text, a number or a file instead")
    if words[0] not in _TYPES:
        return Phrase("there is no type %(type)s", type=Phrase.quoted(words[0])), suggestion(words[0], _TYPES) or _ONE_OF_THE_TYPES
    if words[0] in ("group", "repeat"):
        problem = Phrase("type %(given)s has too many words", given=Phrase.quoted(" ".join(words)))
        return problem, Phrase("write %(wanted)s", wanted=words[0])
    return None


def _pattern(type_: ItemType) -> str:
    return f"{type_.value} LIST" if type_.has_choices else type_.value


def _misfits(entry: ItemEntry, type_: ItemType) -> Iterator[tuple[str, str, str]]:
    """Yield key, problem and remedy for each key that an item of this type needs or cannot have."""
    if entry.label is None and type_ not in (ItemType.CALCULATE, ItemType.HIDDEN):
        yield "label", Phrase("there is no label"), Phrase("write %(wanted)s", wanted="label: {en: …}")
    if type_ is ItemType.CALCULATE and entry.calculation is None:
        yield "calculation", Phrase("there is no calculation"), Phrase("write %(wanted)s", wanted="calculation: …")
    if type_ is not ItemType.CALCULATE and entry.calculation is not None:
        yield "calculation", _does_not_go("calculation", type_), Phrase("use type: calculate")
    if not type_.has_choices and entry.choice_filter is not None:
        yield "choice_filter", _does_not_go("choice_filter", type_), Phrase("leave it out")
    if not type_.answerable:
        for key in sorted({"required", "constraint", "special"} & entry.model_fields_set):
            problem = Phrase("%(key)s does not go with type %(type)s, which nobody answers", key=key, type=type_.value)
            yield key, problem, Phrase("leave it out")
    for key, rule in (("constraint_message", entry.constraint), ("required_message", entry.required or None)):
        if key in entry.model_fields_set and rule is None:
            problem = Phrase("%(key)s is given, but %(rule)s is not", key=key, rule=key.removesuffix("_message"))
            yield key, problem, Phrase("leave it out, or add the rule")


def _does_not_go(key: str, type_: ItemType) -> Phrase:
    return Phrase("%(key)s does not go with type %(type)s", key=key, type=type_.value)
