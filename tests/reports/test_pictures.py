"""The pages of a report as pictures, held against those that somebody has looked at.

`ASSESS_REMAKE_PICTURES=1 pytest tests/reports/test_pictures.py` makes them again; look at every page before they are kept.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from report_documents import invented
from reports.full_annex import full_annex

from assess.reports.pdf import render, view_of
from assess.reports.seal_stamp import Stamp

KEPT = Path(__file__).parent / "pictures"
EDITIONS = ("agency-en", "executives-de")
_DOTS = 40
"""Dots an inch: enough to tell a missing line, too few to read."""
_APART = 48
"""Grey levels out of 255 from which a dot counts as another."""
_MOST_APART = 0.0015
"""Share of a page's dots that may be others: edges of letters fall otherwise with another version of Pango."""

Picture = NDArray[np.int16]


def pictures(pdf: Path, folder: Path) -> list[Path]:
    """Draw every page."""
    subprocess.run(["pdftoppm", "-r", str(_DOTS), "-png", str(pdf), str(folder / "page")], check=True)
    return sorted(folder.glob("page-*.png"))


def dots(path: Path) -> Picture:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("L"), dtype=np.int16)


def apart(one: Picture, other: Picture) -> float:
    """The share of dots in which two pages differ; all of them when they are not of one size."""
    return float((abs(one - other) > _APART).mean()) if one.shape == other.shape else 1.0


@pytest.mark.parametrize("edition", EDITIONS)
def test_pages__look_as_they_did_when_somebody_looked_at_them(edition: str, tmp_path: Path) -> None:
    audience, language = edition.split("-")
    document = invented()
    view = view_of(document, Stamp("2026-example-0123ab", audience=audience, language=language), full_annex(document))
    (tmp_path / "report.pdf").write_bytes(render(view))
    drawn, kept = pictures(tmp_path / "report.pdf", tmp_path), KEPT / edition
    if os.environ.get("ASSESS_REMAKE_PICTURES"):
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        for path in drawn:
            with Image.open(path) as picture:
                picture.convert("L").save(kept / path.name, optimize=True)
    assert [path.name for path in drawn] == sorted(path.name for path in kept.glob("*.png"))
    assert {path.name: share for path in drawn if (share := apart(dots(path), dots(kept / path.name))) > _MOST_APART} == {}


def test_a_page_that_lacks_a_line__is_told_from_the_one_that_has_it() -> None:
    page = dots(KEPT / EDITIONS[0] / "page-02.png")
    row = int((page < 128).sum(axis=1).argmax())
    without = page.copy()
    without[row - 3 : row + 4] = 255
    assert apart(page, page) == 0
    assert apart(page, without) > _MOST_APART
