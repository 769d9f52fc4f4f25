"""A member's own answers beside the figures released for the cluster, with advice for member executives."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

from sqlmodel import Session

from assess.definitions.indicators import Indicator
from assess.definitions.library import load_rulebase_version
from assess.definitions.questionnaire_items import Group, Item
from assess.definitions.rules import Audience
from assess.definitions.scales import Scale, range_of, written
from assess.definitions.texts import DEFAULT_LANGUAGE
from assess.definitions.words import Words
from assess.engine.answers import Problem, Unanswered, parse
from assess.engine.scoring import score
from assess.store.queries import released_cells
from assess.store.tables import ReleasedCell, StoredDiagnosis
from assess.web.pages.frames import Frame, frame
from assess.web.sentences import KINDS, in_words, shown
from assess.web.visits import Visit
from assess.workflow import responses
from assess.workflow.publications import published_of
from assess.workflow.rows import required

Cells: TypeAlias = Mapping[tuple[str, str], ReleasedCell]
"""Released figures by indicator and kind of member."""

_ALL = "all"
_WIDTH = Decimal(200)
_MARGIN = Decimal(8)


@dataclass(frozen=True, slots=True)
class Figure:
    """A released figure, or why there is none."""

    says: str
    n: int | None
    x: str
    """Where its mark stands on the picture; empty where there is none."""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One indicator: what the member said, what the cluster said."""

    label: str
    label_language: str
    questions: tuple[tuple[str, str], ...]
    """Each question with the member's own answer."""
    own: str
    own_x: str
    cluster: Figure
    kind: Figure


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """The page of a member's own."""

    frame: Frame
    member: str
    kind: str
    closes_at: datetime
    released: bool
    k: str
    submitted: bool
    sections: tuple[tuple[str, tuple[ResultRow, ...]], ...]
    published: bool
    """Whether the round has a published report that stands."""
    advice: tuple[str, ...]
    """In the language of the diagnosis."""
    advice_language: str


def results_page(session: Session, visit: Visit, *, k: int) -> ResultsPage:
    """Return the member's page; without figures until they are released, because a live count would tell who answered what."""
    submission = responses.last_submission(session, visit.response) if visit.response else None
    own = responses.submitted_answers(session, submission) if submission else {}
    cells = released_cells(session, visit.invitation.round_id) if visit.released else {}
    kind = visit.standing.kind
    return ResultsPage(
        frame=frame(visit),
        member=visit.member.name,
        kind=visit.words.say(KINDS[kind]) if kind else "",
        closes_at=visit.round.closes_at,
        released=visit.released,
        k=in_words(k, visit.words),
        submitted=submission is not None,
        sections=tuple(_sections(visit, own, cells)) if cells else (),
        published=published_of(session, visit.round) is not None,
        advice=_advice(session, visit) if visit.released else (),
        advice_language=DEFAULT_LANGUAGE,
    )


def _sections(visit: Visit, own: Mapping[str, str], cells: Cells) -> Iterator[tuple[str, tuple[ResultRow, ...]]]:
    indicators = _indicators(visit.round.rulebase_version)
    for group in visit.questionnaire.sections:
        rows = tuple(_row(indicators[name], items, visit, own, cells) for name, items in _asked(group, visit, cells, indicators).items())
        if rows and group.label is not None:
            yield group.label.in_language(visit.language), rows


def _asked(group: Group, visit: Visit, cells: Cells, indicators: Mapping[str, Indicator]) -> dict[str, list[Item]]:
    """Return the section's questions to this kind of member, by the indicator they feed."""
    found: dict[str, list[Item]] = {}
    for item in group.items:
        if item.indicator in indicators and item.asks(visit.standing.kind) and (item.indicator, _ALL) in cells:
            found.setdefault(item.indicator or "", []).append(item)
    return found


def _row(indicator: Indicator, items: list[Item], visit: Visit, own: Mapping[str, str], cells: Cells) -> ResultRow:
    scale, mine = indicator.scale, _mean(items, own)
    kind = cells.get((indicator.id, visit.standing.kind or ""))
    return ResultRow(
        label=indicator.label.in_language(visit.words.language),
        label_language=visit.words.language if visit.words.language in indicator.label else DEFAULT_LANGUAGE,
        questions=tuple((i.label.in_language(visit.language), shown(i, own.get(i.name, ""), visit.language)) for i in items),
        own=_says(mine, scale, visit.words) if mine is not None else "–",
        own_x=_place(mine, scale),
        cluster=_figure(cells[indicator.id, _ALL], scale, visit.words),
        kind=_figure(kind, scale, visit.words) if kind else _not_shown(visit.words),
    )


def _mean(items: list[Item], own: Mapping[str, str]) -> Decimal | None:
    """Return what the member's answers are worth on the indicator's scale; None where there is no answer."""
    answers = [(item, parse(item, own.get(item.name))) for item in items]
    values = [score(item, answer) for item, answer in answers if not isinstance(answer, Problem | Unanswered)]
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) / len(known) if known else None


def _figure(cell: ReleasedCell, scale: Scale, words: Words) -> Figure:
    if cell.value is None:
        return _not_shown(words)
    value = Decimal(cell.value)
    return Figure(_says(value, scale, words), cell.n, _place(value, scale))


def _not_shown(words: Words) -> Figure:
    return Figure(words.say("not shown"), None, "")


def _says(value: Decimal, scale: Scale, words: Words) -> str:
    if scale is Scale.FLAG:
        return words.say("yes") if value else words.say("no")
    return words.number(written(value, scale))


def _place(value: Decimal | None, scale: Scale) -> str:
    """Return where a value stands on a picture 200 units wide; only bounded scales have one."""
    if value is None or scale not in (Scale.LIKERT, Scale.SHARE, Scale.FLAG):
        return ""
    low, high = range_of(scale)
    return f"{_MARGIN + (value - low) / (high - low) * (_WIDTH - 2 * _MARGIN):.1f}"


def _advice(session: Session, visit: Visit) -> tuple[str, ...]:
    """Return the advice of the published report; that of a draft or a withdrawn report is nobody's yet, or nobody's any more."""
    report = published_of(session, visit.round)
    if report is None:
        return ()
    diagnosis = required(session, StoredDiagnosis, report.diagnosis_id)
    found = json.loads(diagnosis.document).get("advice", {}).get(Audience.EXECUTIVES.value, [])
    return tuple(str(advice["text"]) for advice in found)


@lru_cache(maxsize=8)
def _indicators(version: str) -> Mapping[str, Indicator]:
    return load_rulebase_version(version).indicators
