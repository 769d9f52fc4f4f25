"""Begins to check a report's signature before all else is loaded: what it takes loads as long as what draws the conclusions again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from assess.errors import AssessError
from assess.reports.seal_findings import MOST_BYTES, Signature, unchecked

_LOOKS_SIGNED = b"/ByteRange"


def content_of(file: Path) -> bytes:
    """Return what the file holds, as far as it is looked at."""
    try:
        with file.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise AssessError(f"Name a report that can be read: {file} cannot ({error.strerror}).") from error


@contextmanager
def begun(content: bytes) -> Iterator[Callable[[bytes], Signature]]:
    """Yield what tells the signature of this content; where it looks signed, a process of its own is at it meanwhile."""
    if _LOOKS_SIGNED not in content:
        yield _signature
        return
    with ProcessPoolExecutor(1, get_context("fork")) as pool:
        yield partial(_told, pool.submit(_signature, content))


def _told(found: Future[Signature], _content: bytes) -> Signature:
    try:
        return found.result()
    except BrokenProcessPool as error:
        return unchecked(error)


def _signature(content: bytes) -> Signature:
    from assess.reports.seal_signature import check_signature

    return check_signature(content)
