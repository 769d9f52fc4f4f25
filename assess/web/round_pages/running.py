"""Planning a round, opening and closing it, and its exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import Session, col, select

from assess.content import content_folder
from assess.definitions.rulebase import Rulebase
from assess.phrases import message
from assess.store.tables import Cluster, Job, JobState, Round, RoundState
from assess.web.desks import may
from assess.web.forms import Asked, Filled
from assess.web.frames import Entry, Frame, frame
from assess.web.latest_definitions import latest_questionnaires, latest_rulebase
from assess.web.wording import words
from assess.web.workbench_pages.overview import QUESTIONNAIRES, STATES, ProgressTable, progress_table
from assess.web.workbench_pages.place import Place
from assess.workflow.exports import exports_of, file_of
from assess.workflow.pinned import asked
from assess.workflow.rows import identity

END_OF_DAY = time(23, 59)
"""When a round closes on its last day, UTC."""
_LATER = message("Later than the present one. Members can answer until 23:59 UTC.")
NEXT_ROUND = (
    Asked("year", message("Year"), "number"),
    Asked("opens", message("First day"), "date", hint=message("You open the round yourself, on that day or before.")),
    Asked("closes", message("Last day"), "date", hint=message("Members can answer until 23:59 UTC.")),
)
CLOSING = (Asked("closes", message("New last day"), "date", hint=_LATER),)
_EXPORTS = {
    JobState.WAITING: (message("Waiting to be written"), "open"),
    JobState.RUNNING: (message("Being written"), "open"),
    JobState.DONE: (message("Ready"), "good"),
    JobState.DEAD: (message("Could not be written"), "bad"),
}


@dataclass(frozen=True, slots=True)
class NextRoundPage:
    """The form of a new round, and what it will ask."""

    frame: Frame
    address: str
    cluster: str
    form: Filled
    versions: tuple[tuple[str, str], ...]
    """What is asked or used, and its version."""
    earlier: tuple[tuple[int, str], ...]
    """Years that have a round, each with its state."""


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One export: word and tone of its badge, and its address once it is ready."""

    asked_for: datetime | None
    state: tuple[str, str]
    address: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """A round's dates and state, with what can be done about them."""

    frame: Frame
    ways: tuple[Entry, ...]
    place: str
    address: str
    state: tuple[str, str]
    opens_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    is_planned: bool
    is_open: bool
    form: Filled
    next_round: str
    may_export: bool
    exports: tuple[ExportLine, ...]


@dataclass(frozen=True, slots=True)
class ClosePage:
    """What closing by hand would mean."""

    frame: Frame
    ways: tuple[Entry, ...]
    address: str
    closes_at: datetime
    progress: tuple[ProgressTable, ...]


def next_round_page(session: Session, cluster: Cluster, form: Filled) -> NextRoundPage:
    """Return the form of a new round."""
    order = list(QUESTIONNAIRES)
    latest = sorted(latest_questionnaires().values(), key=lambda one: order.index(one.id) if one.id in order else len(order))
    versions = [(words().say(QUESTIONNAIRES.get(one.id, one.id)), one.version) for one in latest]
    return NextRoundPage(
        frame=frame(words().say("Plan a round – %(cluster)s", cluster=cluster.name), ((words().say("Desk"), "/desk"),)),
        address=f"/clusters/{cluster.key}/next-round",
        cluster=cluster.name,
        form=form,
        versions=(*versions, (words().say("Rule base"), _version(latest_rulebase()))),
        earlier=tuple((one.year, words().say(STATES[one.state][0])) for one in rounds_of(session, cluster)),
    )


def rounds_of(session: Session, cluster: Cluster) -> Sequence[Round]:
    """Return the rounds of a cluster, the latest year first."""
    return session.exec(select(Round).where(col(Round.cluster_id) == identity(cluster)).order_by(col(Round.year).desc())).all()


def next_year(session: Session, cluster: Cluster, now: datetime) -> int:
    """Return the year that the next round is likely to be of."""
    return max((one.year + 1 for one in rounds_of(session, cluster)), default=now.year)


def run_page(session: Session, place: Place, form: Filled) -> RunPage:
    """Return a round's dates and state."""
    round_ = place.round
    may_export = may("round.answers.read")
    state, tone = STATES[round_.state]
    return RunPage(
        frame=place.frame(words().say("Run")),
        ways=place.ways(),
        place=place.name,
        address=f"{place.address}/run",
        state=(words().say(state), tone),
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        closed_at=round_.closed_at,
        is_planned=round_.state is RoundState.PLANNED,
        is_open=round_.state is RoundState.OPEN,
        form=form,
        next_round=f"/clusters/{place.cluster.key}/next-round",
        may_export=may_export,
        exports=tuple(_export(job, place) for job in exports_of(session, round_)) if may_export else (),
    )


def close_page(session: Session, place: Place) -> ClosePage:
    """Return what closing by hand would mean."""
    number = identity(place.round)
    progress = tuple(progress_table(session, place.round, pin.questionnaire) for pin in asked(session, number))
    named = place.frame(words().say("Close the round"), (words().say("Run"), "run"))
    return ClosePage(named, place.ways(), f"{place.address}/run", place.round.closes_at, progress)


def latest_sources() -> Sequence[str]:
    """Return the YAML of the latest version of every questionnaire."""
    folder = content_folder("questionnaires")
    return [(folder / name / f"{found.version}.yaml").read_text("utf-8") for name, found in latest_questionnaires().items()]


def end_of(day: date) -> datetime:
    """Return when a round closes whose last day this is."""
    return datetime.combine(day, END_OF_DAY)


def beginning_of(day: date) -> datetime:
    """Return when a round opens whose first day this is."""
    return datetime.combine(day, time())


def _version(rulebase: Rulebase) -> str:
    return rulebase.label if rulebase.status == "published" else words().say("%(version)s (draft)", version=rulebase.version)


def _export(job: Job, place: Place) -> ExportLine:
    address = f"{place.address}/run/export/{identity(job)}" if file_of(job) else ""
    state, tone = _EXPORTS[job.state]
    return ExportLine(job.created_at, (words().say(state), tone), address)
