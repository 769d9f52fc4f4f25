"""Versions of the rule base are found where ASSESS_CONTENT says, the latest first, and compared with what was published."""

from __future__ import annotations

from pathlib import Path

import pytest
from rulebases import make_rulebase

from assess.content import content_folder, relative
from assess.definitions.library import RULEBASE_ID, load_rulebase_version, rulebase_versions
from assess.definitions.published import Publication, publish
from assess.errors import AssessError, FaultsFound


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder rules/ of content of our own."""
    monkeypatch.setenv("ASSESS_CONTENT", str(tmp_path))
    folder = tmp_path / "rules"
    folder.mkdir()
    return folder


def write(rules: Path, version: str, status: str = "draft") -> Path:
    return make_rulebase(rules / version, version=version, status=status)


def publication(version: str) -> Publication:
    return Publication(id=RULEBASE_ID, version=version, digest=load_rulebase_version(version).digest)


def test_content__set_by_the_environment__is_used(rules: Path) -> None:
    write(rules, "2031.4")
    assert content_folder("rules") == rules
    assert load_rulebase_version().version == "2031.4"


@pytest.mark.parametrize("value", [None, ""])
def test_content__not_set__is_that_of_the_package(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.setenv("ASSESS_CONTENT", value) if value is not None else monkeypatch.delenv("ASSESS_CONTENT", raising=False)
    for name in ("rules", "questionnaires", "templates", "cases"):
        assert content_folder(name).is_dir()


@pytest.mark.usefixtures("rules")
def test_content__that_is_nowhere__is_told_with_what_to_set() -> None:
    with pytest.raises(
        AssessError, match="The folder nothing/ was not found; set ASSESS_CONTENT to the folder that holds questionnaires, rules"
    ):
        content_folder("nothing")


def test_file__is_named_as_its_reader_knows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert relative(tmp_path / "rules" / "x.yaml") == "rules/x.yaml"
    assert relative(Path("/nowhere/x.yaml")) == "/nowhere/x.yaml"


def test_versions__are_in_the_order_of_their_numbers(rules: Path) -> None:
    for version in ("2026.10", "2026.9", "2025.11"):
        write(rules, version)
    (rules / "empty").mkdir()
    assert rulebase_versions(rules) == ["2025.11", "2026.9", "2026.10"]
    assert load_rulebase_version().version == "2026.10"
    assert load_rulebase_version("2026.9").version == "2026.9"


def test_version__that_is_not_there__is_told_with_those_that_are(rules: Path) -> None:
    write(rules, "2026.1")
    with pytest.raises(AssessError, match=r"There is no rule base 2027\.1 in .*; there is: 2026\.1\."):
        load_rulebase_version("2027.1")


@pytest.mark.usefixtures("rules")
def test_no_version_at_all__is_told() -> None:
    with pytest.raises(AssessError, match="there is: none"):
        load_rulebase_version()


def test_version__broken__is_refused(rules: Path) -> None:
    (write(rules, "2026.1") / "sources.yaml").unlink()
    with pytest.raises(FaultsFound, match=r"sources\.yaml is missing"):
        load_rulebase_version()


def test_published__and_unchanged__is_loaded(rules: Path) -> None:
    write(rules, "2026.1")
    publish(rules, publication("2026.1"))
    write(rules, "2026.1", status="published")
    assert load_rulebase_version().label == "2026.1"


def test_published__and_changed__is_refused(rules: Path) -> None:
    write(rules, "2026.1")
    publish(rules, publication("2026.1"))
    path = write(rules, "2026.1", status="published") / "chain.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace('"weight": 3', '"weight": 4', 1), encoding="utf-8")
    with pytest.raises(FaultsFound, match=r"rulebase 2026\.1: was changed after it was published"):
        load_rulebase_version()


def test_published__without_an_entry_in_the_lock__is_refused(rules: Path) -> None:
    write(rules, "2026.1", status="published")
    with pytest.raises(FaultsFound, match=r"rulebase 2026\.1: says it is published but is not in the lock"):
        load_rulebase_version()


def test_folder__that_holds_another_version_than_it_is_named_after__is_refused(rules: Path) -> None:
    """Who asks for 2026.2 must not be given 2026.1, and every report says which version it rests on."""
    make_rulebase(rules / "2026.2", version="2026.1")
    with pytest.raises(FaultsFound, match=r"2026\.2"):
        load_rulebase_version("2026.2")
