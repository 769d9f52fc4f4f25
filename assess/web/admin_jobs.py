"""Administration of background jobs: what waits, what runs, what was given up and why."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus

from flask import Blueprint, abort, redirect, url_for
from sqlmodel import Session, col, select
from werkzeug.wrappers import Response as Reply

from assess.definitions.words import ENGLISH, Words, words_of
from assess.phrases import message, unpacked
from assess.store.session import reading, writing
from assess.store.tables import Job, JobState
from assess.web.access import needs
from assess.web.admin_parts import Act, AdminPage, Cell, Table, moment, printed
from assess.web.desks import desk
from assess.web.frames import frame
from assess.web.site import site
from assess.web.wording import words
from assess.workflow import definitions_in_use, exports, jobs, report_files

admin_jobs = Blueprint("admin_jobs", __name__, url_prefix="/admin/jobs")

_MOST = 100
"""Jobs of each state that are shown, the newest first."""
_ORDER = (
    (JobState.DEAD, message("Given up"), message("Nothing was given up.")),
    (JobState.RUNNING, message("Under way"), message("Nothing is under way.")),
    (JobState.WAITING, message("Waiting"), message("Nothing waits.")),
    (JobState.DONE, message("Done"), message("Nothing was done lately.")),
)
KINDS = {
    "mail.send": message("Send mails"),
    "rounds.tick": message("Open and close rounds, remind"),
    "retention.warn": message("Warn before answers are erased"),
    "retention.erase": message("Erase answers whose time is over"),
    "files.clear": message("Delete files that nobody needs"),
    exports.KIND: message("Write responses into a file"),
    definitions_in_use.PREVIEW: message("Preview another rule base"),
    report_files.KIND: message("Make a report"),
}
"""What kinds of job are called."""
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@admin_jobs.get("")
@needs("admin.jobs")
def listing() -> str | tuple[str, HTTPStatus]:
    """Show jobs by state, those that were given up first."""
    with reading(site().database) as session:
        tables = tuple(_table(session, *one) for one in _ORDER)
    say = words().say
    lead = say("Work that is done in the background. A job is tried several times before it is given up; a retry begins it anew.")
    return printed(AdminPage(frame(say("Jobs")), lead, tables=tables))


@admin_jobs.post("/<int:job>/retry")
@needs("admin.jobs")
def retry(job: int) -> Reply:
    """Let a job that was given up be tried again."""
    with writing(site().database) as session:
        found = session.get(Job, job)
        if found is None:
            abort(HTTPStatus.NOT_FOUND)
        jobs.retry(session, found, now=desk().now, actor=desk().actor)
    return redirect(url_for("admin_jobs.listing", done="saved"), HTTPStatus.SEE_OTHER)


def age(since: datetime | None, now: datetime, chosen: Words | None = None) -> str:
    """Say how long ago something was, in the unit that tells most; in English unless other words are given."""
    if since is None:
        return "–"
    say, past = (chosen or words_of(ENGLISH)).say, max(now - since, timedelta())
    if past < _HOUR:
        return say("%(number)s min", number=past // timedelta(minutes=1))
    return say("%(number)s h", number=past // _HOUR) if past < 2 * _DAY else say("%(number)s days", number=past // _DAY)


def _table(session: Session, state: JobState, caption: str, empty: str) -> Table:
    found = session.exec(select(Job).where(col(Job.state) == state).order_by(col(Job.id).desc()).limit(_MOST)).all()
    say, dead = words().say, state is JobState.DEAD
    last = {JobState.DEAD: say("Retry"), JobState.WAITING: say("Due"), JobState.DONE: say("Ended")}.get(state, say("Held until"))
    numbers = ((say("Age"), "number"), (say("Tries"), "number"), (say("Progress"), "number"))
    columns = (say("Job"), say("Kind"), *numbers, say("What went wrong"), (last, "when"))
    return Table(say(caption), columns, tuple(_line(job, dead) for job in found), say(empty))


def _line(job: Job, dead: bool) -> tuple[Cell, ...]:
    say = words().say
    progress = say("%(number)s of %(all)s", number=job.progress, all=job.total) if job.total else str(job.progress or "–")
    kind = say(KINDS.get(job.kind, job.kind))
    times = {JobState.WAITING: job.due_at, JobState.RUNNING: job.lease_until, JobState.DONE: job.finished_at}
    last: Cell = moment(times.get(job.state))
    if dead:
        last = Act(url_for("admin_jobs.retry", job=job.id), say("Retry"), say("job %(number)s, %(kind)s", number=str(job.id), kind=kind))
    wrong = words().told(unpacked(job.error or "–"))
    return f"{job.id}", kind, age(job.created_at, desk().now, words()), str(job.attempts), progress, wrong, last
