"""The project installs as wheel, as sdist and editable, each with its content."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import assess
from assess.content import content_folder

ROOT = Path(__file__).resolve().parents[2]


def build(kind: str, source: Path, target: Path) -> Path:
    """Build one distribution without a network and return its file."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    return next(target.glob("*.whl" if kind == "wheel" else "*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


def names_in(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def test_wheel__installed_elsewhere__checks_its_own_content(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    where = "import assess, assess.content as c; print(assess.__file__); print(c.content_folder('rules'))"
    environment = {**os.environ, "PYTHONPATH": str(site)}
    located = subprocess.run([sys.executable, "-c", where], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert all(line.startswith(str(site)) for line in located.stdout.splitlines())
    run = "from assess.cli import main; main(['check'])"
    checked = subprocess.run([sys.executable, "-c", run], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.startswith("Rule base 2026.1")


def test_wheel__has__no_tests_but_the_cases(wheel: Path) -> None:
    names = names_in(wheel)
    assert "assess/_content/rules/2026.1/types.yaml" in names
    assert "assess/_content/cases/clusters/singapore.yaml" in names
    assert not [name for name in names if name.startswith("tests/")]


def test_sdist__builds__the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    sdist = build("sdist", ROOT, tmp_path)
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    unpacked = next((tmp_path / "source").iterdir())
    again = build("wheel", unpacked, tmp_path / "again")
    assert names_in(again) == names_in(wheel)


def test_editable_install__reads__the_working_copy() -> None:
    assert assess.__file__ is not None
    assert Path(assess.__file__).is_relative_to(ROOT)
    assert content_folder("rules") == ROOT / "rules"
