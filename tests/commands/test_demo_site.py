"""The demo's site in a process of its own: every link it prints works, and no second demo takes its place."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from command_line import Run, wait_for

from assess.commands.serving import listening

LINKS = re.compile(r"http://\S+/s/\S+")


@dataclass(frozen=True)
class Demo:
    """A running demo: its folder, all it has written, and the port it was to use, which is taken."""

    folder: Path
    written: str
    wanted: int


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    log = folder / "written.txt"
    with listening("127.0.0.1", 0) as taken, log.open("wb") as target:
        wanted = taken.getsockname()[1]
        command = [sys.executable, "-m", "assess", "serve", "--demo", "--port", str(wanted), "--folder", str(folder)]
        with subprocess.Popen(command, stdout=target, stderr=subprocess.STDOUT) as process:
            yield Demo(folder, wait_for("Serving on", log, process), wanted)
            process.terminate()


def test_every_link_of_the_demo__opens__a_page_of_its_cluster(demo: Demo) -> None:
    links = LINKS.findall(demo.written)
    assert len(links) == len(set(links)) >= 16
    for link in links:
        with urllib.request.urlopen(link, timeout=30) as page:  # noqa: S310 — of this machine
            assert page.status == 200
            assert "(synthetic)" in page.read().decode("utf-8")
            assert "no-store" in page.headers["Cache-Control"]


def test_links__are_printed__before_the_site_is_served(demo: Demo) -> None:
    assert demo.written.rindex("/s/") < demo.written.index("Serving on")
    assert demo.written.rstrip().endswith("stop with Ctrl+C.")


def test_demo__whose_port_is_taken__says_which_one_it_uses(demo: Demo) -> None:
    found = re.search(rf"Port {demo.wanted} is taken, so the demo uses (\d+)\.", demo.written)
    assert found is not None
    assert f"Serving on http://127.0.0.1:{found[1]};" in demo.written
    assert all(f":{found[1]}/s/" in link for link in LINKS.findall(demo.written))


@pytest.mark.parametrize("command", [("demo", "--no-site", "-o"), ("demo", "-o"), ("serve", "--demo", "--folder")], ids=" ".join)
def test_second_demo_in_the_same_folder__is_refused__and_leaves_the_first_alone(demo: Demo, run: Run, command: tuple[str, ...]) -> None:
    before = {path: path.stat().st_ino for path in demo.folder.rglob("*")}
    result = run(*command, demo.folder)
    assert (result.code, result.err.startswith("Stop the demo that is running")) == (2, True)
    assert {path: path.stat().st_ino for path in demo.folder.rglob("*")} == before
