"""Published versions never change: their digests are kept, and compared for ever."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import RootModel

from assess.definitions.indicators import Frozen
from assess.definitions.validation import fit
from assess.definitions.yamlfile import read_yaml
from assess.errors import AssessError, Fault, FaultsFound
from assess.phrases import Phrase

LOCK_NAME = "published.lock"


class Publication(Frozen):
    """One published version and the SHA-256 of its content."""

    id: str
    version: str
    digest: str


class _Lock(RootModel[tuple[Publication, ...]]):
    pass


def publications(folder: Path) -> tuple[Publication, ...]:
    """Return what `folder` has published; nothing where it has no lock file."""
    path = folder / LOCK_NAME
    if not path.exists():
        return ()
    document, faults = read_yaml(path), list[Fault]()
    lock = fit(_Lock, document, (), document.data, faults)
    if lock is None:
        raise FaultsFound(faults)
    return lock.root


def check_publication(folder: Path, found: Publication, status: str) -> None:
    """Refuse content that changed under a published version, and a published status that is not in the lock.

    Raises FaultsFound.
    """
    lock = str(folder / LOCK_NAME)
    subject = f"{found.id} {found.version}"
    locked = next((entry for entry in publications(folder) if (entry.id, entry.version) == (found.id, found.version)), None)
    if locked is None and status == "published":
        problem, remedy = Phrase("says it is published but is not in the lock"), Phrase("publish it with `assess publish`")
        raise FaultsFound([Fault(lock, None, subject, problem, remedy)])
    if locked is not None and locked.digest != found.digest:
        problem = Phrase("was changed after it was published")
        remedy = Phrase("restore its content, and put the change into a new version")
        raise FaultsFound([Fault(lock, None, subject, problem, remedy)])


def publish(folder: Path, found: Publication) -> None:
    """Add a version to the lock. Raises AssessError when the version was published before with other content."""
    known = publications(folder)
    if any((entry.id, entry.version) == (found.id, found.version) and entry.digest != found.digest for entry in known):
        raise AssessError(
            Phrase(
                "%(id)s %(version)s was published before with other content; give the new content a new version.",
                id=found.id,
                version=found.version,
            )
        )
    entries = sorted({*known, found}, key=lambda entry: (entry.id, entry.version))
    text = json.dumps([entry.model_dump() for entry in entries], indent=2) + "\n"
    temporary = folder / f"{LOCK_NAME}.new"
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(folder / LOCK_NAME)
