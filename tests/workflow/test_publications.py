"""Publications: approved, seconded where four eyes are asked for, published once a round, withdrawn with a reason."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from assess.store.session import writing
from assess.store.steering_tables import Publication
from assess.store.tables import Response, Round
from assess.workflow import overrides, publications, responses
from assess.workflow.publications import PublicationState, letters_of, published_of, state_of
from assess.workflow.refusals import Taken, Unfit
from workflow.evaluating import closed_round, diagnosed, make_account, make_programme, release, verbs
from workflow.surveying import LATER, make_cluster, only, rulebase

WHY = "A figure was copied wrongly."


def released(session: Session) -> tuple[Round, int]:
    """A round whose figures are released, and an evaluator."""
    round_ = closed_round(session)
    release(session, round_)
    return round_, make_account(session)


def approved(session: Session, round_: Round, account: int) -> Publication:
    return publications.approve(session, diagnosed(session, round_), account_id=account, now=LATER)


def hand_in_late(session: Session, response: Response, answers: dict[str, str]) -> None:
    """Change answers of a response that was reopened after the round, and hand it in again."""
    responses.save(session, response, section="about", answers=answers, seen_revision=response.revision, key="late save", now=LATER)
    responses.submit(session, response, key="late submission", now=LATER)


def test_a_report__is_approved_published_and_withdrawn__each_act_on_record(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = released(session)
        assert state_of(publications.publication_of(session, diagnosed(session, round_))) is PublicationState.DRAFT
        report = approved(session, round_, account)
        assert (state_of(report), published_of(session, round_)) == (PublicationState.APPROVED, None)
        assert report.number == f"2026-EXV-{diagnosed(session, round_).digest[:6]}"
        publications.publish(session, report, account_id=account, now=LATER)
        assert (state_of(report), published_of(session, round_)) == (PublicationState.PUBLISHED, report)
        publications.withdraw(session, report, WHY, account_id=account, now=LATER)
        assert (state_of(report), published_of(session, round_)) == (PublicationState.WITHDRAWN, None)
        assert report.withdrawn_because == WHY
        assert verbs(session)[-3:] == ["approve", "publish", "withdraw"]


def test_four_eyes__want_another_person(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = released(session)
        make_programme(session, round_.cluster_id, four_eyes=False, key="easy")
        make_programme(session, round_.cluster_id, four_eyes=True, key="strict")
        report = approved(session, round_, account)
        with pytest.raises(Unfit, match="Ask a second evaluator"):
            publications.publish(session, report, account_id=account, now=LATER)
        with pytest.raises(Unfit, match="Ask another evaluator"):
            publications.second(session, report, account_id=account, now=LATER)
        publications.second(session, report, account_id=make_account(session, "Emil"), now=LATER)
        with pytest.raises(Unfit, match="only once"):
            publications.second(session, report, account_id=make_account(session, "Eva"), now=LATER)
        publications.publish(session, report, account_id=account, now=LATER)
        assert state_of(report) is PublicationState.PUBLISHED


def test_without_a_strict_programme__one_person_is_enough(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = released(session)
        make_programme(session, round_.cluster_id, four_eyes=False)
        make_programme(session, make_cluster(session, name="Other Valley").id or 0, four_eyes=True, key="elsewhere")
        publications.publish(session, approved(session, round_, account), account_id=account, now=LATER)


def test_before_the_figures_are_released__nothing_is_published(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = closed_round(session), make_account(session)
        report = approved(session, round_, account)
        with pytest.raises(Unfit, match="Release the members' figures"):
            publications.publish(session, report, account_id=account, now=LATER)


def test_a_second_report_of_a_round__waits_for_the_withdrawal_of_the_first(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = closed_round(session), make_account(session)
        release(session, round_)
        first = diagnosed(session, round_)
        reason = "Interviews with five heads of research show it."
        other = overrides.override(
            session, round_, "collaboration.trust", Decimal(4), reason, account_id=account, rulebase=rulebase(), now=LATER
        )
        with pytest.raises(Unfit, match="Diagnose again"):
            publications.approve(session, first, account_id=account, now=LATER)
        report = approved(session, round_, account)
        overrides.withdraw_override(session, other, account_id=account, now=LATER)
        with pytest.raises(Unfit, match="Diagnose again"):
            publications.publish(session, report, account_id=account, now=LATER)
        second = publications.approve(session, first, account_id=account, now=LATER)
        publications.publish(session, second, account_id=account, now=LATER)
        report.published_at, report.published_by = None, None
        with pytest.raises(Unfit, match="Withdraw the report"):
            publications.publish(session, report, account_id=account, now=LATER)
        assert len({report.number, second.number}) == 2


def test_a_diagnosis__is_approved_once__also_after_a_withdrawal(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = released(session)
        report = approved(session, round_, account)
        publications.withdraw(session, report, WHY, account_id=account, now=LATER)
        with pytest.raises(Taken, match=report.number):
            approved(session, round_, account)
        with pytest.raises(Unfit, match="withdrawn"):
            publications.publish(session, report, account_id=account, now=LATER)
        with pytest.raises(Unfit, match="withdrawn before"):
            publications.withdraw(session, report, WHY, account_id=account, now=LATER)


def test_a_withdrawal__wants_a_reason(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = released(session)
        report = approved(session, round_, account)
        with pytest.raises(Unfit, match="Say in 10"):
            publications.withdraw(session, report, "  wrong  ", account_id=account, now=LATER)


def test_a_programme__sees_its_clusters_published_reports__also_withdrawn_ones__and_no_others(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = released(session)
        mine = make_programme(session, round_.cluster_id, four_eyes=False)
        other = make_programme(session, make_cluster(session, name="Other Valley").id or 0, key="other")
        report = approved(session, round_, account)
        assert publications.published_for_programme(session, mine) == ()
        publications.publish(session, report, account_id=account, now=LATER)
        (found,) = publications.published_for_programme(session, mine)
        assert (found.publication, found.round, found.cluster.key, found.state) == (report, round_, "example-valley", "published")
        publications.withdraw(session, report, WHY, account_id=account, now=LATER)
        assert [one.state for one in publications.published_for_programme(session, mine)] == ["withdrawn"]
        assert publications.published_for_programme(session, other) == ()


def test_a_number_that_is_taken__is_made_longer(engine: Engine) -> None:
    with writing(engine) as session:
        round_, account = released(session)
        report = approved(session, round_, account)
        digest = diagnosed(session, round_).digest
        assert publications._number(session, round_, diagnosed(session, round_)) == f"2026-EXV-{digest[:7]}"
        assert report.number == f"2026-EXV-{digest[:6]}"


@pytest.mark.parametrize(
    ("key", "letters"), [("example-valley", "EXV"), ("oregon", "ORE"), ("île-de-france", "ILD"), ("a", "AXX"), ("光谷", "XXX")]
)
def test_letters_of_a_cluster(key: str, letters: str) -> None:
    assert letters_of(key) == letters


def test_answer_that_is_corrected_after_the_approval__keeps_the_old_diagnosis_from_being_published(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = closed_round(session)
        eve = make_account(session, "Eve")
        publication = publications.approve(session, diagnosed(session, round_), account_id=eve, now=LATER)
        response = only(session.exec(select(Response).where(col(Response.questionnaire) == "member")).first())
        responses.reopen(session, response, actor="account/1", reason="A late correction", now=LATER)
        hand_in_late(session, response, {"trust": "1"})
        release(session, round_)
        with pytest.raises(Unfit, match="Diagnose again: answers were handed in since"):
            publications.publish(session, publication, account_id=eve, now=LATER)


def test_answer_that_changes_nothing__asks_only_for_the_same_diagnosis_again(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = closed_round(session)
        eve = make_account(session, "Eve")
        first = diagnosed(session, round_)
        publication = publications.approve(session, first, account_id=eve, now=LATER)
        response = only(session.exec(select(Response).where(col(Response.questionnaire) == "member")).first())
        responses.reopen(session, response, actor="account/1", reason="Looked through again", now=LATER)
        hand_in_late(session, response, {})
        assert diagnosed(session, round_, hours=1).id == first.id
        release(session, round_)
        assert publications.publish(session, publication, account_id=eve, now=LATER).published_at == LATER
