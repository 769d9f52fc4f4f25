"""An expression of a questionnaire as a frozen tree, and written back as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias


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
