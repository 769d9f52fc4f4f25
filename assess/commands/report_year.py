"""Writes the reports of all rounds of a year, several at a time; begun again, it goes on where it stopped."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, as_completed
from multiprocessing import get_context
from pathlib import Path

import click
from pebble import ProcessPool
from rich.console import Console
from rich.progress import Progress

from assess.commands.sites import ACTOR, Place, place
from assess.commands.speaking import say
from assess.errors import AssessError
from assess.phrases import Phrase
from assess.reports.pdf import Made, make
from assess.reports.seal_keys import SigningKey
from assess.reports.seal_stamp import AGENCY, ENGLISH
from assess.store.files import EvidenceFolder
from assess.store.session import reading
from assess.store.steering_tables import ReportFile
from assess.workflow.report_files import DRAFT, Kind, Wanted, keep_report, report_bytes, signing_key, wanted_report
from assess.workflow.rows import identity
from assess.workflow.year_reports import diagnoses_of

_LONGEST = 120
"""Seconds after which a report that is still being made counts as failed."""
_key: SigningKey | None = None  # of a child process; a private key is not sent through a pipe for each report


def run(year: int, jobs: int, folder: Path, *, audience: str = AGENCY, language: str = ENGLISH) -> None:
    """Make the reports of a year that were not made yet, and write all of them to a folder. Raises AssessError when some failed."""
    with place() as found:
        files, key = EvidenceFolder(found.settings.files), signing_key(found.settings)
        with reading(found.engine) as session:
            numbers = [identity(diagnosis) for diagnosis in diagnoses_of(session, year)]
        kind = Kind(audience, language, found.settings.base_url)
        wanted = [wanted_report(found.engine, number, now=found.now, kind=kind) for number in numbers]
        if not wanted:
            raise AssessError(Phrase("Diagnose a round of %(year)s first: none has a diagnosis.", year=str(year)))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        missing = [one for one in wanted if one.made is None or not files.has(one.made.digest)]
        for one in wanted:
            if one not in missing and one.made is not None:
                _write(folder, one, one.made, files)
        failed = _make(found, files, key, missing, jobs, folder)
    click.echo(
        say(
            "%(all)s reports are in %(folder)s, %(now)s of them made now.",
            all=len(wanted) - len(failed),
            folder=f"{folder}/",
            now=len(missing) - len(failed),
        )
    )
    if failed:
        raise AssessError(Phrase("Run the command again; reports not made:\n%(failed)s", failed="\n".join(failed)))


def _make(found: Place, files: EvidenceFolder, key: SigningKey | None, missing: Sequence[Wanted], jobs: int, folder: Path) -> list[str]:
    """Make reports; the first in this process, so that what is forked from it has everything loaded. Return what failed."""
    failed: list[str] = []
    if not missing:
        return failed
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(say("Reports"), total=len(missing))
        _keep(found, files, missing[0], make(missing[0].document, missing[0].stamp, key, missing[0].annex), folder)
        progress.advance(task)
        found.engine.dispose()  # no connection is to be shared with a child process
        with ProcessPool(jobs, initializer=_begin, initargs=(key,), context=get_context("fork")) as pool:
            under_way: dict[Future[Made], Wanted] = {pool.schedule(_made, args=(one,), timeout=_LONGEST): one for one in missing[1:]}
            for future in as_completed(under_way):
                error = future.exception()
                if error is None:
                    _keep(found, files, under_way[future], future.result(), folder)
                else:
                    failed.append(f"{_name(under_way[future])}: {type(error).__name__} {error}")
                progress.advance(task)
    return failed


def _begin(key: SigningKey | None) -> None:
    global _key
    _key = key


def _made(wanted: Wanted) -> Made:
    return make(wanted.document, wanted.stamp, _key, wanted.annex)


def _keep(found: Place, files: EvidenceFolder, wanted: Wanted, made: Made, folder: Path) -> None:
    _write(folder, wanted, keep_report(found.engine, files, wanted, made, now=found.now, actor=ACTOR), files)


def _write(folder: Path, wanted: Wanted, report: ReportFile, files: EvidenceFolder) -> None:
    content, target = report_bytes(files, report), folder / _name(wanted)
    if not target.is_file() or target.read_bytes() != content:
        target.with_suffix(".part").write_bytes(content)
        target.with_suffix(".part").replace(target)


def _name(wanted: Wanted) -> str:
    """The English report for agencies goes by its number alone; others name who they are for and in which language."""
    stamp = wanted.stamp
    kind = "" if (stamp.audience, stamp.language) == (AGENCY, ENGLISH) else f"-{stamp.audience}-{stamp.language}"
    return f"{stamp.number or f'{DRAFT}-{stamp.number_of(wanted.document)}'}{kind}.pdf"
