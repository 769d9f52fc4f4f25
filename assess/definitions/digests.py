"""Digests of content: the same meaning gives the same 64 characters, on every machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def canonical_json(data: Any) -> str:
    """Write plain data, whose keys are texts, as JSON with sorted keys, no spaces, and exact numbers without trailing zeros."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_plain)


def digest(data: Any) -> str:
    """Return the SHA-256 of the canonical JSON of `data`, in hexadecimal."""
    return hashlib.sha256(canonical_json(data).encode("utf-8")).hexdigest()


def _plain(data: object) -> object:
    """Return what stands for data that JSON does not know."""
    if isinstance(data, Decimal):
        return int(data) if data == data.to_integral_value() else {"#": format(data.normalize(), "f")}
    if isinstance(data, Mapping):
        return dict(data)
    raise TypeError(f"{type(data).__name__} is no plain data")
