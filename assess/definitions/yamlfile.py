"""Reads YAML or JSON strictly, and remembers on which line everything stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from assess.content import relative
from assess.errors import Fault, FaultsFound

MAX_BYTES = 4_000_000
MAX_DEPTH = 40
_LONGEST_NUMBER = 40
_LARGEST_EXPONENT = 100

Key: TypeAlias = str | int
Route: TypeAlias = tuple[Key, ...]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_QUOTED = {"'", '"', "|", ">"}  # a plain scalar has no style, or an empty one
_NULLS = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE"}
_FALSE = {"false", "False", "FALSE"}
_SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content as plain dicts, lists, strings, ints, Decimals, bools and None, with the line of every node."""

    file: str
    data: Any
    lines: dict[Route, int]

    def line(self, route: Route) -> int | None:
        """Return the 1-based line of the node at `route`, or of the nearest node around it."""
        while route and route not in self.lines:
            route = route[:-1]
        return self.lines.get(route)

    def fault(self, route: Route, subject: str, problem: str, remedy: str = "") -> Fault:
        """Make a fault that names the place of `route` in this file."""
        return Fault(self.file, self.line(route), subject, problem, remedy)


def read_yaml(path: Path) -> Document:
    """Read one file. Raises FaultsFound for anything but one plain document of at most 4 MB in UTF-8."""
    name = relative(path)
    return parse_yaml(_text(path, name), name)


def parse_yaml(text: str, name: str) -> Document:
    """Read YAML 1.2 from text; JSON is YAML. Aliases, anchors, tags and duplicate keys are refused."""
    if name.endswith(".json"):
        text = text.replace("\t", "  ")  # JSON may be indented with tabs, YAML may not; inside its strings tabs are escaped
    try:
        _refuse_what_is_not_plain(text, name)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise FaultsFound([_syntax_fault(error, name)]) from error
    if root is None:
        raise FaultsFound([Fault(name, None, "", "is empty", "write the document, or name another file")])
    reader = _Reader(name)
    data = reader.read(root, ())
    if reader.faults:
        raise FaultsFound(reader.faults)
    return Document(name, data, reader.lines)


def _text(path: Path, name: str) -> str:
    try:
        if path.is_dir():
            raise FaultsFound([Fault(name, None, "", "is a folder", "name a file in it")])
        if path.stat().st_size > MAX_BYTES:
            size = f"is larger than {MAX_BYTES // 1_000_000} MB"
            raise FaultsFound([Fault(name, None, "", size, "check that this is the right file")])
        content = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
        raise FaultsFound([Fault(name, None, "", problem, "check the name and its permissions")]) from error
    except UnicodeDecodeError as error:
        raise FaultsFound([Fault(name, None, "", "is not UTF-8 text", "save it as UTF-8 and try again")]) from error
    if "\x00" in content:
        raise FaultsFound([Fault(name, None, "", "is not a text file", "name a YAML or JSON file")])
    return content


def _refuse_what_is_not_plain(text: str, name: str) -> None:
    """Anchors, aliases and tags have no place here, and libyaml's composer crashes on what is nested without end."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1 if event.start_mark else None
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH + 1:
            raise FaultsFound([Fault(name, line, "", "is nested too deeply", f"use at most {MAX_DEPTH} levels")])
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise FaultsFound(
                [Fault(name, line, "", "uses a YAML anchor or alias", "write the value out; quote a text that begins with & or *")]
            )
        if getattr(event, "tag", None) is not None:
            raise FaultsFound([Fault(name, line, "", "uses a YAML tag", "leave the tag out; quote a text that begins with !")])


def _syntax_fault(error: yaml.YAMLError, name: str) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "cannot be read"
    return Fault(
        name, mark.line + 1 if mark else None, "", f"is not valid YAML: {problem}", "check indentation, colons and quotes near this line"
    )


class _Reader:
    """Turns composed nodes into plain values; collects faults instead of stopping at the first."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Route, int] = {}
        self.faults: list[Fault] = []

    def read(self, node: yaml.Node, route: Route) -> Any:
        self.lines.setdefault(route, node.start_mark.line + 1)
        if len(route) > MAX_DEPTH:
            self._fault(node, "is nested too deeply", f"use at most {MAX_DEPTH} levels")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, route)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(child, (*route, index)) for index, child in enumerate(node.value)]
        return self._scalar(node) if isinstance(node, yaml.ScalarNode) else None

    def _mapping(self, node: yaml.MappingNode, route: Route) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None:
                self._fault(key_node, "has a key that is not a plain word", "use a plain word as the key")
            elif key in result:
                self._fault(key_node, f"key {key!r} stands twice", "keep one of the two")
            else:
                self.lines[(*route, key)] = key_node.start_mark.line + 1
                result[key] = self.read(value_node, (*route, key))
        return result

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text: str = node.value
        if node.style in _QUOTED:
            return text
        if text in _NULLS:
            return None
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
        return self._number_or_text(node, text)

    def _number_or_text(self, node: yaml.ScalarNode, text: str) -> Any:
        if _SPECIAL.match(text):
            self._fault(node, f"{text} is not a number that can be used", "write a number, or leave the value out where it is unknown")
            return None
        if _NUMBER.match(text) is None:
            return text
        if len(text) > _LONGEST_NUMBER or abs(Decimal(text).adjusted()) > _LARGEST_EXPONENT:
            self._fault(node, f"{text[:20]}… is not a number that can be used", "write it with fewer digits, or in quotes if it is a text")
            return None
        return int(text) if _INTEGER.match(text) else Decimal(text)

    def _fault(self, node: yaml.Node, problem: str, remedy: str) -> None:
        self.faults.append(Fault(self.name, node.start_mark.line + 1, "", problem, remedy))
