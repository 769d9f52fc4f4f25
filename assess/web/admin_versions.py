"""The versions of questionnaires and rule bases that are installed: read only, and read again only when a file has changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assess.content import content_folder
from assess.definitions.library import questionnaire_versions, rulebase_versions
from assess.definitions.questionnaire_items import Questionnaire
from assess.definitions.questionnaires import load_questionnaire
from assess.definitions.rulebase import Rulebase
from assess.definitions.rulebase_checks import checked_rulebase
from assess.errors import AssessError
from assess.web.wording import words


@dataclass(frozen=True, slots=True)
class Installed:
    """One installed version. `status` is draft or published, and empty where it cannot be read: then `problem` says why."""

    name: str
    version: str
    status: str
    digest: str
    problem: str = ""


def installed_questionnaires() -> tuple[Installed, ...]:
    """Return every installed version of every questionnaire, the newest of each last."""
    found = questionnaire_versions(content_folder("questionnaires"))
    return tuple(_questionnaire(name, version) for name, versions in found.items() for version in versions)


def installed_rulebases() -> tuple[Installed, ...]:
    """Return every installed version of the rule base, the newest last."""
    return tuple(_rulebase(version) for version in rulebase_versions(content_folder("rules")))


def questionnaire(name: str, version: str) -> Questionnaire:
    """Return an installed version of a questionnaire. Raises KeyError where there is none, FaultsFound when it cannot be read."""
    path = questionnaire_file(name, version)
    return _loaded_questionnaire(path, path.stat().st_mtime_ns)


def rulebase(version: str) -> Rulebase:
    """Return an installed version of the rule base. Raises KeyError where there is none, FaultsFound when it cannot be read."""
    files = rulebase_files(version)
    return _loaded_rulebase(files[0].parent, tuple(file.stat().st_mtime_ns for file in files))


def questionnaire_file(name: str, version: str) -> Path:
    """Return the file of an installed version. Raises KeyError for a name or version that is not among those installed."""
    folder = content_folder("questionnaires")
    if version not in questionnaire_versions(folder).get(name, ()):
        raise KeyError(name, version)
    return folder / name / f"{version}.yaml"


def rulebase_files(version: str) -> tuple[Path, ...]:
    """Return the files of an installed version. Raises KeyError for one that is not installed."""
    folder = content_folder("rules")
    if version not in rulebase_versions(folder):
        raise KeyError(version)
    return tuple(sorted((folder / version).glob("*.yaml")))


def _questionnaire(name: str, version: str) -> Installed:
    try:
        found = questionnaire(name, version)
    except AssessError as error:
        return Installed(name, version, "", "", error.said(words().told))
    return Installed(name, version, found.status.value, found.digest)


def _rulebase(version: str) -> Installed:
    try:
        found = rulebase(version)
    except AssessError as error:
        return Installed("rules", version, "", "", error.said(words().told))
    return Installed("rules", version, found.status, found.digest)


@lru_cache(maxsize=64)
def _loaded_questionnaire(path: Path, changed: int) -> Questionnaire:  # noqa: ARG001 - another time of change is another file
    return load_questionnaire(path)


@lru_cache(maxsize=16)
def _loaded_rulebase(folder: Path, changed: tuple[int, ...]) -> Rulebase:  # noqa: ARG001 - as above
    return checked_rulebase(folder)
