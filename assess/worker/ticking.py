"""Does what rounds need as time goes by: closes those that are over, and reminds on schedule in the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assess.settings import Settings
from assess.store.queries import open_rounds
from assess.store.session import reading, writing
from assess.store.tables import Round
from assess.worker.handling import Progress, database, now
from assess.workflow import reminders, rounds
from assess.workflow.rows import identity, required


def tick(settings: Settings, payload: Mapping[str, Any], progress: Progress) -> Mapping[str, Any]:  # noqa: ARG001 - a handler
    """Close rounds and queue reminders, each round in a transaction of its own; doing it again reminds nobody twice."""
    with database(settings) as engine:
        with writing(engine) as session:
            closed = len(rounds.close_due_rounds(session, now=now()))
        with reading(engine) as session:
            numbers = [identity(round_) for round_ in open_rounds(session)]
        reminded = 0
        for done, number in enumerate(numbers, start=1):
            with writing(engine) as session:
                round_ = required(session, Round, number)
                reminded += reminders.remind_on_schedule(session, round_, base_url=settings.base_url, now=now())
            progress(done, len(numbers))
    return {"closed": closed, "reminded": reminded}
