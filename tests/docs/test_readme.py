"""What the README says to type works, and what it points to exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from assess.cli import main
from assess.definitions.library import load_rulebase_version
from assess.definitions.yamlfile import parse_yaml
from assess.exchange.indicator_files import read_indicator_file

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = sorted(path for path in ROOT.glob("**/*.md") if ".venv" not in path.parts)


def commands() -> list[str]:
    """Return the `assess` commands of the README that come to an end, without comments, in their order."""
    return [line.split("  #")[0].strip() for line in README.splitlines() if line.startswith(".venv/bin/assess") and " serve" not in line]


@pytest.fixture
def fresh_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder from which the repository's cases are found as the README names them."""
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_of_the_readme__run_in_order__works(fresh_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(commands()) >= 7
    for command in commands():
        with pytest.raises(SystemExit) as stop:
            main(shlex.split(command)[1:])
        assert stop.value.code == 0, f"{command}: {capsys.readouterr().err}"
    assert (fresh_folder / "report.pdf").stat().st_size > 10_000


def test_make_targets_of_the_readme__stand__in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert len(makefile.splitlines()) < 20
    for target in re.findall(r"^make (\w+)", README, flags=re.MULTILINE):
        assert f"\n{target}:" in makefile


def test_indicator_file_of_the_readme__is__accepted(tmp_path: Path) -> None:
    example = next(block for block in re.findall(r"```yaml\n(.*?)```", README, flags=re.DOTALL) if block.startswith("cluster:"))
    path = tmp_path / "example.yaml"
    path.write_text(example, "utf-8")
    found = read_indicator_file(path, load_rulebase_version().indicators)
    assert len([m for m in found.measures.values() if m.value is not None]) == len(parse_yaml(example, "README").data["indicators"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_a_page__lead__somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages__speak__of_the_project_alone(page: Path) -> None:
    assert not re.search(r"/work/|/root/|pypi\.org|\bassistant\b|\bAI\b", page.read_text("utf-8"))
