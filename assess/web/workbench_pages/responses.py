"""Single responses: which there are, and what stands in one of them, read-only, with all that happened to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from assess.definitions.questionnaire_items import Group, Item
from assess.phrases import message
from assess.store.queries import Field
from assess.store.tables import Member, Response, ResponseState, RoundState
from assess.web.desks import may
from assess.web.forms import Asked, Filled, filled
from assess.web.frames import Entry, Frame
from assess.web.sentences import shown
from assess.web.wording import spoken, words
from assess.web.workbench_pages.overview import QUESTIONNAIRES, kind_name
from assess.web.workbench_pages.place import Place
from assess.web.workbench_pages.sight import is_blind
from assess.workflow import responses
from assess.workflow.answer_rows import field_name, field_of
from assess.workflow.evaluator_sheet import QUESTIONNAIRE as SHEET
from assess.workflow.evaluator_sheet import sheet_of
from assess.workflow.looks import Step, reopenings, steps_of
from assess.workflow.released import is_released
from assess.workflow.rows import identity, required
from assess.workflow.standing import Standing, standing

_REASON = message("Why it is reopened")
_KEPT = message("Kept beside the response; the member is not told it.")
REOPEN = (Asked("reason", _REASON, "area", hint=_KEPT, longest=500),)
RESPONSE_STATES = {
    ResponseState.DRAFT: (message("Begun"), "open"),
    ResponseState.SUBMITTED: (message("Handed in"), "good"),
    ResponseState.REOPENED: (message("Reopened"), "warn"),
}


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """One response in the list."""

    number: int
    organisation: str
    kind: str
    questionnaire: str
    state: tuple[str, str]
    saved_at: datetime | None
    submitted_at: datetime | None
    screened: bool
    """Whether it is the first evaluator's sheet, which the account is not to see yet."""


@dataclass(frozen=True, slots=True)
class ResponsesPage:
    """The responses of a round."""

    frame: Frame
    ways: tuple[Entry, ...]
    place: str
    address: str
    rows: tuple[ResponseRow, ...]
    planned: bool


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One question with its answer, in words."""

    label: str
    answer: str
    given: bool
    note: str
    """What is wrong with it, or why it does not count."""


@dataclass(frozen=True, slots=True)
class AnsweredSection:
    """One section of a response."""

    title: str
    rows: tuple[AnswerRow, ...]
    answered: int


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One thing that happened to a response."""

    revision: int
    at: datetime | None
    what: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ResponsePage:
    """One response, to be read."""

    frame: Frame
    ways: tuple[Entry, ...]
    place: str
    address: str
    number: int
    organisation: str
    kind: str
    questionnaire: str
    version: str
    state: tuple[str, str]
    state_says: str
    sections: tuple[AnsweredSection, ...]
    history: tuple[HistoryRow, ...]
    form: Filled | None
    """To reopen it; None where that is not possible, or not for this account."""


def responses_page(session: Session, place: Place) -> ResponsesPage:
    """Return the list of responses of a round."""
    rows = session.exec(
        select(Response, Member)
        .join(Member, col(Member.id) == col(Response.member_id))
        .where(col(Response.round_id) == identity(place.round))
        .order_by(col(Member.name_key), col(Response.id))
    ).all()
    blind = is_blind(session, place.round, place.account)
    order = list(QUESTIONNAIRES)
    listed = sorted(rows, key=lambda row: order.index(row[0].questionnaire) if row[0].questionnaire in order else len(order))
    return ResponsesPage(
        frame=place.frame(words().say("Responses")),
        ways=place.ways(),
        place=place.name,
        address=place.address,
        rows=tuple(_row(response, member, blind) for response, member in listed),
        planned=place.round.state is RoundState.PLANNED,
    )


def response_page(session: Session, place: Place, response: Response, form: Filled | None = None) -> ResponsePage:
    """Return one response with its history; `form` is what was sent to reopen it and refused."""
    member = required(session, Member, response.member_id)
    found = standing(session, response, place.desk.now.date())
    return ResponsePage(
        frame=place.frame(member.name, (words().say("Responses"), "responses")),
        ways=place.ways(),
        place=place.name,
        address=place.address,
        number=identity(response),
        organisation=member.name,
        kind=kind_name(found.kind.value if found.kind else member.kind),
        questionnaire=words().say(QUESTIONNAIRES.get(response.questionnaire, response.questionnaire)),
        version=response.version,
        state=_state(response),
        state_says=_says(session, response),
        sections=tuple(_sections(found)),
        history=tuple(_history(session, response, found)),
        form=(form or filled(REOPEN)) if _may_reopen(session, place, response) else None,
    )


def is_screened(session: Session, place: Place, number: int) -> bool:
    """Whether the response of a number is the first evaluator's sheet, which the account is not to see yet."""
    sheet = sheet_of(session, place.round)
    return sheet is not None and sheet.id == number and is_blind(session, place.round, place.account)


def _row(response: Response, member: Member, blind: bool) -> ResponseRow:
    return ResponseRow(
        number=identity(response),
        organisation=member.name,
        kind=kind_name(member.kind),
        questionnaire=words().say(QUESTIONNAIRES.get(response.questionnaire, response.questionnaire)),
        state=_state(response),
        saved_at=response.saved_at,
        submitted_at=response.submitted_at,
        screened=blind and response.questionnaire == SHEET,
    )


def _state(response: Response) -> tuple[str, str]:
    label, tone = RESPONSE_STATES[response.state]
    return words().say(label), tone


def _says(session: Session, response: Response) -> str:
    if response.state is ResponseState.SUBMITTED:
        return words().say("These answers count.")
    if responses.last_submission(session, response) is not None:
        return words().say("What counts is what was handed in before; what was changed since counts once it is handed in again.")
    return words().say("Nothing of this counts before it is handed in.")


def _may_reopen(session: Session, place: Place, response: Response) -> bool:
    if not may("round.run") or is_released(session, identity(place.round)) or response.state is ResponseState.REOPENED:
        return False
    return response.state is ResponseState.SUBMITTED or not responses.may_change(session, response, place.desk.now)


def _sections(found: Standing) -> Iterator[AnsweredSection]:
    for group in found.questionnaire.sections:
        rows = tuple(_answers(group, found))
        if rows:
            title = group.label.in_language(spoken()) if group.label else group.name
            yield AnsweredSection(title, rows, sum(row.given for row in rows))


def _answers(group: Group, found: Standing) -> Iterator[AnswerRow]:
    for item in group.items:
        if item.type.answerable:
            for field in _fields(item, found.given):
                given, counts = found.given.get(field_name(*field), ""), found.counts(item)
                if given or counts:
                    yield AnswerRow(_label(item, field), shown(item, given, spoken()), bool(given), _note(found, field, counts))


def _fields(item: Item, given: Mapping[str, str]) -> Iterator[Field]:
    if item.repeat is None:
        yield item.name, 0
        return
    yield from sorted(field for field in map(field_of, given) if field is not None and field[0] == item.name)


def _label(item: Item, field: Field) -> str:
    label = item.label.in_language(spoken()) if item.label else item.name
    return words().say("%(label)s (entry %(number)s)", label=label, number=field[1]) if field[1] else label


def _note(found: Standing, field: Field, counts: bool) -> str:
    if not counts:
        return words().say("Does not count: other answers close this question.")
    problem = found.problems.get(field_name(*field))
    return words().say("Cannot be taken: %(problem)s.", problem=words().told(problem.problem)) if problem is not None else ""


def _history(session: Session, response: Response, found: Standing) -> Iterator[HistoryRow]:
    items = {item.name: item for item in found.questionnaire.items}
    reopened = reopenings(session, response)
    for step in steps_of(session, response):
        one = reopened.get(step.revision)
        at = step.at or (one.at if one is not None else None)
        yield HistoryRow(step.revision, at, _what(step, one.reason if one is not None else ""), tuple(_changes(step, items)))


def _what(step: Step, why: str) -> str:
    if step.receipt:
        return words().say("Handed in, receipt %(receipt)s", receipt=step.receipt)
    if step.reopened:
        return words().say("Reopened: %(reason)s", reason=why) if why else words().say("Reopened")
    return words().several(len(step.saved), "%(num)s answer saved", "%(num)s answers saved")


def _changes(step: Step, items: Mapping[str, Item]) -> Iterator[tuple[str, str]]:
    for field, raw in sorted(step.saved.items()):
        item = items.get(field[0])
        if item is not None:
            yield _label(item, field), shown(item, raw, spoken()) if raw else words().say("Taken back")
