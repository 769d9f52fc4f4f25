"""A cluster with two diagnosed rounds, whose manager and evaluator have accounts, for tests of the action plan's pages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select
from workflow.evaluating import closed_round, diagnosed, release
from workflow.surveying import LATER, make_cluster, only

from assess.store.session import writing
from assess.store.staff_tables import Account, Programme, ProgrammeCluster, Role
from assess.store.steering_tables import ActionItem
from assess.store.tables import Round
from assess.workflow import people, plans, publications
from assess.workflow.rows import identity
from web.staffing import ACTOR, StaffBrowser, Staffed, staffed_site
from web.visiting import Page

BASE = "/clusters/plan-valley"
TRUST = "collaboration.trust"
LOW, HIGH = ("1", "1", "2", "2", "2"), ("4", "4", "4", "5", "5")


@dataclass
class Planning:
    """A cluster of its own, whose members trust each other little in 2026 and more in 2027."""

    site: Staffed
    cluster_id: int
    instrument: str

    def browser(self, role: Role) -> StaffBrowser:
        return self.site.browser(self.site.accounts[role])

    def publish(self, year: int = 2026) -> None:
        with writing(self.site.engine) as session:
            round_ = of_year(session, self.cluster_id, year)
            account = self.site.accounts[Role.EVALUATOR]
            release(session, round_)
            report = publications.approve(session, diagnosed(session, round_), account_id=account, now=LATER)
            publications.publish(session, report, account_id=account, now=LATER)

    def accept(
        self, browser: StaffBrowser, *, status: int = 303, milestone: str = "Four workshops", due: str = "2027-03-31", **more: str
    ) -> Page:
        browser.get(f"{BASE}/2026/plan/accept?instrument={self.instrument}")
        sent = {"instrument": self.instrument, "owner": "Cluster office", "indicator": TRUST, "target": "3,5"} | more
        return browser._take(
            browser.client.post(
                f"{BASE}/2026/plan/accept",
                data={"form": browser.page.value("form"), "milestone": milestone, "due": due} | sent,
                base_url=browser.settings.base_url,
            ),
            status,
        )

    def items(self) -> list[ActionItem]:
        with writing(self.site.engine) as session:
            mine = col(ActionItem.cluster_id) == self.cluster_id
            return list(session.exec(select(ActionItem).where(mine).order_by(col(ActionItem.id))))


def of_year(session: Session, cluster_id: int, year: int) -> Round:
    return session.exec(select(Round).where(Round.cluster_id == cluster_id, Round.year == year)).one()


def planned_site(engine: Engine, folder: Path) -> Planning:
    """Make the site, and the cluster."""
    site = staffed_site(engine, folder)
    with writing(engine) as session:
        cluster = make_cluster(session, name="Plan Valley")
        for year, texts in ((2026, LOW), (2027, HIGH)):
            diagnosed(session, closed_round(session, cluster, year=year, texts=texts))
        for role in (Role.MANAGER, Role.EVALUATOR):
            account = only(session.get(Account, site.accounts[role]))
            people.grant(session, account, role=role, cluster=cluster, now=LATER, actor=ACTOR)
        programme = only(session.get(Programme, site.own.programme_id))
        session.add(ProgrammeCluster(programme_id=identity(programme), cluster_id=identity(cluster)))
        basis = only(plans.basis_of(session, of_year(session, identity(cluster), 2026)))
        instrument = next(one["id"] for one in basis.document["instruments"] if "gap.collaboration.trust" in one["closes"])
    return Planning(site, identity(cluster), instrument)
