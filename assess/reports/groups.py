"""The heat map of groups by success factor: how each kind of member rates, how far apart answers and groups lie, what is withheld."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assess.definitions.scales import Scale
from assess.reports import names
from assess.reports.charts import Heat, HeatCell, HeatRow, heat_cell
from assess.reports.dossier import Dossier

_Cells = Mapping[tuple[str, str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Groups:
    """The heat map, or None and why there is none; `withheld` says why cells are not shown, and is empty where all are."""

    heat: Heat | None
    why_none: str
    withheld: str


def groups(dossier: Dossier) -> Groups:
    """Describe what each kind of member says of each success factor."""
    found = (dossier.beside("groups") or {}).get("cells")
    if not found:
        return Groups(None, dossier.say("No heat map by group of members: no figures by group were released for this diagnosis."), "")
    kinds = list(dict.fromkeys(cell["kind"] for cell in found))
    cells = {(cell["kind"], cell["factor"]): cell for cell in found}
    heat = Heat(
        caption=dossier.say("Level of each success factor as groups of members rate it; n is the fewest organisations behind a figure."),
        corner=dossier.say("Factor"),
        columns=(dossier.say("Whole cluster"), *(dossier.name(names.KINDS, kind) for kind in kinds)),
        rows=tuple(_row(dossier, name, kinds, cells) for name in dossier.document["factors"]),
    )
    return Groups(heat, "", _withheld(dossier, found))


def _row(dossier: Dossier, factor: str, kinds: Sequence[str], cells: _Cells) -> HeatRow:
    entry, spread = dossier.document["factors"][factor], _spread(dossier, factor)
    own = [cells.get((kind, factor)) for kind in kinds]
    beneath = dossier.say("spread %(spread)s", spread=spread) if spread else ""
    level = entry["level"]
    whole = heat_cell(level, dossier.shown(level, Scale.LIKERT), beneath)
    return HeatRow(entry["label"], (whole, *(_cell(dossier, cell) for cell in own)), _apart(dossier, own))


def _cell(dossier: Dossier, cell: Mapping[str, Any] | None) -> HeatCell:
    if cell is None:
        return heat_cell(None, dossier.say("not asked"))
    if cell["suppressed"]:
        return heat_cell(None, dossier.say("withheld"))
    if cell["value"] is None:
        return heat_cell(None, dossier.say(names.UNKNOWN))
    said = [f"n {dossier.shown(cell['n'], Scale.COUNT)}"] if cell["n"] is not None else []
    said += [f"±{dossier.shown(cell['spread'], Scale.DIFFERENCE)}"] if cell.get("spread") is not None else []
    return heat_cell(cell["value"], dossier.shown(cell["value"], Scale.LIKERT), " ".join(said))


def _spread(dossier: Dossier, factor: str) -> str:
    """The mean spread of the answers behind a factor's indicators; empty where none rests on answers."""
    measures = (dossier.measures.get(name, {}) for name in dossier.document["factors"][factor]["known"])
    known = [Decimal(str(measure["spread"])) for measure in measures if measure.get("spread") is not None]
    return dossier.shown(sum(known, Decimal(0)) / len(known), Scale.DIFFERENCE) if known else ""


def _apart(dossier: Dossier, cells: Iterable[Mapping[str, Any] | None]) -> str:
    """How far the shown groups lie apart at most; empty for fewer than two."""
    shown = [Decimal(str(cell["value"])) for cell in cells if cell and cell["value"] is not None]
    if len(shown) < 2:
        return ""
    return dossier.say("groups up to %(distance)s apart", distance=dossier.shown(max(shown) - min(shown), Scale.DIFFERENCE))


def _withheld(dossier: Dossier, cells: Iterable[Mapping[str, Any]]) -> str:
    if not any(cell["suppressed"] for cell in cells):
        return ""
    return dossier.say(
        "Withheld: too few organisations of the group answered, or the answers of a smaller group would follow from the figure."
    )
