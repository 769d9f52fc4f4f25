"""The samples that the legend explains, drawn as the report draws them."""

from __future__ import annotations

from dataclasses import dataclass

from assess.reports.charts import DotRow, HeatCell, dot_row, heat_cell
from assess.reports.dossier import Dossier

_WIDTH = 120.0


@dataclass(frozen=True, slots=True)
class Legend:
    """Sample rows by confidence, with interval and band, and unknown; sample cells of the heat map."""

    row: DotRow
    half: DotRow
    hollow: DotRow
    among: DotRow
    unknown: DotRow
    cells: tuple[HeatCell, ...]


def legend(dossier: Dossier) -> Legend:
    """Draw the samples."""
    known = dossier.say("A sample: level 2.6, target 3.6")
    unknown = dossier.say("A sample: level unknown, target 3.6")
    rows = {grade: dot_row(2.6, 3.6, _WIDTH, known, grade) for grade in ("high", "medium", "low")}
    among = dot_row(2.6, 3.6, _WIDTH, known, "high", interval=(2.1, 3.3), band=(2.4, 3.1))
    cells = (*(heat_cell(level, dossier.words.number(str(level))) for level in (1.8, 3.2, 4.6)), heat_cell(None, dossier.say("withheld")))
    return Legend(rows["high"], rows["medium"], rows["low"], among, dot_row(None, 3.6, _WIDTH, unknown, None), cells)
