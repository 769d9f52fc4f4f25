"""Cases of single rules: facts with which a rule fires, and a change with which it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, RootModel, StrictBool

from assess.definitions.expansion import filled_in
from assess.definitions.indicators import Frozen
from assess.definitions.misfits import Misfit
from assess.definitions.numbers import ONE, thousandths
from assess.definitions.rulebase import Rule, Rulebase
from assess.definitions.scales import Scale, problem_with
from assess.definitions.subjects import named
from assess.definitions.validation import fit, suggestion
from assess.definitions.yamlfile import Document, read_yaml
from assess.errors import Fault, FaultsFound
from assess.phrases import Phrase


def _no_text(value: Any) -> Any:
    if isinstance(value, (str, bool)):
        raise Misfit(Phrase("must be a number, true, false or null"))
    return value


Value = StrictBool | Annotated[Decimal, BeforeValidator(_no_text)] | None


class AuthoredCase(Frozen):
    """One case as it stands in a file."""

    rule: str
    fires: dict[str, Value] = Field(min_length=1)
    spares: dict[str, Value] = Field(min_length=1)


class _CaseFile(RootModel[tuple[AuthoredCase, ...]]):
    pass


@dataclass(frozen=True, slots=True)
class RuleCase:
    """A case of one rule: both sets of facts in thousandths, and where it stands."""

    rule: Rule
    fires: Mapping[str, int]
    spares: Mapping[str, int]
    file: str
    line: int | None


def read_cases(folder: Path, rulebase: Rulebase) -> tuple[RuleCase, ...]:
    """Read every case file of `folder`. Raises FaultsFound; a rule without a case is a fault too."""
    faults: list[Fault] = []
    cases = [case for path in sorted(folder.glob("*.yaml")) for case in _cases_of(read_yaml(path), rulebase, faults)]
    faults += _rules_without_case(rulebase, cases)
    if faults:
        raise FaultsFound(faults)
    return tuple(cases)


def _cases_of(document: Document, rulebase: Rulebase, faults: list[Fault]) -> Iterator[RuleCase]:
    authored = fit(_CaseFile, document, (), document.data, faults)
    templates: dict[str, list[Rule]] = {}
    for rule in rulebase.rules:
        templates.setdefault(rule.template, []).append(rule)
        if rule.template != rule.id:
            templates.setdefault(rule.id, []).append(rule)
    for index, case in enumerate(authored.root if authored else ()):
        rules = templates.get(case.rule, [])
        if not rules:
            faults.append(document.fault((index,), case.rule, Phrase("rule does not exist"), suggestion(case.rule, templates)))
        for rule in rules:
            yield _case(rule, case, document, index, rulebase, faults)


def _case(rule: Rule, case: AuthoredCase, document: Document, index: int, rulebase: Rulebase, faults: list[Fault]) -> RuleCase:
    fires = filled_in(dict(case.fires), rule.filling)
    spares = fires | filled_in(dict(case.spares), rule.filling)
    read = {condition.fact for condition in rule.conditions}
    for name, value in [*fires.items(), *spares.items()]:
        if problem := _problem(name, value, read, rulebase):
            faults.append(document.fault((index,), named("rule", rule.id), problem, suggestion(name, read)))
    return RuleCase(rule, _facts(fires), _facts(spares), document.file, document.line((index,)))


def _problem(name: str, value: Value, read: Iterable[str], rulebase: Rulebase) -> Phrase | None:
    if name not in read:
        return Phrase("the case gives %(name)s, which the rule does not read", name=name)
    if value is None:
        return None
    scale = rulebase.facts[name].scale
    if isinstance(value, bool) and scale is not Scale.FLAG:
        return Phrase("the case gives %(name)s the value %(value)s, but it is on scale %(scale)s", name=name, value=str(value), scale=scale)
    return None if isinstance(value, bool) else problem_with(value, scale)


def _facts(values: Mapping[str, Value]) -> dict[str, int]:
    return {name: _thousandths(value) for name, value in values.items() if value is not None}


def _thousandths(value: bool | Decimal) -> int:
    return ONE * value if isinstance(value, bool) else thousandths(value)


def _rules_without_case(rulebase: Rulebase, cases: Iterable[RuleCase]) -> Iterator[Fault]:
    """Rules that the loader wrote itself need none."""
    tried = {case.rule.id for case in cases}
    for rule in rulebase.rules:
        if rule.id not in tried and not rule.generated:
            remedy = Phrase("add one to tests/cases/rules/, near its threshold")
            yield Fault(rule.file, rule.line, named("rule", rule.id), Phrase("has no case"), remedy)
