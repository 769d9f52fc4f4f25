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
from assess.phrases import Phrase

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
        remedy = suggestion(name, indicators) or Phrase("see rules/…/indicators.yaml")
        yield "indicator", Phrase("indicator %(name)s does not exist", name=name), remedy
        return
    if questionnaire.respondent not in indicator.origins:
        origins = ", ".join(indicator.origins)
        respondent = questionnaire.respondent.value
        problem = Phrase("%(name)s is stated by %(origins)s, not by %(respondent)s", name=name, origins=origins, respondent=respondent)
        yield "indicator", problem, Phrase("move the item, or name another indicator")
    misfit = _scale_problem(item, indicator)
    if misfit is not None:
        key = "constraint" if "constraint" in misfit[1] else "score"
        scale = indicator.scale.value
        yield key, Phrase("does not fit %(name)s (%(scale)s): %(problem)s", name=name, scale=scale, problem=misfit[0]), misfit[1]


def _scale_problem(item: Item, indicator: Indicator) -> tuple[Phrase, Phrase] | None:
    """Return why a value of the item cannot stand on the indicator's scale, and the remedy."""
    scale = indicator.scale
    if item.score.rule is ScoreRule.PERCENT and scale not in _FRACTIONS:
        return Phrase("score percent is for shares and rates"), Phrase("use score: direct")
    if item.type.is_number:
        return _number_problem(item, scale)
    for value in _values(item):
        problem = problem_with(value, scale)
        if problem is not None:
            return Phrase("the value %(problem)s", problem=problem), Phrase("use another score or another choice list")
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


def _number_problem(item: Item, scale: Scale) -> tuple[Phrase, Phrase] | None:
    if scale is Scale.FLAG:
        return Phrase("a number cannot be yes or no"), Phrase("use select_one with yes and no, and score: flag")
    if scale is Scale.COUNT and item.type is ItemType.DECIMAL:
        return Phrase("a count is a whole number"), Phrase("use type: integer")
    for value, limit in _beyond(scale, _PERCENT if item.score.rule is ScoreRule.PERCENT else Decimal(1)):
        if _accepts(item, value):
            limited = f'constraint: ". {limit}"'
            remedy = Phrase("add %(limit)s", limit=limited)
            if scale in _FRACTIONS and item.score.rule is ScoreRule.DIRECT and _accepts(item, Decimal(50)):
                remedy = Phrase("add %(limit)s, or use score: percent where answers are percentages", limit=limited)
            return Phrase("an answer of %(value)s would be let through", value=value), remedy
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
        problem = Phrase("the label has %(number)s characters", number=len(label))
        yield _warning(questionnaire, item, "label", problem, Phrase("say it in %(most)s, or move a part to hint", most=MAX_LABEL))
    if item.codes == FIVE_POINTS and _TWO_THINGS.search(label):
        problem, remedy = Phrase("the statement may ask two things at once"), Phrase("ask one thing, or make two items")
        yield _warning(questionnaire, item, "label", problem, remedy)
    if item.type in (ItemType.INTEGER, ItemType.DECIMAL) and item.constraint is None:
        remedy = Phrase("add a constraint such as %(constraint)s", constraint='". >= 0"')
        yield _warning(questionnaire, item, "type", Phrase("the number has no limits"), remedy)


def _warning(questionnaire: Questionnaire, item: Item, key: str, problem: str, remedy: str) -> Fault:
    return Fault(questionnaire.file, item.line(key), item.name, problem, remedy)


def _unused_lists(questionnaire: Questionnaire) -> Iterator[Fault]:
    used = {item.list_name for item in questionnaire.items}
    for name, choices in questionnaire.choices.items():
        if name not in used:
            line = choices[0].line if choices else None
            yield Fault(questionnaire.file, line, name, Phrase("no item uses this choice list"), Phrase("leave it out"))


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
