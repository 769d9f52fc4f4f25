"""Makes up plausible answers to a questionnaire, marked as made up in every row, to show and try the program."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from assess.definitions.expressions import UNKNOWN, Value, evaluate, shows
from assess.definitions.questionnaire_items import Item, ItemType, MemberKind, Questionnaire, ScoreRule, Special
from assess.engine.answers import UNANSWERED, Problem, parse, problem_among
from assess.exchange.columns import About
from assess.exchange.synthetic_figures import bounds, management_figures
from assess.exchange.synthetic_profiles import PLAIN, Profile

MARK = "synthetic"
_ORGANISATION = "Synthetic member {:02d}"
_FIVE = ("1", "2", "3", "4", "5")
_TRIES = 40
_DONT_KNOW, _NOT_APPLICABLE = 0.07, 0.02
_SKIPS_A_SECTION = 0.1
_TWO_CAMPS = 0.15


@dataclass(frozen=True, slots=True)
class SyntheticTable:
    """Made-up answers as they stand in a response file."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def write(self, path: Path) -> None:
        """Write the table as CSV in UTF-8."""
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(self.header)
            writer.writerows(self.rows)


@dataclass(frozen=True, slots=True)
class _Manner:
    """How one respondent answers: leaning up or down (scale points), which camp, what is skipped, and answers given beforehand."""

    leaning: float = 0.0
    camp: bool = False
    silences: float = 1.0
    skipped: str = ""
    prescribed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Mood:
    """What members on the whole think of each item, in scale points, and the items on which they are two camps."""

    level: Mapping[str, float]
    divided: frozenset[str]


def member_answers(
    questionnaire: Questionnaire, random: Random, today: date, members: int = 60, profile: Profile = PLAIN
) -> SyntheticTable:
    """Make up the answers of `members` organisations of all kinds, and of a second respondent of one of them.

    The first is a dominant firm that sees everything brighter than the rest; some items divide the others in two camps, some
    answers are "don't know" or "does not apply", and some sections are skipped.
    """
    names = _columns(questionnaire)
    mood = _mood(questionnaire, random, profile)
    respondents = list(_respondents(questionnaire, random, members, profile.kinds))
    rows = []
    for organisation, kind, manner in respondents:
        raw = _Filling(questionnaire, kind, random, today, mood, manner).filled()
        rows.append((organisation, kind.value, questionnaire.version, MARK, *(raw.get(name, "") for name in names)))
    return SyntheticTable((*(about.value for about in About), *names), tuple(rows))


def management_answers(questionnaire: Questionnaire, random: Random, today: date, profile: Profile = PLAIN) -> SyntheticTable:
    """Make up the one sheet of the cluster management; its parts add up unless those of the profile do not."""
    return _single(questionnaire, random, today, management_figures(today) | dict(profile.figures), profile)


def evaluator_answers(
    questionnaire: Questionnaire,
    random: Random,
    today: date,
    checked: Mapping[str, Decimal],
    answers: Mapping[str, str] | None = None,
    profile: Profile = PLAIN,
) -> SyntheticTable:
    """Make up the evaluator's sheet: `checked` holds confirmed figures by indicator, `answers` what is answered to some items."""
    confirmed = {i.name: _unscored(i, checked[i.indicator]) for i in questionnaire.items if i.indicator and i.indicator in checked}
    prescribed = {name: raw for name, raw in confirmed.items() if raw} | dict(answers or {})
    return _single(questionnaire, random, today, prescribed, profile)


def _single(questionnaire: Questionnaire, random: Random, today: date, prescribed: Mapping[str, str], profile: Profile) -> SyntheticTable:
    names = _columns(questionnaire)
    manner = _Manner(prescribed=prescribed, silences=0.3)
    raw = _Filling(questionnaire, None, random, today, _mood(questionnaire, random, profile), manner).filled()
    about = (About.ORGANISATION, About.VERSION, About.NOTE)
    who = f"Synthetic {questionnaire.respondent.value}"
    row = (who, questionnaire.version, MARK, *(raw.get(name, "") for name in names))
    return SyntheticTable((*(a.value for a in about), *names), (row,))


def _columns(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Name the items that are made up: no files, nothing in a repeat, and not what other columns say already."""
    answered = [item for item in questionnaire.items if item.type.answerable and item.repeat is None and item.type is not ItemType.FILE]
    return tuple(item.name for item in answered if item.name not in set(About))


def _mood(questionnaire: Questionnaire, random: Random, profile: Profile) -> _Mood:
    rated = [item for item in questionnaire.items if item.codes == _FIVE]
    level = {item.name: profile.level(item, random.uniform(2.0, 4.3)) for item in rated}
    divided = [item for item in rated if random.random() < _TWO_CAMPS]
    return _Mood(level, frozenset(item.name for item in divided if profile.opinion(item) is None))


def _respondents(
    questionnaire: Questionnaire, random: Random, members: int, kinds: Sequence[MemberKind]
) -> Iterator[tuple[str, MemberKind, _Manner]]:
    sections = [section.name for section in questionnaire.sections]
    for number in range(members):
        kind = kinds[number % len(kinds)]
        skipped = random.choice(sections) if random.random() < _SKIPS_A_SECTION else ""
        manner = _Manner(random.gauss(0, 0.4), random.random() < 0.5, random.uniform(0, 2), skipped)
        if number == 0:
            manner = _Manner(leaning=1.2, camp=True, silences=0.1, prescribed={"size": "large"})
        yield _ORGANISATION.format(number + 1), kind, manner
    if members > 1:
        yield _ORGANISATION.format(2), kinds[1], _Manner(random.gauss(0, 0.4))


class _Filling:
    """One respondent going through the questionnaire from the first item to the last."""

    def __init__(
        self, questionnaire: Questionnaire, kind: MemberKind | None, random: Random, today: date, mood: _Mood, manner: _Manner
    ) -> None:
        self.items = [item for item in questionnaire.items_for(kind) if item.repeat is None and item.section != manner.skipped]
        self.random = random
        self.today = today
        self.mood = mood
        self.manner = manner
        self.answers: dict[str, Value] = {} if kind is None else {About.KIND.value: kind.value}

    def filled(self) -> dict[str, str]:
        """Return what is written beside each item; every answer keeps its item's conditions, or is left out."""
        raw = {}
        for item in self.items:
            if not all(shows(relevant, self.answers, today=self.today) for relevant in item.relevants):
                continue
            if item.calculation is not None:
                self.calculate(item)
            elif item.type.answerable and item.name != About.KIND:
                raw[item.name] = self.answer(item)
        return raw

    def calculate(self, item: Item) -> None:
        value = evaluate(item.calculation, self.answers, today=self.today) if item.calculation is not None else UNKNOWN
        if value is not UNKNOWN:
            self.answers[item.name] = value

    def answer(self, item: Item) -> str:
        for text in self.attempts(item):
            answer = parse(item, text)
            if answer is UNANSWERED or isinstance(answer, Problem):
                continue
            if problem_among(item, answer, self.answers, self.today) is None:
                self.answers[item.name] = answer
                return text
        return ""

    def attempts(self, item: Item) -> Iterator[str]:
        if item.name in self.manner.prescribed:
            yield self.manner.prescribed[item.name]
        chance = self.random.random() / self.manner.silences if self.manner.silences else 1.0
        if chance < _DONT_KNOW and Special.DONT_KNOW in item.special:
            yield Special.DONT_KNOW.value
        elif chance < _DONT_KNOW + _NOT_APPLICABLE and Special.NOT_APPLICABLE in item.special:
            yield Special.NOT_APPLICABLE.value
        for _ in range(_TRIES):
            yield self.attempt(item)

    def attempt(self, item: Item) -> str:
        if item.codes == _FIVE:
            return str(self.rating(item))
        if item.type is ItemType.SELECT_ONE:
            return self.random.choice(item.codes)
        if item.type is ItemType.SELECT_MULTIPLE:
            return " ".join(self.random.sample(item.codes, min(len(item.codes), self.random.randint(1, 5))))
        if item.type.is_number:
            return self.figure(item)
        if item.type is ItemType.DATE:
            return (self.today - timedelta(days=self.random.randint(1, 700))).isoformat()
        return "yes" if item.type is ItemType.ACKNOWLEDGE else "Synthetic answer, made up to show the program."

    def rating(self, item: Item) -> int:
        """Rate from 1 to 5 around what the members think, in the direction in which the item is put."""
        level = self.mood.level[item.name] + self.manner.leaning
        if item.name in self.mood.divided:
            level = 4.4 if self.manner.camp else 1.6
        rating = min(5, max(1, round(self.random.gauss(level, 0.7))))
        return 6 - rating if item.score.rule is ScoreRule.REVERSED else rating

    def figure(self, item: Item) -> str:
        low, high = bounds(item.constraint, self.answers, self.today) if item.constraint is not None else (0, 100)
        return str(self.random.randint(low, min(high, low + 100)) if low < high else low)


def _unscored(item: Item, value: Decimal) -> str:
    """Write a figure as the answer that is scored to it; empty where no answer is."""
    if item.score.rule is ScoreRule.FLAG:
        return "yes" if value else "no"
    worth = {ScoreRule.DIRECT: value, ScoreRule.PERCENT: value * 100, ScoreRule.REVERSED: 6 - value}.get(item.score.rule)
    if worth is None:
        return ""
    return f"{int(worth)}" if worth == worth.to_integral_value() else f"{worth.normalize():f}"
