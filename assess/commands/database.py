"""Makes, upgrades and copies the survey's database."""

from __future__ import annotations

from pathlib import Path

import click

from assess.errors import AssessError
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
    click.echo(f"The database is at {after}." if before == after else f"The database was brought from {before or 'nothing'} to {after}.")


def run_backup(target: Path) -> None:
    """Copy one moment of the database to a file, and its evidence files to a folder beside it."""
    if not target.parent.is_dir():
        raise AssessError(f"There is no folder {target.parent} for the backup.")
    settings = read_settings()
    count = backup_with_files(open_database(settings.database), EvidenceFolder(settings.files), target)
    click.echo(f"Backup written to {target}, with {_files(count)} in {files_beside(target)}; keep the two together.")


def run_restore(source: Path) -> None:
    """Fill an empty database and the folder of evidence files from a backup, and compare their digests."""
    settings = read_settings()
    folder = EvidenceFolder(settings.files)
    count = restore_with_files(source, settings.database, folder)
    engine = open_database(settings.database)
    click.echo(f"Restored the database and {_files(count)} from {source}.")
    if current(engine) != newest():
        click.echo("The backup is of an earlier version: run `assess db upgrade` before the site is served.")
        return
    click.echo(f"The digest of the database's contents is {contents_digest(engine)}.")
    with reading(engine) as session:
        lacking = missing(session, folder)
    if lacking:
        names = ", ".join(lacking)
        raise AssessError(f"Look for them in an earlier backup: {_files(len(lacking))} that answers name are lacking ({names}).")


def _files(count: int) -> str:
    return f"{count} evidence file{'' if count == 1 else 's'}"
