"""Asks for a round's responses as a file; the file is written in the background."""

from __future__ import annotations

import json
from datetime import datetime

from sqlmodel import Session, col, select

from assess.store.tables import Cluster, Job, JobState, Round
from assess.workflow import audit, jobs
from assess.workflow.refusals import Unfit
from assess.workflow.released import refuse_erased
from assess.workflow.rows import identity, required

FOLDER = "exports"
"""Where exports are kept, below the folder of files."""
KIND = "export.responses"


def request_export(session: Session, round_: Round, *, actor: str, now: datetime) -> Job:
    """Have the responses of a round written into a ZIP file; asking again within the same second asks for the same file.

    The result of the job that is returned names the file. It holds single answers, so only evaluators may have it.
    """
    refuse_erased(round_)
    cluster = required(session, Cluster, round_.cluster_id)
    file = f"{cluster.key}-{round_.year}-{now:%Y%m%dT%H%M%S}.zip"
    payload = {"round": identity(round_), "file": file}
    job = jobs.enqueue(session, kind=KIND, key=f"{KIND}:{file}", payload=payload, now=now)
    audit.record(session, actor=actor, verb="export", subject=f"round/{round_.id}", now=now, details={"job": job.id})
    return job


def exports_of(session: Session, round_: Round) -> tuple[Job, ...]:
    """Return the exports of a round that were asked for, the newest first."""
    found = session.exec(select(Job).where(col(Job.kind) == KIND).order_by(col(Job.id).desc()))
    return tuple(job for job in found if json.loads(job.payload)["round"] == round_.id)


def file_of(job: Job) -> str:
    """Return the name of the file that an export wrote, below the folder of files; empty before it is done."""
    return str(json.loads(job.result)["file"]) if job.state is JobState.DONE else ""


def hand_out(session: Session, job: Job, *, actor: str, now: datetime) -> str:
    """Note that an export is handed out, and return the name of its file.

    Raises Unfit before it is written, and once the answers of its round were erased.
    """
    file = file_of(job)
    if not file:
        raise Unfit("Wait until the export is written, then load the page again.")
    round_ = required(session, Round, int(json.loads(job.payload)["round"]))
    refuse_erased(round_)  # the file itself goes with the next clearing
    audit.record(session, actor=actor, verb="download_export", subject=f"round/{round_.id}", now=now, details={"job": job.id})
    return file
