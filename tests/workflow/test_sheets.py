"""The evaluator's sheet: opened by an account, prefilled from the year before, every carried answer confirmed or changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from assess.store.session import writing
from assess.store.steering_tables import Verdict
from assess.store.tables import Cluster, Member, Response, ResponseState, Round
from assess.workflow import answer_rows, ratings, responses, rounds, sheets
from assess.workflow.evaluator_sheet import has_opened, sheet_of
from assess.workflow.refusals import Taken, Unfit
from workflow.evaluating import SHEET, answer_sheet, closed_round, make_account, open_round, release, verbs
from workflow.surveying import CLOSING, LATER, NOON, make_cluster

ANSWERS = {"firms": "120", "plan": "yes", "idea": "4", "trust": "dont_know"}


def texts(session: Session, response: Response) -> dict[str, str]:
    return {item: raw for (item, _), raw in answer_rows.texts(session, response).items()}


def next_year(session: Session, source: str = SHEET, answers: dict[str, str] | None = None) -> tuple[Round, Response, int]:
    """A round whose evaluator sheet of the year before was handed in; the new sheet is open and prefilled."""
    account, cluster = make_account(session), make_cluster(session)
    earlier = open_round(session, cluster, year=2025)
    answer_sheet(session, earlier, account, ANSWERS if answers is None else answers)
    round_ = open_round(session, cluster, year=2026, sources=(source,))
    response = sheets.open_sheet(session, round_, account_id=account, now=NOON)
    sheets.prefill(session, round_, now=NOON)
    return round_, response, account


def newer(old: str, new: str) -> str:
    return SHEET.replace('version: "2026.1"', 'version: "2027.1"').replace(old, new)


def judge(session: Session, response: Response, item: str, verdict: Verdict, because: str = "", raw: str = "") -> None:
    sheets.judge_carried(session, response, item, verdict, because=because, raw=raw, actor="account/1", now=NOON)


def test_opening__begins_one_sheet__makes_the_evaluator_a_member__and_is_on_record_once(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = open_round(session), make_account(session)
        response = sheets.open_sheet(session, round_, account_id=account, now=NOON)
        again = sheets.open_sheet(session, round_, account_id=account, now=NOON)
        assert response.id == again.id
        (member,) = session.exec(select(Member)).all()
        assert (member.kind, member.email, response.member_id) == ("evaluator", "edith@example.org", member.id)
        assert has_opened(session, round_, account)
        assert not has_opened(session, round_, account + 1)
        assert verbs(session).count("open_sheet") == 1


def test_after_the_round_has_closed__the_sheet_is_still_written__until_the_release(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = closed_round(session), make_account(session)
        response = sheets.open_sheet(session, round_, account_id=account, now=LATER)
        assert response.state is ResponseState.REOPENED
        assert responses.may_change(session, response, LATER)
        release(session, round_)
        assert not responses.may_change(session, sheets.open_sheet(session, round_, account_id=account, now=LATER), LATER)


def test_a_draft_that_the_end_of_the_round_cut_off__is_opened_again(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = open_round(session), make_account(session)
        sheets.open_sheet(session, round_, account_id=account, now=NOON)
        rounds.close_round(session, round_, now=CLOSING)
        response = sheets.open_sheet(session, round_, account_id=account, now=LATER)
        assert responses.may_change(session, response, LATER + timedelta(days=1))


def test_after_the_release__no_sheet_is_begun(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = closed_round(session)
        release(session, round_)
        with pytest.raises(Unfit, match="Write the sheet in the next round"):
            sheets.open_sheet(session, round_, account_id=make_account(session), now=LATER)


def test_a_second_rater_at_work__does_not_open_the_first_sheet(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = open_round(session), make_account(session)
        ratings.rate(session, round_, account_id=account, item="trust", raw="4", now=NOON)
        with pytest.raises(Unfit, match="Finish your own ratings first"):
            sheets.open_sheet(session, round_, account_id=account, now=NOON)


def test_carried_answers__are_no_answers__until_they_are_judged(engine: Engine) -> None:
    with writing(engine) as session:
        _, response, _ = next_year(session)
        waiting = sheets.open_carried(session, response)
        assert {(row.item, row.before, row.from_year) for row in waiting} == {(name, raw, 2025) for name, raw in ANSWERS.items()}
        assert texts(session, response) == {}
        judge(session, response, "firms", Verdict.CONFIRMED)
        judge(session, response, "idea", Verdict.CHANGED, "The strategy was renewed in May.", "5")
        assert texts(session, response) == {"firms": "120", "idea": "5"}
        assert {row.item for row in sheets.open_carried(session, response)} == {"plan", "trust"}
        assert verbs(session)[-3:] == ["prefill", "judge_carried", "judge_carried"]


def test_prefilling_twice__carries_nothing_twice(engine: Engine) -> None:
    with writing(engine) as session:
        round_, response, _ = next_year(session)
        judge(session, response, "firms", Verdict.CONFIRMED)
        assert sheets.prefill(session, round_, now=NOON) == ()
        assert len(sheets.carried(session, response)) == len(ANSWERS)


def test_what_is_answered_already__is_not_carried(engine: Engine) -> None:
    with writing(engine) as session:
        account, cluster = make_account(session), make_cluster(session)
        answer_sheet(session, open_round(session, cluster, year=2025), account, ANSWERS)
        round_ = open_round(session, cluster, year=2026)
        response = sheets.open_sheet(session, round_, account_id=account, now=NOON)
        responses.save(session, response, section="figures", answers={"firms": "130"}, seen_revision=0, key="1", now=NOON)
        assert {row.item for row in sheets.prefill(session, round_, now=NOON)} == {"plan", "idea", "trust"}


@pytest.mark.parametrize(
    ("old", "new", "carried"),
    [
        (
            "name: idea, label: {en: Idea}",
            "name: thought, label: {en: Idea}, maps_from: [{version: '2026.1', name: idea, kind: same}]",
            {"thought": "4"},
        ),
        ("name: idea,", "name: idea, maps_from: [{version: '2026.1', name: trust, kind: reworded}],", {"idea": "dont_know"}),
        ("name: idea,", "name: idea, maps_from: [{version: '2026.1', name: idea, kind: rescaled}],", {}),
        ("name: idea,", "name: idea, maps_from: [{version: '2026.1', kind: new}],", {}),
        ("name: idea,", "name: idea, maps_from: [{version: '2024.1', name: idea, kind: same}],", {}),
        ("{type: select_one agree5, name: idea", "{type: select_one yes_no, score: flag, name: idea", {}),
        ("name: idea,", "name: idea, hint: {en: Ask},", {"idea": "4"}),
    ],
)
def test_items_of_a_newer_version__are_filled_as_it_declares(engine: Engine, old: str, new: str, carried: dict[str, str]) -> None:
    with writing(engine) as session:
        _, response, _ = next_year(session, newer(old, new))
        rest = {"firms": "120", "plan": "yes", "trust": "dont_know"}
        assert {row.item: row.before for row in sheets.carried(session, response)} == rest | carried


@pytest.mark.parametrize(
    ("because", "raw", "says"),
    [
        ("It grew.", "130", "Say in 10"),
        ("It grew by many firms.", "", "Give the new answer"),
        ("It grew by many firms.", "120", "Confirm the answer instead"),
        ("It grew by many firms.", "many", "Correct the answer to"),
    ],
)
def test_a_change__wants_a_reason_and_a_new_answer(engine: Engine, because: str, raw: str, says: str) -> None:
    with writing(engine) as session:
        _, response, _ = next_year(session)
        with pytest.raises(Unfit, match=says):
            judge(session, response, "firms", Verdict.CHANGED, because, raw)
        assert (texts(session, response), len(sheets.open_carried(session, response))) == ({}, len(ANSWERS))


def test_a_carried_answer__is_judged_once__and_only_what_was_carried(engine: Engine) -> None:
    with writing(engine) as session:
        _, response, _ = next_year(session)
        judge(session, response, "firms", Verdict.CONFIRMED)
        with pytest.raises(Taken, match="judged before"):
            judge(session, response, "firms", Verdict.CHANGED, "It grew by many firms.", "130")
        with pytest.raises(Unfit, match="nothing was carried"):
            judge(session, response, "small", Verdict.CONFIRMED)


def test_without_an_earlier_sheet_that_was_handed_in__nothing_is_carried(engine: Engine) -> None:
    with writing(engine) as session:
        account, cluster = make_account(session), make_cluster(session)
        sheets.open_sheet(session, open_round(session, cluster, year=2025), account_id=account, now=NOON)
        other = make_cluster(session, name="Other Valley")
        answer_sheet(session, open_round(session, other, year=2025), account, ANSWERS)
        round_ = open_round(session, session.get(Cluster, cluster.id), year=2026)
        with pytest.raises(Unfit, match="Open the sheet"):
            sheets.prefill(session, round_, now=NOON)
        sheets.open_sheet(session, round_, account_id=account, now=NOON)
        assert sheets.prefill(session, round_, now=NOON) == ()
        assert sheet_of(session, round_) is not None
