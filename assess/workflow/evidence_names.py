"""How evidence files are named: in an answer, on a page, and without what hides or misleads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from unicodedata import category, normalize

from assess.exchange.evidence_types import EXTENSIONS

LONGEST_NAME = 200
_LONGEST_ENDING = 10
_LINE = re.compile(r"([0-9a-f]{64})  (.+)\Z")


def files_in(raw: str) -> dict[str, str]:
    """Read the answer to a file item: the names of the files by SHA-256, in order."""
    return {found[1]: found[2] for found in map(_LINE.match, raw.split("\n")) if found is not None}


def answer_of(files: Mapping[str, str]) -> str:
    """Write the answer to a file item: a line for each file, its SHA-256, two spaces and its name, as sha256sum does."""
    return "\n".join(f"{digest}  {name}" for digest, name in files.items())


def plain_name(given: str) -> str:
    """Return a file's name without folders and without signs that hide or mislead, at most LONGEST_NAME characters."""
    last = normalize("NFC", given.encode("utf-8", "replace").decode("utf-8")).replace("\\", "/").rpartition("/")[2]
    plain = " ".join("".join(" " if category(sign)[0] in "CZ" else sign for sign in last).split()).lstrip(". ")
    ending = PurePosixPath(plain).suffix[:_LONGEST_ENDING]
    return (plain if len(plain) <= LONGEST_NAME else plain[: LONGEST_NAME - len(ending)] + ending) or "file"


def with_ending(name: str, media_type: str) -> str:
    """Give a name the ending of what the file is, so that no other program opens it."""
    endings = EXTENSIONS[media_type]
    return name if name.casefold().endswith(endings) else f"{name[: LONGEST_NAME - len(endings[0])]}{endings[0]}"


def in_megabytes(size: int) -> str:
    """Write a number of bytes for people."""
    return f"{size / 1_000_000:.3g} MB" if size >= 100_000 else f"{max(1, round(size / 1_000))} kB"
