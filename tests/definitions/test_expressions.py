"""Expressions: what they say, what they refuse, and what they make of missing answers."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assess.definitions.expression_reading import ExpressionError, parse
from assess.definitions.expression_tree import FUNCTIONS, Call, Current, Literal, Name, Negative, Number, Pair
from assess.definitions.expressions import (
    UNKNOWN,
    Expression,
    Unknown,
    Value,
    allows,
    evaluate,
    names,
    offers,
    shows,
    written,
)
from assess.definitions.patterns import PatternError, compile_pattern

TODAY = date(2026, 3, 1)


def judge(text: str, current: Value | Unknown = UNKNOWN, **answers: Value) -> Value | Unknown:
    return evaluate(parse(text), answers, today=TODAY, current=current)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", Decimal(7)),
        ("(1 + 2) * 3", Decimal(9)),
        ("8 - 3 - 2", Decimal(3)),
        ("7 div 2", Decimal("3.5")),
        ("7 mod 3", Decimal(1)),
        ("-7 mod 3", Decimal(-1)),
        ("0.1 + 0.2", Decimal("0.3")),
        ("--1", Decimal(1)),
        ("'a' = \"a\"", True),
        ("1 = 1.0", True),
        ("2 >= 2 and 2 <= 2", True),
        ("1 < 2 or 1 > 2", True),
        ("not(1 != 1)", True),
        ("if(1 = 2, 'yes', 'no')", "no"),
        ("coalesce(${missing}, 4)", Decimal(4)),
        ("int(-2.7)", Decimal(-2)),
        ("round(2.5)", Decimal(3)),
        ("round(-2.5)", Decimal(-3)),
        ("round(1.255, 2)", Decimal("1.26")),
        ("number(1 = 1)", Decimal(1)),
        ("number(3)", Decimal(3)),
        ("date(today())", TODAY),
        ("number(' 12.5 ')", Decimal("12.5")),
        ("string-length('añb')", Decimal(3)),
        ("regex('AB-12', '[A-Z]{2}-\\d+')", True),
        ("regex('AB-12x', '[A-Z]{2}-\\d+')", False),
        ("today()", TODAY),
        ("date('2026-02-28') < today()", True),
        ("sum(1, 2, 3)", Decimal(6)),
        ("min(3, 1, 2)", Decimal(1)),
        ("max(date('2026-01-01'), today())", TODAY),
        ("count(${missing}, 'x')", Decimal(1)),
    ],
)
def test_expression__known_values__gives_value(text: str, value: Value) -> None:
    assert judge(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "1 div 0",
        "1 mod 0",
        "${missing} + 1",
        "${missing} = 1",
        "${missing} != 'x'",
        "not(${missing})",
        "sum(1, ${missing})",
        "max(1, ${missing})",
        "if(${missing}, 1, 2)",
        "selected(${missing}, 'a')",
        "count-selected(${missing})",
        "number('twelve')",
        "number('nan')",
        "date('31.12.2026')",
        "1 = '1'",
        "'a' < 'b'",
        "1 and 1 = 1",
        "round(1, 999999999)",
        "-'a'",
        "round(1" + "0" * 40 + ")",
        "regex(1, 'a')",
        "selected('a', 1)",
        ". > 1",
    ],
)
def test_expression__something_unknown_or_unlike__is_unknown(text: str) -> None:
    assert judge(text) is UNKNOWN


TRUE, FALSE, OPEN = "1 = 1", "1 = 2", "${missing} = 1"


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (TRUE, TRUE, True, True),
        (TRUE, FALSE, False, True),
        (TRUE, OPEN, UNKNOWN, True),
        (FALSE, TRUE, False, True),
        (FALSE, FALSE, False, False),
        (FALSE, OPEN, False, UNKNOWN),
        (OPEN, TRUE, UNKNOWN, True),
        (OPEN, FALSE, False, UNKNOWN),
        (OPEN, OPEN, UNKNOWN, UNKNOWN),
    ],
)
def test_and_or__every_pair_of_truths__follows_kleene(left: str, right: str, both: object, either: object) -> None:
    assert judge(f"{left} and {right}") is both
    assert judge(f"{left} or {right}") is either


def test_unanswered_item__hides_what_depends_on_it_and_lets_answers_through() -> None:
    condition = parse("${staff} > 10")
    assert not shows(condition, {}, today=TODAY)
    assert allows(condition, {}, current=Decimal(1), today=TODAY)
    assert offers(condition, {}, code="a", today=TODAY)


def test_relevant_and_constraint__known_answers__decide() -> None:
    assert shows(parse("${staff} > 10"), {"staff": Decimal(11)}, today=TODAY)
    assert not shows(parse("${staff} > 10"), {"staff": Decimal(10)}, today=TODAY)
    assert not allows(parse(". <= ${staff}"), {"staff": Decimal(3)}, current=Decimal(4), today=TODAY)
    assert not offers(parse(". != ${first}"), {"first": "a"}, code="a", today=TODAY)


@pytest.mark.parametrize("special", ["dont_know", "not_applicable"])
def test_special_answers__are_unknown_in_every_comparison(special: str) -> None:
    assert judge("${kind} = 'company'", kind=special) is UNKNOWN
    assert judge("${kind} != 'company'", kind=special) is UNKNOWN
    assert judge("selected(${fields}, 'a')", fields=frozenset({special})) is UNKNOWN
    assert judge("sum(${entries})", entries=(Decimal(1), special)) is UNKNOWN
    assert judge(". = '1'", special) is UNKNOWN


def test_answers__of_every_type__are_read() -> None:
    assert judge("selected(${fields}, 'b') and not(selected(${fields}, 'c'))", fields=frozenset("ab")) is True
    assert judge("count-selected(${fields})", fields=frozenset("ab")) == 2
    assert judge("selected(${kind}, 'a')", kind="a") is True
    assert judge("${agreed}", agreed=True) is True
    assert judge("sum(${staff}) div count(${staff})", staff=(Decimal(2), Decimal(4))) == 3
    assert judge("${start} <= today()", start=TODAY) is True


def test_answer__not_a_finite_number__is_unknown() -> None:
    assert judge("${x} > 1", x=Decimal("Infinity")) is UNKNOWN
    assert judge("${x} > 1", x=Decimal("NaN")) is UNKNOWN


def test_answer__of_a_type_no_form_gives__is_a_programming_error() -> None:
    with pytest.raises(TypeError, match="not int"):
        judge("${x} > 1", x=3)  # type: ignore[arg-type]


def test_names__each_once_in_order() -> None:
    assert names(parse("${b} > ${a} and selected(${b}, 'x') and . = 1")) == ("b", "a")


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("${a} == 1", 7, "write = to compare"),
        ("${a} && ${b}", 6, "write and"),
        ("staff > 3", 1, "write ${name}"),
        ("${a} >", 7, "ends too early"),
        ("(${a} > 1", 10, "close every bracket"),
        ("slected(${a}, 'x')", 1, "did you mean selected()?"),
        ("1 + if(${a}, 1)", 5, "give it 3"),
        ("1 < 2 < 3", 7, "join several with and"),
        ("'open", 1, "close the quotes"),
        ("${a} = ‘x’", 8, "straight quotes"),
        ("1 2", 3, "put an operator"),
        ("", 1, "is empty"),
        ("true()", 1, "there is no function true()"),
        ("regex(., '(')", 1, "is not closed"),
        ("regex(., ${a})", 1, "is not a text in quotes"),
        ("__import__('os')", 1, "cannot be read"),
    ],
)
def test_expression__cannot_be_read__names_place_and_remedy(text: str, position: int, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert caught.value.position == position
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "text", ["(" * 1_500, "-" * 1_500 + "1", "1" + "+1" * 900, "not(" * 400 + "1=1" + ")" * 400, "1" * 100_000, "'" * 1_999]
)
def test_expression__hostile_depth_or_length__is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text)


def test_expression__long_chain_of_alternatives__is_read() -> None:
    chain = " or ".join(f"${{kind}} = 'k{number}'" for number in range(60))
    assert judge(chain, kind="k59") is True


@pytest.mark.parametrize("pattern", ["(a+)+", "(a|a)*", "(a|aa)+", "(.*)*b", "a*a*a*a*a*a*a*a*b", "(a?){40}a{40}", "()*"])
def test_regex__patterns_that_make_others_hang__answer_at_once(pattern: str) -> None:
    assert judge(f"regex(., '{pattern}')", "a" * 999 + "!") is False


def test_regex__text_over_the_limit__matches_nothing() -> None:
    assert judge("regex(., '.*')", "a" * 1_000) is True
    assert judge("regex(., '.*')", "a" * 1_001) is False


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("^[0-9]{5}$", "01234", "0123"),
        ("[^@ ]+@[^@ ]+\\.[a-z]{2,}", "a.b@c.org", "a.b@c"),
        ("a|bc|d", "bc", "b"),
        ("(ab)?c", "abc", "ab"),
        ("(?:ab){2,3}", "ababab", "abababab"),
        ("[a\\-z-]+", "a-z", "b"),
        ("\\w+\\s\\W", "ab !", "ab c"),
        ("[^a-c]", "d", "b"),
        ("a{0}b", "b", "ab"),
        ("", "", "a"),
        ("\\(\\.\\)", "(.)", "(a)"),
    ],
)
def test_pattern__matches_the_whole_text_only(pattern: str, matching: str, other: str) -> None:
    assert compile_pattern(pattern).matches(matching)
    assert not compile_pattern(pattern).matches(other)


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "[", "[]", "*a", "a**", "a{2", "a{3,2}", "a{9999}", "(a{100}){100}", "\\1", "\\", "a^b", "(" * 30, "a" * 201, "[z-a]"],
)
def test_pattern__cannot_be_used__is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern)


def _calls(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    functions = sorted(set(FUNCTIONS) - {"regex"})
    return st.sampled_from(functions).flatmap(
        lambda function: st.lists(inner, min_size=FUNCTIONS[function][0], max_size=min(FUNCTIONS[function][1], 4)).map(
            lambda arguments: Call(function, tuple(arguments))
        )
    )


_LEAVES: st.SearchStrategy[Expression] = st.one_of(
    st.integers(0, 10**9).map(lambda value: Number(Decimal(value) / 1000)),
    st.text(st.characters(exclude_characters='"', codec="utf-8"), max_size=8).map(Literal),
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True).map(Name),
    st.just(Current()),
)
EXPRESSIONS: st.SearchStrategy[Expression] = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds(Pair, st.sampled_from(["or", "and", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod"]), inner, inner),
        inner.map(Negative),
        _calls(inner),
    ),
    max_leaves=12,
)
_ANSWERS: st.SearchStrategy[Value] = st.one_of(
    st.decimals(), st.text(max_size=5), st.booleans(), st.dates(), st.frozensets(st.sampled_from(["a", "b", "dont_know"]))
)


@given(EXPRESSIONS)
def test_expression__written_and_read_again__is_the_same(expression: Expression) -> None:
    assert parse(written(expression)) == expression


@given(EXPRESSIONS, st.dictionaries(st.from_regex(r"[a-z]", fullmatch=True), _ANSWERS), _ANSWERS)
def test_expression__any_answers__never_raises(expression: Expression, answers: dict[str, Value], current: Value) -> None:
    evaluate(expression, answers, today=TODAY, current=current)


def read_or_refused(text: str) -> Expression | ExpressionError:
    try:
        return parse(text)
    except ExpressionError as error:
        return error


@given(st.text(max_size=60) | st.text("${}ab.'\"()=<>! andornotdiv0123456789+-*,", max_size=60))
def test_expression__any_text__is_read_or_refused(text: str) -> None:
    outcome = read_or_refused(text)
    if isinstance(outcome, ExpressionError):
        assert 1 <= outcome.position <= len(text) + 1
        assert outcome.remedy
    else:
        assert parse(written(outcome)) == outcome


_PATTERNS = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "\\d"]),
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("({}|{})".format, inner, inner),
        st.builds("({}){}".format, inner, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}"])),
    ),
    max_leaves=5,
)


@given(_PATTERNS, st.text("ab1", max_size=6))
def test_pattern__on_short_texts__agrees_with_the_standard_library(pattern: str, text: str) -> None:
    assert compile_pattern(pattern).matches(text) is (re.fullmatch(pattern, text) is not None)


@given(st.text("ab()[]{}|*+?\\d^-,12", max_size=20), st.text("ab1-", max_size=30))
def test_pattern__any_pattern_on_any_text__answers_or_is_refused(pattern: str, text: str) -> None:
    try:
        compiled = compile_pattern(pattern)
    except PatternError:
        return
    assert compiled.matches(text) in (True, False)
