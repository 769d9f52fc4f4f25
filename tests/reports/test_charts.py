"""The geometry of the charts, and the characters the fonts hold."""

from __future__ import annotations

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from assess.content import content_folder
from assess.reports.charts import MARGIN, bar, dot_row, position
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
