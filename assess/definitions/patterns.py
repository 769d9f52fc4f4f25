"""Regular expressions that cannot hang: all ways through a pattern are walked at once, one character at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from assess.phrases import Phrase

MAX_PATTERN = 200
MAX_STATES = 500
MAX_TEXT = 1_000
MAX_DEPTH = 20

Accepts = Callable[[str], bool]
_Part = tuple["_Step", ...]
_TOO_EARLY = Phrase("the pattern ends too early")


class PatternError(ValueError):
    """A pattern that cannot be used: why."""

    def __init__(self, problem: Phrase) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class _Step:
    """One state: either takes a character (`accepts`) and goes on, or goes on at once. Targets are offsets from itself."""

    accepts: Accepts | None
    targets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern."""

    steps: tuple[_Step, ...]

    def matches(self, text: str) -> bool:
        """Say whether the pattern matches the whole of `text`. A text of over 1,000 characters matches nothing."""
        if len(text) > MAX_TEXT:
            return False
        states = self._closed({0})
        for character in text:
            states = self._closed({state + 1 for state in states if self._takes(state, character)})
        return len(self.steps) in states

    def _takes(self, state: int, character: str) -> bool:
        accepts = self.steps[state].accepts if state < len(self.steps) else None
        return accepts is not None and accepts(character)

    def _closed(self, states: set[int]) -> set[int]:
        pending = list(states)
        while pending:
            state = pending.pop()
            if state < len(self.steps) and self.steps[state].accepts is None:
                reached = {state + offset for offset in self.steps[state].targets} - states
                states |= reached
                pending.extend(reached)
        return states


@lru_cache(maxsize=256)
def compile_pattern(text: str) -> Pattern:
    """Read a pattern: characters, `.`, classes, `\\d \\w \\s`, groups, `|`, `* + ? {n} {n,m}`. Raises PatternError."""
    if len(text) > MAX_PATTERN:
        raise PatternError(Phrase("the pattern is longer than %(most)s characters", most=MAX_PATTERN))
    return Pattern(_Reader(text.removeprefix("^")).whole())


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text[:-1] if text.endswith("$") and not text.endswith("\\$") else text
        self.at = 0
        self.depth = 0

    def whole(self) -> _Part:
        part = self.alternatives()
        if self.at < len(self.text):
            raise PatternError(Phrase("the bracket at character %(position)s of the pattern closes nothing", position=self.at + 1))
        return part

    def alternatives(self) -> _Part:
        part = self.sequence()
        while self.peek() == "|":
            self.at += 1
            other = self.sequence()
            part = (_Step(None, (1, len(part) + 2)), *part, _Step(None, (len(other) + 1,)), *other)
            _check_size(part)
        return part

    def sequence(self) -> _Part:
        parts: _Part = ()
        while self.peek() not in ("", "|", ")"):
            parts += self.repeated()
            _check_size(parts)
        return parts

    def repeated(self) -> _Part:
        part = self.atom()
        bounds = self.quantifier()
        if bounds is None:
            return part
        if self.peek() in ("*", "+", "?", "{"):
            sign = Phrase.quoted(self.peek())
            problem = Phrase(
                "%(sign)s at character %(position)s of the pattern follows another repetition", sign=sign, position=self.at + 1
            )
            raise PatternError(problem)
        return _repeat(part, *bounds)

    def quantifier(self) -> tuple[int, int | None] | None:
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        sign = self.peek()
        if sign in simple:
            self.at += 1
            return simple[sign]
        return self.counted() if sign == "{" else None

    def counted(self) -> tuple[int, int | None]:
        end = self.text.find("}", self.at)
        low, comma, high = self.text[self.at + 1 : max(end, self.at + 1)].partition(",")
        if end < 0 or not _is_count(low) or not (high == "" or _is_count(high)):
            raise PatternError(Phrase("write a repetition as {3}, {2,} or {2,5}, with at most three digits"))
        self.at = end + 1
        most = int(low) if not comma else int(high) if high else None
        if most is not None and most < int(low):
            raise PatternError(Phrase("the repetition %(repetition)s ends before it begins", repetition=f"{{{low},{high}}}"))
        return int(low), most

    def atom(self) -> _Part:
        character = self.take()
        if character == "(":
            return self.group()
        if character in "*+?{":
            sign = Phrase.quoted(character)
            raise PatternError(
                Phrase("%(sign)s at character %(position)s of the pattern has nothing to repeat", sign=sign, position=self.at)
            )
        if character in "^$":
            sign = Phrase.quoted(character)
            raise PatternError(Phrase("%(sign)s may only stand at the beginning or the end; the whole answer is always matched", sign=sign))
        if character == "[":
            return (_Step(self.character_class(), (1,)),)
        if character == ".":
            return (_Step(_anything, (1,)),)
        return (_Step(self.escape() if character == "\\" else _one_of(character), (1,)),)

    def group(self) -> _Part:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise PatternError(Phrase("the pattern nests more than %(most)s brackets", most=MAX_DEPTH))
        if self.text.startswith("?:", self.at):
            self.at += 2
        part = self.alternatives()
        if self.peek() != ")":
            raise PatternError(Phrase("a bracket of the pattern is not closed"))
        self.at += 1
        self.depth -= 1
        return part

    def character_class(self) -> Accepts:
        negated = self.peek() == "^"
        self.at += negated
        members = list(self.class_members())
        if not members:
            raise PatternError(Phrase("a class [] of the pattern is empty"))
        return lambda character: any(accepts(character) for accepts in members) is not negated

    def class_members(self) -> Iterator[Accepts]:
        while (character := self.take(Phrase("a class of the pattern is not closed with ]"))) != "]":
            if character == "\\":
                yield self.escape()
            elif self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                yield _between(character, self.take())
            else:
                yield _one_of(character)

    def escape(self) -> Accepts:
        character = self.take(Phrase("the pattern ends in a backslash"))
        if character.lower() in _CLASSES:
            accepts = _CLASSES[character.lower()]
            return accepts if character.islower() else lambda other: not accepts(other)
        if character.isalnum():
            escape = f"\\{character}"
            raise PatternError(Phrase("%(escape)s is not supported; there are \\d, \\w, \\s and their capitals", escape=escape))
        return _one_of(character)

    def take(self, missing: Phrase = _TOO_EARLY) -> str:
        if self.at >= len(self.text):
            raise PatternError(missing)
        self.at += 1
        return self.text[self.at - 1]

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]


def _repeat(part: _Part, least: int, most: int | None) -> _Part:
    size = len(part)
    _check_length(size * max(least, most or 0) + 2)
    repeated = part * least
    if most is None:
        return (*repeated, _Step(None, (1, size + 2)), *part, _Step(None, (-size - 1,)))
    optional: _Part = ()
    for _ in range(most - least):
        optional = (_Step(None, (1, size + 1 + len(optional))), *part, *optional)
        _check_size(optional)
    return repeated + optional


def _check_size(part: _Part) -> None:
    _check_length(len(part))


def _check_length(length: int) -> None:
    if length > MAX_STATES:
        raise PatternError(Phrase("the pattern is too large; use smaller repetitions"))


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3


def _anything(character: str) -> bool:
    return character != "\n"


def _one_of(characters: str) -> Accepts:
    return lambda character: character in characters


def _between(low: str, high: str) -> Accepts:
    if high < low or "\\" in (low, high):
        raise PatternError(Phrase("the range %(range)s of a class cannot be used", range=f"{low}-{high}"))
    return lambda character: low <= character <= high


_CLASSES: dict[str, Accepts] = {
    "d": lambda character: character.isascii() and character.isdigit(),
    "w": lambda character: character.isalnum() or character == "_",
    "s": str.isspace,
}
