"""What the portfolio of a programme shows: clusters beside each other, with what is unknown said as unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask import url_for
from sqlmodel import Session

from assess.definitions.rules import FACTORS, SCREENS
from assess.exchange.plain_tables import Cell
from assess.phrases import message
from assess.reports import names
from assess.store.staff_tables import Programme
from assess.web.agency_pages import crumbs_of, kind_name, places_of, stage_name
from assess.web.frames import Entry, Frame, frame
from assess.web.wording import words
from assess.workflow.portfolios import COLUMNS, UNKNOWN, Line, Screen, in_order, portfolio

LABELS: Mapping[str, str] = {
    "cluster": message("Cluster"),
    "year": message("Year"),
    "type": message("Type"),
    "stage": message("Stage"),
    "industrial_network": message("Industrial network"),
    "research_base": message("Research base"),
    "infrastructure_access": message("Infrastructure access"),
    "collaboration": message("Collaboration"),
    "human_resources": message("Human resources"),
    "funding": message("Funding"),
    "reputation": message("Reputation"),
    "competitiveness": message("Competitiveness screen"),
    "strategy": message("Strategy screen"),
}
"""What columns are called."""
_TALLIED = (message("%(screen)s, criteria met"), message("%(screen)s, criteria not met"), message("%(screen)s, criteria unknown"))
"""What the three columns of a screen are called in tables that are taken away."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column with the address that orders by it; `order` is ascending, descending or none."""

    label: str
    address: str
    order: str


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A figure, a label or the word for none; `tone` is 1 to 5 for a level."""

    text: str
    tone: str = ""
    known: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One cluster. `report` is the number of its report, empty where none is published; then `remark` says so."""

    cluster: str
    report: str
    year: HeatCell
    type: HeatCell
    stage: HeatCell
    levels: tuple[HeatCell, ...]
    screens: tuple[HeatCell, ...]
    synthetic: bool
    remark: str


@dataclass(frozen=True, slots=True)
class PortfolioPage:
    """The portfolio of a programme, in one order and for one year or the newest of each cluster."""

    frame: Frame
    programme: Programme
    places: tuple[Entry, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    years: tuple[Entry, ...]
    csv: str
    xlsx: str
    asked: str
    """What is shown, in words."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address asks for."""

    column: str = "cluster"
    descending: bool = False
    year: int | None = None

    def parameters(self) -> dict[str, Any]:
        """The wish as parts of an address."""
        given = {"sort": self.column, "order": "desc" if self.descending else "", "year": str(self.year or "")}
        return {name: text for name, text in given.items() if text and (name, text) != ("sort", "cluster")}


def wish_of(asked: Mapping[str, str]) -> Wish:
    """Read what an address asks for; what cannot be is passed over."""
    column, year = asked.get("sort", ""), asked.get("year", "")
    number = int(year) if year.isascii() and year.isdigit() and len(year) == len("2026") else None
    return Wish(column if column in COLUMNS else "cluster", asked.get("order") == "desc", number)


def portfolio_page(session: Session, programme: Programme, wish: Wish) -> PortfolioPage:
    """Return the portfolio in the order that is asked for."""
    found = portfolio(session, programme, year=wish.year)
    lines = in_order(found.lines, wish.column, descending=wish.descending)
    return PortfolioPage(
        frame=frame(words().say("Portfolio"), crumbs_of(programme)),
        programme=programme,
        places=places_of(programme),
        columns=tuple(_column(programme, name, wish) for name in COLUMNS),
        rows=tuple(_row(line, wish) for line in lines),
        years=_years(programme, found.years, wish),
        csv=url_for("agencies.portfolio_csv", programme=programme.key, **wish.parameters()),
        xlsx=url_for("agencies.portfolio_xlsx", programme=programme.key, **wish.parameters()),
        asked=words().say("reports of %(year)s", year=wish.year) if wish.year else words().say("newest published report of each cluster"),
    )


def table_of(session: Session, programme: Programme, wish: Wish) -> tuple[list[str], list[list[Cell]]]:
    """Return header and rows of the portfolio for spreadsheet programs: levels as numbers, what is unknown as that word."""
    lines = in_order(portfolio(session, programme, year=wish.year).lines, wish.column, descending=wish.descending)
    say = words().say
    screens = [say(text, screen=say(LABELS[name])) for name in SCREENS for text in _TALLIED]
    header = [say(LABELS[name]) for name in ("cluster", "year", "type", "stage", *FACTORS)]
    return [*header, *screens, say("Report"), say("Remark")], [_cells(line) for line in lines]


def _cells(line: Line) -> list[Cell]:
    tallies = [number for screen in line.screens for number in (screen.met, screen.failed, screen.unknown)]
    say = words().say
    levels: list[Cell] = [say(names.UNKNOWN) if level is None else level for level in line.levels]
    number = line.publication.number if line.publication else say("none published")
    about: list[Cell] = [line.cluster.name, line.year or say(names.UNKNOWN), say(kind_name(line.type)), say(stage_name(line.stage))]
    return [*about, *levels, *tallies, number, say("made-up figures") if line.synthetic else ""]


def _row(line: Line, wish: Wish) -> Row:
    return Row(
        cluster=line.cluster.name,
        report=line.publication.number if line.publication else "",
        year=HeatCell(str(line.year)) if line.year else _unknown(),
        type=HeatCell(words().say(kind_name(line.type))) if line.type != UNKNOWN else _unknown(),
        stage=HeatCell(words().say(stage_name(line.stage))) if line.stage != UNKNOWN else _unknown(),
        levels=tuple(_heat(level) for level in line.levels),
        screens=tuple(_tally(screen) for screen in line.screens),
        synthetic=line.synthetic,
        remark=words().say("no published report of %(year)s", year=wish.year) if wish.year else words().say("no published report"),
    )


def _unknown() -> HeatCell:
    return HeatCell(words().say(names.UNKNOWN), known=False)


def _heat(level: Decimal | None) -> HeatCell:
    if level is None:
        return _unknown()
    text = words().number(str(level.quantize(Decimal("0.1"), ROUND_HALF_UP)))
    return HeatCell(text, str(int(level.quantize(Decimal(1), ROUND_HALF_UP))))


def _tally(screen: Screen) -> HeatCell:
    if screen.unknown == screen.criteria:
        return _unknown()
    if screen.unknown:
        values = {"met": screen.met, "criteria": screen.criteria, "unknown": screen.unknown}
        return HeatCell(words().say("%(met)s of %(criteria)s met, %(unknown)s unknown", **values))
    return HeatCell(words().say("%(met)s of %(criteria)s met", met=screen.met, criteria=screen.criteria))


def _column(programme: Programme, name: str, wish: Wish) -> Column:
    sorted_by = wish.column == name
    turned = Wish(name, sorted_by and not wish.descending, wish.year)
    address = url_for("agencies.portfolio", programme=programme.key, **turned.parameters())
    order = ("descending" if wish.descending else "ascending") if sorted_by else "none"
    return Column(words().say(LABELS[name]), address, order)


def _years(programme: Programme, years: tuple[int, ...], wish: Wish) -> tuple[Entry, ...]:
    choices = ((str(year), year) for year in years)
    return tuple(
        Entry(
            label,
            url_for("agencies.portfolio", programme=programme.key, **Wish(wish.column, wish.descending, year).parameters()),
            wish.year == year,
        )
        for label, year in ((words().say("Newest"), None), *choices)
    )
