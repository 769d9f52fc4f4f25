"""The first evaluator's sheet of a round: where it stands, who has opened it, and which of its items are ratings."""

from __future__ import annotations

from decimal import Decimal

from sqlmodel import Session, col, select

from assess.definitions.indicators import Origin
from assess.definitions.questionnaire_items import Item, Questionnaire
from assess.engine.scoring import score
from assess.store.tables import AuditEvent, Response, Round
from assess.workflow.pinned import pinned
from assess.workflow.rows import identity

QUESTIONNAIRE = Origin.EVALUATOR.value
OPENED = "open_sheet"
_STEPS = {Decimal(step) for step in range(1, 6)}


def sheet_of(session: Session, round_: Round) -> Response | None:
    """The evaluator's response in a round; None before it was begun."""
    mine = (col(Response.round_id) == identity(round_), col(Response.questionnaire) == QUESTIONNAIRE)
    return session.exec(select(Response).where(*mine).order_by(col(Response.id))).first()


def sheet_questionnaire(session: Session, round_: Round) -> Questionnaire:
    """The version of the evaluator's questionnaire that the round asks. Raises Unfit when it asks none."""
    return pinned(session, identity(round_), QUESTIONNAIRE)


def has_opened(session: Session, round_: Round, account_id: int) -> bool:
    """Whether an account has opened the first sheet, after which it no longer rates blind."""
    opened = (col(AuditEvent.subject) == f"round/{identity(round_)}", col(AuditEvent.verb) == OPENED)
    return session.exec(select(AuditEvent.id).where(*opened, col(AuditEvent.actor) == f"account/{account_id}")).first() is not None


def rated_items(questionnaire: Questionnaire) -> tuple[Item, ...]:
    """The items that feed an indicator with a choice of the steps 1 to 5: what two evaluators can agree about."""
    scored = (item for item in questionnaire.items if item.indicator is not None and item.repeat is None and item.choices)
    return tuple(item for item in scored if {score(item, code) for code in item.codes} == _STEPS)
