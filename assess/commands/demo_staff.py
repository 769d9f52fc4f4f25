"""The demo's staff: an account of every role, last year's reports published, and the beginning of an action plan."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from assess.commands.demo_rounds import Tools, deliver
from assess.commands.speaking import reader, say
from assess.definitions.rulebase import Rulebase
from assess.definitions.scales import range_of
from assess.phrases import message
from assess.settings import Settings
from assess.store.queries import last_diagnosis
from assess.store.staff_tables import Account, Role, TokenPurpose
from assess.store.tables import Cluster, Round, RoundState
from assess.workflow import annexes, passwords, people, plans, programmes, publications, report_files, second_factors, sheets, signing_in
from assess.workflow.evaluator_sheet import sheet_of
from assess.workflow.plan_indicators import indicators_behind, value_in
from assess.workflow.rows import identity

_ACTOR = "demo"
_PROGRAMME, _FUNDER = "Example cluster programme (synthetic)", "Example agency"
_CODES = 3
_PUBLISHED_AFTER = timedelta(days=4)
_DUE_AFTER = timedelta(days=200)
_MORE = Decimal("0.5")
_WHO = (
    ("evaluator@example.org", "First evaluator", Role.EVALUATOR, message("the workbench: rounds, evidence, diagnoses, publication")),
    ("second@example.org", "Second evaluator", Role.EVALUATOR, message("the same clusters, to second a report or rate blind")),
    ("manager@example.org", "Cluster manager", Role.MANAGER, message("one cluster: members, invitations, released figures, action plan")),
    ("agency@example.org", "Programme officer", Role.AGENCY, message("a programme: published reports, portfolio, grant decisions")),
    ("admin@example.org", "Administrator", Role.ADMIN, message("accounts, definitions, jobs, audit log, retention")),
)


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One account of the demo, and codes that each open it once in the place of a device."""

    email: str
    role: str
    shows: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """All accounts, and the password they share."""

    password: str
    members: tuple[StaffMember, ...]


def engage(session: Session, tools: Tools, now: datetime) -> DemoStaff:
    """Make the accounts, publish last year's reports, and put two instruments into the first cluster's plan."""
    password = secrets.token_urlsafe(12)
    kept = passwords.keep(password)
    found = session.exec(select(Cluster).order_by(col(Cluster.id))).all()
    programme = programmes.make_programme(session, name=_PROGRAMME, funder=_FUNDER, now=now, actor=_ACTOR)
    for cluster in found:
        programmes.add_cluster(session, programme, cluster, now=now, actor=_ACTOR)
    accounts: dict[str, Account] = {}
    members = []
    for email, name, role, shows in _WHO:
        accounts[email], codes = _account(session, tools.settings, email, name, kept, now)
        places = {Role.EVALUATOR: found, Role.MANAGER: found[:1]}.get(role, ())
        for cluster in places:
            people.grant(session, accounts[email], role=role, cluster=cluster, now=now, actor=_ACTOR)
        if not places:
            wanted = programme if role is Role.AGENCY else None
            people.grant(session, accounts[email], role=role, programme=wanted, now=now, actor=_ACTOR)
        members.append(StaffMember(email, role.value, shows, codes[:_CODES]))
    _open_sheets(session, accounts["evaluator@example.org"], now)
    for round_ in _last_year(session):
        _publish(session, round_, accounts["evaluator@example.org"])
    _plan(session, next(_last_year(session)), accounts["manager@example.org"], tools.rulebase, now)
    deliver(session, tools, now)
    return DemoStaff(password, tuple(members))


def table(staff: DemoStaff, base_url: str) -> str:
    """Print where staff sign in, with what, and what each of them sees."""
    width = max(len(member.email) for member in staff.members)
    lines = (
        f"{one.email:<{width}}  {_seen(one)}\n  {say('codes, each good once: %(codes)s', codes='  '.join(one.codes))}"
        for one in staff.members
    )
    head = say(
        "Staff sign in at %(address)s with the password %(password)s and a code", address=f"{base_url}/sign-in", password=staff.password
    )
    return "\n".join((head, "-" * len(head), *lines))


def _seen(member: StaffMember) -> str:
    words = reader()
    return f"{member.role}{words.say(': ')}{words.say(member.shows)}"


def _account(session: Session, settings: Settings, email: str, name: str, kept: str, now: datetime) -> tuple[Account, tuple[str, ...]]:
    account, token = people.add_account(session, email=email, name=name, base_url=settings.base_url, now=now, actor=_ACTOR)
    account = signing_in.choose_password(session, token, TokenPurpose.WELCOME, kept, now=now)
    second_factors.begin(session, account)
    code = second_factors.present_code(account, settings.secret, now=now)
    return account, second_factors.confirm(session, account, code, secret=settings.secret, now=now)


def _open_sheets(session: Session, evaluator: Account, now: datetime) -> None:
    """Let the first evaluator have opened the sheets of closed rounds; the second may still rate them blind."""
    for round_ in session.exec(select(Round).where(col(Round.state) == RoundState.CLOSED).order_by(col(Round.id))):
        if sheet_of(session, round_) is not None:
            sheets.open_sheet(session, round_, account_id=identity(evaluator), now=now)


def _last_year(session: Session) -> Iterator[Round]:
    released = (col(Round.state) == RoundState.CLOSED, col(Round.figures_released_at).is_not(None))
    yield from session.exec(select(Round).where(*released).order_by(col(Round.cluster_id)))


def _publish(session: Session, round_: Round, evaluator: Account) -> None:
    diagnosis = last_diagnosis(session, identity(round_))
    if diagnosis is None or round_.closed_at is None:
        raise LookupError(f"the demo's round {round_.id} was released without a diagnosis")
    when = (round_.figures_released_at or round_.closed_at) + _PUBLISHED_AFTER
    publication = publications.approve(session, diagnosis, account_id=identity(evaluator), now=when)
    annex = annexes.reckoned(annexes.gather(session, diagnosis, json.loads(diagnosis.document), now=when, to_publish=True))
    publications.publish(session, publication, account_id=identity(evaluator), now=when, annex=annex)
    report_files.request_report(session, diagnosis, now=when)


def _plan(session: Session, round_: Round, manager: Account, rulebase: Rulebase, now: datetime) -> None:
    basis = plans.basis_of(session, round_)
    if basis is None:
        raise LookupError(f"the demo's round {round_.id} has nothing to plan with")
    for number, entry in enumerate(basis.document["instruments"][:2], start=1):
        moved = _to_move(basis.document, entry, rulebase)
        plans.accept(
            session,
            round_,
            instrument=str(entry["id"]),
            owner="Cluster management",
            milestone=f"Milestone {number} of this made-up plan",
            due=(now + _DUE_AFTER * number).date(),
            indicator=moved[0] if moved else None,
            target=moved[1] if moved else None,
            account_id=identity(manager),
            now=now,
            rulebase=rulebase,
        )


def _to_move(document: Mapping[str, Any], entry: Mapping[str, Any], rulebase: Rulebase) -> tuple[str, Decimal] | None:
    """The first indicator behind an instrument that is known and can rise by half a point."""
    for name in indicators_behind(document, entry, rulebase):
        value, (_, most) = value_in(document, name), range_of(rulebase.indicators[name].scale)
        if isinstance(value, int | float) and most == 5 and Decimal(str(value)) + _MORE <= most:
            return name, Decimal(str(value)) + _MORE
    return None
