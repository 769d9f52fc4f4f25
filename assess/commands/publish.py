"""Publishes a version of the rule base or of a questionnaire."""

from __future__ import annotations

from pathlib import Path

import click

from assess.commands.speaking import say
from assess.content import content_folder
from assess.definitions.library import RULEBASE_ID
from assess.definitions.published import LOCK_NAME, Publication, publish
from assess.definitions.questionnaires import load_questionnaire
from assess.definitions.rulebase_checks import checked_rulebase
from assess.errors import AssessError
from assess.phrases import Phrase


def run(what: str, version: str) -> None:
    """Check the version and add it to the lock. Raises AssessError when it is not marked as published, or was published otherwise."""
    folder, found, status = _rulebase(version) if what == RULEBASE_ID else _questionnaire(what, version)
    if status != "published":
        raise AssessError(
            Phrase(
                "%(what)s is marked as %(status)s; set its status to published, then publish it.", what=f"{what} {version}", status=status
            )
        )
    publish(folder, found)
    values = {"what": f"{what} {version}", "file": str(folder / LOCK_NAME), "digest": found.digest}
    click.echo(say("%(what)s is published (%(file)s): %(digest)s", **values))


def _rulebase(version: str) -> tuple[Path, Publication, str]:
    folder = content_folder("rules")
    if not (folder / version / "rulebase.yaml").is_file():
        raise AssessError(Phrase("There is no rule base %(version)s in %(folder)s.", version=version, folder=str(folder)))
    rulebase = checked_rulebase(folder / version)
    return folder, Publication(id=RULEBASE_ID, version=rulebase.version, digest=rulebase.digest), rulebase.status


def _questionnaire(name: str, version: str) -> tuple[Path, Publication, str]:
    folder = content_folder("questionnaires")
    path = folder / name / f"{version}.yaml"
    if not path.is_file():
        raise AssessError(
            Phrase("There is no questionnaire %(name)s %(version)s in %(folder)s.", name=name, version=version, folder=str(folder))
        )
    questionnaire = load_questionnaire(path)
    return folder, Publication(id=name, version=version, digest=questionnaire.digest), questionnaire.status.value
