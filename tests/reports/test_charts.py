"""The geometry of the charts, and the characters the fonts hold."""

from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from assess.content import content_folder
from assess.reports import change, plan
from assess.reports.charts import MARGIN, SHADES, Span, YearPoint, bar, dot_row, heat_cell, position, timeline
from assess.reports.glyphs import COVERED, MISSING, printable

FONTS = content_folder("templates") / "report" / "fonts"


@pytest.mark.parametrize(("level", "x"), [(1, MARGIN), (3, 50), (5, 100 - MARGIN), (2.5, 39)])
def test_position__level__stands_in_proportion(level: float, x: float) -> None:
    assert position(level, 100) == x


def test_position__off_the_scale__stays_on_the_track() -> None:
    assert position(0.2, 100) == MARGIN
    assert position(5.7, 100) == 100 - MARGIN


def test_dot_row__unknown_level__has_no_dot_but_keeps_its_target() -> None:
    row = dot_row(None, 3.5, 100, "unknown", None, 0.7)
    assert (row.dot, row.low, row.high) == (None, None, None)
    assert row.target == 61


def test_dot_row__confidence__is_shown_by_filling() -> None:
    assert [dot_row(3, None, 100, "", grade).fill for grade in ("high", "medium", "low", None)] == ["solid", "half", "hollow", "hollow"]


def test_dot_row__spread__reaches_one_deviation_either_side() -> None:
    row = dot_row(3, None, 100, "", "high", 1)
    assert (row.low, row.high) == (28, 72)


def test_bar__unknown__has_no_length_and_zero_has_one() -> None:
    assert bar(None, 100, "").length is None
    assert bar(0, 100, "").length == 0
    assert bar(0.5, 100, "", beneath=0.25).beneath == 25


def test_dot_row__missing_answers_and_peers__are_spans_on_the_same_scale() -> None:
    row = dot_row(3, None, 100, "", interval=(1, 5), band=(2.5, 3))
    assert (row.interval, row.band) == (Span(MARGIN, 100 - MARGIN), Span(39, 50))


def test_dot_row__span_with_an_unknown_end__is_not_drawn() -> None:
    row = dot_row(3, None, 100, "", interval=(None, 5), band=None)
    assert (row.interval, row.band) == (None, None)


def test_heat_cell__level__has_a_shade_from_palest_to_darkest_and_figures_that_stand_out() -> None:
    shades = [heat_cell(level, "").shade for level in (1, 1.7, 2.4, 3, 3.7, 4.4, 5)]
    assert shades == [0, 1, 2, 3, 4, 5, SHADES - 1]
    assert [heat_cell(level, "").dark for level in (1, 2.9, 3, 5)] == [False, False, True, True]


def test_heat_cell__without_a_level__has_no_shade_but_its_word() -> None:
    cell = heat_cell(None, "withheld")
    assert (cell.shade, cell.text, cell.dark) == (None, "withheld", False)


def years(*points: tuple[int, float | None, bool]) -> list[YearPoint]:
    return [YearPoint(year, value, str(value), joined) for year, value, joined in points]


def test_timeline__years__stand_where_they_fall_in_time() -> None:
    line = timeline(years((2020, 1, True), (2021, 5, True), (2024, 3, True)), 132, 87, "")
    assert [point.x for point in line.points] == [16, 41, 116]
    assert [point.y for point in line.points] == [line.floor, line.ceiling, (line.floor + line.ceiling) / 2]


def test_timeline__years_that_do_not_compare__are_not_joined() -> None:
    line = timeline(years((2020, 1, True), (2021, 2, False), (2022, 3, True)), 132, 87, "")
    assert [(part.x1, part.x2) for part in line.lines] == [(line.points[1].x, line.points[2].x)]


def test_timeline__unknown_year__is_a_point_without_a_level_and_breaks_the_line() -> None:
    line = timeline(years((2020, 1, True), (2021, None, True), (2022, 3, True)), 132, 87, "")
    assert line.points[1].y is None
    assert line.lines == ()


def test_timeline__one_year__stands_in_the_middle() -> None:
    assert timeline(years((2020, 3, True)), 132, 87, "", target=5).points[0].x == 66


@pytest.mark.parametrize("name", ["NotoSans-Regular", "NotoSans-Bold", "NotoSans-Italic", "NotoSerif-Regular", "NotoSerifDisplay-Regular"])
def test_fonts__hold_every_character_called_printable(name: str) -> None:
    held = {
        chr(code)
        for font in (name, "NotoSansSymbols2-Regular", "NotoSansMath-Regular")
        for code in TTFont(FONTS / f"{font}.ttf").getBestCmap()
    }
    assert held == COVERED


def test_fonts__symbols_of_the_report__are_held() -> None:
    assert set("●▲■□△○◆≥→−’“”–…·") <= COVERED


def test_fonts__stay_small() -> None:
    assert sum(file.stat().st_size for file in FONTS.glob("*.ttf")) < 1_500_000


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Ευρώπη Болгария Łódź", "Ευρώπη Болгария Łódź"),
        ("光谷 Optics", MISSING * 2 + " Optics"),
        ("a\nb\tc  d", "a b c d"),
        ("evil\u202etxt\u0007", "eviltxt"),
        ("e\u0301", "é"),
    ],
)
def test_printable__keeps_what_the_fonts_hold(written: str, printed: str) -> None:
    assert printable(written) == printed


def test_shapes_of_states__are_all_in_our_fonts() -> None:
    shapes = [shape for shape, _ in (*change.FLAGS.values(), *plan.STATES.values())]
    assert [shape for shape in shapes if shape not in COVERED] == []
