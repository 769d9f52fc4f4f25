"""Figures that an evaluator replaced: which hold, what the answers gave, why, who and when; and the form for one more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session
from werkzeug.datastructures import MultiDict

from assess.definitions.indicators import Indicator
from assess.definitions.rulebase import Rulebase
from assess.definitions.scales import Scale, range_of, written
from assess.engine.measures import Measure
from assess.reports.names import NO, UNKNOWN, YES
from assess.store.steering_tables import Override
from assess.store.tables import RoundState
from assess.web.finding_pages.case import rulebase_of
from assess.web.forms import Asked, Filled, filled
from assess.web.frames import Entry, Frame
from assess.web.wording import label_of, words
from assess.web.workbench_pages.evidence import area_of, figure_written, n_written, origin_written, reason_written, value_written
from assess.web.workbench_pages.place import Place, account_name
from assess.workflow import overrides
from assess.workflow.overrides import LONGEST_REASON, SHORTEST_REASON
from assess.workflow.publications import published_of
from assess.workflow.rows import identity


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """One override, as it is listed."""

    number: int
    indicator: str
    area: str
    before: str
    """What the answers gave when it was made, with n and who stated it."""
    present: str
    """What they give now; empty where that is the same."""
    after: str
    reason: str
    who: str
    made_at: datetime
    state: tuple[str, str]
    holds: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """An indicator that can be replaced, with what the answers give."""

    name: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class OverridesPage:
    """The overrides of a round. `refusal` says why none can be made or withdrawn now."""

    frame: Frame
    ways: tuple[Entry, ...]
    place: str
    address: str
    rows: tuple[OverrideRow, ...]
    form: Filled
    choices: tuple[tuple[str, tuple[Choice, ...]], ...]
    """Indicators by area."""
    refusal: str


def overrides_page(session: Session, place: Place, *, indicator: str = "", form: Filled | None = None) -> OverridesPage:
    """Return the overrides of a round; `indicator` is chosen already, `form` is what was sent and refused."""
    rulebase = rulebase_of(place.round)
    measures = overrides.measures_of_round(session, place.round, rulebase, place.desk.now)
    holding = {identity(row) for row in overrides.overrides_of(session, place.round)}
    rows = sorted(overrides.history(session, place.round), key=lambda row: (identity(row) not in holding, -identity(row)))
    shown = form or filled(asked(rulebase), stored={"indicator": indicator})
    chosen = next((field.value for field in shown.fields if field.asked.name == "indicator"), "")
    return OverridesPage(
        frame=place.frame(words().say("Overrides")),
        ways=place.ways(),
        place=place.name,
        address=place.address,
        rows=tuple(_row(session, row, rulebase, measures, identity(row) in holding) for row in rows),
        form=shown,
        choices=_choices(rulebase, measures, chosen),
        refusal=_refusal(session, place),
    )


def asked(rulebase: Rulebase) -> tuple[Asked, ...]:
    """Return what the form of an override asks."""
    names = tuple((name, label_of(one, rulebase.version)) for name, one in rulebase.indicators.items())
    say = words().say
    scale = say("On the scale that stands behind the indicator.")
    reason = say(
        "%(number)s characters or more. The report prints it beside the figure, so name your source and no member.", number=SHORTEST_REASON
    )
    return (
        Asked("indicator", say("Indicator"), "choice", choices=names),
        Asked("value", say("Value that holds instead"), "text", required=False, hint=scale, longest=40),
        Asked("unknown", say("Take it for unknown"), "tick", required=False),
        Asked("reason", say("Reason"), "area", hint=reason, longest=LONGEST_REASON),
    )


def sent_override(rulebase: Rulebase, data: MultiDict[str, str]) -> tuple[Filled, Decimal | None]:
    """Read the form of an override, and the value that it states (None: unknown)."""
    form = filled(asked(rulebase), data)
    text, unknown = str(form.values["value"]), bool(form.values["unknown"])
    if bool(text) == unknown:
        if text:
            return form.refused(words().say("Keep one of the two: the value, or the tick."), "value"), None
        return form.refused(words().say("Give a value, or tick that it is to be taken for unknown."), "value"), None
    indicator = rulebase.indicators.get(str(form.values["indicator"]))
    value = _number(text, indicator.scale if indicator else Scale.NUMBER) if text else None
    if text and value is None:
        return form.refused(words().say("Write a number, such as 12 or 0.5; for yes or no write 1 or 0."), "value"), None
    return form, value


def _number(text: str, scale: Scale) -> Decimal | None:
    """Read a number; a share or rate may be written in per cent."""
    spelled = {"yes": "1", "no": "0", words().say(YES): "1", words().say(NO): "0"} if scale is Scale.FLAG else {}
    percent = text.endswith("%") and scale in (Scale.SHARE, Scale.RATE)
    plain = spelled.get(text.casefold(), text.removesuffix("%").strip() if percent else text)
    number = filled((Asked("value", "Value", "number"),), MultiDict({"value": plain})).values["value"]
    if not isinstance(number, Decimal):
        return None
    return number / 100 if percent else number


def _row(session: Session, row: Override, rulebase: Rulebase, measures: Mapping[str, Measure], holds: bool) -> OverrideRow:
    indicator = rulebase.indicators[row.indicator]
    before = Measure.from_json(row.indicator, json.loads(row.before))
    moved = holds and overrides.made_on_other_answers(row, dict(measures))
    return OverrideRow(
        number=identity(row),
        indicator=label_of(indicator, rulebase.version),
        area=area_of(indicator),
        before=_stated(before, indicator.scale),
        present=_stated(measures[row.indicator], indicator.scale) if moved else "",
        after=words().say(UNKNOWN) if row.value is None else figure_written(Decimal(row.value), indicator.scale),
        reason=row.reason,
        who=account_name(session, row.account_id),
        made_at=row.made_at,
        state=_state(row, holds, moved),
        holds=holds,
    )


def _state(row: Override, holds: bool, moved: bool) -> tuple[str, str]:
    if holds:
        return (words().say("Answers changed since"), "warn") if moved else (words().say("Holds"), "good")
    return (words().say("Withdrawn") if row.withdrawn_at is not None else words().say("Replaced")), "none"


def _stated(measure: Measure, scale: Scale) -> str:
    if measure.value is None:
        return words().say(UNKNOWN) + (f" ({reason_written(measure)})" if measure.reason else "")
    n = f", n = {n_written(measure)}" if measure.n is not None else ""
    return f"{value_written(measure, scale)} ({origin_written(measure)}{n})"


def _choices(rulebase: Rulebase, measures: Mapping[str, Measure], chosen: str) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    groups: dict[str, list[Choice]] = {}
    for name, indicator in rulebase.indicators.items():
        label = words().say(
            "%(indicator)s – %(scale)s; now %(value)s",
            indicator=label_of(indicator, rulebase.version),
            scale=_scale(indicator),
            value=value_written(measures[name], indicator.scale),
        )
        groups.setdefault(area_of(indicator), []).append(Choice(name, label, name == chosen))
    return tuple((area, tuple(choices)) for area, choices in groups.items())


def _scale(indicator: Indicator) -> str:
    if indicator.scale is Scale.FLAG:
        return words().say("yes or no")
    if indicator.scale in (Scale.SHARE, Scale.RATE):
        return words().say("%(share)s for %(percent)s", share=words().number("0.25"), percent="25 %")
    low, high = range_of(indicator.scale)
    least, most = (words().number(written(bound, indicator.scale)) for bound in (low, high))
    return words().say("%(low)s to %(high)s", low=least, high=most)


def _refusal(session: Session, place: Place) -> str:
    if place.round.state is not RoundState.CLOSED:
        return words().say("Figures can be replaced once the round is closed: until then answers may still change them.")
    published = published_of(session, place.round)
    if published is not None:
        return words().say(
            "The report %(number)s is published. Withdraw it first to replace a figure: its figures stand until then.",
            number=published.number,
        )
    return ""
