"""Grant decisions: recorded once, frozen with their report, corrected only by another one, and everybody who looks is written down."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from assess.store.session import writing
from assess.store.staff_tables import Account, Programme
from assess.store.steering_tables import Decision, Outcome
from assess.workflow import decisions, grant_conditions, people
from assess.workflow.refusals import Taken, Unfit
from workflow.granting import Reported, make_agent, make_programme, real_document, reported, withdraw
from workflow.surveying import LATER, only

TODAY = LATER.date()
AFTER = LATER + timedelta(days=3)


def decided(session: Session, programme: Programme, report: Reported, reference: str = "GR-2026-014", **given: Any) -> Decision:
    wanted: dict[str, Any] = {"outcome": Outcome.GRANTED, "decided_on": TODAY, "account_id": make_agent(session), "now": AFTER, **given}
    return decisions.decide(session, programme, report.attached, reference=reference, **wanted)


def funded(session: Session, name: str = "Example Valley") -> tuple[Programme, Reported]:
    report = reported(session, name)
    return make_programme(session, report.cluster), report


def test_a_decision__is_kept_with_the_digests_of_its_report(engine: Engine) -> None:
    with writing(engine) as session:
        programme, report = funded(session)
        made = decided(session, programme, report, note="By the board.\r\nUnanimously.")
        assert made.report_digest == report.attached.file.digest
        assert made.diagnosis_digest == real_document()["digest"]
        assert (made.cluster_id, made.outcome, made.decided_on) == (report.cluster.id, Outcome.GRANTED, TODAY)
        assert decisions.note_of(made) == "By the board.\nUnanimously."
        assert decisions.decision_by_reference(session, programme, "gr-2026-014") is made
        assert list(decisions.decisions_of(session, programme)) == [made]


def test_the_same_again__is_the_same_decision__and_other_words_under_its_reference_are_refused(engine: Engine) -> None:
    with writing(engine) as session:
        programme, report = funded(session)
        made = decided(session, programme, report)
        assert decided(session, programme, report) is made
        for other in ({"outcome": Outcome.REFUSED}, {"note": "Other"}, {"own_conditions": ["Other"]}):
            with pytest.raises(Taken, match="Give another reference"):
                decided(session, programme, report, **other)
        with pytest.raises(Taken, match="Give another reference"):
            decided(session, programme, report, "gr-2026-014")
        assert len(session.exec(select(Decision)).all()) == 1


def test_a_withdrawn_report__carries_no_decision__nor_one_that_is_not_out(engine: Engine) -> None:
    with writing(engine) as session:
        programme, report = funded(session)
        withdraw(session, report.publication)
        with pytest.raises(Unfit, match="Attach another report: this one is withdrawn"):
            decided(session, programme, report)
        waiting = reported(session, "Waiting Valley")
        waiting.publication.published_at = None
        with pytest.raises(Unfit, match="this one is approved"):
            decided(session, make_programme(session, waiting.cluster, name="Other"), waiting)


def test_a_report_of_a_foreign_cluster__or_another_reports_file__is_refused(engine: Engine) -> None:
    with writing(engine) as session:
        programme, report = funded(session)
        foreign = reported(session, "Foreign Valley")
        with pytest.raises(Unfit, match="a cluster of this programme"):
            decided(session, programme, foreign)
        mixed = decisions.Attached(report.publication, foreign.attached.file)
        with pytest.raises(Unfit, match="Choose the report again"):
            decisions.decide(
                session,
                programme,
                mixed,
                reference="X",
                outcome=Outcome.GRANTED,
                decided_on=TODAY,
                account_id=make_agent(session),
                now=AFTER,
            )


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), AFTER.date() + timedelta(days=1)])
def test_a_day_before_the_report_or_still_to_come__is_refused(engine: Engine, day: date) -> None:
    with writing(engine) as session:
        programme, report = funded(session)
        with pytest.raises(Unfit, match=r"^(Write the day|Check the day)"):
            decided(session, programme, report, decided_on=day)


@pytest.mark.parametrize("reference", ["", "../etc", "a/b", "-a", "a.", "a b", "x" * 81, "é"])
def test_a_reference__fits_into_an_address_and_a_file_name(engine: Engine, reference: str) -> None:
    with writing(engine) as session:
        programme, report = funded(session)
        with pytest.raises(Unfit, match="Write a reference"):
            decided(session, programme, report, reference)


def test_conditions__come_from_the_diagnosis_or_are_written_freely(engine: Engine) -> None:
    with writing(engine) as session:
        programme, report = funded(session)
        offered = grant_conditions.suggested(real_document())
        name = offered[0].condition.suggestion or ""
        made = decided(session, programme, report, suggested=[name, name], own_conditions=["  Report  every year. "])
        first, own = decisions.conditions_of(made)
        assert first == offered[0].condition
        assert (own.text, own.instrument, own.suggestion) == ("Report every year.", None, None)
        with pytest.raises(Unfit, match="Choose the conditions again"):
            decided(session, programme, report, "R2", suggested=["made-up"])
        for own_text in ("", "x" * 1001, "a\x07b"):
            with pytest.raises(Unfit, match="Write each condition"):
                decided(session, programme, report, "R2", own_conditions=[own_text])
        with pytest.raises(Unfit, match="Choose at most"):
            decided(session, programme, report, "R2", own_conditions=["A condition"] * 21)
        with pytest.raises(Unfit, match="Leave the conditions out"):
            decided(session, programme, report, "R2", outcome=Outcome.REFUSED, own_conditions=["A condition"])


def test_a_suggested_condition__names_the_instrument_that_calls_for_it() -> None:
    rule = {"rule": "c.instrument", "because": "It ties them.", "conditions": [{"fact": "recommended.tied-grants", "holds": True}]}
    entry = {"id": "c", "text": "Others take part.", "because": ["c.instrument"], "cite": []}
    (found,) = grant_conditions.suggested({"conditions": [entry], "trace": [rule]})
    assert (found.condition.instrument, found.condition.suggestion, found.because) == ("tied-grants", "c", "It ties them.")
    rule["conditions"] = [{"fact": "gap.collaboration.firm_firm", "holds": True}]
    (found,) = grant_conditions.suggested({"conditions": [entry], "trace": [rule]})
    assert found.condition.instrument is None


def test_a_correction__is_a_new_decision_that_names_the_old_one(engine: Engine) -> None:
    with writing(engine) as session:
        programme, report = funded(session)
        first = decided(session, programme, report)
        second = decided(session, programme, report, "GR-2026-014.b", outcome=Outcome.DEFERRED, replaces="gr-2026-014", note="A slip.")
        assert (decisions.replaced_reference(second), decisions.note_of(second)) == ("GR-2026-014", "A slip.")
        assert decisions.replaced_by(session, first) is second
        assert decisions.replaced_by(session, second) is None
        assert first.outcome is Outcome.GRANTED


def test_a_decision_on_another_cluster_or_none__cannot_be_replaced(engine: Engine) -> None:
    with writing(engine) as session:
        programme, report = funded(session)
        other = reported(session, "Other Valley")
        decided(session, make_programme(session, other.cluster, name="Other"), other, "FOREIGN")
        for replaces in ("FOREIGN", "NOTHING"):
            with pytest.raises(Unfit, match="Choose a decision of the same programme"):
                decided(session, programme, report, replaces=replaces)
        with pytest.raises(Unfit, match="in its own field"):
            decided(session, programme, report, note="Replaces FOREIGN.\nAnd more.")


def test_who_looked_and_who_took_it_away__stands_in_the_log_by_name(engine: Engine) -> None:
    with writing(engine) as session:
        programme, report = funded(session)
        made = decided(session, programme, report)
        reader = make_agent(session, "Berta")
        decisions.note_view(session, made, account_id=reader, now=AFTER)
        decisions.note_download(session, made, account_id=reader, now=AFTER)
        seen = [(one.name, one.verb) for one in decisions.access_log(session, made)]
        assert seen == [("Berta", "download_decision"), ("Berta", "view_decision"), ("Agnes", "decide")]
        people.erase(session, only(session.get(Account, reader)), now=AFTER, actor="command line")
        assert [one.name for one in decisions.access_log(session, made)] == ["", "", "Agnes"]


def test_what_is_written_down__says_where_each_condition_comes_from(engine: Engine) -> None:
    with writing(engine) as session:
        programme, report = funded(session)
        made = decided(session, programme, report, own_conditions=["Publish the plan."])
        assert json.loads(made.conditions) == [{"text": "Publish the plan.", "instrument": None, "suggestion": None}]
