"""What a whole diagnosis costs on top of the engine, cold starts, and memory over many diagnoses."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random

from assess.definitions.library import load_rulebase_version
from assess.definitions.numbers import from_thousandths, rounded
from assess.definitions.rulebase import Rulebase
from assess.definitions.scales import Scale
from assess.engine.compiled import Facts, Stratum
from assess.engine.diagnosis import Cluster, diagnose
from assess.engine.document import document
from assess.engine.inference import Engine
from assess.engine.measures import Measure

ROOT = Path(__file__).resolve().parents[1]
CASE = ROOT / "tests" / "cases" / "clusters" / "singapore.yaml"
SOMEWHERE = Cluster("synthetic", "Synthetic cluster")
_HIGHEST = {Scale.LIKERT: 5000, Scale.SHARE: 1000, Scale.RATE: 200, Scale.FLAG: 1000, Scale.COUNT: 150_000}


class _Recorder:
    """Passes everything on to an engine and keeps what it was asked."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.asked: list[tuple[Stratum, Facts]] = []

    def infer(self, stratum: Stratum, facts: Facts) -> frozenset[str]:
        self.asked.append((stratum, dict(facts)))
        return self.engine.infer(stratum, facts)

    def retire(self, stratum: Stratum) -> None:
        self.engine.retire(stratum)


def random_measures(rulebase: Rulebase, random: Random) -> dict[str, Measure]:
    """A value for every indicator, anywhere on its scale."""
    return {name: Measure(name, _value(indicator.scale, random)) for name, indicator in rulebase.indicators.items()}


def _value(scale: Scale, random: Random) -> Decimal:
    lowest = 1000 if scale is Scale.LIKERT else 0
    value = random.randint(lowest, _HIGHEST.get(scale, 20_000))
    whole = scale in (Scale.COUNT, Scale.FLAG)
    return rounded(from_thousandths(value // 1000 * 1000 if whole else value))


def certified_over_bare(rounds: int = 25) -> float:
    """Time of `diagnose` (inference, certificate, trace) ÷ time of the engine runs in it, all 155 indicators known."""
    rulebase, engine = load_rulebase_version(), Engine()
    measures = random_measures(rulebase, Random(2026))
    recorder = _Recorder(engine)
    diagnose(SOMEWHERE, 2026, measures, rulebase, recorder)

    def bare() -> None:
        for stratum, facts in recorder.asked:
            engine.infer(stratum, facts)

    return ratio(lambda: diagnose(SOMEWHERE, 2026, measures, rulebase, engine), bare, rounds)


def ratio(run: Callable[[], object], other: Callable[[], object], rounds: int) -> float:
    """Median of the one's time ÷ the other's over rounds in which both take turns."""
    _seconds(run), _seconds(other)
    return statistics.median(_seconds(run) / _seconds(other) for _ in range(rounds))


def cold_start(*arguments: str, rounds: int = 5) -> float:
    """Seconds of a fresh process, median of several."""
    command = [sys.executable, "-m", "assess", *arguments]
    return statistics.median(_seconds(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(rounds))


def memory_growth(diagnoses: int = 10_000) -> float:
    """Growth of the process in MiB between a tenth of the diagnoses and all of them; documents are made for one in a hundred."""
    rulebase, engine, random = load_rulebase_version(), Engine(), Random(2026)
    warm = 0
    for number in range(diagnoses):
        found = diagnose(SOMEWHERE, 2026, random_measures(rulebase, random), rulebase, engine)
        if number % 100 == 0:
            document(found)
        if number == diagnoses // 10:
            warm = _peak()
    return (_peak() - warm) / 1024


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
