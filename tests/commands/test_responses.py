"""`assess diagnose` of responses, `assess synthesise`, and what they refuse."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Run

Rows = list[dict[str, str]]


@pytest.fixture
def responses(run: Run, tmp_path: Path) -> Path:
    folder = tmp_path / "responses"
    assert run("synthesise", "-o", folder, "--members", "30", "--seed", "3").code == 0
    return folder


def diagnose(run: Run, folder: Path, *more: str) -> str:
    files = [part for name in ("member", "management", "evaluator") for part in (f"--{name}", folder / f"{name}.csv")]
    result = run("diagnose", *files, "--cluster", "Example Valley", "--year", "2026", *more)
    assert result.code == 0, result.err
    return result.out


def change(path: Path, edit: Callable[[Rows], None]) -> None:
    """Rewrite a response file after `edit` has changed its rows."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    edit(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_synthetic_responses__with_the_same_seed__are_the_same(run: Run, responses: Path, tmp_path: Path) -> None:
    run("synthesise", "-o", tmp_path / "again", "--members", "30", "--seed", "3")
    for path in responses.glob("*.csv"):
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_diagnosis_of_responses__says__what_it_rests_on(run: Run, responses: Path) -> None:
    content = json.loads(diagnose(run, responses, "--format", "json"))
    assert content["synthetic"] is True
    assert {used["id"] for used in content["questionnaires"]} == {"member", "management", "evaluator"}
    density = content["measures"]["network.density"]
    assert density["origin"] == "member"
    assert density["n"] <= density["asked"] <= 30
    assert content["measures"]["structure.sme_share"]["origin"] == "evaluator"
    assert content["measures"]["structure.sme_share"]["others"][0]["origin"] == "management"
    assert "Synthetic data" in diagnose(run, responses)


def test_row_order__changes__nothing_but_nothing(run: Run, responses: Path) -> None:
    before = json.loads(diagnose(run, responses, "--format", "json"))
    change(responses / "member.csv", lambda rows: rows.reverse())
    assert json.loads(diagnose(run, responses, "--format", "json")) == before


def test_members_alone__leave_the_rest__unknown(run: Run, responses: Path) -> None:
    result = run("diagnose", "--member", responses / "member.csv", "--cluster", "X", "--year", "2026", "--format", "json")
    content = json.loads(result.out)
    assert "structure.firms" in content["unknown"]
    assert content["type"]["label"] == "undetermined"


def test_four_members__give__no_figure_at_all(run: Run, responses: Path) -> None:
    change(responses / "member.csv", lambda rows: rows.__delitem__(slice(4, None)))
    result = run("diagnose", "--member", responses / "member.csv", "--cluster", "X", "--year", "2026", "--format", "json")
    content = json.loads(result.out)
    assert all(measure["value"] is None for measure in content["measures"].values())
    assert not content["instruments"]


def test_another_questionnaire_version__is_refused__by_name(run: Run, responses: Path) -> None:
    change(responses / "member.csv", lambda rows: rows[0].update(version="2019.1"))
    result = run("diagnose", "--member", responses / "member.csv")
    assert (result.code, result.out) == (2, "")
    assert "2019.1" in result.err
    assert "2026.1" in result.err


@pytest.mark.parametrize("value", ["9", "nan", "-3", "strongly", "4,5"])
def test_an_answer_that_cannot_be__is_refused__with_its_row(run: Run, responses: Path, value: str) -> None:
    change(responses / "member.csv", lambda rows: rows[2].update(network_density=value))
    result = run("diagnose", "--member", responses / "member.csv")
    assert (result.code, result.out) == (2, "")
    assert "member.csv:4" in result.err
    assert "network_density" in result.err


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\x03", b"organisation,kind\n", b"a,b\n1,2\n", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_response_file__is_refused__in_a_sentence(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "member.csv"
    path.write_bytes(content)
    result = run("diagnose", "--member", path)
    assert (result.code, result.out) == (2, "")
    assert "member.csv" in result.err


def test_faults_of_all_three_files__are_listed__together(run: Run, responses: Path) -> None:
    change(responses / "member.csv", lambda rows: rows[0].update(network_density="9"))
    change(responses / "management.csv", lambda rows: rows[0].update(firms="-1"))
    result = run(
        "diagnose", "--member", responses / "member.csv", "--management", responses / "management.csv", "--evaluator", responses / "no.csv"
    )
    assert result.code == 2
    for name in ("member.csv:2", "management.csv:2", "no.csv"):
        assert name in result.err


def test_responses_beside_indicator_files__are_refused__with_usage(run: Run, responses: Path, singapore: Path) -> None:
    assert run("diagnose", singapore, "--member", responses / "member.csv").code == 2
