"""Turns what a respondent wrote into typed answers, and judges each by its own item's conditions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Final, TypeAlias
from unicodedata import normalize

from assess.definitions.expressions import Expression, Value, allows, names, offers, written
from assess.definitions.questionnaire_items import Item, ItemType, MemberKind, Questionnaire, Special
from assess.definitions.texts import Text
from assess.definitions.validation import suggestion
from assess.phrases import Phrase

MAX_TEXT = 10_000
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
    guessed_encoding: str = ""
    """How the text was read, where the file does not prove it: names with accents may have come out wrong."""

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
    return refused(item, answer, {}, today, lambda condition: not reads_others[condition])


def problem_among(item: Item, answer: Answer, answers: Answers, today: date) -> Problem | None:
    """Judge an answer by all of its item's conditions, beside the other answers that count."""
    return refused(item, answer, answers, today, lambda _: True)


def _special(item: Item, answer: Special) -> Special | Problem:
    if answer in item.special:
        return answer
    return Problem(Phrase("%(answer)s is not offered here", answer=answer.value), Phrase("answer the question, or leave it empty"))


def _number(item: Item, text: str) -> Decimal | Problem:
    if not _NUMBER.match(text):
        return Problem(Phrase("%(answer)s is not a number", answer=quoted(text)), _number_remedy(item, text))
    number = Decimal(text)
    if item.type is ItemType.INTEGER and number != number.to_integral_value():
        return Problem(Phrase("%(answer)s is not a whole number", answer=text), Phrase("write a whole number"))
    return number


def _number_remedy(item: Item, text: str) -> Phrase:
    if text.endswith("%"):
        return Phrase("write the number alone, without the sign %")
    if "," in text:
        return Phrase("write decimals with a point (12.5) and leave out thousands separators")
    return _or_special(item, Phrase("write digits only"))


def _date(item: Item, text: str) -> date | Problem:
    try:
        if _DATE.match(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    remedy = _or_special(item, Phrase("write year-month-day, such as 2026-03-31"))
    return Problem(Phrase("%(answer)s is not a date", answer=quoted(text)), remedy)


def _one(item: Item, text: str) -> str | Problem:
    return text if text in item.codes else _no_choice(item, text)


def _many(item: Item, text: str) -> frozenset[str] | Problem:
    chosen = text.split()
    special = next((code for code in chosen if code in (Special.DONT_KNOW, Special.NOT_APPLICABLE)), None)
    if special:
        return Problem(Phrase("%(answer)s stands beside other answers", answer=special), Phrase("keep one or the other"))
    wrong = next((code for code in chosen if code not in item.codes), None)
    if wrong is not None:
        return _no_choice(item, wrong if len(chosen) > 1 and not _labelled(item, text) else text)
    if len(set(chosen)) < len(chosen):
        return Problem(Phrase("%(answer)s names a choice twice", answer=quoted(text)), Phrase("name each choice once"))
    return frozenset(chosen)


def _no_choice(item: Item, text: str) -> Problem:
    code = _labelled(item, text)
    if code:
        problem = Phrase("%(answer)s is the wording of a choice, not its code", answer=quoted(text))
        return Problem(problem, Phrase("write %(wanted)s", wanted=code))
    codes = item.codes if len(item.codes) <= 12 else (*item.codes[:12], "…")
    remedy = _or_special(item, Phrase("write one of %(options)s", options=", ".join(codes)))
    near = suggestion(text, item.codes)
    problem = Phrase("%(answer)s is not one of the choices", answer=quoted(text))
    return Problem(problem, Phrase("%(near)s %(remedy)s", near=near, remedy=remedy) if near else remedy)


def _labelled(item: Item, text: str) -> str | None:
    wanted = text.casefold()
    return next((c.name for c in item.choices if any(label.casefold() == wanted for label in c.label.values())), None)


def _text(_item: Item, text: str) -> str | Problem:
    if len(text) > MAX_TEXT:
        return Problem(Phrase("has %(number)s characters", number=len(text)), Phrase("shorten it to %(most)s", most=MAX_TEXT))
    return text


def _ticked(_item: Item, text: str) -> bool | Problem:
    problem = Phrase("%(answer)s is not an acknowledgement", answer=quoted(text))
    return _TICKED.get(text.casefold()) or Problem(problem, Phrase("write yes, or leave it empty"))


def _nothing(item: Item, _text: str) -> Problem:
    if item.type is ItemType.CALCULATE:
        return Problem(Phrase("is worked out from other answers"), Phrase("leave the column out"))
    return Problem(Phrase("takes no answer"), Phrase("leave the column out"))


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


def quoted(text: str) -> Phrase:
    """Put a text in quotes, on one line and shortened, for a message."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return Phrase('"%(quoted)s"', quoted=f"{plain[:40]}…" if len(plain) > 40 else plain)


def _or_special(item: Item, remedy: Phrase) -> Phrase:
    """Add the answers that any question takes to what may be written."""
    if item.special:
        return Phrase("%(remedy)s; or %(special)s, or leave it empty", remedy=remedy, special=", ".join(item.special))
    return Phrase("%(remedy)s; or leave it empty", remedy=remedy)


def refused(item: Item, answer: Answer, answers: Answers, today: date, judged: Callable[[Expression], bool]) -> Problem | None:
    """Judge an answer by those of its item's constraint and choice_filter that `judged` picks."""
    if isinstance(answer, Special | Unanswered):
        return None
    if item.constraint is not None and judged(item.constraint) and not allows(item.constraint, answers, current=answer, today=today):
        return Problem(Phrase("%(answer)s is not allowed", answer=quoted(_shown(answer))), _demand(item, item.constraint))
    if item.choice_filter is not None and judged(item.choice_filter):
        return _withheld(item.choice_filter, answer, answers, today)
    return None


def _withheld(choice_filter: Expression, answer: Answer, answers: Answers, today: date) -> Problem | None:
    chosen = sorted(answer) if isinstance(answer, frozenset) else [str(answer)]
    code = next((code for code in chosen if not offers(choice_filter, answers, code=code, today=today)), None)
    if code is None:
        return None
    return Problem(Phrase("%(answer)s is not offered after the other answers", answer=quoted(code)), Phrase("choose another"))


def _demand(item: Item, constraint: Expression) -> str:
    if item.constraint_message is None:
        return Phrase("it must satisfy %(constraint)s", constraint=written(constraint))
    said = {language: _as_remedy(language, text) for language, text in item.constraint_message.items()}
    return Phrase("%(demand)s", demand=Text(said))


def _as_remedy(language: str, sentence: str) -> str:
    """Make a sentence part of another one; in German, what begins it may be a noun unless somebody is asked to do something."""
    begun = sentence if language == "de" and sentence.split(" ")[1:2] != ["Sie"] else sentence[:1].lower() + sentence[1:]
    return begun.rstrip(".")


def _shown(answer: Answer) -> str:
    if isinstance(answer, frozenset):
        return " ".join(sorted(answer))
    return format(answer, "f") if isinstance(answer, Decimal) else str(answer)
