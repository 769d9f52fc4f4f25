"""Judges expressions of a questionnaire in three values: true, false and unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, DecimalException, DivisionByZero, InvalidOperation, Overflow
from enum import Enum
from typing import Final, TypeAlias

from assess.definitions.expression_tree import (
    COMPARISONS,
    Call,
    Current,
    Expression,
    Literal,
    Name,
    Negative,
    Number,
    Pair,
    children,
    names,
    walk,
    written,
)
from assess.definitions.patterns import compile_pattern

__all__ = [
    "SPECIAL_ANSWERS",
    "UNKNOWN",
    "Expression",
    "Unknown",
    "Value",
    "allows",
    "children",
    "evaluate",
    "names",
    "offers",
    "shows",
    "walk",
    "written",
]


class Unknown(Enum):
    """The one value that is neither true nor false nor anything else."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
SPECIAL_ANSWERS = frozenset({"dont_know", "not_applicable"})
"""Answers of their own in the responses, but unknown in every expression: neither says what the question asked."""

Scalar: TypeAlias = Decimal | str | bool | date
Value: TypeAlias = Scalar | frozenset[str] | tuple[Scalar, ...]
"""A number, text or choice code, truth, date; the choices selected; or one item's answers from all entries of a repeat."""
Result: TypeAlias = Value | Unknown

_ARITHMETIC = Context(prec=28, traps=[InvalidOperation, DivisionByZero, Overflow])
_NUMBER = re.compile(r"[-+]?([0-9]{1,28}(\.[0-9]{0,28})?|\.[0-9]{1,28})\Z")
_MOST_PLACES = 12


def evaluate(expression: Expression, answers: Mapping[str, Value], *, today: date, current: Result = UNKNOWN) -> Result:
    """Judge `expression` on `answers`; what is not in them is unknown, and so are "dont_know" and "not_applicable".

    Strong Kleene logic: `false and unknown` is false, `true or unknown` is true. A comparison or sum with anything unknown, a
    division by zero and a comparison of unlike things (a number with a text) are unknown. Never raises for any answer.
    """
    return _Judge(answers, today, current).judge(expression)


def shows(relevant: Expression, answers: Mapping[str, Value], *, today: date) -> bool:
    """Say whether an item is shown: only when its `relevant` is known to be true."""
    return evaluate(relevant, answers, today=today) is True


def allows(constraint: Expression, answers: Mapping[str, Value], *, current: Result, today: date) -> bool:
    """Say whether an answer is let through: unless its `constraint` is known to be false."""
    return evaluate(constraint, answers, today=today, current=current) is not False


def offers(choice_filter: Expression, answers: Mapping[str, Value], *, code: str, today: date) -> bool:
    """Say whether a choice is offered: unless its `choice_filter`, with `.` as the choice's code, is known to be false."""
    return evaluate(choice_filter, answers, today=today, current=code) is not False


class _Judge:
    """One judgement: the answers, the answer at hand and the date."""

    def __init__(self, answers: Mapping[str, Value], today: date, current: Result) -> None:
        self.answers = answers
        self.today = today
        self.current = current

    def judge(self, expression: Expression) -> Result:
        match expression:
            case Number(number):
                return number
            case Literal(text):
                return text
            case Name(name):
                return _known(self.answers.get(name, UNKNOWN))
            case Current():
                return _known(self.current)
            case Negative(operand):
                return _reckoned(_ARITHMETIC.subtract, Decimal(0), self.judge(operand))
            case Pair(operator, left, right):
                return self.pair(operator, left, right)
            case Call(function, arguments):
                return self.call(function, arguments)

    def pair(self, operator: str, left: Expression, right: Expression) -> Result:
        one, other = self.judge(left), self.judge(right)
        if operator in ("and", "or"):
            return _joined(one, other, decisive=operator == "or")
        if operator in COMPARISONS:
            return _compared(operator, one, other)
        return _reckoned(_OPERATIONS[operator], one, other)

    def call(self, function: str, arguments: tuple[Expression, ...]) -> Result:
        if function == "today":
            return self.today
        return _CALLS[function]([self.judge(argument) for argument in arguments])


def _known(value: object) -> Result:
    if value is UNKNOWN or (isinstance(value, str) and value in SPECIAL_ANSWERS):
        return UNKNOWN
    if isinstance(value, Decimal):
        return value if value.is_finite() else UNKNOWN
    if isinstance(value, frozenset):
        return UNKNOWN if value & SPECIAL_ANSWERS else value
    if isinstance(value, str | bool | tuple) or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise TypeError(f"an answer is a Decimal, str, bool, date, frozenset or tuple, not {type(value).__name__}")


def _joined(one: Result, other: Result, *, decisive: bool) -> Result:
    if one is decisive or other is decisive:
        return decisive
    if isinstance(one, bool) and isinstance(other, bool):
        return not decisive
    return UNKNOWN


def _compared(operator: str, one: Result, other: Result) -> Result:
    if type(one) is not type(other) or isinstance(one, Unknown | tuple):
        return UNKNOWN
    if operator in ("=", "!="):
        return (one == other) is (operator == "=")
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return _ordered(operator, one < other, one == other)
    if isinstance(one, date) and isinstance(other, date):
        return _ordered(operator, one < other, one == other)
    return UNKNOWN


def _ordered(operator: str, less: bool, equal: bool) -> bool:
    return {"<": less, "<=": less or equal, ">": not (less or equal), ">=": not less}[operator]


def _reckoned(operation: Callable[[Decimal, Decimal], Decimal], one: Result, other: Result) -> Result:
    if not isinstance(one, Decimal) or not isinstance(other, Decimal):
        return UNKNOWN
    try:
        return operation(one, other)
    except DecimalException:
        return UNKNOWN


_OPERATIONS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": _ARITHMETIC.add,
    "-": _ARITHMETIC.subtract,
    "*": _ARITHMETIC.multiply,
    "div": _ARITHMETIC.divide,
    "mod": _ARITHMETIC.remainder,
}


def _not(values: list[Result]) -> Result:
    return not values[0] if isinstance(values[0], bool) else UNKNOWN


def _selected(values: list[Result]) -> Result:
    chosen, code = values
    if not isinstance(code, str):
        return UNKNOWN
    if isinstance(chosen, frozenset):
        return code in chosen
    return chosen == code if isinstance(chosen, str) else UNKNOWN


def _count_selected(values: list[Result]) -> Result:
    return Decimal(len(values[0])) if isinstance(values[0], frozenset) else UNKNOWN


def _if(values: list[Result]) -> Result:
    condition, then, otherwise = values
    if not isinstance(condition, bool):
        return UNKNOWN
    return then if condition else otherwise


def _coalesce(values: list[Result]) -> Result:
    return next((value for value in values if value is not UNKNOWN), UNKNOWN)


def _round(values: list[Result]) -> Result:
    places = values[1] if len(values) > 1 else Decimal(0)
    if not isinstance(values[0], Decimal) or not isinstance(places, Decimal) or not 0 <= places <= _MOST_PLACES:
        return UNKNOWN
    return _rounded(values[0], int(places), ROUND_HALF_UP)


def _int(values: list[Result]) -> Result:
    return _rounded(values[0], 0, ROUND_DOWN) if isinstance(values[0], Decimal) else UNKNOWN


def _rounded(number: Decimal, places: int, rounding: str) -> Result:
    try:
        return number.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=_ARITHMETIC)
    except DecimalException:
        return UNKNOWN


def _number(values: list[Result]) -> Result:
    value = values[0]
    if isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and _NUMBER.match(value.strip()):
        return Decimal(value.strip())
    return value if isinstance(value, Decimal) else UNKNOWN


def _string_length(values: list[Result]) -> Result:
    return Decimal(len(values[0])) if isinstance(values[0], str) else UNKNOWN


def _regex(values: list[Result]) -> Result:
    """Match the whole text; one of over 1,000 characters matches nothing."""
    text, pattern = values
    if not isinstance(text, str) or not isinstance(pattern, str):
        return UNKNOWN
    return compile_pattern(pattern).matches(text)


def _date(values: list[Result]) -> Result:
    value = values[0]
    if not isinstance(value, str):
        return value if isinstance(value, date) else UNKNOWN
    try:
        return date.fromisoformat(value)
    except ValueError:
        return UNKNOWN


def _sum(values: list[Result]) -> Result:
    total: Result = Decimal(0)
    for value in _spread(values):
        total = _reckoned(_ARITHMETIC.add, total, value)
    return total


def _extreme(values: list[Result], operator: str) -> Result:
    spread = _spread(values)
    best = spread[0] if spread else UNKNOWN
    for value in spread[1:]:
        ahead = _compared(operator, value, best)
        if not isinstance(ahead, bool):
            return UNKNOWN
        best = value if ahead else best
    return best if isinstance(best, Decimal | date) else UNKNOWN


def _count(values: list[Result]) -> Result:
    return Decimal(sum(value is not UNKNOWN for value in _spread(values)))


def _spread(values: list[Result]) -> list[Result]:
    """Put the entries of a repeat in the place of the repeat's column."""
    return [_known(entry) for value in values for entry in (value if isinstance(value, tuple) else (value,))]


_CALLS: dict[str, Callable[[list[Result]], Result]] = {
    "not": _not,
    "selected": _selected,
    "count-selected": _count_selected,
    "if": _if,
    "coalesce": _coalesce,
    "int": _int,
    "round": _round,
    "number": _number,
    "string-length": _string_length,
    "regex": _regex,
    "date": _date,
    "sum": _sum,
    "min": lambda values: _extreme(values, "<"),
    "max": lambda values: _extreme(values, ">"),
    "count": _count,
}
