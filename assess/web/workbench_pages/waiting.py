"""What waits for somebody in a round, by what the account may do there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from assess.store.queries import last_diagnosis, round_progress
from assess.store.tables import Cluster, Response, ResponseState, Round, RoundState
from assess.web.desks import may
from assess.web.wording import words
from assess.web.workbench_pages.place import address_of
from assess.workflow import responses
from assess.workflow.evaluator_sheet import QUESTIONNAIRE, sheet_of
from assess.workflow.pinned import asked
from assess.workflow.publications import PublicationState, needs_four_eyes, publication_of, published_of, state_of
from assess.workflow.ratings import agreement
from assess.workflow.released import is_released
from assess.workflow.rows import identity
from assess.workflow.sheets import open_carried

FAR = 2
"""Steps between two evaluators' ratings of an item from which on they are to talk about it: one step is wording and mood."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to be done, where it is done, and the tone of its badge."""

    text: str
    address: str
    tone: str = "open"


def waiting_of(session: Session, cluster: Cluster, round_: Round, now: datetime) -> tuple[Waiting, ...]:
    """Return what waits in a round for the account of the present request."""
    address = address_of(cluster, round_)
    found = [*_running(session, round_, address, now)] if may("round.progress.read", cluster_id=round_.cluster_id) else []
    if may("round.sheet.write", cluster_id=round_.cluster_id):
        found += [*_sheet(session, round_, address), *_ratings(session, round_, address), *_reopened(session, round_, address)]
    if may("round.approve", cluster_id=round_.cluster_id):
        found += _diagnosis(session, round_, address)
    return tuple(found)


def _running(session: Session, round_: Round, address: str, now: datetime) -> Iterator[Waiting]:
    invites = may("round.invite", cluster_id=round_.cluster_id)
    if round_.state is RoundState.PLANNED and invites:
        yield Waiting(words().say("Look through the list of members before the round opens"), f"{address}/members")
    elif round_.state is RoundState.OPEN and now >= round_.closes_at:
        yield Waiting(words().say("The closing time is over: the round is about to be closed"), address, "warn")
    elif round_.state is RoundState.OPEN and invites:
        progress = round_progress(session, identity(round_))
        silent = sum(one.invited - one.submitted for one in progress)
        if not progress:
            yield Waiting(words().say("Nobody is invited yet"), f"{address}/invitations", "warn")
        elif silent > 0:
            sentence = words().several(silent, "%(num)s member has not handed in yet", "%(num)s members have not handed in yet")
            yield Waiting(sentence, f"{address}/invitations")


def _sheet(session: Session, round_: Round, address: str) -> Iterator[Waiting]:
    if round_.state is RoundState.PLANNED or not _asks_sheet(session, round_):
        return
    sheet = sheet_of(session, round_)
    if is_released(session, identity(round_)):
        return
    if sheet is None:
        yield Waiting(words().say("The evaluator’s sheet is not begun"), f"{address}/sheet")
        return
    if waiting := len(open_carried(session, sheet)):
        sentence = words().several(
            waiting, "%(num)s answer of an earlier year to confirm or change", "%(num)s answers of an earlier year to confirm or change"
        )
        yield Waiting(sentence, f"{address}/sheet")
    if responses.last_submission(session, sheet) is None:
        yield Waiting(words().say("The evaluator’s sheet is not handed in"), f"{address}/sheet")
    elif sheet.state is ResponseState.REOPENED:
        yield Waiting(words().say("The evaluator’s sheet was reopened: hand it in again"), f"{address}/sheet", "warn")


def _ratings(session: Session, round_: Round, address: str) -> Iterator[Waiting]:
    if not _asks_sheet(session, round_):
        return
    for compared in agreement(session, round_):
        far = sum(pair.distance is not None and abs(pair.distance) >= FAR for pair in compared.items)
        if far:
            sentence = words().several(
                far,
                "Two evaluators lie %(steps)s steps or more apart on %(num)s item",
                "Two evaluators lie %(steps)s steps or more apart on %(num)s items",
                steps=FAR,
            )
            yield Waiting(sentence, f"{address}/ratings", "warn")


def _reopened(session: Session, round_: Round, address: str) -> Iterator[Waiting]:
    mine = (col(Response.round_id) == identity(round_), col(Response.state) == ResponseState.REOPENED)
    rows = session.exec(select(Response.id).where(*mine, col(Response.questionnaire) != QUESTIONNAIRE)).all()
    if rows:
        sentence = words().several(
            len(rows), "%(num)s reopened response is not handed in again", "%(num)s reopened responses are not handed in again"
        )
        yield Waiting(sentence, f"{address}/responses")


def _diagnosis(session: Session, round_: Round, address: str) -> Iterator[Waiting]:
    if round_.state is not RoundState.CLOSED or published_of(session, round_) is not None:
        return
    diagnosis = last_diagnosis(session, identity(round_))
    if diagnosis is None:
        yield Waiting(words().say("The round is closed and not diagnosed"), f"{address}/diagnosis")
        return
    publication = publication_of(session, diagnosis)
    if state_of(publication) is PublicationState.DRAFT:
        yield Waiting(words().say("The diagnosis waits for approval"), f"{address}/publication")
    elif state_of(publication) is PublicationState.APPROVED and publication is not None:
        lacks_eyes = publication.seconded_at is None and needs_four_eyes(session, round_)
        sentence = words().say("The report waits for a second evaluator") if lacks_eyes else words().say("The report can be published")
        yield Waiting(sentence, f"{address}/publication")


def _asks_sheet(session: Session, round_: Round) -> bool:
    return any(pin.questionnaire == QUESTIONNAIRE for pin in asked(session, identity(round_)))
