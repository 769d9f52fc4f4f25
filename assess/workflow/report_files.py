"""Makes report files, once each, keeps them under their digests, and says what is known of a file that somebody has.

Making one takes seconds, so it happens between two transactions; whoever asks at the same time gets the file that was kept first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Engine, or_
from sqlmodel import Session, col, select

from assess.definitions.rules import Audience
from assess.engine.annex import empty_annex
from assess.reports.pdf import Made, layout_version, make, templates_digest
from assess.reports.seal_checks import Register
from assess.reports.seal_findings import Known, Registered
from assess.reports.seal_keys import SigningKey, load_key
from assess.reports.seal_stamp import AGENCY, ENGLISH, Stamp
from assess.settings import Settings
from assess.store.files import EvidenceFolder
from assess.store.session import reading, writing
from assess.store.steering_tables import Publication, ReportFile
from assess.store.tables import Job, JobState, StoredDiagnosis
from assess.workflow import annexes, audit, jobs, publications
from assess.workflow.publications import publication_of, state_of
from assess.workflow.refusals import Unfit
from assess.workflow.rows import added, identity, locked, required

KIND = "report.make"
DRAFT = "draft"
"""How the stamp of a report begins that was not published; that of a published one is its number."""
_ANNEX_DIGITS = 12
_UNDER_WAY = (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Kind:
    """Which report of a diagnosis: for whom, and in which language; `site` is the address that its number is looked up at."""

    audience: str = AGENCY
    language: str = ENGLISH
    site: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report that is to be made of a diagnosis, with what it shows beside it, and the file of it if there is one."""

    diagnosis_id: int
    document: Mapping[str, Any]
    annex: Mapping[str, Any]
    stamp: Stamp
    made: ReportFile | None


def signing_key(settings: Settings) -> SigningKey | None:
    """The key that the site signs with; None when it has none. Raises AssessError when it is of no use."""
    return load_key(Path(settings.signing_key), settings.signing_password) if settings.signing_key else None


def make_report(
    database: Engine,
    files: EvidenceFolder,
    diagnosis_id: int,
    *,
    now: datetime,
    key: SigningKey | None = None,
    kind: Kind = Kind(),
    actor: str = audit.SYSTEM,
) -> ReportFile:
    """Return the report file of a diagnosis as it stands, draft or published, made if there is none; call it outside a transaction.

    Raises Unfit for an audience there is none of, and where a registered file is lost and cannot be made again as it was.
    """
    wanted = wanted_report(database, diagnosis_id, now=now, kind=kind)
    if wanted.made is not None and files.has(wanted.made.digest):
        return wanted.made
    return keep_report(database, files, wanted, make(wanted.document, wanted.stamp, key, wanted.annex), now=now, actor=actor)


def wanted_report(database: Engine, diagnosis_id: int, *, now: datetime, kind: Kind = Kind()) -> Wanted:
    """What is needed to make the report of a diagnosis as it stands; call it outside a transaction, for a draft's annex is reckoned."""
    _refuse_unknown(kind)
    with reading(database) as session:
        diagnosis = required(session, StoredDiagnosis, diagnosis_id)
        document, publication = json.loads(diagnosis.document), publication_of(session, diagnosis)
        stamp = _stamp(publication, diagnosis, kind)
        kept = publications.annex_of(session, publication) if publication is not None else None
        gathered = annexes.gather(session, diagnosis, document, now=now, to_publish=False) if stamp.draft else None
    annex = annexes.reckoned(gathered) if gathered is not None else kept or empty_annex(document)
    with reading(database) as session:
        made = _found(session, diagnosis_id, document, stamp, annex)
    return Wanted(diagnosis_id, document, annex, stamp, made)


def annex_to_publish(database: Engine, diagnosis_id: int, *, now: datetime) -> dict[str, Any]:
    """Put together what the report of a diagnosis would show beside it if it were published now; call it outside a transaction."""
    with reading(database) as session:
        diagnosis = required(session, StoredDiagnosis, diagnosis_id)
        gathered = annexes.gather(session, diagnosis, json.loads(diagnosis.document), now=now, to_publish=True)
    return annexes.reckoned(gathered)


def keep_report(
    database: Engine, files: EvidenceFolder, wanted: Wanted, made: Made, *, now: datetime, actor: str = audit.SYSTEM
) -> ReportFile:
    """Keep a report that was made, or return the one that somebody else kept in the meantime.

    Raises Unfit where one was kept before whose bytes are lost, and what was made now is not the same.
    """
    with files.keeping(), files.receiving(BytesIO(made.content), most=len(made.content)) as draft:
        files.keep(draft)
        with writing(database) as session:
            locked(session, required(session, StoredDiagnosis, wanted.diagnosis_id))
            known = _found(session, wanted.diagnosis_id, wanted.document, wanted.stamp, wanted.annex)
            if known is None:
                return _recorded(session, wanted, made, now, actor)
            if not files.has(known.digest):
                raise Unfit(
                    "Restore the files of the site from a backup: the registered report %(digest)s is lost, and made again it came "
                    "out as %(other)s.",
                    digest=known.digest,
                    other=hashlib.sha256(made.content).hexdigest(),
                )
            return known


def report_of(session: Session, diagnosis: StoredDiagnosis, kind: Kind = Kind()) -> ReportFile | None:
    """The report file of a diagnosis as it stands, of a draft the one made last; None when there is none yet."""
    stamp = _stamp(publication_of(session, diagnosis), diagnosis, kind)
    return _first(session, *_same(identity(diagnosis), stamp), newest=stamp.draft)


def report_bytes(files: EvidenceFolder, report: ReportFile) -> bytes:
    """The bytes of a report file. Raises Unfit when they are lost or damaged."""
    place = files.place(report.digest)
    content = place.read_bytes() if place.is_file() else b""
    if hashlib.sha256(content).hexdigest() != report.digest:
        raise Unfit(
            "Restore the files of the site from a backup: those of the report %(digest)s are lost or damaged.", digest=report.digest[:12]
        )
    return content


def request_report(
    session: Session,
    diagnosis: StoredDiagnosis,
    *,
    now: datetime,
    kind: Kind = Kind(),
) -> Job:
    """Have the report of a diagnosis made in the background.

    Asking again gives the same job while it waits or runs, and once it has made a published report; for a draft, whose annex may have
    changed, and after a failure there is a new one.
    """
    _refuse_unknown(kind)
    stamp = _stamp(publication_of(session, diagnosis), diagnosis, kind)
    payload = {"diagnosis": identity(diagnosis), "audience": kind.audience, "language": kind.language}
    last = last_request(session, diagnosis, kind)
    if last is not None and (last.state in _UNDER_WAY or (last.state is JobState.DONE and not stamp.draft)):
        return last
    key = _key(diagnosis, stamp)
    return jobs.enqueue(session, kind=KIND, key=key if last is None else f"{key}:{identity(last)}", payload=payload, now=now)


def last_request(session: Session, diagnosis: StoredDiagnosis, kind: Kind) -> Job | None:
    """The job that makes a report of a diagnosis as it stands; the last one, where it was asked for more than once."""
    key = _key(diagnosis, _stamp(publication_of(session, diagnosis), diagnosis, kind))
    mine = or_(col(Job.key) == key, col(Job.key).startswith(f"{key}:", autoescape=True))
    return session.exec(select(Job).where(mine).order_by(col(Job.id).desc())).first()


def _key(diagnosis: StoredDiagnosis, stamp: Stamp) -> str:
    parts = (KIND, identity(diagnosis), stamp.audience, stamp.language, stamp.number or DRAFT, templates_digest()[:12])
    return ":".join(map(str, parts))


def register_of(session: Session) -> Register:
    """The register of this site, as a verification asks it."""

    def registered(file: str, unsigned: str, diagnosis: str) -> Registered:
        for known, condition in (
            (Known.FILE, col(ReportFile.digest) == file),
            (Known.UNSIGNED, col(ReportFile.unsigned_digest) == unsigned),
        ):
            report = _first(session, condition)
            if report is not None:
                return _state(session, known, required(session, StoredDiagnosis, report.diagnosis_id), report.stamp)
        stored = session.exec(select(StoredDiagnosis).where(col(StoredDiagnosis.digest) == diagnosis)).first()
        return Registered(Known.NOTHING) if stored is None else _state(session, Known.DIAGNOSIS, stored, DRAFT)

    return registered


def _refuse_unknown(kind: Kind) -> None:
    if kind.audience not in set(Audience):
        raise Unfit(
            "Choose who the report is for: %(audiences)s, not %(other)s.", audiences=", ".join(Audience), other=repr(kind.audience[:20])
        )


def _stamp(publication: Publication | None, diagnosis: StoredDiagnosis, kind: Kind) -> Stamp:
    """A report that was published once keeps its number for good, also after a withdrawal."""
    if publication is None or publication.published_at is None:
        return Stamp(made_at=diagnosis.created_at, draft=True, audience=kind.audience, language=kind.language)
    address = f"{kind.site}/verify/{publication.number}" if kind.site else ""
    return Stamp(publication.number, publication.published_at, audience=kind.audience, language=kind.language, verify_at=address)


def _found(session: Session, diagnosis_id: int, document: Mapping[str, Any], stamp: Stamp, annex: Mapping[str, Any]) -> ReportFile | None:
    """A published report is never made again; a draft is, when its annex, the templates or the translations have changed."""
    if not stamp.draft:
        return _first(session, *_same(diagnosis_id, stamp))
    layout = col(ReportFile.template) == layout_version(stamp.language, document["rulebase"]["version"])
    return _first(session, *_same(diagnosis_id, stamp), col(ReportFile.stamp) == _stamped(stamp, annex), layout)


def _same(diagnosis_id: int, stamp: Stamp) -> tuple[ColumnElement[bool], ...]:
    told = (col(ReportFile.audience) == stamp.audience, col(ReportFile.language) == stamp.language)
    standing = col(ReportFile.stamp).startswith(DRAFT) if stamp.draft else col(ReportFile.stamp) == stamp.number
    return (col(ReportFile.diagnosis_id) == diagnosis_id, *told, standing)


def _stamped(stamp: Stamp, annex: Mapping[str, Any]) -> str:
    return stamp.number or f"{DRAFT}-{annex['digest'][:_ANNEX_DIGITS]}"


def _first(session: Session, *conditions: ColumnElement[bool], newest: bool = False) -> ReportFile | None:
    order = col(ReportFile.id).desc() if newest else col(ReportFile.id)
    return session.exec(select(ReportFile).where(*conditions).order_by(order)).first()


def _recorded(session: Session, wanted: Wanted, made: Made, now: datetime, actor: str) -> ReportFile:
    stamp = wanted.stamp
    report = added(
        session,
        ReportFile(
            diagnosis_id=wanted.diagnosis_id,
            audience=stamp.audience,
            language=stamp.language,
            template=layout_version(stamp.language, wanted.document["rulebase"]["version"]),
            stamp=_stamped(stamp, wanted.annex),
            digest=hashlib.sha256(made.content).hexdigest(),
            unsigned_digest=hashlib.sha256(made.unsigned).hexdigest(),
            size=len(made.content),
            created_at=now,
        ),
    )
    details: dict[str, str | int | None] = {"stamp": report.stamp, "digest": report.digest}
    audit.record(session, actor=actor, verb="make report", subject=f"diagnosis/{wanted.diagnosis_id}", now=now, details=details)
    return report


def _state(session: Session, known: Known, diagnosis: StoredDiagnosis, stamp: str) -> Registered:
    publication = publication_of(session, diagnosis)
    if publication is None or (stamp.startswith(DRAFT) and known is not Known.DIAGNOSIS):
        return Registered(known)
    return Registered(known, publication.number, state_of(publication).value, publication.withdrawn_because)
