"""`assess diagnose` of indicator files."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from command_line import CLUSTERS, Run

from assess.engine.document_schema import diagnosis_schema, indicator_file_schema

HEAD = "cluster: {id: x, name: X}\nround: {year: 2026}\nindicators:\n"


def write(folder: Path, text: str | bytes, name: str = "cluster.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def test_diagnosis__as_json__fits_its_schema_and_names_its_versions(run: Run, singapore: Path) -> None:
    result = run("diagnose", singapore, "--format", "json")
    content = json.loads(result.out)
    jsonschema.validate(content, diagnosis_schema())
    assert result.code == 0
    assert content["rulebase"]["version"] == "2026.1"
    assert content["rulebase"]["status"] == "draft"
    assert content["stage"]["label"] == "potential"
    assert "structure.firms" in content["unknown"]


def test_diagnosis__of_the_same_file_twice__is_the_same(run: Run, singapore: Path) -> None:
    assert run("diagnose", singapore, "--format", "json").out == run("diagnose", singapore, "--format", "json").out


def test_diagnosis__of_several_files__is_a_list(run: Run, singapore: Path) -> None:
    result = run("diagnose", singapore, CLUSTERS / "ile-de-france.yaml", "--format", "json")
    assert [entry["stage"]["label"] for entry in json.loads(result.out)] == ["potential", "mature"]


def test_diagnosis__as_text__shows_draft_supports_factors_and_what_is_unknown(run: Run, singapore: Path) -> None:
    result = run("diagnose", singapore)
    for words in ("2026.1 (draft)", "Stage: potential", "state anchored", "Human resources", "Recommended instruments", "Not known:"):
        assert words in result.out


def test_every_trace_entry__names__facts_and_sources_that_exist(run: Run, singapore: Path) -> None:
    content = json.loads(run("diagnose", singapore, "--format", "json").out)
    fired = [entry for entry in content["trace"] if entry["outcome"] == "fired"]
    assert fired
    assert {source for entry in fired for source, _ in entry["cite"]} <= set(content["sources"])
    assert all(condition["holds"] for entry in fired for condition in entry["conditions"])
    for instrument in content["instruments"]:
        assert set(instrument["because"]) <= {entry["rule"] for entry in fired}


@pytest.mark.parametrize("path", sorted(CLUSTERS.glob("*.yaml")), ids=lambda path: path.stem)
def test_case_files__fit__the_published_schema(path: Path) -> None:
    from assess.definitions.yamlfile import read_yaml

    if path.name != "expected.yaml":
        content = json.loads(json.dumps(read_yaml(path).data, default=float))
        jsonschema.validate(content, indicator_file_schema())


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (HEAD + "  structure.frims: 3\n", 4, "did you mean structure.firms?"),
        (HEAD + "  structure.sme_share: 1.2\n", 4, "off its scale"),
        (HEAD + "  structure.firms: -1\n", 4, "off its scale"),
        (HEAD + "  structure.firms: 2.5\n", 4, "not whole"),
        (HEAD + "  network.density: 6\n", 4, "off its scale"),
        (HEAD + "  network.density: high\n", 4, "number"),
        (HEAD + "  network.density: .nan\n", 4, "not a number"),
        (HEAD + "  structure.firms: 3\n  structure.firms: 4\n", 5, "stands twice"),
        (HEAD + "  network.density: {value: 3, nn: 4}\n", 4, "nn"),
        ("cluster: {id: x, name: X}\nindicators: {}\n", None, "round"),
        ("", None, "empty"),
        ("a: [1, 2\n", 2, "not valid YAML"),
        ("a: &x 1\nb: *x\n", 1, "anchor"),
        (b"\xff\xfe\x00c\x00l", None, "UTF-8"),
        (b"\x00\x01\x02", None, "not"),
    ],
)
def test_bad_file__is_refused__with_place_and_remedy(run: Run, tmp_path: Path, text: str | bytes, line: int | None, words: str) -> None:
    path = write(tmp_path, text)
    result = run("diagnose", path)
    assert result.code == 2
    assert not result.out
    assert words in result.err
    assert f"{path}:{line}" in result.err if line else str(path) in result.err


def test_every_fault__of_every_file__is_listed(run: Run, tmp_path: Path) -> None:
    first = write(tmp_path, HEAD + "  structure.firms: -1\n  network.density: 9\n", "a.yaml")
    second = write(tmp_path, HEAD + "  people.skils_fit: 3\n", "b.yaml")
    result = run("diagnose", first, second)
    assert result.code == 2
    assert len([line for line in result.err.splitlines() if ".yaml:" in line]) == 3
    assert "3 faults found; nothing was done." in result.err


def test_a_good_file_beside_a_bad_one__prints__nothing(run: Run, tmp_path: Path, singapore: Path) -> None:
    result = run("diagnose", singapore, write(tmp_path, HEAD + "  structure.firms: -1\n"))
    assert (result.code, result.out) == (2, "")


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_missing_file_and_folder__are_refused__in_a_sentence(run: Run, tmp_path: Path, name: str) -> None:
    result = run("diagnose", tmp_path / name)
    assert result.code == 2
    assert "Traceback" not in result.err


def test_a_huge_file__is_refused__without_being_read(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + "  structure.firms: 1\n" * 300_000)
    result = run("diagnose", path)
    assert (result.code, "larger than 4 MB" in result.err) == (2, True)


def test_no_file_at_all__is_refused__with_usage(run: Run) -> None:
    assert run("diagnose").code == 2


def test_unknown_rulebase_version__is_refused__naming_those_there_are(run: Run, singapore: Path) -> None:
    result = run("diagnose", singapore, "--rulebase", "1999.1")
    assert result.code == 2
    assert "2026.1" in result.err
