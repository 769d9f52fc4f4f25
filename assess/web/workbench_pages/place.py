"""The round that the address names, and the way to its other pages."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from flask import request
from sqlmodel import Session

from assess.phrases import message
from assess.store.staff_tables import Account
from assess.store.tables import Cluster, Round
from assess.web.desks import Desk, may
from assess.web.frames import Entry, Frame, exists, frame
from assess.web.wording import words
from assess.workflow.rows import required

_WAYS = (
    (message("Overview"), "", "round.progress.read"),
    (message("Run"), "/run", "round.run"),
    (message("Members"), "/members", "round.invite"),
    (message("Invitations"), "/invitations", "round.invite"),
    (message("Responses"), "/responses", "round.answers.read"),
    (message("Evidence"), "/evidence", "round.answers.read"),
    (message("Sheet"), "/sheet", "round.sheet.write"),
    (message("Ratings"), "/ratings", "round.rate"),
    (message("Overrides"), "/overrides", "round.override"),
    (message("Diagnosis"), "/diagnosis", "round.diagnosis.read"),
    (message("What if"), "/what-if", "round.whatif"),
    (message("Comparison"), "/comparison", "round.diagnosis.read"),
    (message("Publication"), "/publication", "round.approve"),
    (message("Released figures"), "/released", "round.released.read"),
    (message("Action plan"), "/plan", "plan.read"),
)
"""Label, address below the round, and the permission without which it is not shown; in the order of the work."""


@dataclass(frozen=True, slots=True)
class Place:
    """A round at somebody's desk."""

    cluster: Cluster
    round: Round
    desk: Desk

    @property
    def address(self) -> str:
        """Where the pages of the round begin, without a slash at the end."""
        return address_of(self.cluster, self.round)

    @property
    def account(self) -> int:
        """The account at the desk."""
        return self.desk.account_id

    @property
    def name(self) -> str:
        """The cluster and the year."""
        return f"{self.cluster.name} {self.round.year}"

    def frame(self, title: str, *above: tuple[str, str]) -> Frame:
        """Return what stands around a page of the round; `above` are labels and names of the round's pages that it stands beneath."""
        crumbs = [(words().say("Desk"), "/desk"), (self.name, self.address), *((label, f"{self.address}/{page}") for label, page in above)]
        return frame(f"{title} – {self.name}", crumbs)

    def ways(self) -> tuple[Entry, ...]:
        """Return the pages of the round that the account may see."""
        return ways(self.address, self.round.cluster_id, request.path)


def place_of(session: Session, desk: Desk) -> Place:
    """Find the round that the address names. Raises LookupError where it names none."""
    round_ = required(session, Round, desk.round_id or 0)
    return Place(required(session, Cluster, round_.cluster_id), round_, desk)


def address_of(cluster: Cluster, round_: Round) -> str:
    """Return where the pages of a round begin, without a slash at the end."""
    return f"/clusters/{quote(cluster.key)}/{round_.year}"


def ways(address: str, cluster_id: int, here: str) -> tuple[Entry, ...]:
    """Return the pages of the round at `address` that the account may see; `here` is the path of the present page."""
    return tuple(
        Entry(words().say(label), f"{address}{page}", here == f"{address}{page}" or (page != "" and here.startswith(f"{address}{page}/")))
        for label, page, permission in _WAYS
        if may(permission, cluster_id=cluster_id) and exists(f"{address}{page}")
    )


def account_name(session: Session, number: int | None) -> str:
    """Return what an account is called; one that was erased goes by its number."""
    account = session.get(Account, number) if number is not None else None
    return (account.name if account is not None else "") or words().say("account %(number)s", number=str(number))
