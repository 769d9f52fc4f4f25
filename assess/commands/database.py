"""Makes, upgrades and copies the survey's database."""

from __future__ import annotations

from pathlib import Path

import click

from assess.commands.speaking import say, several
from assess.errors import AssessError
from assess.phrases import Phrase
from assess.settings import read_settings
from assess.store.backup import backup_with_files, files_beside, restore_with_files
from assess.store.digest import contents_digest
from assess.store.files import EvidenceFolder
from assess.store.session import open_database, reading
from assess.store.upgrade import current, newest, upgrade
from assess.workflow.evidence_bytes import missing


def run_upgrade() -> None:
    """Bring the database to this version of the program."""
    engine = open_database(read_settings().database)
    before = current(engine)
    upgrade(engine)
    after = current(engine)
    if before == after:
        click.echo(say("The database is at %(after)s.", after=str(after)))
    elif before is None:
        click.echo(say("The database was brought from nothing to %(after)s.", after=str(after)))
    else:
        click.echo(say("The database was brought from %(before)s to %(after)s.", before=before, after=str(after)))


def run_backup(target: Path) -> None:
    """Copy one moment of the database to a file, and its evidence files to a folder beside it."""
    if not target.parent.is_dir():
        raise AssessError(Phrase("There is no folder %(folder)s for the backup.", folder=str(target.parent)))
    settings = read_settings()
    count = backup_with_files(open_database(settings.database), EvidenceFolder(settings.files), target)
    click.echo(
        several(
            count,
            "Backup written to %(target)s, with %(num)s evidence file in %(folder)s; keep the two together.",
            "Backup written to %(target)s, with %(num)s evidence files in %(folder)s; keep the two together.",
            target=str(target),
            folder=str(files_beside(target)),
        )
    )


def run_restore(source: Path) -> None:
    """Fill an empty database and the folder of evidence files from a backup, and compare their digests."""
    settings = read_settings()
    folder = EvidenceFolder(settings.files)
    count = restore_with_files(source, settings.database, folder)
    engine = open_database(settings.database)
    click.echo(
        several(
            count,
            "Restored the database and %(num)s evidence file from %(source)s.",
            "Restored the database and %(num)s evidence files from %(source)s.",
            source=str(source),
        )
    )
    if current(engine) != newest():
        click.echo(say("The backup is of an earlier version: run `assess db upgrade` before the site is served."))
        return
    click.echo(say("The digest of the database's contents is %(digest)s.", digest=contents_digest(engine)))
    with reading(engine) as session:
        lacking = missing(session, folder)
    if lacking:
        raise AssessError(
            Phrase(
                "Look for them in an earlier backup: evidence files that answers name are lacking (%(names)s).",
                names=", ".join(lacking),
            )
        )
