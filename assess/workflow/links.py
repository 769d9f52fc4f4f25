"""Makes personal links, many at a time, and finds those that belong together. Only the SHA-256 of a token is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlmodel import Session, col, select

from assess.store.tables import Invitation, Member, Round
from assess.workflow.refusals import Unfit
from assess.workflow.rows import identity

LIFETIME = timedelta(days=365)
"""How long a link lives after the round closes: long enough to show a member the results."""
MOST_LINKS = 20
"""Links that one member may have in a round, so that nobody sends mail to the world through us."""
TOKEN_LENGTH = 43

_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Wanted:
    """A link to be made for a member."""

    member: Member
    questionnaire: str
    email: str
    delegated_by: int | None = None


def hash_of(token: str) -> str:
    """Return what is kept of a token. Tokens are random and long, so a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def make_links(session: Session, round_: Round, wanted: Sequence[Wanted], now: datetime) -> list[tuple[int, str]]:
    """Write many links at once; return the number and the token of each, in order."""
    if not wanted:
        return []
    tokens = [secrets.token_urlsafe(_TOKEN_BYTES) for _ in wanted]
    rows = [
        {
            "round_id": identity(round_),
            "member_id": identity(one.member),
            "questionnaire": one.questionnaire,
            "token_hash": hash_of(token),
            "email": one.email,
            "delegated_by": one.delegated_by,
            "created_at": now,
            "expires_at": round_.closes_at + LIFETIME,
            "reminders": 0,
        }
        for one, token in zip(wanted, tokens, strict=True)
    ]
    written = session.execute(insert(Invitation).returning(col(Invitation.token_hash), col(Invitation.id)), rows)
    numbers = {token_hash: number for token_hash, number in written if number is not None}  # they come in any order
    return [(numbers[row["token_hash"]], token) for row, token in zip(rows, tokens, strict=True)]


def further_link(session: Session, round_: Round, invitation: Invitation, wanted: Wanted, now: datetime) -> tuple[int, str]:
    if len(links_of_member(session, invitation)) >= MOST_LINKS:
        raise Unfit("Use one of the links that were sent: this member has as many as there may be.")
    return make_links(session, round_, [wanted], now)[0]


def links_of_member(session: Session, invitation: Invitation) -> Sequence[Invitation]:
    return session.exec(
        select(Invitation).where(
            col(Invitation.round_id) == invitation.round_id,
            col(Invitation.member_id) == invitation.member_id,
            col(Invitation.questionnaire) == invitation.questionnaire,
        )
    ).all()


def with_descendants(links: Sequence[Invitation], invitation: Invitation) -> list[Invitation]:
    gone = {invitation.id}
    found = [invitation]
    for link in sorted(links, key=identity):  # a link is younger than the one it was made from
        if link.delegated_by in gone and link.id not in gone:
            gone.add(link.id)
            found.append(link)
    return found


def same_address(session: Session, invitation: Invitation) -> list[Invitation]:
    return [link for link in links_of_member(session, invitation) if link.email == invitation.email]
