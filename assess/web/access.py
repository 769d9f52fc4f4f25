"""Who may call a route: every route declares it, and one that does not is refused."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from assess.web.matrix import matrix

View = TypeVar("View", bound=Callable[..., Any])


class Access(StrEnum):
    """What a caller must show who needs no account, or has not come through its door yet."""

    NOTHING = "nothing"
    """The page says nothing about anybody."""
    LINK = "link"
    """A personal link that is valid; the view itself looks it up."""
    DOOR = "door"
    """A browser before the door of the staff's pages; its forms are bound to its cookie."""
    CODE = "code"
    """A session that waits for the second factor."""


def needs(access: Access | str) -> Callable[[View], View]:
    """Declare what the callers of a view must show: an Access, or a permission of the matrix. Raises KeyError for any other."""
    if not isinstance(access, Access):
        matrix()[access]

    def declare(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return declare


def declared(view: Callable[..., Any] | None) -> Access | str | None:
    """Return what a view declares; None where it declares nothing."""
    return getattr(view, "access", None)
