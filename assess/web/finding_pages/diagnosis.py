"""The page of a diagnosis: everything that was found, as the report says it, and how firm it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from assess.phrases import message
from assess.reports import names
from assess.reports.classification import Flag
from assess.reports.instruments import Excluded, Readership, advice
from assess.reports.profiles import Criterion
from assess.reports.view import ReportView, build_view
from assess.store.tables import RoundState
from assess.web.desks import may
from assess.web.finding_pages.case import Case, find_case, rulebase_of
from assess.web.finding_pages.firmness import Firmness, Standing, firmness, standing_of
from assess.web.frames import Entry, Frame
from assess.web.wording import told, words
from assess.workflow.publications import PublicationState, publication_of, state_of
from assess.workflow.refusals import Unfit

_NOT_CLOSED = message("Close the round first: figures that change while answers come in would give single answers away.")
STATES = {
    PublicationState.DRAFT: (message("Draft"), "open"),
    PublicationState.APPROVED: (message("Approved"), "good"),
    PublicationState.PUBLISHED: (message("Published"), "good"),
    PublicationState.WITHDRAWN: (message("Withdrawn"), "bad"),
}
"""Word and tone of a badge."""


@dataclass(frozen=True, slots=True)
class LinkedCriterion:
    """A criterion of a screen, with the address of what is behind it."""

    says: Criterion
    address: str


@dataclass(frozen=True, slots=True)
class LinkedScreen:
    """A screen with its criteria."""

    name: str
    describes: str
    verdict: str
    criteria: tuple[LinkedCriterion, ...]


@dataclass(frozen=True, slots=True)
class LinkedFlag:
    """A flag, with the address of what is behind it."""

    says: Flag
    address: str


@dataclass(frozen=True, slots=True)
class LinkedExclusion:
    """An instrument that is ruled out, with the address of what is behind it."""

    says: Excluded
    address: str


@dataclass(frozen=True, slots=True)
class Found:
    """A diagnosis. `firmness` is None where the rule base is not at hand."""

    view: ReportView
    made_at: datetime
    state: str
    tone: str
    stale: str
    firmness: Firmness | None
    flags: tuple[LinkedFlag, ...]
    screens: tuple[LinkedScreen, ...]
    excluded: tuple[LinkedExclusion, ...]
    advice: tuple[Readership, ...]
    """To each reader, which a report has to its own alone."""


@dataclass(frozen=True, slots=True)
class DiagnosisPage:
    """The page. Without a diagnosis `found` is None; `problem` says why none can be made now."""

    frame: Frame
    tabs: tuple[Entry, ...]
    case: Case
    found: Found | None
    may_run: bool
    problem: str


def diagnosis_page(session: Session, now: datetime) -> DiagnosisPage:
    """Return the page of the round's diagnosis."""
    case = find_case(session)
    problem = _problem(case)
    return DiagnosisPage(
        frame=case.frame(words().say("Diagnosis of %(cluster)s, %(year)s", cluster=case.cluster.name, year=case.round.year)),
        tabs=case.tabs(),
        case=case,
        found=_found(session, case, now) if case.diagnosis else None,
        may_run=may("round.run") and not problem,
        problem=problem,
    )


def _problem(case: Case) -> str:
    if case.round.state is not RoundState.CLOSED:
        return words().say(_NOT_CLOSED)
    try:
        rulebase_of(case.round)
    except Unfit as error:
        return told(error)
    return ""


def _found(session: Session, case: Case, now: datetime) -> Found:
    view = build_view(case.told(), words=words())
    standing, firm = _held(session, case, now)
    word, tone = STATES[state_of(publication_of(session, case.found))]
    excluded = zip(view.instruments.excluded, case.document["excluded"], strict=True)
    readers = map(case.dossier, names.AUDIENCES)
    return Found(
        view=view,
        made_at=case.found.created_at,
        state=words().say(word),
        tone=tone,
        stale=standing.stale,
        firmness=firm,
        flags=tuple(LinkedFlag(flag, case.why(f"flag.{name}")) for name, flag in zip(names.FLAGS, view.flags, strict=True)),
        screens=tuple(_screens(case, view)),
        excluded=tuple(LinkedExclusion(says, case.why(entry["id"])) for says, entry in excluded),
        advice=tuple(map(advice, readers)),
    )


def _held(session: Session, case: Case, now: datetime) -> tuple[Standing, Firmness | None]:
    """Hold the diagnosis against its round; without the rule base nothing of it can be said."""
    try:
        rulebase = rulebase_of(case.round)
    except Unfit:
        return Standing("", ()), None
    standing = standing_of(session, case, rulebase, now)
    return standing, firmness(case, standing, rulebase)


def _screens(case: Case, view: ReportView) -> Iterator[LinkedScreen]:
    for (key, entries), screen in zip(case.document["screens"].items(), view.screens, strict=True):
        criteria = (LinkedCriterion(says, case.why(f"{key}.{name}")) for name, says in zip(entries, screen.criteria, strict=True))
        yield LinkedScreen(screen.name, screen.describes, screen.verdict, tuple(criteria))
