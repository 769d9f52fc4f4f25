"""What the pages of administration are made of: tables with buttons, cards with forms, facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import TypeAlias

from flask import render_template
from sqlmodel import Session, select

from assess.store.session import writing
from assess.store.staff_tables import Programme
from assess.store.tables import Cluster
from assess.web.forms import Filled
from assess.web.frames import Frame
from assess.web.site import site
from assess.web.wording import told, words
from assess.workflow.refusals import WorkflowError

WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True, slots=True)
class Act:
    """A button that does one thing; `words` say of what, for those who do not see what stands around it."""

    address: str
    label: str
    words: str = ""
    tone: str = "quiet"


@dataclass(frozen=True, slots=True)
class When:
    """A time, or only its day; `since`: it is said that something is so since then."""

    at: datetime
    only_day: bool = False
    since: bool = False


Cell: TypeAlias = str | Mapping[str, str] | Act | When
"""A text; a link {text, address}; a badge {text, tone}; a button; or a time."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table; `empty` is said where it has no rows. Columns are labels, or a label and "number", "when" or "details"."""

    caption: str
    columns: tuple[str | tuple[str, str], ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = field(default_factory=lambda: words().say("There is nothing here yet."))


@dataclass(frozen=True, slots=True)
class Card:
    """One form with its heading, where it is sent, and what stands on its button."""

    title: str
    form: Filled
    address: str
    button: str
    intro: str = ""
    tone: str = "primary"


@dataclass(frozen=True, slots=True)
class AdminPage:
    """A page of administration, printed from above to below."""

    frame: Frame
    lead: str = ""
    facts: tuple[tuple[str, str | When], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    """Labels and addresses."""
    acts: tuple[Act, ...] = ()
    tables: tuple[Table, ...] = ()
    cards: tuple[Card, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def wrong(self) -> Filled | None:
        """The form with which something is wrong."""
        return next((card.form for card in self.cards if card.form.problems), None)


def printed(page: AdminPage) -> str | tuple[str, HTTPStatus]:
    """Print a page; one with a faulty form is answered 422."""
    html = render_template("staff/admin_page.html", page=page)
    return (html, WRONG) if page.wrong is not None else html


def tried(form: Filled, act: Callable[[Session], object]) -> Filled:
    """Do something in a transaction of its own unless the form is faulty; return the form, with why it was refused."""
    if form.problems:
        return form
    try:
        with writing(site().database) as session:
            act(session)
    except WorkflowError as refusal:
        return form.refused(told(refusal))
    return form


def moment(time: datetime | None, *, since: bool = False) -> str | When:
    """Return a time as it stands in tables and facts; a dash where there is none."""
    return "–" if time is None else When(time, since=since)


def day(time: datetime | None) -> str | When:
    """Return a day as it stands in tables and facts; a dash where there is none."""
    return "–" if time is None else When(time, only_day=True)


def cluster_choices(session: Session) -> Sequence[tuple[str, str]]:
    """Return keys and names of all clusters, by name."""
    return [(cluster.key, cluster.name) for cluster in session.exec(select(Cluster).order_by(Cluster.name))]


def programme_choices(session: Session) -> Sequence[tuple[str, str]]:
    """Return keys and names of all programmes, by name."""
    return [(programme.key, programme.name) for programme in session.exec(select(Programme).order_by(Programme.name))]
