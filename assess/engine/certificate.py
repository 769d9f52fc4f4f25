"""Certifies an inference: it counts only when the engine and the traced evaluator agree on every rule."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from assess.engine.compiled import Facts, Stratum
from assess.engine.evaluation import Outcome, RuleTrace, evaluate
from assess.engine.inference import EngineFault
from assess.errors import NeedsExamination
from assess.phrases import Phrase


class Infers(Protocol):
    """What is asked of an inference engine."""

    def infer(self, stratum: Stratum, facts: Facts) -> frozenset[str]:
        """Ids of the rules that fire on the known facts."""

    def retire(self, stratum: Stratum) -> None:
        """Start afresh for this stratum."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is printed of a certified inference. The digest is SHA-256 in hexadecimal."""

    digest: str
    rules_checked: int
    strata: tuple[str, ...]


class Disagreement(NeedsExamination):
    """Two readings of one stratum that differ, both kept. Inferred is None when the engine gave no answer that counts."""

    def __init__(self, stratum: Stratum, inferred: frozenset[str] | None, evaluated: tuple[RuleTrace, ...], fault: str = "") -> None:
        self.stratum = stratum.name
        self.inferred = inferred
        self.evaluated = evaluated
        self.fault = fault
        why = fault or _difference(inferred, evaluated)
        super().__init__(Phrase("stratum %(stratum)s needs examination: %(why)s; nothing is concluded", stratum=stratum.name, why=why))


def certify(stratum: Stratum, facts: Facts, engine: Infers) -> tuple[RuleTrace, ...]:
    """The traces of every rule of the stratum, once both readings agree on which rules fire.

    On a disagreement or a fault of the engine it is asked once more, in a fresh host; then Disagreement is raised.
    """
    traces = evaluate(stratum, facts)
    evaluated = _fired(traces)
    inferred, fault = _ask(stratum, facts, engine)
    if inferred != evaluated:
        engine.retire(stratum)
        inferred, fault = _ask(stratum, facts, engine)
    if inferred != evaluated:
        engine.retire(stratum)
        raise Disagreement(stratum, inferred, traces, fault)
    return traces


def issue(rulebase_digest: str, facts: Facts, traces: Mapping[str, tuple[RuleTrace, ...]]) -> Certificate:
    """The certificate of a whole inference: the facts it began with, and the certified traces by stratum, in order."""
    return Certificate(
        digest=certificate_digest(rulebase_digest, facts, traces),
        rules_checked=sum(map(len, traces.values())),
        strata=tuple(traces),
    )


def certificate_digest(rulebase_digest: str, facts: Facts, traces: Mapping[str, tuple[RuleTrace, ...]]) -> str:
    """SHA-256 over lines of text in UTF-8: the rule base's digest, every given fact by name, every stratum and every rule's outcome."""
    lines = [rulebase_digest, *(f"{name}={facts[name]}" for name in sorted(facts))]
    for name, of_stratum in traces.items():
        lines.append(f"[{name}]")
        lines += [trace.rule + ": " + trace.outcome for trace in of_stratum]
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()


def _ask(stratum: Stratum, facts: Facts, engine: Infers) -> tuple[frozenset[str] | None, str]:
    try:
        return engine.infer(stratum, facts), ""
    except EngineFault as fault:
        return None, fault.args[0]


def _fired(traces: tuple[RuleTrace, ...]) -> frozenset[str]:
    fired = Outcome.FIRED
    return frozenset([trace.rule for trace in traces if trace.outcome is fired])


def _difference(inferred: frozenset[str] | None, traces: tuple[RuleTrace, ...]) -> str:
    engine, evaluator = inferred or frozenset(), _fired(traces)
    ours, theirs = " ".join(sorted(engine - evaluator)), " ".join(sorted(evaluator - engine))
    if ours and theirs:
        return Phrase("fired only by the engine: %(engine)s, fired only by the evaluator: %(evaluator)s", engine=ours, evaluator=theirs)
    if ours:
        return Phrase("fired only by the engine: %(rules)s", rules=ours)
    return Phrase("fired only by the evaluator: %(rules)s", rules=theirs) if theirs else ""
