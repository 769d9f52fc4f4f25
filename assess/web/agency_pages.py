"""What the pages of an agency show: the published reports of a programme, and what stands on each of its pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import request, url_for
from sqlmodel import Session

from assess.phrases import message
from assess.reports import names
from assess.store.staff_tables import Programme
from assess.web.frames import Entry, Frame, frame
from assess.web.published_reports import Edition, document_of, other_editions
from assess.web.wording import words
from assess.workflow import portfolios
from assess.workflow.programmes import clusters_of
from assess.workflow.publications import PublicationState, Published, published_for_programme

_PLACES = (
    (message("Reports"), "agencies.reports"),
    (message("Portfolio"), "agencies.portfolio"),
    (message("Decisions"), "agencies.decisions"),
)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One published report. A withdrawn one has a reason and cannot be taken away any more."""

    number: str
    cluster: str
    year: int
    type: str
    stage: str
    published: str
    withdrawn: str
    """When; empty for a report that stands."""
    because: str
    synthetic: bool
    editions: tuple[Edition, ...]
    """For other readers, and in other languages."""


@dataclass(frozen=True, slots=True)
class ReportsPage:
    """The published reports of a programme."""

    frame: Frame
    programme: Programme
    places: tuple[Entry, ...]
    lines: tuple[ReportLine, ...]
    without: tuple[str, ...]
    """Clusters of which nothing was published yet."""
    has_clusters: bool


def reports_page(session: Session, programme: Programme) -> ReportsPage:
    """Return the page that lists the published reports of a programme."""
    found = published_for_programme(session, programme)
    clusters = clusters_of(session, programme)
    known = {one.cluster.id for one in found}
    return ReportsPage(
        frame=frame(programme.name),
        programme=programme,
        places=places_of(programme),
        lines=tuple(_line(session, programme, one) for one in found),
        without=tuple(cluster.name for cluster in clusters if cluster.id not in known),
        has_clusters=bool(clusters),
    )


def places_of(programme: Programme) -> tuple[Entry, ...]:
    """Return the places of a programme."""
    addresses = ((words().say(label), url_for(endpoint, programme=programme.key)) for label, endpoint in _PLACES)
    return tuple(Entry(label, address, request.path == address) for label, address in addresses)


def crumbs_of(programme: Programme, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the pages above a page of a programme."""
    return ((words().say("Desk"), "/desk"), (programme.name, url_for("agencies.reports", programme=programme.key)), *more)


def day(moment: datetime | date | None) -> str:
    """Write a day as people do; empty for none."""
    return "" if moment is None else words().day(moment)


def kind_name(code: str) -> str:
    """Return what a type of cluster is called, in English."""
    return names.TYPES.get(code, names.spoken(code).capitalize())


def stage_name(code: str) -> str:
    """Return what a stage is called, in English."""
    return names.STAGES.get(code, names.spoken(code).capitalize())


def _line(session: Session, programme: Programme, one: Published) -> ReportLine:
    document = document_of(session, one.publication)
    kind, stage, _, _ = portfolios.described(document)
    withdrawn = one.state is PublicationState.WITHDRAWN
    return ReportLine(
        number=one.publication.number,
        cluster=one.cluster.name,
        year=one.round.year,
        type=words().say(kind_name(kind)),
        stage=words().say(stage_name(stage)),
        published=day(one.publication.published_at),
        withdrawn=day(one.publication.withdrawn_at) if withdrawn else "",
        because=one.publication.withdrawn_because,
        synthetic=bool(document.get("synthetic")),
        editions=other_editions(document, url_for("agencies.report_file", programme=programme.key, report=one.publication.number)),
    )
