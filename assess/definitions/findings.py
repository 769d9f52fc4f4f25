"""What comes to light while a questionnaire is read: faults, names already taken, texts and their languages."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from assess.definitions.expression_reading import ExpressionError, parse
from assess.definitions.expression_tree import Expression
from assess.definitions.texts import Text
from assess.definitions.yamlfile import Document, Route
from assess.errors import Fault
from assess.phrases import Phrase


class Findings:
    """Collects while one file is read; nothing stops at the first fault."""

    def __init__(self, document: Document, faults: tuple[Fault, ...] = ()) -> None:
        self.document = document
        self.faults = list(faults)
        self.broken: set[str] = set()
        """Names of entries that could not be read: they exist, so that nothing that refers to them is a second fault."""
        self._texts: list[tuple[Route, str, str, Text]] = []
        self._names: dict[str, int | None] = {}

    def fault(self, route: Route, subject: str, problem: str, remedy: str) -> None:
        """Note one fault at `route`."""
        self.faults.append(self.document.fault(route, subject, problem, remedy))

    def take_name(self, name: str, route: Route) -> None:
        """Note that an item or a group has a name; a fault where another one had it first."""
        place = (*route, "name")
        if name in self._names:
            problem = Phrase("the name is used twice (first on line %(line)s)", line=str(self._names[name]))
            self.fault(place, name, problem, Phrase("give each item and group its own name"))
        elif name:
            self._names[name] = self.document.line(place)

    def take_texts(self, entry: BaseModel, route: Route, subject: str) -> None:
        """Note the texts of an entry, for the check of languages."""
        for key, value in entry:
            if isinstance(value, Text):
                self._texts.append(((*route, key), subject, key, value))

    def expression(self, data: dict[str, Any], key: str, route: Route, subject: str) -> Expression | None:
        """Read the expression under `key`. None after a fault, where there is none, or where it is no text, which the model tells."""
        text = data.get(key)
        if not isinstance(text, str):
            return None
        try:
            return parse(text)
        except ExpressionError as error:
            problem = Phrase("%(key)s, character %(position)s: %(problem)s", key=key, position=str(error.position), problem=error.problem)
            self.fault((*route, key), subject, problem, error.remedy)
            return None

    def lines(self, data: dict[str, Any], route: Route) -> dict[str, int]:
        """Return the line of every key of an entry, and of the entry itself under the empty key."""
        found = {key: self.document.line((*route, key)) for key in data} | {"": self.document.line(route)}
        return {key: line for key, line in found.items() if line is not None}

    def languages(self, default: str) -> tuple[str, ...]:
        """Return every language met so far, the default first; a fault for each text that lacks one of them."""
        others = {language for *_, text in self._texts for language in text} - {default}
        languages = (default, *sorted(others))
        for route, subject, key, text in self._texts:
            for language in languages:
                if not text.get(language, "").strip():
                    remedy = Phrase("write %(language)s: …, or take %(language)s out everywhere", language=language)
                    self.fault(route, subject, Phrase("%(key)s has no text in %(language)s", key=key, language=language), remedy)
        return languages
