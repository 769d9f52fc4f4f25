"""Writes the PDF report of one diagnosis."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from assess.commands.diagnose import diagnose_files
from assess.definitions.digests import digest
from assess.definitions.library import load_rulebase_version
from assess.engine.document import SCHEMA, document
from assess.errors import AssessError
from assess.reports.pdf import write_report


def run(file: Path, target: Path, version: str | None) -> None:
    """Write the report of an indicator file, or of a diagnosis saved as JSON."""
    if target.is_dir() or not target.parent.is_dir():
        raise AssessError(f"{target} cannot be written: {'it is a folder' if target.is_dir() else f'there is no folder {target.parent}'}.")
    content = _saved_diagnosis(file) or document(diagnose_files([file], load_rulebase_version(version))[0])
    try:
        write_report(content, target)
    except OSError as error:
        raise AssessError(f"{target} cannot be written ({error.strerror}).") from error
    click.echo(f"Report written to {target}")


def _saved_diagnosis(file: Path) -> dict[str, Any] | None:
    """Return a diagnosis that was saved with `--format json`; None for any other file.

    Raises AssessError when its content does not match its own digest.
    """
    if file.suffix != ".json" or not file.is_file():
        return None
    try:
        content = json.loads(file.read_text("utf-8"))
    except ValueError:
        return None
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        return None
    if digest({key: value for key, value in content.items() if key != "digest"}) != content.get("digest"):
        raise AssessError(
            f"{file} is not the diagnosis it says it is: its content does not match its digest. Make it again from its source."
        )
    return content
