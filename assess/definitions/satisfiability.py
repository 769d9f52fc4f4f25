"""Finds conditions that no answer can ever meet, such as `. > 10 and . < 5`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from assess.definitions.expression_tree import COMPARISONS, Call, Current, Expression, Literal, Name, Pair, names, walk
from assess.definitions.expression_types import Kind, Sort
from assess.definitions.expressions import UNKNOWN, Value, evaluate

_SAMPLE = Name("the sampled term")
_OPEN = Name("anything else")
_ANY_DAY = date(2000, 1, 1)
_WHOLE_FROM_ZERO = frozenset({"string-length", "count-selected"})


def contradiction(condition: Expression, kinds: Mapping[str, Kind], current: Kind | None, *, whole: frozenset[str]) -> Expression | None:
    """Return a term (`.`, `${name}`, a length) for no value of which `condition` can be true; None when there is none.

    Between the constants that a term is compared with, every comparison keeps its value; so it is enough to try each constant, one value
    between every two, and one beyond either end. Everything else in the condition is left unknown: what this finds is certain, and
    contradictions between different terms are not looked for. `whole` names the items with whole numbers ("." for the current answer).
    """
    for term in _terms(condition):
        tried = [_outcome(condition, term, value) for value in _values(condition, term, kinds, current, whole)]
        if tried and all(outcome is False for outcome in tried):
            return term
    return None


def _terms(condition: Expression) -> tuple[Expression, ...]:
    candidates = [node for node in walk(condition) if _is_term(node)]
    return tuple(dict.fromkeys(candidates))


def _is_term(node: Expression) -> bool:
    return isinstance(node, Name | Current) or (
        isinstance(node, Call) and node.function in _WHOLE_FROM_ZERO and isinstance(node.arguments[0], Name | Current)
    )


def _outcome(condition: Expression, term: Expression, value: Value) -> object:
    return evaluate(_simplified(condition, term), {_SAMPLE.name: value}, today=_ANY_DAY)


def _simplified(node: Expression, term: Expression) -> Expression:
    """Keep the logic and the plain comparisons of `term` with constants; everything else may be true or false."""
    match node:
        case Pair("and" | "or" as operator, left, right):
            return Pair(operator, _simplified(left, term), _simplified(right, term))
        case Call("not", (operand,)):
            return Call("not", (_simplified(operand, term),))
        case Call("selected", (chosen, Literal() as code)) if chosen == term:
            return Call("selected", (_SAMPLE, code))
        case Pair(operator, left, right) if operator in COMPARISONS:
            return _comparison(operator, left, right, term)
    return _SAMPLE if node == term else _OPEN


def _comparison(operator: str, left: Expression, right: Expression, term: Expression) -> Expression:
    if left == term and _constant(right) is not None:
        return Pair(operator, _SAMPLE, right)
    if right == term and _constant(left) is not None:
        return Pair(operator, left, _SAMPLE)
    return _OPEN


def _constant(node: Expression) -> Value | None:
    if any(isinstance(part, Current) or part == Call("today", ()) for part in walk(node)) or names(node):
        return None
    value = evaluate(node, {}, today=_ANY_DAY)
    return None if value is UNKNOWN else value


def _values(
    condition: Expression, term: Expression, kinds: Mapping[str, Kind], current: Kind | None, whole: frozenset[str]
) -> tuple[Value, ...]:
    """Return enough values of `term` to decide the condition; none where that is not possible."""
    if isinstance(term, Call):
        return tuple(number for number in _whole(_numbers(condition, term)) if number >= 0)
    kind = current if isinstance(term, Current) else kinds.get(term.name) if isinstance(term, Name) else None
    if kind is None or kind.many:
        return ()
    if kind.sort is Sort.CHOICE:
        return kind.codes
    if kind.sort is Sort.TRUTH:
        return (True, False)
    if kind.sort is Sort.DATE:
        return tuple(_days(condition, term))
    if kind.sort is not Sort.NUMBER:
        return ()
    named = term.name if isinstance(term, Name) else "."
    numbers = _numbers(condition, term)
    return tuple(_whole(numbers) if named in whole else _between(numbers))


def _constants(condition: Expression, term: Expression) -> Iterator[Value]:
    for node in walk(condition):
        if isinstance(node, Pair) and node.operator in COMPARISONS:
            for side, other in ((node.left, node.right), (node.right, node.left)):
                value = _constant(other) if side == term else None
                if value is not None:
                    yield value


def _numbers(condition: Expression, term: Expression) -> list[Decimal]:
    return sorted({value for value in _constants(condition, term) if isinstance(value, Decimal)})


def _between(numbers: list[Decimal]) -> list[Decimal]:
    if not numbers:
        return []
    return [numbers[0] - 1, *numbers, *((low + high) / 2 for low, high in pairwise(numbers)), numbers[-1] + 1]


def _whole(numbers: list[Decimal]) -> list[Decimal]:
    nearest = {number.to_integral_value() for number in numbers}
    return sorted({number + step for number in nearest for step in (-1, 0, 1)} | {Decimal(0)}) if numbers else []


def _days(condition: Expression, term: Expression) -> Iterator[date]:
    for value in _constants(condition, term):
        if isinstance(value, date):
            yield from (value + timedelta(days=step) for step in (-1, 0, 1) if date.min < value < date.max)
