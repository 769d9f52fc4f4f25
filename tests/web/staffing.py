"""A site with two clusters, two programmes and accounts of every role, for tests of what staff may do."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from databases import content_of, new_migrated, put_back
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlmodel import Session
from werkzeug.test import TestResponse
from workflow.surveying import BASE_URL, NOON, make_round, only

from assess.settings import Settings
from assess.store.session import writing
from assess.store.staff_tables import Account, Programme, ProgrammeCluster, Role
from assess.store.steering_tables import ActionItem, Decision, Outcome, Publication
from assess.store.tables import Cluster, Round, StoredDiagnosis
from assess.web.app import create_app
from assess.workflow import account_sessions, exports, invitations, people, responses, second_factors
from assess.workflow.passwords import keep
from assess.workflow.rows import added, identity
from web.visiting import Clock, Page, check_headers, settings, site_on

PASSWORD = "violet otters sing at noon"  # noqa: S105
KEPT = keep(PASSWORD)
ACTOR = "command line"


@dataclass(frozen=True)
class Realm:
    """What one side looks after: a cluster with a round, a response, a diagnosis, a published report, a programme and a decision."""

    cluster_id: int
    round_id: int
    programme_id: int
    arguments: dict[str, str | int]
    """What the address of a page of this realm names, by the name of the argument."""


@dataclass
class Staffed:
    """The site, and who works there. Every account is of `own`; nobody is of `foreign`."""

    engine: Engine
    clock: Clock
    settings: Settings
    client: FlaskClient
    own: Realm
    foreign: Realm
    accounts: dict[Role, int] = field(default_factory=dict)

    def site_of_its_own(self) -> Flask:
        """Put a site in the place of the common one, and return it: for tests that plant something in it."""
        app = create_app(self.settings, self.engine, clock=self.clock)
        self.client = app.test_client()
        return app

    def browser(self, account_id: int | None = None, *, waits: bool = False) -> StaffBrowser:
        """A browser of its own, signed in to an account."""
        browser = StaffBrowser(self.client.application.test_client(), self.settings)
        if account_id is not None:
            with writing(self.engine) as session:
                browser.carry(session_token(session, account_id, self.clock, waits=waits))
        return browser

    def code(self, account_id: int) -> str:
        """What the device of an account shows."""
        with writing(self.engine) as session:
            account = only(session.get(Account, account_id))
            return second_factors.present_code(account, self.settings.secret, now=self.clock.now)


@dataclass
class StaffBrowser:
    """Somebody with a browser that keeps its cookie."""

    client: FlaskClient
    settings: Settings
    reply: TestResponse | None = None

    def carry(self, token: str) -> None:
        """Put a session's cookie into the browser."""
        host = self.settings.base_url.removeprefix("https://")
        self.client.set_cookie("__Host-assess", token, domain=host, secure=True)

    @property
    def cookie(self) -> str:
        """The token that the browser carries."""
        found = self.client.get_cookie("__Host-assess", domain=self.settings.base_url.removeprefix("https://"))
        return found.value if found else ""

    def get(self, address: str, *, status: int = 200) -> Page:
        """Fetch a page, and judge it."""
        return self._take(self.client.get(address, base_url=self.settings.base_url), status)

    def post(self, address: str, *, status: int = 303, form: str | None = None, **sent: str) -> Page:
        """Send a form with the token of the page that was fetched last."""
        given = self.page.value("form") if form is None else form
        return self._take(self.client.post(address, data={"form": given, **sent}, base_url=self.settings.base_url), status)

    @property
    def page(self) -> Page:
        """The page that was fetched last."""
        assert self.reply is not None
        return Page(self.reply.text)

    @property
    def location(self) -> str:
        """Where the last reply led."""
        assert self.reply is not None
        return self.reply.headers.get("Location", "")

    def _take(self, reply: TestResponse, status: int) -> Page:
        self.reply = reply
        assert reply.status_code == status, f"{reply.status_code}: {reply.text[:2000]}"
        check_headers(reply, cookies=True)
        page = Page(reply.text)
        if status != 303 and reply.mimetype == "text/html":
            page.check()
        return page


def staffed_site(engine: Engine, folder: Path) -> Staffed:
    """Make the site, and one account of every role."""
    clock = Clock()
    given = replace(settings(folder), secret="another secret for tests, long enough 0123456789")  # noqa: S106
    if engine.dialect.name == "sqlite":
        content, own, foreign, accounts = _staffed()
        put_back(engine, content)
    else:
        own, foreign, accounts = _fill(engine)
    client = site_on(engine, given, clock).test_client()
    return Staffed(engine, clock, given, client, deepcopy(own), deepcopy(foreign), {**accounts})


@cache
def _staffed() -> tuple[bytes, Realm, Realm, dict[Role, int]]:
    """The database of the site, made once, and what is in it."""
    with TemporaryDirectory() as folder, new_migrated("sqlite", Path(folder)) as engine:
        filled = _fill(engine)
        return content_of(engine), *filled


def _fill(engine: Engine) -> tuple[Realm, Realm, dict[Role, int]]:
    with writing(engine) as session:
        own, foreign = make_realm(session, "own"), make_realm(session, "foreign")
        return own, foreign, {role: make_account(session, f"{role.value}@example.org", role, own) for role in Role}


def make_account(session: Session, email: str, role: Role | None = None, realm: Realm | None = None) -> int:
    """Make an account with the password of these tests and a device; return its number."""
    account, _ = people.add_account(session, email=email, name=f"Person {email}", base_url=BASE_URL, now=NOON, actor=ACTOR)
    account.password_hash, account.password_changed_at = KEPT, NOON
    second_factors.begin(session, account)
    account.totp_confirmed_at = NOON
    session.add(account)
    if role is not None and realm is not None:
        cluster = session.get(Cluster, realm.cluster_id) if role in (Role.MANAGER, Role.EVALUATOR) else None
        programme = session.get(Programme, realm.programme_id) if role is Role.AGENCY else None
        people.grant(session, account, role=role, cluster=cluster, programme=programme, now=NOON, actor=ACTOR)
    return identity(account)


def session_token(session: Session, account_id: int, clock: Clock, *, waits: bool = False) -> str:
    """Begin a session without its pages; return the token."""
    account = only(session.get(Account, account_id))
    token = account_sessions.begin(session, account, browser="Firefox/140.0 (Linux)", now=clock.now)
    if waits:
        return token
    found = only(account_sessions.find(session, token, now=clock.now))
    return account_sessions.raised(session, found[0], now=clock.now)


def make_realm(session: Session, name: str) -> Realm:
    """Make a cluster that a programme funds, with everything that an address can name."""
    round_, members = make_round(session, name=f"{name} valley")
    invited = invitations.invite(session, round_, members[0], base_url=BASE_URL, now=NOON)
    response = responses.begin(session, invited.invitation, now=NOON)
    cluster = only(session.get(Cluster, round_.cluster_id))
    programme = added(session, Programme(key=f"{name}-programme", name=f"{name} programme", funder="An agency"))
    added(session, ProgrammeCluster(programme_id=identity(programme), cluster_id=identity(cluster)))
    reference = _published(session, name, round_, programme)
    arguments: dict[str, str | int] = {
        "cluster": cluster.key,
        "year": round_.year,
        "programme": programme.key,
        "response": identity(response),
        "member": identity(members[0]),
        "invitation": identity(invited.invitation),
        "action": _planned(session, round_),
        "job": identity(exports.request_export(session, round_, actor=ACTOR, now=NOON)),
        "reference": reference,
        "report": f"2026-{name}",
    }
    return Realm(identity(cluster), identity(round_), identity(programme), arguments)


def _planned(session: Session, round_: Round) -> int:
    """Put an item into the cluster's action plan; return its number."""
    by = make_account(session, f"planner-{round_.id}@example.org")
    about: dict[str, Any] = {"instrument": "planted", "title": "An instrument", "owner": "Office", "milestone": "Done", "due": NOON.date()}
    item = ActionItem(cluster_id=round_.cluster_id, round_id=identity(round_), created_at=NOON, created_by=by, **about)
    return identity(added(session, item))


def _published(session: Session, name: str, round_: Round, programme: Programme) -> str:
    """Publish an empty diagnosis and attach it to a decision; return the decision's reference."""
    by = make_account(session, f"publisher-{name}@example.org")
    digest = name[0] * 64
    diagnosis = added(session, StoredDiagnosis(round_id=identity(round_), digest=digest, document="{}", created_at=NOON))
    publication = added(
        session,
        Publication(
            round_id=identity(round_),
            diagnosis_id=identity(diagnosis),
            number=f"2026-{name}",
            approved_at=NOON,
            approved_by=by,
            published_at=NOON,
            published_by=by,
        ),
    )
    decision = Decision(
        programme_id=identity(programme),
        cluster_id=round_.cluster_id,
        publication_id=identity(publication),
        report_digest=digest,
        diagnosis_digest=digest,
        reference=f"D-{name}",
        outcome=Outcome.GRANTED,
        conditions="[]",
        decided_on=NOON.date(),
        created_at=NOON + timedelta(days=1),
        created_by=by,
    )
    return added(session, decision).reference
