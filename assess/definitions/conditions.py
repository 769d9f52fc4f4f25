"""Conditions as authors write them: `structure.sme_share >= $most_firms`, `stage.growing`, `not stage.growing`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assess.definitions.misfits import Misfit
from assess.phrases import Phrase

_NAME = r"[a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)*"
_COMPARISON = re.compile(rf"({_NAME})\s*(>=|<=|>|<|=)\s*(\$[a-z][a-z0-9_]*|[01])\Z")
_BARE = re.compile(rf"(not\s+)?({_NAME})\Z")
_OPPOSITE = {">=": "<", "<": ">=", ">": "<=", "<=": ">"}

TRUE, FALSE = "1", "0"


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a fact with a parameter (`$name`), or with 1 or 0."""

    fact: str
    operator: str
    threshold: str

    @property
    def parameter(self) -> str | None:
        """The name of the parameter that is the threshold, if one is."""
        return self.threshold[1:] if self.threshold.startswith("$") else None

    @property
    def is_bare(self) -> bool:
        """Whether it was written as a name alone, or its denial: the form for conclusions and flags."""
        return self.operator == "=" and self.parameter is None

    def denied(self) -> Condition:
        """Return the condition that holds exactly when this one is known to fail."""
        if self.is_bare:
            return Condition(self.fact, "=", FALSE if self.threshold == TRUE else TRUE)
        return Condition(self.fact, _OPPOSITE[self.operator], self.threshold)

    def __str__(self) -> str:
        if self.is_bare:
            return self.fact if self.threshold == TRUE else f"not {self.fact}"
        return f"{self.fact} {self.operator} {self.threshold}"


def parse_condition(text: str) -> Condition:
    """Read one condition. Raises Misfit with a sentence for its author."""
    text = " ".join(text.split())
    if match := _BARE.match(text):
        return Condition(match[2], "=", FALSE if match[1] else TRUE)
    if match := _COMPARISON.match(text):
        return Condition(match[1], match[2], match[3])
    if re.search(r"[0-9.]+\Z", text):
        problem = Phrase(
            "condition %(condition)s compares with a bare number; declare it under parameters, with its reason, and write $name",
            condition=Phrase.quoted(text),
        )
    else:
        problem = Phrase(
            "condition %(condition)s cannot be read; write `name >= $parameter`, `conclusion` or `not conclusion`",
            condition=Phrase.quoted(text),
        )
    raise Misfit(problem)
