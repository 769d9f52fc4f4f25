"""Publishes a version of the rule base or of a questionnaire."""

from __future__ import annotations

from pathlib import Path

import click

from assess.content import content_folder
from assess.definitions.library import RULEBASE_ID
from assess.definitions.published import LOCK_NAME, Publication, publish
from assess.definitions.questionnaires import load_questionnaire
from assess.definitions.rulebase_checks import checked_rulebase
from assess.errors import AssessError


def run(what: str, version: str) -> None:
    """Check the version and add it to the lock. Raises AssessError when it is not marked as published, or was published otherwise."""
    folder, found, status = _rulebase(version) if what == RULEBASE_ID else _questionnaire(what, version)
    if status != "published":
        raise AssessError(f"{what} {version} is marked as {status}; set its status to published, then publish it.")
    publish(folder, found)
    click.echo(f"{what} {version} is published ({folder / LOCK_NAME}): {found.digest}")


def _rulebase(version: str) -> tuple[Path, Publication, str]:
    folder = content_folder("rules")
    if not (folder / version / "rulebase.yaml").is_file():
        raise AssessError(f"There is no rule base {version} in {folder}.")
    rulebase = checked_rulebase(folder / version)
    return folder, Publication(id=RULEBASE_ID, version=rulebase.version, digest=rulebase.digest), rulebase.status


def _questionnaire(name: str, version: str) -> tuple[Path, Publication, str]:
    folder = content_folder("questionnaires")
    path = folder / name / f"{version}.yaml"
    if not path.is_file():
        raise AssessError(f"There is no questionnaire {name} {version} in {folder}.")
    questionnaire = load_questionnaire(path)
    return folder, Publication(id=name, version=version, digest=questionnaire.digest), questionnaire.status.value
