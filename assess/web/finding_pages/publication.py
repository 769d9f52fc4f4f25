"""The way of a diagnosis to its published report: where it stands, who did what when, and what can be done next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from assess.definitions.words import ENGLISH, words_of
from assess.phrases import message
from assess.reports.names import AUDIENCES
from assess.store.queries import answer_sheets
from assess.store.steering_tables import Publication
from assess.store.tables import JobState, RoundState
from assess.web.desks import Desk, may
from assess.web.finding_pages.case import Case, diagnosed_case, names_of, rulebase_of
from assess.web.finding_pages.diagnosis import STATES
from assess.web.finding_pages.firmness import standing_of
from assess.web.forms import Asked, Filled, filled
from assess.web.frames import Entry, Frame
from assess.web.published_reports import kinds, language_name, query
from assess.web.wording import spoken, told, words
from assess.workflow.publications import (
    LONGEST_BECAUSE,
    PublicationState,
    needs_four_eyes,
    publication_of,
    publications_of,
    published_of,
    state_of,
)
from assess.workflow.refusals import Unfit
from assess.workflow.released import is_released
from assess.workflow.report_files import Kind, last_request, report_of
from assess.workflow.rows import identity

_WILL_READ = message("Whoever has the report will read this.")
WITHDRAWING = (Asked("because", message("Why it is withdrawn"), "area", hint=_WILL_READ, longest=LONGEST_BECAUSE),)
RELEASING = (Asked("final", message("No answer of this round will be corrected any more"), "tick"),)

_UNDER_WAY, _READY, _FAILED = (message("Being made"), "open"), (message("Ready"), "good"), (message("Could not be made"), "bad")
_NOT_MADE = (message("Not made yet"), "none")
_DIAGNOSED, _APPROVED, _SECONDED = message("Diagnosed"), message("Approved"), message("Seconded")
_PUBLISHED, _WITHDRAWN = message("Published"), message("Withdrawn")
_DONE, _NEXT, _AHEAD = ("done", "good"), ("next", "open"), ("ahead", "none")
_CLOSE_FIRST = message("Close the round first.")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: its state as code and tone, and who took it when."""

    name: str
    state: str
    tone: str
    at: datetime | None = None
    by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can be done with the report; `why_not` says what stands in the way, empty where nothing does."""

    address: str
    label: str
    says: str
    why_not: str


@dataclass(frozen=True, slots=True)
class Past:
    """One line of the round's reports."""

    number: str
    state: str
    tone: str
    approved: datetime
    approved_by: str
    published: datetime | None
    withdrawn: datetime | None
    because: str


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One kind of report. `address` is where its file is handed out, empty before it is made; `may_ask` whether it can be asked for."""

    readers: str
    language: str
    state: str
    tone: str
    address: str
    preview: str
    may_ask: bool
    audience: str
    code: str


@dataclass(frozen=True, slots=True)
class PublicationPage:
    """The page. `form` is what the reason for a withdrawal is written in, None where nothing can be withdrawn."""

    frame: Frame
    tabs: tuple[Entry, ...]
    case: Case
    state: str
    tone: str
    number: str
    digest: str
    stale: str
    steps: tuple[Step, ...]
    acts: tuple[Act, ...]
    nothing_left: str
    form: Filled | None
    releasing: Filled | None
    release_why_not: str
    released_at: datetime | None
    released: bool
    past: tuple[Past, ...]
    report: str
    report_label: str
    lines: tuple[ReportLine, ...]


def publication_page(session: Session, mine: Desk, *, form: Filled | None = None, releasing: Filled | None = None) -> PublicationPage:
    """Return the page; the forms are those that were sent, where one came back."""
    case = diagnosed_case(session)
    publication = publication_of(session, case.found)
    state = state_of(publication)
    rows = publications_of(session, case.round)
    names = names_of(session, (n for row in rows for n in (row.approved_by, row.seconded_by, row.published_by, row.withdrawn_by)))
    released, stale = is_released(session, identity(case.round)), _stale(session, case, mine.now)
    standing, withdrawable = published_of(session, case.round), publication is not None and state is not PublicationState.WITHDRAWN
    return PublicationPage(
        frame=case.frame(words().say("Publication"), beneath="diagnosis"),
        tabs=case.tabs(),
        case=case,
        state=words().say(STATES[state][0]),
        tone=STATES[state][1],
        number=publication.number if publication else "",
        digest=case.found.digest,
        stale=stale,
        steps=_steps(case, publication, names, four_eyes=needs_four_eyes(session, case.round)),
        acts=tuple(_acts(session, case, publication, mine, stale)) if may("round.approve") else (),
        nothing_left=_nothing_left(state, released=released),
        form=(form or filled(WITHDRAWING)) if withdrawable and may("round.approve") else None,
        releasing=None if released or not may("round.run") else releasing or filled(RELEASING),
        release_why_not="" if case.round.state is RoundState.CLOSED else words().say(_CLOSE_FIRST),
        released_at=case.round.figures_released_at,
        released=released,
        past=tuple(_past(row, names) for row in rows),
        report=f"{case.address}/{'report.pdf' if standing else 'draft.pdf'}",
        report_label=_report_label(publication, standing),
        lines=tuple(_line(session, case, kind, standing) for kind in kinds(case.document)),
    )


def _line(session: Session, case: Case, kind: Kind, standing: Publication | None) -> ReportLine:
    """A published report stays as it is; a draft that was made is made anew where something changed since."""
    file, job = report_of(session, case.found, kind), last_request(session, case.found, kind)
    name = "report.pdf" if standing is not None and standing.diagnosis_id == case.found.id else "draft.pdf"
    asked = query(kind)
    under_way = job is not None and job.state in (JobState.WAITING, JobState.RUNNING)
    state, tone = _UNDER_WAY if under_way else _READY if file else _FAILED if job and job.state is JobState.DEAD else _NOT_MADE
    return ReportLine(
        readers=words().say(AUDIENCES[kind.audience]),
        language=_language(kind.language),
        state=words().say(state),
        tone=tone,
        address=f"{case.address}/{name}?{asked}" if file and not under_way else "",
        preview=f"{case.address}/report-preview?{asked}",
        may_ask=not under_way and file is None,
        audience=kind.audience,
        code=kind.language,
    )


def _language(code: str) -> str:
    """Return what a language is called in the one of the page."""
    return language_name(code) if spoken() == ENGLISH else str(words_of(code).locale.get_language_name(spoken()))


def _report_label(publication: Publication | None, standing: Publication | None) -> str:
    if standing is not None:
        return words().say("Published report %(number)s (PDF)", number=standing.number)
    was_out = publication is not None and publication.published_at is not None
    return words().say("The withdrawn report (PDF)") if was_out else words().say("Draft of the report (PDF)")


def _stale(session: Session, case: Case, now: datetime) -> str:
    try:
        return standing_of(session, case, rulebase_of(case.round), now).stale
    except Unfit as error:
        return told(error)


def _nothing_left(state: PublicationState, *, released: bool) -> str:
    if state is PublicationState.PUBLISHED:
        return words().say("The report is out: its agencies and the cluster can read it.")
    if state is PublicationState.WITHDRAWN:
        if released:
            return words().say(
                "This diagnosis was withdrawn and is not approved again. Replace what was wrong under Overrides, and diagnose again: "
                "the new diagnosis goes its own way from here."
            )
        return words().say(
            "This diagnosis was withdrawn and is not approved again. Replace what was wrong under Overrides, or have answers corrected, "
            "and diagnose again: the new diagnosis goes its own way from here."
        )
    return ""


def _steps(case: Case, publication: Publication | None, names: Mapping[int, str], *, four_eyes: bool) -> tuple[Step, ...]:
    say = words().say
    made, by_another = Step(say(_DIAGNOSED), *_DONE, at=case.found.created_at), say("by another evaluator")
    if publication is None:
        second = [Step(say(_SECONDED), *_AHEAD, note=by_another)] if four_eyes else []
        return (made, Step(say(_APPROVED), *_NEXT), *second, Step(say(_PUBLISHED), *_AHEAD))
    p = publication
    steps = [made, Step(say(_APPROVED), *_DONE, at=p.approved_at, by=names[p.approved_by])]
    if p.seconded_at and p.seconded_by:
        steps.append(Step(say(_SECONDED), *_DONE, at=p.seconded_at, by=names[p.seconded_by]))
    elif four_eyes and not p.withdrawn_at:
        steps.append(Step(say(_SECONDED), *_NEXT, note=by_another))
    if p.published_at and p.published_by:
        steps.append(Step(say(_PUBLISHED), *_DONE, at=p.published_at, by=names[p.published_by]))
    elif not p.withdrawn_at:
        steps.append(Step(say(_PUBLISHED), *(_AHEAD if four_eyes and not p.seconded_at else _NEXT)))
    if p.withdrawn_at and p.withdrawn_by:
        steps.append(Step(say(_WITHDRAWN), "withdrawn", "bad", p.withdrawn_at, names[p.withdrawn_by], p.withdrawn_because))
    return tuple(steps)


def _acts(session: Session, case: Case, publication: Publication | None, mine: Desk, stale: str) -> Sequence[Act]:
    state, four_eyes, say = state_of(publication), needs_four_eyes(session, case.round), words().say
    at = f"{case.address}/publication"
    if publication is None:
        says = say("You answer for the diagnosis from then on, and its report gets a number.")
        closed = case.round.state is RoundState.CLOSED
        return [Act(f"{at}/approve", say("Approve it"), says, stale or ("" if closed else say(_CLOSE_FIRST)))]
    if state is not PublicationState.APPROVED:
        return ()
    is_own = publication.approved_by == mine.account_id
    own = say("Ask another evaluator: whoever approved it cannot second it.") if is_own else ""
    second = [Act(f"{at}/second", say("Second it"), _seconding(four_eyes=four_eyes), own)] if publication.seconded_at is None else []
    says = say("Its agencies and the cluster may read the report from then on.")
    return [*second, Act(f"{at}/publish", say("Publish it"), says, _not_publishable(session, case, publication, stale))]


def _seconding(*, four_eyes: bool) -> str:
    if four_eyes:
        return words().say("A second evaluator confirms the approval.")
    return words().say("A second evaluator confirms the approval. No programme of this cluster asks for it.")


def _not_publishable(session: Session, case: Case, publication: Publication, stale: str) -> str:
    """Say what stands in the way of publishing, as the verb would."""
    standing = published_of(session, case.round)
    if standing is not None:
        text = message("Withdraw the report %(number)s first: a round has one published report at a time.")
        return words().say(text, number=standing.number)
    if publication.seconded_at is None and needs_four_eyes(session, case.round):
        return words().say("Have it seconded first: a programme of this cluster wants four eyes.")
    if not is_released(session, identity(case.round)) and answer_sheets(session, identity(case.round), "member"):
        return words().say("Release the members’ figures first, below.")
    return stale


def _past(row: Publication, names: Mapping[int, str]) -> Past:
    word, tone = STATES[state_of(row)]
    approved_by, state = names[row.approved_by], words().say(word)
    return Past(row.number, state, tone, row.approved_at, approved_by, row.published_at, row.withdrawn_at, row.withdrawn_because)
