"""An inference counts only when the engine and the evaluator agree; whatever goes wrong in the engine is refused."""

from __future__ import annotations

import hashlib

import pytest

from assess.engine.certificate import Certificate, Disagreement, Infers, certificate_digest, certify, issue
from assess.engine.compiled import Facts, Stratum
from assess.engine.evaluation import Outcome, evaluate
from assess.engine.inference import Engine, EngineFault, EngineInput
from assess.errors import NeedsExamination

from .random_rules import make_stratum

STRATUM = make_stratum(("x >= 1000",), ("x >= 2000",), ("y = 1000",), name="screens")
FACTS = {"x": 1500, "y": 1000}


class Tampered:
    """The real engine with something done to what goes in or comes out, for a number of answers."""

    def __init__(self, answers: int = 99) -> None:
        self.engine, self.answers, self.retired = Engine(), answers, 0

    def infer(self, stratum: Stratum, facts: Facts) -> frozenset[str]:
        self.answers -= 1
        return self.engine.infer(stratum, facts) if self.answers < 0 else self.tamper(stratum, facts)

    def retire(self, stratum: Stratum) -> None:
        self.retired += 1
        self.engine.retire(stratum)

    def tamper(self, stratum: Stratum, facts: Facts) -> frozenset[str]:
        return self.engine.infer(stratum, facts)


class DropsARule(Tampered):
    def tamper(self, stratum: Stratum, facts: Facts) -> frozenset[str]:
        return self.engine.infer(Stratum(stratum.name, stratum.rules[1:]), facts)


class LosesAFact(Tampered):
    def tamper(self, stratum: Stratum, facts: Facts) -> frozenset[str]:
        return self.engine.infer(stratum, {name: facts[name] for name in list(facts)[1:]})


class FiresTooMuch(Tampered):
    def tamper(self, stratum: Stratum, facts: Facts) -> frozenset[str]:
        return self.engine.infer(stratum, facts) | {stratum.rules[1].id}


class InventsARule(Tampered):
    def tamper(self, stratum: Stratum, facts: Facts) -> frozenset[str]:
        return self.engine.infer(stratum, facts) | {"no.such.rule"}


class BreaksDown(Tampered):
    def tamper(self, _stratum: Stratum, _facts: Facts) -> frozenset[str]:
        raise EngineFault("a rule fired twice")


def test_certify__engine_and_evaluator_agree__gives_every_rule() -> None:
    engine = Tampered()
    traces = certify(STRATUM, FACTS, engine)
    assert [(trace.rule, trace.outcome) for trace in traces] == [
        ("r0", Outcome.FIRED),
        ("r1", Outcome.NOT_FIRED),
        ("r2", Outcome.FIRED),
    ]
    assert engine.retired == 0


@pytest.mark.parametrize(
    ("kind", "difference"),
    [
        (DropsARule, "fired only by the evaluator: r0"),
        (LosesAFact, "fired only by the evaluator: r0"),
        (FiresTooMuch, "fired only by the engine: r1"),
        (InventsARule, "fired only by the engine: no.such.rule"),
        (BreaksDown, "a rule fired twice"),
    ],
)
def test_certify__engine_wrong_twice__refused_with_both_results(kind: type[Tampered], difference: str) -> None:
    engine = kind()
    with pytest.raises(Disagreement, match=f"stratum screens needs examination: {difference}; nothing is concluded") as caught:
        certify(STRATUM, FACTS, engine)
    assert isinstance(caught.value, NeedsExamination)
    assert caught.value.evaluated == evaluate(STRATUM, FACTS)
    assert caught.value.inferred != frozenset({"r0", "r2"})
    assert engine.retired == 2


@pytest.mark.parametrize("kind", [DropsARule, LosesAFact, FiresTooMuch, InventsARule, BreaksDown])
def test_certify__engine_wrong_once__asked_again_in_a_fresh_host(kind: type[Tampered]) -> None:
    engine = kind(answers=1)
    assert certify(STRATUM, FACTS, engine) == evaluate(STRATUM, FACTS)
    assert engine.retired == 1


def test_certify__nothing_fires_and_the_engine_breaks_down__refused() -> None:
    with pytest.raises(Disagreement) as caught:
        certify(STRATUM, {}, BreaksDown())
    assert caught.value.inferred is None


def test_certify__fact_of_the_wrong_kind__refused_at_once() -> None:
    engine = Tampered()
    with pytest.raises(EngineInput, match="fact x: True is a bool"):
        certify(STRATUM, {"x": True}, engine)
    assert engine.retired == 0


def test_engine__as_it_is__is_what_certify_asks_for() -> None:
    engine: Infers = Engine()
    assert certify(STRATUM, {}, engine) == evaluate(STRATUM, {})


def certificate(rulebase: str = "cafe", name: str = "screens", **facts: int) -> Certificate:
    known = {**FACTS, **facts}
    return issue(rulebase, known, {name: evaluate(STRATUM, known)})


def test_certificate__one_stratum__says_what_was_checked() -> None:
    issued = certificate()
    assert (issued.rules_checked, issued.strata) == (3, ("screens",))


def test_certificate_digest__known_inference__is_the_hash_of_its_lines() -> None:
    lines = "cafe\nx=1500\ny=1000\n[screens]\nr0: fired\nr1: not fired\nr2: fired"
    assert certificate().digest == hashlib.sha256(lines.encode()).hexdigest()


def test_certificate_digest__facts_in_another_order__is_the_same() -> None:
    traces = {"screens": evaluate(STRATUM, FACTS)}
    assert certificate_digest("cafe", dict(reversed(FACTS.items())), traces) == certificate().digest


def test_certificate_digest__anything_else__is_another() -> None:
    others = [certificate(), certificate("beef"), certificate(name="gaps"), certificate(x=1501), certificate(x=2000)]
    flipped = [trace._replace(outcome=Outcome.UNDETERMINED) for trace in evaluate(STRATUM, FACTS)]
    others.append(issue("cafe", FACTS, {"screens": tuple(flipped)}))
    assert len({issued.digest for issued in others}) == len(others)


def test_certificate_digest__strata_in_another_order__is_another() -> None:
    traces = evaluate(STRATUM, FACTS)
    one, other = {"screens": traces, "gaps": traces}, {"gaps": traces, "screens": traces}
    assert certificate_digest("cafe", FACTS, one) != certificate_digest("cafe", FACTS, other)
