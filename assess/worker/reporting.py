"""Makes report files in the background."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assess.settings import Settings
from assess.store.files import EvidenceFolder
from assess.worker.handling import Progress, database, now
from assess.workflow.report_files import Kind, make_report, signing_key


def make_asked_report(settings: Settings, payload: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Make the report of a diagnosis; when it is there already, name the one that is."""
    kind = Kind(str(payload["audience"]), str(payload["language"]), settings.base_url)
    progress(0, 1)
    with database(settings) as engine:
        report = make_report(
            engine, EvidenceFolder(settings.files), int(payload["diagnosis"]), now=now(), key=signing_key(settings), kind=kind
        )
    progress(1, 1)
    return {"report": report.id, "digest": report.digest}
