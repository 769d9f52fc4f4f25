"""Sites with rounds to be diagnosed and published, and the evaluators who look after them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select
from workflow.evaluating import closed_round, make_programme
from workflow.surveying import LATER, only

from assess.commands import demo_rounds
from assess.commands.demo_clusters import CLUSTERS
from assess.commands.demo_rounds import Tools
from assess.content import content_folder
from assess.definitions.library import load_questionnaires, load_rulebase_version
from assess.engine.inference import Engine as Inference
from assess.settings import Settings
from assess.store.session import writing
from assess.store.staff_tables import Role
from assess.store.tables import Cluster, Round, RoundState, StoredDiagnosis
from assess.workflow import sheets
from assess.workflow.evaluator_sheet import sheet_of
from assess.workflow.rows import identity
from web.staffing import Realm, StaffBrowser, Staffed, make_account
from web.visiting import Clock, settings, site_on


@dataclass(frozen=True)
class Found:
    """A closed round, two evaluators of its cluster, and somebody of another cluster."""

    site: Staffed
    first: int
    second: int
    stranger: int
    manager: int

    @property
    def address(self) -> str:
        """Where the pages of the round begin."""
        return f"/clusters/{self.site.own.arguments['cluster']}/{self.site.own.arguments['year']}"

    def browser(self, account: int | None = None) -> StaffBrowser:
        """A browser, signed in to the first evaluator's account or another."""
        return self.site.browser(account or self.first)

    def diagnosis(self) -> StoredDiagnosis:
        """The diagnosis that was stored last."""
        with writing(self.site.engine) as session:
            mine = select(StoredDiagnosis).where(col(StoredDiagnosis.round_id) == self.site.own.round_id)
            return only(session.exec(mine.order_by(col(StoredDiagnosis.id).desc())).first())


def small(engine: Engine, folder: Path, *, four_eyes: bool = True) -> Found:
    """A round of which five companies said what they think of trust; not diagnosed."""
    with writing(engine) as session:
        round_ = closed_round(session)
        return _found(session, engine, folder, round_, LATER, four_eyes=four_eyes)


def large(engine: Engine, folder: Path, *, now: datetime = LATER) -> Found:
    """The demo's cluster whose round is closed and diagnosed, with last year's round."""
    given = settings(folder)
    with writing(engine) as session:
        plan = next(one for one in CLUSTERS if one.state is RoundState.CLOSED)
        demo_rounds.fill(session, plan, _tools(given), now)
        round_ = only(session.exec(select(Round).order_by(col(Round.year).desc())).first())
        return _found(session, engine, folder, round_, now, four_eyes=True)


def _found(session: Session, engine: Engine, folder: Path, round_: Round, now: datetime, *, four_eyes: bool) -> Found:
    programme = make_programme(session, round_.cluster_id, four_eyes=four_eyes)
    cluster = only(session.get(Cluster, round_.cluster_id))
    other = Cluster(key="elsewhere", name="Elsewhere")
    session.add(other)
    session.flush()
    arguments: dict[str, str | int] = {"cluster": cluster.key, "year": round_.year, "programme": programme.key}
    own = Realm(identity(cluster), identity(round_), identity(programme), arguments)
    foreign = replace(own, cluster_id=identity(other), arguments={"cluster": other.key})
    first, second = (make_account(session, f"{name}@example.org", Role.EVALUATOR, own) for name in ("edith", "edgar"))
    stranger = make_account(session, "egon@example.org", Role.EVALUATOR, foreign)
    manager = make_account(session, "mona@example.org", Role.MANAGER, own)
    if sheet_of(session, round_) is not None:
        for account in (first, second):  # who rates blind is tried in test_second_rater.py
            sheets.open_sheet(session, round_, account_id=account, now=now)
    clock, given = Clock(now), replace(settings(folder), secret="another secret for tests, long enough 0123456789")  # noqa: S106
    client = site_on(engine, given, clock).test_client()
    return Found(Staffed(engine, clock, given, client, own, foreign), first, second, stranger, manager)


def _tools(given: Settings) -> Tools:
    questionnaires, folder = load_questionnaires(), content_folder("questionnaires")
    sources = [(folder / name / f"{found.version}.yaml").read_text("utf-8") for name, found in questionnaires.items()]
    return Tools(given, questionnaires, sources, load_rulebase_version(), Inference())
