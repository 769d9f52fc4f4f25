"""Checks that the parts of one questionnaire fit each other: conditions, calculations, scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, DecimalException

from assess.definitions.expression_tree import Expression, names, written
from assess.definitions.expression_types import ANYTHING, Kind, Problem, Sort, kind_of
from assess.definitions.questionnaire_items import Group, Item, ItemType, Questionnaire, ScoreRule
from assess.definitions.satisfiability import contradiction
from assess.definitions.validation import suggestion
from assess.errors import Fault
from assess.phrases import Phrase

FIVE_POINTS = ("1", "2", "3", "4", "5")
_TOTAL = Phrase("ask for the total in an item of its own")
_USE_DIRECT, _USE_A_MAP = Phrase("use direct"), Phrase("use a map {choice: number}")
_SORTS = {
    ItemType.TEXT: Sort.TEXT,
    ItemType.INTEGER: Sort.NUMBER,
    ItemType.DECIMAL: Sort.NUMBER,
    ItemType.RANGE: Sort.NUMBER,
    ItemType.DATE: Sort.DATE,
    ItemType.SELECT_ONE: Sort.CHOICE,
    ItemType.SELECT_MULTIPLE: Sort.CHOICES,
    ItemType.ACKNOWLEDGE: Sort.TRUTH,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One expression, where it stands and whose it is. `position` is the place of its item, or of its group's first item."""

    owner: Item | Group
    key: str
    expression: Expression
    position: int


def check(questionnaire: Questionnaire, broken: frozenset[str] = frozenset()) -> tuple[Fault, ...]:
    """Return every fault in how the items work together; names in `broken` could not be read and are not missed."""
    return tuple(_Checks(questionnaire, broken).faults())


class _Checks:
    """One questionnaire with what all checks need to know about it."""

    def __init__(self, questionnaire: Questionnaire, broken: frozenset[str]) -> None:
        self.file = questionnaire.file
        self.all_items = questionnaire.items
        self.items: dict[str, Item] = {}
        self.positions: dict[str, int] = {}
        for position, item in enumerate(self.all_items):  # of two items with one name, the first counts
            self.items.setdefault(item.name, item)
            self.positions.setdefault(item.name, position)
        self.groups = questionnaire.groups
        self.broken = broken
        self.loops = tuple(_loops(self.items))
        self.kinds = _kinds(self.items)

    def faults(self) -> Iterator[Fault]:
        for loop in self.loops:
            path = " → ".join((*loop, loop[0]))
            problem = Phrase("the calculation needs itself (%(path)s)", path=path)
            yield self.fault(self.items[loop[0]], "calculation", problem, Phrase("break the circle"))
        for condition in self.conditions():
            yield from self.references(condition)
            for problem, remedy in self.problems(condition):
                yield self.fault(condition.owner, condition.key, _of_key(condition, problem), remedy)
        for item in self.all_items:
            for problem, remedy in score_problems(item):
                yield self.fault(item, "score", problem, remedy)
            if item.indicator is not None and item.repeat is None and (repeat := self.repeat_behind(item)):
                problem = Phrase(
                    "it feeds %(indicator)s from the repeat %(repeat)s, whose entries are notes and are not measured",
                    indicator=item.indicator,
                    repeat=repeat,
                )
                yield self.fault(item, "calculation", problem, _TOTAL)

    def fault(self, owner: Item | Group, key: str, problem: str, remedy: str) -> Fault:
        return Fault(self.file, owner.line(key), owner.name, problem, remedy)

    def conditions(self) -> Iterator[Condition]:
        for group in self.groups:
            if group.relevant is not None:
                yield Condition(group, "relevant", group.relevant, self.first_position(group))
        for position, item in enumerate(self.all_items):
            for key in ("relevant", "constraint", "choice_filter", "calculation"):
                expression = getattr(item, key)
                if expression is not None:
                    yield Condition(item, key, expression, position)

    def first_position(self, group: Group) -> int:
        first = next(iter(group.items), None)
        return next((position for position, item in enumerate(self.all_items) if item is first), 0)

    def references(self, condition: Condition) -> Iterator[Fault]:
        """Yield a fault for every name that is no item, has no answer, or is asked too late."""
        for name in names(condition.expression):
            problem = self.reference_problem(name, condition)
            if problem is not None:
                yield self.fault(condition.owner, condition.key, _of_key(condition, problem[0]), problem[1])

    def reference_problem(self, name: str, condition: Condition) -> Problem | None:
        if name in self.broken:
            return None
        if name in {group.name for group in self.groups}:
            return Phrase("%(name)s is a group and has no answer", name=name), Phrase("name an item in it")
        if name not in self.items:
            return Phrase("there is no item %(name)s", name=name), suggestion(name, self.items) or Phrase("check the name")
        if self.items[name].type in (ItemType.NOTE, ItemType.FILE):
            problem = Phrase("%(name)s is a %(type)s and has no answer to judge", name=name, type=self.items[name].type.value)
            return problem, Phrase("name an item with an answer")
        return self.order_problem(name, condition)

    def order_problem(self, name: str, condition: Condition) -> Problem | None:
        """A calculation may look ahead; a condition may not, not even through a calculation."""
        if condition.key == "calculation":
            return None
        own = condition.owner.name
        if name == own and condition.key == "constraint":
            return None
        if name == own:
            return Phrase("it depends on the answer to %(name)s itself", name=name), Phrase("name an earlier item")
        later = [read for read in self.read_through(name) if self.positions[read] >= condition.position and read != own]
        if not later:
            return None
        if later[0] == name:
            problem = Phrase("it depends on %(name)s, which is asked later", name=name)
        else:
            problem = Phrase("it depends on %(name)s (through %(through)s), which is asked later", name=later[0], through=name)
        return problem, Phrase("move that item before this one")

    def read_through(self, name: str) -> tuple[str, ...]:
        """Return the answered items that `name` rests on: itself, or what its calculation reads."""
        pending, seen = [name], set[str]()
        while pending:
            current = pending.pop()
            if current in self.items and current not in seen:
                seen.add(current)
                calculation = self.items[current].calculation
                pending.extend(names(calculation) if calculation is not None else ())
        return tuple(read for read in self.items if read in seen and self.items[read].calculation is None)

    def repeat_behind(self, item: Item) -> str | None:
        """Return the repeat that an item's calculation reads, also through other calculations."""
        return next((repeat for read in self.read_through(item.name) if (repeat := self.items[read].repeat)), None)

    def problems(self, condition: Condition) -> tuple[Problem, ...]:
        """Return what is wrong with the expression's types, or that it can never be true."""
        kinds = self.kinds_seen_from(condition.owner)
        current = self.current(condition)
        kind, problems = kind_of(condition.expression, kinds, current)
        if condition.key == "calculation" or problems:
            return problems
        if kind.sort not in (Sort.TRUTH, Sort.ANYTHING):
            return ((Phrase("it comes to %(sort)s, not to true or false", sort=Phrase(kind.sort.value)), Phrase("write a comparison")),)
        term = contradiction(condition.expression, kinds, current, whole=self.whole(condition))
        if term is None:
            return ()
        if (said := written(term)) == ".":
            problem = Phrase("it can never be true, whatever the answer is")
        else:
            problem = Phrase("it can never be true, whatever %(term)s is", term=said)
        return ((problem, Phrase("one of its comparisons is wrong, or and should be or")),)

    def kinds_seen_from(self, owner: Item | Group) -> Mapping[str, Kind]:
        """Return each item's kind; from outside a repeat, its items have one answer per entry."""
        repeat = owner.repeat if isinstance(owner, Item) else None
        inside = {item.name for item in owner.items} if isinstance(owner, Group) else frozenset[str]()
        return {
            name: Kind(kind.sort, kind.codes, many=self.items[name].repeat not in (None, repeat) and name not in inside)
            for name, kind in self.kinds.items()
        }

    def current(self, condition: Condition) -> Kind | None:
        if condition.key == "constraint":
            return self.kinds.get(condition.owner.name)
        if condition.key == "choice_filter" and isinstance(condition.owner, Item):
            return Kind(Sort.CHOICE, condition.owner.codes)
        return None

    def whole(self, condition: Condition) -> frozenset[str]:
        whole = {item.name for item in self.items.values() if item.type in (ItemType.INTEGER, ItemType.RANGE)}
        return frozenset(whole | {"."} if condition.owner.name in whole else whole)


def _of_key(condition: Condition, problem: str) -> Phrase:
    return Phrase("%(key)s: %(problem)s", key=condition.key, problem=problem)


def _kinds(items: Mapping[str, Item]) -> dict[str, Kind]:
    """Return what each item's answer is; a calculation follows what it reads, and one in a circle may be anything."""
    kinds = {name: Kind(_SORTS.get(item.type, Sort.ANYTHING), item.codes) for name, item in items.items() if item.calculation is None}
    pending = {name: item.calculation for name, item in items.items() if item.calculation is not None}
    while ready := [name for name, calculation in pending.items() if not any(read in pending for read in names(calculation))]:
        for name in ready:
            kinds[name] = Kind(kind_of(pending.pop(name), kinds)[0].sort)
    return kinds | dict.fromkeys(pending, ANYTHING)


def _loops(items: Mapping[str, Item]) -> Iterator[tuple[str, ...]]:
    """Yield each circle of calculations once, beginning with its first item."""
    reads = {name: names(item.calculation) for name, item in items.items() if item.calculation is not None}
    finished: set[str] = set()
    for start in reads:
        path: list[str] = []
        pending = [(start, iter(reads[start]))] if start not in finished else []
        path.extend(name for name, _ in pending)
        while pending:
            name, ahead = pending[-1]
            following = next(ahead, None)
            if following is None:
                finished.add(name)
                pending.pop()
                path.pop()
            elif following in path:
                yield tuple(path[path.index(following) :])
            elif following in reads and following not in finished:
                pending.append((following, iter(reads[following])))
                path.append(following)


def score_problems(item: Item) -> tuple[Problem, ...]:
    """Return what keeps the item's answers from becoming its indicator's value."""
    if item.indicator is None:
        problem = Phrase("score %(rule)s is given, but no indicator", rule=item.score.rule.value)
        return ((problem, Phrase("name the indicator or leave out score")),) if _scored(item) else ()
    if item.repeat is not None:
        return ((Phrase("an item of a repeat cannot feed an indicator, for it has many answers"), _TOTAL),)
    if item.type in (ItemType.TEXT, ItemType.DATE, ItemType.FILE, ItemType.NOTE, ItemType.HIDDEN):
        problem = Phrase("a %(type)s item has no number to give to an indicator", type=item.type.value)
        return ((problem, Phrase("use another type or leave out indicator")),)
    return tuple(_rule_problems(item))


def _scored(item: Item) -> bool:
    return item.score.rule is not ScoreRule.DIRECT


def _rule_problems(item: Item) -> Iterator[Problem]:
    rule, codes = item.score.rule, item.codes
    if rule is ScoreRule.TABLE:
        yield from _table_problems(item)
    elif rule is ScoreRule.COUNT and item.type is not ItemType.SELECT_MULTIPLE:
        yield Phrase("score count is for select_multiple items"), _USE_DIRECT
    elif rule is not ScoreRule.COUNT and item.type is ItemType.SELECT_MULTIPLE:
        yield Phrase("score %(rule)s does not work where several choices may be selected", rule=rule.value), Phrase("use score: count")
    elif rule is ScoreRule.REVERSED and codes != FIVE_POINTS and not (item.type is ItemType.SELECT_ONE and not codes):
        yield Phrase("score reversed needs a list with the choices 1 to 5 in this order"), _USE_A_MAP
    elif rule is ScoreRule.FLAG and set(codes) != {"yes", "no"} and (codes or not item.type.has_choices):
        yield Phrase("score flag needs a list with the choices yes and no"), _USE_A_MAP
    elif rule in (ScoreRule.DIRECT, ScoreRule.PERCENT) and any(number_of(code) is None for code in codes):
        listed = ", ".join(codes)
        problem = Phrase("score %(rule)s needs choices that are numbers, but this list has %(choices)s", rule=rule.value, choices=listed)
        yield problem, _score_for(codes)


def _score_for(codes: tuple[str, ...]) -> Phrase:
    return Phrase("use score: flag") if set(codes) == {"yes", "no"} else _USE_A_MAP


def _table_problems(item: Item) -> Iterator[Problem]:
    scored = [code for code, _ in item.score.table]
    if item.type is not ItemType.SELECT_ONE:
        yield Phrase("a map of scores is for select_one items"), _USE_DIRECT
        return
    for code in scored if item.codes else ():
        if code not in item.codes:
            remedy = suggestion(code, item.codes) or Phrase("the choices are %(choices)s", choices=", ".join(item.codes))
            yield Phrase("score names %(code)s, which is no choice", code=Phrase.quoted(code)), remedy
    missing = [code for code in item.codes if code not in scored]
    if missing:
        yield Phrase("score has no number for %(choices)s", choices=", ".join(missing)), Phrase("give every choice a number")


def number_of(code: str) -> Decimal | None:
    """Read a choice code as a number; None where it is not one."""
    try:
        number = Decimal(code)
    except DecimalException:
        return None
    return number if number.is_finite() else None
