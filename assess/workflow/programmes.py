"""The agencies' programmes: who funds what, which clusters belong to each, and whether its reports need a second evaluator."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from assess.phrases import message
from assess.store.staff_tables import Programme, ProgrammeCluster
from assess.store.steering_tables import Publication
from assess.store.tables import Cluster
from assess.workflow import audit
from assess.workflow.clusters import key_of
from assess.workflow.refusals import Taken, Unfit
from assess.workflow.rows import added, identity

LONGEST_NAME = 200
_KEY = re.compile(r"[^\W_]+(?:-[^\W_]+)*\Z")
_LONGEST_KEY = 80
_NAME = message("Write the programme's name in one line of at most %(most)s characters.")
_FUNDER = message("Write the funder's name in one line of at most %(most)s characters.")


def make_programme(
    session: Session, *, name: str, funder: str, now: datetime, actor: str, key: str = "", four_eyes: bool = False
) -> Programme:
    """Make a programme; its key comes from its name unless one is given. Raises Taken, or Unfit for a text that cannot be used."""
    plain, paid_by = _line(name, _NAME), _line(funder, _FUNDER)
    wanted = key or key_of(plain)
    if len(wanted) > _LONGEST_KEY or not _KEY.match(wanted) or wanted != wanted.lower():
        raise Unfit("Write a key of small letters, digits and single hyphens, at most %(most)s characters.", most=_LONGEST_KEY)
    if programme_by_key(session, wanted) is not None:
        raise Taken("Give this programme another key: there is a programme %(key)s already.", key=wanted)
    programme = added(session, Programme(key=wanted, name=plain, funder=paid_by, four_eyes=four_eyes))
    return _recorded(session, programme, "make_programme", now, actor, four_eyes=int(four_eyes))


def rename_programme(session: Session, programme: Programme, *, name: str, funder: str, now: datetime, actor: str) -> Programme:
    """Change what a programme and its funder are called; its key and addresses stay. Raises Unfit."""
    programme.name, programme.funder = _line(name, _NAME), _line(funder, _FUNDER)
    session.add(programme)
    return _recorded(session, programme, "rename_programme", now, actor)


def ask_for_four_eyes(session: Session, programme: Programme, wanted: bool, *, now: datetime, actor: str) -> Programme:
    """Say whether reports of the programme's clusters need a second evaluator from now on; what is published stays published."""
    if programme.four_eyes is wanted:
        return programme
    programme.four_eyes = wanted
    session.add(programme)
    return _recorded(session, programme, "ask_for_four_eyes", now, actor, four_eyes=int(wanted))


def add_cluster(session: Session, programme: Programme, cluster: Cluster, *, now: datetime, actor: str) -> ProgrammeCluster:
    """Let a programme's agency read the published reports of a cluster. Doing it again changes nothing."""
    found = _membership(session, programme, cluster)
    if found is not None:
        return found
    row = added(session, ProgrammeCluster(programme_id=identity(programme), cluster_id=identity(cluster)))
    _recorded(session, programme, "add_programme_cluster", now, actor, cluster=identity(cluster))
    return row


def remove_cluster(session: Session, programme: Programme, cluster: Cluster, *, now: datetime, actor: str) -> None:
    """Take a cluster out of a programme: its reports are no longer read there; decisions that were made stay.

    Raises Unfit for a cluster that is not in it.
    """
    found = _membership(session, programme, cluster)
    if found is None:
        raise Unfit("Look at the programme again: this cluster is not in it.")
    session.delete(found)
    session.flush()
    _recorded(session, programme, "remove_programme_cluster", now, actor, cluster=identity(cluster))


def note_report_download(session: Session, publication: Publication, *, file: str, account_id: int, now: datetime) -> None:
    """Write down that somebody took a file of a published report away."""
    details: dict[str, str | int | None] = {"number": publication.number, "file": file}
    subject = f"publication/{identity(publication)}"
    audit.record(session, actor=f"account/{account_id}", verb="download_report", subject=subject, now=now, details=details)


def programme_by_key(session: Session, key: str) -> Programme | None:
    """Return the programme of a key; None where there is none."""
    return session.exec(select(Programme).where(col(Programme.key) == key)).first()


def programmes(session: Session) -> Sequence[Programme]:
    """Return all programmes, by name."""
    return session.exec(select(Programme).order_by(col(Programme.name), col(Programme.id))).all()


def clusters_of(session: Session, programme: Programme) -> Sequence[Cluster]:
    """Return the clusters of a programme, by name."""
    mine = select(Cluster).join(ProgrammeCluster, col(ProgrammeCluster.cluster_id) == col(Cluster.id))
    chosen = mine.where(col(ProgrammeCluster.programme_id) == identity(programme))
    return session.exec(chosen.order_by(col(Cluster.name), col(Cluster.id))).all()


def has_cluster(session: Session, programme: Programme, cluster_id: int) -> bool:
    """Say whether a cluster is in a programme."""
    wanted = (col(ProgrammeCluster.programme_id) == identity(programme), col(ProgrammeCluster.cluster_id) == cluster_id)
    return session.exec(select(ProgrammeCluster.id).where(*wanted)).first() is not None


def _membership(session: Session, programme: Programme, cluster: Cluster) -> ProgrammeCluster | None:
    wanted = (col(ProgrammeCluster.programme_id) == identity(programme), col(ProgrammeCluster.cluster_id) == identity(cluster))
    return session.exec(select(ProgrammeCluster).where(*wanted)).first()


def _line(text: str, otherwise: str) -> str:
    plain = " ".join(text.split())
    if not 0 < len(plain) <= LONGEST_NAME or not plain.isprintable():
        raise Unfit(otherwise, most=LONGEST_NAME)
    return plain


def _recorded(session: Session, programme: Programme, verb: str, now: datetime, actor: str, **details: int) -> Programme:
    session.flush()
    subject = f"programme/{identity(programme)}"
    audit.record(session, actor=actor, verb=verb, subject=subject, now=now, details={"key": programme.key, **details})
    return programme
