"""Conditions are read as authors write them, and nothing else is."""

from __future__ import annotations

import pytest

from assess.definitions.conditions import Condition, parse_condition


@pytest.mark.parametrize("operator", [">=", ">", "<=", "<", "="])
@pytest.mark.parametrize("space", [" ", "", "  "])
def test_comparison__with_a_parameter(operator: str, space: str) -> None:
    found = parse_condition(f"structure.sme_share{space}{operator}{space}$most_firms")
    assert found == Condition("structure.sme_share", operator, "$most_firms")
    assert (found.parameter, found.is_bare) == ("most_firms", False)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("stage.growing", Condition("stage.growing", "=", "1")),
        ("not stage.growing", Condition("stage.growing", "=", "0")),
        ("  not \n stage.growing ", Condition("stage.growing", "=", "0")),
        ("flag_given = 1", Condition("flag_given", "=", "1")),
        ("screen.competitiveness.critical_mass.pass", Condition("screen.competitiveness.critical_mass.pass", "=", "1")),
        ("recommended.seed-fund", Condition("recommended.seed-fund", "=", "1")),
        ("notable.thing", Condition("notable.thing", "=", "1")),
    ],
)
def test_bare_name__is_a_conclusion_and_not_its_denial(text: str, condition: Condition) -> None:
    assert parse_condition(text) == condition
    assert parse_condition(text).is_bare
    assert parse_condition(text).parameter is None


@pytest.mark.parametrize(
    ("text", "denial"),
    [
        ("x >= $p", "x < $p"),
        ("x > $p", "x <= $p"),
        ("x <= $p", "x > $p"),
        ("x < $p", "x >= $p"),
        ("stage.growing", "not stage.growing"),
        ("not stage.growing", "stage.growing"),
    ],
)
def test_denial__holds_exactly_when_the_condition_fails(text: str, denial: str) -> None:
    assert str(parse_condition(text).denied()) == denial
    assert parse_condition(text).denied().denied() == parse_condition(text)


@pytest.mark.parametrize("text", ["x >= $p", "x = $p", "stage.growing", "not stage.growing"])
def test_condition__is_printed_as_it_was_written(text: str) -> None:
    assert str(parse_condition(text)) == text


@pytest.mark.parametrize("text", ["x >= 0.8", "x < 10", "x = 2", "x >= 1.0", "x > .5"])
def test_bare_number__is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(ValueError, match="compares with a bare number; declare it under parameters, with its reason, and write \\$name"):
        parse_condition(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x >=",
        ">= $p",
        "x => $p",
        "x == $p",
        "x != $p",
        "x >= y",
        "x >= $p and y",
        "X.y",
        "x >= $P",
        "not not x",
        "x..y",
        "(x)",
        "$p <= x",
    ],
)
def test_anything_else__is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be read; write `name >= \\$parameter`, `conclusion` or `not conclusion`"):
        parse_condition(text)
