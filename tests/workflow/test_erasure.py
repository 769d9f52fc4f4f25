"""Erasure: single answers and addresses go, what was concluded and the chain of the log stay, and nothing goes before its time."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, func, select

from assess.definitions.digests import canonical_json
from assess.store.session import writing
from assess.store.staff_tables import Account, Role
from assess.store.steering_tables import CarriedAnswer, Rating
from assess.store.tables import (
    Answer,
    AnswerRevision,
    Cluster,
    EvidenceFile,
    Invitation,
    JobState,
    MailState,
    Member,
    OutboxMail,
    Receipt,
    ReleasedCell,
    Response,
    Round,
    StoredDiagnosis,
    Submission,
)
from assess.workflow import audit, clusters, erasure, exports, invitations, people, personal_data, responses, retention
from assess.workflow.handed_in import response_sets
from assess.workflow.refusals import TokenRevoked, Unfit
from assess.workflow.retention import months_after
from workflow.evaluating import closed_round, diagnosed, hand_in, make_account, open_round, release
from workflow.surveying import BASE_URL, CLOSING, LATER, NOON, only

UNTIL = months_after(CLOSING, 60)
ANSWERED: tuple[type[SQLModel], ...] = (Answer, AnswerRevision, EvidenceFile, Receipt, CarriedAnswer, Rating)


def count(session: Session, table: type[SQLModel]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def full_round(session: Session) -> Round:
    """A closed round that five companies and an evaluator answered, rated once more, with a file, a diagnosis and released figures."""
    round_ = closed_round(session)
    admin = only(session.get(Account, make_account(session, "Ada")))
    people.grant(session, admin, role=Role.ADMIN, now=NOON, actor="command line")
    response = only(session.exec(select(Response)).first())
    about: dict[str, Any] = {"item": "f", "name": "a.pdf", "media_type": "application/pdf", "size": 1, "digest": "0" * 64}
    session.add(EvidenceFile(response_id=only(response.id), created_at=NOON, **about))
    session.add(CarriedAnswer(response_id=only(response.id), item="a", before="3", from_year=2025))
    session.add(Rating(round_id=only(round_.id), account_id=only(admin.id), item="a", raw="3", saved_at=NOON))
    diagnosed(session, round_)
    release(session, round_)
    return round_


def warned(session: Session) -> None:
    """Let the last warning have reached everybody in time."""
    retention.warn_due(session, base_url=BASE_URL, now=months_after(UNTIL, -1))
    for mail in session.exec(select(OutboxMail).where(col(OutboxMail.kind) == "retention")):
        mail.state, mail.sent_at = MailState.SENT, months_after(UNTIL, -1)
        session.add(mail)
    session.flush()


def test_erasing_a_round__takes_every_answer_and_address__and_leaves_what_was_concluded(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = full_round(session)
        warned(session)
        diagnosis = only(session.exec(select(StoredDiagnosis)).first()).document
        digests = set(session.exec(select(Submission.digest)))
        cells = count(session, ReleasedCell)
        assert all(count(session, table) for table in ANSWERED)
        erasure.erase_answers(session, round_, now=UNTIL)
    with writing(engine) as session:
        assert [table.__name__ for table in ANSWERED if count(session, table)] == []
        assert only(session.exec(select(StoredDiagnosis)).first()).document == diagnosis
        assert set(session.exec(select(Submission.digest))) == digests
        assert count(session, ReleasedCell) == cells
        assert only(session.get(Round, round_.id)).erased_at == UNTIL
        assert all(link.email.endswith("@invalid") and link.revoked_at for link in session.exec(select(Invitation)))
        assert not [
            mail for mail in session.exec(select(OutboxMail)) if mail.invitation_id and "@example.org" in mail.recipient + mail.body
        ]
        assert audit.verify(session).holds
        with pytest.raises(Unfit, match="were erased"):
            erasure.erase_answers(session, only(session.get(Round, round_.id)), now=UNTIL)


def test_erased_round__is_neither_diagnosed_nor_exported_nor_reopened(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = full_round(session)
        warned(session)
        erasure.erase_answers(session, round_, now=UNTIL)
        response = only(session.exec(select(Response)).first())
        with pytest.raises(Unfit, match="were erased"):
            diagnosed(session, round_)
        with pytest.raises(Unfit, match="were erased"):
            exports.request_export(session, round_, actor="account/1", now=UNTIL)
        with pytest.raises(Unfit, match="were erased"):
            responses.reopen(session, response, actor="account/1", reason="A late answer", now=UNTIL)


def test_export_from_before_the_erasure__is_not_handed_out_after_it(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = full_round(session)
        job = exports.request_export(session, round_, actor="account/1", now=LATER)
        job.state, job.result = JobState.DONE, '{"file":"exports/a.zip"}'
        assert exports.hand_out(session, job, actor="account/1", now=LATER) == "exports/a.zip"
        warned(session)
        erasure.erase_answers(session, round_, now=UNTIL)
        with pytest.raises(Unfit, match="were erased"):
            exports.hand_out(session, job, actor="account/1", now=UNTIL)


def test_erasing_one_round__touches_no_other(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = full_round(session)
        other = open_round(session, only(session.get(Cluster, round_.cluster_id)), year=2027)
        member = only(session.exec(select(Member)).first())
        link = invitations.invite(session, other, member, base_url=BASE_URL, now=NOON).invitation
        hand_in(session, responses.begin(session, link, now=NOON), {"trust": "3"}, section="about")
        warned(session)
        erasure.erase_answers(session, round_, now=UNTIL)
        assert {response_set.sheets[0].organisation for response_set in response_sets(session, other, NOON.date())} == {member.name}
        assert only(session.get(Invitation, link.id)).email == member.email
        assert count(session, Answer) > 0


def test_nothing_is_erased__before_its_time_or_without_a_warning_that_arrived(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = full_round(session)
        before = count(session, AnswerRevision)
        for now in (LATER, UNTIL + timedelta(days=400)):
            with pytest.raises(Unfit):
                erasure.erase_answers(session, round_, now=now)
        assert (count(session, AnswerRevision), round_.erased_at) == (before, None)


def test_member_that_is_forgotten_before_the_release__takes_its_answers_with_it(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = closed_round(session)
        member = only(session.exec(select(Member)).first())
        link = only(session.exec(select(Invitation).where(col(Invitation.member_id) == member.id)).first())
        before = len(response_sets(session, round_, NOON.date())[0].sheets)
        found = erasure.erase_member(session, member, now=LATER, actor="account/1")
        assert (found.erased, found.kept) == ((2026,), ())
        assert len(response_sets(session, round_, NOON.date())[0].sheets) == before - 1
        assert (member.email, member.active, member.name) == (f"erased-{member.id}@invalid", False, "Organisation 0")
        assert link.email == member.email
        mails = session.exec(select(OutboxMail).where(col(OutboxMail.invitation_id) == link.id)).all()
        assert mails
        assert {(mail.recipient, mail.body) for mail in mails} == {("erased@invalid", "")}
        assert audit.verify(session).holds


def test_member_that_is_forgotten_after_the_release__leaves_its_answers__for_the_figures_rest_on_them(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = closed_round(session)
        release(session, round_)
        member = only(session.exec(select(Member)).first())
        answers = count(session, AnswerRevision)
        found = erasure.erase_member(session, member, now=LATER, actor="account/1", name_too=True)
        assert (found.erased, found.kept) == ((), (2026,))
        assert count(session, AnswerRevision) == answers
        assert member.name == f"Erased organisation {member.id}"
        assert member.email.endswith("@invalid")


def test_link_of_a_forgotten_member__leads_nowhere(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = open_round(session)
        cluster = only(session.get(Cluster, round_.cluster_id))
        member = clusters.add_member(session, cluster, name="One", kind="company", email="one@example.org", now=NOON)
        token = invitations.invite(session, round_, member, base_url=BASE_URL, now=NOON).token
        erasure.erase_member(session, member, now=NOON, actor="account/1")
        with pytest.raises(TokenRevoked):
            invitations.find(session, token, now=NOON)
        assert only(session.exec(select(OutboxMail)).first()).state is MailState.FAILED


def test_erased_account__keeps_the_chain_valid(engine: Engine) -> None:
    with writing(engine) as session:
        account = only(session.get(Account, make_account(session, "Edith")))
        audit.record(session, actor=people.reference(account), verb="try", subject="round/1", now=NOON)
        people.erase(session, account, now=NOON, actor="account/1")
    with writing(engine) as session:
        assert audit.verify(session).holds


def test_export_of_a_member__holds_its_answers_only_for_rounds_that_may_be_read__and_never_a_token(engine: Engine) -> None:
    with writing(engine) as session:
        round_ = closed_round(session)
        member = only(session.exec(select(Member)).first())
        without = personal_data.export_of_member(session, member, answers_of=(), now=LATER, actor="account/1")
        assert [one["answers"] for one in without["responses"]] == [personal_data.LEFT_OUT]
        found = personal_data.export_of_member(session, member, answers_of=[only(round_.id)], now=LATER, actor="account/1")
        assert found["responses"][0]["answers"] == {"trust": "2"}
        assert found["member"]["email"] == "o0@example.org"
        assert [mail["recipient"] for mail in found["mails"]] == ["o0@example.org"]
        text = canonical_json(json.loads(json.dumps(found)))
        assert only(session.exec(select(Invitation)).first()).token_hash not in text
        assert {event["verb"] for event in found["events"]} >= {"add"}


def test_exports__go_when_they_are_old_or_their_round_was_erased(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    with writing(engine) as session:
        round_ = full_round(session)
        key = only(session.get(Cluster, round_.cluster_id)).key
        names = [f"{key}-2026-20260101T120000.zip", f"{key}-2027-20260101T120000.zip", f"{key}-2026-2026-20260101T120000.zip"]
        for name in (*names, "old.zip"):
            (folder / name).write_bytes(b"")
        os.utime(folder / "old.zip", (NOON.timestamp() - 10**7,) * 2)
        assert erasure.forget_exports(session, tmp_path, before=NOON) == 1
        warned(session)
        erasure.erase_answers(session, round_, now=UNTIL)
        assert erasure.forget_exports(session, tmp_path, before=NOON) == 1
    assert sorted(path.name for path in folder.iterdir()) == sorted(names[1:])
