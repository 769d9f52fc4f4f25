"""The overview of a round: its dates and versions, how far everybody is, and what can be done next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from assess.phrases import message
from assess.store.queries import Progress, round_progress
from assess.store.tables import Round, RoundQuestionnaire, RoundState
from assess.web.frames import Entry, Frame
from assess.web.sentences import KINDS
from assess.web.wording import words
from assess.web.workbench_pages.place import Place
from assess.web.workbench_pages.waiting import Waiting, waiting_of
from assess.workflow.pinned import asked
from assess.workflow.rows import identity

STATES = {
    RoundState.PLANNED: (message("Planned"), "none"),
    RoundState.OPEN: (message("Open"), "open"),
    RoundState.CLOSED: (message("Closed"), "good"),
}
"""What a state is called, and the tone of its badge."""
QUESTIONNAIRES = {"member": message("Members"), "management": message("Cluster management"), "evaluator": message("Evaluator’s sheet")}
_OTHER_KINDS = {"management": message("cluster management"), "evaluator": message("evaluator")}


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """How far one kind of respondent is; counts of organisations."""

    kind: str
    invited: int
    opened: int
    begun: int
    handed_in: int
    share: str
    """Of those invited who handed in."""


@dataclass(frozen=True, slots=True)
class ProgressTable:
    """How far the respondents of one questionnaire are."""

    title: str
    rows: tuple[ProgressRow, ...]
    total: ProgressRow | None
    """None where one kind only is asked."""


@dataclass(frozen=True, slots=True)
class Version:
    """A questionnaire or rule base that the round is pinned to."""

    what: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """A round at a glance; nothing of what was answered."""

    frame: Frame
    ways: tuple[Entry, ...]
    place: str
    state: tuple[str, str]
    opens_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    released_at: datetime | None
    left: str
    """How long the survey is still open; empty when it is not."""
    progress: tuple[ProgressTable, ...]
    versions: tuple[Version, ...]
    waiting: tuple[Waiting, ...]


def overview_page(session: Session, place: Place) -> OverviewPage:
    """Return a round at a glance."""
    round_ = place.round
    pins = asked(session, identity(round_))
    return OverviewPage(
        frame=place.frame(words().say("Overview")),
        ways=place.ways(),
        place=place.name,
        state=state_badge(round_),
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        closed_at=round_.closed_at,
        released_at=round_.figures_released_at,
        left=_left(round_, place.desk.now),
        progress=tuple(progress_table(session, round_, pin.questionnaire) for pin in pins),
        versions=(*map(_version, pins), Version(words().say("Rule base"), round_.rulebase_version, round_.rulebase_digest)),
        waiting=waiting_of(session, place.cluster, round_, place.desk.now),
    )


def state_badge(round_: Round) -> tuple[str, str]:
    """Return what the state of a round is called, and the tone of its badge."""
    word, tone = STATES[round_.state]
    return words().say(word), tone


def progress_table(session: Session, round_: Round, questionnaire: str) -> ProgressTable:
    """Count how far the respondents of a questionnaire are, by kind."""
    found = round_progress(session, identity(round_), questionnaire)
    total = progress_row(words().say("all"), _sum(found)) if len(found) > 1 else None
    rows = tuple(progress_row(kind_name(p.kind), p) for p in found)
    return ProgressTable(words().say(QUESTIONNAIRES.get(questionnaire, questionnaire)), rows, total)


def progress_row(kind: str, p: Progress) -> ProgressRow:
    """Return the counts of one kind under the name of it."""
    return ProgressRow(kind, p.invited, p.opened, p.started, p.submitted, share(p.submitted, p.invited))


def kind_name(kind: str) -> str:
    """Return what a kind of respondent is called."""
    name = next((name for known, name in KINDS.items() if known == kind), _OTHER_KINDS.get(kind, kind))
    return words().say(name)


def share(part: int, whole: int) -> str:
    """Write a share in whole per cent; a dash where there is nothing to take a share of."""
    return f"{round(100 * part / whole)} %" if whole else "–"


def _sum(found: Iterable[Progress]) -> Progress:
    rows = tuple(found)
    return Progress(
        "all", sum(p.invited for p in rows), sum(p.opened for p in rows), sum(p.started for p in rows), sum(p.submitted for p in rows)
    )


def _version(pin: RoundQuestionnaire) -> Version:
    return Version(words().say(QUESTIONNAIRES.get(pin.questionnaire, pin.questionnaire)), pin.version, pin.digest)


def _left(round_: Round, now: datetime) -> str:
    if round_.state is not RoundState.OPEN or now >= round_.closes_at:
        return ""
    days = (round_.closes_at - now).days
    return words().several(days, "%(num)s day left", "%(num)s days left") if days else words().say("closes within a day")
