"""Clusters with published reports, and programmes that fund them, for tests of what agencies see and decide."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from report_documents import invented, of_case
from sqlmodel import Session, col, select

from assess.definitions.digests import digest
from assess.store.staff_tables import Account, Programme
from assess.store.steering_tables import Publication, ReportFile
from assess.store.tables import Cluster, Round, StoredDiagnosis
from assess.workflow import programmes
from assess.workflow.decisions import Attached
from assess.workflow.rows import added, identity
from workflow.surveying import LATER, NOON, make_round, only

ACTOR = "account/1"


@dataclass(frozen=True)
class Reported:
    """A cluster with a published report of one year."""

    cluster: Cluster
    round: Round
    publication: Publication
    attached: Attached


def make_printable(session: Session, round_id: int) -> StoredDiagnosis:
    """Put a diagnosis that can be printed in the place of a round's."""
    found = only(session.exec(select(StoredDiagnosis).where(col(StoredDiagnosis.round_id) == round_id)).first())
    content = real_document()
    found.document, found.digest = json.dumps(content), content["digest"]
    session.add(found)
    return found


def make_agent(session: Session, name: str = "Agnes") -> int:
    """An agency's account, by number; the same name gives the same account."""
    email = f"{name.lower()}@example.org"
    found = session.exec(select(Account).where(Account.email == email)).first()
    return identity(found or added(session, Account(email=email, name=name, created_at=NOON)))


def make_programme(session: Session, *clusters: Cluster, name: str = "Valley fund") -> Programme:
    """A programme with these clusters."""
    programme = programmes.make_programme(session, name=name, funder="An agency", now=NOON, actor=ACTOR)
    for cluster in clusters:
        programmes.add_cluster(session, programme, cluster, now=NOON, actor=ACTOR)
    return programme


def real_document(case: str = "", **changes: Any) -> dict[str, Any]:
    """The diagnosis of an invented or a published cluster; `changes` replace whole entries, and its digest is made anew."""
    content = {**deepcopy(of_case(case) if case else invented()), **changes}
    return content | {"digest": digest({key: value for key, value in content.items() if key != "digest"})}


def reported(
    session: Session,
    name: str = "Example Valley",
    *,
    year: int = 2026,
    document: Mapping[str, Any] | None = None,
    published_at: datetime = LATER,
    cluster: Cluster | None = None,
) -> Reported:
    """A cluster with a published report, whose file is registered."""
    by = make_agent(session, "Publisher")
    round_, _ = make_round(session, name=name, year=year, members=0) if cluster is None else (_later_round(session, cluster, year), ())
    content = document or real_document()
    diagnosis = StoredDiagnosis(round_id=identity(round_), digest=content["digest"], document=json.dumps(content), created_at=NOON)
    added(session, diagnosis)
    publication = Publication(
        round_id=identity(round_),
        diagnosis_id=identity(diagnosis),
        number=f"{year}-{name[:3].upper()}-{identity(diagnosis):06x}",
        approved_at=NOON,
        approved_by=by,
        published_at=published_at,
        published_by=by,
    )
    added(session, publication)
    found = only(session.get(Cluster, round_.cluster_id))
    return Reported(found, round_, publication, Attached(publication, _file(session, publication)))


def withdraw(session: Session, publication: Publication) -> None:
    """Take a report back without the verb's conditions."""
    publication.withdrawn_at, publication.withdrawn_by = LATER, publication.published_by
    publication.withdrawn_because = "A figure was copied wrongly."
    session.add(publication)
    session.flush()


def _later_round(session: Session, cluster: Cluster, year: int) -> Round:
    before = session.exec(select(Round).where(Round.cluster_id == cluster.id)).first()
    copied = only(before).model_dump(exclude={"id", "year"})
    return added(session, Round(**copied, year=year))


def _file(session: Session, publication: Publication) -> ReportFile:
    said = hashlib.sha256(publication.number.encode()).hexdigest()
    row = ReportFile(
        diagnosis_id=publication.diagnosis_id,
        audience="agency",
        language="en",
        template="t" * 64,
        stamp=publication.number,
        digest=said,
        unsigned_digest=said,
        size=3,
        created_at=LATER,
    )
    return added(session, row)
