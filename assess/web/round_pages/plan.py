"""A cluster's action plan as a round sees it: what stands in it, how far it is, what could be added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from sqlmodel import Session

from assess.definitions.library import load_rulebase_version
from assess.definitions.rulebase import Rulebase
from assess.definitions.scales import Scale
from assess.engine.what_if import Said
from assess.phrases import message
from assess.reports.names import UNKNOWN
from assess.store.steering_tables import ActionState
from assess.web.desks import may
from assess.web.forms import Asked, Filled
from assess.web.frames import Entry, Frame
from assess.web.sentences import figure
from assess.web.wording import rulebase_text, words
from assess.web.workbench_pages.place import Place, account_name
from assess.workflow.plan_backing import Backing, backings
from assess.workflow.plan_indicators import indicators_behind, recommendation, value_in
from assess.workflow.plan_progress import Progress, Standing, Years
from assess.workflow.plans import (
    LONGEST_MILESTONE,
    LONGEST_NOTE,
    LONGEST_OWNER,
    OPEN,
    REVIEWED_AS,
    SHORTEST_BECAUSE,
    Basis,
    Planned,
    due_for_review,
    plan_of,
)
from assess.workflow.publications import PublicationState
from assess.workflow.rows import identity

STATES = {
    ActionState.PLANNED: (message("Planned"), "none"),
    ActionState.UNDER_WAY: (message("Under way"), "open"),
    ActionState.DONE: (message("Done"), "good"),
    ActionState.DROPPED: (message("Dropped"), "bad"),
}
"""What a state is called, and the tone of its badge."""
_COUNTS = {
    ActionState.PLANNED: message("%(count)s planned"),
    ActionState.UNDER_WAY: message("%(count)s under way"),
    ActionState.DONE: message("%(count)s done"),
    ActionState.DROPPED: message("%(count)s dropped"),
}
"""How many items are in a state."""
_COLUMNS = (
    message("instrument"),
    message("owner"),
    message("milestone"),
    message("due"),
    message("state"),
    message("overdue"),
    message("indicator"),
    message("baseline"),
    message("present value"),
    message("target"),
    message("standing"),
    message("note"),
    message("year"),
)
"""Of the table that is taken away."""
NO_INDICATOR = "none"
"""Chosen where no indicator is to move; a chosen answer could not be taken back without it."""
_STANDINGS = {
    Standing.REACHED: (message("Target reached"), "good"),
    Standing.NEARER: (message("Nearer to the target"), "open"),
    Standing.NOT_NEARER: (message("No nearer to the target"), "warn"),
}
_HIDDEN = message("shown once the report is published")
_SOURCES = {
    PublicationState.DRAFT: message("recommended in %(year)s; the report that recommends it is not published"),
    PublicationState.WITHDRAWN: message("recommended in %(year)s; the report that recommended it was withdrawn"),
}
"""Where an item comes from, if the report that it came from does not stand."""
_RECOMMENDED = message("recommended in %(year)s")


@dataclass(frozen=True, slots=True)
class Aim:
    """An item's indicator: what it was, is and should become, in words. `standing` is word and tone of a badge, or None."""

    label: str
    baseline: str
    present: str
    target: str
    standing: tuple[str, str] | None
    caveat: str


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One review of an item."""

    year: int
    state: tuple[str, str]
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One item of the plan."""

    number: int
    title: str
    source: str
    """The year of the report it came from, and what has become of that report where it does not stand."""
    year: int
    owner: str
    milestone: str
    due: date
    overdue: bool
    state: tuple[str, str]
    aim: Aim | None
    reviews: tuple[ReviewLine, ...]
    waits: bool
    """Whether this round's review has not looked at it yet."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A recommended instrument that may be taken into the plan."""

    title: str
    does: str
    address: str
    planned: int
    """How many items of the plan it has already."""


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The plan. `offers_because` says why nothing is offered."""

    frame: Frame
    ways: tuple[Entry, ...]
    place: str
    address: str
    lines: tuple[PlanLine, ...]
    counts: tuple[tuple[str, str], ...]
    """Words and tones of badges: how many items are in each state."""
    overdue: int
    waiting: int
    untold: int
    """How many items are left out, because no report that recommends them was published."""
    offers: tuple[Offer, ...]
    offers_because: str
    draft: bool
    """Whether what is offered comes from a diagnosis that is not published."""
    may_write: bool
    csv: str


@dataclass(frozen=True, slots=True)
class AcceptPage:
    """The form that takes an instrument into the plan."""

    frame: Frame
    ways: tuple[Entry, ...]
    address: str
    back: str
    title: str
    does: str
    who_acts: str
    instrument: str
    draft: bool
    form: Filled


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """The form of one item's review."""

    frame: Frame
    ways: tuple[Entry, ...]
    address: str
    back: str
    year: int
    line: PlanLine
    form: Filled


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody may see of the figures behind a plan: those of published reports, or all."""

    years: Years
    figures: bool
    rulebase: Rulebase
    backings: Mapping[int, Backing]
    """What stands behind each item of the plan, by its number."""

    def told(self, one: Planned) -> bool:
        """Whether an item may be shown: evaluators see all, everybody else what a published report recommended."""
        return self.figures or self.backing(one).told

    def backing(self, one: Planned) -> Backing:
        """What stands behind an item."""
        return self.backings[identity(one.item)]

    def text(self, english: str) -> str:
        """Return a text of the rule base in the language of the page."""
        return rulebase_text(english, self.rulebase.version)

    @property
    def basis(self) -> Basis | None:
        """The diagnosis that instruments are offered from; None where there is none that may be seen."""
        found = self.years.basis
        return found if found is not None and (self.figures or found.state is PublicationState.PUBLISHED) else None


def sight_of(session: Session, place: Place) -> Sight:
    """Return what the account of the present request may see."""
    behind = backings(session, plan_of(session, place.cluster, until=place.round.year))
    return Sight(Years(session, place.round), may("round.diagnosis.read"), rulebase_of(place.round.rulebase_version), behind)


def shown_plan(session: Session, place: Place, sight: Sight) -> tuple[Planned, ...]:
    """Return the items of the plan that may be shown, as far as the round goes."""
    return tuple(one for one in plan_of(session, place.cluster, until=place.round.year) if sight.told(one))


@lru_cache(maxsize=8)
def rulebase_of(version: str) -> Rulebase:
    """Return a version of the rule base."""
    return load_rulebase_version(version)


def plan_page(session: Session, place: Place) -> PlanPage:
    """Return the plan as far as the round goes."""
    sight = sight_of(session, place)
    plan = shown_plan(session, place, sight)
    waiting = {one.item.id for one in due_for_review(session, place.round)} & {one.item.id for one in plan}
    may_write, address = may("plan.write"), f"{place.address}/plan"
    lines = tuple(plan_line(session, one, sight, place.desk.now.date(), waits=one.item.id in waiting) for one in plan)
    return PlanPage(
        frame=place.frame(words().say("Action plan")),
        ways=place.ways(),
        place=place.name,
        address=address,
        lines=lines,
        counts=tuple(
            (words().say(_COUNTS[state], count=count), STATES[state][1])
            for state in STATES
            if (count := sum(one.state is state for one in plan))
        ),
        overdue=sum(one.overdue for one in lines),
        waiting=len(waiting),
        untold=len(sight.backings) - len(plan),
        offers=tuple(_offers(sight, plan, address)) if may_write else (),
        offers_because=_why_nothing(sight, place.round.year),
        draft=sight.basis is not None and sight.basis.state is not PublicationState.PUBLISHED,
        may_write=may_write,
        csv=f"{place.address}/plan.csv",
    )


def plan_line(session: Session, one: Planned, sight: Sight, today: date, *, waits: bool = False) -> PlanLine:
    """Return one item as the plan shows it."""
    return PlanLine(
        number=identity(one.item),
        title=sight.text(one.item.title),
        source=words().say(_SOURCES.get(sight.backing(one).state, _RECOMMENDED), year=one.round.year),
        year=one.round.year,
        owner=one.item.owner,
        milestone=one.item.milestone,
        due=one.item.due,
        overdue=one.is_overdue(today),
        state=_state(one.state),
        aim=_aim(one, sight),
        reviews=tuple(
            ReviewLine(round_.year, _state(review.state), review.note, account_name(session, review.reviewed_by), review.reviewed_at)
            for review, round_ in one.reviews
        ),
        waits=waits,
    )


def plan_table(session: Session, place: Place) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the plan as it may be seen."""
    sight, today = sight_of(session, place), place.desk.now.date()
    lines = (plan_line(session, one, sight, today) for one in shown_plan(session, place, sight))
    return [words().say(column) for column in _COLUMNS], [_cells(line) for line in lines]


def accept_form(sight: Sight, instrument: str) -> tuple[Asked, ...] | None:
    """Return what is asked when an instrument is taken into the plan; None where it is not offered."""
    basis = sight.basis
    entry = recommendation(basis.document, instrument) if basis else None
    if basis is None or entry is None:
        return None
    behind = indicators_behind(basis.document, entry, sight.rulebase)
    choices = tuple((name, _with_value(sight, name, value_in(basis.document, name))) for name in behind)
    say = words().say
    return (
        Asked("owner", say("Who owns it"), "text", hint=say("A person or an office of the cluster."), longest=LONGEST_OWNER),
        Asked(
            "milestone",
            say("Milestone"),
            "area",
            hint=say("What will be there that is not there now, so that anybody can tell."),
            longest=LONGEST_MILESTONE,
        ),
        Asked("due", say("Due"), "date"),
        Asked(
            "indicator",
            say("Indicator that is to move"),
            "choice",
            required=False,
            hint=say("Those that the findings behind this instrument rest on, with their present values."),
            choices=(*choices, (NO_INDICATOR, say("None of these"))),
        ),
        Asked("target", say("Its target"), "number", required=False, hint=say("On the indicator’s own scale; a share as 0.25 for 25 %.")),
    )


def review_form() -> tuple[Asked, ...]:
    """Return what is asked when an item is reviewed."""
    say = words().say
    return (
        Asked("state", say("Where it stands"), "choice", choices=tuple((one.value, say(STATES[one][0])) for one in REVIEWED_AS)),
        Asked(
            "note",
            say("Notes"),
            "area",
            required=False,
            hint=say("What was done, or at least %(least)s characters why it is dropped.", least=SHORTEST_BECAUSE),
            longest=LONGEST_NOTE,
        ),
    )


def accept_page(place: Place, sight: Sight, instrument: str, form: Filled) -> AcceptPage:
    """Return the form that takes an instrument into the plan. Raises LookupError where it is not offered."""
    basis = sight.basis
    entry = recommendation(basis.document, instrument) if basis else None
    if basis is None or entry is None:
        raise LookupError(instrument)
    return AcceptPage(
        frame=place.frame(words().say("Take an instrument into the plan"), (words().say("Action plan"), "plan")),
        ways=place.ways(),
        address=f"{place.address}/plan/accept",
        back=f"{place.address}/plan",
        title=sight.text(entry["name"]),
        does=sight.text(entry["does"]),
        who_acts=sight.text(entry["who_acts"]),
        instrument=instrument,
        draft=basis.state is not PublicationState.PUBLISHED,
        form=form,
    )


def review_page(session: Session, place: Place, one: Planned, form: Filled) -> ReviewPage:
    """Return the form of one item's review."""
    back = f"{place.address}/plan"
    line = plan_line(session, one, sight_of(session, place), place.desk.now.date())
    around = place.frame(words().say("Review an item"), (words().say("Action plan"), "plan"))
    return ReviewPage(around, place.ways(), f"{back}/{line.number}/review", back, place.round.year, line, form)


def _offers(sight: Sight, plan: tuple[Planned, ...], address: str) -> Iterator[Offer]:
    for entry in sight.basis.document.get("instruments", ()) if sight.basis else ():
        planned = sum(one.item.instrument == entry["id"] and one.state in OPEN for one in plan)
        yield Offer(sight.text(entry["name"]), sight.text(entry["does"]), f"{address}/accept?instrument={entry['id']}", planned)


def _why_nothing(sight: Sight, year: int) -> str:
    if sight.basis is not None:
        return words().say("The diagnosis of %(year)s recommends no instrument.", year=year)
    if sight.years.basis is not None:
        return words().say("Wait until the report of %(year)s is published: what it recommends can be taken into the plan then.", year=year)
    return words().say(
        "Wait until the round of %(year)s is closed and diagnosed: the plan takes up what the diagnosis recommends.", year=year
    )


def _state(state: ActionState) -> tuple[str, str]:
    word, tone = STATES[state]
    return words().say(word), tone


def _aim(one: Planned, sight: Sight) -> Aim | None:
    """Return what may be said of an item's indicator: figures only of reports that stand, for who may not read every diagnosis."""
    item = one.item
    if item.indicator is None:
        return None
    told = sight.figures or sight.backing(one).baseline
    progress = sight.years.progress(one) if sight.basis is not None else None
    return Aim(
        label=_label(sight, item.indicator),
        baseline=_value(sight, item.indicator, item.baseline) if told else words().say(_HIDDEN),
        present=_present(sight, item.indicator, progress),
        target=_value(sight, item.indicator, item.target),
        standing=_standing(progress) if told else None,
        caveat=words().say(progress.caveat) if progress is not None and told else "",
    )


def _present(sight: Sight, indicator: str, progress: Progress | None) -> str:
    if progress is not None:
        return _value(sight, indicator, progress.present)
    return words().say(_HIDDEN) if sight.years.basis is not None else words().say("not diagnosed yet")


def _standing(progress: Progress | None) -> tuple[str, str] | None:
    found = _STANDINGS.get(progress.standing) if progress is not None else None
    return (words().say(found[0]), found[1]) if found is not None else None


def _label(sight: Sight, indicator: str) -> str:
    known = sight.rulebase.indicators.get(indicator)
    return sight.text(str(known.label)) if known is not None else indicator


def _value(sight: Sight, indicator: str, value: Said) -> str:
    known = sight.rulebase.indicators.get(indicator)
    scale = known.scale if known is not None else Scale.NUMBER
    if value is None:
        return words().say(UNKNOWN)
    text = figure(Decimal(str(value)), scale)
    return words().say(text) if scale is Scale.FLAG else words().number(text)


def _with_value(sight: Sight, indicator: str, value: Said) -> str:
    shown = _value(sight, indicator, value)
    return words().say("%(indicator)s (now %(value)s)", indicator=_label(sight, indicator), value=shown)


def _cells(line: PlanLine) -> list[str]:
    aim = line.aim
    figures = (aim.label, aim.baseline, aim.present, aim.target, aim.standing[0] if aim.standing else "") if aim else ("",) * 5
    note = line.reviews[-1].note if line.reviews else ""
    overdue = words().say("overdue") if line.overdue else ""
    return [line.title, line.owner, line.milestone, line.due.isoformat(), line.state[0], overdue, *figures, note, str(line.year)]
