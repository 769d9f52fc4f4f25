"""What our own rules forbid is nowhere in the program, and every rule finds what it is for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assess.definitions.yamlfile import read_yaml

ROOT = Path(__file__).resolve().parents[2]
RULES = Path(__file__).parent / "rules"
SEMGREP = Path(sys.executable).parent / "semgrep"
VIEW = "@pages.get('/x')\n{needs}def view() -> str:\n    return ''\n"
PLANTED = {
    "no-safe-marks": ("assess/web/planted.py", "from markupsafe import Markup\nx = Markup('<b>' + name)\n"),
    "no-safe-filter": ("templates/web/staff/planted.html", "<p>{{ page.name | safe }}</p>\n"),
    "no-words-from-data": ("templates/web/planted.html", "<p>{{ _(page.name) }}</p>\n"),
    "no-inline-program-or-style": ("templates/web/planted.html", "<p onclick='go()'>x</p>\n"),
    "no-foreign-address": ("templates/web/planted.html", '<script src="https://cdn.example.org/x.js"></script>\n'),
    "no-sql-in-texts": ("assess/workflow/planted.py", "session.execute(f'select * from member where name = {name}')\n"),
    "no-statement-of-the-driver": ("assess/web/planted.py", "connection.exec_driver_sql('select 1')\n"),
    "no-code-from-data": ("assess/engine/planted.py", "x = eval(condition)\n"),
    "no-yaml-objects": ("assess/web/planted.py", "import yaml\nx = yaml.safe_load(sent)\n"),
    "no-markup-parsers": ("assess/exchange/planted.py", "archive.extractall(folder)\n"),
    "no-processes": ("assess/workflow/planted.py", "import os\nos.system('convert ' + name)\n"),
    "no-network": ("assess/workflow/planted.py", "import urllib.request\nurllib.request.urlopen(address)\n"),
    "no-print": ("assess/web/planted.py", "print(answers)\n"),
    "no-clock-inside": ("assess/workflow/planted.py", "from datetime import datetime\nnow = datetime.now()\n"),
    "no-guessable-chance": ("assess/workflow/planted.py", "import random\ntoken = random.random()\n"),
    "no-broken-hashes": ("assess/store/planted.py", "import hashlib\nx = hashlib.md5(token)\n"),
    "no-commit-in-workflow": ("assess/workflow/planted.py", "def verb(session):\n    session.commit()\n"),
    "no-view-without-needs": ("assess/web/planted.py", VIEW.format(needs="")),
    "no-view-past-the-declaration": ("assess/web/planted.py", "app.add_url_rule('/x', view_func=view)\n"),
    "no-mixed-parameters": ("assess/web/planted.py", "from flask import request\nx = request.values['to']\n"),
    "no-unchecked-redirect": ("assess/web/planted.py", "from flask import redirect, request\nx = redirect(request.args.get('to'), 303)\n"),
    "no-plain-comparison-of-secrets": ("assess/web/planted.py", "genuine = given == form_of(token)\n"),
}
"""For every rule a file that it must find."""


def findings(folder: Path, home: Path) -> set[tuple[str, str, int]]:
    """Return rule, file and line of everything that is found in a folder."""
    given = os.environ | {"HOME": str(home), "SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}
    quiet = ("--metrics", "off", "--disable-version-check", "--json", "--quiet", "--strict")
    asked = ["scan", "--config", str(RULES), "--no-git-ignore", "--project-root", ".", *quiet]
    done = subprocess.run([SEMGREP, *asked, "assess", "templates"], cwd=folder, env=given, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["errors"] == []
    assert found["paths"]["scanned"]
    return {(one["check_id"].rpartition(".")[2], one["path"], one["start"]["line"]) for one in found["results"]}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str, int]]:
    folder = tmp_path_factory.mktemp("planted")
    for rule, (name, text) in PLANTED.items():
        file = folder / name.replace("planted", rule.replace("-", "_"))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    good = folder / "assess/web/declared.py"
    good.write_text(VIEW.format(needs="@needs('desk.read')\n"), encoding="utf-8")
    return findings(folder, folder)


def test_program__has_nothing_that_our_rules_forbid(tmp_path: Path) -> None:
    assert sorted(findings(ROOT, tmp_path)) == []


@pytest.mark.parametrize("rule", PLANTED)
def test_rule__finds_a_planted_fault(planted: set[tuple[str, str, int]], rule: str) -> None:
    file = PLANTED[rule][0].replace("planted", rule.replace("-", "_"))
    assert (rule, file) in {(found, path) for found, path, _ in planted}


def test_view_that_declares_what_it_needs__is_no_finding(planted: set[tuple[str, str, int]]) -> None:
    assert "assess/web/declared.py" not in {path for _, path, _ in planted}


def test_every_rule__has_a_planted_fault() -> None:
    named = {rule["id"] for file in RULES.glob("*.yaml") for rule in read_yaml(file).data["rules"]}
    assert named == set(PLANTED)
