"""What every view needs and no view makes: settings, database and clock of the running site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from flask import current_app, request
from sqlalchemy import Engine

from assess.settings import Settings
from assess.web.visits import LANGUAGE

NAME = "assess"


@dataclass(frozen=True, slots=True)
class Site:
    """One running site."""

    settings: Settings
    database: Engine
    clock: Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time in UTC without a zone, as the store keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


def site() -> Site:
    """Return the site that answers the present request."""
    return cast(Site, current_app.extensions[NAME])


def wanted_language() -> str:
    """Return the language that the address asks for; empty when it asks for none that could be one."""
    code = request.args.get("language", "")
    return code if LANGUAGE.match(code) else ""
