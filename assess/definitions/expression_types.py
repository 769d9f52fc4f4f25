"""Finds expressions that compare or reckon with things that do not go together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from assess.definitions.expression_tree import COMPARISONS, Call, Current, Expression, Literal, Name, Negative, Number, Pair, written
from assess.definitions.expressions import SPECIAL_ANSWERS
from assess.definitions.validation import either, suggestion
from assess.phrases import Phrase, message


class Sort(StrEnum):
    """What an expression comes to."""

    NUMBER = message("a number")
    TEXT = message("a text")
    CHOICE = message("a choice")
    CHOICES = message("several choices")
    TRUTH = message("true or false")
    DATE = message("a date")
    ANYTHING = "anything"


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort, with the codes a choice may have; `many` where a repeat gives one value per entry."""

    sort: Sort
    codes: tuple[str, ...] = ()
    many: bool = False


Problem = tuple[Phrase, str]
"""What is wrong, and what to do."""

ANYTHING = Kind(Sort.ANYTHING)
_NUMBER, _TEXT, _TRUTH, _DATE = Kind(Sort.NUMBER), Kind(Sort.TEXT), Kind(Sort.TRUTH), Kind(Sort.DATE)
_TEXTUAL = (Sort.TEXT, Sort.CHOICE)
_GREATER = {
    Sort.TEXT: message("%(comparison)s asks which text is greater"),
    Sort.CHOICE: message("%(comparison)s asks which choice is greater"),
    Sort.TRUTH: message("%(comparison)s asks which true or false is greater"),
}


def kind_of(expression: Expression, kinds: Mapping[str, Kind], current: Kind | None = None) -> tuple[Kind, tuple[Problem, ...]]:
    """Return what `expression` comes to and every problem in it. Names missing from `kinds` may be anything; `current` None forbids `.`."""
    reading = _Reading(kinds, current)
    kind = reading.read(expression)
    return kind, tuple(dict.fromkeys(reading.problems))


class _Reading:
    """One walk through an expression."""

    def __init__(self, kinds: Mapping[str, Kind], current: Kind | None) -> None:
        self.kinds = kinds
        self.current = current
        self.problems: list[Problem] = []

    def read(self, expression: Expression) -> Kind:
        match expression:
            case Number():
                return _NUMBER
            case Literal():
                return _TEXT
            case Name(name):
                return self.kinds.get(name, ANYTHING)
            case Current():
                return self.this()
            case Negative(operand):
                self.expect(operand, "-", Sort.NUMBER)
                return _NUMBER
            case Pair(operator, left, right):
                return self.pair(operator, left, right)
            case Call():
                return _CALLS[expression.function](self, expression)

    def this(self) -> Kind:
        if self.current is None:
            self.problem(Phrase("`.` stands for an answer, and there is none here"), Phrase("write %(wanted)s", wanted="${name}"))
            return ANYTHING
        return self.current

    def pair(self, operator: str, left: Expression, right: Expression) -> Kind:
        if operator in COMPARISONS:
            self.compare(operator, left, right)
            return _TRUTH
        logical = operator in ("and", "or")
        for side in (left, right):
            self.expect(side, operator, Sort.TRUTH if logical else Sort.NUMBER)
        return _TRUTH if logical else _NUMBER

    def expect(self, expression: Expression, place: str, *sorts: Sort, many: bool = False) -> Kind:
        """Read `expression` and complain unless it is of one of `sorts`."""
        kind = self.read(expression)
        if kind.many and not many:
            self.problem(*_one_per_entry(expression))
        elif kind.sort not in (*sorts, Sort.ANYTHING):
            problem = Phrase(
                "%(place)s needs %(wanted)s, but %(expression)s is %(found)s",
                place=place,
                wanted=either([Phrase(sort.value) for sort in sorts]),
                expression=written(expression),
                found=Phrase(kind.sort.value),
            )
            self.problem(problem, _conversion(expression, kind, sorts))
        return kind

    def compare(self, operator: str, left: Expression, right: Expression) -> None:
        one, other = self.read(left), self.read(right)
        if one.many or other.many:
            self.problem(*_one_per_entry(left if one.many else right))
        elif Sort.CHOICES in (one.sort, other.sort):
            chosen = written(left if one.sort is Sort.CHOICES else right)
            problem = Phrase("%(expression)s may hold several choices and cannot be compared", expression=chosen)
            self.problem(problem, Phrase("write %(wanted)s", wanted=f"selected({chosen}, 'code')"))
        elif Sort.ANYTHING not in (one.sort, other.sort):
            self.compare_single(operator, left, right, one.sort, other.sort)
        if operator in ("=", "!="):
            self.check_code(one, right)
            self.check_code(other, left)

    def compare_single(self, operator: str, left: Expression, right: Expression, one: Sort, other: Sort) -> None:
        alike = one is other or (one in _TEXTUAL and other in _TEXTUAL)
        if alike and (operator in ("=", "!=") or one in (Sort.NUMBER, Sort.DATE)):
            return
        code = next((side for side, sort in ((left, one), (right, other)) if sort in _TEXTUAL), left)
        text = f"{written(left)} {operator} {written(right)}"
        if alike:
            remedy = Phrase("write %(wanted)s, or compare with = or !=", wanted=f"number({written(code)})")
            self.problem(Phrase(_GREATER[one], comparison=text), remedy)
        else:
            sorts = {"one": Phrase(one.value), "other": Phrase(other.value)}
            self.problem(
                Phrase("%(comparison)s compares %(one)s with %(other)s", comparison=text, **sorts), _remedy(code, left, right, one, other)
            )

    def check_code(self, kind: Kind, literal: Expression) -> None:
        if not isinstance(literal, Literal) or not kind.codes or literal.value in kind.codes:
            return
        if literal.value in SPECIAL_ANSWERS:
            problem = Phrase("%(code)s is unknown in every expression", code=Phrase.quoted(literal.value))
            self.problem(problem, Phrase("leave it out: what is unknown neither shows nor refuses anything"))
        else:
            remedy = suggestion(literal.value, kind.codes) or Phrase("the choices are %(choices)s", choices=", ".join(kind.codes))
            self.problem(Phrase("there is no choice %(code)s", code=Phrase.quoted(literal.value)), remedy)

    def problem(self, problem: Phrase, remedy: str) -> None:
        self.problems.append((problem, remedy))


def _one_per_entry(expression: Expression) -> tuple[Phrase, Phrase]:
    problem = Phrase("%(expression)s has one answer per entry of its repeat", expression=written(expression))
    return problem, Phrase("sum it up with sum(), min(), max() or count()")


def _conversion(expression: Expression, kind: Kind, sorts: Iterable[Sort]) -> Phrase:
    if Sort.NUMBER in sorts and kind.sort in _TEXTUAL:
        return Phrase("write %(wanted)s", wanted=f"number({written(expression)})")
    if Sort.TRUTH in sorts:
        return Phrase("write a comparison, such as %(comparison)s", comparison=f"{written(expression)} = …")
    return Phrase("name another item, or use another function")


def _remedy(code: Expression, left: Expression, right: Expression, one: Sort, other: Sort) -> Phrase:
    number = next((side for side in (left, right) if isinstance(side, Number)), None)
    if Sort.CHOICE in (one, other) and number is not None:
        wanted, quoted = f"number({written(code)})", f"'{written(number)}'"
        return Phrase("write %(wanted)s, or put the choice in quotes: %(quoted)s", wanted=wanted, quoted=quoted)
    if Sort.DATE in (one, other) and Sort.TEXT in (one, other):
        return Phrase("write %(wanted)s", wanted=f"date({written(code)})")
    if Sort.NUMBER in (one, other):
        return Phrase("write %(wanted)s", wanted=f"number({written(code)})")
    return Phrase("compare with something of the same kind")


_Rule = Callable[[_Reading, Call], Kind]


def _needing(*arguments: tuple[Sort, ...], gives: Kind) -> _Rule:
    """Make the rule of a function whose arguments have fixed sorts."""

    def rule(reading: _Reading, call: Call) -> Kind:
        for argument, sorts in zip(call.arguments, arguments, strict=False):
            reading.expect(argument, f"{call.function}()", *sorts)
        return gives

    return rule


def _selected(reading: _Reading, call: Call) -> Kind:
    chosen = reading.expect(call.arguments[0], "selected()", Sort.CHOICE, Sort.CHOICES)
    reading.expect(call.arguments[1], "selected()", *_TEXTUAL)
    reading.check_code(chosen, call.arguments[1])
    return _TRUTH


def _if(reading: _Reading, call: Call) -> Kind:
    reading.expect(call.arguments[0], "if()", Sort.TRUTH)
    return _shared([reading.read(argument) for argument in call.arguments[1:]])


def _coalesce(reading: _Reading, call: Call) -> Kind:
    return _shared([reading.read(argument) for argument in call.arguments])


def _shared(kinds: list[Kind]) -> Kind:
    sorts = {Sort.TEXT if kind.sort is Sort.CHOICE else kind.sort for kind in kinds}
    return Kind(sorts.pop()) if len(sorts) == 1 else ANYTHING


def _over_all(*sorts: Sort) -> _Rule:
    """Make the rule of a function over any number of values or a repeat's column."""

    def rule(reading: _Reading, call: Call) -> Kind:
        kinds = [reading.expect(argument, f"{call.function}()", *sorts, many=True) for argument in call.arguments]
        return Kind(kinds[0].sort)

    return rule


def _counted(reading: _Reading, call: Call) -> Kind:
    for argument in call.arguments:
        reading.read(argument)
    return _NUMBER


_CALLS: dict[str, _Rule] = {
    "not": _needing((Sort.TRUTH,), gives=_TRUTH),
    "selected": _selected,
    "count-selected": _needing((Sort.CHOICES,), gives=_NUMBER),
    "if": _if,
    "coalesce": _coalesce,
    "int": _needing((Sort.NUMBER,), gives=_NUMBER),
    "round": _needing((Sort.NUMBER,), (Sort.NUMBER,), gives=_NUMBER),
    "number": _needing((Sort.NUMBER, Sort.TRUTH, *_TEXTUAL), gives=_NUMBER),
    "string-length": _needing(_TEXTUAL, gives=_NUMBER),
    "regex": _needing(_TEXTUAL, _TEXTUAL, gives=_TRUTH),
    "today": _needing(gives=_DATE),
    "date": _needing((Sort.TEXT, Sort.DATE), gives=_DATE),
    "sum": _over_all(Sort.NUMBER),
    "min": _over_all(Sort.NUMBER, Sort.DATE),
    "max": _over_all(Sort.NUMBER, Sort.DATE),
    "count": _counted,
}
