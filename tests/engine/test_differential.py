"""The engine and the evaluator come to the same result on random rule bases, however the process is treated."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Barrier

import pytest
from hypothesis import given, settings

from assess.engine.compiled import Facts, Stratum
from assess.engine.evaluation import Outcome
from assess.engine.inference import Engine

from .differential import agreed_outcomes, compare
from .random_rules import make_stratum, random_facts, random_stratum, strata_with_facts

TESTS = Path(__file__).parents[1]
SOAK = int(os.environ.get("ASSESS_SOAK", "2000"))


def run_python(code: str, **variables: str) -> str:
    """What a fresh interpreter prints that runs this code with these environment variables; it must end well."""
    path = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    finished = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": path, **variables},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, f"ended with {finished.returncode}: {finished.stderr[-2000:]}"
    return finished.stdout


def test_random_runs__many__every_rule_agrees() -> None:
    outcomes = compare(runs=SOAK, seed=20260101)
    assert all(outcomes[outcome] > SOAK for outcome in Outcome), f"the runs are too one-sided to mean much: {outcomes}"


@settings(max_examples=300, deadline=None)
@given(strata_with_facts())
def test_drawn_runs__any__every_rule_agrees(drawn: tuple[Stratum, Facts]) -> None:
    agreed_outcomes(*drawn, Engine(capacity=1))


def test_comparison__engine_that_hears_another_number__is_told() -> None:
    class HardOfHearing(Engine):
        def infer(self, stratum: Stratum, facts: Facts) -> frozenset[str]:
            return super().infer(stratum, {name: number - 1 for name, number in facts.items()})

    with pytest.raises(AssertionError, match="differ"):
        agreed_outcomes(make_stratum(("x >= 5",)), {"x": 5}, HardOfHearing())


def test_random_runs__locale_with_decimal_comma__agree(tmp_path: Path) -> None:
    built = subprocess.run(
        ["localedef", "-i", "de_DE", "-f", "UTF-8", str(tmp_path / "de_DE.UTF-8")], capture_output=True, text=True, check=False
    )
    assert (tmp_path / "de_DE.UTF-8" / "LC_NUMERIC").exists(), f"localedef made no locale: {built.stderr}"
    code = """
        import ctypes, locale
        locale.setlocale(locale.LC_ALL, "")
        read = ctypes.CDLL(None).atof
        read.restype = ctypes.c_double
        assert read(b"1.5") == 1.0 and read(b"1,5") == 1.5, "the locale has not reached the C library"
        from engine.differential import compare
        print(compare(runs=400, seed=3).total() > 0)
    """
    assert run_python(code, LOCPATH=str(tmp_path), LC_ALL="de_DE.UTF-8") == "True\n"


def test_random_runs__memory_filled_with_rubbish__agree() -> None:
    code = """
        import ctypes
        allocate = ctypes.CDLL(None).malloc
        allocate.restype = ctypes.c_void_p
        assert ctypes.string_at(allocate(4000), 8) == bytes([255 ^ 165]) * 8, "the allocator does not fill"
        from engine.differential import compare
        print(compare(runs=400, seed=4).total() > 0)
    """
    assert run_python(code, MALLOC_PERTURB_="165") == "True\n"


def test_random_runs__sixteen_threads_on_one_engine__agree() -> None:
    engine, start = Engine(capacity=4), Barrier(16)
    shared = [random_stratum(Random(seed)) for seed in range(6)]

    def work(seed: int) -> int:
        random = Random(seed)
        start.wait(timeout=60)
        return sum(len(agreed_outcomes(stratum, random_facts(random, stratum), engine)) for stratum in random.choices(shared, k=40))

    with ThreadPoolExecutor(16) as threads:
        counts = list(threads.map(work, range(16)))
    assert all(counts)


def test_random_runs__after_forks_while_threads_infer__agree_on_both_sides() -> None:
    code = """
        import os
        from concurrent.futures import ThreadPoolExecutor
        from random import Random
        from engine.differential import agreed_outcomes
        from engine.random_rules import random_facts, random_stratum
        from assess.engine.inference import Engine

        engine = Engine(capacity=3)
        shared = [random_stratum(Random(seed)) for seed in range(4)]

        def work(seed, rounds=60):
            random = Random(seed)
            for stratum in random.choices(shared, k=rounds):
                agreed_outcomes(stratum, random_facts(random, stratum), engine)

        def child():
            status = 1
            try:
                work(99, rounds=10)
                status = 0
            finally:
                os._exit(status)

        with ThreadPoolExecutor(4) as threads:
            working = [threads.submit(work, seed) for seed in range(4)]
            children = [os.fork() or child() for _ in range(12)]
            [one.result() for one in working]
        print([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children])
    """
    assert run_python(code) == f"{[0] * 12}\n"


MEASURE = """
    import gc
    from random import Random
    from engine.random_rules import make_stratum, random_facts
    from assess.engine.inference import Engine

    def resident():
        gc.collect()
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4096 / 1e6

    def stratum(number):
        return make_stratum(*[(f"a{rule % 20} >= {rule}", f"b{rule % 30} < {number}", "c = 0") for rule in range(100)], name=str(number))

    random = Random(5)
"""


def test_memory__two_thousand_runs_in_one_process__stays_flat() -> None:
    code = """
    engine, rules = Engine(), stratum(0)
    for run in range(2300):
        if run == 300:
            before = resident()
        engine.infer(rules, random_facts(random, rules))
    print(resident() - before)
    """
    assert float(run_python(textwrap.dedent(MEASURE) + textwrap.dedent(code))) < 5, "megabytes; one state left behind takes as much"


@pytest.mark.parametrize("ending", ["", "engine = Engine(capacity=2)", "engine.retire(rules)"], ids=["evicted", "dropped", "retired"])
def test_memory__hosts_made_and_given_up_by_the_hundred__is_freed(ending: str) -> None:
    code = f"""
    engine = Engine(capacity=2)
    for number in range(250):
        if number == 50:
            before = resident()
        rules = stratum(number)
        engine.infer(rules, random_facts(random, rules))
        {ending}
    print(resident() - before)
    """
    assert float(run_python(textwrap.dedent(MEASURE) + textwrap.dedent(code))) < 15, "megabytes; two hundred hosts take ten times that"
