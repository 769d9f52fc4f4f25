"""The heat map of groups by factor: a figure in every cell, or a word that says why there is none."""

from __future__ import annotations

from typing import Any

from report_documents import make_document
from reports.annexes import make_annex

from assess.reports.dossier import Dossier
from assess.reports.groups import Groups, groups


def cell(kind: str, factor: str, value: float | None, n: int | None = 12, spread: float | None = None) -> dict[str, Any]:
    return {"kind": kind, "factor": factor, "value": value, "n": n, "spread": spread, "suppressed": value is None}


def described(*cells: dict[str, Any]) -> Groups:
    return groups(Dossier(make_document(), annex=make_annex(groups={"kinds": [], "cells": list(cells)})))


def texts(found: Groups, factor: str) -> list[tuple[str, str]]:
    assert found.heat is not None
    row = next(row for row in found.heat.rows if row.name == factor)
    return [(one.text, one.beneath) for one in row.cells]


def test_nothing_released__is_said_in_one_sentence() -> None:
    for annex in (None, make_annex(), make_annex(groups={"kinds": [], "cells": []})):
        found = groups(Dossier(make_document(), annex=annex))
        assert found.heat is None
        assert found.why_none == "No heat map by group of members: no figures by group were released for this diagnosis."


def test_every_cell__has_its_figure_with_n__or_the_word_why_it_has_none() -> None:
    found = described(cell("company", "funding", 2.5, 20, 0.8), cell("research", "funding", None, None), cell("research", "reputation", 4))
    assert found.heat is not None
    assert found.heat.columns == ("Whole cluster", "Companies", "Research organisations")
    assert texts(found, "Funding") == [("2.25", "spread 0.70"), ("2.50", "n 20 ±0.80"), ("withheld", "")]
    assert texts(found, "Reputation") == [("unknown", ""), ("not asked", ""), ("4.00", "n 12")]


def test_withheld_cells__are_hatched_and_explained() -> None:
    withheld = described(cell("company", "funding", None, None))
    assert withheld.heat is not None
    assert withheld.heat.rows[5].cells[1].shade is None
    assert withheld.withheld.startswith("Withheld: too few organisations of the group answered")
    assert described(cell("company", "funding", 3)).withheld == ""


def test_disagreement_between_groups__is_the_widest_distance_of_shown_cells() -> None:
    found = described(cell("company", "funding", 2.5), cell("research", "funding", 4), cell("public", "funding", None, None))
    assert found.heat is not None
    assert {row.name: row.aside for row in found.heat.rows if row.aside} == {"Funding": "groups up to 1.50 apart"}
