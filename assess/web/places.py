"""What an account looks after, in words."""

from __future__ import annotations

from sqlmodel import Session

from assess.phrases import message
from assess.store.staff_tables import Account, Assignment, Programme, Role
from assess.store.tables import Cluster
from assess.web.wording import words
from assess.workflow import people
from assess.workflow.rows import required

ROLE_NAMES = {
    Role.MANAGER: message("Cluster manager"),
    Role.EVALUATOR: message("Evaluator"),
    Role.AGENCY: message("Funding agency"),
    Role.ADMIN: message("Administrator"),
}


def roles_in_words(session: Session, account: Account) -> tuple[str, ...]:
    """Return what an account looks after, a line for each assignment."""
    return tuple(_line(session, row) for row in people.assignments_of(session, account))


def _line(session: Session, row: Assignment) -> str:
    role = words().say(ROLE_NAMES[row.role])
    if row.cluster_id is not None:
        return words().say("%(role)s: %(name)s", role=role, name=required(session, Cluster, row.cluster_id).name)
    if row.programme_id is not None:
        return words().say("%(role)s: %(name)s", role=role, name=required(session, Programme, row.programme_id).name)
    return role
