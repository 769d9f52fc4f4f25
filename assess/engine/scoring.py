"""Turns one answer into its indicator's value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from assess.definitions.expressions import Value
from assess.definitions.indicators import Indicator
from assess.definitions.questionnaire_items import Item, ScoreRule
from assess.definitions.scales import problem_with

NOTHING_CHOSEN = "none"
"""The code that says that no other choice applies; it does not count as one."""
_FLAGS = {"yes": Decimal(1), "no": Decimal(0)}
_REVERSE_OF_FIVE = Decimal(6)


def score(item: Item, answer: Value) -> Decimal | None:
    """Return what `answer` is worth on the scale of the item's indicator; None where the score gives it no number."""
    rule = item.score.rule
    if rule is ScoreRule.TABLE:
        return dict(item.score.table).get(str(answer))
    if rule is ScoreRule.FLAG:
        return Decimal(answer) if isinstance(answer, bool) else _FLAGS.get(str(answer))
    if rule is ScoreRule.COUNT:
        return Decimal(len(answer - {NOTHING_CHOSEN})) if isinstance(answer, frozenset) else None
    number = _as_number(answer)
    if number is None or rule is ScoreRule.DIRECT:
        return number
    return _REVERSE_OF_FIVE - number if rule is ScoreRule.REVERSED else number / 100


def scale_problem(item: Item, answer: Value, indicator: Indicator) -> str | None:
    """Say why the value of `answer` cannot stand on the indicator's scale; None when it can or has no value."""
    value = score(item, answer)
    return None if value is None else problem_with(value, indicator.scale)


def _as_number(answer: Value) -> Decimal | None:
    if isinstance(answer, bool | Decimal):
        return Decimal(answer)
    if not isinstance(answer, str) or isinstance(answer, date):
        return None
    try:
        number = Decimal(answer)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
