"""Rules as the inference engine takes them: whole-number tests on named facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Facts = Mapping[str, int]
"""Known facts only, in thousandths (a conclusion is 1000 when it holds, 0 when it is known not to). Unknown facts are absent."""


class Operator(StrEnum):
    """The comparisons a test may make."""

    AT_LEAST = ">="
    ABOVE = ">"
    AT_MOST = "<="
    BELOW = "<"
    EQUALS = "="


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison of a fact with a threshold in thousandths."""

    __test__ = False  # not a test case, whatever its name

    fact: str
    operator: Operator
    threshold: int


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A conjunction of tests; several tests may name the same fact."""

    id: str
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Stratum:
    """Rules that may be inferred together, because none reads what another of them concludes."""

    name: str
    rules: tuple[CompiledRule, ...]
