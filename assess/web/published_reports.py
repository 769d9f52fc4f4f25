"""Finds the file of a published report, and has it made, outside of any transaction, where there is none yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import abort
from sqlmodel import Session, col, select

from assess.definitions.rulebase_words import report_languages
from assess.definitions.rules import Audience
from assess.definitions.words import words_of
from assess.engine.document import SCHEMA
from assess.reports.names import AUDIENCES
from assess.reports.seal_stamp import AGENCY, ENGLISH
from assess.store.files import EvidenceFolder
from assess.store.session import reading
from assess.store.steering_tables import Publication, ReportFile
from assess.store.tables import StoredDiagnosis
from assess.web.site import site
from assess.web.wording import words
from assess.workflow import report_files
from assess.workflow.report_files import Kind
from assess.workflow.rows import required


@dataclass(frozen=True, slots=True)
class Filed:
    """A report file with its bytes."""

    row: ReportFile
    content: bytes

    @property
    def ending(self) -> str:
        """What its name ends with."""
        return ending(Kind(self.row.audience, self.row.language))


@dataclass(frozen=True, slots=True)
class Edition:
    """A report for other readers, or in another language, and where it is handed out."""

    label: str
    address: str


def filed(publication: Publication, *, actor: str, asked: Mapping[str, str] | None = None) -> Filed:
    """Return the file of a published report, of the kind that is asked for.

    Ends with 404 where the diagnosis is of a format that cannot be printed any more, or is not told in that language.
    """
    with reading(site().database) as session:
        document = document_of(session, publication)
        if document.get("schema") != SCHEMA:
            abort(HTTPStatus.NOT_FOUND)
    return made_for(publication.diagnosis_id, kind_of(asked or {}, document), actor=actor)


def made_for(diagnosis_id: int, kind: Kind, *, actor: str) -> Filed:
    """Return the report file of a diagnosis as it stands, made outside of any transaction where there is none yet."""
    key = report_files.signing_key(site().settings)
    made = report_files.make_report(site().database, _folder(), diagnosis_id, now=site().clock(), key=key, kind=kind, actor=actor)
    return Filed(made, report_files.report_bytes(_folder(), made))


def kind_of(asked: Mapping[str, str], document: Mapping[str, Any]) -> Kind:
    """Return the kind of report that an address or a form names; the agency's in English unless it says so. Ends with 404 for none."""
    kind = Kind(asked.get("audience") or AGENCY, asked.get("language") or ENGLISH, site().settings.base_url)
    if kind.audience not in set(Audience) or kind.language not in report_languages(str(document["rulebase"]["version"])):
        abort(HTTPStatus.NOT_FOUND)
    return kind


def kinds(document: Mapping[str, Any]) -> tuple[Kind, ...]:
    """Return every kind of report that a diagnosis can be told in, the agency's first."""
    spoken = report_languages(str(document["rulebase"]["version"]))
    return tuple(Kind(audience.value, language, site().settings.base_url) for audience in Audience for language in spoken)


def other_editions(document: Mapping[str, Any], address: str) -> tuple[Edition, ...]:
    """Return what else than the agency's report in English can be had at an address."""
    if document.get("schema") != SCHEMA:
        return ()
    others = (kind for kind in kinds(document) if ending(kind))
    return tuple(
        Edition(f"{words().say(AUDIENCES[kind.audience])}, {language_name(kind.language)}", f"{address}?{query(kind)}") for kind in others
    )


def query(kind: Kind) -> str:
    """Return what an address ends with that `kind_of` reads."""
    return urlencode({"audience": kind.audience, "language": kind.language})


def ending(kind: Kind) -> str:
    """Return what the name of a report file ends with, so that a folder can hold all of them."""
    return "" if (kind.audience, kind.language) == (AGENCY, ENGLISH) else f"-{kind.audience}-{kind.language}"


def language_name(code: str) -> str:
    """Return what a language is called in the language of the present request."""
    return str(words_of(code).locale.get_language_name(words().language))


def frozen_bytes(session: Session, digest: str) -> bytes:
    """Return the report file that a decision was frozen with. Ends with 404 for one that was never kept; raises Unfit for a lost one."""
    row = session.exec(select(ReportFile).where(col(ReportFile.digest) == digest).order_by(col(ReportFile.id))).first()
    if row is None:
        abort(HTTPStatus.NOT_FOUND)
    return report_files.report_bytes(_folder(), row)


def document_of(session: Session, publication: Publication) -> dict[str, Any]:
    """Return the diagnosis that a report prints."""
    found: dict[str, Any] = json.loads(required(session, StoredDiagnosis, publication.diagnosis_id).document)
    return found


def _folder() -> EvidenceFolder:
    return EvidenceFolder(site().settings.files)
