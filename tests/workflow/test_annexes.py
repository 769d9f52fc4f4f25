"""What a report shows beside its diagnosis: from the store, by the rules of a release; once published, of published reports only."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from assess.definitions.rulebase import Rulebase
from assess.store.session import reading, writing
from assess.store.steering_tables import ActionItem, ReportAnnex
from assess.store.tables import Cluster, ReleasedCell, Round, StoredDiagnosis
from assess.workflow import annexes, overrides, publications, report_files
from assess.workflow.refusals import Unfit
from assess.workflow.rows import identity
from workflow.evaluating import closed_round, diagnosed, make_account, release
from workflow.surveying import LATER, only, rulebase


def annex_of(session: Session, diagnosis: StoredDiagnosis, *, to_publish: bool = False) -> dict[str, Any]:
    document = json.loads(diagnosis.document)
    return annexes.reckoned(annexes.gather(session, diagnosis, document, now=LATER, to_publish=to_publish))


def planned(session: Session, round_: Round, account: int, owner: str) -> None:
    session.add(
        ActionItem(
            cluster_id=round_.cluster_id,
            round_id=identity(round_),
            instrument="seed-capital-fund",
            title="Seed-capital fund",
            owner=owner,
            milestone="Open",
            due=LATER.date(),
            indicator="funding.seed",
            baseline="2.5",
            target="3.5",
            created_at=LATER,
            created_by=account,
        )
    )
    session.flush()


def publish(session: Session, diagnosis: StoredDiagnosis, account: int, annex: dict[str, Any] | None = None) -> str:
    approved = publications.approve(session, diagnosis, account_id=account, now=LATER)
    return publications.publish(session, approved, account_id=account, now=LATER, annex=annex).number


def test_annex__of_a_round_that_was_answered__says_how_stable_it_is__and_belongs_to_its_diagnosis(engine: Engine) -> None:
    with writing(engine) as session:
        diagnosis = diagnosed(session, closed_round(session))
        annex = annex_of(session, diagnosis)
        assert annex["diagnosis"] == diagnosis.digest
        assert (annex["stability"]["times"], annex["no_stability"]) == (1000, "")
        assert sum(annex["stability"]["counts"]["stage"].values()) == 1000
        assert (annex["groups"], annex["earlier"], annex["plan"]) == (None, [], [])
        assert annex["peers"]["factors"] == {}
        assert annex == annex_of(session, diagnosis)


def test_annex__once_answers_are_erased_or_no_longer_those__says_why_members_were_not_drawn_again(engine: Engine) -> None:
    with writing(engine) as session:
        account, round_ = make_account(session), closed_round(session)
        diagnosis = diagnosed(session, round_)
        reason = "Checked against the register of the region."
        given = {"account_id": account, "rulebase": rulebase(), "now": LATER}
        overrides.override(session, round_, "funding.seed", Decimal(2), reason, **given)  # type: ignore[arg-type]
        assert (annex_of(session, diagnosis)["stability"], annex_of(session, diagnosis)["no_stability"]) == (None, "stale")
        later = diagnosed(session, round_, hours=1)
        assert annex_of(session, later)["no_stability"] == ""
        round_.erased_at = LATER
        session.add(round_)
        session.flush()
        assert (annex_of(session, later)["stability"], annex_of(session, later)["no_stability"]) == (None, "erased")


def test_groups__are_what_was_released__and_nothing_before(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = closed_round(session)
        diagnosis = diagnosed(session, round_)
        assert annex_of(session, diagnosis)["groups"] is None
        release(session, round_)
        groups = annex_of(session, diagnosis)["groups"]
        assert groups["kinds"] == [{"kind": "company", "asked": 5, "answered": 5}]
        cells = session.exec(select(ReleasedCell).where(col(ReleasedCell.kind) == "company")).all()
        released = {cell.indicator: cell.value for cell in cells if cell.value is not None}
        for cell in groups["cells"]:
            shown = [Decimal(released[name]) for name in rulebase().factors[cell["factor"]].indicators if name in released]
            assert cell["suppressed"] or Decimal(str(cell["value"])) == sum(shown) / len(shown)
            assert cell["suppressed"] or cell["n"] >= 5
            assert cell["spread"] is None


def test_earlier_rounds_and_plan__of_an_annex_to_be_published__tell_of_published_reports_only(engine: Engine) -> None:
    with writing(engine) as session:
        account, earlier = make_account(session), closed_round(session, year=2025)
        first = diagnosed(session, earlier)
        planned(session, earlier, account, "From last year")
        cluster = only(session.get(Cluster, earlier.cluster_id))
        round_ = closed_round(session, cluster, year=2026)
        later = diagnosed(session, round_)
        planned(session, round_, account, "From this year")
        draft, out = annex_of(session, later), annex_of(session, later, to_publish=True)
        assert [(one["year"], one["number"], one["published"]) for one in draft["earlier"]] == [(2025, "", False)]
        assert (out["earlier"], [one["owner"] for one in out["plan"]]) == ([], ["From this year"])
        assert [one["owner"] for one in draft["plan"]] == ["From last year", "From this year"]
        release(session, earlier)
        number = publish(session, first, account)
        out = annex_of(session, later, to_publish=True)
        assert [(one["year"], one["number"], one["published"]) for one in out["earlier"]] == [(2025, number, True)]
        assert [(one["owner"], one["year"], one["baseline"], one["state"]) for one in out["plan"]] == [
            ("From last year", 2025, 2.5, "planned"),
            ("From this year", 2026, 2.5, "planned"),
        ]


def test_publishing__keeps_the_annex_once__and_it_never_moves(engine: Engine) -> None:
    with writing(engine) as session:
        account, round_ = make_account(session), closed_round(session)
        release(session, round_)
        number = identity(diagnosed(session, round_))
    annex = report_files.annex_to_publish(engine, number, now=LATER)
    with writing(engine) as session:
        diagnosis = only(session.get(StoredDiagnosis, number))
        publish(session, diagnosis, account, annex)
        planned(session, only(session.get(Round, diagnosis.round_id)), account, "Later")
    with reading(engine) as session:
        diagnosis = only(session.get(StoredDiagnosis, number))
        kept = publications.annex_of(session, only(publications.publication_of(session, diagnosis)))
        assert kept == annex
        assert len(session.exec(select(ReportAnnex)).all()) == 1
        assert annex_of(session, diagnosis) != annex
    wanted = report_files.wanted_report(engine, number, now=LATER + timedelta(days=400))
    assert wanted.annex == annex


def test_publishing__with_the_annex_of_another_diagnosis__is_refused(engine: Engine) -> None:
    with writing(engine) as session:
        account, round_ = make_account(session), closed_round(session)
        release(session, round_)
        diagnosis = diagnosed(session, round_)
        annex = annex_of(session, diagnosis) | {"diagnosis": "0" * 64}
        with pytest.raises(Unfit, match="put together for another diagnosis"):
            publish(session, diagnosis, account, annex)


def test_annex__without_the_rule_base_of_its_diagnosis__says_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_document: object) -> Rulebase | None:
        return None

    with writing(engine) as session:
        diagnosis = diagnosed(session, closed_round(session))
        monkeypatch.setattr(annexes, "rulebase_behind", gone)
        annex = annex_of(session, diagnosis)
        assert (annex["flips"], annex["bounds"]["times"], annex["peers"]) == ([], 0, None)
