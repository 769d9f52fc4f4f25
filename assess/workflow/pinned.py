"""The questionnaires that a round is pinned to, read from what the round itself keeps."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from sqlmodel import Session, col, select

from assess.definitions.questionnaire_items import Questionnaire
from assess.definitions.questionnaires import parse_questionnaire
from assess.engine.answer_rules import AnswerRules
from assess.store.tables import RoundQuestionnaire
from assess.workflow.refusals import Unfit


def pinned(session: Session, round_id: int, questionnaire: str) -> Questionnaire:
    """Return the version that the round asks; changing the files of the installation changes nothing about it.

    Raises Unfit when the round does not ask this questionnaire.
    """
    return _parsed(_source(session, round_id, questionnaire))


def pinned_rules(session: Session, round_id: int, questionnaire: str, today: date) -> AnswerRules:
    """Return the conditions of the pinned version, judged on the day `today`."""
    return _rules(_source(session, round_id, questionnaire), today)


def asked(session: Session, round_id: int) -> tuple[RoundQuestionnaire, ...]:
    """Return what the round asks, members first."""
    rows = session.exec(select(RoundQuestionnaire).where(col(RoundQuestionnaire.round_id) == round_id)).all()
    order = {"member": 0, "management": 1, "evaluator": 2}
    return tuple(sorted(rows, key=lambda row: (order.get(row.questionnaire, len(order)), row.questionnaire)))


def _source(session: Session, round_id: int, questionnaire: str) -> str:
    wanted = (col(RoundQuestionnaire.round_id) == round_id, col(RoundQuestionnaire.questionnaire) == questionnaire)
    source = session.exec(select(RoundQuestionnaire.source).where(*wanted)).first()
    if source is None:
        raise Unfit(f"This round does not ask the questionnaire {questionnaire!r}; name one that it was planned with.")
    return source


@lru_cache(maxsize=32)
def _parsed(source: str) -> Questionnaire:
    return parse_questionnaire(source, "questionnaire of the round")


@lru_cache(maxsize=32)
def _rules(source: str, today: date) -> AnswerRules:
    return AnswerRules(_parsed(source), today)
