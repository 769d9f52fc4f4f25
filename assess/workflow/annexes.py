"""Puts together what a report shows beside its diagnosis: first read from the store, then reckoned outside of any transaction.

An annex that is to be published tells of other rounds and of the plan only what rests on published reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from assess.content import content_folder
from assess.definitions.indicators import Origin
from assess.definitions.library import load_rulebase_version
from assess.definitions.questionnaire_items import MemberKind
from assess.definitions.rulebase import Rulebase
from assess.engine.annex import Action, Beside, EarlierYear, NoStability, empty_annex, sealed
from assess.engine.answers import ResponseSet
from assess.engine.breakdown import FEWEST_SHOWN, participation
from assess.engine.group_levels import GroupLevels, ReleasedFigure, group_levels
from assess.engine.measures import Measure
from assess.engine.reckoning import following
from assess.engine.resampling import Stability, resample
from assess.engine.what_if import measures_of
from assess.errors import AssessError
from assess.store.queries import released_cells, round_progress
from assess.store.tables import Cluster, ReleasedCell, Round, StoredDiagnosis
from assess.workflow.answers_behind import Change, answers_behind
from assess.workflow.comparisons import with_earlier_rounds, with_peers
from assess.workflow.plans import Planned, plan_of
from assess.workflow.publications import published_of
from assess.workflow.releases import ALL, LEAST_K, cells_of
from assess.workflow.rows import identity, required

RESAMPLES, SEED = 1000, 1
_NONE_DRAWN = {Change.ERASED: NoStability.ERASED, Change.OVERRIDES: NoStability.STALE, Change.ANSWERS: NoStability.STALE}


@dataclass(frozen=True, slots=True)
class Gathered:
    """What an annex is made of, read from the store. Without a rule base nothing can be reckoned, and the annex says nothing."""

    document: Mapping[str, Any]
    rulebase: Rulebase | None
    sets: tuple[ResponseSet, ...]
    beside: Beside


def gather(session: Session, diagnosis: StoredDiagnosis, document: Mapping[str, Any], *, now: datetime, to_publish: bool) -> Gathered:
    """Read what the annex of a diagnosis is made of; with `to_publish`, nothing that rests on an unpublished report of another year."""
    rulebase = rulebase_behind(document)
    if rulebase is None:
        return Gathered(document, None, (), Beside())
    round_ = required(session, Round, diagnosis.round_id)
    behind = answers_behind(session, diagnosis, document, rulebase, now)
    earlier = with_earlier_rounds(session, diagnosis, only_published=to_publish)
    beside = Beside(
        no_stability=_NONE_DRAWN.get(behind.change, NoStability.DRAWN),
        groups=_groups(session, round_, rulebase),
        earlier=[EarlierYear(one.number, one.comparison) for one in earlier],
        peers=with_peers(session, diagnosis),
        plan=list(_plan(session, round_, only_published=to_publish)),
    )
    return Gathered(document, rulebase, behind.sets, beside)


def reckoned(gathered: Gathered) -> dict[str, Any]:
    """Make the annex; takes up to two seconds, and looks at no database."""
    document, rulebase = gathered.document, gathered.rulebase
    if rulebase is None:
        return empty_annex(document)
    stability, why_none = stability_of(measures_of(document), gathered.sets, rulebase, document["round"]["year"])
    beside = replace(gathered.beside, stability=stability, no_stability=gathered.beside.no_stability or why_none)
    return sealed(document, following(document, rulebase), beside)


def annex_of_responses(document: Mapping[str, Any], sets: Sequence[ResponseSet], rulebase: Rulebase) -> dict[str, Any]:
    """Make the annex of a diagnosis of files of responses: levels by kind of member under the rules of a release, nothing of elsewhere."""
    members = [found for found in sets if found.questionnaire.respondent is Origin.MEMBER]
    cells = [cell for found in members for cell in cells_of(found, rulebase.indicators, rulebase.weightings, FEWEST_SHOWN)]
    figures = (ReleasedFigure(one.indicator, MemberKind(one.kind), one.value, one.n) for one in cells if one.kind != ALL)
    answered = {kind: n for found in members for kind, n in participation(found).organisations.items()}
    stability, why_none = stability_of(measures_of(document), sets, rulebase, document["round"]["year"])
    groups = group_levels(figures, rulebase, {}, answered, FEWEST_SHOWN)
    return sealed(document, following(document, rulebase), Beside(stability=stability, no_stability=why_none, groups=groups))


def stability_of(
    measures: Mapping[str, Measure], sets: Iterable[ResponseSet], rulebase: Rulebase, year: int
) -> tuple[Stability | None, NoStability]:
    """Draw the members who answered again; say why not where no figure rests on them."""
    answered = tuple(sets)
    if not answered or not any(measure.n for measure in measures.values()):
        return None, NoStability.NOBODY
    return resample(answered, measures, rulebase, year, times=RESAMPLES, seed=SEED), NoStability.DRAWN


def rulebase_behind(document: Mapping[str, Any]) -> Rulebase | None:
    """The rule base that a diagnosis was made with; None where it is not installed as it was."""
    try:
        found = _loaded(content_folder("rules"), str(document["rulebase"]["version"]))
    except AssessError:
        return None
    return found if found.digest == document["rulebase"]["digest"] else None


@lru_cache(maxsize=4)
def _loaded(_folder: Path, version: str) -> Rulebase:
    return load_rulebase_version(version)


def _groups(session: Session, round_: Round, rulebase: Rulebase) -> GroupLevels | None:
    """Only what was released goes in; the numbers of answers are told by the same least number of organisations, five at most."""
    cells = [cell for cell in released_cells(session, identity(round_)).values() if cell.kind != ALL]
    progress = {MemberKind(one.kind): one for one in round_progress(session, identity(round_)) if one.kind in set(MemberKind)}
    k = max(min((cell.n for cell in cells if cell.n is not None and cell.n < FEWEST_SHOWN), default=FEWEST_SHOWN), LEAST_K)
    asked = {kind: one.invited for kind, one in progress.items()}
    answered = {kind: one.submitted for kind, one in progress.items()}
    return group_levels((_figure(cell) for cell in cells), rulebase, asked, answered, k)


def _figure(cell: ReleasedCell) -> ReleasedFigure:
    return ReleasedFigure(cell.indicator, MemberKind(cell.kind), None if cell.value is None else Decimal(cell.value), cell.n)


def _plan(session: Session, round_: Round, *, only_published: bool) -> Iterator[Action]:
    cluster = required(session, Cluster, round_.cluster_id)
    years = {one.year: one for one in session.exec(select(Round).where(col(Round.cluster_id) == identity(cluster)))}
    for planned in plan_of(session, cluster, until=round_.year):
        own = planned.round.id == round_.id
        if own or not only_published or not planned.item.instrument or published_of(session, years[planned.round.year]) is not None:
            yield _action(planned)


def _action(planned: Planned) -> Action:
    item = planned.item
    return Action(
        instrument=item.instrument or None,
        title=item.title,
        owner=item.owner,
        milestone=item.milestone,
        due=item.due.isoformat() if item.due else None,
        indicator=item.indicator,
        baseline=None if item.baseline is None else Decimal(item.baseline),
        target=None if item.target is None else Decimal(item.target),
        state=planned.state.value,
        because=item.because,
        year=planned.round.year,
    )
