"""Who is at the desk: the account of the present request, and what it may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import g

from assess.web.matrix import Holdings, Place, allows

_NAME = "desk"


@dataclass(frozen=True, slots=True)
class Desk:
    """The account of the present request, and the cluster, round and programme that its address names."""

    account_id: int
    name: str
    email: str
    language: str
    cluster_id: int | None
    round_id: int | None
    programme_id: int | None
    now: datetime
    form: str
    """What every form carries, bound to the session."""
    session_id: int
    holdings: Holdings
    published: bool = False
    """Whether the round of the address has a report that is out."""
    waits: bool = False
    """For the second factor: until then nothing else may be done."""

    @property
    def actor(self) -> str:
        """How the audit log names the account."""
        return f"account/{self.account_id}"

    @property
    def place(self) -> Place:
        """What the address names."""
        return Place(self.cluster_id, self.round_id, self.programme_id, self.published)


def take_place(found: Desk) -> None:
    """Let the present request be of this desk."""
    g.desk = found


def desk() -> Desk:
    """Return the desk of the present request. Raises LookupError where nobody is signed in."""
    found = somebody()
    if found is None:
        raise LookupError("nobody is signed in: declare what the view needs")
    return found


def somebody() -> Desk | None:
    """Return the desk of the present request; None where nobody is signed in."""
    return cast("Desk | None", g.get(_NAME))


def may(permission: str, *, cluster_id: int | None = None, programme_id: int | None = None) -> bool:
    """Say whether a menu or link is of use to the account; without a place, the one that the address names is meant."""
    mine = somebody()
    if mine is None or mine.waits:
        return False
    if cluster_id is None and programme_id is None:
        return allows(permission, mine.holdings, mine.place)
    here = cluster_id is not None and cluster_id == mine.cluster_id
    place = Place(cluster_id, mine.round_id if here else None, programme_id, mine.published and here)
    return allows(permission, mine.holdings, place)
