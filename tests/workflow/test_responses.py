"""Saving, submitting and reopening: what is acknowledged stays, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from assess.definitions.digests import digest
from assess.store.session import writing
from assess.store.tables import Answer, AnswerRevision, OutboxMail, Receipt, Response, ResponseState, Submission
from assess.workflow import invitations, responses
from assess.workflow.refusals import (
    AlreadySubmitted,
    AnswerUnfit,
    ChangedSince,
    KeyReused,
    NotComplete,
    RoundClosed,
    Unfit,
)
from assess.workflow.standing import standing
from workflow.surveying import BASE_URL, CLOSING, LATER, NOON, Surveyed, make_survey

COMPLETE = {"kind": "company", "trust": "4", "staff": "12"}


def test_saving__twice_with_the_same_key__gives_the_first_receipt_and_one_row(survey: Surveyed) -> None:
    first = survey.saved({"trust": "4"}, seen=0, key="page-1")
    again = survey.saved({"trust": "4"}, seen=0, key="page-1", now=NOON + timedelta(hours=24))
    assert (again.revision, again.saved_at, again.changed) == (first.revision, first.saved_at, ("trust",))
    assert again.repeated
    assert not first.repeated
    with writing(survey.engine) as session:
        for table in (Answer, AnswerRevision, Receipt):
            assert len(session.exec(select(table)).all()) == 1


def test_the_same_key__with_other_answers__is_refused(survey: Surveyed) -> None:
    survey.saved({"trust": "4"}, seen=0, key="page-1")
    with pytest.raises(KeyReused):
        survey.save({"trust": "5"}, seen=1, key="page-1")
    assert survey.texts() == {"trust": "4"}


def test_fifty_parallel_double_clicks__give_one_row__and_fifty_equal_receipts(survey: Surveyed) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: survey.saved({"trust": "4"}, seen=0, key="page-1"), range(50)))
    assert {(one.revision, one.saved_at, one.changed) for one in found} == {(1, NOON, ("trust",))}
    assert sum(not one.repeated for one in found) == 1


def test_fifty_parallel_submissions__give_one_receipt_number(survey: Surveyed) -> None:
    survey.saved(COMPLETE, seen=0, key="page-1")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: survey.submit(key="submit-1").receipt, range(50)))
    assert len(set(found)) == 1
    assert survey.count(Submission) == 1


def test_two_tabs__that_change_different_items__are_merged(survey: Surveyed) -> None:
    first = survey.saved({"trust": "", "staff": ""}, seen=0, key="load")
    one = survey.saved({"trust": "4", "staff": ""}, seen=first.revision, key="tab-1")
    other = survey.saved({"trust": "", "staff": "12"}, seen=first.revision, key="tab-2")
    assert (one.changed, other.changed) == (("trust",), ("staff",))
    assert (one.others, other.others) == ({}, {"trust": "4"}), "a page that stays open has to show what the other one saved"
    assert survey.texts() == {"trust": "4", "staff": "12"}


def test_two_tabs__that_change_the_same_item__conflict_with_both_values__and_save_the_rest(survey: Surveyed) -> None:
    base = survey.saved({"trust": "3"}, seen=0, key="first").revision
    survey.saved({"trust": "4"}, seen=base, key="tab-1")
    result = survey.save({"trust": "2", "staff": "12"}, seen=base, key="tab-2")
    assert isinstance(result, responses.Conflict)
    assert result.contested == (responses.Contested("trust", stored="4", sent="2"),)
    assert result.changed == ("staff",)
    assert survey.texts() == {"trust": "4", "staff": "12"}
    chosen = survey.saved({"trust": "2"}, seen=result.revision, key="merge")
    assert chosen.changed == ("trust",)
    assert survey.texts()["trust"] == "2"


def test_a_conflict__asked_for_again__is_told_again_and_changes_nothing(survey: Surveyed) -> None:
    base = survey.saved({"trust": "3"}, seen=0, key="first").revision
    survey.saved({"trust": "4"}, seen=base, key="tab-1")
    first = survey.save({"trust": "2", "staff": "12"}, seen=base, key="tab-2")
    survey.saved({"trust": "5", "staff": ""}, seen=3, key="tab-1-again")
    assert isinstance(first, responses.Conflict)
    assert survey.save({"trust": "2", "staff": "12"}, seen=base, key="tab-2") == replace(first, repeated=True)
    assert survey.texts() == {"trust": "5"}


def test_two_tabs__that_change_the_same_item_alike__do_not_conflict(survey: Surveyed) -> None:
    survey.saved({"trust": "4"}, seen=0, key="tab-1")
    assert survey.saved({"trust": "4"}, seen=0, key="tab-2").changed == ()


def test_an_old_tab__with_an_item_it_did_not_touch__does_not_undo_it(survey: Surveyed) -> None:
    base = survey.saved({"trust": "3"}, seen=0, key="first").revision
    survey.saved({"trust": "5"}, seen=base, key="tab-1")
    survey.saved({"trust": "3", "staff": "7"}, seen=base, key="tab-2")
    assert survey.texts() == {"trust": "5", "staff": "7"}


def test_an_answer_taken_back_in_one_tab_and_changed_in_another__is_contested(survey: Surveyed) -> None:
    base = survey.saved({"trust": "3"}, seen=0, key="first").revision
    survey.saved({"trust": ""}, seen=base, key="tab-1")
    result = survey.save({"trust": "4"}, seen=base, key="tab-2")
    assert isinstance(result, responses.Conflict)
    assert result.contested == (responses.Contested("trust", stored="", sent="4"),)


def test_a_page_left_open_for_a_day__still_saves(survey: Surveyed) -> None:
    survey.saved({"trust": "4"}, seen=0, key="page-1", now=NOON + timedelta(hours=24))
    assert survey.texts() == {"trust": "4"}


def test_an_answer_hidden_by_another__is_kept_and_does_not_count__and_comes_back(survey: Surveyed) -> None:
    survey.saved({**COMPLETE, "buys": "yes", "purchases": "40"}, seen=0, key="1")
    survey.saved({"buys": "no"}, seen=1, key="2")
    with writing(survey.engine) as session:
        found = standing(session, survey.response(session), NOON.date())
    assert found.given["purchases"] == "40"
    assert "purchases" in found.not_asked
    survey.saved({"buys": "yes"}, seen=2, key="3")
    with writing(survey.engine) as session:
        assert "purchases" not in standing(session, survey.response(session), NOON.date()).not_asked


def test_a_hidden_answer_that_cannot_be_read__does_not_keep_a_response_from_being_submitted(survey: Surveyed) -> None:
    survey.saved({**COMPLETE, "buys": "no", "purchases": "forty"}, seen=0, key="1")
    assert survey.submit(key="s").receipt


def test_what_cannot_be_read_as_an_answer__is_kept__and_stands_in_the_way_of_submitting(survey: Surveyed) -> None:
    survey.saved({**COMPLETE, "staff": "a dozen", "trainees": "3"}, seen=0, key="1")
    assert survey.texts()["staff"] == "a dozen"
    with pytest.raises(NotComplete) as refused:
        survey.submit(key="s")
    assert list(refused.value.problems) == ["staff"]
    survey.saved({"staff": "2"}, seen=1, key="2")
    with pytest.raises(NotComplete, match="trainees"):
        survey.submit(key="s")


def test_the_kind_of_a_member__is_known_from_the_list__until_the_member_says_otherwise(survey: Surveyed) -> None:
    with writing(survey.engine) as session:
        assert standing(session, survey.response(session), NOON.date()).kind == "company"
    survey.saved({"kind": "research"}, seen=0, key="1")
    with writing(survey.engine) as session:
        assert standing(session, survey.response(session), NOON.date()).kind == "research"


def test_a_submitted_response__cannot_be_changed__until_it_is_reopened(survey: Surveyed) -> None:
    survey.saved(COMPLETE, seen=0, key="1")
    first = survey.submit(key="s1")
    with pytest.raises(AlreadySubmitted):
        survey.save({"trust": "1"}, seen=1, key="2")
    assert survey.reopen().state is ResponseState.REOPENED
    survey.saved({"trust": "1"}, seen=first.revision + 1, key="3")
    second = survey.submit(key="s2")
    assert second.revision > first.revision
    assert second.receipt != first.receipt
    with writing(survey.engine) as session:
        assert responses.submitted_answers(session, first)["trust"] == "4"
        assert responses.submitted_answers(session, second)["trust"] == "1"
        assert digest(responses.submitted_answers(session, first)) == first.digest
        assert [row.receipt for row in session.exec(select(Submission).order_by(col(Submission.id)))] == [first.receipt, second.receipt]


def test_submitting_again_from_another_tab__gives_the_same_submission__and_one_mail(survey: Surveyed) -> None:
    survey.saved(COMPLETE, seen=0, key="1")
    assert survey.submit(key="tab-1").receipt == survey.submit(key="tab-2").receipt
    with writing(survey.engine) as session:
        assert [mail.kind for mail in session.exec(select(OutboxMail))] == ["invitation", "receipt"]


def test_a_submission_that_fails__leaves_neither_receipt_nor_mail(survey: Surveyed) -> None:
    survey.saved(COMPLETE, seen=0, key="1")
    with writing(survey.engine) as session:
        responses.submit(session, survey.response(session), key="s", now=NOON, invitation=survey.invitation(session))
        session.rollback()
    assert survey.count(Submission) == 0
    with writing(survey.engine) as session:
        assert [mail.kind for mail in session.exec(select(OutboxMail))] == ["invitation"]


def test_submitting_what_somebody_changed_after_the_review__is_refused(survey: Surveyed) -> None:
    survey.saved(COMPLETE, seen=0, key="1")
    survey.saved({"trust": "2"}, seen=1, key="2")
    with pytest.raises(ChangedSince), writing(survey.engine) as session:
        responses.submit(session, survey.response(session), key="s", now=NOON, seen_revision=1)


def test_the_server_clock__ends_the_survey__before_anybody_closes_it(survey: Surveyed) -> None:
    survey.saved(COMPLETE, seen=0, key="1", now=CLOSING - timedelta(microseconds=1))
    with pytest.raises(RoundClosed):
        survey.save({"trust": "1"}, seen=1, key="2", now=CLOSING)
    with pytest.raises(RoundClosed):
        survey.submit(key="s", now=CLOSING)
    assert survey.saved(COMPLETE, seen=0, key="1", now=LATER).repeated, "a repeated request is still told what was done"


def test_late_answers__need_an_explicit_reopening(survey: Surveyed) -> None:
    survey.saved(COMPLETE, seen=0, key="1")
    with pytest.raises(Unfit, match="can still answer"):
        survey.reopen()
    survey.close()
    with pytest.raises(RoundClosed):
        survey.submit(key="s", now=LATER)
    survey.reopen(now=LATER)
    assert survey.submit(key="s", now=LATER).submitted_at == LATER


def test_reopening__without_a_reason__is_refused(survey: Surveyed) -> None:
    survey.saved(COMPLETE, seen=0, key="1")
    survey.submit(key="s")
    with pytest.raises(Unfit, match="reason"), writing(survey.engine) as session:
        responses.reopen(session, survey.response(session), actor="evaluator", reason=" ", now=NOON)


@pytest.mark.parametrize("field", ["nothing", "trust.1", "intro", "trainee_share", "trust.x", "", "kind.0"])
def test_a_field_that_the_section_does_not_ask__is_refused(survey: Surveyed, field: str) -> None:
    with pytest.raises(AnswerUnfit):
        survey.save({field: "4"}, seen=0, key="1")
    assert survey.texts() == {}


def test_an_answer_that_is_too_long__is_refused_as_a_whole(survey: Surveyed) -> None:
    with pytest.raises(AnswerUnfit, match="10,001"):
        survey.save({"comment": "x" * 10_001, "trust": "4"}, seen=0, key="1")
    assert survey.texts() == {}


def test_characters_that_no_database_keeps__are_left_out(survey: Surveyed) -> None:
    survey.saved({"comment": " one\r\ntwo\x00\ud800 "}, seen=0, key="1")
    assert survey.texts() == {"comment": "one\ntwo?"}


@pytest.mark.parametrize("key", ["", "x" * 65, "a\nb"])
def test_a_key_that_is_none__is_refused(survey: Surveyed, key: str) -> None:
    with pytest.raises(Unfit):
        survey.save({"trust": "4"}, seen=0, key=key)


def test_a_colleague_with_a_link_of_their_own__works_on_the_same_response(survey: Surveyed) -> None:
    survey.saved({"trust": "4"}, seen=0, key="1")
    with writing(survey.engine) as session:
        link = invitations.delegate(session, survey.invitation(session), email="colleague@example.org", base_url=BASE_URL, now=NOON)
    with writing(survey.engine) as session:
        found = invitations.find(session, link.token, now=NOON)
        assert responses.begin(session, found, now=NOON).id == survey.response_id
    assert survey.count(Response) == 1


def test_pressing_start_twice_at_once__makes_one_response(engine: Engine) -> None:
    survey = make_survey(engine)

    def start(_: int) -> int | None:
        with writing(engine) as session:
            return responses.begin(session, survey.invitation(session), now=NOON).id

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(start, range(20))) == {survey.response_id}
    assert survey.count(Response) == 1
