"""The front page of administration: what waits at each of its pages."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from sqlmodel import Session, col, func, select

from assess.store.session import reading
from assess.store.staff_tables import Account, BreakGlass
from assess.store.tables import Job, JobState
from assess.web.access import needs
from assess.web.desks import desk
from assess.web.frames import Frame, frame
from assess.web.site import site
from assess.web.wording import words
from assess.workflow import audit_search, retention

admin_home = Blueprint("admin_home", __name__, url_prefix="/admin")


@dataclass(frozen=True, slots=True)
class HomeCard:
    """One page of administration. `waits` says what is to be done there, in the tone of its badge."""

    title: str
    address: str
    text: str
    waits: str = ""
    tone: str = "good"


@dataclass(frozen=True, slots=True)
class HomePage:
    """The cards."""

    frame: Frame
    cards: tuple[HomeCard, ...]


@admin_home.get("")
@needs("admin.accounts")
def home() -> str:
    """Show what waits."""
    with reading(site().database) as session:
        cards = (_accounts(session), _jobs(session), _retention(session), _log(session), _glass(session), *_others())
        return render_template("staff/admin_home.html", page=HomePage(frame(words().say("Administration")), cards))


def _others() -> tuple[HomeCard, ...]:
    say = words().say
    return (
        HomeCard(say("Clusters"), "/admin/clusters", say("Clusters with their members and rounds.")),
        HomeCard(say("Programmes"), "/admin/programmes", say("Funding lines and the clusters that each may fund.")),
        HomeCard(say("Definitions"), "/admin/definitions", say("Questionnaires and rule bases, and what a change would turn.")),
    )


def _accounts(session: Session) -> HomeCard:
    waiting = (col(Account.password_hash).is_(None), col(Account.disabled_at).is_(None))
    invited = session.exec(select(func.count()).select_from(Account).where(*waiting)).one()
    say, said = words().say, words().say("Everybody has chosen a password")
    if invited:
        said = words().several(invited, "%(num)s invitation is outstanding", "%(num)s invitations are outstanding")
    about = say("Who may sign in, and what each looks after.")
    return HomeCard(say("Accounts"), "/admin/accounts", about, said, "open" if invited else "good")


def _jobs(session: Session) -> HomeCard:
    dead = session.exec(select(func.count()).select_from(Job).where(col(Job.state) == JobState.DEAD)).one()
    say, said = words().say, words().say("No job was given up")
    if dead:
        said = words().several(dead, "%(num)s job was given up", "%(num)s jobs were given up")
    return HomeCard(say("Jobs"), "/admin/jobs", say("Work that is done in the background."), said, "bad" if dead else "good")


def _retention(session: Session) -> HomeCard:
    due = len(retention.due_rounds(session, now=desk().now))
    say, said = words().say, words().say("No answers are due to be erased")
    if due:
        said = words().several(due, "The time of %(num)s round is over", "The time of %(num)s rounds is over")
    return HomeCard(say("Retention"), "/admin/retention", say("How long single answers are kept."), said, "warn" if due else "good")


def _log(session: Session) -> HomeCard:
    checked = audit_search.last_check(session) is not None
    say = words().say
    said = "" if checked else say("It was never checked here")
    return HomeCard(say("Audit log"), "/admin/audit", say("Who did what, sealed event by event."), said, "open")


def _glass(session: Session) -> HomeCard:
    now = desk().now
    running = (col(BreakGlass.opened_at) <= now, col(BreakGlass.expires_at) > now)
    count = session.exec(select(func.count()).select_from(BreakGlass).where(*running)).one()
    say, said = words().say, words().say("Nobody has access")
    if count:
        said = words().several(count, "%(num)s access is open", "%(num)s accesses are open")
    about = say("Reading single answers for a stated reason.")
    return HomeCard(say("Break-glass"), "/admin/break-glass", about, said, "warn" if count else "good")
