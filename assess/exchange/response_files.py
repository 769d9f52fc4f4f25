"""Reads answers to one questionnaire from a CSV file or workbook: one row for each respondent, one column for each item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from assess.definitions.expressions import Value
from assess.definitions.indicators import Indicator, Origin
from assess.definitions.questionnaire_items import Item, ItemType, MemberKind, Questionnaire, Special
from assess.definitions.validation import suggestion
from assess.engine.answer_rules import AnswerRules
from assess.engine.answers import (
    UNANSWERED,
    Answer,
    AnswerSheet,
    Problem,
    ResponseSet,
    parse,
    problem_on_its_own,
    quoted,
)
from assess.engine.scoring import scale_problem
from assess.errors import Fault, FaultsFound
from assess.exchange.columns import About, Columns
from assess.exchange.tables import Row, Table, read_table
from assess.phrases import Phrase

MOST_FAULTS = 200
_SECOND_ROW = {
    Origin.MANAGEMENT: Phrase("is a second row, but the cluster management answers on one"),
    Origin.EVALUATOR: Phrase("is a second row, but the evaluator answers on one"),
}


def read_responses(path: Path, questionnaire: Questionnaire, indicators: Mapping[str, Indicator], today: date) -> ResponseSet:
    """Read every row as one respondent's answers; `today` is what today() means in the questionnaire's conditions.

    Members' files need the columns organisation and kind; `version`, where given, must be the questionnaire's, and `note` is kept.
    Raises FaultsFound with every fault (the first 200 in full): then nothing is read.
    """
    table = read_table(path)
    reading = _Reading(table, questionnaire, indicators, today)
    sheets = tuple(reading.sheets())
    reading.check_respondents(sheets)
    if reading.faults.found:
        raise FaultsFound(reading.faults.listed())
    return ResponseSet(questionnaire, sheets, table.guessed_encoding)


@dataclass(slots=True)
class _Faults:
    """The faults of one file: the first ones in full, the rest counted."""

    file: str
    found: list[Fault] = field(default_factory=list)
    more: int = 0

    def add(self, line: int | None, subject: str, problem: str, remedy: str) -> None:
        if len(self.found) < MOST_FAULTS:
            self.found.append(Fault(self.file, line, subject, problem, remedy))
        else:
            self.more += 1

    @property
    def count(self) -> int:
        """How many faults there are so far."""
        return len(self.found) + self.more

    def listed(self) -> list[Fault]:
        if not self.more:
            return self.found
        last = max(fault.line or 0 for fault in self.found)
        return [*self.found, Fault(self.file, last, "…", Phrase("and %(number)s more", number=self.more), Phrase("correct these first"))]


class _Cells(dict[str, "Answer | Problem"]):
    """What each text that occurred in one column means; every text is read once."""

    def __init__(self, item: Item, indicator: Indicator | None, today: date) -> None:
        super().__init__()
        self.item = item
        self.indicator = indicator
        self.today = today

    def __missing__(self, raw: str) -> Answer | Problem:
        answer = self._read(raw)
        if self.item.type is not ItemType.TEXT:
            self[raw] = answer
        return answer

    def _read(self, raw: str) -> Answer | Problem:
        answer = parse(self.item, raw)
        if isinstance(answer, Problem | Special) or answer is UNANSWERED:
            return answer
        return problem_on_its_own(self.item, answer, self.today) or _off_scale(self.item, self.indicator, answer) or answer


def _off_scale(item: Item, indicator: Indicator | None, answer: Value) -> Problem | None:
    problem = scale_problem(item, answer, indicator) if indicator is not None else None
    if problem is None or indicator is None:
        return None
    return Problem(Phrase("%(problem)s (%(indicator)s)", problem=problem, indicator=indicator.id), Phrase("correct the answer"))


class _Reading:
    """One pass over one file."""

    def __init__(self, table: Table, questionnaire: Questionnaire, indicators: Mapping[str, Indicator], today: date) -> None:
        self.table = table
        self.questionnaire = questionnaire
        self.indicators = indicators
        self.of_members = questionnaire.respondent is Origin.MEMBER
        self.items = {item.name: item for item in questionnaire.items}
        self.calculated = tuple(item for item in questionnaire.items if item.type is ItemType.CALCULATE and item.indicator in indicators)
        self.rules = AnswerRules(questionnaire, today)
        self.faults = _Faults(table.file)
        self.columns = Columns(table.header, questionnaire)
        self.meanings = {name: self._cells(name, today) for name in self.columns.items}

    def _cells(self, name: str, today: date) -> _Cells:
        item = self.items[name]
        return _Cells(item, self.indicators.get(item.indicator or ""), today)

    def sheets(self) -> Iterator[AnswerSheet]:
        """Yield a sheet for each row without faults; none when the header is wrong, for then every row would be."""
        for subject, problem, remedy in self.columns.problems:
            self.faults.add(self.table.header_line, subject, problem, remedy)
        if self.faults.found:
            return
        columns = [(name, place, self.meanings[name]) for name, place in self.columns.items.items()]
        number = 0
        for number, row in enumerate(self.table.rows, start=1):  # noqa: B007 - counted to tell an empty table
            sheet = self._sheet(row, columns)
            if sheet is not None:
                yield sheet
        if not number:
            problem, remedy = Phrase("has a header but no answers below it"), Phrase("add one row for each respondent")
            self.faults.add(self.table.header_line, "", problem, remedy)

    def _sheet(self, row: Row, columns: Sequence[tuple[str, int, _Cells]]) -> AnswerSheet | None:
        line, cells = row
        if len(cells) != len(self.table.header):
            ragged = Phrase("has %(cells)s cells, but the header has %(header)s", cells=str(len(cells)), header=str(len(self.table.header)))
            self.faults.add(line, "", ragged, Phrase("check the delimiters and quotes in this row"))
            return None
        before = self.faults.count
        organisation, kind, note = self._whose(line, cells)
        given = self._given(line, [(name, meaning[cells[place]]) for name, place, meaning in columns])
        if self.faults.count > before:
            return None
        if kind is not None and About.KIND in self.items:
            given[About.KIND.value] = kind.value
        answers, not_asked = self.rules.settle(given, kind)
        for item, problem in (*self.rules.problems(answers, not_asked), *self._calculated_problems(answers)):
            self.faults.add(line, item.name, problem.problem, problem.remedy)
        return AnswerSheet(organisation, kind, answers, not_asked, self.table.file, line, note)

    def _given(self, line: int, read: Sequence[tuple[str, Answer | Problem]]) -> dict[str, Value]:
        given: dict[str, Value] = {}
        for name, answer in read:
            if answer is UNANSWERED:
                continue
            if isinstance(answer, Problem):
                self.faults.add(line, name, answer.problem, answer.remedy)
            else:
                given[name] = answer
        return given

    def _whose(self, line: int, cells: Sequence[str]) -> tuple[str, MemberKind | None, str]:
        organisation, kind, version, note = (self.columns.cell(about, cells) for about in About)
        if not organisation and self.of_members:
            remedy = Phrase("name the organisation; its name is not shown in reports")
            self.faults.add(line, About.ORGANISATION, Phrase("is empty"), remedy)
        if version and version != self.questionnaire.version:
            known = f"{self.questionnaire.id} {self.questionnaire.version}"
            problem = Phrase("is %(version)s, but the questionnaire is %(questionnaire)s", version=quoted(version), questionnaire=known)
            self.faults.add(line, About.VERSION, problem, Phrase("read it with the version that was answered"))
        return organisation, self._kind(line, kind) if self.of_members else None, note

    def _kind(self, line: int, text: str) -> MemberKind | None:
        if text in set(MemberKind):
            return MemberKind(text)
        problem = Phrase("%(answer)s is not a kind of member", answer=quoted(text)) if text else Phrase("is empty")
        remedy = suggestion(text, list(MemberKind)) or Phrase("write one of %(options)s", options=", ".join(MemberKind))
        self.faults.add(line, About.KIND, problem, remedy)
        return None

    def _calculated_problems(self, answers: Mapping[str, Value]) -> Iterator[tuple[Item, Problem]]:
        for item in self.calculated:
            if item.name in answers:
                problem = _off_scale(item, self.indicators[item.indicator or ""], answers[item.name])
                if problem is not None:
                    yield item, Problem(problem.problem, Phrase("correct the answers it is worked out from"))

    def check_respondents(self, sheets: Sequence[AnswerSheet]) -> None:
        """Refuse an organisation with two kinds, and a second row where only one may answer."""
        if not self.of_members:
            for sheet in sheets[1:]:
                self.faults.add(sheet.line, "", _SECOND_ROW[self.questionnaire.respondent], Phrase("keep the valid row"))
            return
        first: dict[str, AnswerSheet] = {}
        for sheet in sheets:
            other = first.setdefault(sheet.organisation_key, sheet)
            if other.kind is not sheet.kind:
                problem = Phrase(
                    "%(organisation)s is %(kind)s, but %(other)s on line %(line)s",
                    organisation=quoted(sheet.organisation),
                    kind=str(sheet.kind),
                    other=str(other.kind),
                    line=str(other.line),
                )
                self.faults.add(sheet.line, About.KIND, problem, Phrase("give an organisation one kind"))
