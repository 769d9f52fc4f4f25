"""`assess check`, `doctor`, `publish`, `report`, `schema` and help."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from command_line import Run

from assess.content import content_folder
from assess.definitions.rules import rules_schema
from assess.definitions.yamlfile import read_yaml

COMMANDS = ("backup", "check", "demo", "diagnose", "doctor", "explain", "publish", "report", "restore", "schema", "serve", "synthesise")


@pytest.fixture
def own_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the content, as an agency with its own would have it."""
    folder = tmp_path / "content"
    for name in ("rules", "questionnaires", "cases"):
        shutil.copytree(content_folder(name), folder / name)
    monkeypatch.setenv("ASSESS_CONTENT", str(folder))
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_check__counts__everything_there_is(run: Run) -> None:
    result = run("check")
    assert result.code == 0
    assert "Rule base 2026.1 (draft)" in result.out
    assert result.out.rstrip().endswith("Everything holds.")


def test_check__as_json__gives_counts_and_minutes_per_kind(run: Run) -> None:
    counts = json.loads(run("check", "--format", "json").out)
    asked = counts["questionnaires"]["member"]["asked"]
    assert set(asked) == {"company", "research", "education", "public", "investor", "service", "association"}
    assert all(entry["items"] <= 90 and entry["minutes"] <= 20 for entry in asked.values())
    assert counts["instruments"] >= 45


def test_check__of_a_rule_with_a_typing_mistake__names_line_and_remedy(run: Run, own_content: Path) -> None:
    types = own_content / "rules" / "2026.1" / "types.yaml"
    edit(types, "structure.sme_share", "structure.sme_shre")
    result = run("check")
    assert result.code == 2
    assert "types.yaml:" in result.err
    assert "did you mean structure.sme_share?" in result.err


def test_check__of_a_shifted_threshold__is_caught_by_a_case(run: Run, own_content: Path) -> None:
    edit(own_content / "rules" / "2026.1" / "factors.yaml", "value: 2.5}", "value: 3.5}")
    result = run("check")
    assert result.code == 2
    assert "case" in result.err


def test_published_version__changed_afterwards__is_refused_everywhere(run: Run, own_content: Path, singapore: Path) -> None:
    manifest = own_content / "rules" / "2026.1" / "rulebase.yaml"
    assert run("publish", "rulebase", "2026.1").code == 2
    edit(manifest, "status: draft", "status: published")
    assert run("diagnose", singapore).code == 2
    assert run("publish", "rulebase", "2026.1").code == 0
    published = run("diagnose", singapore)
    assert published.code == 0
    assert "(draft)" not in published.out
    edit(own_content / "rules" / "2026.1" / "types.yaml", "weight: 3", "weight: 2")
    refused = run("diagnose", singapore)
    assert refused.code == 2
    assert "was changed after it was published" in refused.err
    assert run("publish", "rulebase", "2026.1").code == 2


def test_published_questionnaire__changed_afterwards__is_refused(run: Run, own_content: Path) -> None:
    member = own_content / "questionnaires" / "member" / "2026.1.yaml"
    edit(member, "status: draft", "status: published")
    assert run("publish", "member", "2026.1").code == 0
    assert run("check").code == 0
    edit(member, 'label: {en: "', 'label: {en: "Now: ')
    assert run("check").code == 2


def test_report__of_a_cluster__is_a_pdf(run: Run, singapore: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.pdf"
    assert run("report", singapore, "-o", target).code == 0
    assert target.read_bytes().startswith(b"%PDF-1.")


def test_report__of_a_saved_diagnosis__is_the_same_report(run: Run, singapore: Path, tmp_path: Path) -> None:
    saved, first, second = tmp_path / "d.json", tmp_path / "a.pdf", tmp_path / "b.pdf"
    saved.write_text(run("diagnose", singapore, "--format", "json").out, "utf-8")
    run("report", singapore, "-o", first)
    run("report", saved, "-o", second)
    assert first.read_bytes() == second.read_bytes()


def test_report__of_a_forged_diagnosis__is_refused(run: Run, singapore: Path, tmp_path: Path) -> None:
    saved = tmp_path / "d.json"
    content = json.loads(run("diagnose", singapore, "--format", "json").out)
    content["factors"]["funding"]["level"] = 1
    saved.write_text(json.dumps(content), "utf-8")
    result = run("report", saved, "-o", tmp_path / "x.pdf")
    assert result.code == 2
    assert "digest" in result.err
    assert not (tmp_path / "x.pdf").exists()


@pytest.mark.parametrize("target", ["no/such/folder/report.pdf", "."])
def test_report__into_a_place_that_cannot_be_written__says_so(run: Run, singapore: Path, tmp_path: Path, target: str) -> None:
    result = run("report", singapore, "-o", tmp_path / target)
    assert result.code == 2
    assert "Traceback" not in result.err


def test_doctor__on_a_machine_that_has_all__finds_nothing_missing(run: Run) -> None:
    result = run("doctor")
    assert result.code == 0
    assert "MISSING" not in result.out


def test_doctor__without_a_rule_base__says_so_and_fails(run: Run, own_content: Path) -> None:
    shutil.rmtree(own_content / "rules" / "2026.1")
    result = run("doctor")
    assert result.code == 1
    assert "MISSING" in result.out


@pytest.mark.parametrize("what", ["rules", "questionnaire", "diagnosis", "indicators"])
def test_schema__is__a_json_schema(run: Run, what: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(run("schema", what).out))


def test_rules_schema__accepts__our_own_rules_and_refuses_an_unknown_key() -> None:
    validator = jsonschema.Draft202012Validator(rules_schema())
    for name in ("types", "factors", "instruments"):
        content = json.loads(json.dumps(read_yaml(content_folder("rules") / "2026.1" / f"{name}.yaml").data, default=float))
        assert not list(validator.iter_errors(content))
    assert list(validator.iter_errors({"rulez": []}))


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command__has__an_example(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.code == 0
    assert f"assess {command}" in result.out.split("Options:")[0].split("\n", 1)[1]


def test_help__imports__nothing_heavy() -> None:
    heavy = "{'pydantic', 'durable', 'weasyprint', 'yaml', 'jinja2', 'rich'} & set(sys.modules)"
    code = f"import sys, assess.cli; sys.exit(str(sorted({heavy})) if {heavy} else 0)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
