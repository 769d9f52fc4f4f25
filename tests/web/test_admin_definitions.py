"""Definitions: their versions, texts and differences, and the preview of another rule base, each told only to those who may know."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from databases import new_migrated
from sqlmodel import col, select
from workflow.surveying import only

from assess.content import content_folder
from assess.phrases import unpacked
from assess.settings import Settings
from assess.store.session import reading, writing
from assess.store.staff_tables import Role
from assess.store.tables import Job, JobState
from assess.web.admin_versions import questionnaire_file, rulebase_files
from assess.worker.previewing import preview_impact
from assess.workflow.definitions_in_use import PREVIEW
from web.staffing import StaffBrowser, Staffed, staffed_site

CHANGED = "2026.2"


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The content of the installation with one more version of the rule base, in which a type needs more support."""
    folder = tmp_path / "content"
    for name in ("rules", "questionnaires", "templates"):
        shutil.copytree(content_folder(name), folder / name)
    shutil.copytree(folder / "rules/2026.1", folder / "rules" / CHANGED)
    manifest, types = folder / "rules" / CHANGED / "rulebase.yaml", folder / "rules" / CHANGED / "types.yaml"
    manifest.write_text(manifest.read_text("utf-8").replace("2026.1", CHANGED), "utf-8")
    text = types.read_text("utf-8")
    old = 'label: Support that a type needs\n    scale: share\n    values: [{from: "2026-01-01", value: 0.5}]'
    assert old in text
    types.write_text(text.replace(old, old.replace("0.5", "0.95")), "utf-8")
    monkeypatch.setenv("ASSESS_CONTENT", str(folder))
    return folder


@pytest.fixture
def site(content: Path, tmp_path: Path) -> Iterator[Staffed]:  # noqa: ARG001 - the site is to find it
    with new_migrated("sqlite", tmp_path) as engine:
        yield staffed_site(engine, tmp_path)


@pytest.fixture
def browser(site: Staffed) -> StaffBrowser:
    return site.browser(site.accounts[Role.ADMIN])


def test_versions__are_listed_with_status_digest_and_uses__without_names_of_clusters_for_evaluators(
    site: Staffed, browser: StaffBrowser
) -> None:
    page = browser.get("/admin/definitions")
    assert "2 rounds: foreign valley 2026, own valley 2026" in page.html
    assert CHANGED in page.html
    evaluator = site.browser(site.accounts[Role.EVALUATOR]).get("/admin/definitions")
    assert "2 rounds" in evaluator.html
    assert "valley" not in evaluator.html


def test_text__stands_line_by_line__and_nothing_but_versions_can_be_read(browser: StaffBrowser) -> None:
    page = browser.get(f"/admin/definitions/rules/{CHANGED}?file=types")
    assert page.one("li", id="L5").text == "  # how evidence is read, for types and for stages"
    assert browser.get("/admin/definitions/questionnaires/member/2026.1").all("li", id="L800")
    for address in ("rules/1999.1", "rules/..", f"rules/{CHANGED}?file=../../secret", "questionnaires/member/9.9"):
        browser.get(f"/admin/definitions/{address}", status=404)
    with pytest.raises(KeyError):
        questionnaire_file("..", "rules")
    with pytest.raises(KeyError):
        rulebase_files("..")


def test_version_that_only_a_round_keeps__can_be_read(site: Staffed, browser: StaffBrowser, content: Path) -> None:
    (content / "questionnaires/management").rename(content / "questionnaires/another")
    shutil.rmtree(content / "questionnaires/another")
    assert site.own.round_id
    assert "kept by rounds only" in browser.get("/admin/definitions").html
    assert "One sheet" in browser.get("/admin/definitions/questionnaires/management/2026.1").html


def test_differences__are_said_entry_by_entry(browser: StaffBrowser) -> None:
    page = browser.get(f"/admin/definitions/rules/{CHANGED}/differences?against=2026.1")
    assert "0 added, 0 removed, 1 changed" in page.html
    assert "Parameter type_support" in page.html
    assert "since 2026-01-01, value 0.95" in page.html
    browser.get(f"/admin/definitions/rules/{CHANGED}/differences?against=1999.1", status=404)
    same = browser.get("/admin/definitions/questionnaires/member/2026.1/differences?against=2026.1")
    assert "They say the same." in same.html


def asked_for(site: Staffed, browser: StaffBrowser) -> dict[str, Any]:
    """Ask for a preview; return the payload of its job."""
    browser.get("/admin/definitions/previews")
    browser.post("/admin/definitions/previews", status=422)
    browser.post("/admin/definitions/previews", version=CHANGED)
    assert "Load this page again" in browser.get(browser.location).html
    with reading(site.engine) as session:
        found: dict[str, Any] = json.loads(only(session.exec(select(Job).where(col(Job.kind) == PREVIEW)).first()).payload)
    return found


def test_preview__infers_every_stored_diagnosis_again__and_says_what_changes_only_to_who_may_read_it(
    site: Staffed, browser: StaffBrowser
) -> None:
    payload = asked_for(site, browser)
    settings = _with_database(site)
    told: list[tuple[int, int]] = []
    result = preview_impact(settings, payload, lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
    assert [unpacked(line["because"]) for line in result["left_out"]] == ["the rule base that it was made with is not installed"] * 2
    line = {"cluster_id": site.own.cluster_id, "cluster": "own valley", "year": 2026, "rules": ["type.marshallian"]}
    line["flips"] = [["type", "label", "marshallian", "unknown"]]
    with writing(site.engine) as session:
        job = only(session.exec(select(Job).where(col(Job.kind) == PREVIEW)).first())
        job.state, job.result = JobState.DONE, json.dumps({"same": 1, "changed": [line], "left_out": []})
        address = f"/admin/definitions/previews/{job.id}"
    page = browser.get(address)
    assert "1 of 2 diagnoses would come out otherwise." in page.html
    assert "type.marshallian" in page.html
    assert "Would change: type label" in page.html
    assert "unknown" not in page.html
    own = site.browser(site.accounts[Role.EVALUATOR]).get(address)
    assert "unknown" in own.html
    with writing(site.engine) as session:
        job = only(session.get(Job, job.id))
        job.result = json.dumps({"same": 1, "changed": [line | {"cluster_id": site.foreign.cluster_id}], "left_out": []})
    other = site.browser(site.accounts[Role.EVALUATOR]).get(address)
    assert "1 of them belong to clusters that are not yours" in other.html
    assert "valley" not in other.html


def _with_database(site: Staffed) -> Settings:
    return replace(site.settings, database=site.engine.url.render_as_string(hide_password=False))
