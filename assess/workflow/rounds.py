"""Plans, opens and closes rounds; a round keeps the questionnaires it asks, and is pinned to one rule base."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from assess.definitions.questionnaire_items import Questionnaire
from assess.definitions.rulebase import Rulebase
from assess.phrases import message
from assess.store.queries import due_rounds
from assess.store.tables import Cluster, Invitation, Round, RoundQuestionnaire, RoundState
from assess.workflow import audit
from assess.workflow.pinned import parsed
from assess.workflow.refusals import Taken, Unfit
from assess.workflow.rows import added, identity, locked

LONGEST_DELAY = timedelta(days=366)
"""How far a closing may be put off at a time."""


def plan_round(
    session: Session,
    cluster: Cluster,
    *,
    year: int,
    opens_at: datetime,
    closes_at: datetime,
    sources: Sequence[str],
    rulebase: Rulebase,
    now: datetime,
    actor: str = audit.SYSTEM,
) -> Round:
    """Plan a cluster's round of one year; `sources` are the questionnaires' YAML texts, which the round keeps.

    Raises Taken when the cluster has a round of this year, or a version is known with other content; Unfit for times that cannot
    be, or questionnaires that do not go together; FaultsFound for a questionnaire that cannot be read.
    """
    if not opens_at < closes_at or now >= closes_at:
        raise Unfit("Choose a closing time that lies ahead, and after the opening.")
    if session.exec(select(Round).where(col(Round.cluster_id) == identity(cluster), col(Round.year) == year)).first() is not None:
        raise Taken("%(cluster)s has a round of %(year)s already; go on with that one.", cluster=cluster.name, year=str(year))
    questionnaires = [(parsed(source), source) for source in sources]
    _check_together([questionnaire for questionnaire, _ in questionnaires])
    round_ = added(
        session,
        Round(
            cluster_id=identity(cluster),
            year=year,
            opens_at=opens_at,
            closes_at=closes_at,
            rulebase_version=rulebase.version,
            rulebase_digest=rulebase.digest,
        ),
    )
    for questionnaire, source in questionnaires:
        _pin(session, round_, questionnaire, source)
    details: dict[str, str | int | None] = {questionnaire.id: questionnaire.version for questionnaire, _ in questionnaires}
    audit.record(session, actor=actor, verb="plan", subject=f"round/{round_.id}", now=now, details=details)
    return round_


_NOT_PLANNED = {
    RoundState.OPEN: message("Only a planned round can be opened; this one is open."),
    RoundState.CLOSED: message("Only a planned round can be opened; this one is closed."),
}
_NOT_OPEN = {
    RoundState.PLANNED: message("Only an open round can be closed; this one is planned."),
    RoundState.CLOSED: message("Only an open round can be closed; this one is closed."),
}


def open_round(session: Session, round_: Round, *, now: datetime, actor: str = audit.SYSTEM) -> Round:
    """Let members answer, from now on even if a later opening was planned. Raises Unfit unless the round is planned and not over."""
    locked(session, round_)
    if round_.state is not RoundState.PLANNED:
        raise Unfit(_NOT_PLANNED[round_.state])
    if now >= round_.closes_at:
        raise Unfit("Plan a new round: the closing time of this one is over.")
    round_.state, round_.opens_at = RoundState.OPEN, min(round_.opens_at, now)
    return _changed(session, round_, "open", now, actor)


def close_round(session: Session, round_: Round, *, now: datetime, actor: str = audit.SYSTEM) -> Round:
    """End a round; from now on only reopened responses can be changed. Raises Unfit unless the round is open."""
    locked(session, round_)
    if round_.state is not RoundState.OPEN:
        raise Unfit(_NOT_OPEN[round_.state])
    round_.state, round_.closed_at = RoundState.CLOSED, now
    return _changed(session, round_, "close", now, actor)


def postpone_closing(session: Session, round_: Round, closes_at: datetime, *, now: datetime, actor: str = audit.SYSTEM) -> Round:
    """Give members more time; their links live longer by as much. Raises Unfit for an earlier time, or once the round is over.

    The same time again changes nothing.
    """
    locked(session, round_)
    if round_.state is RoundState.CLOSED or now >= round_.closes_at:
        raise Unfit("Reopen single responses instead: this round is over.")
    if closes_at == round_.closes_at:
        return round_
    if closes_at < round_.closes_at:
        raise Unfit("Choose a later day than the present one: members were promised the time they have.")
    if closes_at > round_.closes_at + LONGEST_DELAY:
        raise Unfit("Choose a day at most %(days)s days later; plan another round if you need more.", days=LONGEST_DELAY.days)
    more, before = closes_at - round_.closes_at, round_.closes_at
    for invitation in session.exec(select(Invitation).where(col(Invitation.round_id) == identity(round_))):
        invitation.expires_at += more
        session.add(invitation)
    round_.closes_at = closes_at
    session.add(round_)
    session.flush()
    details: dict[str, str | int | None] = {"from": before.isoformat(), "to": closes_at.isoformat()}
    audit.record(session, actor=actor, verb="postpone", subject=f"round/{round_.id}", now=now, details=details)
    return round_


def close_due_rounds(session: Session, *, now: datetime) -> tuple[Round, ...]:
    """Close every open round whose time is over by the server's clock, and return them."""
    return tuple(close_round(session, round_, now=now) for round_ in due_rounds(session, now))


def _check_together(questionnaires: Sequence[Questionnaire]) -> None:
    if not questionnaires:
        raise Unfit("Name at least one questionnaire that the round asks.")
    if any(questionnaire.id != questionnaire.respondent.value for questionnaire in questionnaires):
        raise Unfit("A round asks the questionnaires member, management and evaluator, each of the respondent it is called after.")
    if len({questionnaire.id for questionnaire in questionnaires}) < len(questionnaires):
        raise Unfit("Name each questionnaire once: a round asks one version of it.")


def _pin(session: Session, round_: Round, questionnaire: Questionnaire, source: str) -> None:
    """Keep the definition with the round. The same version with other content is an error, for ever."""
    same = (col(RoundQuestionnaire.questionnaire) == questionnaire.id, col(RoundQuestionnaire.version) == questionnaire.version)
    known = session.exec(select(RoundQuestionnaire.digest).where(*same)).first()
    if known is not None and known != questionnaire.digest:
        raise Taken(
            "Give the questionnaire %(questionnaire)s a new version: %(version)s was asked with other content.",
            questionnaire=questionnaire.id,
            version=questionnaire.version,
        )
    added(
        session,
        RoundQuestionnaire(
            round_id=identity(round_),
            questionnaire=questionnaire.id,
            version=questionnaire.version,
            digest=questionnaire.digest,
            source=source,
        ),
    )


def _changed(session: Session, round_: Round, verb: str, now: datetime, actor: str) -> Round:
    session.add(round_)
    session.flush()
    audit.record(session, actor=actor, verb=verb, subject=f"round/{round_.id}", now=now)
    return round_
