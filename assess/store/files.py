"""Keeps evidence files in a folder: each once, under the SHA-256 of its bytes, and never half."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkstemp
from typing import IO

from assess.phrases import Phrase
from assess.store.failures import StoreError

_CHUNK = 1 << 16
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_INCOMING = "incoming"
_LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Draft:
    """Bytes that were received and are on the disk, but not kept yet."""

    path: Path
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class EvidenceFolder:
    """The folder of evidence files; a file lies two folders deep, so that no folder grows long."""

    path: Path

    def place(self, digest: str) -> Path:
        """Say where the bytes of a digest are kept. Raises ValueError for what is no digest."""
        if not _DIGEST.match(digest):
            raise ValueError(f"{digest!r} is no SHA-256 in hexadecimal digits")
        return self.path / digest[:2] / digest[2:4] / digest

    def has(self, digest: str) -> bool:
        """Say whether the bytes of a digest are kept."""
        return self.place(digest).is_file()

    @contextmanager
    def receiving(self, stream: IO[bytes], *, most: int) -> Iterator[Draft]:
        """Write a stream to the disk, at most `most` bytes and one more, by which too long a one is known; gone afterwards if not kept."""
        with told_of_files():
            _make_folder(self.path / _INCOMING)
            handle, name = mkstemp(dir=self.path / _INCOMING)
        try:
            with told_of_files(), os.fdopen(handle, "wb") as file:
                digest, size = _copy(stream, file, most + 1)
            yield Draft(Path(name), digest, size)
        finally:
            Path(name).unlink(missing_ok=True)

    def keep(self, draft: Draft) -> None:
        """Keep what was received. Bytes that are there already are replaced by the same, which also makes them young again."""
        target = self.place(draft.digest)
        with told_of_files():
            _make_folder(target.parent)
            draft.path.replace(target)
            _sync_folders(target.parent, self.path)

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Let nobody drop bytes until the end of the block: hold it from `keep` until the rows that name the bytes are committed."""
        with self._lock() as handle:
            fcntl.flock(handle, fcntl.LOCK_SH)
            yield

    @contextmanager
    def clearing(self) -> Iterator[bool]:
        """Yield whether bytes may be dropped in the block: not while anybody is `keeping` some, which is not waited for."""
        with self._lock() as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def drop(self, digest: str) -> None:
        """Delete the bytes of a digest, if they are there; only while `clearing`."""
        with told_of_files():
            self.place(digest).unlink(missing_ok=True)

    def digests(self) -> list[str]:
        """Return the digests of everything that is kept, in order."""
        return sorted(path.name for path in self.path.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*") if _DIGEST.match(path.name))

    def kept_at(self, digest: str) -> datetime:
        """Say when bytes were last kept, in UTC without a zone."""
        return _changed_at(self.place(digest))

    def forget_drafts(self, before: datetime) -> None:
        """Delete what was being received before a time and never came to its end."""
        for path in (self.path / _INCOMING).glob("*"):
            if _changed_at(path) < before:
                path.unlink(missing_ok=True)

    def copy_to(self, folder: Path) -> int:
        """Copy everything that is kept into a folder that must be new, and return how many files there were.

        Raises StoreError when one is damaged, or when the folder is there already; then it is left as it was.
        """
        with told_of_files():
            folder.mkdir(mode=0o700)
        count = sum(EvidenceFolder(folder).take(self.place(digest), digest) for digest in self.digests())
        shutil.rmtree(folder / _INCOMING, ignore_errors=True)
        return count

    def take_from(self, folder: Path) -> int:
        """Keep copies of all files of a backup, and return how many there were. Raises StoreError when one is damaged."""
        source = EvidenceFolder(folder)
        return sum(self.take(source.place(digest), digest) for digest in source.digests())

    def take(self, file: Path, digest: str) -> bool:
        """Keep a copy of `file`, whose bytes must have the digest. Raises StoreError when they have another."""
        with told_of_files(), file.open("rb") as stream, self.receiving(stream, most=file.stat().st_size) as draft:
            if draft.digest != digest:
                raise StoreError(
                    Phrase("%(file)s is damaged: its bytes have another SHA-256; take it from another backup.", file=str(file))
                )
            self.keep(draft)
        return True

    @contextmanager
    def _lock(self) -> Iterator[int]:
        with told_of_files():
            _make_folder(self.path)
            handle = os.open(self.path / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            yield handle
        finally:
            os.close(handle)


@contextmanager
def told_of_files() -> Iterator[None]:
    """Turn what the operator can mend into a StoreError."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            Phrase(
                "The folder of evidence files cannot be used (%(reason)s: %(file)s); "
                "check ASSESS_FILES, the rights to it and the room on its disk.",
                reason=Phrase(str(error.strerror)),
                file=str(error.filename) if error.filename else Phrase("no name"),
            )
        ) from error


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal digits."""
    with told_of_files(), file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _copy(stream: IO[bytes], file: IO[bytes], most: int) -> tuple[str, int]:
    """Copy at most `most` bytes and have them on the disk; return their SHA-256 and number."""
    found, size = hashlib.sha256(), 0
    while chunk := stream.read(min(_CHUNK, most - size)):
        found.update(chunk)
        size += len(chunk)
        file.write(chunk)
    file.flush()
    os.fsync(file.fileno())
    return found.hexdigest(), size


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)


def _make_folder(folder: Path) -> None:
    """Make a folder and those that lead to it, for their owner only: `mkdir` would open the latter to everybody."""
    for one in (*reversed(folder.parents), folder):
        if not one.is_dir():
            one.mkdir(exist_ok=True, mode=0o700)


def _sync_folders(folder: Path, top: Path) -> None:
    """Have the names in a folder on the disk, and those of the folders that lead to it."""
    for one in (folder, *(parent for parent in folder.parents if parent == top or top in parent.parents)):
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
