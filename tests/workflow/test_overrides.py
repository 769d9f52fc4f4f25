"""Overrides: a measure an evaluator replaced, with its reason and what the answers gave, in the next diagnosis."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import Engine
from sqlmodel import Session

from assess.definitions.words import words_of
from assess.engine.document import document
from assess.engine.document_schema import diagnosis_schema
from assess.engine.what_if import diagnosed_again
from assess.reports.view import build_view
from assess.store.session import writing
from assess.store.steering_tables import Override
from assess.store.tables import Round, StoredDiagnosis
from assess.workflow import overrides, publications
from assess.workflow.refusals import Unfit
from workflow.evaluating import INFERENCE, closed_round, diagnosed, make_account, open_round, release, verbs
from workflow.surveying import LATER, rulebase

INDICATOR = "collaboration.trust"
REASON = "Interviews with five heads of research show it."


def replace(
    session: Session,
    round_: Round,
    value: Decimal | None = Decimal("4.5"),
    *,
    indicator: str = INDICATOR,
    reason: str = REASON,
    by: int = 0,
) -> Override:
    account = by or make_account(session, f"evaluator{len(overrides.history(session, round_))}")
    return overrides.override(session, round_, indicator, value, reason, account_id=account, rulebase=rulebase(), now=LATER)


def content(stored: StoredDiagnosis) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stored.document)
    return found


def test_an_override__holds_in_the_next_diagnosis__with_what_the_answers_gave(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = closed_round(session)
        before = content(diagnosed(session, round_))
        account = make_account(session)
        row = replace(session, round_, by=account)
        after = content(diagnosed(session, round_))
        assert "overrides" not in before
        assert before["measures"][INDICATOR]["value"] == 3
        assert after["measures"][INDICATOR] == {
            "value": 4.5,
            "origin": "evaluator",
            "reason": REASON,
            "others": [{"origin": "member", "value": 3}],
        }
        (entry,) = after["overrides"]
        assert entry["before"] == before["measures"][INDICATOR] == json.loads(row.before)
        assert (entry["before"]["n"], entry["after"], entry["by"], entry["reason"]) == (5, 4.5, f"account/{account}", REASON)
        assert entry["when"] == LATER.isoformat()
        assert list(Draft202012Validator(diagnosis_schema()).iter_errors(after)) == []
        assert document(diagnosed_again(after, rulebase(), INFERENCE)) == after
        assert verbs(session).count("override") == 1


def test_a_withdrawn_override__gives_the_first_diagnosis_back__byte_by_byte(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = closed_round(session)
        first = diagnosed(session, round_)
        text = first.document
        row = replace(session, round_)
        assert diagnosed(session, round_).id != first.id
        overrides.withdraw_override(session, row, account_id=row.account_id, now=LATER)
        again = diagnosed(session, round_)
        assert (again.id, again.document) == (first.id, text)
        assert overrides.overrides_of(session, round_) == ()


def test_a_later_override__replaces_an_earlier_one__and_withdrawn_brings_none_back(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = closed_round(session)
        first = replace(session, round_, Decimal(2))
        newest = replace(session, round_, None)
        assert [row.id for row in overrides.overrides_of(session, round_)] == [newest.id]
        measured = content(diagnosed(session, round_))["measures"][INDICATOR]
        assert measured == {"value": None, "origin": "evaluator", "reason": f"taken for unknown by the evaluator: {REASON}"}
        with pytest.raises(Unfit, match="withdrawn or replaced already"):
            overrides.withdraw_override(session, first, account_id=first.account_id, now=LATER)
        overrides.withdraw_override(session, newest, account_id=newest.account_id, now=LATER)
        assert overrides.overrides_of(session, round_) == ()
        assert len(overrides.history(session, round_)) == 2


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"reason": "It is so."}, "Give a reason of 20"),
        ({"reason": "x" * 2001}, "Give a reason of 20"),
        ({"value": Decimal(6)}, "Correct the value: 6 is off its scale"),
        ({"indicator": "structure.firms", "value": Decimal("2.5")}, "is not whole"),
        ({"indicator": "collaboration.trst"}, "did you mean collaboration.trust"),
    ],
)
def test_what_cannot_be_used__is_refused__with_what_to_do(engine: Engine, changed: dict[str, Any], says: str) -> None:
    with writing(engine) as session:
        round_ = closed_round(session)
        with pytest.raises(Unfit, match=says):
            replace(session, round_, **changed)
        assert overrides.history(session, round_) == ()


def test_an_open_round__has_no_overrides(engine: Engine) -> None:
    with writing(engine) as session, pytest.raises(Unfit, match="Close the round"):
        replace(session, open_round(session))


def test_a_published_round__is_refused_until_the_report_is_withdrawn(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = closed_round(session), make_account(session)
        row = replace(session, round_, by=account)
        release(session, round_)
        report = publications.approve(session, diagnosed(session, round_), account_id=account, now=LATER)
        publications.publish(session, report, account_id=account, now=LATER)
        with pytest.raises(Unfit, match="Withdraw the published report first"):
            replace(session, round_, by=account)
        with pytest.raises(Unfit, match="Withdraw the published report first"):
            overrides.withdraw_override(session, row, account_id=account, now=LATER)
        publications.withdraw(session, report, "A figure was wrong.", account_id=account, now=LATER)
        assert replace(session, round_, Decimal(3), by=account).id != row.id


def test_an_override__tells_when_the_answers_say_something_else_now(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = closed_round(session)
        row = replace(session, round_)
        measures = overrides.measures_of_round(session, round_, rulebase(), LATER)
        assert not overrides.made_on_other_answers(row, measures)
        row.before = json.dumps({"value": 2})
        assert overrides.made_on_other_answers(row, measures)


def test_the_report__shows_what_was_replaced__by_what_and_why(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = closed_round(session)
        replace(session, round_)
        view = build_view(content(diagnosed(session, round_)))
    (shown,) = view.evidence.replaced
    assert (shown.before, shown.before_from, shown.after, shown.reason) == ("3.00", "members, n = 5", "4.50", REASON)
    assert shown.day == words_of("en").day(LATER.date())
    assert "The evaluator replaced one figure." in view.summary.limits


def test_the_same_said_again__is_the_same_override__until_the_answers_are_others(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = closed_round(session), make_account(session)
        row = replace(session, round_, by=account)
        assert replace(session, round_, by=account).id == row.id
        assert verbs(session).count("override") == 1
        row.before = json.dumps({"value": 2})
        session.add(row)
        assert replace(session, round_, by=account).id != row.id
