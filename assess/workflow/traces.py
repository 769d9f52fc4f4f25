"""Takes a person who is erased out of what is written about others: letters of break-glass access, and the owners of action items."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlmodel import Session, col, select

from assess.store.staff_tables import Account, BreakGlass
from assess.store.steering_tables import ActionItem
from assess.store.tables import OutboxMail

LETTER = "break_glass"
"""The kind of the letters that tell of an access."""
_NAMED = re.compile(r"^.+ \(\S+@\S+\)$", re.MULTILINE)
"""The line of its own on which they name whose it was, in whatever language they are."""
_NAMED_FORMERLY = re.compile(r"(?<=check that you know why: ).*(?= opened the answers of )")
"""Where letters did that were all English."""


def named_in_letters(account: Account) -> str:
    """Return how letters about an access name whose it is; the words stand on a line of their own, where `forget_in_letters` finds them."""
    return f"{account.name} ({account.email})"


def forget_in_letters(session: Session, account_id: int) -> None:
    """Put the number of an account where letters about its accesses to answers name it, those that were sent too."""
    accesses = session.exec(select(BreakGlass.id).where(col(BreakGlass.account_id) == account_id)).all()
    for number in accesses:
        about = (col(OutboxMail.kind) == LETTER, col(OutboxMail.key).startswith(f"{LETTER}:{number}:", autoescape=True))
        for mail in session.exec(select(OutboxMail).where(*about)):
            named = _NAMED_FORMERLY if _NAMED_FORMERLY.search(mail.body) else _NAMED
            mail.body = named.sub(f"account {account_id}", mail.body, count=1)
            session.add(mail)
    session.flush()


def forget_owner(session: Session, names: Iterable[str], reference: str, *, cluster_id: int | None = None) -> None:
    """Put a reference where action items, perhaps of one cluster only, name a person as their owner, by name or mail address."""
    known = [re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE) for name in names if name]
    mine = select(ActionItem) if cluster_id is None else select(ActionItem).where(col(ActionItem.cluster_id) == cluster_id)
    for item in session.exec(mine):
        owner = item.owner
        for name in known:
            owner = name.sub(reference, owner)
        if owner != item.owner:
            item.owner = owner
            session.add(item)
    session.flush()
