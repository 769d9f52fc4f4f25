"""The second evaluator's blind rating, and once it is finished the agreement with the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session

from assess.definitions.questionnaire_items import Item, Questionnaire
from assess.definitions.scales import Scale, written
from assess.engine.agreement import FEWEST_FOR_KAPPA, Agreement
from assess.store.tables import RoundState
from assess.web.frames import Entry, Frame
from assess.web.questions import Option, Question
from assess.web.sentences import SPECIALS
from assess.web.wording import spoken, words
from assess.web.workbench_pages.place import Place, account_name
from assess.web.workbench_pages.sight import is_rating
from assess.web.workbench_pages.waiting import FAR
from assess.workflow.evaluator_sheet import QUESTIONNAIRE, has_opened, rated_items, sheet_questionnaire
from assess.workflow.pinned import asked
from assess.workflow.ratings import ItemPair, RatersCompared, agreement, has_finished, ratings_of
from assess.workflow.rows import identity


@dataclass(frozen=True, slots=True)
class RatedSection:
    """The items of one section that are rated."""

    name: str
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class PairRow:
    """What two evaluators gave one item."""

    label: str
    first: str
    second: str
    distance: str
    far: bool


@dataclass(frozen=True, slots=True)
class ComparedRaters:
    """The first sheet against one second rater."""

    who: str
    n: int
    exact: str
    within_one: str
    kappa: str
    no_kappa: str
    far: int
    rows: tuple[PairRow, ...]


@dataclass(frozen=True, slots=True)
class RatingsPage:
    """The ratings of a round for one evaluator. `state` is one of none, planned, opened, rating, new and finished."""

    frame: Frame
    ways: tuple[Entry, ...]
    place: str
    address: str
    state: str
    sections: tuple[RatedSection, ...]
    rated: int
    total: int
    compared: tuple[ComparedRaters, ...]
    problem: str


def ratings_page(session: Session, place: Place, problem: str = "") -> RatingsPage:
    """Return the ratings: while somebody may still rate blind the form, afterwards what they agree about."""
    state = rating_state(session, place)
    mine = {row.item: row.raw for row in ratings_of(session, place.round, place.account)}
    rates = state in ("new", "rating")
    questionnaire = sheet_questionnaire(session, place.round) if rates else None
    sections = tuple(_sections(questionnaire, mine)) if questionnaire else ()
    return RatingsPage(
        frame=place.frame(words().say("Ratings")),
        ways=place.ways(),
        place=place.name,
        address=place.address,
        state=state,
        sections=sections,
        rated=len(mine),
        total=sum(len(section.questions) for section in sections),
        compared=() if rates or state == "none" else tuple(_compared(session, one) for one in agreement(session, place.round)),
        problem=problem,
    )


def rating_state(session: Session, place: Place) -> str:
    """Say where an account stands with its rating."""
    if not any(pin.questionnaire == QUESTIONNAIRE for pin in asked(session, identity(place.round))):
        return "none"
    if has_finished(session, place.round, place.account):
        return "finished"
    if has_opened(session, place.round, place.account):
        return "opened"
    if is_rating(session, place.round, place.account):
        return "rating"
    return "planned" if place.round.state is RoundState.PLANNED else "new"


def rateable(session: Session, place: Place) -> tuple[Item, ...]:
    """Return the items that are rated."""
    return rated_items(sheet_questionnaire(session, place.round))


def _sections(questionnaire: Questionnaire, mine: Mapping[str, str]) -> Iterator[RatedSection]:
    wanted = {item.name for item in rated_items(questionnaire)}
    for group in questionnaire.sections:
        questions = tuple(_question(item, mine.get(item.name, "")) for item in group.items if item.name in wanted)
        if questions:
            yield RatedSection(group.name, group.label.in_language(spoken()) if group.label else group.name, questions)


def _question(item: Item, raw: str) -> Question:
    labels = [(choice.name, choice.label.in_language(spoken())) for choice in item.choices]
    specials = [(special.value, words().say(SPECIALS[special])) for special in item.special]
    return Question(
        name=item.name,
        control="radios",
        label=item.label.in_language(spoken()) if item.label else item.name,
        hint=item.hint.in_language(spoken()) if item.hint else "",
        required=False,
        written=raw,
        options=tuple(Option(code, label, f"f-{item.name}-{code}", code == raw) for code, label in labels),
        specials=tuple(Option(code, label, f"f-{item.name}-{code}", code == raw) for code, label in specials),
        problem="",
    )


def _compared(session: Session, one: RatersCompared) -> ComparedRaters:
    rows = sorted((_pair(pair) for pair in one.items), key=lambda row: (not row.far, row.distance == "–"))
    overall = one.overall
    return ComparedRaters(
        who=account_name(session, one.account_id),
        n=overall.n,
        exact=_share(overall.exact),
        within_one=_share(overall.within_one),
        kappa="" if overall.kappa is None else words().number(written(overall.kappa, Scale.NUMBER)),
        no_kappa=_no_kappa(overall),
        far=sum(row.far for row in rows),
        rows=tuple(rows),
    )


def _no_kappa(overall: Agreement) -> str:
    """Say why there is no kappa, as the comparison itself says it in English; empty where there is one."""
    if overall.kappa is not None:
        return ""
    if not overall.n:
        return words().say("Kappa is not given: no item was rated by both.")
    if overall.n < FEWEST_FOR_KAPPA:
        return words().several(
            overall.n,
            "Kappa is not given: it needs at least %(least)s items that both rated, and there is %(num)s.",
            "Kappa is not given: it needs at least %(least)s items that both rated, and there are %(num)s.",
            least=FEWEST_FOR_KAPPA,
        )
    return words().say("Kappa is not defined: both raters gave every item the same one rating, so chance alone would make them agree.")


def _pair(pair: ItemPair) -> PairRow:
    distance = pair.distance
    return PairRow(
        label=pair.item.label.in_language(spoken()) if pair.item.label else pair.item.name,
        first=words().say("no rating") if pair.first is None else str(pair.first),
        second=words().say("no rating") if pair.second is None else str(pair.second),
        distance="–" if distance is None else f"{'+' if distance > 0 else '−' if distance < 0 else ''}{abs(distance)}",
        far=distance is not None and abs(distance) >= FAR,
    )


def _share(value: Decimal | None) -> str:
    return "–" if value is None else words().number(written(value, Scale.SHARE))
