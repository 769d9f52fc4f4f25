"""Says why, or why not, a conclusion was drawn."""

from __future__ import annotations

from pathlib import Path

import click

from assess.commands.diagnose import diagnose_files
from assess.commands.speaking import reader
from assess.commands.telling import wording_for
from assess.definitions.library import load_rulebase_version
from assess.reports.explanation import explanation


def run(file: Path, conclusion: str, version: str | None) -> None:
    """Print the explanation. Raises AssessError when there is no such conclusion."""
    rulebase = load_rulebase_version(version)
    diagnosis = diagnose_files([file], rulebase)[0]
    click.echo(explanation(diagnosis, conclusion, wording_for(rulebase.version, reader())))
