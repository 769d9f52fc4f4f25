"""Makes, upgrades and copies the survey's database."""

from __future__ import annotations

from pathlib import Path

import click

from assess.errors import AssessError
from assess.settings import read_settings
from assess.store.backup import backup
from assess.store.session import open_database
from assess.store.upgrade import current, upgrade


def run_upgrade() -> None:
    """Bring the database to this version of the program."""
    engine = open_database(read_settings().database)
    before = current(engine)
    upgrade(engine)
    after = current(engine)
    click.echo(f"The database is at {after}." if before == after else f"The database was brought from {before or 'nothing'} to {after}.")


def run_backup(target: Path) -> None:
    """Copy one moment of the database to a file."""
    if not target.parent.is_dir():
        raise AssessError(f"There is no folder {target.parent} for the backup.")
    backup(open_database(read_settings().database), target)
    click.echo(f"Backup written to {target}. Evidence files are not in it: copy their folder too.")
