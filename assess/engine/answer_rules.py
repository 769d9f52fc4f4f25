"""Judges which of a respondent's answers count, works out calculated ones, and finds those that do not fit together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from graphlib import TopologicalSorter

from assess.definitions.expressions import UNKNOWN, Expression, Value, evaluate, names
from assess.definitions.questionnaire_items import Item, MemberKind, Questionnaire
from assess.engine.answers import UNANSWERED, Answers, Problem, refused

_MEMO = 4_096


class _Judged:
    """One expression with a memory: the same answers to the items it reads give the same result."""

    def __init__(self, expression: Expression, today: date) -> None:
        self.expression = expression
        self.today = today
        self.reads = names(expression)
        self.memory: dict[tuple[Value | None, ...], object] = {}

    def __call__(self, answers: Answers) -> object:
        key = tuple(answers.get(name) for name in self.reads)
        if key not in self.memory:
            if len(self.memory) >= _MEMO:
                self.memory.clear()
            self.memory[key] = evaluate(self.expression, answers, today=self.today)
        return self.memory[key]


@dataclass(frozen=True, slots=True)
class _Step:
    """One item whose presence or value depends on other answers."""

    name: str
    relevants: tuple[_Judged, ...]
    calculation: _Judged | None


@dataclass(slots=True)
class AnswerRules:
    """The conditions of one questionnaire, put in order once and applied to many respondents."""

    questionnaire: Questionnaire
    today: date
    _steps: tuple[_Step, ...] = field(init=False)
    _joint: tuple[Item, ...] = field(init=False)
    _others: dict[MemberKind | None, frozenset[str]] = field(init=False)
    _known_sets: dict[frozenset[str], frozenset[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        items = [item for item in self.questionnaire.items if item.repeat is None]
        judged: dict[Expression, _Judged] = {}
        columns = frozenset(item.name for item in self.questionnaire.items if item.repeat is not None)
        self._steps = tuple(self._step(item, judged, columns) for item in _in_order(list(self.questionnaire.items)))
        self._joint = tuple(item for item in items if any(c is not None and names(c) for c in (item.constraint, item.choice_filter)))
        self._others = {
            kind: frozenset(item.name for item in self.questionnaire.items if not item.asks(kind)) for kind in (None, *MemberKind)
        }

    def _step(self, item: Item, judged: dict[Expression, _Judged], columns: frozenset[str]) -> _Step:
        """Return what decides about an item; conditions of a repeat's item count where they read nothing of the repeat itself."""

        def judge(expression: Expression) -> _Judged:
            return judged.setdefault(expression, _Judged(expression, self.today))

        calculation = judge(item.calculation) if item.calculation is not None and item.repeat is None else None
        relevants = [relevant for relevant in item.relevants if item.repeat is None or columns.isdisjoint(names(relevant))]
        return _Step(item.name, tuple(judge(relevant) for relevant in relevants), calculation)

    def settle(self, given: Answers, kind: MemberKind | None) -> tuple[dict[str, Value], frozenset[str]]:
        """Return all answers with the calculated ones, and the names of the items that do not count for this respondent.

        An answer that does not count is unknown to every other condition. Items whose `relevant` is unknown are not asked.
        """
        others = self._others[kind]
        counting = {name: answer for name, answer in given.items() if name not in others}
        answers, irrelevant = dict(given), []
        for step in self._steps:
            if not all(judged(counting) is True for judged in step.relevants):
                counting.pop(step.name, None)
                irrelevant.append(step.name)
            elif step.calculation is not None and step.name not in others:
                result = step.calculation(counting)
                if result is not UNKNOWN:
                    answers[step.name] = counting[step.name] = result  # type: ignore[assignment]
        return answers, self._shared(others.union(irrelevant)) if irrelevant else others

    def problems(self, answers: Answers, not_asked: frozenset[str]) -> list[tuple[Item, Problem]]:
        """Judge settled answers by the conditions that read other items."""
        found = []
        counting = {name: answer for name, answer in answers.items() if name not in not_asked} if self._joint else {}
        for item in self._joint:
            answer = counting.get(item.name, UNANSWERED)
            problem = refused(item, answer, counting, self.today, lambda condition: bool(names(condition)))
            if problem is not None:
                found.append((item, problem))
        return found

    def _shared(self, not_asked: frozenset[str]) -> frozenset[str]:
        return self._known_sets.setdefault(not_asked, not_asked)


def _in_order(items: list[Item]) -> list[Item]:
    """Return the items with a condition or calculation, each after those it reads. Raises CycleError, which a checked file never does."""
    moving = {item.name: item for item in items if item.relevants or item.calculation is not None}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for item in moving.values():
        expressions = (*item.relevants, *((item.calculation,) if item.calculation is not None else ()))
        sorter.add(item.name, *(name for e in expressions for name in names(e) if name in moving))
    return [moving[name] for name in sorter.static_order()]
