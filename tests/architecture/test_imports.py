"""Imports run downhill, and some packages have one importing module each."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ONE_IMPORTER = {
    "durable": "assess/engine/inference.py",
    "durable_rules_engine": "assess/engine/inference.py",
    "weasyprint": "assess/reports/pdf.py",
}


def importers_of(package: str, folder: Path) -> set[str]:
    """Return the files below `folder` that import `package`, relative to its parent."""
    return {str(path.relative_to(folder.parent)) for path in folder.rglob("*.py") if package in imported_packages(path.read_text("utf-8"))}


def imported_packages(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize(("package", "importer"), ONE_IMPORTER.items())
def test_package__is_imported_by__one_module(package: str, importer: str) -> None:
    assert importers_of(package, ROOT / "assess") == {importer}


def test_importers__of_a_planted_import__are_found(tmp_path: Path) -> None:
    folder = tmp_path / "assess"
    folder.mkdir()
    (folder / "planted.py").write_text("def f():\n    from weasyprint import HTML\n", "utf-8")
    assert importers_of("weasyprint", folder) == {"assess/planted.py"}


def run_import_linter(cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports_command as run; run()"]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_imports__run__downhill() -> None:
    result = run_import_linter(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_import_linter__refuses__an_uphill_import(tmp_path: Path) -> None:
    package = tmp_path / "house"
    package.mkdir()
    (package / "__init__.py").write_text("", "utf-8")
    (package / "roof.py").write_text("", "utf-8")
    (package / "cellar.py").write_text("import house.roof\n", "utf-8")
    contract = '[tool.importlinter]\nroot_package = "house"\n[[tool.importlinter.contracts]]\nname = "down"\ntype = "layers"\n'
    (tmp_path / "pyproject.toml").write_text(contract + 'layers = ["house.roof", "house.cellar"]\n', "utf-8")
    result = run_import_linter(tmp_path)
    assert result.returncode == 1, result.stdout + result.stderr
