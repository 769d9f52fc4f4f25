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

FIVE_POINTS = ("1", "2", "3", "4", "5")
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
            yield self.fault(self.items[loop[0]], "calculation", f"the calculation needs itself ({path})", "break the circle")
        for condition in self.conditions():
            yield from self.references(condition)
            for problem, remedy in self.problems(condition):
                yield self.fault(condition.owner, condition.key, f"{condition.key}: {problem}", remedy)
        for item in self.all_items:
            for problem, remedy in score_problems(item):
                yield self.fault(item, "score", problem, remedy)
            if item.indicator is not None and item.repeat is None and (repeat := self.repeat_behind(item)):
                problem = f"it feeds {item.indicator} from the repeat {repeat}, whose entries are notes and are not measured"
                yield self.fault(item, "calculation", problem, "ask for the total in an item of its own")

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
                yield self.fault(condition.owner, condition.key, f"{condition.key}: {problem[0]}", problem[1])

    def reference_problem(self, name: str, condition: Condition) -> Problem | None:
        if name in self.broken:
            return None
        if name in {group.name for group in self.groups}:
            return f"{name} is a group and has no answer", "name an item in it"
        if name not in self.items:
            return f"there is no item {name}", suggestion(name, self.items) or "check the name"
        if self.items[name].type in (ItemType.NOTE, ItemType.FILE):
            return f"{name} is a {self.items[name].type.value} and has no answer to judge", "name an item with an answer"
        return self.order_problem(name, condition)

    def order_problem(self, name: str, condition: Condition) -> Problem | None:
        """A calculation may look ahead; a condition may not, not even through a calculation."""
        if condition.key == "calculation":
            return None
        own = condition.owner.name
        if name == own and condition.key == "constraint":
            return None
        if name == own:
            return f"it depends on the answer to {name} itself", "name an earlier item"
        later = [read for read in self.read_through(name) if self.positions[read] >= condition.position and read != own]
        if not later:
            return None
        through = "" if later[0] == name else f" (through {name})"
        return f"it depends on {later[0]}{through}, which is asked later", "move that item before this one"

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
            return ((f"it comes to {kind.sort}, not to true or false", "write a comparison"),)
        term = contradiction(condition.expression, kinds, current, whole=self.whole(condition))
        if term is None:
            return ()
        return ((f"it can never be true, whatever {_said(term)} is", "one of its comparisons is wrong, or and should be or"),)

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


def _said(term: Expression) -> str:
    return "the answer" if written(term) == "." else written(term)


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
        return (
            ((f"score {item.score.rule.value} is given, but no indicator", "name the indicator or leave out score"),)
            if _scored(item)
            else ()
        )
    if item.repeat is not None:
        return (("an item of a repeat cannot feed an indicator, for it has many answers", "ask for the total in an item of its own"),)
    if item.type in (ItemType.TEXT, ItemType.DATE, ItemType.FILE, ItemType.NOTE, ItemType.HIDDEN):
        return ((f"a {item.type.value} item has no number to give to an indicator", "use another type or leave out indicator"),)
    return tuple(_rule_problems(item))


def _scored(item: Item) -> bool:
    return item.score.rule is not ScoreRule.DIRECT


def _rule_problems(item: Item) -> Iterator[Problem]:
    rule, codes = item.score.rule, item.codes
    if rule is ScoreRule.TABLE:
        yield from _table_problems(item)
    elif rule is ScoreRule.COUNT and item.type is not ItemType.SELECT_MULTIPLE:
        yield "score count is for select_multiple items", "use direct"
    elif rule is not ScoreRule.COUNT and item.type is ItemType.SELECT_MULTIPLE:
        yield f"score {rule.value} does not work where several choices may be selected", "use score: count"
    elif rule is ScoreRule.REVERSED and codes != FIVE_POINTS and not (item.type is ItemType.SELECT_ONE and not codes):
        yield "score reversed needs a list with the choices 1 to 5 in this order", "use a map {choice: number}"
    elif rule is ScoreRule.FLAG and set(codes) != {"yes", "no"} and (codes or not item.type.has_choices):
        yield "score flag needs a list with the choices yes and no", "use a map {choice: number}"
    elif rule in (ScoreRule.DIRECT, ScoreRule.PERCENT) and any(number_of(code) is None for code in codes):
        yield f"score {rule.value} needs choices that are numbers, but this list has {', '.join(codes)}", _score_for(codes)


def _score_for(codes: tuple[str, ...]) -> str:
    return "use score: flag" if set(codes) == {"yes", "no"} else "use a map {choice: number}"


def _table_problems(item: Item) -> Iterator[Problem]:
    scored = [code for code, _ in item.score.table]
    if item.type is not ItemType.SELECT_ONE:
        yield "a map of scores is for select_one items", "use direct"
        return
    for code in scored if item.codes else ():
        if code not in item.codes:
            yield f"score names {code!r}, which is no choice", suggestion(code, item.codes) or f"the choices are {', '.join(item.codes)}"
    missing = [code for code in item.codes if code not in scored]
    if missing:
        yield f"score has no number for {', '.join(missing)}", "give every choice a number"


def number_of(code: str) -> Decimal | None:
    """Read a choice code as a number; None where it is not one."""
    try:
        number = Decimal(code)
    except DecimalException:
        return None
    return number if number.is_finite() else None
