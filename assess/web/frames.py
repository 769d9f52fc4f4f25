"""What stands around every page of staff: title, crumbs, navigation by permission, the account, a notice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from assess.phrases import message
from assess.web.cookies import door_token, form_of
from assess.web.desks import may, somebody
from assess.web.notices import notice
from assess.web.wording import words

_NAVIGATION = (
    (message("Desk"), "/desk", "desk.read"),
    (message("Accounts"), "/admin/accounts", "admin.accounts"),
    (message("Clusters"), "/admin/clusters", "admin.clusters"),
    (message("Programmes"), "/admin/programmes", "admin.clusters"),
    (message("Definitions"), "/admin/definitions", "admin.definitions"),
    (message("Jobs"), "/admin/jobs", "admin.jobs"),
    (message("Audit"), "/admin/audit", "admin.audit"),
    (message("Retention"), "/admin/retention", "admin.retention"),
    (message("Break-glass"), "/admin/break-glass", "admin.break_glass"),
)
"""Label, address, and the permission without which it is not shown."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation, or one crumb."""

    label: str
    address: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page. `name` is empty where nobody is signed in."""

    title: str
    crumbs: tuple[Entry, ...]
    navigation: tuple[Entry, ...]
    name: str
    inside: bool
    """Whether somebody came through the door, with the second factor."""
    form: str
    """What every form carries."""
    notice: str


def frame(title: str, crumbs: Sequence[tuple[str, str]] = ()) -> Frame:
    """Return what stands around the present page; crumbs are labels and addresses of the pages above it. All are said already."""
    mine = somebody()
    return Frame(
        title=title,
        crumbs=tuple(Entry(label, address) for label, address in crumbs),
        navigation=tuple(_navigation()),
        name=mine.name if mine is not None else "",
        inside=mine is not None and not mine.waits,
        form=mine.form if mine is not None else form_of(door_token()),
        notice=notice(),
    )


def _navigation() -> list[Entry]:
    return [
        Entry(words().say(label), address, request.path == address or request.path.startswith(f"{address}/"))
        for label, address, permission in _NAVIGATION
        if may(permission) and exists(address)
    ]


def exists(address: str) -> bool:
    """Say whether the site has a page at an address, so that no link leads nowhere."""
    try:
        current_app.url_map.bind("").match(address)
    except HTTPException:
        return False
    return True
