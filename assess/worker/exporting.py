"""Writes the responses of a round into a ZIP file of response files, as they were at one moment."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from io import TextIOWrapper
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlmodel import Session

from assess.settings import Settings
from assess.store.session import reading
from assess.store.tables import Round
from assess.worker.handling import Progress, database, now
from assess.worker.whole_files import written_whole
from assess.workflow.exports import FOLDER
from assess.workflow.handed_in import ResponseTable, response_table
from assess.workflow.pinned import asked
from assess.workflow.rows import required


def export_responses(settings: Settings, payload: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:
    """Write the file that was asked for; doing it again writes it anew under the same name."""
    path = settings.files / FOLDER / str(payload["file"])
    with (
        database(settings) as engine,
        reading(engine) as session,
        written_whole(path) as stream,
        ZipFile(stream, "w", ZIP_DEFLATED) as archive,
    ):
        responses = _write(session, int(payload["round"]), archive, progress)
    return {"file": f"{FOLDER}/{path.name}", "responses": responses}


def _write(session: Session, number: int, archive: ZipFile, progress: Progress) -> int:
    round_ = required(session, Round, number)
    names = [pin.questionnaire for pin in asked(session, number)]
    responses = 0
    for done, name in enumerate(names, start=1):
        table = response_table(session, round_, name, now().date())
        if table.rows:
            _add(archive, f"{name}.csv", table)
        responses += len(table.rows)
        progress(done, len(names))
    return responses


def _add(archive: ZipFile, name: str, table: ResponseTable) -> None:
    """Write a table row by row, straight into the archive."""
    with archive.open(name, "w", force_zip64=True) as member, TextIOWrapper(member, encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(table.header)
        writer.writerows(table.rows)
