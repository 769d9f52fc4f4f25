"""Finds the questionnaires, rules and templates: beside the package, inside it, or where ASSESS_CONTENT says."""

from __future__ import annotations

import os
from pathlib import Path

from assess.errors import AssessError
from assess.phrases import Phrase

_PACKAGE = Path(__file__).resolve().parent
_FOLDERS = ("questionnaires", "rules", "templates")


def content_folder(name: str) -> Path:
    """Return the folder `name` ("questionnaires", "rules", "templates" or "cases").

    Raises AssessError when it is nowhere to be found.
    """
    for candidate in _candidates(name):
        if candidate.is_dir():
            return candidate
    raise AssessError(
        Phrase(
            "The folder %(folder)s was not found; set ASSESS_CONTENT to the folder that holds %(folders)s.",
            folder=f"{name}/",
            folders=", ".join(_FOLDERS),
        )
    )


def _candidates(name: str) -> tuple[Path, ...]:
    override = os.environ.get("ASSESS_CONTENT")
    beside = _PACKAGE.parent / ("tests/cases" if name == "cases" else name)
    inside = _PACKAGE / "_content" / name
    return ((Path(override) / name,) if override else ()) + (inside, beside)


def relative(path: Path) -> str:
    """Name a file as its reader knows it: relative to the working folder or to the content, else as it stands."""
    for root in (Path.cwd(), _PACKAGE.parent, _PACKAGE / "_content"):
        if path.is_relative_to(root):
            return str(path.relative_to(root))
    return str(path)
