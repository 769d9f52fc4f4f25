"""What a report costs on top of WeasyPrint, several at a time, in memory, to check, and in bytes."""

from __future__ import annotations

import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

from pebble import ProcessPool
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from assess.definitions.library import load_rulebase_version
from assess.engine.annex import Beside
from assess.engine.diagnosis import diagnose
from assess.engine.document import document
from assess.engine.inference import Engine
from assess.engine.reckoning import annex_of
from assess.reports.pdf import AssetFetcher, html, make, view_of
from assess.reports.seal_keys import SigningKey, make_key
from assess.reports.seal_stamp import Stamp
from benchmarks.diagnosing import SOMEWHERE, cold_start, random_measures

_TIMES = 5
_REPORTS = 24
_MANY = 100
_WARM = 20
STAMP = Stamp()


def figures() -> Iterator[tuple[str, float, str]]:
    """Measure and yield every figure of this file with its aim."""
    yield "report ÷ WeasyPrint alone on the same HTML, CPU", report_over_weasyprint(), "≤ 1.10"
    yield f"{_REPORTS} reports, 2 processes ÷ 1, wall clock", two_over_one(), "≤ 0.70"
    yield f"most memory over the last {_MANY - _WARM} of {_MANY} reports ÷ over the first {_WARM}", growth(), "flat"
    yield "assess verify, cold, seconds", verifying(report(0)), "≤ 1.00"
    yield "assess verify of a signed report, cold, seconds", verifying(report(0, make_key("Benchmark", now=datetime.now(UTC)))), "≤ 1.00"
    yield "size of a report with all indicators known, kB", len(report(0)) / 1000, "≤ 350"


@cache
def diagnosed(seed: int) -> dict[str, Any]:
    """A diagnosis with all indicators known."""
    rulebase = load_rulebase_version()
    found = document(diagnose(SOMEWHERE, 2026, random_measures(rulebase, Random(seed)), rulebase, Engine()))
    saved: dict[str, Any] = json.loads(json.dumps(found))
    return saved


@cache
def annex(seed: int) -> dict[str, Any]:
    """What is enclosed beside that diagnosis: what follows from it."""
    return annex_of(diagnosed(seed), load_rulebase_version(), Beside())


def report(seed: int, key: SigningKey | None = None) -> bytes:
    """The report of that diagnosis, as it is published, signed if there is a key."""
    return make(diagnosed(seed), STAMP, key, annex(seed)).content


def report_over_weasyprint() -> float:
    """CPU time of making the report ÷ that of setting its HTML as the same kind of PDF and nothing else; the least of several each."""
    page = html(view_of(diagnosed(0), STAMP, annex(0)))
    whole, bare = [], []
    report(0)
    for _ in range(_TIMES):
        whole.append(_cpu(lambda: report(0)))
        bare.append(_cpu(lambda: _set(page)))
    return min(whole) / min(bare)


def two_over_one() -> float:
    """Wall-clock time of many reports by two forked processes ÷ that by one, after one warm report before the fork."""
    for seed in range(_REPORTS):
        annex(seed)
    report(0)
    return _wall(2) / _wall(1)


def growth() -> float:
    """Most memory over the last of many reports ÷ that over the first, all by one process, as `assess report --all --jobs 1` makes them."""
    with ProcessPool(1, context=get_context("fork")) as pool:
        sizes = [pool.schedule(_report_and_measure, args=(number,)).result() for number in range(_MANY)]
    return max(sizes[_WARM:]) / max(sizes[:_WARM])


def verifying(content: bytes) -> float:
    """Wall-clock seconds of `assess verify` on a report, in a process of its own; the median of several."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.pdf"
        path.write_bytes(content)
        return cold_start("verify", str(path))


def _set(page: str) -> None:
    HTML(string=page, url_fetcher=AssetFetcher(), media_type="print").write_pdf(font_config=FontConfiguration(), pdf_variant="pdf/a-3a")


def _cpu(act: Callable[[], object]) -> float:
    begun = time.process_time()
    act()
    return time.process_time() - begun


def _wall(processes: int) -> float:
    with ProcessPool(max_workers=processes, context=get_context("fork")) as pool:
        begun = time.monotonic()
        made = [pool.schedule(_made, args=(seed,)) for seed in range(_REPORTS)]
        assert all(future.result() for future in made)
        return time.monotonic() - begun


def _made(seed: int) -> int:
    return len(report(seed))


def _report_and_measure(number: int) -> int:
    report(number % _REPORTS)
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024
