"""Diagnoses a round from what was handed in, and freezes the document."""

from __future__ import annotations

import json
from datetime import datetime

from sqlmodel import Session, col, select

from assess.definitions.rulebase import Rulebase
from assess.engine.answers import ResponseSet
from assess.engine.certificate import Infers
from assess.engine.diagnosis import Cluster as DiagnosedCluster
from assess.engine.diagnosis import QuestionnaireUsed, diagnose
from assess.engine.document import document
from assess.store.tables import Cluster, Round, RoundState, StoredDiagnosis
from assess.workflow import audit, overrides
from assess.workflow.answers_used import VERB, has_newest_answers, used
from assess.workflow.handed_in import response_sets
from assess.workflow.refusals import Unfit
from assess.workflow.released import refuse_erased
from assess.workflow.rows import added, identity, locked, required

_SYNTHETIC = "synthetic"


def run(
    session: Session,
    round_: Round,
    *,
    rulebase: Rulebase,
    engine: Infers,
    now: datetime,
    actor: str = audit.SYSTEM,
    synthetic: bool = False,
) -> StoredDiagnosis:
    """Diagnose a closed round and keep the document; the same answers and overrides give the same one, which is kept once.

    Without overrides it is the diagnosis that `assess diagnose` makes of the same responses in files. `synthetic` marks
    answers that were made up.
    Raises Unfit while the round is not closed, when nobody handed anything in, or when the rule base is not the round's.
    """
    locked(session, round_)
    if round_.state is not RoundState.CLOSED:
        raise Unfit("Close the round before it is diagnosed: figures that change while answers come in would give single answers away.")
    refuse_erased(round_)
    if rulebase.digest != round_.rulebase_digest:
        raise Unfit(
            "Diagnose with the rule base %(version)s as it was when the round was planned; this one differs.",
            version=round_.rulebase_version,
        )
    sets = response_sets(session, round_, now.date(), _SYNTHETIC if synthetic else "")
    if not sets:
        raise Unfit("There is nothing to diagnose: nobody has submitted a response.")
    content = _document(session, round_, sets, rulebase, engine)
    kept = _kept(session, round_, content["digest"])
    if kept is None:
        text = json.dumps(content, ensure_ascii=False, allow_nan=False)
        kept = added(session, StoredDiagnosis(round_id=identity(round_), digest=content["digest"], document=text, created_at=now))
    if not has_newest_answers(session, kept):
        details: dict[str, str | int | None] = {"digest": kept.digest, "rulebase": rulebase.version, **used(session, identity(round_))}
        audit.record(session, actor=actor, verb=VERB, subject=f"round/{round_.id}", now=now, details=details)
        session.flush()
    return kept


def _document(session: Session, round_: Round, sets: tuple[ResponseSet, ...], rulebase: Rulebase, engine: Infers) -> dict[str, str]:
    cluster = required(session, Cluster, round_.cluster_id)
    measures = overrides.measures_in(sets, rulebase)
    diagnosis = diagnose(
        DiagnosedCluster(cluster.key, cluster.name, cluster.sector, cluster.region, cluster.country),
        round_.year,
        measures,
        rulebase,
        engine,
        tuple(_used(found) for found in sets),
        any(found.synthetic for found in sets),
        overrides.applied(overrides.overrides_of(session, round_), measures),
    )
    return document(diagnosis)


def _used(found: ResponseSet) -> QuestionnaireUsed:
    questionnaire = found.questionnaire
    return QuestionnaireUsed(questionnaire.id, questionnaire.version, questionnaire.status.value, questionnaire.digest)


def _kept(session: Session, round_: Round, digest: str) -> StoredDiagnosis | None:
    same = (col(StoredDiagnosis.round_id) == identity(round_), col(StoredDiagnosis.digest) == digest)
    return session.exec(select(StoredDiagnosis).where(*same)).first()
