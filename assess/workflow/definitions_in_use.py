"""Which versions of questionnaires and rule bases there are and what uses them, and the preview of another rule base."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from assess.definitions.rulebase import Rulebase
from assess.store.tables import Cluster, Job, Round, RoundQuestionnaire, StoredDiagnosis
from assess.workflow import audit, jobs
from assess.workflow.rows import identity

PREVIEW = "impact.preview"
"""The kind of job that infers stored diagnoses again by another rule base."""
MOST_PREVIEWED = 2000
"""Diagnoses of one preview, the newest of each round first; more would outlast the patience of whoever asked."""


@dataclass(frozen=True, slots=True)
class Use:
    """A round that is pinned to a version, under the digest that the version had then."""

    cluster: str
    year: int
    digest: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored diagnosis, with its cluster and year."""

    number: int
    cluster_id: int
    cluster: str
    year: int
    document: Mapping[str, Any]


def questionnaire_uses(session: Session) -> dict[tuple[str, str], tuple[Use, ...]]:
    """Return the rounds that ask each version of each questionnaire, by its name and version."""
    wanted = select(RoundQuestionnaire, Round, Cluster).join(Round, col(Round.id) == col(RoundQuestionnaire.round_id))
    rows = session.exec(wanted.join(Cluster, col(Cluster.id) == col(Round.cluster_id)).order_by(col(Cluster.name), col(Round.year)))
    found: dict[tuple[str, str], tuple[Use, ...]] = {}
    for pin, round_, cluster in rows:
        key = (pin.questionnaire, pin.version)
        found[key] = (*found.get(key, ()), Use(cluster.name, round_.year, pin.digest))
    return found


def rulebase_uses(session: Session) -> dict[str, tuple[Use, ...]]:
    """Return the rounds that are pinned to each version of the rule base."""
    wanted = select(Round, Cluster).join(Cluster, col(Cluster.id) == col(Round.cluster_id))
    found: dict[str, tuple[Use, ...]] = {}
    for round_, cluster in session.exec(wanted.order_by(col(Cluster.name), col(Round.year))):
        found[round_.rulebase_version] = (
            *found.get(round_.rulebase_version, ()),
            Use(cluster.name, round_.year, round_.rulebase_digest),
        )
    return found


def request_preview(session: Session, rulebase: Rulebase, *, now: datetime, actor: str) -> Job:
    """Have every stored diagnosis inferred again by a rule base; asking again within the same second asks for the same job."""
    key = f"{PREVIEW}:{rulebase.version}:{now:%Y%m%dT%H%M%S}"
    payload = {"version": rulebase.version, "digest": rulebase.digest}
    job = jobs.enqueue(session, kind=PREVIEW, key=key, payload=payload, now=now)
    audit.record(session, actor=actor, verb="preview_impact", subject=f"rulebase/{rulebase.version}", now=now, details={"job": job.id})
    return job


def previews(session: Session, *, most: int = 20) -> Sequence[Job]:
    """Return the previews that were asked for, the newest first."""
    return session.exec(select(Job).where(col(Job.kind) == PREVIEW).order_by(col(Job.id).desc()).limit(most)).all()


def diagnosis_numbers(session: Session) -> list[int]:
    """Return the number of the newest diagnosis of each round, the newest first, at most `MOST_PREVIEWED`."""
    newest: dict[int, int] = {}
    for number, round_id in session.exec(select(StoredDiagnosis.id, StoredDiagnosis.round_id).order_by(col(StoredDiagnosis.id))):
        newest[round_id] = number or 0
    return sorted(newest.values(), reverse=True)[:MOST_PREVIEWED]


def stored(session: Session, number: int) -> Stored | None:
    """Return a stored diagnosis; None when it is gone."""
    row = session.get(StoredDiagnosis, number)
    round_ = session.get(Round, row.round_id) if row is not None else None
    cluster = session.get(Cluster, round_.cluster_id) if round_ is not None else None
    if row is None or round_ is None or cluster is None:
        return None
    return Stored(number, identity(cluster), cluster.name, round_.year, json.loads(row.document))


def pinned_source(session: Session, questionnaire: str, version: str) -> str | None:
    """Return the text of a version as a round keeps it; None where no round asks it."""
    same = (col(RoundQuestionnaire.questionnaire) == questionnaire, col(RoundQuestionnaire.version) == version)
    return session.exec(select(RoundQuestionnaire.source).where(*same)).first()
