"""The desk: what waits for somebody, by role and year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, col, select

from assess.phrases import message
from assess.store.queries import round_progress
from assess.store.staff_tables import Programme, Role
from assess.store.steering_tables import Decision
from assess.store.tables import Cluster, Round
from assess.web.desks import Desk, may
from assess.web.frames import Entry, Frame, exists, frame
from assess.web.wording import words
from assess.web.workbench_pages.overview import kind_name, share, state_badge
from assess.web.workbench_pages.place import address_of
from assess.web.workbench_pages.waiting import Waiting, waiting_of
from assess.workflow.jobs import dead_jobs
from assess.workflow.publications import PublicationState, published_for_programme
from assess.workflow.report_files import Kind
from assess.workflow.rows import identity
from assess.workflow.year_reports import YearReports, year_reports

_AT_CLUSTERS = {Role.EVALUATOR: message("You are its evaluator."), Role.MANAGER: message("You are its manager.")}
_ADMINISTRATION = (
    (message("Accounts"), "/admin/accounts"),
    (message("Clusters"), "/admin/clusters"),
    (message("Programmes"), "/admin/programmes"),
    (message("Definitions"), "/admin/definitions"),
    (message("Jobs"), "/admin/jobs"),
    (message("Audit log"), "/admin/audit"),
    (message("Retention"), "/admin/retention"),
    (message("Break-glass access"), "/admin/break-glass"),
)


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of one kind handed in."""

    kind: str
    handed_in: int
    invited: int
    share: str

    @property
    def members(self) -> str:
        """How many are invited, as the reader writes numbers."""
        return words().number(f"{self.invited:,}")


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A cluster that the account looks after, and its round of the year."""

    cluster: str
    role: str
    """Who the account is there, in a sentence."""
    address: str
    """Empty where the cluster has no round of the year."""
    state: tuple[str, str]
    rates: tuple[Rate, ...]
    total: Rate | None
    waiting: tuple[Waiting, ...]
    plan: str = ""
    """Where a round is planned; empty where there is one, or somebody else plans it."""


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """A programme of an agency, with how many reports stand and how many have no decision yet."""

    name: str
    funder: str
    address: str
    reports: int
    undecided: str
    """Empty when every report has a decision."""


@dataclass(frozen=True, slots=True)
class DeskPage:
    """What waits; `years` lead to the same page for another year."""

    frame: Frame
    name: str
    year: int
    years: tuple[Entry, ...]
    rounds: tuple[RoundRow, ...]
    programmes: tuple[ProgrammeRow, ...]
    reports: YearReports | None
    """Of the clusters that the account evaluates; None where none of them was diagnosed."""
    administers: bool
    administration: tuple[Entry, ...]
    dead_jobs: str
    """Empty when there is none."""


def desk_page(session: Session, desk: Desk, wanted: int | None, address: str) -> DeskPage:
    """Return what waits for an account in a year, else in the last one that has a round; `address` is that of the site."""
    places = {one.cluster_id: one.role for one in desk.holdings.assignments if one.cluster_id is not None and one.role in _AT_CLUSTERS}
    years = _years(session, set(places)) if places else []
    year = wanted or (years[0] if years else desk.now.year)
    administers = Role.ADMIN in desk.holdings.roles
    dead = len(dead_jobs(session)) if administers else 0
    return DeskPage(
        frame=frame(words().say("Desk")),
        name=desk.name,
        year=year,
        years=tuple(Entry(str(one), f"/desk?year={one}", one == year) for one in years),
        rounds=tuple(_rounds(session, desk, places, year)),
        programmes=tuple(_programmes(session, desk)),
        reports=_reports(session, evaluated(desk), year, Kind(site=address)),
        administers=administers,
        administration=tuple(Entry(words().say(label), address) for label, address in _ADMINISTRATION if administers and exists(address)),
        dead_jobs=words().several(dead, "%(num)s job has failed for good", "%(num)s jobs have failed for good") if dead else "",
    )


def evaluated(desk: Desk) -> set[int]:
    """The clusters that an account evaluates."""
    return {one.cluster_id for one in desk.holdings.assignments if one.cluster_id is not None and one.role is Role.EVALUATOR}


def _reports(session: Session, clusters: set[int], year: int, kind: Kind) -> YearReports | None:
    found = year_reports(session, year, clusters, kind) if clusters else None
    return found if found and found.possible else None


def _years(session: Session, clusters: set[int]) -> list[int]:
    rows = session.exec(select(Round.year).where(col(Round.cluster_id).in_(clusters)).distinct().order_by(col(Round.year).desc()))
    return list(rows)


def _rounds(session: Session, desk: Desk, places: dict[int, Role], year: int) -> Iterator[RoundRow]:
    rows = session.exec(select(Cluster).where(col(Cluster.id).in_(places)).order_by(col(Cluster.name), col(Cluster.id))).all()
    found = session.exec(select(Round).where(col(Round.cluster_id).in_(places), col(Round.year) == year)).all()
    by_cluster = {round_.cluster_id: round_ for round_ in found}
    for cluster in rows:
        role = words().say(_AT_CLUSTERS[places[identity(cluster)]])
        round_ = by_cluster.get(identity(cluster))
        if round_ is None:
            plan = f"/clusters/{cluster.key}/next-round" if may("round.run", cluster_id=identity(cluster)) else ""
            yield RoundRow(cluster.name, role, "", (words().say("No round"), "none"), (), None, (), plan)
        else:
            yield _row(session, desk, cluster, round_, role)


def _row(session: Session, desk: Desk, cluster: Cluster, round_: Round, role: str) -> RoundRow:
    progress = round_progress(session, identity(round_))
    rates = tuple(Rate(kind_name(p.kind), p.submitted, p.invited, share(p.submitted, p.invited)) for p in progress)
    invited, handed_in = sum(p.invited for p in progress), sum(p.submitted for p in progress)
    total = Rate("all", handed_in, invited, share(handed_in, invited)) if invited else None
    waiting = tuple(one for one in waiting_of(session, cluster, round_, desk.now) if exists(one.address))
    return RoundRow(cluster.name, role, address_of(cluster, round_), state_badge(round_), rates, total, waiting)


def _programmes(session: Session, desk: Desk) -> Iterator[ProgrammeRow]:
    numbers = {one.programme_id for one in desk.holdings.assignments if one.programme_id is not None}
    rows = session.exec(select(Programme).where(col(Programme.id).in_(numbers)).order_by(col(Programme.name), col(Programme.id))).all()
    for programme in rows:
        if may("programme.read", programme_id=identity(programme)):
            yield _programme(session, programme)


def _programme(session: Session, programme: Programme) -> ProgrammeRow:
    standing = [one for one in published_for_programme(session, programme) if one.state is PublicationState.PUBLISHED]
    decided = set(session.exec(select(Decision.publication_id).where(col(Decision.programme_id) == identity(programme))))
    undecided = sum(one.publication.id not in decided for one in standing)
    waiting = words().several(undecided, "%(num)s report", "%(num)s reports") if undecided else ""
    return ProgrammeRow(programme.name, programme.funder, f"/programmes/{programme.key}", len(standing), waiting)
