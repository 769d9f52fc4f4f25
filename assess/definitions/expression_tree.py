"""Reads an expression of a questionnaire into a frozen tree, and writes a tree back as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput, UnexpectedToken

from assess.definitions.patterns import PatternError, compile_pattern

MAX_LENGTH = 2_000
MAX_DEPTH = 80


class ExpressionError(ValueError):
    """An expression that cannot be read: where (1-based character), why, and what to do."""

    def __init__(self, position: int, problem: str, remedy: str) -> None:
        super().__init__(f"character {position}: {problem}; {remedy}")
        self.position = position
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written; never negative."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Literal:
    """A text in quotes."""

    value: str


@dataclass(frozen=True, slots=True)
class Name:
    """`${name}`: the answer to another item."""

    name: str


@dataclass(frozen=True, slots=True)
class Current:
    """`.`: the answer being judged; in a choice_filter, the code of the choice being judged."""


@dataclass(frozen=True, slots=True)
class Negative:
    """A minus before a value."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Pair:
    """Two operands and what stands between them."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments."""

    function: str
    arguments: tuple[Expression, ...]


Expression: TypeAlias = Number | Literal | Name | Current | Negative | Pair | Call

MANY = 50
FUNCTIONS: dict[str, tuple[int, int]] = {
    "not": (1, 1),
    "selected": (2, 2),
    "count-selected": (1, 1),
    "if": (3, 3),
    "coalesce": (2, MANY),
    "int": (1, 1),
    "round": (1, 2),
    "number": (1, 1),
    "string-length": (1, 1),
    "regex": (2, 2),
    "today": (0, 0),
    "date": (1, 1),
    "sum": (1, MANY),
    "min": (1, MANY),
    "max": (1, MANY),
    "count": (1, MANY),
}
"""Every function with the fewest and the most arguments it takes."""

_BINDING = {"or": 1, "and": 2, "=": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "+": 4, "-": 4, "*": 5, "div": 5, "mod": 5}
_UNARY = 6
COMPARISONS = frozenset(operator for operator, binding in _BINDING.items() if binding == 3)


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Read an expression. Raises ExpressionError with the position, what is wrong and what to do."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(1, f"is longer than {MAX_LENGTH} characters", "split it with a calculate item")
    if not text.strip():
        raise ExpressionError(1, "is empty", "write an expression or leave the key out")
    try:
        tree = _tree(text)
    except UnexpectedInput as error:
        raise _explained(error, text) from error
    _check_depth(tree)
    return tree


def children(expression: Expression) -> tuple[Expression, ...]:
    """Return what an expression directly consists of."""
    match expression:
        case Negative(operand):
            return (operand,)
        case Pair(_, left, right):
            return (left, right)
        case Call(_, arguments):
            return arguments
    return ()


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield the expression and everything in it, from left to right."""
    pending = [expression]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(children(node)))


def names(expression: Expression) -> tuple[str, ...]:
    """Return the items an expression reads, each once, in the order written."""
    return tuple(dict.fromkeys(node.name for node in walk(expression) if isinstance(node, Name)))


def written(expression: Expression) -> str:
    """Write an expression as text that reads back as the same tree."""
    match expression:
        case Number(value):
            return format(value, "f")
        case Literal(value):
            return f'"{value}"' if "'" in value else f"'{value}'"
        case Name(name):
            return f"${{{name}}}"
        case Current():
            return "."
        case Negative(operand):
            return f"-{_bracketed(operand, _UNARY)}"
        case Call(function, arguments):
            return f"{function}({', '.join(map(written, arguments))})"
        case Pair(operator, left, right):
            binding = _BINDING[operator]
            chains = operator not in COMPARISONS
            return f"{_bracketed(left, binding if chains else binding + 1)} {operator} {_bracketed(right, binding + 1)}"


def _bracketed(expression: Expression, least: int) -> str:
    text = written(expression)
    loose = isinstance(expression, Pair) and _BINDING[expression.operator] < least
    return f"({text})" if loose else text


@v_args(inline=True)
class _Builder(Transformer[Token, Any]):
    """Makes the tree while the grammar is read."""

    def number(self, token: Token) -> Expression:
        return Number(Decimal(token))

    def literal(self, token: Token) -> Expression:
        return Literal(str(token[1:-1]))

    def name(self, token: Token) -> Expression:
        return Name(str(token))

    def current(self) -> Expression:
        return Current()

    def signed(self, sign: Token, operand: Expression) -> Expression:
        return Negative(operand) if sign == "-" else operand

    def pair(self, left: Expression, operator: Token, right: Expression) -> Expression:
        return Pair(str(operator), left, right)

    def call(self, token: Token, *arguments: Expression) -> Expression:
        function = str(token[:-1].rstrip())
        position = (token.start_pos or 0) + 1
        _check_call(function, arguments, position)
        return Call(function, arguments)


_GRAMMAR = Lark((Path(__file__).parent / "expressions.lark").read_text("utf-8"), parser="lalr", transformer=_Builder())


def _tree(text: str) -> Expression:
    tree: Expression = _GRAMMAR.parse(text)  # type: ignore[assignment]
    return tree


def _check_call(function: str, arguments: tuple[Expression, ...], position: int) -> None:
    if function not in FUNCTIONS:
        near = get_close_matches(function, FUNCTIONS, 1)
        remedy = f"did you mean {near[0]}()?" if near else f"use one of {', '.join(FUNCTIONS)}"
        raise ExpressionError(position, f"there is no function {function}()", remedy)
    fewest, most = FUNCTIONS[function]
    if not fewest <= len(arguments) <= most:
        wanted = str(fewest) if fewest == most else f"{fewest} or more" if most == MANY else f"{fewest} to {most}"
        raise ExpressionError(position, f"{function}() is given {len(arguments)} of the values it needs", f"give it {wanted}")
    if function == "regex":
        _check_pattern(arguments[1], position)


def _check_pattern(pattern: Expression, position: int) -> None:
    # Only a pattern in quotes comes from the author; one taken from an answer would come from whoever answers.
    if not isinstance(pattern, Literal):
        raise ExpressionError(position, "the pattern of regex() is not a text in quotes", "write the pattern itself as second argument")
    try:
        compile_pattern(pattern.value)
    except PatternError as error:
        raise ExpressionError(position, f"regex(): {error}", "write a simpler pattern") from error


def _check_depth(tree: Expression) -> None:
    level, depth = [tree], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise ExpressionError(1, f"nests or chains more than {MAX_DEPTH} levels", "split it with a calculate item")
        level = [child for node in level for child in children(node)]


_HINTS = (
    ("==", "write = to compare"),
    ("&", "write and"),
    ("|", "write or"),
    ("\u2018\u2019\u201c\u201d", "use straight quotes ' or \""),
    ("'\"", "close the quotes"),
    ("$", "write ${name}"),
    ("=<>!", "write one comparison (= != < <= > >=); join several with and"),
    ("0123456789", "put an operator before it"),
)


def _explained(error: UnexpectedInput, text: str) -> ExpressionError:
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return ExpressionError(len(text) + 1, "ends too early", "complete it, and close every bracket")
    at = error.pos_in_stream or 0
    near = text[at:].split(None, 1)[0][:20]
    return ExpressionError(at + 1, f"cannot be read at {near!r}", _hint(text, at))


def _hint(text: str, at: int) -> str:
    rest = text[at:]
    if text[max(at - 1, 0) : at + 1] == "==" or rest.startswith("=="):
        return _HINTS[0][1]
    for signs, hint in _HINTS[1:]:
        if rest[:1] in signs:
            return hint
    if rest[:1].isalpha():
        return "write ${name} for an answer and 'text' for a choice"
    return "check brackets, commas and operators"
