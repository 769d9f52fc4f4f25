"""Says how a stored diagnosis would come out by another rule base, and which rules are the first to make the difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assess.definitions.differences import says_the_same
from assess.definitions.rulebase import Rulebase
from assess.engine.certificate import Infers
from assess.engine.diagnosis import Diagnosis
from assess.engine.evaluation import Outcome
from assess.engine.what_if import Flip, diagnosed_again, flips, measures_of, rediagnosed


@dataclass(frozen=True, slots=True)
class Impact:
    """What would come out otherwise; no flips: the diagnosis would say the same."""

    flips: tuple[Flip, ...]
    rules: tuple[str, ...]
    """The rules that are first responsible, in the order in which they are inferred."""


def impact(document: Mapping[str, Any], old: Rulebase, new: Rulebase, engine: Infers) -> Impact:
    """Infer a stored diagnosis from its own measures by the rule base it was made with and by another, and compare.

    Raises AssessError for an `old` rule base other than the document's, NeedsExamination as inference does.
    """
    before = diagnosed_again(document, old, engine)
    after = rediagnosed(document, measures_of(document), new, engine)
    found = tuple(flips(before, after))
    return Impact(found, first_responsible(before, after) if found else ())


def first_responsible(before: Diagnosis, after: Diagnosis) -> tuple[str, ...]:
    """Return the rules that were added, removed or changed and fired on one side at least, or came out otherwise.

    Where there is none (a derived fact or a factor was changed), return the rules of the lowest stratum that came out otherwise.
    """
    differing = [name for name in _all_rules(before, after) if _outcome(before, name) is not _outcome(after, name)]
    causes = [name for name in _all_rules(before, after) if _changed(before, after, name) and _mattered(before, after, name)]
    if causes or not differing:
        return tuple(causes)
    lowest = min(_stratum(before, after, name) for name in differing)
    return tuple(name for name in differing if _stratum(before, after, name) == lowest)


def _all_rules(before: Diagnosis, after: Diagnosis) -> Iterable[str]:
    names = dict.fromkeys((*before.rulebase.rules_by_id, *after.rulebase.rules_by_id))
    return sorted(names, key=lambda name: _stratum(before, after, name))


def _stratum(before: Diagnosis, after: Diagnosis, name: str) -> int:
    rule = after.rulebase.rules_by_id.get(name) or before.rulebase.rules_by_id[name]
    return rule.stratum.value


def _outcome(diagnosis: Diagnosis, name: str) -> Outcome | None:
    trace = diagnosis.inferred.traces.get(name)
    return None if trace is None else trace.outcome


def _changed(before: Diagnosis, after: Diagnosis, name: str) -> bool:
    """Whether a rule asks or says something else: also where only a threshold it names has another value."""
    old, new = before.rulebase.rules_by_id.get(name), after.rulebase.rules_by_id.get(name)
    if old is None or new is None or not says_the_same(old, new):
        return True
    return before.inferred.traces[name].compiled.tests != after.inferred.traces[name].compiled.tests


def _mattered(before: Diagnosis, after: Diagnosis, name: str) -> bool:
    outcomes = {_outcome(before, name), _outcome(after, name)}
    return Outcome.FIRED in outcomes or len(outcomes - {None}) > 1
