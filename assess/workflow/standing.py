"""How a response stands: what counts, what is missing and what cannot be taken as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from assess.definitions.expressions import Value
from assess.definitions.indicators import Origin
from assess.definitions.questionnaire_items import Item, MemberKind, Questionnaire
from assess.engine.answer_rules import AnswerRules
from assess.engine.answers import UNANSWERED, Problem, parse, problem_on_its_own
from assess.store.tables import Member, Response
from assess.workflow.answer_rows import Field, field_name, texts
from assess.workflow.pinned import pinned_rules
from assess.workflow.rows import required

_KIND = "kind"


@dataclass(frozen=True, slots=True)
class Standing:
    """The answers of one response, judged together.

    `given` is every text by field name, also what does not count; `answers` the typed answers with the calculated ones;
    `not_asked` the items that do not count. `missing` and `problems` (by field name) only concern what counts.
    """

    questionnaire: Questionnaire
    kind: MemberKind | None
    given: Mapping[str, str]
    answers: Mapping[str, Value]
    not_asked: frozenset[str]
    missing: tuple[Item, ...]
    problems: Mapping[str, Problem]

    @property
    def complete(self) -> bool:
        """Whether it may be submitted."""
        return not self.missing and not self.problems

    def counts(self, item: Item) -> bool:
        """Whether the respondent is asked the item, after all other answers."""
        return item.name not in self.not_asked


def standing(session: Session, response: Response, today: date) -> Standing:
    """Judge the present answers of a response by its own version of the questionnaire."""
    rules = pinned_rules(session, response.round_id, response.questionnaire, today)
    return judged(texts(session, response), required(session, Member, response.member_id).kind, rules)


def judged(given: Mapping[Field, str], listed_kind: str, rules: AnswerRules) -> Standing:
    """Judge answers; `listed_kind` is the kind of the member after the list of members, which the member's own answer overrules."""
    items = {item.name: item for item in rules.questionnaire.items}
    known = {field: raw for field, raw in given.items() if field[0] in items}
    kind = _kind(known, listed_kind, items) if rules.questionnaire.respondent is Origin.MEMBER else None
    parsed = {field: parse(items[field[0]], raw) for field, raw in known.items()}
    typed = {
        item: answer
        for (item, instance), answer in parsed.items()
        if instance == 0 and answer is not UNANSWERED and not isinstance(answer, Problem)
    }
    if kind is not None and _KIND in items:
        typed[_KIND] = kind.value
    answers, not_asked = rules.settle(typed, kind)
    problems = dict(_problems(parsed, items, rules.today))
    problems |= {item.name: problem for item, problem in rules.problems(answers, not_asked)}
    return Standing(
        rules.questionnaire,
        kind,
        {field_name(*field): raw for field, raw in given.items()},
        answers,
        not_asked,
        tuple(item for item in items.values() if _is_missing(item, answers, problems) and item.name not in not_asked),
        {name: problem for name, problem in problems.items() if name.partition(".")[0] not in not_asked},
    )


def _kind(given: Mapping[Field, str], listed: str, items: Mapping[str, Item]) -> MemberKind | None:
    said = given.get((_KIND, 0), "") if _KIND in items else ""
    kinds = set(MemberKind)
    return MemberKind(said) if said in kinds else MemberKind(listed) if listed in kinds else None


def _problems(parsed: Mapping[Field, object], items: Mapping[str, Item], today: date) -> Iterator[tuple[str, Problem]]:
    for (item, instance), answer in parsed.items():
        problem = answer if isinstance(answer, Problem) else problem_on_its_own(items[item], answer, today)  # type: ignore[arg-type]
        if problem is not None:
            yield field_name(item, instance), problem


def _is_missing(item: Item, answers: Mapping[str, Value], problems: Mapping[str, Problem]) -> bool:
    return item.required and item.type.answerable and item.repeat is None and item.name not in answers and item.name not in problems
