"""The evaluator's sheet: begun by whoever opens it, prefilled from the year before, every carried answer judged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from assess.definitions.questionnaire_items import Item, ItemType, MappingKind, Questionnaire
from assess.engine.answers import Problem, parse
from assess.engine.year_comparison import items_then
from assess.store.staff_tables import Account
from assess.store.steering_tables import CarriedAnswer, Verdict
from assess.store.tables import Cluster, Member, Response, ResponseState, Round, RoundState
from assess.workflow import audit, clusters, responses
from assess.workflow.answer_rows import texts, texts_at
from assess.workflow.evaluator_sheet import OPENED, QUESTIONNAIRE, has_opened, sheet_of, sheet_questionnaire
from assess.workflow.page_saving import Conflict, plain
from assess.workflow.pinned import asked
from assess.workflow.ratings import may_see_first
from assess.workflow.refusals import Taken, Unfit, Unreadable
from assess.workflow.released import is_released
from assess.workflow.rows import added, identity, locked, required

SHORTEST_BECAUSE = 10
LONGEST_BECAUSE = 1000
_NAME = "The evaluator"
_CARRIED = (MappingKind.SAME, MappingKind.REWORDED)
"""An answer on another scale, or to a question that was split or merged, says something else now."""
_NOT_CARRIED = frozenset({ItemType.FILE, ItemType.ACKNOWLEDGE})
"""A file belongs to the response it was attached to, and what was acknowledged must be acknowledged again."""


def open_sheet(session: Session, round_: Round, *, account_id: int, now: datetime) -> Response:
    """Open the round's first sheet for an account, begun now if it is the first time; the cluster gets its evaluator if it has none.

    The sheet can be written until the members' figures are released, also after the round has closed. Whoever has opened it
    no longer rates blind. Raises Unfit for a second rater who has not finished, for a round that was not opened yet, and for a
    sheet that is begun only after the release.
    """
    locked(session, round_)
    if not may_see_first(session, round_, account_id):
        raise Unfit("Finish your own ratings first: the first evaluator's sheet would no longer leave you blind.")
    response = sheet_of(session, round_) or _begun(session, round_, account_id, now)
    actor = f"account/{account_id}"
    if not has_opened(session, round_, account_id):
        audit.record(session, actor=actor, verb=OPENED, subject=f"round/{round_.id}", now=now, details={"response": response.id})
    if (
        response.state is ResponseState.DRAFT
        and not responses.may_change(session, response, now)
        and not is_released(session, identity(round_))
    ):
        responses.reopen(session, response, actor=actor, reason="The evaluator's sheet is written until figures are released.", now=now)
    return response


def prefill(session: Session, round_: Round, *, now: datetime, actor: str = audit.SYSTEM) -> tuple[CarriedAnswer, ...]:
    """Carry over what the sheet of the last earlier round that handed one in says, for an evaluator to judge; return what is new.

    Items find together by what the newer questionnaire declares, else by name; what does not fit the newer item any more, and
    what is answered already, is left out. Done again it carries nothing twice. Raises Unfit before the sheet was opened.
    """
    response = sheet_of(session, round_)
    if response is None:
        raise Unfit("Open the sheet of this round first; then it can be prefilled.")
    locked(session, response)
    source = _last_sheet(session, round_)
    if source is None:
        return ()
    earlier, answers, then = source
    known = {item for item, _ in texts(session, response)} | {one.item for one in carried(session, response)}
    rows = tuple(
        CarriedAnswer(response_id=identity(response), item=item.name, before=raw, from_year=earlier.year)
        for item, raw in _carried_over(sheet_questionnaire(session, round_), then, answers)
        if item.name not in known
    )
    if rows:
        session.add_all(rows)
        session.flush()
        details: dict[str, str | int | None] = {"from_year": earlier.year, "answers": len(rows)}
        audit.record(session, actor=actor, verb="prefill", subject=f"response/{response.id}", now=now, details=details)
    return rows


def judge_carried(
    session: Session, response: Response, item: str, verdict: Verdict, *, because: str = "", raw: str = "", actor: str, now: datetime
) -> CarriedAnswer:
    """Say that a carried answer still holds, which answers the item with it, or that it changed, why, and what it is now.

    Until then it is no answer. Raises Unfit for an item that was not carried or whose new answer cannot be read, for a change
    without a reason, Taken when it was judged before; and what `responses.save` raises when the sheet cannot be written.
    """
    locked(session, response)
    row = next((one for one in carried(session, response) if one.item == item), None)
    if row is None:
        raise Unfit("Answer this question in the sheet itself: nothing was carried over for it.")
    if row.verdict is not None:
        raise Taken("Change the answer in the sheet itself: what was carried over has been judged before.")
    round_ = required(session, Round, response.round_id)
    asked_now = sheet_questionnaire(session, round_).item(item)
    said = " ".join(because.split())
    text = row.before if verdict is Verdict.CONFIRMED else _changed(asked_now, row, said, plain(raw))
    page = {"section": asked_now.section, "answers": {item: text}, "seen_revision": response.revision}
    if isinstance(responses.save(session, response, **page, key=f"carried-{row.id}", now=now), Conflict):  # type: ignore[arg-type]
        raise Taken("Load the sheet again: somebody has answered this question just now.")
    row.verdict, row.because, row.judged_at = verdict, said[:LONGEST_BECAUSE], now
    added(session, row)
    details: dict[str, str | int | None] = {"item": item, "verdict": verdict.value}
    audit.record(session, actor=actor, verb="judge_carried", subject=f"response/{response.id}", now=now, details=details)
    return row


def carried(session: Session, response: Response) -> tuple[CarriedAnswer, ...]:
    """Every answer that was carried over into a sheet, judged or not, in the order it was carried."""
    mine = select(CarriedAnswer).where(col(CarriedAnswer.response_id) == identity(response))
    return tuple(session.exec(mine.order_by(col(CarriedAnswer.id))))


def open_carried(session: Session, response: Response) -> tuple[CarriedAnswer, ...]:
    """The carried answers that wait for a verdict; they count for nothing."""
    return tuple(row for row in carried(session, response) if row.verdict is None)


def _begun(session: Session, round_: Round, account_id: int, now: datetime) -> Response:
    if round_.state is RoundState.PLANNED:
        raise Unfit("Open the round first: its questionnaires may still change.")
    if is_released(session, identity(round_)):
        raise Unfit("Write the sheet in the next round: the figures of this one are released, and nothing of it may change.")
    version = sheet_questionnaire(session, round_).version
    member = _evaluator(session, round_, account_id, now)
    row = Response(round_id=identity(round_), member_id=identity(member), questionnaire=QUESTIONNAIRE, version=version, created_at=now)
    try:
        with session.begin_nested():
            return added(session, row)
    except IntegrityError:  # the same member's own link began it between our question and our row
        other = sheet_of(session, round_)
        if other is None:
            raise
        return other


def _evaluator(session: Session, round_: Round, account_id: int, now: datetime) -> Member:
    """The cluster's member of kind evaluator, added under the account's address if there is none."""
    mine = (col(Member.cluster_id) == round_.cluster_id, col(Member.kind) == QUESTIONNAIRE, col(Member.active).is_(True))
    found = session.exec(select(Member).where(*mine).order_by(col(Member.id))).first()
    if found is not None:
        return found
    cluster, email = required(session, Cluster, round_.cluster_id), required(session, Account, account_id).email
    actor = f"account/{account_id}"
    return clusters.add_member(session, cluster, name=_NAME, kind=QUESTIONNAIRE, email=email, now=now, actor=actor)


def _last_sheet(session: Session, round_: Round) -> tuple[Round, dict[str, str], Questionnaire] | None:
    """The last earlier round of the cluster whose sheet was handed in, its answers outside repeats, and what it asked."""
    before = (col(Round.cluster_id) == round_.cluster_id, col(Round.year) < round_.year)
    for earlier in session.exec(select(Round).where(*before).order_by(col(Round.year).desc())):
        sheet = sheet_of(session, earlier)
        handed_in = responses.last_submission(session, sheet) if sheet is not None else None
        if sheet is not None and handed_in is not None and _asks_sheet(session, earlier):
            texts = texts_at(session, sheet, handed_in.revision)
            return earlier, {item: raw for (item, instance), raw in texts.items() if not instance}, sheet_questionnaire(session, earlier)
    return None


def _asks_sheet(session: Session, round_: Round) -> bool:
    return any(pin.questionnaire == QUESTIONNAIRE for pin in asked(session, identity(round_)))


def _carried_over(now: Questionnaire, then: Questionnaire, answers: dict[str, str]) -> Iterator[tuple[Item, str]]:
    for item in now.items:
        names, kind = items_then(item, then)
        if item.type.answerable and item.type not in _NOT_CARRIED and item.repeat is None and kind in _CARRIED and len(names) == 1:
            raw = answers.get(names[0], "")
            if raw and not isinstance(parse(item, raw), Problem):
                yield item, raw


def _changed(item: Item, row: CarriedAnswer, because: str, raw: str) -> str:
    if not SHORTEST_BECAUSE <= len(because) <= LONGEST_BECAUSE:
        raise Unfit(
            "Say in %(least)s to %(most)s characters why it changed: next year's evaluator will ask.",
            least=SHORTEST_BECAUSE,
            most=LONGEST_BECAUSE,
        )
    if not raw:
        raise Unfit("Give the new answer, or choose that it is not known.")
    if raw == row.before:
        raise Unfit("Confirm the answer instead: the new one says the same.")
    problem = parse(item, raw)
    if isinstance(problem, Problem):
        raise Unreadable(item, raw, problem)
    return raw
