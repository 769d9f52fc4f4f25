"""Checks questionnaires against the indicators they feed, and looks for questions that are hard to answer well."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from assess.definitions.expressions import allows
from assess.definitions.indicators import Indicator
from assess.definitions.questionnaire_checks import FIVE_POINTS, number_of
from assess.definitions.questionnaires import Item, ItemType, MemberKind, Questionnaire, ScoreRule, load_questionnaire
from assess.definitions.scales import Scale, problem_with
from assess.definitions.validation import suggestion
from assess.errors import Fault, FaultsFound

MAX_LABEL = 160
_TWO_THINGS = re.compile(r"\b(and|or)\b|\w/\w", re.IGNORECASE)
_ANY_DAY = date(2000, 1, 1)
_FRACTIONS = (Scale.SHARE, Scale.RATE)
_BOUNDED_ABOVE = (Scale.LIKERT, Scale.SHARE)
_PERCENT = Decimal(100)


def faults_against(questionnaire: Questionnaire, indicators: Mapping[str, Indicator]) -> tuple[Fault, ...]:
    """Return every item that feeds an indicator that does not exist, is not the respondent's to state, or stands on another scale."""
    return tuple(
        Fault(questionnaire.file, item.line(key), item.name, problem, remedy)
        for item in questionnaire.items
        if item.indicator is not None
        for key, problem, remedy in _indicator_problems(item, questionnaire, indicators)
    )


def warnings(questionnaire: Questionnaire) -> tuple[Fault, ...]:
    """Return what is allowed but makes answers worse: long or double-barrelled labels, numbers without limits, lists nobody uses."""
    return (
        *questionnaire.notes,
        *_unused_lists(questionnaire),
        *(warning for item in questionnaire.items for warning in _doubts(item, questionnaire)),
    )


def unfed(indicators: Mapping[str, Indicator], questionnaires: Iterable[Questionnaire]) -> tuple[str, ...]:
    """Return the ids of the indicators that no item of a questionnaire with a permitted respondent feeds, in order."""
    fed = {
        item.indicator
        for questionnaire in questionnaires
        for item in questionnaire.items
        if item.indicator and item.indicator in indicators and questionnaire.respondent in indicators[item.indicator].origins
    }
    return tuple(id_ for id_ in indicators if id_ not in fed)


def factors_without_items(
    factors: Mapping[str, Collection[str]], indicators: Mapping[str, Indicator], questionnaires: Iterable[Questionnaire]
) -> tuple[str, ...]:
    """Return the success factors none of whose indicators is fed; `factors` maps each to its indicators' ids."""
    missing = set(unfed(indicators, questionnaires))
    return tuple(factor for factor, ids in factors.items() if all(id_ in missing or id_ not in indicators for id_ in ids))


def _indicator_problems(item: Item, questionnaire: Questionnaire, indicators: Mapping[str, Indicator]) -> Iterator[tuple[str, str, str]]:
    name = item.indicator or ""
    indicator = indicators.get(name)
    if indicator is None:
        yield "indicator", f"indicator {name} does not exist", suggestion(name, indicators) or "see rules/…/indicators.yaml"
        return
    if questionnaire.respondent not in indicator.origins:
        origins = ", ".join(indicator.origins)
        yield "indicator", f"{name} is stated by {origins}, not by {questionnaire.respondent}", "move the item, or name another indicator"
    scale_problem = _scale_problem(item, indicator)
    if scale_problem is not None:
        key = "constraint" if "constraint" in scale_problem[1] else "score"
        yield key, f"does not fit {name} ({indicator.scale.value}): {scale_problem[0]}", scale_problem[1]


def _scale_problem(item: Item, indicator: Indicator) -> tuple[str, str] | None:
    """Return why a value of the item cannot stand on the indicator's scale, and the remedy."""
    scale = indicator.scale
    if item.score.rule is ScoreRule.PERCENT and scale not in _FRACTIONS:
        return "score percent is for shares and rates", "use score: direct"
    if item.type.is_number:
        return _number_problem(item, scale)
    for value in _values(item):
        problem = problem_with(value, scale)
        if problem is not None:
            return f"the value {problem}", "use another score or another choice list"
    return None


def _values(item: Item) -> tuple[Decimal, ...]:
    """Return every value that a choice item can give; none where it cannot be told before someone answers."""
    numbers = [number for number in map(number_of, item.codes) if number is not None]
    match item.score.rule:
        case ScoreRule.TABLE:
            return tuple(value for _, value in item.score.table)
        case ScoreRule.FLAG:
            return Decimal(0), Decimal(1)
        case ScoreRule.COUNT:
            return tuple(Decimal(count) for count in range(len(item.choices) + 1))
        case ScoreRule.REVERSED:
            return tuple(6 - number for number in numbers)
        case ScoreRule.PERCENT:
            return tuple(number / _PERCENT for number in numbers)
    return (Decimal(0), Decimal(1)) if item.type is ItemType.ACKNOWLEDGE else tuple(numbers)


def _number_problem(item: Item, scale: Scale) -> tuple[str, str] | None:
    if scale is Scale.FLAG:
        return "a number cannot be yes or no", "use select_one with yes and no, and score: flag"
    if scale is Scale.COUNT and item.type is ItemType.DECIMAL:
        return "a count is a whole number", "use type: integer"
    for value, limit in _beyond(scale, _PERCENT if item.score.rule is ScoreRule.PERCENT else Decimal(1)):
        if _accepts(item, value):
            remedy = f'add constraint: ". {limit}"'
            if scale in _FRACTIONS and item.score.rule is ScoreRule.DIRECT and _accepts(item, Decimal(50)):
                remedy += ", or use score: percent where answers are percentages"
            return f"an answer of {value} would be let through", remedy
    return None


def _beyond(scale: Scale, factor: Decimal) -> Iterator[tuple[Decimal, str]]:
    """Yield answers just off the scale, each with the limit that should refuse it; upper limits only where the scale ends early."""
    low = Decimal({Scale.LIKERT: 1, Scale.RATE: -1}.get(scale, 0)) * factor
    if scale is not Scale.DIFFERENCE:
        yield low - 1, f">= {low}"
    if scale in _BOUNDED_ABOVE:
        high = Decimal(5 if scale is Scale.LIKERT else 1) * factor
        yield high + 1, f"<= {high}"


def _accepts(item: Item, value: Decimal) -> bool:
    if item.type is ItemType.RANGE and not 1 <= value <= 10:
        return False
    return item.constraint is None or allows(item.constraint, {}, current=value, today=_ANY_DAY)


def _doubts(item: Item, questionnaire: Questionnaire) -> Iterator[Fault]:
    label = item.label.get(questionnaire.default_language, "")
    if item.type.answerable and len(label) > MAX_LABEL:
        yield _warning(
            questionnaire, item, "label", f"the label has {len(label)} characters", f"say it in {MAX_LABEL}, or move a part to hint"
        )
    if item.codes == FIVE_POINTS and _TWO_THINGS.search(label):
        yield _warning(questionnaire, item, "label", "the statement may ask two things at once", "ask one thing, or make two items")
    if item.type in (ItemType.INTEGER, ItemType.DECIMAL) and item.constraint is None:
        yield _warning(questionnaire, item, "type", "the number has no limits", 'add a constraint such as ". >= 0"')


def _warning(questionnaire: Questionnaire, item: Item, key: str, problem: str, remedy: str) -> Fault:
    return Fault(questionnaire.file, item.line(key), item.name, problem, remedy)


def _unused_lists(questionnaire: Questionnaire) -> Iterator[Fault]:
    used = {item.list_name for item in questionnaire.items}
    for name, choices in questionnaire.choices.items():
        if name not in used:
            yield Fault(questionnaire.file, choices[0].line if choices else None, name, "no item uses this choice list", "leave it out")


def main(files: list[str]) -> int:
    """Check files and print what was found; 2 when anything is wrong, 0 otherwise."""
    failed = False
    for name in files:
        try:
            questionnaire = load_questionnaire(Path(name))
        except FaultsFound as error:
            print(error)
            failed = True
            continue
        for warning in warnings(questionnaire):
            print(f"warning: {warning}")
        print(_summary(questionnaire))
    return 2 if failed else 0


def _summary(questionnaire: Questionnaire) -> str:
    version, digest = f"{questionnaire.id} {questionnaire.version}", questionnaire.digest[:12]
    head = f"{questionnaire.file}: {version}, {questionnaire.count()} questions, digest {digest}"
    if questionnaire.respondent != "member":
        return f"{head}, about {questionnaire.minutes()} minutes"
    kinds = (f"  {kind}: {questionnaire.count(kind)} questions, about {questionnaire.minutes(kind)} minutes" for kind in MemberKind)
    return "\n".join((head, *kinds))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
