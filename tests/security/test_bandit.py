"""Bandit finds nothing insecure in the program but what is excused here, file by file, with a reason."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BANDIT = Path(sys.executable).parent / "bandit"
_DEMO = "made-up answers are to be the same every time; nothing of them is secret"
_PROCESS = "the command is a list of our own words and settings of the operator, without a shell"
_TYPE = "tells the type checker what the line before made sure of"
EXCUSED = {
    ("assess/commands/demo_answers.py", "B311"): _DEMO,
    ("assess/commands/synthesise.py", "B311"): _DEMO,
    ("assess/exchange/synthetic.py", "B311"): _DEMO,
    ("assess/worker/supervisor.py", "B311"): "spreads the moments at which workers look for jobs",
    ("assess/store/backup.py", "B404"): _PROCESS,
    ("assess/store/backup.py", "B603"): _PROCESS,
    ("assess/worker/embedded.py", "B404"): _PROCESS,
    ("assess/worker/embedded.py", "B603"): _PROCESS,
    ("assess/commands/metrics.py", "B404"): _PROCESS,
    ("assess/commands/metrics.py", "B603"): _PROCESS,
    ("assess/definitions/words_lint.py", "B701"): "reads templates to find their words; nothing is printed",
    ("assess/workflow/letters.py", "B701"): "a letter is plain text, in which escapes would be read as such",
    ("assess/web/wording.py", "B704"): "marks our own texts only, a rule of tests/security/rules sees to it; values are escaped",
    ("assess/engine/vectorised.py", "B101"): _TYPE,
    ("assess/store/backup.py", "B101"): _TYPE,
    ("assess/store/upgrade.py", "B101"): _TYPE,
}
"""Why a finding is none, by file and test of bandit. Passwords in the program are excused line by line: see pyproject.toml."""


def findings(targets: Iterable[Path | str], folder: Path) -> set[tuple[str, str]]:
    """Return file and test of everything that bandit finds."""
    command = [BANDIT, "-q", "-c", ROOT / "pyproject.toml", "-f", "json", "-r", *targets]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    found = json.loads(done.stdout)
    assert found["errors"] == []
    return {(one["filename"].removeprefix("./"), one["test_id"]) for one in found["results"]}


def test_program__has_no_finding_that_is_not_excused__and_no_excuse_without_a_finding() -> None:
    assert findings(["assess"], ROOT) == set(EXCUSED)


def test_planted_faults__are_found(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(
        "import subprocess, yaml, hashlib\n"
        "subprocess.run(name, shell=True)\n"
        "yaml.load(text)\n"
        "hashlib.md5(text)\n"
        "cursor.execute('select * from member where name = ' + name)\n",
        encoding="utf-8",
    )
    assert {"B602", "B506", "B324", "B608"} <= {test for _, test in findings(["planted.py"], tmp_path)}
