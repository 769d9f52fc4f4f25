"""Infers which rules of a stratum fire, through durable_rules; the only module that knows it.

What durable_rules 2.0.28 does wrong is kept out here: no threads, one fact at a time, one state under a lock, a clock that cannot
run out, and no run counts before four checks have passed. What it may be given is decided in envelope.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from weakref import finalize

import durable.engine  # type: ignore[import-untyped, unused-ignore]
import durable_rules_engine  # type: ignore[import-not-found, import-untyped, unused-ignore]

from assess.engine.compiled import Facts, Stratum
from assess.engine.envelope import (
    SENTINEL_ID,
    SENTINEL_KEY,
    SENTINEL_RULE,
    SID,
    EngineError,
    EngineInput,
    EngineLimit,
    Ruleset,
    check_number,
    fact_id,
    rulesets,
)
from assess.phrases import Phrase

__all__ = ["Engine", "EngineError", "EngineFault", "EngineInput", "EngineLimit"]

_NAME = "r"
_SENTINEL = -1
_LOCK = Lock()  # every host has one state, and the C code keeps its hosts in one table
os.register_at_fork(before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release)


def _standing_clock() -> float:
    """The engine drops the rest of its actions when ten seconds pass inside one; on this clock none ever do."""
    return 0.0


durable.engine._unix_now = _standing_clock


class EngineFault(EngineError):
    """A run broke one of the conditions under which its answer may be believed."""


class _SilentHost(durable.engine.Host):  # type: ignore[misc]
    """A host without the two polling threads."""

    def _run(self) -> None:
        pass


class _Session:
    """One ruleset in one host, asked again and again. The C code frees a ruleset only when told to: close() does, or the collector."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.fired: list[int] = []
        definition = {name: {**rule, "run": self._action(name)} for name, rule in ruleset.definition.items()}
        self.host = _SilentHost()
        self.host.register_rulesets({_NAME: definition})
        self.close = finalize(self, durable_rules_engine.delete_ruleset, self.host.get_ruleset(_NAME)._handle)

    def _action(self, name: str) -> Callable[[object], None]:
        position = _SENTINEL if name == SENTINEL_RULE else int(name[1:])
        return lambda _: self.fired.append(position)

    def run(self, facts: Facts) -> frozenset[str]:
        """Ids of the fired rules. Any exception leaves the session unfit for another run."""
        self.fired.clear()
        try:
            handled = int(self._assert(SENTINEL_ID, SENTINEL_KEY, 1))
            for name, key in self.ruleset.keys.items():
                if name in facts:
                    handled += self._assert(fact_id(key), key, facts[name])
            self._accept(handled)
            return frozenset(self.ruleset.rule_ids[position] for position in self.fired[1:])
        finally:
            if _SENTINEL in self.fired:  # before an action has run, deleting the state frees memory that was never set
                self.host.delete_state(_NAME, SID)

    def _assert(self, identity: str, key: str, value: int) -> bool:
        """True if some rule took up the fact; a fact that no rule wants is not kept by the engine."""
        try:
            self.host.assert_fact(_NAME, {"id": identity, "sid": SID, key: value})
        except durable.engine.MessageNotHandledException:
            return False
        return True

    def _accept(self, handled: int) -> None:
        exception = self.host.get_state(_NAME, SID).get("exception")
        stored = len(self.host.get_facts(_NAME, SID))
        if exception is not None:
            raise EngineFault(Phrase("an action failed inside the engine: %(error)s", error=str(exception)))
        if stored != handled:
            raise EngineFault(Phrase("the engine took %(handled)s facts and holds %(stored)s", handled=handled, stored=stored))
        if not self.fired or self.fired[0] != _SENTINEL:
            raise EngineFault(Phrase("the sentinel rule did not fire first"))
        if len(set(self.fired)) != len(self.fired):
            raise EngineFault(Phrase("a rule fired twice"))


class Engine:
    """Fired rules per stratum. Hosts are kept for the strata used last; safe to share between threads and across a fork."""

    def __init__(self, capacity: int = 64) -> None:
        self._capacity = capacity
        self._sessions: OrderedDict[str, tuple[_Session, ...]] = OrderedDict()
        self._digests: dict[int, tuple[Stratum, str]] = {}

    def infer(self, stratum: Stratum, facts: Facts) -> frozenset[str]:
        """Ids of the rules of the stratum that fire on the known facts.

        Raises EngineInput or EngineLimit for what cannot be asked, EngineFault when the answer cannot be believed; the host that
        gave it is then gone.
        """
        for name, number in facts.items():
            check_number(name, number)
        with _LOCK:
            digest = self._digest(stratum)
            sessions = self._ready(digest, stratum)
            try:
                return frozenset().union(*(session.run(facts) for session in sessions))
            except EngineFault:
                self._evict(digest)
                raise
            except Exception as error:
                self._evict(digest)
                reason = _reason(error)
                raise EngineFault(
                    Phrase("stratum %(stratum)s: the engine broke off: %(reason)s", stratum=stratum.name, reason=reason)
                ) from error
            except BaseException:
                self._evict(digest)
                raise

    def retire(self, stratum: Stratum) -> None:
        """Drops the host of the stratum; the next inference builds a fresh one."""
        with _LOCK:
            self._evict(self._digest(stratum))

    def _ready(self, digest: str, stratum: Stratum) -> tuple[_Session, ...]:
        if digest not in self._sessions:
            self._sessions[digest] = tuple(map(_Session, rulesets(stratum)))
        self._sessions.move_to_end(digest)
        while len(self._sessions) > self._capacity:
            self._evict(next(iter(self._sessions)))
        return self._sessions[digest]

    def _evict(self, digest: str) -> None:
        for session in self._sessions.pop(digest, ()):
            session.close()

    def _digest(self, stratum: Stratum) -> str:
        """Hashing 200 rules costs a good part of a run, so the answer is kept with the object it was computed from."""
        known = self._digests.get(id(stratum))
        if known is None:
            if len(self._digests) >= 4 * self._capacity:
                self._digests.clear()
            known = self._digests[id(stratum)] = (stratum, _stratum_digest(stratum))
        return known[1]


def _stratum_digest(stratum: Stratum) -> str:
    content = [[rule.id, [[test.fact, test.operator, test.threshold] for test in rule.tests]] for rule in stratum.rules]
    return hashlib.sha256(json.dumps([stratum.name, content], default=repr).encode()).hexdigest()


def _reason(error: Exception) -> str:
    return str(getattr(error, "message", "")) or str(error) or type(error).__name__
