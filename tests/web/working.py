"""A site whose own cluster has rounds with an evaluator's sheet, for tests of the workbench."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import col, select
from workflow.evaluating import TRUST, answer_as_members, answer_sheet, open_round
from workflow.surveying import CLOSING, only

from assess.store.session import writing
from assess.store.staff_tables import Role
from assess.store.tables import AuditEvent, Cluster, Response, Round
from assess.workflow import rounds
from web.staffing import StaffBrowser, Staffed, make_account, staffed_site

YEAR = 2027
FIGURES = {"firms": "120", "plan": "yes", "idea": "4", "trust": "5"}


@dataclass(frozen=True)
class Bench:
    """The site, an evaluator's browser, and the round of YEAR of the own cluster."""

    site: Staffed
    browser: StaffBrowser
    round_id: int
    address: str

    def another_evaluator(self, name: str = "second@example.org") -> StaffBrowser:
        """A second evaluator of the same cluster."""
        with writing(self.site.engine) as session:
            account = make_account(session, name, Role.EVALUATOR, self.site.own)
        return self.site.browser(account)

    def as_(self, role: Role) -> StaffBrowser:
        return self.site.browser(self.site.accounts[role])

    def close(self) -> None:
        with writing(self.site.engine) as session:
            rounds.close_round(session, only(session.get(Round, self.round_id)), now=CLOSING)
        self.site.clock.now = CLOSING
        self.browser.carry(self.site.browser(self.site.accounts[Role.EVALUATOR]).cookie)

    def answer(self, texts: Sequence[str] = TRUST) -> None:
        with writing(self.site.engine) as session:
            answer_as_members(session, only(session.get(Round, self.round_id)), texts)

    def fill_sheet(self, answers: dict[str, str] | None = None) -> None:
        """The first evaluator hands the sheet in."""
        with writing(self.site.engine) as session:
            round_ = only(session.get(Round, self.round_id))
            answer_sheet(session, round_, self.site.accounts[Role.EVALUATOR], FIGURES if answers is None else answers)

    def response(self, questionnaire: str = "member") -> Response:
        """The first response of the round."""
        mine = (col(Response.round_id) == self.round_id, col(Response.questionnaire) == questionnaire)
        with writing(self.site.engine) as session:
            return only(session.exec(select(Response).where(*mine).order_by(col(Response.id))).first())

    def verbs(self) -> list[str]:
        """What was done so far, in order."""
        with writing(self.site.engine) as session:
            return list(session.exec(select(AuditEvent.verb).order_by(col(AuditEvent.sequence))))


def make_bench(engine: Engine, folder: Path, *, year_before: dict[str, str] | None = None) -> Bench:
    """Open the round; with answers of the year before, that year's sheet was handed in."""
    site = staffed_site(engine, folder)
    with writing(engine) as session:
        cluster = only(session.get(Cluster, site.own.cluster_id))
        if year_before is not None:
            answer_sheet(session, open_round(session, cluster, year=YEAR - 2), site.accounts[Role.EVALUATOR], year_before)
        round_ = open_round(session, cluster, year=YEAR)
        number, key = only(round_.id), cluster.key
    return Bench(site, site.browser(site.accounts[Role.EVALUATOR]), number, f"/clusters/{key}/{YEAR}")
