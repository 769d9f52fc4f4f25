"""Reads the sections of a questionnaire and the groups, tables and repeats inside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assess.definitions.expressions import Expression
from assess.definitions.findings import Findings
from assess.definitions.indicators import Origin
from assess.definitions.item_reading import Around, read_item
from assess.definitions.questionnaire_format import GroupHead
from assess.definitions.questionnaire_items import Group, Item, ItemType
from assess.definitions.validation import fit
from assess.definitions.yamlfile import Route
from assess.errors import Fault
from assess.phrases import Phrase

MAX_DEPTH = 5


def read_sections(findings: Findings, entries: Any, around: Around) -> Iterator[Group]:
    """Yield every section that can be built; `entries` is what stands under `survey`."""
    if not isinstance(entries, list) or not entries:
        findings.fault(("survey",), "survey", Phrase("there are no sections"), Phrase("write survey: with a list of groups"))
        return
    for index, data in enumerate(entries):
        route: Route = ("survey", index)
        entry = _entry(findings, data, route, around)
        if isinstance(entry, Item) or (entry is not None and entry.repeats):
            findings.fault(route, entry.name, Phrase("stands outside any section"), Phrase("put it into the items of a group"))
        elif entry is not None:
            if entry.label is None:
                findings.fault(route, entry.name, Phrase("the section has no label"), Phrase("write %(wanted)s", wanted="label: {en: …}"))
            yield entry


def _entry(findings: Findings, data: Any, route: Route, around: Around) -> Item | Group | None:
    if not isinstance(data, dict):
        findings.fault(route, "", Phrase("is not an item"), Phrase("write %(wanted)s", wanted="- {type: …, name: …, label: …}"))
        return None
    subject = data["name"] if isinstance(data.get("name"), str) else ""
    findings.take_name(subject, route)
    if "kinds" in data and around.respondent is not Origin.MEMBER:
        problem = Phrase("kinds is given, but %(respondent)s answers, not members", respondent=around.respondent.value)
        findings.fault((*route, "kinds"), subject, problem, Phrase("leave out kinds"))
    read = _group if data.get("type") in ("group", "repeat") else read_item
    entry = read(findings, data, route, around, subject)
    if entry is None:
        findings.broken.add(subject)
    return entry


def _group(findings: Findings, data: dict[str, Any], route: Route, around: Around, subject: str) -> Group | None:
    """Read a group with everything in it; faults inside are found even where the group itself cannot be built."""
    own = {key: value for key, value in data.items() if key != "items"}
    head = fit(GroupHead, findings.document, route, own, findings.faults, subject)
    relevant = findings.expression(data, "relevant", route, subject)
    inside = _handed_down(head, relevant, around, subject)
    _check_nesting(findings, data, route, around, subject)
    children = tuple(_children(findings, data.get("items"), route, inside, subject)) if around.depth < MAX_DEPTH else ()
    if head is None:
        return None
    findings.take_texts(head, route, subject)
    lines = findings.lines(data, route)
    group = Group(
        name=head.name,
        label=head.label,
        hint=head.hint,
        relevant=relevant,
        kinds=inside.kinds,
        appearance=head.appearance or "",
        repeats=head.type == "repeat",
        children=children,
        lines=lines,
    )
    _check_table(findings, group, route)
    return group


def _handed_down(head: GroupHead | None, relevant: Expression | None, around: Around, subject: str) -> Around:
    is_table = head is not None and "table-list" in (head.appearance or "").split()
    is_repeat = head is not None and head.type == "repeat"
    return replace(
        around,
        enclosing=around.enclosing if relevant is None else (*around.enclosing, relevant),
        kinds=around.narrowed(head.kinds if head else None),
        section=around.section or subject,
        table=subject if is_table else around.table,
        repeat=subject if is_repeat else around.repeat,
        depth=around.depth + 1,
    )


def _children(findings: Findings, entries: Any, route: Route, around: Around, subject: str) -> Iterator[Item | Group]:
    if not isinstance(entries, list) or not entries:
        findings.fault(
            (*route, "items"), subject, Phrase("the group has no items"), Phrase("write items: with a list, or leave the group out")
        )
        return
    for index, data in enumerate(entries):
        entry = _entry(findings, data, (*route, "items", index), around)
        if entry is not None:
            yield entry


def _check_nesting(findings: Findings, data: dict[str, Any], route: Route, around: Around, subject: str) -> None:
    if around.depth >= MAX_DEPTH:
        problem = Phrase("groups are nested more than %(most)s deep", most=MAX_DEPTH)
        findings.fault(route, subject, problem, Phrase("put its items into the group around it"))
    if data.get("type") == "repeat" and around.repeat is not None:
        problem = Phrase("stands inside the repeat %(repeat)s", repeat=around.repeat)
        findings.fault(route, subject, problem, Phrase("take it out: repeats go one level deep"))


def _check_table(findings: Findings, group: Group, route: Route) -> None:
    if not group.is_table:
        return
    for child in group.children:
        if isinstance(child, Group) or child.type is not ItemType.SELECT_ONE:
            problem = Phrase("is no row of the table %(table)s", table=group.name)
            remedy = Phrase("a table holds select_one items only; move it out")
            findings.faults.append(Fault(findings.document.file, child.line(), child.name, problem, remedy))
    lists = {item.list_name for item in group.items if item.list_name is not None}
    if len(lists) > 1:
        problem = Phrase("the rows of the table use different choice lists (%(lists)s)", lists=", ".join(sorted(lists)))
        findings.fault(route, group.name, problem, Phrase("make one table for each list"))
