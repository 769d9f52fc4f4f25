"""The engine fires what it should, and an answer that breaks one of its conditions never counts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import durable.engine
import durable_rules_engine  # type: ignore[import-not-found, import-untyped, unused-ignore]
import pytest

from assess.engine.compiled import CompiledRule, Operator, Stratum, Test
from assess.engine.inference import Engine, EngineFault, EngineInput, EngineLimit

from .random_rules import make_stratum

STRATUM = make_stratum(("x >= 1000",), ("x >= 1000", "y = 0"), ("z < 5",))


def fired(*rules: tuple[str, ...], **facts: int) -> frozenset[str]:
    return Engine().infer(make_stratum(*rules), facts)


@pytest.mark.parametrize(
    ("test", "value", "fires"),
    [
        ("x >= 1000", 1000, True),
        ("x >= 1000", 999, False),
        ("x > 1000", 1001, True),
        ("x > 1000", 1000, False),
        ("x <= 1000", 1000, True),
        ("x <= 1000", 1001, False),
        ("x < 1000", 999, True),
        ("x < 1000", 1000, False),
        ("x = 1000", 1000, True),
        ("x = 1000", 1001, False),
        ("x < 0", -1, True),
        ("x = 9007199254740992", 9007199254740992, True),
        ("x > 9007199254740991", 9007199254740991, False),
        ("x < -9007199254740991", -9007199254740992, True),
    ],
)
def test_rule__one_test__fires_exactly_when_it_holds(test: str, value: int, fires: bool) -> None:
    assert (fired((test,), x=value) == {"r0"}) is fires


def test_rule__two_tests_of_one_fact__are_asked_of_the_same_fact() -> None:
    rule = ("x >= 2000", "x < 9000")
    assert fired(rule, x=5000) == {"r0"}
    assert fired(rule, x=9000) == set()


def test_rule__fact_unknown__does_not_fire() -> None:
    assert fired(("x >= 0", "y >= 0"), x=1) == set()


def test_rule__no_tests__fires_always() -> None:
    assert fired((), ("x = 1",)) == {"r0"}


def test_rule__repeated_and_contradictory_tests__are_all_asked() -> None:
    assert fired(("x = 5", "x = 5"), ("x = 5", "x < 5"), x=5) == {"r0"}


def test_rules__names_that_mean_something_to_the_engine__are_just_names() -> None:
    rules = tuple(CompiledRule(name, (make(name),)) for name in ("s", "$and", "m_0$not", "sid", "id", '"}', "all"))
    assert Engine().infer(Stratum("$state", rules), dict.fromkeys((rule.id for rule in rules), 1)) == {rule.id for rule in rules}


def make(name: str) -> Test:
    return Test(name, Operator.EQUALS, 1)


def test_runs__one_after_another__leave_nothing_behind() -> None:
    engine = Engine()
    answers = [engine.infer(STRATUM, facts) for facts in ({"x": 1000, "y": 0}, {}, {"z": 4}, {"x": 1000, "y": 1})]
    assert answers == [{"r0", "r1"}, frozenset(), {"r2"}, {"r0"}]


def test_engine__asked__starts_no_thread() -> None:
    before = threading.active_count()
    Engine().infer(STRATUM, {"x": 1})
    assert threading.active_count() == before


@pytest.mark.parametrize(
    ("facts", "complaint"),
    [
        ({"x": True}, "fact x: True is a bool"),
        ({"x": 1.0}, "fact x: 1.0 is a float"),
        ({"x": "1"}, "fact x: '1' is a str"),
        ({"x": None}, "fact x: None is a NoneType; give whole thousandths as int, leave unknown facts out"),
        ({"x": 2**53 + 1}, r"fact x: 9007199254740993 is beyond ±2\^53"),
        ({"x": -(2**53) - 1}, r"is beyond ±2\^53"),
        ({"grösse": 1}, "fact 'grösse': a fact's name must be ASCII text"),
        ({"": 1}, "fact '': a fact's name must be ASCII text"),
    ],
)
def test_facts__of_a_kind_the_engine_misreads__are_refused(facts: dict[str, Any], complaint: str) -> None:
    with pytest.raises(EngineInput, match=complaint):
        Engine().infer(STRATUM, facts)


@pytest.mark.parametrize(("fact", "threshold"), [("x", 1.5), ("x", True), ("x", 2**60), ("größe", 1)])
def test_rules__of_a_kind_the_engine_misreads__are_refused(fact: str, threshold: Any) -> None:
    rule = CompiledRule("r", (Test(fact, Operator.AT_LEAST, threshold),))
    with pytest.raises(EngineInput):
        Engine().infer(Stratum("s", (rule,)), {})


def test_rules__two_with_one_id__are_refused() -> None:
    twice = Stratum("gaps", STRATUM.rules[:1] * 2)
    with pytest.raises(EngineInput, match="stratum gaps: rule r0 stands there 2 times; keep one"):
        Engine().infer(twice, {})


class _Planted(list[int]):
    """The list in which rules enter themselves when they fire, with something wrong with it."""

    def __init__(self, enter: Callable[[list[int], int], None]) -> None:
        super().__init__()
        self.enter = enter

    def append(self, position: int) -> None:
        self.enter(self, position)


def _fail(_: list[int], position: int) -> None:
    if position >= 0:
        raise SystemExit("out of an action")
    list.__iadd__(_, [position])


def session_of(engine: Engine, stratum: Stratum) -> Any:
    engine.infer(stratum, {})
    (session,) = engine._sessions[engine._digest(stratum)]
    return session


@pytest.mark.parametrize(
    ("enter", "complaint"),
    [
        (_fail, "an action failed inside the engine: .*out of an action"),
        (lambda fired, position: fired.extend([position, position]), "a rule fired twice"),
        (lambda fired, position: fired.insert(0, position), "the sentinel rule did not fire first"),
    ],
    ids=["exception in an action", "rule fired twice", "rule before the sentinel"],
)
def test_run__condition_broken__is_a_fault_and_the_host_is_gone(enter: Callable[[list[int], int], None], complaint: str) -> None:
    engine = Engine()
    session_of(engine, STRATUM).fired = _Planted(enter)
    with pytest.raises(EngineFault, match=complaint):
        engine.infer(STRATUM, {"x": 1000})
    assert not engine._sessions
    assert engine.infer(STRATUM, {"x": 1000}) == {"r0"}


def test_run__fact_that_the_engine_never_stored__is_a_fault() -> None:
    engine = Engine()
    session = session_of(engine, STRATUM)
    session.host.assert_fact = lambda name, fact: None if "n1" in fact else durable.engine.Host.assert_fact(session.host, name, fact)
    with pytest.raises(EngineFault, match="the engine took 3 facts and holds 2"):
        engine.infer(STRATUM, {"x": 1000, "y": 0})


def test_run__sentinel_that_cannot_fire__is_a_fault_and_not_a_crash() -> None:
    engine = Engine()
    session = session_of(engine, STRATUM)
    session.host.assert_fact = lambda *_: (_ for _ in ()).throw(durable.engine.MessageObservedException({}))
    with pytest.raises(EngineFault, match="stratum gaps: the engine broke off: Message has already been observed"):
        engine.infer(STRATUM, {"x": 1000})
    assert not engine._sessions


def test_run__two_facts_with_one_hash__is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine()
    session_of(engine, STRATUM)
    monkeypatch.setattr("assess.engine.inference.fact_id", {"n0": "costarring", "n1": "liquid", "n2": "z"}.__getitem__)
    with pytest.raises(EngineFault, match="already been observed"):
        engine.infer(STRATUM, {"x": 1000, "y": 0})


def test_run__interrupted__passes_the_interruption_on_and_retires_the_host() -> None:
    class Interrupting(dict[str, int]):
        def __getitem__(self, name: str) -> int:
            raise KeyboardInterrupt

    engine = Engine()
    with pytest.raises(KeyboardInterrupt):
        engine.infer(STRATUM, Interrupting(x=1000))
    assert not engine._sessions
    assert engine.infer(STRATUM, {"x": 1000}) == {"r0"}


def test_run__clock_of_the_engine__does_not_run_out() -> None:
    assert durable.engine._unix_now() == durable.engine._unix_now()


def test_hosts__one_stratum_twice__are_shared() -> None:
    engine = Engine()
    first = session_of(engine, STRATUM)
    assert session_of(engine, Stratum(STRATUM.name, tuple(STRATUM.rules))) is first


def test_hosts__other_rules_under_the_same_names__are_not_shared() -> None:
    engine = Engine()
    assert [engine.infer(make_stratum((f"x >= {threshold}",)), {"x": 5}) for threshold in (5, 6)] == [{"r0"}, frozenset()]


def handle_of(session: Any) -> int:
    handle = session.host.get_ruleset("r")._handle
    assert isinstance(handle, int)
    return handle


def holds(handle: int) -> bool:
    """True if the C code still has a ruleset under this handle."""
    try:
        durable_rules_engine.get_state(handle, "no such state")
    except Exception as error:
        return "error code: 112" not in str(error) and "error code: 111" not in str(error)
    return True


def _evict(engine: Engine) -> None:
    engine.infer(make_stratum(("other = 1",)), {})


def _retire(engine: Engine) -> None:
    engine.retire(STRATUM)


@pytest.mark.parametrize("give_up", [_evict, _retire])
def test_hosts__given_up__are_freed_in_the_c_code(give_up: Callable[[Engine], None]) -> None:
    engine = Engine(capacity=1)
    handle = handle_of(session_of(engine, STRATUM))
    assert holds(handle)
    give_up(engine)
    assert not holds(handle)


def test_hosts__used_last__stay() -> None:
    engine = Engine(capacity=2)
    first = session_of(engine, STRATUM)
    engine.infer(make_stratum(("a = 1",)), {})
    engine.infer(STRATUM, {})
    engine.infer(make_stratum(("b = 1",)), {})
    assert session_of(engine, STRATUM) is first


def test_limit__error_in_the_rules__leaves_the_engine_usable() -> None:
    engine = Engine()
    with pytest.raises(EngineLimit):
        engine.infer(make_stratum(tuple(f"x{number} = 1" for number in range(13))), {})
    assert engine.infer(STRATUM, {"x": 1000}) == {"r0"}
