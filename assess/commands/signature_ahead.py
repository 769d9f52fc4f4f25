"""Begins to check a report's signature before all else is loaded: what it takes loads as long as what draws the conclusions again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from assess.commands.ahead import Ahead, Unanswered
from assess.errors import AssessError
from assess.phrases import Phrase
from assess.reports.seal_findings import MOST_BYTES, Signature

_LOOKS_SIGNED = b"/ByteRange"


def content_of(file: Path) -> bytes:
    """Return what the file holds, as far as it is looked at."""
    try:
        with file.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise AssessError(
            Phrase("Name a report that can be read: %(file)s cannot (%(reason)s).", file=str(file), reason=Phrase(str(error.strerror)))
        ) from error


def begun(content: bytes) -> Callable[[bytes], Signature]:
    """Return what tells the signature of this content; where it looks signed, a process of its own is at it from now on."""
    return partial(_told, Ahead(partial(_signature, content))) if _LOOKS_SIGNED in content else _signature


def _told(found: Ahead[Signature], _content: bytes) -> Signature:
    try:
        return found()
    except Unanswered:
        return Signature("", "", False, unanswered=True)


def _signature(content: bytes) -> Signature:
    from assess.reports.seal_signature import check_signature

    return check_signature(content)
