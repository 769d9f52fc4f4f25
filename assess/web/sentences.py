"""What a member reads: labels of answers, and sentences that begin with what to do."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from assess.definitions.questionnaire_items import Item, ItemType, MemberKind, ScoreRule, Special
from assess.definitions.scales import Scale, written
from assess.definitions.words import Words, words_of
from assess.engine.answers import Problem, Unanswered, parse
from assess.phrases import message
from assess.workflow.evidence_names import files_in

SPECIALS = {Special.DONT_KNOW: message("Don’t know"), Special.NOT_APPLICABLE: message("Does not apply")}
EITHER_OR = message("Keep one of the two: your answer, or what you ticked below it.")
TOO_LONG = message("Shorten the text to 10,000 characters.")
KINDS = {
    MemberKind.COMPANY: message("company"),
    MemberKind.RESEARCH: message("research organisation"),
    MemberKind.EDUCATION: message("education provider"),
    MemberKind.PUBLIC: message("public agency"),
    MemberKind.INVESTOR: message("investor"),
    MemberKind.SERVICE: message("service provider"),
    MemberKind.ASSOCIATION: message("association"),
}
LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "it": "Italiano",
    "es": "Español",
    "pl": "Polski",
    "cs": "Čeština",
    "uk": "Українська",
    "ru": "Русский",
}
"""Languages as those who read them call them; others go by their code."""
_UNREADABLE = {
    ItemType.TEXT: TOO_LONG,
    ItemType.INTEGER: message("Enter a whole number in digits, such as 12."),
    ItemType.DECIMAL: message("Enter a number in digits, with a point before decimals, such as 12.5."),
    ItemType.RANGE: message("Enter a number in digits, such as 7."),
    ItemType.DATE: message("Enter a date as year-month-day, such as 2026-03-31."),
    ItemType.SELECT_ONE: message("Choose one of the answers offered."),
    ItemType.SELECT_MULTIPLE: message("Tick answers, or one of the boxes below them, not both."),
    ItemType.ACKNOWLEDGE: message("Tick the box, or leave it empty."),
    ItemType.FILE: message("Choose the file again."),
}
_SMALL = (
    *(message("none"), message("one"), message("two"), message("three"), message("four"), message("five")),
    *(message("six"), message("seven"), message("eight"), message("nine"), message("ten")),
)


def mending(item: Item, raw: str, language: str) -> str:
    """Say what to do about a stored answer that cannot be taken."""
    unreadable = isinstance(parse(item, raw), Problem)
    if item.constraint_message is not None and (item.type.is_number or not unreadable):
        return item.constraint_message.in_language(language)
    words = words_of(language)
    return words.say(_UNREADABLE[item.type]) if unreadable else words.say("Check this answer: it does not fit your other answers.")


def wanting(item: Item, language: str) -> str:
    """Say that a required question has no answer."""
    if item.required_message is not None:
        return item.required_message.in_language(language)
    return words_of(language).say("Answer this question: the response cannot be sent without it.")


def shown(item: Item, raw: str, language: str) -> str:
    """Write a stored answer as its respondent would say it, all of it in the language of the questions."""
    answer = parse(item, raw)
    if isinstance(answer, Problem):
        return raw
    if isinstance(answer, Unanswered):
        return words_of(language).say("No answer")
    if isinstance(answer, Special):
        return words_of(language).say(SPECIALS[answer])
    if isinstance(answer, frozenset):
        return ", ".join(choice.label.in_language(language) for choice in item.choices if choice.name in answer)
    return _single(item, answer, language)


def _single(item: Item, answer: object, language: str) -> str:
    words = words_of(language)
    if isinstance(answer, bool):
        return words.say("Yes")
    if isinstance(answer, Decimal):
        return f"{words.number(f'{answer:f}')}{f' {unit(item)}' if unit(item) else ''}"
    if item.type is ItemType.FILE:
        return ", ".join(files_in(str(answer)).values()) or str(answer)
    if isinstance(answer, date):
        return words.day(answer)
    return next((c.label.in_language(language) for c in item.choices if c.name == answer), str(answer))


def unit(item: Item) -> str:
    """The sign that stands behind the box, if any."""
    return "%" if item.score.rule is ScoreRule.PERCENT else ""


def counted(number: int, one: str, many: str) -> str:
    """Write a number with its noun, in English."""
    return f"{number:,} {one if number == 1 else many}"


def in_words(number: int, words: Words) -> str:
    """Write a small whole number as a word."""
    return words.say(_SMALL[number]) if number < len(_SMALL) else str(number)


def figure(value: Decimal, scale: Scale) -> str:
    """Write a figure; a level from 1 to 5 always with two decimals, as reports do, so that it is not taken for a single answer."""
    return written(value, scale, aligned=scale is Scale.LIKERT)
