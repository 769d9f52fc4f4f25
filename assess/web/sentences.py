"""What a member reads: labels of answers, and sentences that begin with what to do."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from assess.definitions.questionnaire_items import Item, ItemType, MemberKind, ScoreRule, Special
from assess.engine.answers import MAX_TEXT, Problem, Unanswered, parse

SPECIALS = {Special.DONT_KNOW: "Don’t know", Special.NOT_APPLICABLE: "Does not apply"}
EITHER_OR = "Keep one of the two: your answer, or what you ticked below it."
TOO_LONG = f"Shorten the text to {MAX_TEXT:,} characters."
KINDS = {
    MemberKind.COMPANY: "company",
    MemberKind.RESEARCH: "research organisation",
    MemberKind.EDUCATION: "education provider",
    MemberKind.PUBLIC: "public agency",
    MemberKind.INVESTOR: "investor",
    MemberKind.SERVICE: "service provider",
    MemberKind.ASSOCIATION: "association",
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
    ItemType.INTEGER: "Enter a whole number in digits, such as 12.",
    ItemType.DECIMAL: "Enter a number in digits, with a point before decimals, such as 12.5.",
    ItemType.RANGE: "Enter a number in digits, such as 7.",
    ItemType.DATE: "Enter a date as year-month-day, such as 2026-03-31.",
    ItemType.SELECT_ONE: "Choose one of the answers offered.",
    ItemType.SELECT_MULTIPLE: "Tick answers, or one of the boxes below them, not both.",
    ItemType.ACKNOWLEDGE: "Tick the box, or leave it empty.",
    ItemType.FILE: "Choose the file again.",
}


def mending(item: Item, raw: str, language: str) -> str:
    """Say what to do about a stored answer that cannot be taken."""
    unreadable = isinstance(parse(item, raw), Problem)
    if item.constraint_message is not None and (item.type.is_number or not unreadable):
        return item.constraint_message.in_language(language)
    return _UNREADABLE[item.type] if unreadable else "Check this answer: it does not fit your other answers."


def wanting(item: Item, language: str) -> str:
    """Say that a required question has no answer."""
    if item.required_message is not None:
        return item.required_message.in_language(language)
    return "Answer this question: the response cannot be sent without it."


def shown(item: Item, raw: str, language: str) -> str:
    """Write a stored answer as its respondent would say it."""
    answer = parse(item, raw)
    if isinstance(answer, Problem):
        return raw
    if isinstance(answer, Unanswered):
        return "No answer"
    if isinstance(answer, Special):
        return SPECIALS[answer]
    if isinstance(answer, frozenset):
        return ", ".join(choice.label.in_language(language) for choice in item.choices if choice.name in answer)
    return _single(item, answer, language)


def _single(item: Item, answer: object, language: str) -> str:
    if isinstance(answer, bool):
        return "Yes"
    if isinstance(answer, Decimal):
        return f"{answer:f}{f' {unit(item)}' if unit(item) else ''}"
    if isinstance(answer, date):
        return f"{answer.day} {answer:%B %Y}"
    return next((c.label.in_language(language) for c in item.choices if c.name == answer), str(answer))


def unit(item: Item) -> str:
    """The sign that stands behind the box, if any."""
    return "%" if item.score.rule is ScoreRule.PERCENT else ""


def counted(number: int, one: str, many: str) -> str:
    """Write a number with its noun."""
    return f"{number:,} {one if number == 1 else many}"


def in_words(number: int) -> str:
    """Write a small whole number as a word."""
    words = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[number] if number < len(words) else str(number)
