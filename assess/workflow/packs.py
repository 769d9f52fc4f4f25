"""Packs all that a grant decision rests on into one ZIP file: the report, its diagnosis, the decision, and how to check them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from unicodedata import normalize
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from assess.store.staff_tables import Programme
from assess.store.steering_tables import Decision, Publication
from assess.store.tables import Cluster, Round
from assess.workflow.decisions import conditions_of, note_of, replaced_reference

_EVERY_ENTRY_IS_OF = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o100644 << 16
_UNIX = 3
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_WIDTH = 16
SCHEMA = "grant-decision/1"


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into a pack; `report` is the PDF that was registered, `site` the address of the site without a slash at its end."""

    decision: Decision
    programme: Programme
    cluster: Cluster
    round: Round
    publication: Publication
    report: bytes
    document: Mapping[str, Any]
    site: str


def pack(contents: Contents) -> bytes:
    """Return the ZIP file; the same contents give the same bytes. Nothing is compressed, so that no library has a say in them."""
    folder = pack_name(contents.decision)
    files = {
        report_name(contents.publication): contents.report,
        "diagnosis.json": _json(contents.document),
        "decision.json": _json(decision_document(contents)),
    }
    files = {"README.txt": _readme(contents, files).encode(), **files}
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(_entry(f"{folder}/{name}"), content)
    return stream.getvalue()


def pack_name(decision: Decision) -> str:
    """Return the name of a decision's pack, without its ending."""
    return safe_name(f"decision-{decision.reference}")


def report_name(publication: Publication) -> str:
    """Return the file name of a published report."""
    return safe_name(f"report-{publication.number}.pdf")


def safe_name(text: str) -> str:
    """Return a file name of plain letters, digits, dots, hyphens and underscores that leads out of no folder."""
    plain = normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NO_NAME.sub("-", plain).strip(".-") or "file"


def decision_document(contents: Contents) -> dict[str, Any]:
    """Return a decision as plain data, with the report that it was frozen with; people are not named."""
    decision, publication = contents.decision, contents.publication
    return {
        "schema": SCHEMA,
        "programme": {"key": contents.programme.key, "name": contents.programme.name, "funder": contents.programme.funder},
        "cluster": {"key": contents.cluster.key, "name": contents.cluster.name},
        "reference": decision.reference,
        "outcome": decision.outcome.value,
        "decided_on": decision.decided_on.isoformat(),
        "recorded_at": f"{decision.created_at.isoformat(timespec='seconds')}Z",
        "recorded_by": f"account/{decision.created_by}",
        "conditions": [{"text": one.text, "instrument": one.instrument, "suggestion": one.suggestion} for one in conditions_of(decision)],
        "note": note_of(decision),
        "replaces": replaced_reference(decision) or None,
        "report": {
            "number": publication.number,
            "year": contents.round.year,
            "published_on": publication.published_at.date().isoformat() if publication.published_at else None,
            "sha256": decision.report_digest,
            "diagnosis_digest": decision.diagnosis_digest,
        },
    }


def _readme(contents: Contents, files: Mapping[str, bytes]) -> str:
    decision, publication, report = contents.decision, contents.publication, report_name(contents.publication)
    sums = "\n".join(f"  {hashlib.sha256(content).hexdigest()}  {name}" for name, content in files.items())
    facts = (
        ("Programme", f"{contents.programme.name}, {contents.programme.funder}"),
        ("Cluster", contents.cluster.name),
        ("Decision", f"{decision.reference}, {decision.outcome.value.replace('_', ' ')}, {decision.decided_on.isoformat()}"),
        ("Replaces", replaced_reference(decision)),
        ("Report", publication.number),
        ("Report file", decision.report_digest),
        ("Diagnosis", decision.diagnosis_digest),
    )
    lines = "\n".join(f"  {name:<{_WIDTH}}{value}" for name, value in facts if value)
    return f"""WHAT THIS GRANT DECISION RESTS ON

{lines}
{_withdrawn(publication)}
THE FILES

  {report}: the published report, as it was when the decision was recorded.
  diagnosis.json: the diagnosis that the report prints, for programs. The same stands inside the PDF.
  decision.json: the decision as it was recorded. People are named by the numbers of their accounts.

  SHA-256 of the files (sha256sum shows the same):
{sums}

HOW TO CHECK THE REPORT

  1. In a browser: open {contents.site}/verify and choose {report}.
     {contents.site}/verify/{publication.number} says what has become of the report since.
  2. On a machine with the program: assess verify {report}
     It looks at the signature, compares the digests and runs the inference again from the diagnosis inside.
  3. By hand: sha256sum {report}
     The result must be the line "Report file" above, and the digest in the register of the site.

  The line "Diagnosis" is the SHA-256 of the diagnosis in canonical JSON, printed on the last pages of the report. It is not
  the SHA-256 of diagnosis.json, which is laid out for reading.

  A check says whether the file is what was published. It does not say whether what was answered is true.
"""


def _withdrawn(publication: Publication) -> str:
    if publication.withdrawn_at is None:
        return ""
    day, because = publication.withdrawn_at.date().isoformat(), publication.withdrawn_because
    return f"\nWITHDRAWN\n\n  The report was withdrawn on {day}, after it had been published.\n  Reason: {because}\n"


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _EVERY_ENTRY_IS_OF)
    entry.create_system, entry.external_attr = _UNIX, _READABLE
    return entry
