"""What certifying costs on top of the engine, and the engine beside CLIPS; ratios only, each measured within one run.

Run as `python -m benchmarks.engine`. 200 rules of two to four facts each, 60 facts, 20 sets of answers.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from random import Random

import clips

from assess.engine.certificate import certify
from assess.engine.compiled import CompiledRule, Facts, Operator, Stratum, Test
from assess.engine.evaluation import evaluate
from assess.engine.inference import Engine

Run = Callable[[Facts], object]

NAMES = tuple(f"area.indicator_{position}" for position in range(60))
COMPARISONS = ((Operator.AT_LEAST, 3500), (Operator.AT_LEAST, 4000), (Operator.BELOW, 2500), (Operator.BELOW, 3000))
ROUNDS = 15


def make_stratum(random: Random, rules: int = 200) -> Stratum:
    return Stratum("benchmark", tuple(_rule(random, f"rule.{position}") for position in range(rules)))


def _rule(random: Random, rule_id: str) -> CompiledRule:
    return CompiledRule(rule_id, tuple(Test(name, *random.choice(COMPARISONS)) for name in random.sample(NAMES, random.randint(2, 4))))


def make_facts(random: Random) -> Facts:
    return {name: random.randint(1000, 5000) for name in NAMES}


def ratio(run: Run, other: Run, answers: list[Facts]) -> float:
    """Time of the one over time of the other: the median of rounds in which both take turns."""
    _seconds(run, answers), _seconds(other, answers)
    return statistics.median(_seconds(run, answers) / _seconds(other, answers) for _ in range(ROUNDS))


def _seconds(run: Run, answers: list[Facts]) -> float:
    start = time.perf_counter()
    for facts in answers:
        run(facts)
    return time.perf_counter() - start


def clips_run(stratum: Stratum, *, as_text: bool) -> Callable[[Facts], frozenset[str]]:
    """The same rules in CLIPS, compiled once: reset, assert the known facts, run.

    CLIPS takes a fact as a filled-in template (its quickest way) or, like durable_rules, as text to be parsed.
    """
    environment = clips.Environment()
    environment.build("(defglobal ?*fired* = (create$))")
    symbols = {name: f"n{position}" for position, name in enumerate(sorted({t.fact for r in stratum.rules for t in r.tests}))}
    for symbol in symbols.values():
        environment.build(f"(deftemplate {symbol} (slot value))")
    for position, rule in enumerate(stratum.rules):
        environment.build(_defrule(position, rule, symbols))
    templates = {name: environment.find_template(symbol) for name, symbol in symbols.items()}

    def run(facts: Facts) -> frozenset[str]:
        environment.reset()
        for name, template in templates.items():
            if name in facts and as_text:
                environment.assert_string(f"({symbols[name]} (value {facts[name]}))")
            elif name in facts:
                template.assert_fact(value=facts[name])
        environment.run()
        return frozenset(stratum.rules[position].id for position in environment.find_global("fired").value)

    return run


def _defrule(position: int, rule: CompiledRule, symbols: Mapping[str, str]) -> str:
    conditions = [
        f"({symbols[name]} (value ?v{place}"
        + "".join(f"&:({test.operator.value} ?v{place} {test.threshold})" for test in rule.tests if test.fact == name)
        + "))"
        for place, name in enumerate(dict.fromkeys(test.fact for test in rule.tests))
    ]
    return f"(defrule r{position} {' '.join(conditions)} => (bind ?*fired* (create$ ?*fired* {position})))"


def ratios() -> dict[str, tuple[float, float | None]]:
    """Each ratio with its target, where there is one. Other modules add theirs beside these with `ratio`."""
    random, engine = Random(2026), Engine()
    stratum = make_stratum(random)
    answers = [make_facts(random) for _ in range(20)]
    templates, text = clips_run(stratum, as_text=False), clips_run(stratum, as_text=True)
    for facts in answers:
        assert engine.infer(stratum, facts) == templates(facts) == text(facts), "CLIPS has other rules"

    def bare(facts: Facts) -> object:
        return engine.infer(stratum, facts)

    return {
        "certified run / engine run": (ratio(lambda facts: certify(stratum, facts, engine), bare, answers), 1.3),
        "evaluator / engine run": (ratio(lambda facts: evaluate(stratum, facts), bare, answers), None),
        "engine run / CLIPS given templates": (ratio(bare, templates, answers), 1.0),
        "engine run / CLIPS given text": (ratio(bare, text, answers), None),
    }


def main() -> None:
    print(f"{'ratio':<38}{'measured':>9}{'target':>9}")
    for name, (measured, target) in ratios().items():
        print(f"{name:<38}{measured:>9.2f}{'' if target is None else f'≤ {target:.1f}':>9}")


if __name__ == "__main__":
    main()
