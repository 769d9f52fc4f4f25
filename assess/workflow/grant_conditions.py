"""The conditions of a grant: those that a diagnosis suggests, those written freely, and how a decision keeps them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assess.workflow.refusals import Unfit

LONGEST = 1000
MOST = 20
_RECOMMENDED = "recommended."


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a grant. `suggestion` is its name in the diagnosis, `instrument` the instrument that calls for it.

    Both are none for one written freely, and the instrument also where a finding calls for the condition.
    """

    text: str
    instrument: str | None = None
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Suggested:
    """A condition that a diagnosis suggests, and why."""

    condition: Condition
    because: str


def suggested(document: Mapping[str, Any]) -> tuple[Suggested, ...]:
    """Return the conditions that a diagnosis document suggests, each with the reason of the rule that calls for it."""
    trace = {entry["rule"]: entry for entry in document.get("trace", ())}
    return tuple(_suggested(entry, [trace[rule] for rule in entry["because"] if rule in trace]) for entry in document.get("conditions", ()))


def chosen(document: Mapping[str, Any], names: Sequence[str], own: Sequence[str]) -> tuple[Condition, ...]:
    """Return the suggested conditions of these names, then those written freely. Raises Unfit for what cannot be kept."""
    offered = {one.condition.suggestion: one.condition for one in suggested(document)}
    if not set(names) <= set(offered):
        raise Unfit("Choose the conditions again: this diagnosis does not suggest all of these.")
    found = (*(offered[name] for name in dict.fromkeys(names)), *(_own(text) for text in own))
    if len(found) > MOST:
        raise Unfit("Choose at most %(most)s conditions.", most=MOST)
    return found


def as_text(conditions: Sequence[Condition]) -> str:
    """Write conditions down as JSON."""
    rows = [{"text": one.text, "instrument": one.instrument, "suggestion": one.suggestion} for one in conditions]
    return json.dumps(rows, ensure_ascii=False)


def from_text(text: str) -> tuple[Condition, ...]:
    """Read conditions that were written down as JSON."""
    return tuple(Condition(row["text"], row.get("instrument"), row.get("suggestion")) for row in json.loads(text))


def _own(text: str) -> Condition:
    plain = " ".join(text.split())
    if not 0 < len(plain) <= LONGEST or not plain.isprintable():
        raise Unfit("Write each condition in at most %(most)s characters.", most=LONGEST)
    return Condition(plain)


def _suggested(entry: Mapping[str, Any], rules: Sequence[Mapping[str, Any]]) -> Suggested:
    reasons = " ".join(dict.fromkeys(rule["because"] for rule in rules if rule["because"]))
    return Suggested(Condition(entry["text"], next(_instruments(rules), None), entry["id"]), reasons)


def _instruments(rules: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for rule in rules:
        for test in rule["conditions"]:
            if test["holds"] and test["fact"].startswith(_RECOMMENDED):
                yield test["fact"].removeprefix(_RECOMMENDED)
