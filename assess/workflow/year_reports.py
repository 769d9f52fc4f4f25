"""The reports of all rounds of a year: which diagnosis each shows, having all of them made, and how far that is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from assess.store.queries import last_diagnosis
from assess.store.tables import JobState, Round, StoredDiagnosis
from assess.workflow.publications import published_of
from assess.workflow.report_files import Kind, last_request, report_of, request_report
from assess.workflow.rows import identity, required


@dataclass(frozen=True, slots=True)
class YearReports:
    """How many reports of a year there can be, are made, and failed for good; the rest waits, is being made, or was not asked for."""

    possible: int
    made: int
    waiting: int
    failed: int


def diagnoses_of(session: Session, year: int, clusters: Collection[int] | None = None) -> Iterator[StoredDiagnosis]:
    """Yield the published diagnosis of every round of a year, else its newest; of these clusters only, where they are named."""
    among = [] if clusters is None else [col(Round.cluster_id).in_(clusters)]
    for round_ in session.exec(select(Round).where(col(Round.year) == year, *among).order_by(col(Round.id))):
        published, newest = published_of(session, round_), last_diagnosis(session, identity(round_))
        if published is not None:
            yield required(session, StoredDiagnosis, published.diagnosis_id)
        elif newest is not None:
            yield newest


def request_reports(session: Session, year: int, clusters: Collection[int], *, now: datetime, kind: Kind = Kind()) -> int:  # noqa: B008 - frozen
    """Have the reports of a year made in the background, each once; return how many there are."""
    return sum(bool(request_report(session, diagnosis, now=now, kind=kind)) for diagnosis in diagnoses_of(session, year, clusters))


def year_reports(session: Session, year: int, clusters: Collection[int], kind: Kind = Kind()) -> YearReports:  # noqa: B008 - frozen
    """Say how far the reports of a year are."""
    found = list(diagnoses_of(session, year, clusters))
    jobs = [last_request(session, diagnosis, kind) for diagnosis in found if report_of(session, diagnosis, kind) is None]
    failed = sum(job is not None and job.state is JobState.DEAD for job in jobs)
    waiting = sum(job is not None for job in jobs) - failed
    return YearReports(len(found), len(found) - len(jobs), waiting, failed)
