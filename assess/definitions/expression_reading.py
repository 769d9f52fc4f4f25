"""Reads the text of an expression of a questionnaire into a tree. Lark loads slowly: only readers of questionnaires import this."""

from __future__ import annotations

from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput, UnexpectedToken

from assess.definitions.expression_tree import FUNCTIONS, MANY, Call, Current, Expression, Literal, Name, Negative, Number, Pair, children
from assess.definitions.patterns import PatternError, compile_pattern
from assess.phrases import Phrase

MAX_LENGTH = 2_000
MAX_DEPTH = 80


class ExpressionError(ValueError):
    """An expression that cannot be read: where (1-based character), why, and what to do."""

    def __init__(self, position: int, problem: Phrase, remedy: Phrase) -> None:
        super().__init__(f"character {position}: {problem}; {remedy}")
        self.position = position
        self.problem = problem
        self.remedy = remedy


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Read an expression. Raises ExpressionError with the position, what is wrong and what to do."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            1, Phrase("is longer than %(most)s characters", most=str(MAX_LENGTH)), Phrase("split it with a calculate item")
        )
    if not text.strip():
        raise ExpressionError(1, Phrase("is empty"), Phrase("write an expression or leave the key out"))
    try:
        tree = _tree(text)
    except UnexpectedInput as error:
        raise _explained(error, text) from error
    _check_depth(tree)
    return tree


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
        known = Phrase("use one of %(options)s", options=", ".join(FUNCTIONS))
        remedy = Phrase("did you mean %(word)s?", word=f"{near[0]}()") if near else known
        raise ExpressionError(position, Phrase("there is no function %(function)s", function=f"{function}()"), remedy)
    fewest, most = FUNCTIONS[function]
    if not fewest <= len(arguments) <= most:
        given = Phrase("%(function)s is given %(given)s of the values it needs", function=f"{function}()", given=len(arguments))
        raise ExpressionError(position, given, _wanted(fewest, most))
    if function == "regex":
        _check_pattern(arguments[1], position)


def _wanted(fewest: int, most: int) -> Phrase:
    if fewest == most:
        return Phrase("give it %(number)s", number=fewest)
    if most == MANY:
        return Phrase("give it %(fewest)s or more", fewest=fewest)
    return Phrase("give it %(fewest)s to %(most)s", fewest=fewest, most=most)


def _check_pattern(pattern: Expression, position: int) -> None:
    # Only a pattern in quotes comes from the author; one taken from an answer would come from whoever answers.
    if not isinstance(pattern, Literal):
        problem = Phrase("the pattern of regex() is not a text in quotes")
        raise ExpressionError(position, problem, Phrase("write the pattern itself as second argument"))
    try:
        compile_pattern(pattern.value)
    except PatternError as error:
        problem = Phrase("%(key)s: %(problem)s", key="regex()", problem=error.problem)
        raise ExpressionError(position, problem, Phrase("write a simpler pattern")) from error


def _check_depth(tree: Expression) -> None:
    level, depth = [tree], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            problem = Phrase("nests or chains more than %(most)s levels", most=MAX_DEPTH)
            raise ExpressionError(1, problem, Phrase("split it with a calculate item"))
        level = [child for node in level for child in children(node)]


_HINTS = (
    ("==", Phrase("write = to compare")),
    ("&", Phrase("write %(wanted)s", wanted="and")),
    ("|", Phrase("write %(wanted)s", wanted="or")),
    ("\u2018\u2019\u201c\u201d", Phrase("use straight quotes ' or \"")),
    ("'\"", Phrase("close the quotes")),
    ("$", Phrase("write %(wanted)s", wanted="${name}")),
    ("=<>!", Phrase("write one comparison (= != < <= > >=); join several with and")),
    ("0123456789", Phrase("put an operator before it")),
)


def _explained(error: UnexpectedInput, text: str) -> ExpressionError:
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return ExpressionError(len(text) + 1, Phrase("ends too early"), Phrase("complete it, and close every bracket"))
    at = error.pos_in_stream or 0
    near = text[at:].split(None, 1)[0][:20]
    return ExpressionError(at + 1, Phrase("cannot be read at %(near)s", near=Phrase.quoted(near)), _hint(text, at))


def _hint(text: str, at: int) -> Phrase:
    rest = text[at:]
    if text[max(at - 1, 0) : at + 1] == "==" or rest.startswith("=="):
        return _HINTS[0][1]
    for signs, hint in _HINTS[1:]:
        if rest[:1] in signs:
            return hint
    if rest[:1].isalpha():
        return Phrase("write ${name} for an answer and 'text' for a choice")
    return Phrase("check brackets, commas and operators")
