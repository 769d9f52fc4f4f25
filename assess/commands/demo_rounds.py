"""Leads one demo cluster through last year's round and into this year's, by the verbs that real rounds go through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from assess.commands.demo_answers import Sheet, sheets
from assess.commands.demo_clusters import DemoCluster, Stage
from assess.definitions.questionnaire_items import Questionnaire
from assess.definitions.rulebase import Rulebase
from assess.engine.certificate import Infers
from assess.settings import Settings
from assess.store.tables import Cluster, Member, Round, RoundState
from assess.workflow import clusters, diagnoses, invitations, mail, releases, responses, rounds
from assess.workflow.invitations import Invited
from assess.workflow.responses import Saved
from assess.workflow.transports import transport_for

_ACTOR = "demo"
_NAMES = {"research": "Institute", "education": "College", "public": "Agency", "investor": "Fund", "service": "Laboratory"}
"""What organisations are called whose kind is no name."""
_OPEN_FOR = timedelta(days=28)
_LAST_YEAR = timedelta(days=380)
_OPENED_AGO = {RoundState.PLANNED: timedelta(days=-14), RoundState.OPEN: timedelta(days=16), RoundState.CLOSED: timedelta(days=48)}
_PLANNED_BEFORE, _REMINDED_AFTER = timedelta(days=21), timedelta(days=9)
_DIAGNOSED_AFTER, _RELEASED_AFTER = timedelta(days=3), timedelta(days=10)
_DAYS_OF_ANSWERS = 4
_A_PAGE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Tools:
    """What every cluster of the demo is filled with. `sources` are the questionnaires' texts."""

    settings: Settings
    questionnaires: Mapping[str, Questionnaire]
    sources: Sequence[str]
    rulebase: Rulebase
    engine: Infers


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who was asked in a round, how far that went, and the token of the link: a colleague's where it was delegated."""

    name: str
    kind: str
    stage: Stage
    token: str


@dataclass(frozen=True, slots=True)
class Filled:
    """One cluster of the demo as it stands now. `this_year` is empty while the round is only planned."""

    plan: DemoCluster
    last_year: tuple[Asked, ...]
    this_year: tuple[Asked, ...]


def fill(session: Session, plan: DemoCluster, tools: Tools, now: datetime) -> Filled:
    """Make a cluster with its members and two rounds, all of it before `now`."""
    begun = _morning(now - _LAST_YEAR)
    first = sheets(plan, tools.questionnaires, begun.date(), again=False)
    cluster = clusters.make_cluster(
        session, name=plan.name, sector=plan.sector, region=plan.region, country="Nowhere", now=begun - _OPEN_FOR, actor=_ACTOR
    )
    members = [_member(session, cluster, plan, sheet, number, begun - _OPEN_FOR) for number, sheet in enumerate(first, start=1)]
    stages = [
        Stage.INVITED if 0 <= plan.members - number < plan.silent_last_year else Stage.HANDED_IN for number in range(1, len(first) + 1)
    ]
    round_ = _planned(session, cluster, tools, now.year - 1, begun)
    last_year = _run(session, round_, tools, list(zip(members, first, stages, strict=True)))
    _finish(session, round_, tools, release=True)
    return Filled(plan, last_year, _this_year(session, plan, cluster, members, tools, now))


def _this_year(
    session: Session, plan: DemoCluster, cluster: Cluster, members: Sequence[Member], tools: Tools, now: datetime
) -> tuple[Asked, ...]:
    begun = _morning(now - _OPENED_AGO[plan.state])
    round_ = _planned(session, cluster, tools, now.year, begun)
    if plan.state is RoundState.PLANNED:
        return ()
    answers = sheets(plan, tools.questionnaires, begun.date(), again=True)
    through = (Stage.HANDED_IN,) * (plan.members - len(plan.stages))
    stages = (*plan.stages, *through, plan.management, plan.evaluator)
    asked = _run(session, round_, tools, list(zip(members, answers, stages, strict=True)))
    if plan.state is RoundState.CLOSED:
        _finish(session, round_, tools, release=False)
    return asked


def _morning(time: datetime) -> datetime:
    return time.replace(hour=9, minute=0, second=0, microsecond=0)


def _member(session: Session, cluster: Cluster, plan: DemoCluster, sheet: Sheet, number: int, now: datetime) -> Member:
    called = _NAMES.get(sheet.kind, sheet.kind.capitalize())
    name = f"{called} {number} of {plan.region}" if number <= plan.members else f"{called} of {plan.region}"
    email = f"{cluster.key}-{number}@example.org"
    return clusters.add_member(session, cluster, name=name, kind=sheet.kind, email=email, now=now, actor=_ACTOR)


def _planned(session: Session, cluster: Cluster, tools: Tools, year: int, opens_at: datetime) -> Round:
    return rounds.plan_round(
        session,
        cluster,
        year=year,
        opens_at=opens_at,
        closes_at=opens_at + _OPEN_FOR,
        sources=tools.sources,
        rulebase=tools.rulebase,
        now=opens_at - _PLANNED_BEFORE,
        actor=_ACTOR,
    )


def _run(session: Session, round_: Round, tools: Tools, people: Sequence[tuple[Member, Sheet, Stage]]) -> tuple[Asked, ...]:
    """Open a round, invite everybody, let each come as far as the stage says, and remind the others."""
    begun, base_url = round_.opens_at, tools.settings.base_url
    rounds.open_round(session, round_, now=begun, actor=_ACTOR)
    links = [invitations.invite(session, round_, member, base_url=base_url, now=begun, actor=_ACTOR) for member, _, _ in people]
    deliver(session, tools, begun)
    asked = dict[int, Asked]()
    for number in sorted(range(len(people)), key=_day):
        member, sheet, stage = people[number]
        when = begun + timedelta(days=_day(number))
        asked[number] = Asked(member.name, member.kind, stage, _reach(session, stage, links[number], sheet, when, base_url))
        deliver(session, tools, when + timedelta(days=1))
    invitations.remind_due(session, round_, base_url=base_url, now=begun + _REMINDED_AFTER)
    deliver(session, tools, begun + _REMINDED_AFTER)
    return tuple(asked[number] for number in range(len(people)))


def _day(number: int) -> int:
    """On which day after the opening somebody answers."""
    return 1 + number % _DAYS_OF_ANSWERS


def _finish(session: Session, round_: Round, tools: Tools, *, release: bool) -> None:
    end = round_.closes_at
    rounds.close_round(session, round_, now=end, actor=_ACTOR)
    diagnoses.run(session, round_, rulebase=tools.rulebase, engine=tools.engine, now=end + _DIAGNOSED_AFTER, actor=_ACTOR, synthetic=True)
    if release:
        k = tools.settings.k
        releases.release_cells(session, round_, rulebase=tools.rulebase, k=k, now=end + _RELEASED_AFTER, actor=_ACTOR)


def deliver(session: Session, tools: Tools, now: datetime) -> None:
    """Send every mail that is due into the demo's folder."""
    transport = transport_for(tools.settings.mail)
    while mail.deliver_due(session, transport, sender=tools.settings.mail_from, now=now):
        pass


def _reach(session: Session, stage: Stage, invited: Invited, sheet: Sheet, when: datetime, base_url: str) -> str:
    """Bring somebody to a stage, and return the token of the link that shows it."""
    if stage is Stage.BOUNCED:
        invitations.bounced(session, invited.invitation, now=when)
    elif stage is Stage.UNSUBSCRIBED:
        invitations.unsubscribe(session, invited.invitation, now=when)
    elif stage is Stage.DELEGATED:
        _answer(session, stage, invited, sheet, when)
        colleague = f"colleague.of.{invited.invitation.email}"
        return invitations.delegate(session, invited.invitation, email=colleague, base_url=base_url, now=when + _A_PAGE * 20).token
    elif stage is not Stage.INVITED:
        _answer(session, stage, invited, sheet, when)
    return invited.token


def _answer(session: Session, stage: Stage, invited: Invited, sheet: Sheet, when: datetime) -> None:
    response = responses.begin(session, invited.invitation, now=when)
    whole = stage in (Stage.COMPLETE, Stage.HANDED_IN, Stage.REOPENED)
    pages = len(sheet.sections) if whole else 0 if stage is Stage.OPENED else len(sheet.sections) // 2
    revision = response.revision
    for section, answers in list(sheet.sections.items())[:pages]:
        when += _A_PAGE
        saved = responses.save(session, response, section=section, answers=answers, seen_revision=revision, key=f"demo-{section}", now=when)
        revision = saved.revision if isinstance(saved, Saved) else revision
    if stage in (Stage.HANDED_IN, Stage.REOPENED):
        responses.submit(session, response, key="demo-submit", now=when + _A_PAGE, invitation=invited.invitation)
    if stage is Stage.REOPENED:
        reason = "The member asked to correct an answer."
        responses.reopen(session, response, actor=_ACTOR, reason=reason, now=when + timedelta(days=1))
