"""The evaluator's sheet at the desk: the same sections that a link leads to, with what is carried over from an earlier year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from assess.store.steering_tables import CarriedAnswer
from assess.store.tables import Invitation, Member, Response, ResponseState, RoundState
from assess.web.form_tokens import fresh_key
from assess.web.forms import PageForm
from assess.web.frames import Entry, Frame
from assess.web.pages.conflict import ConflictPage, conflict_page
from assess.web.pages.mending import Wrong, problems_of, wrong_lines
from assess.web.pages.section import SectionPage, section_page
from assess.web.pages.steps import Step, steps_of
from assess.web.progress import Section, sections
from assess.web.sentences import shown, wanting
from assess.web.visits import Visit
from assess.web.wording import words
from assess.web.workbench_pages.place import Place
from assess.web.workbench_pages.sight import is_rating
from assess.workflow import responses, sheets
from assess.workflow.evaluator_sheet import QUESTIONNAIRE, has_opened, sheet_of
from assess.workflow.pinned import asked
from assess.workflow.released import is_released
from assess.workflow.rows import identity, required
from assess.workflow.sheets import LONGEST_BECAUSE, SHORTEST_BECAUSE
from assess.workflow.standing import standing


@dataclass(frozen=True, slots=True)
class SheetPage:
    """The sheet as a whole. `state` is one of none, planned, rating, released, new, unopened, open and handed-in."""

    frame: Frame
    ways: tuple[Entry, ...]
    place: str
    address: str
    state: str
    steps: tuple[Step, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    carried: int = 0
    """Answers of an earlier year that wait to be judged."""
    open: int = 0
    asked: int = 0
    receipt: str = ""
    submitted_at: datetime | None = None
    number: int = 0
    """Of the response."""
    seen: int = 0
    key: str = field(default_factory=fresh_key)
    notice: str = ""


@dataclass(frozen=True, slots=True)
class CarriedRow:
    """An answer of an earlier year that waits to be judged."""

    item: str
    id: str
    """Of the question's control on the page."""
    label: str
    year: int
    answer: str
    because: str
    """What was written and refused."""


@dataclass(frozen=True, slots=True)
class SheetSectionPage:
    """One section of the sheet."""

    frame: Frame
    ways: tuple[Entry, ...]
    place: str
    address: str
    section: SectionPage
    carried: tuple[CarriedRow, ...]
    shortest: int
    longest: int


@dataclass(frozen=True, slots=True)
class SheetConflictPage:
    """Fields of the sheet that two people changed differently."""

    frame: Frame
    ways: tuple[Entry, ...]
    place: str
    address: str
    conflict: ConflictPage


def sheet_state(session: Session, place: Place) -> str:
    """Say where the sheet of a round stands for an account."""
    if not any(pin.questionnaire == QUESTIONNAIRE for pin in asked(session, identity(place.round))):
        return "none"
    if place.round.state is RoundState.PLANNED:
        return "planned"
    if is_rating(session, place.round, place.account):
        return "rating"
    sheet = sheet_of(session, place.round)
    if sheet is None:
        return "released" if is_released(session, identity(place.round)) else "new"
    if not has_opened(session, place.round, place.account):
        return "unopened"
    return "open" if responses.may_change(session, sheet, place.desk.now) else "handed-in"


def sheet_page(session: Session, place: Place, notice: str = "") -> SheetPage:
    """Return the sheet as a whole: how far it is, what is missing, and the button that hands it in."""
    state = sheet_state(session, place)
    sheet = sheet_of(session, place.round)
    around = (place.frame(words().say("Evaluator’s sheet")), place.ways(), place.name, place.address, state)
    if sheet is None:
        return SheetPage(*around)
    submission = responses.last_submission(session, sheet)
    submitted_at = submission.submitted_at if submission is not None else None
    if state not in ("open", "handed-in"):
        return SheetPage(*around, submitted_at=submitted_at)
    visit = visit_of(session, place, sheet)
    found = sections(visit.standing)
    counts = submission is not None and sheet.state is ResponseState.SUBMITTED
    return SheetPage(
        *around,
        steps=steps_of(found, visit, ""),
        wrong=tuple(line for section in found for line in _to_mend(section, visit)),
        carried=len(sheets.open_carried(session, sheet)),
        open=sum(section.open for section in found),
        asked=sum(len(section.asked) for section in found),
        receipt=submission.receipt if submission is not None and counts else "",
        submitted_at=submitted_at,
        number=identity(sheet),
        seen=sheet.revision,
        notice=notice,
    )


def sheet_section_page(
    session: Session, place: Place, visit: Visit, section: Section, filled: PageForm | None = None, *, notice: str = "", because: str = ""
) -> SheetSectionPage:
    """Return one section; `filled` and `because` are what was sent and could not be taken."""
    page = section_page(visit, section, filled, form=place.desk.form, key=fresh_key(), notice=notice)
    return SheetSectionPage(
        frame=place.frame(page.title, (words().say("Evaluator’s sheet"), "sheet")),
        ways=place.ways(),
        place=place.name,
        address=place.address,
        section=page,
        carried=tuple(_carried(session, visit, section, because)),
        shortest=SHORTEST_BECAUSE,
        longest=LONGEST_BECAUSE,
    )


def sheet_conflict_page(place: Place, visit: Visit, section: Section, conflict: responses.Conflict) -> SheetConflictPage:
    """Return both answers to every contested field."""
    page = conflict_page(visit, section, conflict, form=place.desk.form, key=fresh_key())
    around = place.frame(words().say("Two different answers"), (words().say("Evaluator’s sheet"), "sheet"))
    return SheetConflictPage(around, place.ways(), place.name, place.address, page)


def visit_of(session: Session, place: Place, sheet: Response) -> Visit:
    """Return the sheet as the pages behind a link see a response: a visit without a link, so that its invitation is kept nowhere."""
    member = required(session, Member, sheet.member_id)
    found = standing(session, sheet, place.desk.now.date())
    languages = found.questionnaire.languages
    return Visit(
        token="",
        invitation=_no_link(sheet, member, place),
        member=member,
        round=place.round,
        cluster=place.cluster,
        response=sheet,
        standing=found,
        may_change=responses.may_change(session, sheet, place.desk.now),
        released=is_released(session, sheet.round_id),
        language=place.desk.language if place.desk.language in languages else found.questionnaire.default_language,
        now=place.desk.now,
        words=words(),
    )


def _no_link(sheet: Response, member: Member, place: Place) -> Invitation:
    return Invitation(
        round_id=sheet.round_id,
        member_id=identity(member),
        questionnaire=sheet.questionnaire,
        token_hash="",
        email=place.desk.email,
        created_at=place.desk.now,
        expires_at=place.desk.now,
    )


def _carried(session: Session, visit: Visit, section: Section, because: str) -> Iterator[CarriedRow]:
    for row in sheets.open_carried(session, visit.begun):
        if row.item in section.fields:
            yield _carried_row(visit, section, row, because)


def _carried_row(visit: Visit, section: Section, row: CarriedAnswer, because: str) -> CarriedRow:
    item = section.fields[row.item]
    return CarriedRow(
        item=row.item,
        id=f"f-{row.item}-{item.choices[0].name}" if item.choices else f"f-{row.item}",
        label=item.label.in_language(visit.language) if item.label else row.item,
        year=row.from_year,
        answer=shown(item, row.before, visit.language),
        because=because,
    )


def _to_mend(section: Section, visit: Visit) -> Iterator[Wrong]:
    missing = {name: wanting(section.fields[name], visit.language) for name in section.wanting}
    return wrong_lines(section, problems_of(visit, section) | missing, visit)
