"""The page about security names only modules and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"
_NAMED = re.compile(r"`((?:assess|tests|templates)/[\w./]+)`")


def missing(text: str) -> list[str]:
    """Return the files that a text names and that are not there."""
    return sorted({name for name in _NAMED.findall(text) if not (ROOT / name).exists()})


def test_page__names_only_files_that_exist() -> None:
    text = PAGE.read_text("utf-8")
    assert len(_NAMED.findall(text)) > 50
    assert missing(text) == []


def test_page__has_a_row_for_every_chapter() -> None:
    text = PAGE.read_text("utf-8")
    assert [int(number) for number in re.findall(r"^\| V(\d+) ", text, re.MULTILINE)] == list(range(1, 18))


def test_file_that_is_not_there__is_found() -> None:
    assert missing("as `assess/web/nowhere.py` does") == ["assess/web/nowhere.py"]
