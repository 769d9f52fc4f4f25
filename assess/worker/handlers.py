"""The kinds of job there are, and what does each."""

from __future__ import annotations

from collections.abc import Mapping

from assess.worker.exporting import export_responses
from assess.worker.handling import Handler
from assess.worker.keeping import clear, erase, warn
from assess.worker.mailing import send_due
from assess.worker.previewing import preview_impact
from assess.worker.reporting import make_asked_report
from assess.worker.ticking import tick
from assess.workflow import definitions_in_use, exports, report_files

HANDLERS: Mapping[str, Handler] = {
    "mail.send": send_due,
    "rounds.tick": tick,
    "retention.warn": warn,
    "retention.erase": erase,
    "files.clear": clear,
    exports.KIND: export_responses,
    definitions_in_use.PREVIEW: preview_impact,
    report_files.KIND: make_asked_report,
}
