"""Says in words after which answers a question is asked, for paper: `Only if the answer to question 3 is “Yes”.`"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assess.definitions.expression_tree import Call, Expression, Literal, Name, Number, Pair, names
from assess.definitions.questionnaire_items import Questionnaire
from assess.definitions.words import Words, words_of
from assess.phrases import message
from assess.web.sentences import SPECIALS

_COMPARED = {
    "=": message("the answer to question %(number)s is %(answer)s"),
    "!=": message("the answer to question %(number)s is not %(answer)s"),
    "<": message("the answer to question %(number)s is less than %(answer)s"),
    "<=": message("the answer to question %(number)s is at most %(answer)s"),
    ">": message("the answer to question %(number)s is more than %(answer)s"),
    ">=": message("the answer to question %(number)s is at least %(answer)s"),
}
_JOINED = {"and": message("%(one)s and %(other)s"), "or": message("%(one)s or %(other)s")}
_CHOSEN = message("%(answer)s is chosen in question %(number)s")
_NOT_CHOSEN = message("%(answer)s is not chosen in question %(number)s")


@dataclass(frozen=True, slots=True)
class Wording:
    """Writes the conditions of one questionnaire; `numbers` are those of the questions on the paper."""

    questionnaire: Questionnaire
    numbers: Mapping[str, int]
    language: str

    @property
    def words(self) -> Words:
        """What conditions are said in: the language of the questions."""
        return words_of(self.language)

    def only_if(self, condition: Expression | None) -> str:
        """Return a sentence; empty where there is no condition."""
        if condition is None:
            return ""
        told = all(name in self.numbers for name in names(condition))
        clause = self._clause(condition) if told else None
        return self.words.say("Only if %(clause)s.", clause=clause or self.words.say("your other answers ask for it"))

    def _clause(self, condition: Expression) -> str | None:
        """Return a clause; None for what no short sentence can say."""
        match condition:
            case Pair(operator="and" | "or" as operator, left=left, right=right):
                one, other = self._clause(left), self._clause(right)
                return self.words.say(_JOINED[operator], one=one, other=other) if one and other else None
            case Pair(operator=operator, left=Name(name=name), right=Literal() | Number() as value):
                return self._about(_COMPARED[operator], name, str(value.value))
            case Call(function="selected", arguments=(Name(name=name), Literal(value=code))):
                return self._about(_CHOSEN, name, code)
            case Call(function="not", arguments=(Call(function="selected", arguments=(Name(name=name), Literal(value=code))),)):
                return self._about(_NOT_CHOSEN, name, code)
            case _:
                return None

    def _about(self, text: str, name: str, code: str) -> str:
        return self.words.say(text, number=self.numbers[name], answer=self._answer(name, code))

    def _answer(self, name: str, code: str) -> str:
        labels = {choice.name: choice.label.in_language(self.language) for choice in self.questionnaire.item(name).choices}
        special = {str(special): self.words.say(text) for special, text in SPECIALS.items()}.get(code)
        label = labels.get(code) or special
        return self.words.say("“%(label)s”", label=label) if label else self.words.number(code)
