"""Compiles a rule base into strata of whole-number tests, for a given year's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from assess.definitions.conditions import Condition
from assess.definitions.numbers import thousandths
from assess.definitions.rulebase import Rule, Rulebase
from assess.definitions.rules import StratumName
from assess.engine.compiled import CompiledRule, Operator, Stratum, Test


@dataclass(frozen=True)
class CompiledRulebase:
    """The strata of a rule base in their order, and the parameters they were compiled with."""

    strata: Mapping[StratumName, Stratum]
    parameters: Mapping[str, Decimal]


def compile_rulebase(rulebase: Rulebase, year: int) -> CompiledRulebase:
    """Compile every stratum with the parameters in force in `year`. Kept for the rule bases used last."""
    return _compiled(_Key(rulebase, year))


@dataclass(frozen=True, slots=True)
class _Key:
    """Makes a rule base and year findable by digest, without hashing the whole."""

    rulebase: Rulebase
    year: int

    def __hash__(self) -> int:
        return hash((self.rulebase.digest, self.year))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and (self.rulebase.digest, self.year) == (other.rulebase.digest, other.year)


@lru_cache(maxsize=16)
def _compiled(key: _Key) -> CompiledRulebase:
    parameters = {name: parameter.at(key.year) for name, parameter in key.rulebase.parameters.items()}
    strata: dict[StratumName, Stratum] = {
        stratum: Stratum(stratum.name.lower(), tuple(compile_rule(rule, parameters) for rule in key.rulebase.in_stratum(stratum)))
        for stratum in StratumName
        if stratum is not StratumName.GIVEN
    }
    return CompiledRulebase(strata, parameters)


def compile_rule(rule: Rule, parameters: Mapping[str, Decimal]) -> CompiledRule:
    """Turn a rule's conditions, and the denials of its `unless`, into tests."""
    return CompiledRule(rule.id, tuple(_test(condition, parameters) for condition in rule.conditions))


def _test(condition: Condition, parameters: Mapping[str, Decimal]) -> Test:
    threshold = parameters[condition.parameter] if condition.parameter else Decimal(condition.threshold)
    return Test(condition.fact, Operator(condition.operator), thousandths(threshold))
