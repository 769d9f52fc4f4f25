"""Cuts a stratum into rulesets that durable_rules can hold without losing a fact or a rule.

Every limit here lies below one in the C code of durable_rules 2.0.28 (rete.c, events.c, state.c), where going over it gives an
error, a wrong answer or an endless loop. In its network a test is a node: the tests of one pattern form a chain of nodes, and
patterns that begin alike share them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from assess.engine.compiled import CompiledRule, Operator, Stratum
from assess.errors import AssessError
from assess.phrases import Phrase

TESTS_OF_ONE_NAME = 60  # the stack of matched tests holds 64 (MAX_STACK_SIZE)
PATTERNS_OF_ONE_RULE = 12  # a match holds 16 facts (MAX_MESSAGE_FRAMES)
RULES_ON_ONE_TEST = 200  # a test leads to at most 256 rules (BETA_LIST_LENGTH), read one past the end when full
NAMES = 400  # the first level has 512 places (NEXT_BUCKET_LENGTH); when full, a search in it never ends
RULES_OF_ONE_RULESET = 1000  # 4096 actions (MAX_ACTIONS); fewer keep the state of a run small
LARGEST = 2**53

SID = "0"
SENTINEL_KEY, SENTINEL_ID, SENTINEL_RULE = "s", "s", "s"
RESERVED_IDS = ("sid-" + SID, "$pulse")
RESERVED_KEYS = (
    *("id", "sid", "name", "$s", "$m", "$i", "$l", "$r", "$time", "$timerName", "$baseTime", "$forward", "$and", "$or", "$eq", "$neq"),
    *("$lt", "$lte", "$gt", "$gte", "$ex", "$nex", "$mt", "$imt", "$iall", "$iany", "$add", "$sub", "$mul", "$div"),
)

_KEYWORDS = {
    Operator.AT_LEAST: "$gte",
    Operator.ABOVE: "$gt",
    Operator.AT_MOST: "$lte",
    Operator.BELOW: "$lt",
}
"""The engine's words. Equality has none: it is written as a plain pair."""

Comparison = tuple[Operator, int]
Pattern = tuple[str, tuple[Comparison, ...]]
"""A fact's name and everything one rule asks of it: two patterns of one rule can never meet the same fact."""


class EngineError(AssessError):
    """The engine could not be asked, or its answer cannot be used."""


class EngineLimit(EngineError):
    """A stratum is larger than the engine can hold."""


class EngineInput(EngineError):
    """A rule or a fact is of a kind that the engine compares wrongly."""


@dataclass(frozen=True)
class Ruleset:
    """What one engine host holds: rule ids by position, the key of each fact, and the engine's own notation."""

    rule_ids: tuple[str, ...]
    keys: dict[str, str]
    definition: dict[str, dict[str, object]]


@dataclass
class _Load:
    """How full a ruleset is while rules are put into it."""

    rules: list[tuple[str, tuple[Pattern, ...]]] = field(default_factory=list)
    nodes: defaultdict[str, set[tuple[Comparison, ...]]] = field(default_factory=lambda: defaultdict(set))
    rules_on: Counter[tuple[str, tuple[Comparison, ...]]] = field(default_factory=Counter)
    first_tests: int = 0

    def holds(self, patterns: tuple[Pattern, ...]) -> bool:
        """True if the ruleset stays inside every limit with one more rule of these patterns."""
        new = {node for pattern in patterns for node in _chain(pattern) if node[1] not in self.nodes[node[0]]}
        names = Counter(name for name, _ in new)
        return (
            len(self.rules) < RULES_OF_ONE_RULESET
            and self.first_tests + sum(len(chain) == 1 for _, chain in new) <= NAMES
            and all(len(self.nodes[name]) + count <= TESTS_OF_ONE_NAME for name, count in names.items())
            and all(self.rules_on[node] < RULES_ON_ONE_TEST for pattern in patterns for node in _chain(pattern))
            and (bool(patterns) or self.rules_on["", ()] < RULES_ON_ONE_TEST)
        )

    def add(self, rule_id: str, patterns: tuple[Pattern, ...]) -> None:
        self.rules.append((rule_id, patterns))
        if not patterns:
            self.rules_on["", ()] += 1
        for pattern in patterns:
            for name, chain in _chain(pattern):
                self.first_tests += len(chain) == 1 and chain not in self.nodes[name]
                self.nodes[name].add(chain)
                self.rules_on[name, chain] += 1


def rulesets(stratum: Stratum) -> tuple[Ruleset, ...]:
    """The stratum as rulesets inside the limits, in the order of its rules; rules of one stratum do not depend on each other.

    Raises EngineLimit where cutting cannot help, EngineInput for a rule the engine would misread.
    """
    _check_rules(stratum)
    loads: list[_Load] = []
    for rule in stratum.rules:
        patterns = _patterns(rule)
        load = next((candidate for candidate in loads if candidate.holds(patterns)), None)
        if load is None:
            load = _Load()
            loads.append(load)
        load.add(rule.id, patterns)
    return tuple(_ruleset(load) for load in loads)


def check_number(name: str, number: object) -> None:
    """Raises EngineInput unless the number is a plain int that survives the engine's arithmetic."""
    if not isinstance(name, str) or not name or not name.isascii():
        raise EngineInput(Phrase("fact %(name)s: a fact's name must be ASCII text; rename it", name=repr(name)))
    if type(number) is not int:
        problem = Phrase(
            "fact %(name)s: %(number)s is a %(type)s; give whole thousandths as int, leave unknown facts out",
            name=name,
            number=repr(number),
            type=type(number).__name__,
        )
        raise EngineInput(problem)
    if not -LARGEST <= number <= LARGEST:
        raise EngineInput(
            Phrase("fact %(name)s: %(number)s is beyond ±2^53; give thousandths of a sensible unit", name=name, number=str(number))
        )


def fnv1a(text: str) -> int:
    """The 32-bit hash by which the C code tells facts, states and keys apart (fnv1Hash32 in state.c)."""
    number = 0x811C9DC5
    for byte in text.encode("ascii"):
        number = (number ^ byte) * 16777619 & 0xFFFFFFFF
    return number


def prove_distinct(texts: Iterable[str]) -> None:
    """Raises EngineLimit if two texts share a hash: the engine would take them for one."""
    seen: dict[int, str] = {}
    for text in texts:
        number = fnv1a(text)
        if number in seen:
            problem = Phrase(
                "%(one)s and %(other)s have the same 32-bit hash; the engine would take them for one",
                one=Phrase.quoted(seen[number]),
                other=Phrase.quoted(text),
            )
            raise EngineLimit(problem)
        seen[number] = text


def _check_rules(stratum: Stratum) -> None:
    ids = Counter(rule.id for rule in stratum.rules)
    if repeated := [rule_id for rule_id, count in ids.items() if count > 1]:
        problem = Phrase(
            "stratum %(stratum)s: rule %(rule)s stands there %(times)s times; keep one",
            stratum=stratum.name,
            rule=repeated[0],
            times=ids[repeated[0]],
        )
        raise EngineInput(problem)
    tests: defaultdict[str, set[Comparison]] = defaultdict(set)
    for rule in stratum.rules:
        for test in rule.tests:
            check_number(test.fact, test.threshold)
            tests[test.fact].add((Operator(test.operator), test.threshold))
        _check_patterns(stratum, rule)
    if len(tests) > NAMES:
        problem = Phrase(
            "stratum %(stratum)s: its rules read %(facts)s facts, the limit is %(limit)s; divide the stratum",
            stratum=stratum.name,
            facts=len(tests),
            limit=NAMES,
        )
        raise EngineLimit(problem)
    for name, comparisons in tests.items():
        if len(comparisons) > TESTS_OF_ONE_NAME:
            problem = Phrase(
                "stratum %(stratum)s: %(name)s is compared in %(ways)s ways, the limit is %(limit)s; use fewer thresholds",
                stratum=stratum.name,
                name=name,
                ways=len(comparisons),
                limit=TESTS_OF_ONE_NAME,
            )
            raise EngineLimit(problem)


def _check_patterns(stratum: Stratum, rule: CompiledRule) -> None:
    facts = len({test.fact for test in rule.tests})
    if facts > PATTERNS_OF_ONE_RULE:
        problem = Phrase(
            "stratum %(stratum)s, rule %(rule)s: it reads %(facts)s facts, the limit is %(limit)s; "
            "conclude a part of it in a lower stratum",
            stratum=stratum.name,
            rule=rule.id,
            facts=facts,
            limit=PATTERNS_OF_ONE_RULE,
        )
        raise EngineLimit(problem)


def _patterns(rule: CompiledRule) -> tuple[Pattern, ...]:
    tests = sorted({(test.fact, Operator(test.operator), test.threshold) for test in rule.tests})
    return tuple(
        (name, tuple((operator, threshold) for _, operator, threshold in group)) for name, group in groupby(tests, lambda test: test[0])
    )


def _chain(pattern: Pattern) -> list[tuple[str, tuple[Comparison, ...]]]:
    name, comparisons = pattern
    return [(name, comparisons[:length]) for length in range(1, len(comparisons) + 1)]


def _ruleset(load: _Load) -> Ruleset:
    names = sorted({name for _, patterns in load.rules for name, _ in patterns})
    keys = {name: f"n{position}" for position, name in enumerate(names)}
    prove_distinct([*keys.values(), SENTINEL_KEY, *RESERVED_KEYS])
    prove_distinct([*map(fact_id, keys.values()), SENTINEL_ID, *RESERVED_IDS])
    definition: dict[str, dict[str, object]] = {SENTINEL_RULE: _conjunction([{SENTINEL_KEY: 1}])}
    for position, (_, patterns) in enumerate(load.rules):
        asked = [_expression(keys[name], comparisons) for name, comparisons in patterns]
        definition[f"r{position}"] = _conjunction(asked or [{SENTINEL_KEY: 1}])
    return Ruleset(tuple(rule_id for rule_id, _ in load.rules), keys, definition)


def fact_id(key: str) -> str:
    """The explicit id of the fact with this key; without one the engine makes up its own."""
    return "f" + key


def _conjunction(expressions: list[dict[str, object]]) -> dict[str, object]:
    return {"all": [{f"m_{position}": expression} for position, expression in enumerate(expressions)]}


def _expression(key: str, comparisons: tuple[Comparison, ...]) -> dict[str, object]:
    parts = [_comparison(key, operator, threshold) for operator, threshold in comparisons]
    return parts[0] if len(parts) == 1 else {"$and": parts}


def _comparison(key: str, operator: Operator, threshold: int) -> dict[str, object]:
    keyword = _KEYWORDS.get(operator)
    return {keyword: {key: threshold}} if keyword else {key: threshold}
