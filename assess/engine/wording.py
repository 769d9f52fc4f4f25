"""Fills the numbers into what rules say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from assess.definitions.numbers import from_thousandths
from assess.definitions.rulebase import PLACEHOLDER, Rulebase
from assess.definitions.scales import written
from assess.definitions.texts import DEFAULT_LANGUAGE, Text
from assess.engine.compiled import Facts

UNKNOWN = "unknown"


def filled(text: Text, rulebase: Rulebase, facts: Facts, parameters: Mapping[str, Decimal], language: str = DEFAULT_LANGUAGE) -> str:
    """Return `text` in `language` with every `{fact}` and `{$parameter}` written on its scale."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith("$"):
            return written(parameters[name[1:]], rulebase.parameters[name[1:]].scale)
        return written_fact(name, rulebase, facts)

    return PLACEHOLDER.sub(value, text.in_language(language))


def written_fact(name: str, rulebase: Rulebase, facts: Facts) -> str:
    """Write a fact's value on its scale, or "unknown"."""
    if name not in facts:
        return UNKNOWN
    return written(from_thousandths(facts[name]), rulebase.facts[name].scale)
