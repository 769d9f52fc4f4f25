"""What each page prints: one typed object a page, made of a visit; the templates only print it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from assess.definitions.questionnaire_items import Item
from assess.store.tables import ResponseState, RoundState, Submission
from assess.web.forms import PageForm, is_field, page_form
from assess.web.progress import Section, sections
from assess.web.questions import Part, Printer
from assess.web.sentences import KINDS, LANGUAGES, counted, in_words, mending, shown, wanting
from assess.web.visits import Visit
from assess.workflow.answer_rows import field_of
from assess.workflow.responses import Conflict, Contested


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page of a link."""

    token: str
    cluster: str
    year: int
    language: str
    """Of the questionnaire; the words of the site itself are English."""
    languages: tuple[tuple[str, str], ...]
    """Code and name of what may be chosen; empty where there is only one."""


@dataclass(frozen=True, slots=True)
class Step:
    """One section in the list of sections."""

    name: str
    label: str
    number: int
    state: str
    says: str
    current: bool


@dataclass(frozen=True, slots=True)
class Wrong:
    """One line of the error summary."""

    field: str
    id: str
    section: str
    label: str
    sentence: str


@dataclass(frozen=True, slots=True)
class StartPage:
    """Who asks, why, who sees what, how long; and the button."""

    frame: Frame
    member: str
    kind: str
    minutes: int
    questions: int
    sections: int
    closes_at: datetime
    state: str
    """One of "planned", "new", "begun", "submitted", "closed"."""
    answered: int
    asked: int
    saved_at: datetime | None
    section: str
    """Where to go on."""
    form: str
    saved: bool
    k: str
    """No figure comes from fewer organisations; in words."""


@dataclass(frozen=True, slots=True)
class SectionPage:
    """One section with its questions."""

    frame: Frame
    name: str
    title: str
    hint: str
    number: int
    steps: tuple[Step, ...]
    parts: tuple[Part, ...]
    wrong: tuple[Wrong, ...]
    notice: str
    fields: str
    form: str
    seen: int
    key: str
    saved_at: datetime | None
    previous: str


@dataclass(frozen=True, slots=True)
class Row:
    """One question and its answer, to be read."""

    field: str
    id: str
    label: str
    answer: str
    given: bool
    problem: str


@dataclass(frozen=True, slots=True)
class ReviewedSection:
    """One section on the review page."""

    name: str
    label: str
    rows: tuple[Row, ...]
    open: int
    says: str
    attention: bool
    unfolded: bool
    """Whether something in it wants attention or was left out between answers."""


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Everything that was answered, and what is missing."""

    frame: Frame
    steps: tuple[Step, ...]
    sections: tuple[ReviewedSection, ...]
    wrong: tuple[Wrong, ...]
    open: int
    asked: int
    notice: str
    form: str
    seen: int
    key: str
    previous: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A field that two people changed: what is stored, and what this page sent."""

    field: str
    label: str
    stored: str
    stored_says: str
    sent: str
    sent_says: str


@dataclass(frozen=True, slots=True)
class ConflictPage:
    """Fields that somebody else changed meanwhile; one of the two answers is to be chosen for each."""

    frame: Frame
    name: str
    title: str
    choices: tuple[Choice, ...]
    fields: str
    form: str
    seen: int
    key: str


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """That the response was handed in, and what stood in it."""

    frame: Frame
    member: str
    receipt: str
    digest: str
    submitted_at: datetime
    email: str
    sections: tuple[ReviewedSection, ...]
    answered: int
    reopened: bool
    closes_at: datetime
    released: bool


@dataclass(frozen=True, slots=True)
class BlankPage:
    """Every question for this kind of member, to be printed."""

    frame: Frame
    title: str
    version: str
    closes_at: datetime
    sections: tuple[tuple[str, tuple[Part, ...]], ...]


def frame(visit: Visit) -> Frame:
    """Return what stands around every page of a link."""
    codes = visit.questionnaire.languages
    languages = tuple((code, LANGUAGES.get(code, code)) for code in codes) if len(codes) > 1 else ()
    return Frame(visit.token, visit.cluster.name, visit.round.year, visit.language, languages)


def start_page(visit: Visit, *, form: str, saved: bool, k: int) -> StartPage:
    """Return the first page of a link."""
    kind = visit.standing.kind
    found = sections(visit.standing)
    begun = next((section for section in found if section.open or section.at_odds), None)
    return StartPage(
        frame=frame(visit),
        member=visit.member.name,
        kind=KINDS[kind] if kind else "",
        minutes=visit.questionnaire.minutes(kind),
        questions=visit.questionnaire.count(kind),
        sections=len(found),
        closes_at=visit.round.closes_at,
        state=_state(visit),
        answered=sum(section.answered for section in found),
        asked=sum(len(section.asked) for section in found),
        saved_at=visit.response.saved_at if visit.response else None,
        section=begun.group.name if begun else "",
        form=form,
        saved=saved,
        k=in_words(k),
    )


def _state(visit: Visit) -> str:
    if visit.response is not None and visit.response.state is ResponseState.SUBMITTED:
        return "submitted"
    if visit.may_change:
        return "begun"
    if visit.round.state is RoundState.PLANNED:
        return "planned"
    return "new" if visit.response is None and visit.round.state is RoundState.OPEN and visit.now < visit.round.closes_at else "closed"


def section_page(visit: Visit, section: Section, filled: PageForm | None = None, *, form: str, key: str, notice: str = "") -> SectionPage:
    """Return one section; `filled` is what was sent and could not simply be saved."""
    found = sections(visit.standing)
    problems = _problems(visit, section) | (filled.problems if filled else {})
    answers = {field.name: field for source in (page_form(section.fields, stored=visit.stored), filled or ()) for field in source}
    return SectionPage(
        frame=frame(visit),
        name=section.group.name,
        title=_label(section, visit),
        hint=section.group.hint.in_language(visit.language) if section.group.hint else "",
        number=section.number,
        steps=_steps(found, visit, section.group.name),
        parts=Printer(section, visit.standing, answers, problems, visit.language, visit.now.date()).parts(),
        wrong=tuple(_wrong(section, problems, visit)),
        notice=notice,
        fields=" ".join(name for name, item in section.fields.items() if is_field(item)),
        form=form,
        seen=visit.begun.revision,
        key=key,
        saved_at=visit.begun.saved_at,
        previous=found[section.number - 2].group.name if section.number > 1 else "",
    )


def _problems(visit: Visit, section: Section) -> dict[str, str]:
    given = visit.standing.given
    return {name: mending(section.fields[name], given.get(name, ""), visit.language) for name in section.at_odds}


def _wrong(section: Section, problems: Mapping[str, str], visit: Visit) -> Iterator[Wrong]:
    for name, item in section.fields.items():
        if name in problems:
            yield Wrong(name, anchor(item, name), section.group.name, item.label.in_language(visit.language), problems[name])


def anchor(item: Item, name: str) -> str:
    """Return the id of the field's control, or of the first of its options."""
    return f"f-{name}-{item.choices[0].name}" if item.choices else f"f-{name}"


def _label(section: Section, visit: Visit) -> str:
    return section.group.label.in_language(visit.language) if section.group.label else section.group.name


def _steps(found: tuple[Section, ...], visit: Visit, current: str) -> tuple[Step, ...]:
    return tuple(Step(s.group.name, _label(s, visit), s.number, s.state, _says(s), s.group.name == current) for s in found)


def _says(section: Section) -> str:
    if section.at_odds:
        return counted(len(section.at_odds), "answer to correct", "answers to correct")
    return f"{section.answered} of {len(section.asked)} answered" if section.asked else "to read"


def review_page(visit: Visit, *, form: str, key: str, notice: str = "") -> ReviewPage:
    """Return everything that was answered, with what is missing."""
    found = sections(visit.standing)
    wrong = tuple(line for section in found for line in _to_mend(section, visit))
    return ReviewPage(
        frame=frame(visit),
        steps=_steps(found, visit, ""),
        sections=tuple(_reviewed(section, visit, visit.stored) for section in found if section.asked),
        wrong=wrong,
        open=sum(section.open for section in found),
        asked=sum(len(section.asked) for section in found),
        notice=notice,
        form=form,
        seen=visit.begun.revision,
        key=key,
        previous=found[-1].group.name,
    )


def _to_mend(section: Section, visit: Visit) -> Iterator[Wrong]:
    missing = {name: wanting(section.fields[name], visit.language) for name in section.wanting}
    return _wrong(section, _problems(visit, section) | missing, visit)


def _reviewed(section: Section, visit: Visit, given: Mapping[str, str]) -> ReviewedSection:
    problems = {line.field: line.sentence for line in _to_mend(section, visit)}
    rows = tuple(
        Row(
            field=name,
            id=anchor(item, name),
            label=item.label.in_language(visit.language),
            answer=shown(item, given.get(name, ""), visit.language),
            given=bool(given.get(name)),
            problem=problems.get(name, ""),
        )
        for name, item in section.fields.items()
        if item.type.answerable and (item.repeat is None or given.get(name))
    )
    return ReviewedSection(
        name=section.group.name,
        label=_label(section, visit),
        rows=rows,
        open=section.open,
        says=_says(section),
        attention=bool(problems),
        unfolded=bool(problems) or section.state == "begun",
    )


def conflict_page(visit: Visit, section: Section, conflict: Conflict, *, form: str, key: str) -> ConflictPage:
    """Return both answers to every contested field."""
    return ConflictPage(
        frame=frame(visit),
        name=section.group.name,
        title=_label(section, visit),
        choices=tuple(_choice(contested, visit) for contested in conflict.contested),
        fields=" ".join(contested.field for contested in conflict.contested),
        form=form,
        seen=conflict.revision,
        key=key,
    )


def _choice(contested: Contested, visit: Visit) -> Choice:
    item = visit.questionnaire.item((field_of(contested.field) or ("", 0))[0])
    return Choice(
        field=contested.field,
        label=item.label.in_language(visit.language),
        stored=contested.stored,
        stored_says=shown(item, contested.stored, visit.language),
        sent=contested.sent,
        sent_says=shown(item, contested.sent, visit.language),
    )


def receipt_page(visit: Visit, submission: Submission, answers: Mapping[str, str]) -> ReceiptPage:
    """Return the receipt, with the answers as they were handed in."""
    found = tuple(_reviewed(section, visit, answers) for section in sections(visit.standing) if section.asked)
    return ReceiptPage(
        frame=frame(visit),
        member=visit.member.name,
        receipt=submission.receipt,
        digest=submission.digest,
        submitted_at=submission.submitted_at,
        email="" if visit.invitation.unsubscribed_at or visit.invitation.bounced_at else visit.invitation.email,
        sections=found,
        answered=sum(row.given for section in found for row in section.rows),
        reopened=visit.begun.state is ResponseState.REOPENED,
        closes_at=visit.round.closes_at,
        released=visit.released,
    )


def blank_page(visit: Visit) -> BlankPage:
    """Return every question that this kind of member may meet, whatever was answered."""
    found = []
    for number, group in enumerate(visit.questionnaire.sections, 1):
        items = {item.name: item for item in group.items if item.asks(visit.standing.kind)}
        fields = {name: item for name, item in items.items() if item.type.value not in ("calculate", "hidden")}
        if fields:
            section = Section(group, number, fields, 0, (), ())
            answers = {field.name: field for field in page_form(fields)}
            found.append((_label(section, visit), Printer(section, visit.standing, answers, {}, visit.language, visit.now.date()).parts()))
    title = visit.questionnaire.title.in_language(visit.language)
    return BlankPage(frame(visit), title, visit.questionnaire.version, visit.round.closes_at, tuple(found))


@dataclass(frozen=True, slots=True)
class DelegatePage:
    """Passing the questionnaire on to a colleague."""

    frame: Frame
    member: str
    form: str
    email: str
    problem: str
    sent: bool


@dataclass(frozen=True, slots=True)
class UnsubscribePage:
    """No more mail about this round."""

    frame: Frame
    email: str
    done: bool
    form: str


def delegate_page(visit: Visit, *, form: str, email: str = "", problem: str = "", sent: bool = False) -> DelegatePage:
    """Return the page that passes the questionnaire on."""
    return DelegatePage(frame(visit), visit.member.name, form, email, problem, sent)


def unsubscribe_page(visit: Visit, *, form: str) -> UnsubscribePage:
    """Return the page that ends mail."""
    return UnsubscribePage(frame(visit), visit.invitation.email, visit.invitation.unsubscribed_at is not None, form)
