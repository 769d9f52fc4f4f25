"""Report files are made once, kept under their digests, found again by the register, and never hold a single answer."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pseudo import translated
from report_files import signing_key
from report_reading import texts
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from worker.working import settings_for

from assess.reports import pdf
from assess.reports.seal_findings import Known, Registered
from assess.reports.seal_keys import SigningKey, pem_of
from assess.reports.seal_reading import read
from assess.reports.seal_stamp import Stamp
from assess.store.files import EvidenceFolder
from assess.store.session import reading, writing
from assess.store.steering_tables import ActionItem, ReportFile
from assess.store.tables import AuditEvent, JobState, Round, StoredDiagnosis
from assess.worker.handlers import HANDLERS
from assess.workflow import evidence_bytes, publications, report_files
from assess.workflow.refusals import Unfit
from workflow.evaluating import closed_round, diagnosed, make_account, release, verbs
from workflow.surveying import LATER, only

WHY = "A figure was counted twice."
ODD_ANSWERS = ("2", "2", "3", "4", "5")


@pytest.fixture
def files(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path / "files")


_MADE: dict[tuple[str, Stamp, str, str], pdf.Made] = {}


@pytest.fixture(autouse=True)
def _every_report_is_laid_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests make the same few reports again and again, each of which takes seconds."""

    def make_once(document: dict[str, Any], stamp: Stamp, key: SigningKey | None, annex: dict[str, Any]) -> pdf.Made:
        name = (document["digest"], stamp, key.name if key else "", annex["digest"])
        if name not in _MADE:
            _MADE[name] = pdf.make(document, stamp, key, annex)
        return _MADE[name]

    monkeypatch.setattr(report_files, "make", make_once)


def diagnosed_round(engine: Engine) -> tuple[int, int]:
    """The numbers of a diagnosis that may be published, and of an evaluator."""
    with writing(engine) as session:
        round_, account = closed_round(session, texts=ODD_ANSWERS), make_account(session)
        release(session, round_)
        return only(diagnosed(session, round_).id), account


def published(engine: Engine, diagnosis_id: int, account: int) -> str:
    """Publish a diagnosis and return the number of its report."""
    annex = report_files.annex_to_publish(engine, diagnosis_id, now=LATER)
    with writing(engine) as session:
        approved = publications.approve(session, _diagnosis(session, diagnosis_id), account_id=account, now=LATER)
        return publications.publish(session, approved, account_id=account, now=LATER, annex=annex).number


def _diagnosis(session: Session, number: int) -> Any:
    return only(session.get(StoredDiagnosis, number))


def made(engine: Engine, files: EvidenceFolder, diagnosis_id: int, **given: Any) -> ReportFile:
    return report_files.make_report(engine, files, diagnosis_id, now=LATER, **given)


def test_a_report__is_made_once__as_a_draft__then_as_published__each_under_its_digest(engine: Engine, files: EvidenceFolder) -> None:
    diagnosis_id, account = diagnosed_round(engine)
    draft = made(engine, files, diagnosis_id)
    assert made(engine, files, diagnosis_id).id == draft.id
    number = published(engine, diagnosis_id, account)
    final = made(engine, files, diagnosis_id, key=signing_key())
    assert re.fullmatch("draft-[0-9a-f]{12}", draft.stamp)
    assert final.stamp == number
    content = report_files.report_bytes(files, final)
    assert (sha256(content).hexdigest(), len(content)) == (final.digest, final.size)
    assert content.startswith(b"%PDF-")
    assert final.unsigned_digest != final.digest
    assert draft.unsigned_digest == draft.digest
    assert "not approved" in texts(report_files.report_bytes(files, draft))[1]
    assert "not approved" not in texts(content)[1]
    with reading(engine) as session:
        assert len(session.exec(select(ReportFile)).all()) == 2
        assert verbs(session).count("make report") == 2


def test_a_report__holds_no_organisation_and_no_single_answer(engine: Engine, files: EvidenceFolder) -> None:
    diagnosis_id, _ = diagnosed_round(engine)
    content = report_files.report_bytes(files, made(engine, files, diagnosis_id))
    inside = read(content)
    everything = [data.decode() for _, data in inside.attachments] + [*inside.text, *inside.properties.values()]
    assert len(everything) > 10
    for text in everything:
        assert "Organisation" not in re.sub(r"Organisations?[a-z ,]", "", text)
        assert not re.search(r"o\d@example|Organisation ?\d", text)
        assert '"trust"' not in text
    with pikepdf.open(BytesIO(content)) as opened:
        assert len(opened.attachments) == 2


def test_two_who_make_the_same_report__get_one_file(engine: Engine, files: EvidenceFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    diagnosis_id, _ = diagnosed_round(engine)
    others: list[ReportFile] = []
    make = report_files.make  # type: ignore[attr-defined]

    def overtaken(*given: Any) -> pdf.Made:
        monkeypatch.setattr(report_files, "make", make)
        others.append(made(engine, files, diagnosis_id))
        return make(*given)

    monkeypatch.setattr(report_files, "make", overtaken)
    assert made(engine, files, diagnosis_id).id == others[0].id
    with reading(engine) as session:
        assert len(session.exec(select(ReportFile)).all()) == 1


def test_nothing_is_kept_of_a_report__when_it_cannot_be_made(
    engine: Engine, files: EvidenceFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    diagnosis_id, _ = diagnosed_round(engine)

    def broken(*_: Any) -> pdf.Made:
        raise OSError("no room")

    monkeypatch.setattr(report_files, "make", broken)
    with pytest.raises(OSError, match="no room"):
        made(engine, files, diagnosis_id)
    assert files.digests() == []
    with reading(engine) as session:
        assert session.exec(select(ReportFile)).all() == []


def test_a_withdrawn_report__keeps_its_file_and_its_number__and_the_register_says_so(engine: Engine, files: EvidenceFolder) -> None:
    diagnosis_id, account = diagnosed_round(engine)
    draft = made(engine, files, diagnosis_id)
    number = published(engine, diagnosis_id, account)
    final = made(engine, files, diagnosis_id)
    with writing(engine) as session:
        publication = only(publications.publication_of(session, _diagnosis(session, diagnosis_id)))
        publications.withdraw(session, publication, WHY, account_id=account, now=LATER)
    assert made(engine, files, diagnosis_id).id == final.id
    with reading(engine) as session:
        register = report_files.register_of(session)
        found = register(final.digest, final.unsigned_digest, "x")
        assert (found.known, found.number, found.state, found.because) == (Known.FILE, number, "withdrawn", WHY)
        assert (register(draft.digest, draft.unsigned_digest, "x").known, register(draft.digest, "", "").state) == (Known.FILE, "draft")


def test_the_register__tells_a_file_from_its_diagnosis_and_from_nothing(engine: Engine, files: EvidenceFolder) -> None:
    diagnosis_id, account = diagnosed_round(engine)
    number = published(engine, diagnosis_id, account)
    final = made(engine, files, diagnosis_id, key=signing_key())
    with reading(engine) as session:
        register, digest = report_files.register_of(session), _diagnosis(session, diagnosis_id).digest
        assert register(final.digest, "", "") == Registered(Known.FILE, number, "published")
        assert register("0" * 64, final.unsigned_digest, digest).known is Known.UNSIGNED
        assert register("0" * 64, "0" * 64, digest) == Registered(Known.DIAGNOSIS, number, "published")
        assert register("0" * 64, "0" * 64, "0" * 64).known is Known.NOTHING


def test_signed_report_whose_bytes_are_lost__is_not_replaced_by_another__but_named(engine: Engine, files: EvidenceFolder) -> None:
    """A signature never comes out the same twice: what is registered and what would be handed out must not differ in silence."""
    diagnosis_id, _ = diagnosed_round(engine)
    report = made(engine, files, diagnosis_id, key=signing_key())
    files.drop(report.digest)
    _MADE.clear()
    with pytest.raises(Unfit, match=f"the registered report {report.digest} is lost"):
        made(engine, files, diagnosis_id, key=signing_key())


def test_lost_or_damaged_bytes__are_not_given_out__and_an_unsigned_report_is_made_again(engine: Engine, files: EvidenceFolder) -> None:
    diagnosis_id, _ = diagnosed_round(engine)
    report = made(engine, files, diagnosis_id)
    files.place(report.digest).write_bytes(b"half")
    with pytest.raises(Unfit, match="Restore the files"):
        report_files.report_bytes(files, report)
    files.drop(report.digest)
    with pytest.raises(Unfit, match="Restore the files"):
        report_files.report_bytes(files, report)
    assert made(engine, files, diagnosis_id).id == report.id
    assert report_files.report_bytes(files, report).startswith(b"%PDF-")


def test_sweeping__leaves_reports_alone(engine: Engine, files: EvidenceFolder) -> None:
    diagnosis_id, _ = diagnosed_round(engine)
    report = made(engine, files, diagnosis_id)
    with writing(engine) as session:
        assert evidence_bytes.sweep(session, files, now=files.kept_at(report.digest) + timedelta(days=9)) == 0
    assert files.has(report.digest)


def test_asking_for_a_report__writes_one_job_down__another_after_publication(engine: Engine) -> None:
    diagnosis_id, account = diagnosed_round(engine)
    with writing(engine) as session:
        first, again = (report_files.request_report(session, _diagnosis(session, diagnosis_id), now=LATER) for _ in range(2))
        assert first.id == again.id
        assert (first.kind, first.payload) == ("report.make", f'{{"audience":"agency","diagnosis":{diagnosis_id},"language":"en"}}')
    published(engine, diagnosis_id, account)
    with writing(engine) as session:
        assert report_files.request_report(session, _diagnosis(session, diagnosis_id), now=LATER).id != first.id


def test_a_draft__is_made_again_when_what_it_shows_beside_its_diagnosis_changed__a_published_report_is_not(
    engine: Engine, files: EvidenceFolder
) -> None:
    diagnosis_id, account = diagnosed_round(engine)
    before = made(engine, files, diagnosis_id)
    with writing(engine) as session:
        plan_something(session, _diagnosis(session, diagnosis_id).round_id, account)
    after = made(engine, files, diagnosis_id)
    assert before.id != after.id
    assert before.stamp != after.stamp
    assert [one["owner"] for one in annex_in(files, after)["plan"]] == ["The agency"]
    published(engine, diagnosis_id, account)
    final = made(engine, files, diagnosis_id)
    with writing(engine) as session:
        plan_something(session, _diagnosis(session, diagnosis_id).round_id, account, owner="Somebody later")
    assert made(engine, files, diagnosis_id).id == final.id
    assert [one["owner"] for one in annex_in(files, final)["plan"]] == ["The agency"]


def test_a_report_published_before_there_were_annexes__shows_nothing_beside_its_diagnosis(engine: Engine, files: EvidenceFolder) -> None:
    diagnosis_id, account = diagnosed_round(engine)
    with writing(engine) as session:
        approved = publications.approve(session, _diagnosis(session, diagnosis_id), account_id=account, now=LATER)
        publications.publish(session, approved, account_id=account, now=LATER)
    annex = annex_in(files, made(engine, files, diagnosis_id))
    assert (annex["flips"], annex["bounds"]["times"], annex["stability"]) == ([], 0, None)


def test_each_audience__has_a_file_of_its_own__all_with_one_annex__and_the_address_of_its_number(
    engine: Engine, files: EvidenceFolder
) -> None:
    diagnosis_id, account = diagnosed_round(engine)
    number = published(engine, diagnosis_id, account)
    kinds = [report_files.Kind(audience, "en", "https://site.example.org") for audience in ("agency", "executives")]
    rows = [made(engine, files, diagnosis_id, kind=kind) for kind in kinds]
    assert [row.audience for row in rows] == ["agency", "executives"]
    contents = [read(report_files.report_bytes(files, row)) for row in rows]
    assert {one.properties["verifyAt"] for one in contents} == {f"https://site.example.org/verify/{number}"}
    assert len({dict(one.attachments)["annex.json"] for one in contents}) == 1
    assert len({one.text for one in contents}) == 2
    with pytest.raises(Unfit, match="Choose who the report is for"):
        made(engine, files, diagnosis_id, kind=report_files.Kind("everybody"))


def test_another_language__is_told_in_the_pages__and_not_in_what_is_enclosed(
    engine: Engine, files: EvidenceFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    diagnosis_id, _ = diagnosed_round(engine)
    translated(tmp_path / "content", monkeypatch)
    english, german = (made(engine, files, diagnosis_id, kind=report_files.Kind(language=language)) for language in ("en", "de"))
    inside = [read(report_files.report_bytes(files, row)) for row in (english, german)]
    assert dict(inside[0].attachments) == dict(inside[1].attachments)
    assert "‹Funding›" in "".join(inside[1].text)
    assert "texts-de" in inside[1].properties["madeWith"]
    assert "texts" not in inside[0].properties["madeWith"]
    file = tmp_path / "content" / "rules" / "2026.1" / "locale" / "de.po"
    file.write_text(file.read_text("utf-8").replace("‹Funding›", "Finanzierung"), "utf-8")
    assert made(engine, files, diagnosis_id).id == english.id
    again = made(engine, files, diagnosis_id, kind=report_files.Kind(language="de"))
    assert again.id != german.id
    assert "Finanzierung" in "".join(read(report_files.report_bytes(files, again)).text)


def test_asking_for_a_draft_again__once_it_was_made__writes_another_job_down__for_a_published_report_it_does_not(engine: Engine) -> None:
    diagnosis_id, account = diagnosed_round(engine)

    def asked_after(state: JobState) -> tuple[int, int]:
        with writing(engine) as session:
            first = report_files.request_report(session, _diagnosis(session, diagnosis_id), now=LATER)
            first.state = state
            session.add(first)
            session.flush()
            return only(first.id), only(report_files.request_report(session, _diagnosis(session, diagnosis_id), now=LATER).id)

    for state, again in ((JobState.WAITING, False), (JobState.DONE, True), (JobState.DEAD, True)):
        first, second = asked_after(state)
        assert (second != first) is again
    published(engine, diagnosis_id, account)
    for state, again in ((JobState.RUNNING, False), (JobState.DONE, False), (JobState.DEAD, True)):
        first, second = asked_after(state)
        assert (second != first) is again


def plan_something(session: Session, round_id: int, account: int, owner: str = "The agency") -> None:
    """An action that was accepted, as the plan keeps it."""
    round_ = only(session.get(Round, round_id))
    session.add(
        ActionItem(
            cluster_id=round_.cluster_id,
            round_id=round_id,
            instrument="seed-capital-fund",
            title="Seed-capital fund",
            owner=owner,
            milestone="Open",
            due=LATER.date(),
            created_at=LATER,
            created_by=account,
        )
    )


def annex_in(files: EvidenceFolder, report: ReportFile) -> dict[str, Any]:
    """The annex that a report encloses."""
    found: dict[str, Any] = json.loads(dict(read(report_files.report_bytes(files, report)).attachments)["annex.json"])
    return found


def test_the_making__is_audited_with_the_digest(engine: Engine, files: EvidenceFolder) -> None:
    diagnosis_id, _ = diagnosed_round(engine)
    report = made(engine, files, diagnosis_id, actor="account/1")
    with reading(engine) as session:
        event = session.exec(select(AuditEvent).where(col(AuditEvent.verb) == "make report")).one()
        assert (event.actor, event.subject) == ("account/1", f"diagnosis/{diagnosis_id}")
        assert report.digest in event.details
        assert report_files.report_of(session, _diagnosis(session, diagnosis_id)) is not None


def test_the_background_job__makes_the_report__signed_with_the_key_of_the_site__and_once(engine: Engine, tmp_path: Path) -> None:
    diagnosis_id, _ = diagnosed_round(engine)
    (tmp_path / "key.pem").write_bytes(pem_of(signing_key())[0])
    settings = replace(settings_for(engine, tmp_path), signing_key=str(tmp_path / "key.pem"))
    payload, told = {"diagnosis": diagnosis_id, "audience": "agency", "language": "en"}, list[tuple[int, int]]()
    results = [HANDLERS[report_files.KIND](settings, payload, lambda done, total: told.append((done, total))) for _ in range(2)]
    assert results[0] == results[1]
    assert told == [(0, 1), (1, 1)] * 2
    with reading(engine) as session:
        report = session.exec(select(ReportFile)).one()
    assert (report.id, report.digest) == (results[0]["report"], results[0]["digest"])
    assert b"/ByteRange" in report_files.report_bytes(EvidenceFolder(settings.files), report)
