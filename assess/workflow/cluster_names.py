"""Changes what a cluster is called and what is said about it; its short name in addresses and files stays."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from assess.store.tables import Cluster
from assess.workflow import audit
from assess.workflow.refusals import Unfit
from assess.workflow.rows import identity

_LONGEST = 200


def rename_cluster(
    session: Session, cluster: Cluster, *, name: str, sector: str | None, region: str | None, country: str | None, now: datetime, actor: str
) -> Cluster:
    """Change name, sector, region and country; diagnoses that are stored keep what they say. Raises Unfit."""
    plain = tuple(" ".join(text.split()) for text in (name, sector or "", region or "", country or ""))
    if not plain[0] or any(len(text) > _LONGEST or not text.isprintable() for text in plain):
        raise Unfit("Give a name; each of these is one line of at most %(most)s characters.", most=_LONGEST)
    cluster.name = plain[0]
    cluster.sector, cluster.region, cluster.country = (text or None for text in plain[1:])
    session.add(cluster)
    session.flush()
    audit.record(session, actor=actor, verb="rename", subject=f"cluster/{identity(cluster)}", now=now)
    return cluster
