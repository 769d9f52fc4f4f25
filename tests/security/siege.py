"""A site in use, with every kind of person at its doors: two demo clusters, of which one is diagnosed and published, and their staff."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from databases import content_of, new_migrated, put_back
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from web.staffing import make_account, session_token
from web.visiting import Clock, settings
from werkzeug.test import TestResponse
from workflow.surveying import BASE_URL, only, rulebase

from assess.commands import demo_rounds
from assess.commands.demo_clusters import CLUSTERS, DemoCluster
from assess.content import content_folder
from assess.definitions.library import load_questionnaires
from assess.engine.inference import Engine as Inference
from assess.settings import Settings
from assess.store.session import open_database, writing
from assess.store.staff_tables import Account, BreakGlass, Programme, ProgrammeCluster, Role
from assess.store.steering_tables import ActionItem, ActionReview, Decision, Outcome, Override, Publication
from assess.store.tables import Cluster, Round, StoredDiagnosis
from assess.web.app import create_app
from assess.web.cookies import form_of
from assess.workflow import people, publications
from assess.workflow.rows import added, identity

NOW = datetime(2026, 6, 1, 12)  # noqa: DTZ001 - UTC without a zone, as in the store
STAFF = tuple(Role)
_BEFORE = '{"value": 12, "n": 5, "spread": null, "coverage": 0.9, "origin": "member"}'
_FEWER = 8
"""Members of a cluster: enough for figures to be released."""


@dataclass
class Siege:
    """The site, and ways to ask it as everybody. Every account looks after everything that its role may look after."""

    engine: Engine
    clock: Clock
    settings: Settings
    app: Flask
    accounts: dict[Role, int]
    links: tuple[str, ...]
    """Tokens of members' links, of which one is still to be handed in."""
    clients: dict[Role | str, FlaskClient] = field(default_factory=dict)
    tokens: dict[Role | str, str] = field(default_factory=dict)
    """What the browser of everybody carries."""

    @property
    def people(self) -> tuple[Role | str, ...]:
        """Every role, the second evaluator, and a member."""
        return (*STAFF, "member")

    @property
    def file(self) -> str:
        """The database's file."""
        return str(self.engine.url.database)

    def starts(self, who: Role | str) -> list[str]:
        """Where a walk of somebody begins."""
        if who != "member":
            return ["/desk", "/account"]
        return [f"/s/{link}{page}" for link in self.links for page in ("", "/review", "/receipt", "/results", "/blank", "/delegate")]

    def client(self, who: Role | str | None) -> FlaskClient:
        """A browser of somebody, signed in anew where its session has ended."""
        key = who or ""
        if key not in self.clients:
            self.clients[key] = self.app.test_client()
        client = self.clients[key]
        if isinstance(who, Role) and self._may_sign_in(who):
            with writing(self.engine) as session:
                self.tokens[who] = session_token(session, self.accounts[who], self.clock)
            client.set_cookie("__Host-assess", self.tokens[who], domain=urlsplit(BASE_URL).netloc, secure=True)
        return client

    def _may_sign_in(self, who: Role) -> bool:
        with writing(self.engine) as session:
            return only(session.get(Account, self.accounts[who])).disabled_at is None

    def form(self, who: Role | str) -> str:
        """What the forms of an account carry in its present session."""
        with self.app.app_context():
            return form_of(self.tokens[who])

    def get(self, who: Role | str | None, address: str) -> TestResponse:
        """Ask for an address."""
        return self.clients[who or ""].get(address, base_url=BASE_URL)

    def snapshot(self) -> bytes:
        """The database as it is."""
        return content_of(self.engine)

    def restore(self, content: bytes) -> None:
        """Make the database what it was."""
        put_back(self.engine, content)


def besieged(engine: Engine, folder: Path) -> Siege:
    """Make the site; most of it is made once and copied."""
    content, links = _prepared()
    siege = Siege(
        engine,
        Clock(NOW),
        replace(settings(folder), secret="another secret for tests, long enough 0123456789", audit_key=b"k" * 32),  # noqa: S106
        create_app(settings(folder), engine),
        {},
        links,
    )
    siege.app = create_app(siege.settings, engine, clock=siege.clock)
    siege.app.config["PROPAGATE_EXCEPTIONS"] = False
    siege.restore(content)
    with writing(engine) as session:
        siege.accounts = {role: only(_account(session, f"{role.value}@example.org").id) for role in STAFF}
    for who in (*STAFF, "member", None):
        siege.client(who)
    return siege


@contextmanager
def new_siege(folder: Path) -> Iterator[Siege]:
    """Make the site in a folder, and close its database in the end."""
    with new_migrated("sqlite", folder) as migrated:
        url = migrated.url
    engine = open_database(str(url), audit_key=b"k" * 32)
    try:
        yield besieged(engine, folder)
    finally:
        engine.dispose()


@cache
def _prepared() -> tuple[bytes, tuple[str, ...]]:
    """Fill a database by the verbs that real rounds go through; return its file and the links of members."""
    with TemporaryDirectory() as name, new_migrated("sqlite", Path(name)) as migrated:
        engine = open_database(str(migrated.url), audit_key=b"k" * 32)
        try:
            with writing(engine) as session:
                links = _fill(session, replace(settings(Path(name)), audit_key=b"k" * 32))
            with closing(sqlite3.connect(str(engine.url.database))) as connection:
                return connection.serialize(), links
        finally:
            engine.dispose()


def _fill(session: Session, given: Settings) -> tuple[str, ...]:
    questionnaires, folder = load_questionnaires(), content_folder("questionnaires")
    sources = [(folder / name / f"{found.version}.yaml").read_text("utf-8") for name, found in questionnaires.items()]
    tools = demo_rounds.Tools(given, questionnaires, sources, rulebase(), Inference())
    filled = [demo_rounds.fill(session, replace(plan, members=_FEWER, stages=plan.stages[:4]), tools, NOW) for plan in _plans()]
    found = list(session.exec(select(Cluster)))
    for role in STAFF:
        number = make_account(session, f"{role.value}@example.org")
        _put_in_charge(session, only(session.get(Account, number)), role, found)
    _publish(session, found)
    waiting = [asked.token for each in filled for asked in each.this_year if asked.stage.value in ("half done", "opened", "invited")]
    return waiting[0], filled[0].last_year[0].token


def _plans() -> Sequence[DemoCluster]:
    return CLUSTERS[0], CLUSTERS[3]


def _put_in_charge(session: Session, account: Account, role: Role, found: Sequence[Cluster]) -> None:
    if role is Role.ADMIN:
        people.grant(session, account, role=role, now=NOW, actor="test")
    elif role is Role.AGENCY:
        programme = added(session, Programme(key="fund", name="Example fund", funder="An agency"))
        for cluster in found:
            added(session, ProgrammeCluster(programme_id=identity(programme), cluster_id=identity(cluster)))
        people.grant(session, account, role=role, programme=programme, now=NOW, actor="test")
    else:
        for cluster in found:
            people.grant(session, account, role=role, cluster=cluster, now=NOW, actor="test")


def _publish(session: Session, found: Sequence[Cluster]) -> None:
    """Approve and publish last year's diagnoses, and let the agency decide on one."""
    evaluator, admin = (_account(session, f"{role.value}@example.org") for role in (Role.EVALUATOR, Role.ADMIN))
    for cluster in found:
        round_ = session.exec(select(Round).where(col(Round.cluster_id) == cluster.id, col(Round.year) == NOW.year - 1)).one()
        diagnosis = session.exec(select(StoredDiagnosis).where(col(StoredDiagnosis.round_id) == round_.id)).one()
        by = identity(evaluator)
        publication = publications.approve(session, diagnosis, account_id=by, now=NOW)
        publications.publish(session, publication, account_id=by, now=NOW)
        glass = BreakGlass(
            account_id=identity(admin),
            round_id=identity(round_),
            reason="A member asked for a correction.",
            opened_at=NOW,
            expires_at=NOW + timedelta(days=1),
        )
        added(session, glass)
        _use(session, round_, publication, by)


def _use(session: Session, round_: Round, publication: Publication, by: int) -> None:
    """Write one row of everything that follows a report, without asking the verbs: here it matters what stands in it."""
    programme = session.exec(select(Programme)).one()
    override = Override(
        round_id=identity(round_),
        indicator="structure.firms",
        value="12",
        before=_BEFORE,
        reason="Counted again",
        account_id=by,
        made_at=NOW,
    )
    added(session, override)
    item = added(
        session,
        ActionItem(
            round_id=identity(round_),
            cluster_id=round_.cluster_id,
            instrument="startup-support",
            title="Support for start-ups",
            owner="The office",
            milestone="Ten visits",
            due=NOW.date() + timedelta(days=90),
            created_at=NOW,
            created_by=by,
        ),
    )
    added(
        session,
        ActionReview(
            action_item_id=identity(item),
            round_id=identity(round_),
            state=item.state,
            note="It goes on",
            reviewed_at=NOW,
            reviewed_by=by,
        ),
    )
    added(
        session,
        Decision(
            programme_id=identity(programme),
            cluster_id=round_.cluster_id,
            publication_id=identity(publication),
            report_digest="a" * 64,
            diagnosis_digest="b" * 64,
            reference=f"D-{round_.id}",
            outcome=Outcome.GRANTED,
            conditions='[{"text": "Report once a year", "instrument": null}]',
            note="Agreed",
            decided_on=NOW.date(),
            created_at=NOW,
            created_by=by,
        ),
    )


def _account(session: Session, email: str) -> Account:
    return only(people.account_by_email(session, email))
