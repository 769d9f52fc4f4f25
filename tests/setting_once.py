"""Spares tests the setting of the same pages again: tests/reports shows that they would have the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from assess.definitions.digests import digest
from assess.reports import pdf
from assess.reports.seal_stamp import Stamp

_SET: dict[tuple[str, Stamp, str], bytes] = {}
_set = pdf.unsigned_report


@pytest.fixture(autouse=True)
def set_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report of the same diagnosis, stamp and annex is set once in each process."""
    monkeypatch.setattr(pdf, "unsigned_report", _set_once)


def _set_once(document: Mapping[str, Any], stamp: Stamp, annex: Mapping[str, Any] | None = None) -> bytes:
    key = (digest(document), stamp, digest(annex) if annex else "")
    if key not in _SET:
        _SET[key] = _set(document, stamp, annex)
    return _SET[key]
