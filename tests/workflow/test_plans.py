"""The action plan: what a diagnosis recommends is accepted, and what the next rounds' reviews find."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from assess.store.session import writing
from assess.store.steering_tables import ActionItem, ActionReview, ActionState
from assess.store.tables import Cluster, Round
from assess.workflow import plans, publications
from assess.workflow.plan_indicators import indicators_behind, recommendation
from assess.workflow.plan_progress import Standing, Years
from assess.workflow.publications import PublicationState
from assess.workflow.refusals import Unfit
from workflow.evaluating import closed_round, diagnosed, make_account, release, verbs
from workflow.surveying import LATER, make_cluster, only, rulebase

TRUST = "collaboration.trust"
LOW = ("1", "1", "2", "2", "2")
DUE = date(2027, 3, 31)
WHY = "The funding line was closed."


def suspicious(session: Session, cluster: Cluster | None = None, *, year: int = 2026) -> Round:
    """A diagnosed round whose members trust each other little."""
    round_ = closed_round(session, cluster, year=year, texts=LOW)
    diagnosed(session, round_)
    return round_


def remedy(session: Session, round_: Round) -> str:
    """The first instrument that closes a gap of trust."""
    document = only(plans.basis_of(session, round_)).document
    return next(str(one["id"]) for one in document["instruments"] if TRUST in indicators_behind(document, one, rulebase()))


def accepted(session: Session, round_: Round, account: int, **changed: Any) -> ActionItem:
    given: dict[str, Any] = {
        "instrument": changed.get("instrument") or remedy(session, round_),
        "owner": "Cluster office",
        "milestone": "Four joint workshops held",
        "due": DUE,
        "indicator": TRUST,
        "target": Decimal("3.5"),
    }
    return plans.accept(session, round_, **given | changed, account_id=account, now=LATER, rulebase=rulebase())


def reviewed(session: Session, item: ActionItem, round_: Round, account: int, state: ActionState, note: str = "") -> ActionReview:
    return plans.review(session, item, round_, state=state, note=note, account_id=account, now=LATER)


def cluster_of(session: Session, round_: Round) -> Cluster:
    return only(session.get(Cluster, round_.cluster_id))


def test_a_recommended_instrument__is_accepted__with_what_was_measured_as_baseline(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = suspicious(session), make_account(session)
        item = accepted(session, round_, account, milestone="  Four   joint workshops held ")
        assert (item.state, item.baseline, item.target, item.milestone) == ("planned", "2", "3.5", "Four joint workshops held")
        entry = only(recommendation(only(plans.basis_of(session, round_)).document, item.instrument))
        assert item.title == entry["name"]
        assert verbs(session)[-1] == "accept"


def test_the_same_acceptance_sent_twice__makes_one_item__another_milestone_makes_another(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = suspicious(session), make_account(session)
        assert accepted(session, round_, account).id == accepted(session, round_, account).id
        assert verbs(session).count("accept") == 1
        assert accepted(session, round_, account, milestone="A second milestone").id != accepted(session, round_, account).id


def test_without_an_indicator__the_item_has_neither_baseline_nor_target(engine: Engine) -> None:
    with writing(engine) as session:
        item = accepted(session, suspicious(session), make_account(session), indicator=None, target=None)
        assert (item.indicator, item.baseline, item.target) == (None, None, None)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"instrument": "moon-landing"}, "Choose an instrument that the diagnosis of 2026 recommends"),
        ({"indicator": "structure.firms"}, "Choose an indicator that the findings"),
        ({"indicator": "no.such"}, "Choose an indicator that the findings"),
        ({"target": None}, "Name both the indicator"),
        ({"indicator": None}, "Name both the indicator"),
        ({"target": Decimal(9)}, "Correct the target"),
        ({"target": Decimal(2)}, "Choose a target other than"),
        ({"due": date(2020, 1, 1)}, "Choose a due date that lies ahead"),
        ({"owner": "  "}, "Say who owns"),
        ({"owner": "x" * 201}, "Say who owns"),
        ({"milestone": "left\u202eright"}, "Say the milestone"),
    ],
)
def test_what_cannot_be_planned__is_refused_with_what_to_do(engine: Engine, changed: dict[str, Any], sentence: str) -> None:
    with writing(engine) as session:
        round_, account = suspicious(session), make_account(session)
        with pytest.raises(Unfit, match=sentence):
            accepted(session, round_, account, **changed)
        assert session.exec(select(ActionItem)).all() == []


def test_an_unknown_baseline__stays_unknown(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = suspicious(session), make_account(session)
        name, stored = remedy(session, round_), diagnosed(session, round_)
        stored.document = stored.document.replace('"value": 2', '"value": null')
        session.add(stored)
        item = accepted(session, round_, account, instrument=name)
        assert (item.baseline, item.target) == (None, "3.5")
        later = closed_round(session, cluster_of(session, round_), year=2027, texts=("4", "4", "4", "5", "5"))
        diagnosed(session, later)
        (planned,) = plans.plan_of(session, cluster_of(session, round_))
        assert only(Years(session, later).progress(planned)).standing is Standing.UNKNOWN


def test_indicators_offered__never_include_what_decides_type_or_stage_alone(engine: Engine) -> None:
    with writing(engine) as session:
        document = only(plans.basis_of(session, suspicious(session))).document
        for entry in document["instruments"]:
            behind = indicators_behind(document, entry, rulebase())
            assert behind, entry["id"]
            assert not [name for name in behind if name.startswith("structure.")], entry["id"]


def test_a_round_without_diagnosis__or_with_a_withdrawn_one__has_nothing_to_plan_with(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = closed_round(session, texts=LOW), make_account(session)
        assert plans.basis_of(session, round_) is None
        with pytest.raises(Unfit, match="Diagnose the round of 2026 first"):
            accepted(session, round_, account, instrument="anything")
        report = publications.approve(session, diagnosed(session, round_), account_id=account, now=LATER)
        assert only(plans.basis_of(session, round_)).state is PublicationState.APPROVED
        publications.withdraw(session, report, "A figure was copied wrongly.", account_id=account, now=LATER)
        assert plans.basis_of(session, round_) is None


def test_only_published__waits_for_the_report(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = suspicious(session), make_account(session)
        release(session, round_)
        name = remedy(session, round_)
        with pytest.raises(Unfit, match="Wait until the report of 2026 is published"):
            accepted(session, round_, account, instrument=name, only_published=True)
        report = publications.approve(session, diagnosed(session, round_), account_id=account, now=LATER)
        publications.publish(session, report, account_id=account, now=LATER)
        assert accepted(session, round_, account, instrument=name, only_published=True).id


def test_another_rule_base_than_the_rounds__is_refused(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = suspicious(session), make_account(session)
        name = remedy(session, round_)
        round_.rulebase_digest = "0" * 64
        session.add(round_)
        with pytest.raises(Unfit, match="Plan with the rule base"):
            accepted(session, round_, account, instrument=name)


def test_the_next_round__reviews_what_is_open__and_each_item_once(engine: Engine) -> None:
    with writing(engine) as session:
        first, account = suspicious(session), make_account(session)
        item, dropped = accepted(session, first, account), accepted(session, first, account, milestone="Another")
        reviewed(session, dropped, first, account, ActionState.DROPPED, WHY)
        second = closed_round(session, cluster_of(session, first), year=2027, texts=("4", "4", "4", "4", "5"))
        assert plans.due_for_review(session, first) == ()
        assert [one.item.id for one in plans.due_for_review(session, second)] == [item.id]
        diagnosed(session, second)
        found = reviewed(session, item, second, account, ActionState.UNDER_WAY, "Two of four held.")
        assert (found.reached, item.state, item.because) == ("4", ActionState.UNDER_WAY, "")
        assert plans.due_for_review(session, second) == ()
        assert verbs(session)[-1] == "review"


def test_the_same_review_sent_twice__is_kept_once(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = suspicious(session), make_account(session)
        item = accepted(session, round_, account)
        first = reviewed(session, item, round_, account, ActionState.UNDER_WAY, "Begun.")
        assert reviewed(session, item, round_, account, ActionState.UNDER_WAY, " Begun. ").id == first.id
        assert reviewed(session, item, round_, account, ActionState.DONE).id != first.id
        assert len(session.exec(select(ActionReview)).all()) == 2


def test_dropping__wants_a_reason_that_is_kept__and_a_review_wants_a_fitting_round_and_state(engine: Engine) -> None:
    with writing(engine) as session:
        first, account = suspicious(session), make_account(session)
        other = suspicious(session, make_cluster(session, name="Other Valley"))
        later = closed_round(session, cluster_of(session, first), year=2027, texts=LOW)
        diagnosed(session, later)
        item, young = accepted(session, first, account), accepted(session, later, account)
        with pytest.raises(Unfit, match="at least 10 characters why"):
            reviewed(session, item, first, account, ActionState.DROPPED, "   no    ")
        with pytest.raises(Unfit, match="under way, done or dropped"):
            reviewed(session, item, first, account, ActionState.PLANNED)
        with pytest.raises(Unfit, match="later one of the same cluster"):
            reviewed(session, item, other, account, ActionState.DONE)
        with pytest.raises(Unfit, match="later one of the same cluster"):
            reviewed(session, young, first, account, ActionState.DONE)
        reviewed(session, item, later, account, ActionState.DROPPED, WHY)
        assert (item.state, item.because) == (ActionState.DROPPED, WHY)


def test_the_plan__comes_by_due_date__and_as_far_as_a_year_goes(engine: Engine) -> None:
    with writing(engine) as session:
        first, account = suspicious(session), make_account(session)
        late = accepted(session, first, account)
        early = accepted(session, first, account, due=DUE - timedelta(days=30), milestone="Earlier")
        second = closed_round(session, cluster_of(session, first), year=2027, texts=LOW)
        diagnosed(session, second)
        new = accepted(session, second, account, due=DUE + timedelta(days=30))
        reviewed(session, early, second, account, ActionState.DONE)
        plan = plans.plan_of(session, cluster_of(session, first))
        assert [one.item.id for one in plan] == [early.id, late.id, new.id]
        then = plans.plan_of(session, cluster_of(session, first), until=2026)
        assert [(one.item.id, one.state) for one in then] == [(early.id, "planned"), (late.id, "planned")]
        assert [one.is_overdue(DUE + timedelta(days=1)) for one in plan] == [False, True, False]
        assert not plan[1].is_overdue(DUE)


@pytest.mark.parametrize(
    ("texts", "standing"),
    [
        (("4", "4", "4", "5", "5"), Standing.REACHED),
        (("3", "3", "3", "3", "4"), Standing.NEARER),
        (("1", "1", "1", "2", "2"), Standing.NOT_NEARER),
        (("3", "3", "3", "4"), Standing.UNKNOWN),
    ],
)
def test_progress__is_judged_from_baseline_to_target__and_not_from_too_few_answers(
    engine: Engine, texts: tuple[str, ...], standing: Standing
) -> None:
    with writing(engine) as session:
        first, account = suspicious(session), make_account(session)
        accepted(session, first, account)
        second = closed_round(session, cluster_of(session, first), year=2027, texts=texts)
        diagnosed(session, second)
        (planned,) = plans.plan_of(session, cluster_of(session, first))
        found = only(Years(session, second).progress(planned))
        assert (found.standing, found.caveat) == (standing, "")
        assert (found.present is None) == (standing is Standing.UNKNOWN)
        assert only(Years(session, first).progress(planned)).standing is Standing.UNKNOWN


def test_progress_between_figures_that_do_not_mean_the_same__is_not_judged(engine: Engine) -> None:
    with writing(engine) as session:
        first, account = suspicious(session), make_account(session)
        accepted(session, first, account)
        second = closed_round(session, cluster_of(session, first), year=2027, texts=("4", "4", "4", "5", "5"))
        stored = diagnosed(session, second)
        document = json.loads(stored.document)
        document["measures"][TRUST]["origin"] = "evaluator"
        stored.document = json.dumps(document)
        session.add(stored)
        (planned,) = plans.plan_of(session, cluster_of(session, first))
        found = only(Years(session, second).progress(planned))
        assert (found.present, found.standing) == (4, Standing.UNKNOWN)
        assert found.caveat == "stated by member then, by evaluator now"
