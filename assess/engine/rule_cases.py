"""Tries the cases of single rules on the engine and its certificate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assess.definitions.case_files import RuleCase
from assess.definitions.subjects import named
from assess.engine.certificate import Infers, certify
from assess.engine.compilation import CompiledRulebase, compile_rule
from assess.engine.compiled import Facts, Stratum
from assess.engine.evaluation import Outcome
from assess.errors import Fault
from assess.phrases import Phrase


def failing_cases(cases: Iterable[RuleCase], compiled: CompiledRulebase, engine: Infers) -> Iterator[Fault]:
    """Yield a fault for every case whose rule does not fire, or fires where it should not."""
    for case in cases:
        stratum = Stratum(case.rule.id, (compile_rule(case.rule, compiled.parameters),))
        if _outcome(stratum, case.fires, engine) is not Outcome.FIRED:
            yield _fault(case, Phrase("does not fire on its own case"), Phrase("correct the rule or the facts under fires"))
        if _outcome(stratum, case.spares, engine) is Outcome.FIRED:
            yield _fault(case, Phrase("fires although its case spares it"), Phrase("correct the rule or the facts under spares"))
        engine.retire(stratum)


def _outcome(stratum: Stratum, facts: Facts, engine: Infers) -> Outcome:
    return certify(stratum, facts, engine)[0].outcome


def _fault(case: RuleCase, problem: Phrase, remedy: Phrase) -> Fault:
    return Fault(case.file, case.line, named("rule", case.rule.id), problem, remedy)
