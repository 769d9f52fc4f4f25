"""Packs: the same bytes for the same contents, safe names, and digests that are those of the files."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from assess.store.staff_tables import Programme
from assess.store.steering_tables import Decision, Outcome, Publication
from assess.store.tables import Cluster, Round
from assess.workflow import packs
from workflow.surveying import LATER, NOON

REPORT = b"%PDF-1.7 a report"
FOLDER = "decision-GR-2026-014"


def contents(**changes: Any) -> packs.Contents:
    decision = Decision(
        id=7, programme_id=1, cluster_id=1, publication_id=1, report_digest=hashlib.sha256(REPORT).hexdigest(), diagnosis_digest="d" * 64,
        reference="GR-2026-014", outcome=Outcome.GRANTED_IN_PART, note="Replaces GR-2025-003.\nA slip.", decided_on=date(2026, 7, 4),
        conditions=json.dumps([{"text": "Report yearly.", "instrument": "tied-grants", "suggestion": "yearly"}]),
        created_at=LATER, created_by=3,
    )  # fmt: skip
    publication = Publication(
        id=1, round_id=1, diagnosis_id=1, number="2026-EXV-abc123", approved_at=NOON, approved_by=2, published_at=LATER, published_by=2
    )
    for name, value in changes.items():
        setattr(decision if name in Decision.model_fields else publication, name, value)
    return packs.Contents(
        decision=decision,
        programme=Programme(key="fund", name="Valley fund", funder="An agency"),
        cluster=Cluster(key="example-valley", name="Example Valley"),
        round=Round(cluster_id=1, year=2026, opens_at=NOON, closes_at=LATER, rulebase_version="2026.1", rulebase_digest="r" * 64),
        publication=publication,
        report=REPORT,
        document={"schema": "cluster-diagnosis/1", "cluster": {"name": "Ünder Välley"}},
        site="https://survey.example.org",
    )


def unpacked(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name.removeprefix(f"{FOLDER}/"): archive.read(name) for name in archive.namelist()}


def test_the_same_contents__give_the_same_bytes__at_any_time() -> None:
    assert packs.pack(contents()) == packs.pack(contents())
    with ZipFile(BytesIO(packs.pack(contents()))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.compress_type for entry in archive.infolist()} == {0}


def test_a_pack__holds_report_diagnosis_decision_and_how_to_check_them() -> None:
    files = unpacked(packs.pack(contents()))
    assert set(files) == {"README.txt", "report-2026-EXV-abc123.pdf", "diagnosis.json", "decision.json"}
    assert files["report-2026-EXV-abc123.pdf"] == REPORT
    assert json.loads(files["diagnosis.json"])["cluster"]["name"] == "Ünder Välley"


def test_the_readme__gives_the_digest_of_every_other_file_and_the_ways_to_check() -> None:
    files = unpacked(packs.pack(contents()))
    text = files.pop("README.txt").decode()
    for name, content in files.items():
        assert f"{hashlib.sha256(content).hexdigest()}  {name}" in text
    assert "assess verify report-2026-EXV-abc123.pdf" in text
    assert "https://survey.example.org/verify/2026-EXV-abc123" in text
    assert "d" * 64 in text
    assert "WITHDRAWN" not in text
    assert max(map(len, text.splitlines())) < 140


def test_the_decision__is_there_as_plain_data_without_names() -> None:
    found = json.loads(unpacked(packs.pack(contents()))["decision.json"])
    assert found["schema"] == packs.SCHEMA
    assert (found["reference"], found["outcome"], found["decided_on"]) == ("GR-2026-014", "granted_in_part", "2026-07-04")
    assert (found["recorded_by"], found["replaces"], found["note"]) == ("account/3", "GR-2025-003", "A slip.")
    assert found["conditions"] == [{"text": "Report yearly.", "instrument": "tied-grants", "suggestion": "yearly"}]
    assert found["report"]["sha256"] == hashlib.sha256(REPORT).hexdigest()


def test_a_report_withdrawn_since__is_said_in_the_readme__and_the_decision_stays_as_it_was() -> None:
    gone = contents(withdrawn_at=datetime(2026, 8, 1), withdrawn_because="A figure was copied wrongly.")  # noqa: DTZ001 - as in the store
    files = unpacked(packs.pack(gone))
    assert "WITHDRAWN" in files["README.txt"].decode()
    assert "withdrawn on 2026-08-01" in files["README.txt"].decode()
    assert "A figure was copied wrongly." in files["README.txt"].decode()
    assert files["decision.json"] == unpacked(packs.pack(contents()))["decision.json"]


@pytest.mark.parametrize(
    ("text", "name"),
    [("../../etc/passwd", "etc-passwd"), ("Förder 1.pdf", "Forder-1.pdf"), ("a\\b:c", "a-b-c"), ("…", "file"), (".hidden", "hidden")],
)
def test_file_names__lead_out_of_no_folder(text: str, name: str) -> None:
    assert packs.safe_name(text) == name
