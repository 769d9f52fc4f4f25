"""Finds versions of the rule base on disk and loads them checked."""

from __future__ import annotations

from pathlib import Path

from assess.content import content_folder
from assess.definitions.published import Publication, check_publication
from assess.definitions.rulebase import Rulebase
from assess.definitions.rulebase_checks import checked_rulebase
from assess.errors import AssessError

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
        raise AssessError(f"There is no rule base {version or ''} in {folder}; there is: {', '.join(versions) or 'none'}.")
    rulebase = checked_rulebase(folder / (version or versions[-1]))
    check_publication(folder, Publication(id=RULEBASE_ID, version=rulebase.version, digest=rulebase.digest), rulebase.status)
    return rulebase


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))
