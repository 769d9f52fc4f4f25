"""Values stand on scales, and are written as a reader meets them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assess.definitions.numbers import from_thousandths, plain, rounded, thousandths
from assess.definitions.scales import Scale, problem_with, written

BOUNDS = [
    (Scale.LIKERT, "1", "5", "0.999", "5.001"),
    (Scale.SHARE, "0", "1", "-0.001", "1.001"),
    (Scale.RATE, "-1", "10", "-1.001", "10.001"),
    (Scale.RATIO, "0", "1000", "-0.001", "1000.001"),
    (Scale.COUNT, "0", "10000000", "-1", "10000001"),
    (Scale.NUMBER, "0", "10000000", "-0.001", "10000000.001"),
    (Scale.YEARS, "0", "500", "-0.001", "500.001"),
    (Scale.FLAG, "0", "1", "-1", "2"),
    (Scale.DIFFERENCE, "-10000000", "10000000", "-10000000.001", "10000000.001"),
]


@pytest.mark.parametrize(("scale", "low", "high", "below", "above"), BOUNDS)
def test_value__on_the_bounds__is_fine_and_beside_them_is_not(scale: Scale, low: str, high: str, below: str, above: str) -> None:
    assert problem_with(Decimal(low), scale) is None
    assert problem_with(Decimal(high), scale) is None
    for outside in (below, above):
        assert f"{outside} is off its scale; expected" in (problem_with(Decimal(outside), scale) or "")


def test_every_scale__is_tried_here() -> None:
    assert {scale for scale, *_ in BOUNDS} == set(Scale)


@pytest.mark.parametrize("scale", [Scale.COUNT, Scale.FLAG])
def test_value__not_whole__is_refused_where_only_whole_numbers_stand(scale: Scale) -> None:
    assert (problem_with(Decimal("0.5"), scale) or "").startswith("0.5 is not whole; expected ")
    assert problem_with(Decimal("1.0"), scale) is None


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("scale", list(Scale))
def test_value__that_is_no_number__is_refused_on_every_scale(value: str, scale: Scale) -> None:
    assert "is not a number; expected" in (problem_with(Decimal(value), scale) or "")


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [
        ("0.92", Scale.SHARE, "92 %"),
        ("0.925", Scale.SHARE, "92.5 %"),
        ("1", Scale.SHARE, "100 %"),
        ("0", Scale.SHARE, "0 %"),
        ("-0.08", Scale.RATE, "−8 %"),
        ("4.2", Scale.LIKERT, "4.2"),
        ("4.00", Scale.LIKERT, "4"),
        ("4.25", Scale.LIKERT, "4.25"),
        ("3.667", Scale.LIKERT, "3.67"),
        ("1200", Scale.COUNT, "1,200"),
        ("1000000", Scale.NUMBER, "1,000,000"),
        ("10", Scale.COUNT, "10"),
        ("0", Scale.COUNT, "0"),
        ("12.5", Scale.YEARS, "12.5"),
        ("1", Scale.FLAG, "yes"),
        ("0", Scale.FLAG, "no"),
        ("-1.5", Scale.DIFFERENCE, "−1.5"),
        ("-0.004", Scale.DIFFERENCE, "0"),
    ],
)
def test_written__as_a_reader_meets_it(value: str, scale: Scale, text: str) -> None:
    assert written(Decimal(value), scale) == text


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [
        ("3.125", Scale.LIKERT, "3.13"),
        ("3.135", Scale.LIKERT, "3.14"),
        ("-0.125", Scale.DIFFERENCE, "−0.13"),
        ("2.25", Scale.YEARS, "2.3"),
    ],
)
def test_written__half_a_step__is_rounded_away_from_zero_as_everywhere(value: str, scale: Scale, text: str) -> None:
    assert written(Decimal(value), scale) == text


@pytest.mark.parametrize(
    ("value", "whole"),
    [("0.8", 800), ("0.0005", 1), ("0.0004", 0), ("-0.0005", -1), ("2.3455", 2346), ("2.3445", 2345), ("-1.2345", -1235), ("5", 5000)],
)
def test_thousandths__are_rounded_half_away_from_zero(value: str, whole: int) -> None:
    assert thousandths(Decimal(value)) == whole
    assert from_thousandths(whole) == rounded(Decimal(value))


@pytest.mark.parametrize(("value", "json"), [("4", 4), ("4.000", 4), ("4.5", 4.5), ("0", 0), ("-1", -1)])
def test_plain__whole_numbers_have_no_point(value: str, json: float) -> None:
    found = plain(Decimal(value))
    assert (found, type(found)) == (json, type(json))
