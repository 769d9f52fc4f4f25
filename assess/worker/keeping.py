"""Does once a day what keeping asks for: warns before answers are erased, erases them, and deletes files that nobody needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from assess.settings import Settings
from assess.store.files import EvidenceFolder
from assess.store.session import reading, writing
from assess.store.tables import Round
from assess.worker.handling import Progress, database, now
from assess.workflow import erasure, retention, tries
from assess.workflow.evidence_bytes import sweep
from assess.workflow.refusals import Unfit
from assess.workflow.rows import identity, required

EXPORTS_KEPT = timedelta(days=30)
"""An export holds single answers; whoever still needs it after that asks for a new one."""


def warn(settings: Settings, payload: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:  # noqa: ARG001 - a handler
    """Queue the warnings that are due; doing it again queues none twice."""
    with database(settings) as engine, writing(engine) as session:
        return {"mails": retention.warn_due(session, base_url=settings.base_url, now=now())}


def erase(settings: Settings, payload: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:  # noqa: ARG001 - a handler
    """Erase the answers of rounds whose time is over, each round in a transaction of its own; say which are held back, and why."""
    erased, held = 0, list[str]()
    with database(settings) as engine:
        with reading(engine) as session:
            numbers = [identity(round_) for round_ in retention.due_rounds(session, now=now())]
        for done, number in enumerate(numbers, start=1):
            try:
                with writing(engine) as session:
                    erasure.erase_answers(session, required(session, Round, number), now=now())
                erased += 1
            except Unfit as refusal:
                held.append(f"round {number}: {refusal}")
            progress(done, len(numbers))
    return {"erased": erased, "held": held}


def clear(settings: Settings, payload: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:  # noqa: ARG001 - a handler
    """Delete bytes of evidence that no row names, old exports or those of erased rounds, and old counts of tries."""
    with database(settings) as engine:
        with reading(engine) as session:
            files = sweep(session, EvidenceFolder(settings.files), now=now())
        with reading(engine) as session:
            exports = erasure.forget_exports(session, settings.files, before=now() - EXPORTS_KEPT)
        with writing(engine) as session:
            tries.forget_old(session, now=now())
    return {"evidence": files, "exports": exports}
