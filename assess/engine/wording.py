"""Fills the numbers into what rules say, in the language of the reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from assess.definitions.numbers import from_thousandths
from assess.definitions.rulebase import PLACEHOLDER, Rulebase
from assess.definitions.scales import Scale, written
from assess.definitions.texts import Text
from assess.definitions.words import ENGLISH, Words, words_of
from assess.engine.compiled import Facts
from assess.phrases import message

UNKNOWN = message("unknown")
_YES, _NO = message("yes"), message("no")


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """What the texts of a rule base are in a language, by the English text; what is missing stays English."""

    words: Words = field(default_factory=lambda: words_of(ENGLISH))
    texts: Mapping[str, str] = field(default_factory=dict)

    def text(self, text: Text) -> str:
        """Return a text, its placeholders as they are; what an author wrote in this language goes before the catalogue."""
        return text.get(self.words.language) or self.texts.get(str(text), str(text))

    def value(self, value: Decimal, scale: Scale) -> str:
        """Write a value as the language does."""
        if scale is Scale.FLAG:
            return self.words.say(_YES) if value else self.words.say(_NO)
        return self.words.number(written(value, scale))


def filled(text: Text, rulebase: Rulebase, facts: Facts, parameters: Mapping[str, Decimal], wording: Wording | None = None) -> str:
    """Return `text` with every `{fact}` and `{$parameter}` written on its scale; in English unless another wording is given."""
    spoken = wording or Wording()

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith("$"):
            return spoken.value(parameters[name[1:]], rulebase.parameters[name[1:]].scale)
        return written_fact(name, rulebase, facts, spoken)

    return PLACEHOLDER.sub(value, spoken.text(text))


def written_fact(name: str, rulebase: Rulebase, facts: Facts, wording: Wording | None = None) -> str:
    """Write a fact's value on its scale, or that it is unknown."""
    spoken = wording or Wording()
    if name not in facts:
        return spoken.words.say(UNKNOWN)
    return spoken.value(from_thousandths(facts[name]), rulebase.facts[name].scale)
