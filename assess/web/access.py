"""Who may call a route: every route declares it, and one that does not is refused."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


class Access(StrEnum):
    """What a caller must show."""

    NOTHING = "nothing"
    """The page says nothing about anybody."""
    LINK = "link"
    """A personal link that is valid; the view itself looks it up."""


def needs(access: Access) -> Callable[[View], View]:
    """Declare what the callers of a view must show."""

    def declare(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return declare


def declared(view: Callable[..., Any] | None) -> Access | None:
    """Return what a view declares; None where it declares nothing."""
    return getattr(view, "access", None)
