"""Turns what a respondent wrote into typed answers, and judges which of them count."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from graphlib import TopologicalSorter
from typing import Final, TypeAlias
from unicodedata import normalize

from assess.definitions.expressions import UNKNOWN, Expression, Value, allows, evaluate, names, offers, written
from assess.definitions.questionnaire_items import Item, ItemType, MemberKind, Questionnaire, Special
from assess.definitions.validation import suggestion

MAX_TEXT = 10_000
_MEMO = 4_096
_NUMBER = re.compile(r"[-+]?[0-9]{1,12}(\.[0-9]{1,9})?\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_TICKED = {"ok": True, "yes": True, "true": True, "1": True}


class Unanswered(Enum):
    """No answer at all: neither "don't know" nor "does not apply"."""

    UNANSWERED = "unanswered"


UNANSWERED: Final = Unanswered.UNANSWERED
Answer: TypeAlias = Value | Special | Unanswered
"""A number, a text or choice code, a truth, a date or the set of selected codes; or one of the three ways not to say."""
Answers: TypeAlias = Mapping[str, Value]
"""Answers by item name; unanswered items are left out, `Special` answers are texts of their own."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an answer cannot be taken, and what to write instead."""

    problem: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """One respondent's answers, with the place they were read from.

    `answers` holds everything that was answered or calculated, also what does not count; `not_asked` names the items that do
    not count for this respondent, because they are for other kinds of member or are not relevant after the other answers.
    """

    organisation: str
    kind: MemberKind | None
    answers: Answers
    not_asked: frozenset[str] = frozenset()
    file: str = ""
    line: int | None = None
    note: str = ""

    @property
    def organisation_key(self) -> str:
        """The name by which respondents of one organisation find together, whatever the case, spacing and accents' encoding."""
        return " ".join(normalize("NFKC", self.organisation).casefold().split())


@dataclass(frozen=True, slots=True)
class ResponseSet:
    """Everything that was answered to one version of one questionnaire."""

    questionnaire: Questionnaire
    sheets: tuple[AnswerSheet, ...]

    @property
    def synthetic(self) -> bool:
        """Whether any of it was made up to show or try the program."""
        return any("synthetic" in sheet.note.casefold() for sheet in self.sheets)


def parse(item: Item, raw: str | None) -> Answer | Problem:
    """Read one cell or form field as an answer to `item`; nothing but spaces is UNANSWERED."""
    text = (raw or "").strip()
    if not text:
        return UNANSWERED
    if text in (Special.DONT_KNOW, Special.NOT_APPLICABLE) and item.type.answerable:
        return _special(item, Special(text))
    return _PARSERS[item.type](item, text)


def problem_on_its_own(item: Item, answer: Answer, today: date) -> Problem | None:
    """Judge an answer by those of its item's conditions that read no other item."""
    reads_others = {condition: bool(names(condition)) for condition in (item.constraint, item.choice_filter) if condition is not None}
    return _refused(item, answer, {}, today, lambda condition: not reads_others[condition])


def problem_among(item: Item, answer: Answer, answers: Answers, today: date) -> Problem | None:
    """Judge an answer by all of its item's conditions, beside the other answers that count."""
    return _refused(item, answer, answers, today, lambda _: True)


def _special(item: Item, answer: Special) -> Special | Problem:
    if answer in item.special:
        return answer
    return Problem(f"{answer} is not offered here", "answer the question, or leave it empty")


def _number(item: Item, text: str) -> Decimal | Problem:
    if not _NUMBER.match(text):
        return Problem(f"{quoted(text)} is not a number", _number_remedy(item, text))
    number = Decimal(text)
    if item.type is ItemType.INTEGER and number != number.to_integral_value():
        return Problem(f"{text} is not a whole number", "write a whole number")
    return number


def _number_remedy(item: Item, text: str) -> str:
    if text.endswith("%"):
        return "write the number alone, without the sign %"
    if "," in text:
        return "write decimals with a point (12.5) and leave out thousands separators"
    return f"write digits only{_or_special(item)}"


def _date(item: Item, text: str) -> date | Problem:
    try:
        if _DATE.match(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    return Problem(f"{quoted(text)} is not a date", f"write year-month-day, such as 2026-03-31{_or_special(item)}")


def _one(item: Item, text: str) -> str | Problem:
    return text if text in item.codes else _no_choice(item, text)


def _many(item: Item, text: str) -> frozenset[str] | Problem:
    chosen = text.split()
    special = next((code for code in chosen if code in (Special.DONT_KNOW, Special.NOT_APPLICABLE)), None)
    if special:
        return Problem(f"{special} stands beside other answers", "keep one or the other")
    wrong = next((code for code in chosen if code not in item.codes), None)
    if wrong is not None:
        return _no_choice(item, wrong if len(chosen) > 1 and not _labelled(item, text) else text)
    if len(set(chosen)) < len(chosen):
        return Problem(f"{quoted(text)} names a choice twice", "name each choice once")
    return frozenset(chosen)


def _no_choice(item: Item, text: str) -> Problem:
    code = _labelled(item, text)
    if code:
        return Problem(f"{quoted(text)} is the wording of a choice, not its code", f"write {code}")
    codes = item.codes if len(item.codes) <= 12 else (*item.codes[:12], "…")
    remedy = f"write one of {', '.join(codes)}{_or_special(item)}"
    near = suggestion(text, item.codes)
    return Problem(f"{quoted(text)} is not one of the choices", f"{near} {remedy}" if near else remedy)


def _labelled(item: Item, text: str) -> str | None:
    wanted = text.casefold()
    return next((c.name for c in item.choices if any(label.casefold() == wanted for label in c.label.values())), None)


def _text(_item: Item, text: str) -> str | Problem:
    if len(text) > MAX_TEXT:
        return Problem(f"has {len(text):,} characters", f"shorten it to {MAX_TEXT:,}")
    return text


def _ticked(_item: Item, text: str) -> bool | Problem:
    return _TICKED.get(text.casefold()) or Problem(f"{quoted(text)} is not an acknowledgement", "write yes, or leave it empty")


def _nothing(item: Item, _text: str) -> Problem:
    if item.type is ItemType.CALCULATE:
        return Problem("is worked out from other answers", "leave the column out")
    return Problem("takes no answer", "leave the column out")


_PARSERS: dict[ItemType, Callable[[Item, str], Answer | Problem]] = {
    ItemType.TEXT: _text,
    ItemType.INTEGER: _number,
    ItemType.DECIMAL: _number,
    ItemType.RANGE: _number,
    ItemType.DATE: _date,
    ItemType.SELECT_ONE: _one,
    ItemType.SELECT_MULTIPLE: _many,
    ItemType.ACKNOWLEDGE: _ticked,
    ItemType.FILE: _text,
    ItemType.HIDDEN: _text,
    ItemType.NOTE: _nothing,
    ItemType.CALCULATE: _nothing,
}


def quoted(text: str) -> str:
    """Put a text in quotes, on one line and shortened, for a message."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return f'"{plain[:40]}…"' if len(plain) > 40 else f'"{plain}"'


def _or_special(item: Item) -> str:
    return f"; or {', '.join(item.special)}, or leave it empty" if item.special else "; or leave it empty"


def _refused(item: Item, answer: Answer, answers: Answers, today: date, judged: Callable[[Expression], bool]) -> Problem | None:
    """Judge an answer by those of its item's constraint and choice_filter that `judged` picks."""
    if isinstance(answer, Special | Unanswered):
        return None
    if item.constraint is not None and judged(item.constraint) and not allows(item.constraint, answers, current=answer, today=today):
        return Problem(f"{quoted(_shown(answer))} is not allowed", _demand(item, item.constraint))
    if item.choice_filter is not None and judged(item.choice_filter):
        return _withheld(item.choice_filter, answer, answers, today)
    return None


def _withheld(choice_filter: Expression, answer: Answer, answers: Answers, today: date) -> Problem | None:
    chosen = sorted(answer) if isinstance(answer, frozenset) else [str(answer)]
    code = next((code for code in chosen if not offers(choice_filter, answers, code=code, today=today)), None)
    return Problem(f"{quoted(code)} is not offered after the other answers", "choose another") if code is not None else None


def _demand(item: Item, constraint: Expression) -> str:
    if item.constraint_message is None:
        return f"it must satisfy {written(constraint)}"
    message = str(item.constraint_message).rstrip(".")
    return message[:1].lower() + message[1:]


def _shown(answer: Answer) -> str:
    if isinstance(answer, frozenset):
        return " ".join(sorted(answer))
    return format(answer, "f") if isinstance(answer, Decimal) else str(answer)


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
        self._steps = tuple(self._step(item, judged) for item in _in_order(items))
        self._joint = tuple(item for item in items if any(c is not None and names(c) for c in (item.constraint, item.choice_filter)))
        self._others = {
            kind: frozenset(item.name for item in self.questionnaire.items if not item.asks(kind)) for kind in (None, *MemberKind)
        }

    def _step(self, item: Item, judged: dict[Expression, _Judged]) -> _Step:
        def judge(expression: Expression) -> _Judged:
            return judged.setdefault(expression, _Judged(expression, self.today))

        calculation = judge(item.calculation) if item.calculation is not None else None
        return _Step(item.name, tuple(judge(relevant) for relevant in item.relevants), calculation)

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
            problem = _refused(item, answer, counting, self.today, lambda condition: bool(names(condition)))
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
