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

_SOURCES = "sources of questionnaires"


def pinned(session: Session, round_id: int, questionnaire: str) -> Questionnaire:
    """Return the version that the round asks; changing the files of the installation changes nothing about it.

    Raises Unfit when the round does not ask this questionnaire.
    """
    return parsed(_source(session, round_id, questionnaire))


def pinned_rules(session: Session, round_id: int, questionnaire: str, today: date) -> AnswerRules:
    """Return the conditions of the pinned version, judged on the day `today`."""
    return _rules(_source(session, round_id, questionnaire), today)


def asked(session: Session, round_id: int) -> tuple[RoundQuestionnaire, ...]:
    """Return what the round asks, members first."""
    rows = session.exec(select(RoundQuestionnaire).where(col(RoundQuestionnaire.round_id) == round_id)).all()
    order = {"member": 0, "management": 1, "evaluator": 2}
    return tuple(sorted(rows, key=lambda row: (order.get(row.questionnaire, len(order)), row.questionnaire)))


def remember(session: Session, row: RoundQuestionnaire) -> None:
    """Spare the session the question what the round asks: that never changes."""
    _sources(session)[row.round_id, row.questionnaire] = row.source


def _sources(session: Session) -> dict[tuple[int, str], str]:
    found: dict[tuple[int, str], str] = session.info.setdefault(_SOURCES, {})
    return found


def _source(session: Session, round_id: int, questionnaire: str) -> str:
    known = _sources(session).get((round_id, questionnaire))
    if known is not None:
        return known
    wanted = (col(RoundQuestionnaire.round_id) == round_id, col(RoundQuestionnaire.questionnaire) == questionnaire)
    source = session.exec(select(RoundQuestionnaire.source).where(*wanted)).first()
    if source is None:
        raise Unfit(
            "This round does not ask the questionnaire %(questionnaire)s; name one that it was planned with.",
            questionnaire=repr(questionnaire),
        )
    return source


@lru_cache(maxsize=32)
def parsed(source: str) -> Questionnaire:
    """Read a questionnaire that a round asks or shall ask. Raises FaultsFound with every fault."""
    return parse_questionnaire(source, "questionnaire of the round")


@lru_cache(maxsize=32)
def _rules(source: str, today: date) -> AnswerRules:
    return AnswerRules(parsed(source), today)
