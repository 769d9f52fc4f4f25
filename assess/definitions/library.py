"""Finds versions of the rule base and the questionnaires on disk and loads them checked."""

from __future__ import annotations

from pathlib import Path

from assess.content import content_folder
from assess.definitions.published import Publication, check_publication
from assess.definitions.questionnaire_items import Questionnaire
from assess.definitions.rulebase import Rulebase
from assess.definitions.rulebase_checks import checked_rulebase
from assess.errors import AssessError, Fault, FaultsFound, read_each
from assess.phrases import Phrase

RULEBASE_ID = "rulebase"


def rulebase_versions(folder: Path) -> list[str]:
    """Return the versions in `folder`, oldest first."""
    return sorted((path.parent.name for path in folder.glob("*/rulebase.yaml")), key=_order)


def load_rulebase_version(version: str | None = None) -> Rulebase:
    """Load one version (the latest when none is named), checked, and compared with what was published.

    Raises AssessError when there is no such version, FaultsFound when something in it is wrong.
    """
    folder = content_folder("rules")
    versions = rulebase_versions(folder)
    if not versions or (version is not None and version not in versions):
        raise AssessError(_no_rulebase(version or "", str(folder), versions))
    name = version or versions[-1]
    rulebase = checked_rulebase(folder / name)
    if rulebase.version != name:
        unlike = Phrase("stands in the folder %(folder)s but says it is %(version)s", folder=name, version=rulebase.version)
        raise FaultsFound([Fault(str(folder / name / "rulebase.yaml"), None, "version", unlike, Phrase("make the two agree"))])
    check_publication(folder, Publication(id=RULEBASE_ID, version=rulebase.version, digest=rulebase.digest), rulebase.status)
    return rulebase


def _no_rulebase(version: str, folder: str, versions: list[str]) -> Phrase:
    if not versions:
        return Phrase("There is no rule base %(version)s in %(folder)s; there is: none.", version=version, folder=folder)
    there = ", ".join(versions)
    return Phrase(
        "There is no rule base %(version)s in %(folder)s; there is: %(versions)s.", version=version, folder=folder, versions=there
    )


def questionnaire_versions(folder: Path) -> dict[str, list[str]]:
    """Return the versions of every questionnaire in `folder`, oldest first."""
    entries = (entry for entry in sorted(folder.iterdir()) if entry.is_dir())
    found = {entry.name: sorted((path.stem for path in entry.glob("*.yaml")), key=_order) for entry in entries}
    return {name: versions for name, versions in found.items() if versions}


def load_questionnaires() -> dict[str, Questionnaire]:
    """Load the latest version of every questionnaire, compared with what was published.

    Raises FaultsFound with the faults of all of them.
    """
    folder = content_folder("questionnaires")
    newest = {name: versions[-1] for name, versions in questionnaire_versions(folder).items()}
    return dict(zip(newest, read_each(lambda name: _checked_questionnaire(folder, name, newest[name]), newest), strict=True))


def _checked_questionnaire(folder: Path, name: str, version: str) -> Questionnaire:
    from assess.definitions.questionnaires import load_questionnaire  # takes the grammar of expressions along, which rules do without

    questionnaire = load_questionnaire(folder / name / f"{version}.yaml")
    publication = Publication(id=questionnaire.id, version=questionnaire.version, digest=questionnaire.digest)
    check_publication(folder, publication, questionnaire.status.value)
    return questionnaire


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))
