"""Files that are attached belong to the answer: they are handed in, kept and refused as answers are."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from attaching import ATTACHING, JPEG, PDF, PNG, TEXT
from sqlalchemy import Engine
from sqlmodel import col, select

from assess.definitions.digests import digest as digest_of
from assess.store.files import EvidenceFolder
from assess.store.session import reading, writing
from assess.store.tables import AuditEvent, EvidenceFile
from assess.workflow import evidence, evidence_bytes, handed_in, invitations, responses
from assess.workflow.answer_rows import present
from assess.workflow.evidence_names import LONGEST_NAME, files_in, in_megabytes, plain_name, with_ending
from assess.workflow.refusals import AlreadySubmitted, NotComplete, RoundClosed, Unfit
from assess.workflow.rows import identity
from workflow.surveying import BASE_URL, LATER, NOON, Surveyed, make_round

STRATEGY, MINUTES = ("strategy", 0), ("minutes", 0)


@dataclass(frozen=True)
class Attaching:
    """A member that is asked for files and has pressed Start."""

    survey: Surveyed
    folder: EvidenceFolder

    def attach(
        self, *files: tuple[str, bytes], field: tuple[str, int] = STRATEGY, now: datetime = NOON, dies: bool = False
    ) -> list[EvidenceFile]:
        with ExitStack() as held, self.folder.keeping():
            offered = [held.enter_context(evidence.received(self.folder, BytesIO(content), name)) for name, content in files]
            return self._attached(offered, field, now, dies)

    def _attached(self, offered: Sequence[evidence.Offered], field: tuple[str, int], now: datetime, dies: bool) -> list[EvidenceFile]:
        with writing(self.survey.engine) as session:
            response, invitation = self.survey.response(session), self.survey.invitation(session)
            rows = evidence.attach(session, response, field, offered, folder=self.folder, invitation=invitation, now=now)
            if dies:
                session.rollback()
            return list(rows)

    def remove(self, row: EvidenceFile, field: tuple[str, int] = STRATEGY) -> str:
        with writing(self.survey.engine) as session:
            response, invitation = self.survey.response(session), self.survey.invitation(session)
            digest = evidence.remove(session, response, field, identity(row), invitation=invitation, now=NOON)
        with reading(self.survey.engine) as session:
            if digest:
                evidence_bytes.drop_unused(session, self.folder, digest)
        return digest

    def attached(self, field: tuple[str, int] = STRATEGY) -> list[str]:
        with reading(self.survey.engine) as session:
            return [row.name for row in evidence.attached(session, self.survey.response(session), field)]

    def raw(self) -> str:
        with reading(self.survey.engine) as session:
            return present(session, self.survey.response(session))[STRATEGY].raw

    def handed_in(self) -> list[tuple[str, str, str]]:
        with reading(self.survey.engine) as session:
            found = evidence_bytes.evidence_of(session, self.survey.round(session))
        assert all(self.folder.has(one.digest) for one in found)
        return [(one.organisation, one.field, one.name) for one in found]

    def sweep(self, now: datetime) -> int:
        with reading(self.survey.engine) as session:
            return evidence_bytes.sweep(session, self.folder, now=now)

    def events(self) -> list[str]:
        with reading(self.survey.engine) as session:
            return [event.verb for event in session.exec(select(AuditEvent).order_by(col(AuditEvent.id))) if "tach" in event.verb]


@pytest.fixture
def attaching(engine: Engine, tmp_path: Path) -> Attaching:
    with writing(engine) as session:
        round_, members = make_round(session, sources=(ATTACHING,))
        invited = invitations.invite(session, round_, members[0], base_url=BASE_URL, now=NOON)
        response = responses.begin(session, invited.invitation, now=NOON)
        survey = Surveyed(engine, identity(round_), identity(invited.invitation), identity(response))
    return Attaching(survey, EvidenceFolder(tmp_path / "files"))


def days_from_now(days: int) -> datetime:
    return datetime.now(UTC).replace(tzinfo=None) + timedelta(days=days)


def test_attached_files__are_listed_in_order__and_are_the_answer(attaching: Attaching) -> None:
    rows = attaching.attach(("Plan.pdf", PDF), ("Map.png", PNG))
    assert attaching.attached() == ["Plan.pdf", "Map.png"]
    assert [(row.media_type, row.size) for row in rows] == [("application/pdf", len(PDF)), ("image/png", len(PNG))]
    assert list(files_in(attaching.raw()).values()) == ["Plan.pdf", "Map.png"]
    assert attaching.events() == ["attach", "attach"]


def test_same_file_twice__is_attached_once__in_one_upload_or_two(attaching: Attaching) -> None:
    attaching.attach(("Plan.pdf", PDF), ("Copy of plan.pdf", PDF))
    assert attaching.attach(("Plan again.pdf", PDF)) == []
    assert attaching.attached() == ["Copy of plan.pdf"]
    assert len(attaching.folder.digests()) == 1


def test_same_file_at_two_items__is_kept_once__and_stays_while_one_needs_it(attaching: Attaching) -> None:
    (at_strategy,) = attaching.attach(("Plan.pdf", PDF))
    (at_minutes,) = attaching.attach(("Plan.pdf", PDF), field=MINUTES)
    assert len(attaching.folder.digests()) == 1
    attaching.remove(at_strategy)
    assert attaching.folder.has(at_strategy.digest)
    attaching.remove(at_minutes, MINUTES)
    assert attaching.folder.digests() == []


def test_removed_file__is_gone_with_its_bytes__and_removing_it_again_does_nothing(attaching: Attaching) -> None:
    plan, picture = attaching.attach(("Plan.pdf", PDF), ("Map.png", PNG))
    assert attaching.remove(plan) == plan.digest
    assert attaching.remove(plan) == ""
    assert attaching.attached() == ["Map.png"]
    assert attaching.folder.digests() == [picture.digest]
    assert attaching.events() == ["attach", "attach", "detach"]


def test_file_of_another_item__is_not_removed(attaching: Attaching) -> None:
    (row,) = attaching.attach(("Plan.pdf", PDF))
    assert attaching.remove(row, MINUTES) == ""
    assert attaching.attached() == ["Plan.pdf"]


def test_required_file__is_missing__until_one_is_attached(attaching: Attaching) -> None:
    with pytest.raises(NotComplete) as refusal:
        attaching.survey.submit(key="first")
    assert refusal.value.missing == ("strategy",)
    (row,) = attaching.attach(("Plan.pdf", PDF))
    attaching.remove(row)
    with pytest.raises(NotComplete):
        attaching.survey.submit(key="second")
    attaching.attach(("Plan.pdf", PDF))
    assert attaching.survey.submit(key="third").digest == digest_of({"strategy": attaching.raw()})


def test_submitted_response__takes_no_files_and_gives_none_away(attaching: Attaching) -> None:
    (row,) = attaching.attach(("Plan.pdf", PDF))
    attaching.survey.submit(key="first")
    with pytest.raises(AlreadySubmitted):
        attaching.attach(("Map.png", PNG))
    with pytest.raises(AlreadySubmitted):
        attaching.remove(row)
    assert attaching.attached() == ["Plan.pdf"]


def test_closed_round__takes_no_files(attaching: Attaching) -> None:
    with pytest.raises(RoundClosed):
        attaching.attach(("Plan.pdf", PDF), now=LATER)
    assert attaching.attached() == []


def test_what_was_handed_in__stays__though_it_is_removed_after_reopening(attaching: Attaching) -> None:
    (row,) = attaching.attach(("Plan.pdf", PDF))
    attaching.survey.submit(key="first")
    attaching.survey.reopen()
    attaching.remove(row)
    attaching.attach(("New plan.png", PNG))
    assert attaching.attached() == ["New plan.png"]
    assert attaching.handed_in() == [("Organisation 0", "strategy", "Plan.pdf")]
    attaching.survey.submit(key="second")
    assert attaching.handed_in() == [("Organisation 0", "strategy", "New plan.png")]
    assert attaching.sweep(days_from_now(2)) == 0


def test_file_that_was_handed_in_and_removed__can_be_attached_again_under_another_name(attaching: Attaching) -> None:
    (row,) = attaching.attach(("Plan.pdf", PDF))
    attaching.survey.submit(key="first")
    attaching.survey.reopen()
    attaching.remove(row)
    (again,) = attaching.attach(("Strategy.pdf", PDF))
    assert again.id == row.id
    assert attaching.attached() == ["Strategy.pdf"]
    assert attaching.handed_in() == [("Organisation 0", "strategy", "Plan.pdf")]


def test_evidence_of_a_round__holds_nothing_that_was_not_handed_in(attaching: Attaching) -> None:
    attaching.attach(("Plan.pdf", PDF))
    assert attaching.handed_in() == []


def test_export__names_the_files_with_their_digests(attaching: Attaching) -> None:
    (row,) = attaching.attach(("Plan.pdf", PDF))
    attaching.survey.submit(key="first")
    with reading(attaching.survey.engine) as session:
        table = handed_in.response_table(session, attaching.survey.round(session), "member", NOON.date())
    assert dict(zip(table.header, table.rows[0], strict=True))["strategy"] == f"{row.digest}  Plan.pdf"


def test_too_many_files__are_refused_and_none_is_attached(attaching: Attaching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_FILES", 2)
    attaching.attach(("Plan.pdf", PDF))
    with pytest.raises(Unfit, match=r"^Remove a file first, or put several into one document: up to 2 files"):
        attaching.attach(("Map.png", PNG), ("Photo.jpg", JPEG))
    assert attaching.attached() == ["Plan.pdf"]
    assert len(attaching.folder.digests()) == 1


def test_too_much_for_one_response__is_refused(attaching: Attaching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_IN_RESPONSE", len(PDF) + len(PNG))
    attaching.attach(("Plan.pdf", PDF))
    attaching.attach(("Map.png", PNG), field=MINUTES)
    with pytest.raises(Unfit, match="a response holds up to"):
        attaching.attach(("Photo.jpg", JPEG))
    attaching.attach(("Map.png", PNG), ("Plan.pdf", PDF), field=MINUTES)


def test_largest_file__is_taken__and_one_byte_more_is_not(attaching: Attaching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_BYTES", len(PDF))
    attaching.attach(("Plan.pdf", PDF))
    with pytest.raises(Unfit, match=r"^Choose a smaller file: Plan.pdf is larger than"):
        attaching.attach(("Plan.pdf", PDF + b"\n"))


@pytest.mark.parametrize(("content", "sentence"), [(b"", "is empty"), (b"MZ\x90\x00", "Choose a PDF, a picture .* This is about Plan.pdf")])
def test_what_is_no_evidence__is_refused_and_leaves_nothing(attaching: Attaching, content: bytes, sentence: str) -> None:
    with pytest.raises(Unfit, match=sentence):
        attaching.attach(("Plan.pdf", content))
    assert [path for path in attaching.folder.path.rglob("*") if path.is_file() and path.name != ".lock"] == []


@pytest.mark.parametrize("field", [("remark", 0), ("plan", 0), ("nothing", 0), ("strategy", 2)])
def test_item_that_takes_no_files__gets_none(attaching: Attaching, field: tuple[str, int]) -> None:
    with pytest.raises(Unfit, match=r"^Load the page again"):
        attaching.attach(("Plan.pdf", PDF), field=field)


def test_crash_before_the_commit__leaves_bytes_that_the_sweep_deletes_after_a_day(attaching: Attaching) -> None:
    attaching.attach(("Plan.pdf", PDF), dies=True)
    assert attaching.attached() == []
    assert attaching.sweep(days_from_now(0)) == 0
    assert len(attaching.folder.digests()) == 1
    assert attaching.sweep(days_from_now(2)) == 1
    assert attaching.folder.digests() == []


def test_sweep__leaves_alone_what_rows_name(attaching: Attaching) -> None:
    attaching.attach(("Plan.pdf", PDF))
    assert attaching.sweep(days_from_now(30)) == 0
    with reading(attaching.survey.engine) as session:
        assert evidence_bytes.missing(session, attaching.folder) == ()


def test_removal_while_somebody_attaches__leaves_the_bytes_to_the_sweep(attaching: Attaching) -> None:
    (row,) = attaching.attach(("Plan.pdf", PDF))
    with attaching.folder.keeping():
        attaching.remove(row)
        assert attaching.sweep(days_from_now(2)) == 0
    assert attaching.folder.has(row.digest)
    assert attaching.sweep(days_from_now(2)) == 1


def test_bytes_that_are_lost__are_named(attaching: Attaching) -> None:
    (row,) = attaching.attach(("Plan.pdf", PDF))
    attaching.folder.drop(row.digest)
    with reading(attaching.survey.engine) as session:
        assert evidence_bytes.missing(session, attaching.folder) == (row.digest,)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Plan.pdf", "Plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Anna\\Plan 2026.pdf", "Plan 2026.pdf"),
        ("two\nlines\t and \x00.pdf", "two lines and .pdf"),
        ("cod\u202efdp.exe", "cod fdp.exe"),
        ("U\u0308bersicht.pdf", "Übersicht.pdf"),
        (".htaccess", "htaccess"),
        ("", "file"),
        ("/", "file"),
        ("half \ud800.pdf", "half ?.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("x" * 300 + "." + "y" * 300, "x" * 190 + "." + "y" * 9),
    ],
)
def test_name__is_shown_without_what_hides_or_misleads(given: str, shown: str) -> None:
    assert plain_name(given) == shown
    assert len(plain_name(given)) <= LONGEST_NAME


def test_ending__is_that_of_the_content(attaching: Attaching) -> None:
    attaching.attach(("page.html", TEXT), ("table.CSV", b"a,b\n"), ("photo.jpeg", JPEG), ("invoice.exe", PDF))
    assert attaching.attached() == ["page.html.txt", "table.CSV", "photo.jpeg", "invoice.exe.pdf"]
    assert len(with_ending("x" * LONGEST_NAME, "text/plain")) == LONGEST_NAME


@pytest.mark.parametrize(("size", "written"), [(1, "1 kB"), (99_400, "99 kB"), (1_230_000, "1.23 MB"), (10_000_000, "10 MB")])
def test_size__is_written_for_people(size: int, written: str) -> None:
    assert in_megabytes(size) == written
