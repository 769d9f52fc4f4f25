"""Runs both readings side by side on random rule bases; run as a program, prints how many rule outcomes agreed."""

from __future__ import annotations

import sys
from collections import Counter
from random import Random

from assess.engine.compiled import Facts, Stratum
from assess.engine.evaluation import Outcome, evaluate
from assess.engine.inference import Engine

from .random_rules import random_facts, random_stratum

RUNS_PER_STRATUM = 40


def compare(runs: int, seed: int) -> Counter[Outcome]:
    """How often each outcome came up over that many stratum runs. Raises AssertionError at the first run that differs."""
    random, engine, outcomes = Random(seed), Engine(capacity=2), Counter[Outcome]()
    stratum = random_stratum(random)
    for run in range(runs):
        if run % RUNS_PER_STRATUM == 0:
            stratum = random_stratum(random)
        outcomes.update(agreed_outcomes(stratum, random_facts(random, stratum), engine))
    return outcomes


def agreed_outcomes(stratum: Stratum, facts: Facts, engine: Engine) -> list[Outcome]:
    """One outcome per rule. No second attempt as in certify: it would hide what is looked for here."""
    traces = evaluate(stratum, facts)
    evaluated = {trace.rule for trace in traces if trace.outcome is Outcome.FIRED}
    inferred = engine.infer(stratum, facts)
    if inferred != evaluated:
        raise AssertionError(f"{sorted(inferred ^ evaluated)} differ in {stratum} on {facts}")
    return [trace.outcome for trace in traces]


if __name__ == "__main__":
    print(compare(int(sys.argv[1]), int(sys.argv[2])).total())
