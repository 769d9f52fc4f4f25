"""Queries count members, not links; read answers as they were handed in; and hand out each piece of work once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from databases import (
    NOW,
    make_cluster,
    make_invitation,
    make_member,
    make_response,
    make_round,
    new_migrated,
    number,
    save_answers,
    submit_response,
)
from sqlalchemy import Engine, event
from sqlmodel import Session

from assess.store.queries import (
    Progress,
    answer_sheets,
    claimable_jobs,
    due_mails,
    due_rounds,
    invitation_by_token_hash,
    last_diagnosis,
    present_answers,
    released_cells,
    round_progress,
)
from assess.store.session import reading, writing
from assess.store.tables import Job, JobState, MailState, OutboxMail, ReleasedCell, ResponseState, Round, RoundState, StoredDiagnosis

HOUR = timedelta(hours=1)


def test_invitation__by_its_hash__only_the_right_one(database: Engine) -> None:
    with writing(database) as session:
        round_ = make_round(session)
        wanted = make_invitation(session, round_, make_member(session, name="A"))
        make_invitation(session, round_, make_member(session, name="B"))
        assert invitation_by_token_hash(session, wanted.token_hash) is wanted
        assert invitation_by_token_hash(session, "0" * 64) is None


def survey(session: Session) -> Round:
    """Companies: A submitted, B began, C opened, D was invited; research: E submitted and reopened, F's link was withdrawn."""
    round_ = make_round(session)
    kinds = {"A": "company", "B": "company", "C": "company", "D": "company", "E": "research", "F": "research"}
    members = {name: make_member(session, name=name, kind=kind) for name, kind in kinds.items()}
    links = {name: make_invitation(session, round_, member) for name, member in members.items()}
    for name in "ABCE":
        links[name].opened_at = NOW
    links["F"].revoked_at = NOW
    make_invitation(session, round_, members["A"], token="a colleague's")  # noqa: S106 - no password
    make_response(session, round_, members["A"], submitted=True)
    make_response(session, round_, members["B"])
    reopened = make_response(session, round_, members["E"], submitted=True)
    submit_response(session, reopened)
    reopened.state = ResponseState.REOPENED
    session.flush()
    return round_


def test_progress__by_kind__every_member_once(database: Engine) -> None:
    with writing(database) as session:
        round_ = survey(session)
        assert round_progress(session, number(round_)) == (
            Progress("company", invited=4, opened=3, started=2, submitted=1),
            Progress("research", invited=1, opened=1, started=1, submitted=1),
        )


def test_progress__other_rounds_and_questionnaires__not_counted(database: Engine) -> None:
    with writing(database) as session:
        round_ = survey(session)
        later = make_round(session, year=2027)
        make_invitation(session, later, make_member(session, name="G"))
        assert sum(row.invited for row in round_progress(session, number(round_))) == 5
        assert round_progress(session, number(later)) == (Progress("company", 1, 0, 0, 0),)
        assert round_progress(session, number(round_), "management") == ()


def test_present_answers__taken_back__an_empty_text(database: Engine) -> None:
    with writing(database) as session:
        response = make_response(session, answers={"staff": "12", "note": "x"})
        save_answers(session, response, {"note": ""})
        found = {field: row.raw for field, row in present_answers(session, number(response)).items()}
        assert found == {("staff", 0): "12", ("note", 0): ""}


def test_answer_sheets__only_what_was_handed_in__by_name(database: Engine) -> None:
    with writing(database) as session:
        round_ = make_round(session)
        for name, submitted in (("Zeta", True), ("draft", False), ("alpha", True)):
            make_response(session, round_, make_member(session, name=name), answers={"staff": name}, submitted=submitted)
        make_response(session, round_, make_member(session, name="silent"), submitted=True)
        sheets = answer_sheets(session, number(round_), "member")
    assert [(sheet.organisation, dict(sheet.answers)) for sheet in sheets] == [
        ("alpha", {("staff", 0): "alpha"}),
        ("silent", {}),
        ("Zeta", {("staff", 0): "Zeta"}),
    ]


def test_answer_sheets__reopened_and_changed__as_handed_in_until_handed_in_again(database: Engine) -> None:
    with writing(database) as session:
        round_ = make_round(session)
        response = make_response(session, round_, answers={"staff": "12", "note": "first"}, submitted=True)
        response.state = ResponseState.REOPENED
        save_answers(session, response, {"staff": "13", "note": "", "new": "x"})
        (before,) = answer_sheets(session, number(round_), "member")
        submit_response(session, response)
        (after,) = answer_sheets(session, number(round_), "member")
    assert dict(before.answers) == {("staff", 0): "12", ("note", 0): "first"}
    assert dict(after.answers) == {("staff", 0): "13", ("new", 0): "x"}


def test_answer_sheets__more_members__no_more_statements(database: Engine) -> None:
    counts = []
    for year, members in ((2026, 1), (2027, 8)):
        with writing(database) as session:
            round_ = make_round(session, year=year)
            for name in range(members):
                make_response(session, round_, make_member(session, name=f"{year} {name}"), answers={"a": "1", "b": "2"}, submitted=True)
        counts.append(statements(database, round_))
    assert counts == [2, 2]


def statements(engine: Engine, round_: Round) -> int:
    found: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: found.append(given[2]))
    with reading(engine) as session:
        answer_sheets(session, number(round_), "member")
    return sum(statement.startswith("SELECT") for statement in found)


def test_due_rounds__open_and_over(database: Engine) -> None:
    with writing(database) as session:
        cluster = make_cluster(session)
        over = make_round(session, cluster, year=2024, closes_at=NOW)
        make_round(session, cluster, year=2025, closes_at=NOW + HOUR)
        make_round(session, cluster, year=2023, closes_at=NOW, state=RoundState.CLOSED)
        assert list(due_rounds(session, NOW)) == [over]


def mail(key: str, *, hours: int = 0, state: MailState = MailState.QUEUED) -> OutboxMail:
    return OutboxMail(kind="invite", key=key, recipient="a@example.org", subject="s", body="b", state=state, due_at=NOW + hours * HOUR)


def test_due_mails__queued_and_due__the_longest_due_first(database: Engine) -> None:
    with writing(database) as session:
        session.add_all([mail("now"), mail("later", hours=1), mail("long", hours=-2), mail("gone", state=MailState.SENT)])
        assert [found.key for found in due_mails(session, NOW)] == ["long", "now"]
        assert [found.key for found in due_mails(session, NOW, limit=1)] == ["long"]


def job(key: str, *, state: JobState = JobState.WAITING, hours: int = 0, lease: int | None = None) -> Job:
    lease_until = None if lease is None else NOW + lease * HOUR
    return Job(kind="report", key=key, payload="{}", state=state, due_at=NOW + hours * HOUR, lease_until=lease_until)


def test_claimable_jobs__waiting_and_due_or_abandoned(database: Engine) -> None:
    with writing(database) as session:
        session.add_all([job("waiting"), job("later", hours=1), job("done", state=JobState.DONE), job("dead", state=JobState.DEAD)])
        session.add(job("abandoned", state=JobState.RUNNING, hours=-1, lease=-1))
        session.add(job("running", state=JobState.RUNNING, hours=-1, lease=1))
        assert [found.key for found in claimable_jobs(session, NOW, limit=9)] == ["abandoned", "waiting"]


def test_claimable_jobs__two_workers_at_once__never_the_same_job(tmp_path: Path) -> None:
    # Only on PostgreSQL: SQLite lets one worker in at a time.
    with new_migrated("postgresql", tmp_path) as database:
        with writing(database) as session:
            session.add_all([job("one"), job("two")])
        with writing(database) as first, writing(database) as second:
            assert [found.key for found in claimable_jobs(first, NOW)] == ["one"]
            assert [found.key for found in claimable_jobs(second, NOW)] == ["two"]


def test_released_cells__of_one_round__by_indicator_and_kind(database: Engine) -> None:
    with writing(database) as session:
        round_, other = make_round(session), make_round(session, year=2027)
        cell = ReleasedCell(round_id=number(round_), indicator="trust", kind="all", value="4.2", n=12)
        session.add_all([cell, ReleasedCell(round_id=number(other), indicator="trust", kind="all")])
        assert released_cells(session, number(round_)) == {("trust", "all"): cell}


def test_last_diagnosis__of_several__the_newest(database: Engine) -> None:
    with writing(database) as session:
        round_ = make_round(session)
        for digest, hours in (("old", 0), ("new", 2), ("between", 1)):
            session.add(StoredDiagnosis(round_id=number(round_), digest=digest, document="{}", created_at=NOW + hours * HOUR))
        found = last_diagnosis(session, number(round_))
        assert found is not None
        assert found.digest == "new"
        assert last_diagnosis(session, 999) is None
