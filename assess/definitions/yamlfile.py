"""Reads YAML or JSON strictly, and remembers on which line everything stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from assess.content import relative
from assess.errors import Fault, FaultsFound
from assess.phrases import Phrase, message

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
_OF_OTHERS = (
    message("No such file or directory"),
    message("Permission denied"),
    message("File name too long"),
    message("Input/output error"),
    message("Is a directory"),
    message("Not a directory"),
    message("No space left on device"),
    message("Read-only file system"),
    message("Address already in use"),
    message("mapping values are not allowed in this context"),
    message("block sequence entries are not allowed in this context"),
    message("could not find expected ':'"),
    message("did not find expected key"),
    message("did not find expected '-' indicator"),
    message("did not find expected ',' or ']'"),
    message("did not find expected ',' or '}'"),
    message("did not find expected node content"),
    message("did not find expected <document start>"),
    message("found character that cannot start any token"),
    message("found unexpected end of stream"),
    message("found unknown escape character"),
)
"""What the system and libyaml say most often, so that catalogues hold it."""


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
    reader = _Reader(name, text)
    try:
        data = reader.document()
    except yaml.YAMLError as error:
        raise FaultsFound([_syntax_fault(error, name)]) from error
    if reader.faults:
        raise FaultsFound(reader.faults)
    return Document(name, data, reader.lines)


def _text(path: Path, name: str) -> str:
    try:
        if path.is_dir():
            raise FaultsFound([Fault(name, None, "", Phrase("is a folder"), Phrase("name a file in it"))])
        if path.stat().st_size > MAX_BYTES:
            problem = Phrase("is larger than %(most)s MB", most=MAX_BYTES // 1_000_000)
            raise FaultsFound([Fault(name, None, "", problem, Phrase("check that this is the right file"))])
        content = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        problem = Phrase("cannot be read (%(error)s)", error=Phrase(str(error.strerror)))
        raise FaultsFound([Fault(name, None, "", problem, Phrase("check the name and its permissions"))]) from error
    except UnicodeDecodeError as error:
        raise FaultsFound([Fault(name, None, "", Phrase("is not UTF-8 text"), Phrase("save it as UTF-8 and try again"))]) from error
    if "\x00" in content:
        raise FaultsFound([Fault(name, None, "", Phrase("is not a text file"), Phrase("name a YAML or JSON file"))])
    return content


def _syntax_fault(error: yaml.YAMLError, name: str) -> Fault:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None)
    problem = Phrase("is not valid YAML: %(problem)s", problem=Phrase(reason) if reason else Phrase("cannot be read"))
    remedy = Phrase("check indentation, colons and quotes near this line")
    return Fault(name, mark.line + 1 if mark else None, "", problem, remedy)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


class _Reader:
    """Turns what libyaml comes upon into plain values; collects faults instead of stopping at the first, where it can go on."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        self.lines: dict[Route, int] = {}
        self.faults: list[Fault] = []

    def document(self) -> Any:
        """Read the one document there is. Raises FaultsFound for what leaves nothing to go on with."""
        data, documents = None, 0
        for event in self.events:
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise self._stop(event, Phrase("holds a second document"), Phrase("keep one; quote a text that begins with ---"))
            if isinstance(event, yaml.NodeEvent):
                data = self._read(event, ())
        if not documents:
            raise FaultsFound([Fault(self.name, None, "", Phrase("is empty"), Phrase("write the document, or name another file"))])
        return data

    def _read(self, event: yaml.Event, route: Route) -> Any:
        self._refuse_marks(event)
        if len(route) > MAX_DEPTH:
            raise self._stop(event, Phrase("is nested too deeply"), Phrase("use at most %(most)s levels", most=MAX_DEPTH))
        self.lines.setdefault(route, _line(event))
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        return self._mapping(route) if isinstance(event, yaml.MappingStartEvent) else self._sequence(route)

    def _refuse_marks(self, event: yaml.Event) -> None:
        if getattr(event, "anchor", None) is not None:
            remedy = Phrase("write the value out; quote a text that begins with & or *")
            raise self._stop(event, Phrase("uses a YAML anchor or alias"), remedy)
        if getattr(event, "tag", None) is not None:
            raise self._stop(event, Phrase("uses a YAML tag"), Phrase("leave the tag out; quote a text that begins with !"))

    def _sequence(self, route: Route) -> list[Any]:
        result: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            result.append(self._read(event, (*route, len(result))))
        return result

    def _mapping(self, route: Route) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            self._refuse_marks(event)
            key = event.value if isinstance(event, yaml.ScalarEvent) else None
            if key is None:
                self._fault(event, Phrase("has a key that is not a plain word"), Phrase("use a plain word as the key"))
                self._pass_over(event)
                self._pass_over(next(self.events))
            elif key in result:
                self._fault(event, Phrase("key %(key)s stands twice", key=Phrase.quoted(key)), Phrase("keep one of the two"))
                self._pass_over(next(self.events))
            else:
                self.lines[(*route, key)] = _line(event)
                result[key] = self._read(next(self.events), (*route, key))
        return result

    def _pass_over(self, event: yaml.Event) -> None:
        depth = int(isinstance(event, yaml.CollectionStartEvent))
        while depth:
            event = next(self.events)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        text: str = event.value
        if event.style in _QUOTED:
            return text
        if text in _NULLS:
            return None
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
        return self._number_or_text(event, text)

    def _number_or_text(self, event: yaml.ScalarEvent, text: str) -> Any:
        if _SPECIAL.match(text):
            remedy = Phrase("write a number, or leave the value out where it is unknown")
            self._fault(event, Phrase("%(number)s is not a number that can be used", number=text), remedy)
            return None
        if _NUMBER.match(text) is None:
            return text
        if len(text) > _LONGEST_NUMBER or abs(Decimal(text).adjusted()) > _LARGEST_EXPONENT:
            remedy = Phrase("write it with fewer digits, or in quotes if it is a text")
            self._fault(event, Phrase("%(number)s is not a number that can be used", number=f"{text[:20]}…"), remedy)
            return None
        return int(text) if _INTEGER.match(text) else Decimal(text)

    def _fault(self, event: yaml.Event, problem: str, remedy: str) -> None:
        self.faults.append(Fault(self.name, _line(event), "", problem, remedy))

    def _stop(self, event: yaml.Event, problem: str, remedy: str) -> FaultsFound:
        return FaultsFound([Fault(self.name, _line(event), "", problem, remedy)])
